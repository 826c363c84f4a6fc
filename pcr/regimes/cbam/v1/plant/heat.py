"""Heat sources and combined heat and power: factors of heat and electricity (eq. 44 to 54)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Notice
from pcr.methods.chp.v1 import efficiency_share
from pcr.regimes.cbam.v1.attribution import GAS
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.heat import chp_heat_factor, chp_power_factor, heat_emissions, heat_mix
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.standard import fallback, reference, values_of
from pcr.regimes.cbam.v1.plant.streams import Source

TJ_PER_MWH: Final = Exact("0.0036")


@dataclass(frozen=True, slots=True)
class Burned:
    """What a plant burned: t CO2 for its heat and power, TJ."""

    emissions: Exact
    energy: Exact


@dataclass(frozen=True, slots=True)
class HeatSource:
    """t CO2 per TJ of net heat; net heat of the installation's meter, None where it was not measured."""

    factor: Exact
    produced: Exact | None
    row: Row


@dataclass(frozen=True, slots=True)
class Cogeneration:
    """Factors of a combined plant, and what made them."""

    heat_factor: Exact
    power_factor: Exact
    share_of_heat: Exact
    heat: Exact
    electricity: Exact


def burned(name: str, sources: Sequence[Source], form: Form, notices: list[Notice]) -> Burned:
    """Fuels and waste gases of a plant; a waste gas counts at most as natural gas."""
    emissions = energy = ZERO
    for source in sources:
        share = source.shares.get(name)
        if share is None:
            continue
        part, heat = source.emissions.fossil * share, source.energy * share
        if source.waste_gas and part > heat * GAS:
            notices.append(Notice("cbam_gas_capped", source.row.where, {"stream": source.id, "plant": name}))
            part = heat * GAS
        emissions, energy = emissions + part, energy + heat
    for row in form.tables["waste_gases"]:
        if row.text("to") == name:
            own = row.number("ef_tCO2_per_TJ")
            factor = GAS if own is None else min(own, GAS)
            emissions, energy = emissions + row.or_zero("TJ") * factor, energy + row.or_zero("TJ")
    return Burned(emissions, energy)


def heat_sources(
    form: Form, sources: Sequence[Source], faults: Collector, notices: list[Notice]
) -> dict[str, HeatSource]:
    """Every heat source with its factor; those whose factor cannot be found are faults."""
    found = {}
    for row in form.tables["heat_sources"]:
        produced, kind = row.number("produced_TJ"), row.text("kind")
        factor: Exact | None = ZERO
        if kind == "boiler":
            factor = _boiler(row, burned(row.text("id"), sources, form, notices), produced, faults, notices)
        elif kind == "external":
            factor = _external(row, faults, notices)
        if factor is not None:
            found[row.text("id")] = HeatSource(factor, produced, row)
    return found


def _boiler(row: Row, fuel: Burned, produced: Exact | None, faults: Collector, notices: list[Notice]) -> Exact | None:
    if not fuel.energy:
        expected = "a combustion stream or a waste gas that goes to it"
        faults.add(Fault("cbam_no_fuel", row.where, row.text("id"), expected, RULE))
        return None
    efficiency = row.number("efficiency")
    if produced:
        efficiency = produced / fuel.energy
    elif efficiency is None:
        efficiency = fallback("proxy_boiler")
        values = {"source": row.text("id"), "value": efficiency.text()}
        notices.append(Notice("cbam_proxy_efficiency", row.where, values))
    if not efficiency:
        faults.add(Fault("cbam_share", f"{row.where}/efficiency", "0", "above zero", RULE))
        return None
    mix = heat_mix(fuel.emissions, row.or_zero("cleaning_tCO2"), fuel.energy)
    return heat_emissions(mix, Exact(1), efficiency)


def _external(row: Row, faults: Collector, notices: list[Notice]) -> Exact | None:
    """A verified factor, else the country's main industrial fuel in a boiler of 90 %."""
    factor = row.number("ef_tCO2_per_TJ")
    if factor is not None and row.text("verification"):
        return factor
    fuel = row.text("fuel")
    if not fuel:
        found = "a factor without verification report" if factor is not None else "nothing"
        expected = "ef_tCO2_per_TJ with verification, or fuel: the country's main industrial fuel"
        faults.add(Fault("cbam_external_heat", row.where, found, expected, RULE))
        return None
    with faults.catching(row.where):
        own = values_of("combustion", fuel, row.where)["ef_tCO2_per_TJ"]
        notices.append(Notice("cbam_external_default", row.where, {"source": row.text("id"), "fuel": fuel}))
        return heat_emissions(own, Exact(1), fallback("external_boiler"))
    return None


def cogeneration(
    form: Form, sources: Sequence[Source], faults: Collector, notices: list[Notice]
) -> Mapping[str, Cogeneration]:
    """Every combined plant with the factors of its heat and electricity (eq. 46 to 52)."""
    found = {}
    for row in form.tables["chp"]:
        name, heat, power = row.text("id"), row.or_zero("heat_TJ"), row.or_zero("electricity_MWh")
        fuel = burned(name, sources, form, notices)
        energy = row.number("energy_in_TJ") or fuel.energy
        before = len(faults.faults)
        if not heat or not power:
            faults.add(Fault("cbam_level", row.where, f"{heat} TJ, {power} MWh", "heat and electricity", RULE))
        if not energy:
            expected = "a combustion stream or a waste gas that goes to it"
            faults.add(Fault("cbam_no_fuel", row.where, name, expected, RULE))
        references = _references(row, faults)
        if len(faults.faults) > before or references is None:
            continue
        if row.text("efficiencies") == "fallback":
            efficiencies = fallback("heat"), fallback("electricity")
            notices.append(Notice("cbam_chp_fallback", row.where, {"plant": name}))
        else:
            efficiencies = heat / energy, power * TJ_PER_MWH / energy
        share, _ = efficiency_share(*efficiencies, *references)
        emissions = fuel.emissions + row.or_zero("cleaning_tCO2")
        found[name] = Cogeneration(
            chp_heat_factor(emissions, share, heat), chp_power_factor(emissions, share, power), share, heat, power
        )
    return found


def _references(row: Row, faults: Collector) -> tuple[Exact, Exact] | None:
    own = row.number("ref_heat"), row.number("ref_electricity")
    if own[0] and own[1]:
        return own[0], own[1]
    built = row.text("built")
    if not built.isdigit():
        expected = "the year of construction, or ref_heat and ref_electricity"
        faults.add(Fault("missing_key", f"{row.where}/built", built or "nothing", expected, RULE))
        return None
    with faults.catching(row.where):
        return reference(row.text("fuel_class"), int(built), ignored=row.yes("condensate_ignored"), where=row.where)
    return None
