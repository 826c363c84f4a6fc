"""What a pack is counted in: the mass that must close, the unit of the result, both denominators."""

from pcr.api import (
    ONE,
    ZERO,
    ActivityData,
    Deferred,
    Exact,
    Indicator,
    Notice,
    Process,
    Reference,
    RuleError,
    TopUp,
    load_rule,
)
from pcr.classes.li_ion_battery.v1_0_0.energy import reference_flow

RULE = load_rule(__package__)


def missing_mass(data: ActivityData, product: str, parts: Process) -> tuple[list[Deferred], list[Notice]]:
    """Mass that the parts lack against the pack is topped up at the most intensive part, up to the limit."""
    rows = data.rows("part", product)
    if any(row.unit != "kg" for row in rows):
        return [], [Notice("mass_not_checked", product)]
    whole = data.one("pack_mass", product) * data.one("packs_produced", product)
    missing = whole - sum((row.amount * row.properties.get("in_product", ONE) for row in rows), ZERO)
    limit = data.number("missing_mass_limit")
    if abs(missing) > whole * limit:
        percent = f"{(limit * 100).significant(2)} %"
        error = RuleError(
            "",
            code="mass_does_not_close",
            where=f"/rows (part, {product})",
            found=f"{(missing / whole * 100).significant(3)} % of the pack missing",
            expected=f"at most {percent}",
            clause=RULE.clause("missing_mass"),
            values={"limit": percent},
        )
        raise error
    if missing <= 0:
        return [], []
    among = tuple(f"{parts.id}/{row.id}" for row in rows)
    return [TopUp(parts.id, missing, "kg", among, RULE.clause("missing_mass"))], []


def reference(data: ActivityData, product: str, energy: Exact) -> Reference:
    """One kWh delivered; also shown per kWh of rated capacity, per pack and per kg."""
    label = next(item.label for item in data.given.products if item.id == product)
    also = {
        "kWh capacity": energy / data.one("pack_capacity", product),
        "piece": energy,
        "kg": energy / data.one("pack_mass", product),
    }
    made = data.one("packs_produced", product) * energy
    unit = RULE.unit
    return Reference(product, unit.amount, unit.unit, label, made, unit.kind, unit.text, also)


def denominators(data: ActivityData, product: str, energy: Exact) -> list[Indicator]:
    """Both denominators stand in the record, so that EU and Chinese figures are never mixed up."""
    mass = data.one("pack_mass", product)
    return [
        Indicator(
            "total_energy",
            energy,
            "kWh delivered",
            {"en": "Energy delivered per pack", "zh": "每包交付总能量"},
            product,
        ),
        Indicator(
            "capacity",
            data.one("pack_capacity", product),
            "kWh capacity",
            {"en": "Rated capacity", "zh": "额定容量"},
            product,
        ),
        Indicator(
            "reference_flow",
            reference_flow(mass, energy),
            "kg/kWh delivered",
            {"en": "Reference flow", "zh": "基准流"},
            product,
        ),
    ]
