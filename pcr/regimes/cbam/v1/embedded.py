"""Specific embedded emissions as a linear system ``x = a + M x`` (eq. 57 to 63): own emissions and precursors'.

Each process is a column; what it makes stands positive, what it takes from other processes negative. Bought
precursors bring their emissions with their mass. The system is solved where every other one is; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Notice
from lca.system import LinearSystem, make_system
from pcr.equations import equation
from pcr.regimes.cbam.goods import find, goods
from pcr.regimes.cbam.v1.attribution import (
    attributed_direct,
    attributed_indirect,
    waste_gas_export,
    waste_gas_import,
)
from pcr.regimes.cbam.v1.installation import Installation, Precursor, Process, Stream
from pcr.regimes.cbam.v1.streams import SOURCE, combustion, mass_balance, pfc_overvoltage, pfc_slope, process


@equation(
    "cbam.installation",
    text="Em = calculated + measured",
    source=SOURCE,
    confidence="seen",
    clause="eq. 4",
    inputs={"calculated": "t", "measured": "t"},
    results={"emissions": "t"},
)
def installation_total(calculated: Exact, measured: Exact) -> Exact:
    """t CO2e of an installation: source streams by calculation and emission sources by measurement."""
    return calculated + measured


@equation(
    "cbam.see",
    text="SEE = (Attr + sum of M_i x SEE_i) / AL",
    source=SOURCE,
    confidence="seen",
    clause="eq. 57-63, direct and indirect each; the simple good has no precursors. All processes at once: x = a + M x",
    inputs={"attributed": "t", "level": "t", "precursors": "t"},
    results={"see": "tCO2e/t"},
)
def specific(attributed: Exact, level: Exact, precursors: Exact = ZERO) -> Exact:
    """t CO2e per functional unit of one process; ``precursors``: the sum of what they bring."""
    return (attributed + precursors) / level


FLOWS: Final = (
    "direct", "indirect", "default direct", "default indirect", "electricity", "allocation", "no allocation",
)  # fmt: skip
"""t CO2e direct, t CO2 indirect, the parts of both that rest on default values, MWh; free allocation in t CO2e, and
units whose free allocation is not known."""


@dataclass(frozen=True, slots=True)
class StreamEmissions:
    """What a stream set free, t; gases of anode effects apart."""

    name: str
    fossil: Exact
    biogenic: Exact = ZERO
    cf4: Exact = ZERO
    c2f6: Exact = ZERO


@dataclass(frozen=True, slots=True)
class Attributed:
    """What a process answers for before its precursors, t; ``raw``: the balance before a negative one was set to 0."""

    direct: Exact
    raw: Exact
    indirect: Exact
    """Zero where the code of the good counts none."""
    gas_credit: Exact


def emitted(stream: Stream) -> StreamEmissions:
    """Emissions of a source stream by its method."""
    given = stream.values
    if stream.method == "combustion":
        fossil, biogenic = combustion(
            given["activity"], given["ncv_GJ_per_unit"], given["ef_tCO2_per_TJ"],
            given.get("oxidation_factor", ONE), given.get("biomass_fraction", ZERO),
        )  # fmt: skip
        return StreamEmissions(stream.name, fossil, biogenic)
    if stream.method == "process":
        return StreamEmissions(
            stream.name, process(given["activity"], given["ef_tCO2_per_t"], given.get("conversion_factor", ONE))
        )
    if stream.method == "measured":
        return StreamEmissions(stream.name, given["co2e_t"], given.get("biogenic_t", ZERO))
    if stream.method == "mass_balance":
        fossil, biogenic = mass_balance(
            given["activity"], given["carbon_content_tC_per_t"], given.get("biomass_fraction", ZERO)
        )
        return StreamEmissions(stream.name, fossil, biogenic)
    collection = given.get("collection_efficiency", ONE)
    if stream.method == "pfc_slope":
        cf4, c2f6, co2e = pfc_slope(
            given["production_t"], given["frequency_per_cell_day"], given["duration_min"],
            given["sef_cf4_kg_per_t_per_AEmin"], given["f_c2f6"], collection,
        )  # fmt: skip
    else:
        cf4, c2f6, co2e = pfc_overvoltage(
            given["production_t"], given["overvoltage_mV"], given["current_efficiency_percent"],
            given["ovc_cf4_kg_per_t_per_mV"], given["f_c2f6"], collection,
        )  # fmt: skip
    return StreamEmissions(stream.name, co2e, ZERO, cf4, c2f6)


def attributed(item: Process, mode: str) -> Attributed:
    """A process's own emissions (eq. 53 to 56); a negative balance is set to 0 and kept beside it."""
    credit = waste_gas_export(item.gas_exported)
    raw = attributed_direct(
        item.direct, item.heat_imported * item.heat_import_factor, item.heat_exported * item.heat_export_factor,
        waste_gas_import(item.gas_imported), credit, item.power_exported * item.power_export_factor,
    )  # fmt: skip
    indirect = attributed_indirect(item.electricity, item.electricity_factor)
    counted = counts_indirect(item.cn, item.category, mode)
    return Attributed(max(ZERO, raw), raw, indirect if counted else ZERO, credit)


def counts_indirect(cn: str, category: str, mode: str) -> bool:
    """Whether indirect emissions of a good are counted: by its own code, else by its category.

    A precursor's are decided by the precursor's code, whatever it goes into (Annex I, 3.1). In the transitional period
    they were reported for every good but electricity. Without code and category they are counted: leaving them out
    would need a reason.
    """
    found = find(cn).goods if cn else tuple(good for good in goods() if good.category == category)
    if not found:
        return True
    if mode == "transitional":
        return any(good.indirect_transitional for good in found)
    return any(good.indirect for good in found)


def system_of(made: Installation) -> LinearSystem:
    """The system whose solution for one unit of a good is that good's specific embedded emissions."""
    bought = {item.id: item for item in made.precursors}
    a: dict[tuple[str, str], Exact] = {}
    b: dict[tuple[str, str], Exact] = {}
    for item in made.processes:
        own = attributed(item, made.mode)
        a[item.id, item.id] = item.level
        flows = {"direct": own.direct, "indirect": own.indirect, "electricity": item.electricity}
        flows |= {"no allocation": item.level} if item.sefa is None else {"allocation": item.sefa * item.level}
        for taken in item.inputs:
            if taken.source in bought:
                for flow, value in _brought(bought[taken.source], made.mode).items():
                    flows[flow] = flows.get(flow, ZERO) + value * taken.mass
            else:
                key = (taken.source, item.id)
                a[key] = a.get(key, ZERO) - taken.mass
        b |= {(flow, item.id): value for flow, value in flows.items()}
    names = [item.id for item in made.processes]
    methods: Mapping[str, Mapping[str, Exact]] = {flow: {flow: ONE} for flow in FLOWS}
    return make_system(a, b, methods, products=names, processes=names, flows=FLOWS)


def _brought(item: Precursor, mode: str) -> dict[str, Exact]:
    """What a tonne of a bought precursor brings along."""
    indirect = item.indirect if counts_indirect(item.cn, item.category, mode) else ZERO
    flows = {"direct": item.direct, "indirect": indirect, "electricity": item.electricity}
    if item.on_default is not None:
        flows |= {"default direct": item.on_default[0], "default indirect": item.on_default[1] if indirect else ZERO}
    elif item.basis == "default":
        flows |= {"default direct": item.direct, "default indirect": indirect}
    return flows | ({"no allocation": ONE} if item.sefa is None else {"allocation": item.sefa})


def notices_of(made: Installation) -> list[Notice]:
    """What is calculated all the same and must be known."""
    found = []
    for item in made.processes:
        own = attributed(item, made.mode)
        if own.raw < ZERO:
            found.append(Notice("cbam_negative", item.id, {"value": own.raw.significant(9), "process": item.id}))
    for bought in made.precursors:
        if bought.basis == "actual" and not bought.verification and not bought.exempt and not bought.mixed:
            found.append(Notice("cbam_unverified", bought.id, {"precursor": bought.id}))
    if made.mode == "definitive":
        codes = [item.cn for item in made.processes if item.cn]
        for cn in sorted({cn for cn in codes if codes.count(cn) > 1}):
            found.append(Notice("cbam_one_process", cn, {"cn": cn}))
    return found
