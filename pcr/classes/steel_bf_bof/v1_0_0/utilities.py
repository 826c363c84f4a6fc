"""Utilities (公辅): own power, steam, oxygen and lime, made once and taken by place; transport to the works."""

from collections.abc import Iterator

from pcr.api import ZERO, ActivityData, Exact, Fault, Row, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.gas import gas_heat
from pcr.classes.steel_bf_bof.v1_0_0.works import DRAWN, OWN_POWER, Works
from pcr.methods.chp.v1 import By, efficiency, energy, outputs
from pcr.methods.electricity.v1.storage import stored_from
from pcr.methods.electricity.v1.supply_slice import FUELLED

RULE = load_rule(__package__)
WORDS = {"own_power": "自发电", "steam": "蒸汽", "oxygen": "氧气", "lime": "石灰"}


def captive_rows(data: ActivityData) -> list[Row]:
    """Electricity from the works' own power plant (自备电厂), at whatever place."""
    rows = data.rows("electricity")
    return [row for row in rows if row.supply and row.supply.type == "onsite" and row.supply.technology in FUELLED]


def heat_of(rows: tuple[Row, ...]) -> Exact | None:
    """GJ of bought fuel; None where a row does not say its calorific value."""
    parts = [row.amount if row.unit == "GJ" else row.amount * row.properties.get("ncv", ZERO) for row in rows]
    unknown = any(row.amount and not part for row, part in zip(rows, parts, strict=True))
    return None if unknown else sum(parts, ZERO)


def flows(data: ActivityData, name: str) -> tuple[Exact, Exact]:
    """What was made and bought of a utility, and what was used and sold."""
    if name == OWN_POWER:
        used = sum((row.amount + stored_from(data, row) for row in captive_rows(data)), ZERO)
        return data.total("own_power_made"), used + data.total("own_power_sold")
    made = data.total(f"{name}_made") + data.total(f"{name}_bought")
    made += data.total("own_heat_made") if name == "steam" else ZERO
    return made, data.total(f"{name}_use") + data.total(f"{name}_sold")


def utility_faults(data: ActivityData) -> Iterator[Fault]:
    """Made and bought is used and sold; all burden goes to what is used and sold."""
    for name, unit in ((OWN_POWER, "kWh"), *DRAWN.items()):
        made, out = flows(data, name)
        if abs(made - out) > made * data.number("mass_tolerance"):
            values = {"utility": name.replace("_", " "), "utility_zh": WORDS[name]}
            use = "electricity, onsite" if name == OWN_POWER else f"{name}_use"
            where, found = f"/rows ({name}_made, {use}, {name}_sold)", f"{name}: {out} {unit} used and sold"
            yield Fault("utility_unbalanced", where, found, f"{made} made and bought", RULE.clause("utilities"), values)


def power_plant(works: Works) -> None:
    """The plant on furnace gas: its kWh to the places that metered them and to export, its steam to the steam pool."""
    data = works.data
    _, kwh = flows(data, OWN_POWER)
    if not kwh:
        return
    plant = works.begin(OWN_POWER, "utilities", OWN_POWER, kwh, "kWh")
    works.serve(plant, "power")
    works.fire(plant, data.rows("power_fuel"))
    heat, fuel = data.total("own_heat_made"), heat_of(data.rows("power_fuel"))
    if heat:
        burned = fuel + gas_heat(data, "power") if fuel is not None else None
        clause = RULE.clause("chp")
        works.shares.append(
            outputs(plant, kwh, heat, by=_by(data), fuel_gj=burned, power=OWN_POWER, heat="own_heat", because=clause)
        )


def _by(data: ActivityData) -> By:
    if data.setting("chp_share") == "energy":
        return energy()
    return efficiency(data.setting("chp_reference"), 2016 if data.setting("chp_first_year") == "from_2016" else 0)


def utilities(works: Works) -> None:
    """Steam, oxygen and lime, where used or sold."""
    data = works.data
    for name, unit in DRAWN.items():
        _, amount = flows(data, name)
        if not amount:
            continue
        process = works.begin(name, "utilities", name, amount, unit)
        process.buy(data.rows(f"{name}_bought"))
        if data.total(f"{name}_made"):
            works.serve(process, name)
            works.fire(process, data.rows(f"{name}_fuel"))
        if name == "steam" and data.total("own_heat_made"):
            process.take("own_heat", data.total("own_heat_made"), "GJ", input_name="own_heat_made")
        if name == "lime":
            process.buy(data.rows("lime_stone"))
            works.emit_rest(process, "lime", "lime_stone")


def transport(works: Works) -> None:
    """Haulage: of coal to the ovens or, without them, the furnace; of all else to the furnace."""
    data, furnace = works.data, works.runs("blast_furnace")
    for name, user in (("coal_transport", works.runs("coke_ovens") or furnace), ("transport_in", furnace)):
        whole = data.total(name)
        if whole and user is not None:
            legs = works.begin(name, "transport", name, whole, "t*km")
            legs.buy(data.rows(name), kinds=data.regime.transport_kinds)
            user.take(name, whole, "t*km", input_name=name)
