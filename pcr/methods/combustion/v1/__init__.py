"""Fuel burned on site (燃料燃烧), version 1.

CO2 by net calorific value x carbon content x oxidation, with the plant's own measured carbon content where it has
one, else by the fuel set the regime names; CH4 and N2O from the IPCC 2006 row of the fuel; the fuel's upstream supply
as its own line.
"""

from __future__ import annotations

from collections.abc import Iterable

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.naming import FactorName
from pcr.activity import ActivityData, Row
from pcr.builder import Process, name_factor
from pcr.equations import equation

CO2_PER_C = Exact(44, 12)


@equation(
    "combustion.co2",
    text="CO2 = M x NCV x C x OF x 44/12",
    source="IPCC 2006 Guidelines vol. 2, ch. 1-2; form of the Chinese sector guidelines",
    confidence="seen",
    clause="carbon in fuel, released as CO2 to the oxidised share",
    inputs={"mass": "t", "ncv": "GJ/t", "carbon": "tC/GJ", "oxidation": "1", "molar": "1"},
    results={"co2": "tCO2"},
)
def combustion_co2(mass: Exact, ncv: Exact, carbon: Exact, oxidation: Exact, molar: Exact = CO2_PER_C) -> Exact:
    """t CO2 from ``mass`` t of fuel."""
    return mass * ncv * carbon * oxidation * molar


@equation(
    "combustion.biogenic_split",
    text="CO2_fossil = CO2 x (1 - b); CO2_biogenic = CO2 x b",
    source="Cement CO2 and Energy Protocol v3 (gross account: fossil part of alternative fuels is counted)",
    confidence="seen",
    inputs={"co2": "t", "biogenic_share": "1"},
    results={"fossil": "t", "biogenic": "t"},
)
def biogenic_split(co2: Exact, biogenic_share: Exact) -> tuple[Exact, Exact]:
    """Fossil and biogenic part of a fuel's CO2."""
    return co2 * (ONE - biogenic_share), co2 * biogenic_share


def burn(process: Process, rows: Iterable[Row], *, oxidation: str, gases: str = "") -> None:
    """Burn fuel rows in a process.

    A row has properties ``ncv`` (GJ/t; GJ/Nm3 on a row in Nm3), optionally ``carbon_content`` (tC/GJ, measured),
    ``biogenic_share``, and ``density`` (kg/Nm3) where a gas is bought by volume and its supply factor is per tonne.
    ``oxidation`` is the rule's setting for this kind of furnace.  ``gases``: IPCC fuel for CH4 and N2O where the
    material does not say.
    """
    data = process.data
    for row in rows:
        share = row.properties.get("biogenic_share", ZERO)
        energy = _energy(row)
        if "carbon_content" in row.properties:
            if energy is None:
                found, expected = "carbon_content alone", "ncv beside it: carbon content is per GJ"
                raise Refused([Fault("missing_key", f"rows/{row.id}/properties/ncv", found, expected, data.rule.ref)])
            _own_carbon(process, row, energy, _oxidation(oxidation, data), share)
        else:
            _set_carbon(process, row, energy, oxidation, share)
        _other_gases(process, row, energy, share, gases)
        choice = data.rule.inputs[row.input].materials.get(row.material)
        if choice is not None and choice.burden_free and not row.factor:
            process.buy([row])
        else:
            upstream = name_factor(row, data.rule.inputs[row.input], choice, data, data.regime.fuel_upstream_kinds)
            amount, unit = _supplied(row)
            process.bought(row, upstream, amount=amount, unit=unit, suffix="+upstream")


def _energy(row: Row) -> Exact | None:
    """GJ of a fuel row: as metered, or amount x NCV; None where only the fuel set's default NCV could say."""
    if row.unit == "GJ":
        return row.amount
    return row.amount * row.properties["ncv"] if "ncv" in row.properties else None


def _supplied(row: Row) -> tuple[Exact, str]:
    """What was bought, as mass where the row can say: supply factors of fuels are per tonne."""
    if row.unit == "GJ" and "ncv" in row.properties:
        return row.amount / row.properties["ncv"], "t"
    if row.unit == "Nm3" and "density" in row.properties:
        return row.amount * row.properties["density"], "kg"
    return row.amount, row.unit


def _oxidation(text: str, data: ActivityData) -> Exact:
    number = Exact.parse(text, "settings")
    if not ZERO <= number <= ONE:
        raise Refused([Fault("above_most", "settings", f"oxidation {text}", "0 to 1", data.rule.ref)])
    return number


def _own_carbon(process: Process, row: Row, energy: Exact, oxidation: Exact, share: Exact) -> None:
    molar = process.data.regime.ratio("CO2/C")
    co2 = combustion_co2(energy, ONE, row.properties["carbon_content"], oxidation, molar) * 1000
    fossil, biogenic = biogenic_split(co2, share)
    because = "combustion.co2, own carbon content"
    process.emit("CO2|fossil", fossil, because, row=row)
    if biogenic:
        process.emit("CO2|biogenic", biogenic, because, row=row)
        process.emit("CO2|biogenic uptake", biogenic, "carbon taken up by the biomass", row=row)


def _set_carbon(process: Process, row: Row, energy: Exact | None, oxidation: str, share: Exact) -> None:
    data = process.data
    choice = data.rule.inputs[row.input].materials.get(row.material)
    own = choice.names.get("combustion", "") if choice else ""
    name = own or f"{data.regime.fuel_set}.{row.material}"
    given = _parameters(data, share, oxidation)
    kinds, place = ("fuel_combustion",), data.country
    # The works chose the fuel by name: that is the word a value with conflicting sources waits for.
    factor = FactorName(id=name, kinds=kinds, named_by="user", place=place, proxy=True, parameters=given)
    amount, unit = (row.amount, row.unit) if energy is None else (energy, "GJ")
    process.bought(row, factor, amount=amount, unit=unit, suffix="+co2", because="combustion.co2")


def _other_gases(process: Process, row: Row, energy: Exact | None, share: Exact, gases: str) -> None:
    choice = process.data.rule.inputs[row.input].materials.get(row.material)
    fuel = choice.names.get("gases", "") if choice else ""
    given = _parameters(process.data, share, "")
    place = process.data.country
    factor = FactorName(id=fuel or gases, kinds=("fuel_ch4_n2o",), place=place, proxy=True, parameters=given)
    amount, unit = (row.amount, row.unit) if energy is None else (energy, "GJ")
    process.bought(row, factor, amount=amount, unit=unit, suffix="+ch4-n2o", because="IPCC 2006 vol. 2 table 2.3")


def _parameters(data: ActivityData, share: Exact, oxidation: str) -> dict[str, str]:
    given = {"molar": data.regime.ratio("CO2/C").text()}
    if oxidation:
        given["oxidation"] = oxidation
    if share:
        given["biogenic_share"] = share.text()
    return given
