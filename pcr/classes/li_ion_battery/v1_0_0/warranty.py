"""Years of operation of an EV battery: warranties that count, in years and in km, or the recalled fall-back."""

from pcr.api import ActivityData, Exact, Fault, Notice, Refused, Row, equation, load_rule
from pcr.classes.li_ion_battery.v1_0_0.presets import listed

RULE = load_rule(__package__)
INPUTS = ("warranty_years", "warranty_distance")


@equation(
    "battery.years_of_km",
    text="Y = km / km_per_year",
    source="draft delegated act of April 2024 on EV batteries, Ares(2024)3131389; 20,000 (M1, N1), 5,000 (L), "
    "60,000 (M2, M3, N2, N3) km a year",
    confidence="recalled",
    clause="a warranty in km as years; of years and km the shorter counts",
    inputs={"distance": "km", "km_per_year": "km"},
    results={"years": "a"},
)
def years_of_km(distance: Exact, km_per_year: Exact) -> Exact:
    """Number of years in which a vehicle of the category drives the distance."""
    return distance / km_per_year


def by_category(data: ActivityData, name: str) -> Exact:
    """The figure of the works' vehicle category in a table.

    Raises:
        Refused: ``category_without_value``, ``cycles_unjustified``.
    """
    category, clause = data.setting("vehicle_category"), RULE.clause("total_energy")
    found = listed(data, name, category)
    if len(found) != 1:
        shown = f"{category}: {', '.join(found) or 'nothing'}"
        raise Refused([Fault("category_without_value", f"/settings/{name}", shown, f"{category}: a number", clause)])
    if category == "other" and not data.setting("cycles_reason"):
        raise Refused([Fault("cycles_unjustified", "/settings/cycles_reason", "nothing", "a reason", clause)])
    value = Exact.parse(found[0], f"settings/{name}")
    if value <= 0:
        shown, expected = f"{category}: {value}", f"{category}: above 0"
        raise Refused([Fault("category_without_value", f"/settings/{name}", shown, expected, clause)])
    return value


def rows_that_stand(data: ActivityData, product: str) -> tuple[Row, ...]:
    """Warranties of the battery; those of the vehicle only where the battery has none."""
    rows = [row for name in INPUTS for row in data.rows(name, product)]
    own = [row for row in rows if row.material != "vehicle"]
    return tuple(own or rows)


def service_years(data: ActivityData, product: str) -> tuple[Exact, list[Notice]]:
    """The shortest of all warranties that promise enough capacity; none: the fall-back, and it is said."""
    least = data.number("warranty_least_capacity")
    notices, years, shortest_km = [], [], False
    standing = rows_that_stand(data, product)
    for row in standing:
        kept = row.properties.get("capacity_kept")
        if kept is None:
            notices.append(Notice("warranty_capacity_unsaid", row.id, {"row": row.id}))
        elif kept < least:
            values = {"row": row.id, "kept": _percent(kept), "least": _percent(least)}
            notices.append(Notice("warranty_not_counted", row.id, values))
            continue
        if row.input == "warranty_distance":
            years.append(years_of_km(row.amount, by_category(data, "km_per_year")))
            shortest_km = True
        else:
            years.append(row.amount)
    if any(row.material == "vehicle" for row in standing):
        notices.append(Notice("warranty_vehicle", product))
    if not years:
        values = {"years": data.setting("warranty_fallback_years")}
        return data.number("warranty_fallback_years"), [*notices, Notice("warranty_fallback", product, values)]
    shorter = min(years)
    if shortest_km:
        values = {"years": shorter.significant(3), "km": by_category(data, "km_per_year").text()}
        notices.append(Notice("warranty_km_years", product, values))
    return shorter, notices


def _percent(share: Exact) -> str:
    return f"{(share * 100).significant(3)} %"
