"""opencbam 0.1.0 beside ours on what both accept: the same numbers, or a difference that docs/peers.md explains.

It computes with 28-digit decimals, ours with fractions: agreement is asked to 1e-20.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import opencbam.engine.defaults as their_defaults
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencbam.engine import attribution, emissions, financial, see, types

from factordb.imports.rows import table
from factordb.release import open_release
from lca.exact import Exact
from pcr.equations import run
from pcr.regimes.cbam.goods import find
from service.cbam.run import Asked, see_file
from service.cbam.see import see as our_see
from service.equations import load_equations

load_equations()
AMOUNT = st.decimals(min_value=0, max_value=10**6, places=3).map(lambda number: str(abs(number)))
SHARE = st.decimals(min_value=0, max_value=1, places=3).map(lambda number: str(abs(number)))
LEVEL = st.decimals(min_value=1, max_value=10**6, places=2).map(str)


def ours(name: str, **given_: str) -> F:
    first = next(iter(run(name, given_)["results"].values()))
    number = Exact.from_record(first["exact"])
    return F(number.numerator, number.denominator)


def close(found: F, theirs: Decimal) -> bool:
    expected = F(theirs)
    return abs(found - expected) <= F(1, 10**20) * max(F(1), abs(expected))


@settings(max_examples=60, deadline=None)
@given(AMOUNT, AMOUNT, AMOUNT, SHARE, SHARE)
def test_combustion(activity: str, ncv: str, factor: str, oxidation: str, biomass: str) -> None:
    """Theirs takes TJ per unit, ours GJ."""
    stream = types.CombustionStream(
        Decimal(activity), Decimal(ncv) / 1000, Decimal(factor), Decimal(oxidation), Decimal(biomass)
    )
    found = ours("cbam.combustion", activity=activity, ncv=ncv, factor=factor, oxidation=oxidation, biomass=biomass)
    assert close(found, emissions.combustion_emissions(stream))


@settings(max_examples=60, deadline=None)
@given(AMOUNT, AMOUNT, SHARE)
def test_process_and_mass_balance(activity: str, factor: str, share: str) -> None:
    made = types.ProcessStream(Decimal(activity), Decimal(factor), Decimal(share))
    assert close(
        ours("cbam.process", activity=activity, factor=factor, conversion=share), emissions.process_emissions(made)
    )
    carbon = types.MassBalanceStream(-Decimal(activity), Decimal(share), Decimal("0.25"))
    found = ours("cbam.mass_balance", activity=f"-{activity}", carbon=share, biomass="0.25")
    assert close(found, emissions.mass_balance_emissions(carbon))


@settings(max_examples=60, deadline=None)
@given(AMOUNT, SHARE, SHARE, LEVEL)
def test_anode_effects(production: str, slope: str, ratio: str, overvoltage: str) -> None:
    by_slope = types.PFCStream(Decimal("0.2"), Decimal(slope), Decimal(ratio), Decimal(production))
    given_ = {"production": production, "frequency": "0.1", "duration": "2", "factor": slope, "c2f6_ratio": ratio}
    co2e = Exact.from_record(run("cbam.pfc_slope", given_)["results"]["co2e"]["exact"])
    assert close(F(co2e.numerator, co2e.denominator), emissions.pfc_emissions(by_slope))
    by_voltage = types.PFCOvervoltageStream(
        Decimal(slope), Decimal(overvoltage), Decimal(95), Decimal(ratio), Decimal(production)
    )
    given_ = {
        "production": production, "overvoltage": overvoltage, "efficiency": "95", "factor": slope, "c2f6_ratio": ratio,
    }  # fmt: skip
    co2e = Exact.from_record(run("cbam.pfc_overvoltage", given_)["results"]["co2e"]["exact"])
    assert close(F(co2e.numerator, co2e.denominator), emissions.pfc_overvoltage_emissions(by_voltage))


@settings(max_examples=60, deadline=None)
@given(LEVEL, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, SHARE)
def test_specific_embedded_emissions(
    level: str, direct: str, heat: str, gas: str, power: str, mass: str, bought: str
) -> None:
    """A cement works with heat and waste gas from outside and a bought precursor, electricity counted."""
    process = types.ProductionProcess(
        types.Sector.CEMENT,
        Decimal(level),
        cn_code="25232900",
        process=[types.ProcessStream(Decimal(direct), Decimal(1))],
        heat_imported=[types.HeatFlow(Decimal(heat), Decimal("62.5"))],
        waste_gas=[types.WasteGasFlow(Decimal(gas), Decimal(1), Decimal("56.1"))],
        electricity_consumed=[types.ElectricityFlow(Decimal(power), Decimal("0.5"))],
        precursors=[types.PrecursorInput(Decimal(mass), Decimal(bought), Decimal(bought) * Decimal("0.5"))],
    )
    theirs = see.compute_see(process, attribution.attribute(process))
    data: dict[str, Any] = {
        "processes": [
            {
                "id": "P", "cn": "25232900", "activity_level_t": level, "dir_em_star_tCO2e": direct,
                "heat_imported_TJ": heat, "heat_import_ef": "62.5", "waste_gas_imported_TJ": gas,
                "electricity_MWh": power, "electricity_ef_tCO2_per_MWh": "0.5",
                "inputs": [{"from": "C", "mass_t": mass}],
            }
        ],
        "purchased_precursors": [
            {
                "id": "C", "see_direct": bought, "specific_electricity_MWh_per_t": bought, "electricity_ef": "0.5",
                "cn": "25231000", "verification": "VR",
            }
        ],
    }  # fmt: skip
    good = our_see(data).goods["P"]
    assert close(F(good.direct.numerator, good.direct.denominator), theirs.see_direct)
    assert close(F(good.indirect.numerator, good.indirect.denominator), theirs.see_indirect)


def test_exported_waste_gas_differs_by_where_its_combustion_is_counted() -> None:
    """docs/peers.md: ours asks for DirEm* with the exported gas's combustion inside, theirs adds it by itself."""
    process = types.ProductionProcess(
        types.Sector.IRON_STEEL,
        Decimal(100),
        process=[types.ProcessStream(Decimal(1000), Decimal(1))],
        waste_gas=[types.WasteGasFlow(Decimal(10), Decimal(1), Decimal("56.1"), is_export=True)],
    )
    theirs = attribution.attributed_direct_emissions(process)
    assert close(ours("cbam.attributed_direct", direct="1561", gas_exported="374.187"), theirs)
    assert not close(ours("cbam.attributed_direct", direct="1000", gas_exported="374.187"), theirs)


@settings(max_examples=60, deadline=None)
@given(LEVEL, SHARE, SHARE)
def test_free_allocation_and_certificates(mass: str, benchmark: str, default: str) -> None:
    sfa = financial.specific_free_allocation_process(2026, Decimal(1), Decimal(benchmark))
    found = ours("cbam.free_allocation", cbam_factor="0.975", cscf="1", benchmark=benchmark)
    assert close(found, financial.sefa_simple(sfa))
    due = max(Decimal(0), Decimal(mass) * Decimal(default) - Decimal(mass) * sfa)
    assert close(ours("cbam.certificates", mass=mass, see=default, sefa=str(sfa)), due)


def test_their_defaults_are_our_first_vintage_row_by_row() -> None:
    """(EU) 2025/2621 as first published: equal, every row that has a value. What replaced them they do not have."""
    places = table("cbam")["countries"]
    release = open_release("cbam-2026.1")
    first: dict[tuple[str, str, str], set[str]] = {}
    for factor in release.factors.values():
        if factor.source == "cbam-2025-2621" and factor.place not in ("XX", "WW"):
            key = (factor.place, factor.codes["cn"], factor.properties.get("route", ""))
            first.setdefault(key, set()).add(str(Decimal(factor.value).normalize()))
    compared = 0
    for (country, cn), rows in their_defaults._load().items():
        name = next((known for known in places if their_defaults._fold(known) == country), "")
        for row in rows:
            if row["total"] in ("DASH", "NA", "", None):
                continue
            key = (places[name], cn.replace(" ", ""), row["route"] or "")
            assert str(Decimal(row["total"]).normalize()) in first[key], key
            compared += 1
    assert compared > 10_000
    replaced = [item for item in release.factors.values() if item.corrects]
    changed = [item for item in replaced if item.value != release.factors[item.corrects].value]
    assert (len(replaced), len(changed)) == (519, 5)


SECTORS = {
    "cement": types.Sector.CEMENT, "iron_steel": types.Sector.IRON_STEEL, "aluminium": types.Sector.ALUMINIUM,
    "fertilisers": types.Sector.FERTILISERS, "hydrogen": types.Sector.HYDROGEN,
}  # fmt: skip
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
CHAINS = ["aluminium_caster_2026", "cement_joint_2026", "hydrogen_steam_2026", "npk_2026", "screws_2026",
          "steel_works_2026"]  # fmt: skip


def decimal(number: Exact) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


@pytest.mark.parametrize("name", CHAINS)
def test_every_example_installation_process_by_process(name: str) -> None:
    """Theirs takes a precursor's value as given, so processes go in the order in which they feed each other.

    Exported waste gas as above: its combustion is inside ours and taken out for theirs.
    """
    found = see_file(EXAMPLES / f"{name}.yaml", Asked(known="2026-11-21"))
    bought = {item.id: (decimal(item.direct), decimal(item.indirect)) for item in found.installation.precursors}
    made: dict[str, tuple[Decimal, Decimal]] = {}
    waiting = list(found.installation.processes)
    while waiting:
        ready = [one for one in waiting if all(taken.source in {**bought, **made} for taken in one.inputs)]
        assert ready, "the examples have no loop of processes"
        for item in ready:
            waiting.remove(item)
            listed = find(item.cn).good
            assert listed is not None
            known = {**bought, **made}
            exported = decimal(item.gas_exported)
            process = types.ProductionProcess(
                SECTORS[listed.sector], decimal(item.level), cn_code=item.cn,
                process=[types.ProcessStream(decimal(item.direct) - exported * Decimal("56.1"), Decimal(1))],
                heat_imported=[types.HeatFlow(decimal(item.heat_imported), decimal(item.heat_import_factor))],
                heat_exported=[types.HeatFlow(decimal(item.heat_exported), decimal(item.heat_export_factor))],
                waste_gas=[
                    types.WasteGasFlow(decimal(item.gas_imported), Decimal(1), Decimal("56.1")),
                    types.WasteGasFlow(exported, Decimal(1), Decimal("56.1"), is_export=True),
                ],
                electricity_consumed=[
                    types.ElectricityFlow(decimal(item.electricity), decimal(item.electricity_factor))
                ],
                precursors=[types.PrecursorInput(decimal(taken.mass), *known[taken.source]) for taken in item.inputs],
            )  # fmt: skip
            theirs = see.compute_see(process, attribution.attribute(process))
            good = found.goods[item.id]
            assert close(F(good.direct.numerator, good.direct.denominator), theirs.see_direct), item.id
            if listed.indirect:
                assert close(F(good.indirect.numerator, good.indirect.denominator), theirs.see_indirect), item.id
            made[item.id] = decimal(good.direct), decimal(good.indirect)
