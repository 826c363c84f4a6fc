"""The bill of materials (物料清单): amounts per quantity of product, scaled to what was made, with scrap, rejects."""

from pcr.api import ONE, ZERO, ActivityData, Exact, Row, equation, load_rule

RULE = load_rule(__package__)
PER_QUANTITY = ("component", "transport_in", "packaging")
"""Inputs whose rows are per ``bom_quantity``."""


@equation(
    "bom.consumed",
    text="m = a (1 + scrap) / (1 - rejects) x made / q",
    source="definition; scrap as ERP systems read it (recalled)",
    confidence="derived",
    clause="a: net amount per q of the product; rejects: share of what was started",
    inputs={"amount": "1", "scrap": "1", "rejects": "1", "made": "1", "quantity": "1"},
    results={"consumed": "1"},
)
def consumed(amount: Exact, scrap: Exact, rejects: Exact, made: Exact, quantity: Exact) -> Exact:
    """What a period's good output takes of a component, in the component's unit; ``made`` in that of ``quantity``."""
    return amount * (ONE + scrap) / (ONE - rejects) * made / quantity


def made_of(data: ActivityData, product: str) -> Exact:
    """Good output of the period, in the unit of the product."""
    return data.one("output", product)


def unit_of(data: ActivityData, product: str) -> str:
    """The unit a product is counted in: what its rows of output stand in."""
    return data.rows("output", product)[0].unit


def rejects(data: ActivityData, product: str) -> Exact:
    """Rejected share of what was started; none where nothing is said: the bill of materials then holds it."""
    return data.share("rejects", product) if data.rows("rejects", product) else ZERO


def period_rows(data: ActivityData, name: str, product: str) -> list[Row]:
    """Rows per ``bom_quantity`` as amounts of the period. Rejects are charged to components and their transport."""
    lost = ZERO if name == "packaging" else rejects(data, product)
    made, quantity = made_of(data, product), data.one("bom_quantity", product)
    return [
        row.part(consumed(ONE, row.properties.get("scrap", ZERO), lost, made, quantity))
        for row in data.rows(name, product)
    ]


def loses(data: ActivityData, product: str) -> bool:
    """Whether material is lost on the way into the product."""
    return bool(rejects(data, product)) or any(
        row.amount and row.properties.get("scrap", ZERO) for row in data.rows("component", product)
    )


def component_mass(data: ActivityData, product: str) -> Exact | None:
    """Net kg of components in one unit of the product; None where a component does not say its mass."""
    quantity, whole = data.one("bom_quantity", product), ZERO
    for row in data.rows("component", product):
        if row.unit == "kg":
            whole += row.amount
        elif not row.amount:
            continue
        elif "mass" in row.properties:
            whole += row.amount * row.properties["mass"]
        else:
            return None
    return whole / quantity


def unit_mass(data: ActivityData, product: str) -> Exact | None:
    """kg of one unit of the product; None where nothing says it."""
    if unit_of(data, product) == "kg":
        return ONE
    return data.one("unit_mass", product) if data.rows("unit_mass", product) else None
