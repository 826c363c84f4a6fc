"""The public sets as published: everything is counted, values are the file's own, the order of rows seals the same.

Expected counts stand in the READMEs beside the raw files, or are counted here by a second reader.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from benchmarks import imports
from factordb.choose import choose
from factordb.imports import base_carbone, defra, epa_supply_chain, oekobaudat, registry
from factordb.imports.intake import Intake
from factordb.kinds import LIFE_CYCLE, is_kind
from factordb.release import Release
from lca.exact import Exact
from lca.faults import Refused
from lca.naming import FactorName
from lca.units import unit
from tests.factordb.imports._raw import META, counts, raw, sealed, shuffled, table, take

FILES = {
    "base_carbone": ("base_carbone/Base_Carbone_V23.6.csv", ";", "utf-8-sig"),
    "defra": ("defra_2025/defra_2025_flat_scope3.csv", ",", "utf-8-sig"),
    "oekobaudat": ("oekobaudat_2020_ii/OBD_2020_II.csv", ";", "latin-1"),
    "epa_supply_chain": (
        "epa_supply_chain_v1_3/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv",
        ",",
        "utf-8-sig",
    ),
}
MODULES = {
    "base_carbone": base_carbone,
    "defra": defra,
    "oekobaudat": oekobaudat,
    "epa_supply_chain": epa_supply_chain,
}


@cache
def taken(name: str) -> Intake:
    return registry.run(name, raw(FILES[name][0]))


@cache
def rows(name: str) -> list[dict[str, str]]:
    file, separator, encoding = FILES[name]
    return table(raw(file), separator, encoding)


@pytest.mark.parametrize(
    ("name", "read"), [("base_carbone", 18_616), ("defra", 5_289), ("oekobaudat", 4_813), ("epa_supply_chain", 1_016)]
)
def test_every_record_is_read_and_accounted_for(name: str, read: int) -> None:
    made = counts(taken(name))
    assert made["read"] == read == len(rows(name))
    assert made["accepted"] > 0


def test_base_carbone_refuses_what_its_readme_says() -> None:
    reasons, records = taken("base_carbone").reasons(), rows("base_carbone")
    assert reasons["part_of_another"] == 3_282 + 2_517
    assert reasons["archived"] == 4_654
    valid = [row for row in records if row["Type Ligne"] == "Elément" and "Archivé" not in row["Statut de l'élément"]]
    quoted = [row for row in valid if row["Nom base français"].startswith('"')]
    assert reasons["row_broken"] == len(quoted) > 0
    rest = [row for row in valid if row not in quoted]
    assert reasons["unit_missing"] == sum(not row["Unité français"] for row in rest) > 0
    assert reasons["not_a_gas_factor"] == sum(
        bool(row["Unité français"]) and not row["Unité français"].startswith("kgCO2e/") for row in rest
    )
    food = sum("poids net" in row["Unité français"] for row in rest)
    agency = sum("AIE (" in row["Source"] for row in rest)
    assert reasons["licence"] >= food + agency > 2_400


def test_defra_refuses_parts_and_blanks() -> None:
    reasons, records = taken("defra").reasons(), rows("defra")
    assert reasons["part_of_another"] == 5_289 - 2_279
    totals = [row for row in records if row["GHG/Unit"] == "kg CO2e"]
    assert reasons["value_missing"] == sum(not row["GHG Conversion Factor 2025"] for row in totals) > 0
    assert {"unit_unknown", "kind_unknown", "needs_review"} <= set(reasons)


def test_oekobaudat_refuses_zero_references_blanks_and_negatives() -> None:
    intake, records = taken("oekobaudat"), rows("oekobaudat")
    reasons = intake.reasons()
    assert reasons["value_missing"] == sum(not row["GWP"] for row in records)
    filled = [row for row in records if row["GWP"]]
    odd = [row for row in filled if row["Bezugsgroesse"].startswith(("not available", "0.0000"))]
    assert reasons["reference_zero"] == len(odd) == 16
    negative = sum(row["GWP"].startswith("-") for row in filled if row not in odd)
    with_uptake = sum(factor.value.startswith("-") for factor in intake.factors.values())
    assert reasons["negative"] == negative - with_uptake


def test_a_wood_product_is_never_a_plain_cradle_to_gate() -> None:
    for factor in taken("oekobaudat").factors.values():
        if factor.value.startswith("-"):
            assert factor.kind == "cradle_to_gate_with_uptake"
        if factor.category.startswith("Wood") and factor.boundary.startswith("EN 15804 module A1-A3"):
            assert factor.kind == "cradle_to_gate_with_uptake"


def test_epa_takes_all_sectors_as_spend() -> None:
    intake = taken("epa_supply_chain")
    assert not intake.rejected
    assert {(item.kind, item.unit) for item in intake.factors.values()} == {("spend_based", "kgCO2e/USD2022")}


BASE_CARBONE = (
    # element, kind, unit, place: by hand from the record
    ("26729", "cradle_to_gate", "kgCO2e/t", "FR"),
    ("20533", "cradle_to_gate", "kgCO2e/t", "FR"),
    ("24245", "cradle_to_gate", "kgCO2e/kg", "GLO"),
    ("24235", "gate_to_gate", "kgCO2e/m2", "Asia"),
    ("28193", "wtw", "kgCO2e/t*km", "FR"),
    ("43653", "wtw_plus_vehicle", "kgCO2e/t*km", "FR"),
    ("43726", "wtw_plus_vehicle", "kgCO2e/t*km", "FR"),
    ("36222", "delivered_energy", "kgCO2e/kWh", "FR-region:Rhône-Alpes, BELLEY"),
    ("15563", "lifecycle_co2e", "kgCO2e/kWh", "FR"),
    ("20721", "cradle_to_gate", "kgCO2e/t", "FR"),
    ("27060", "as_sold_incl_forming", "kgCO2e/piece", None),
)


@pytest.mark.parametrize(("element", "kind", "text", "place"), BASE_CARBONE)
def test_base_carbone_values_are_the_records_own(element: str, kind: str, text: str, place: str | None) -> None:
    factor = taken("base_carbone").factors[f"ademe-{element}"]
    record = next(
        row
        for row in rows("base_carbone")
        if row["Identifiant de l'élément"] == element and row["Type Ligne"] == "Elément"
    )
    assert (factor.value, factor.kind, factor.unit) == (record["Total poste non décomposé"], kind, text)
    assert place is None or factor.place == place
    assert factor.uncertainty.get("percent", "") == record["Incertitude"]
    assert factor.gases.get("CO2_biogenic_outside_total", "") == record["CO2b"]
    assert factor.gases.get("CO2_fossil", "") == record["CO2f"]


def test_base_carbone_dates_and_disputed_values() -> None:
    factors = taken("base_carbone").factors
    assert factors["ademe-36222"].valid_to == f"{_period('36222')[:4]}-12-31"
    nickel = factors["ademe-20533"]
    assert nickel.confidence == "conflict" and "20539" in nickel.other_values
    assert factors["ademe-15563"].category == "electricity"
    assert {len(item.valid_to) for item in factors.values()} == {0, 10}


def _period(element: str) -> str:
    return next(row["Période de validité"] for row in rows("base_carbone") if element in row.values())


DEFRA = (
    ("11_100_1000_15_1", "wtt", "kgCO2e/t"),
    ("11_100_1000_8_1", "wtt", "kgCO2e/l"),
    ("11_100_1000_7_1", "wtt", "kgCO2e/kWh"),
    ("19_500_5000_15_1", "as_sold_incl_forming", "kgCO2e/t"),
    ("19_501_5056_15_1", "as_sold_incl_forming", "kgCO2e/t"),
    ("20_507_5311_15_1", "waste_transport_only", "kgCO2e/t"),
    ("20_507_5313_15_1", "waste_disposal", "kgCO2e/t"),
    ("20_503_5348_15_1", "waste_disposal", "kgCO2e/t"),
    ("17_404_4005_1_1", "treatment_service", "kgCO2e/m3"),
    ("18_405_4006_1_1", "treatment_service", "kgCO2e/m3"),
)


@pytest.mark.parametrize(("name", "kind", "text"), DEFRA)
def test_defra_values_are_the_rows_own(name: str, kind: str, text: str) -> None:
    factor = taken("defra").factors[f"defra2025-{name}"]
    record = {row["ID"]: row["GHG Conversion Factor 2025"] for row in rows("defra")}
    assert (factor.value, factor.kind, factor.unit) == (record[name], kind, text)
    start = name[:-1]
    parts = {gas: record.get(start + digit, "") for gas, digit in (("CO2", "2"), ("CH4", "3"), ("N2O", "4"))}
    assert factor.gases == {gas: value for gas, value in parts.items() if value}


def test_epa_values_are_the_rows_own() -> None:
    factors = taken("epa_supply_chain").factors
    for row in rows("epa_supply_chain")[::100]:
        factor = factors[f"epa-supply-chain-{row['2017 NAICS Code']}-usd2022"]
        assert factor.value == row["Supply Chain Emission Factors with Margins"]
        assert factor.codes == {"naics": row["2017 NAICS Code"]}


OBD = ("qm", "kg", "m3", "pcs.", "m", "MJ", "kgkm", "a")


def test_oekobaudat_values_are_divided_exactly() -> None:
    """Ten and more rows of every declared unit and amount against fractions of the same line."""
    factors, seen = taken("oekobaudat").factors, Counter[tuple[str, str]]()
    for row in rows("oekobaudat"):
        name = f"obd-{row['UUID']}-{row['Version']}-{row['Modul']}"
        factor = factors.get(name)
        if factor is None or row["Szenario"]:
            continue
        declared = (row["Bezugsgroesse"], row["Bezugseinheit"])
        seen[declared] += 1
        if seen[declared] > 10:
            continue
        per = unit(factor.denominator)
        base = {"qm": "m2", "pcs.": "piece", "kgkm": "kg*km"}.get(declared[1], declared[1])
        amount = Fraction(declared[0]) * _ratio(base)
        expected = Fraction(row["GWP"]) / amount
        given = Fraction(factor.value) / Fraction(per.ratio.numerator, per.ratio.denominator)
        assert abs(given - expected) <= abs(expected) * Fraction(1, 10**30), name
        assert per.dimension == unit(base).dimension
    assert {declared[1] for declared in seen} == set(OBD)
    assert sum(seen.values()) > 3_000


def _ratio(name: str) -> Fraction:
    ratio = unit(name).ratio
    return Fraction(ratio.numerator, ratio.denominator)


def test_the_shipped_core_was_read_from_the_same_rows(release: Release) -> None:
    """The core was typed by other hands from the same files: kind and value agree where both carry a row."""
    compared = 0
    for core in release.factors.values():
        start = core.id.partition("-")[0]
        if start not in ("ademe", "defra2025"):
            continue
        factor = taken("base_carbone" if start == "ademe" else "defra").factors.get(core.id)
        if factor is None:
            # Per t N, P2O5, K2O: the unit table has no nutrients, and they are no product mass.
            assert core.denominator.startswith("t ")
            continue
        one, two = unit(core.denominator), unit(factor.denominator)
        assert core.amount / one.ratio == factor.amount / two.ratio, core.id
        assert (core.kind, one.dimension) == (factor.kind, two.dimension), core.id
        compared += 1
    assert compared > 170


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_order_of_rows_seals_the_same(name: str, tmp_path: Path) -> None:
    file, separator, encoding = FILES[name]
    module = MODULES[name]
    mixed = shuffled(raw(file), tmp_path / "mixed.csv", separator, encoding)
    assert sealed(take(module.read, module.about, mixed)) == sealed(taken(name))


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_accepted_unit_can_be_asked_for(name: str) -> None:
    for factor in taken(name).factors.values():
        assert Exact.parse(factor.value) is not None
        if factor.kind == "spend_based":
            with pytest.raises(Refused):
                unit(factor.denominator)  # money never converts into anything
        else:
            unit(factor.denominator)


def test_base_carbone_is_read_within_its_limits() -> None:
    """18,616 records within 60 s and 500 MB, in a process of their own (the figure of the release issue)."""
    raw(FILES["base_carbone"][0])
    made, (seconds, megabytes) = imports.measure("base_carbone"), imports.LIMITS["base_carbone"]
    assert made["read"] == 18_616
    assert 0 < float(str(made["seconds"])) <= seconds == 60
    assert 0 < float(str(made["megabytes"])) <= megabytes == 500


def test_money_answers_only_a_request_that_lists_it() -> None:
    release = Release(taken("epa_supply_chain").content(META))
    name = "epa-supply-chain-111110-usd2022"
    with pytest.raises(Refused, match="factor_kind_mismatch"):
        choose((release,), FactorName(id=name, kinds=LIFE_CYCLE, named_by="user"), "soy")
    assert choose((release,), FactorName(id=name, kinds=("spend_based",)), "soy").factor.value == "0.532"


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_value_traces_to_a_source_and_a_licence(name: str) -> None:
    release = Release(taken(name).content(META))
    for factor in release.factors.values():
        assert release.source_of(factor).publisher and release.licence_of(factor).attribution
        assert factor.locator and is_kind(factor.kind) and (factor.name_en or factor.name_zh)


def test_the_shipped_core_has_the_same_building_materials(release: Release) -> None:
    """The core prints six digits and names the first part of the UUID and the module."""
    rows_of = {(item.id[4:12], item.boundary.split()[3]): item for item in taken("oekobaudat").factors.values()}
    compared = 0
    for core in release.factors.values():
        if not core.id.startswith("obd2020-"):
            continue
        uuid, _, module = core.id.removeprefix("obd2020-").partition("-")
        factor = rows_of.get((uuid, module.upper() or "A1-A3"))
        if factor is None:
            assert "R410a" in core.locator  # its declared amount is not believable: reference_zero
            continue
        assert core.kind == factor.kind, core.id
        if core.denominator in ("kW", "kWh capacity"):
            assert factor.unit == "kgCO2e/piece"  # the name says what the piece is; the importer does not read names
            continue
        ours = factor.amount / unit(factor.denominator).ratio * unit(core.denominator).ratio
        assert ours.significant(6) == core.amount.significant(6), core.id
        compared += 1
    assert compared > 80
