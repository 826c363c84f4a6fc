"""Types of cement (水泥品种): which product is ground, what its type may hold, what is clinker only."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Notice, load_rule

RULE = load_rule(__package__)
GYPSUM = ("gypsum", "industrial_gypsum")


def type_of(data: ActivityData, product: str) -> str:
    """Type named on the rows of a product: one of the rule's, or empty."""
    return next((row.material for row in data.rows("cement_produced", product) if row.material), "")


def is_clinker(data: ActivityData, product: str) -> bool:
    """A product that is clinker, sold with a footprint of its own: it passes no mill."""
    return type_of(data, product) == "clinker"


def ground(data: ActivityData) -> Exact:
    """t of cement that share the common meters of the mills."""
    kept = (item.id for item in data.given.products if not is_clinker(data, item.id))
    return sum((data.total("cement_produced", product) for product in kept), ZERO)


def clinker_and_gypsum(data: ActivityData, product: str) -> Exact:
    """Share of a cement that GB 175 limits by type."""
    gypsum = sum((row.amount for row in data.rows("addition", product) if row.material in GYPSUM), ZERO)
    return (data.one("clinker_to_mill", product) + gypsum) / data.one("cement_produced", product)


def type_faults(data: ActivityData) -> Iterator[Fault]:
    """Clinker is not mixed; power of the mills needs a mill."""
    for product in data.given.products:
        mixed = [name for name in ("addition", "mill_fuel") if data.total(name, product.id)]
        if is_clinker(data, product.id) and mixed:
            where, found = f"/rows ({mixed[0]}, {product.id})", ", ".join(mixed)
            yield Fault("clinker_with_additions", where, found, "none", RULE.clause("composition"))
    common = data.total("mill_electricity", "")
    if common and not ground(data):
        found = f"{common} kWh"
        yield Fault("mill_power_untaken", "/rows (mill_electricity)", found, "a product on the row", RULE.ref)


def type_notices(data: ActivityData) -> Iterator[Notice]:
    """A type that is not named, or a composition outside its limits."""
    for product in data.given.products:
        kind, where = type_of(data, product.id), f"cement_produced, {product.id}"
        if not kind:
            yield Notice("type_missing", where, {"product": product.id})
        limits = limits_of(data, kind)
        if limits is None:
            continue
        found = clinker_and_gypsum(data, product.id)
        # The standard prints whole per cents: what is compared is rounded to them (GB/T 8170, recalled).
        if not limits[0] <= Exact.parse(found.places(2)) <= limits[1]:
            values = {"product": product.id, "type": kind, "found": found.significant(4)}
            values |= {"low": limits[0].text(), "high": limits[1].text()}
            yield Notice("composition_unusual", where, values)


def limits_of(data: ActivityData, kind: str) -> tuple[Exact, Exact] | None:
    """Lowest and highest share of clinker and gypsum of a type, where the rule knows them."""
    name = f"type.{kind}"
    if name not in RULE.settings:
        return None
    low, _, high = data.setting(name).partition("..")
    return Exact.parse(low, f"settings/{name}"), Exact.parse(high, f"settings/{name}")
