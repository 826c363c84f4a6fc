"""Bad installations: a five-line error, every fault at once, and no document; what is only told and not refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lca.exact import Exact
from lca.faults import Refused
from service.cbam.run import Asked, calculated, read_file
from service.cbam.see import Seen
from service.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
ASKED = Asked(known="2026-11-21")
Data = dict[str, Any]
Change = Callable[[Data], object]


def given(name: str) -> Data:
    data: Data = copy.deepcopy(read_file(EXAMPLES / f"{name}.yaml"))
    return data


def put(where: str, value: Any) -> Change:
    """Set ``/streams/0/activity``; None takes the key away."""

    def change(data: Data) -> None:
        *path, last = where.strip("/").split("/")
        at: Any = data
        for part in path:
            at = at[int(part)] if isinstance(at, list) else at.setdefault(part, {})
        if value is None:
            at.pop(last)
        elif isinstance(at, list):
            at[int(last)] = value
        else:
            at[last] = value

    return change


def more(table: str, row: Data) -> Change:
    return lambda data: data.setdefault(table, []).append(row)


REFUSED: list[tuple[str, str, list[Change], str]] = [
    ("unknown CN", "screws_2026", [put("/goods/0/cn", "99999999")], "cbam_cn_unknown"),
    ("heading instead of a good", "screws_2026", [put("/goods/0/cn", "7318")], "cbam_cn_unknown"),
    ("2523 10 00 without colour", "cement_joint_2026",
     [put("/goods/0/cn", "25231000"), put("/goods/0/colour", None)], "cbam_colour"),
    ("actual value without verification", "screws_2026", [put("/lots/0/verification", None)], "cbam_actual_unverified"),
    ("actual value without its period", "screws_2026", [put("/lots/0/from", None)], "missing_key"),
    ("actual value from before 2026", "screws_2026",
     [put("/lots/0/from", "2025-01-01"), put("/lots/0/to", "2025-12-31")], "cbam_period"),
    ("product returned into its own process", "screws_2026",
     [more("inputs", {"process": "screws", "from": "screws", "mass_t": "10"})], "cbam_own_product"),
    ("grid factor absent", "screws_2026",
     [put("/power_sources/0/ef_tCO2_per_MWh", None), put("/power_sources/0/factor_source", None)], "cbam_grid_absent"),
    ("typed grid factor without source", "screws_2026", [put("/power_sources/0/factor_source", None)], "missing_key"),
    ("certificate as proof of green power", "screws_2026", [put("/power_sources/0/kind", "certificate")],
     "cbam_certificate"),
    ("offsets in the input", "screws_2026", [put("/offsets", "100")], "offset_in_input"),
    ("composition range wider than 10 %", "cement_joint_2026", [put("/goods/0/content_from", "0.69")],
     "cbam_range_wide"),
    ("content outside its range", "cement_joint_2026", [put("/goods/0/content", "0.78")], "cbam_range"),
    ("final report of half a year", "screws_2026", [put("/period/to", "2026-06-30")], "cbam_period"),
    ("period before 2026", "screws_2026", [put("/period/from", "2025-01-01"), put("/period/to", "2025-12-31")],
     "cbam_period"),
    ("life-cycle factor on a stream", "screws_2026", [put("/streams/0/factor", "LCA")], "cbam_lca_factor"),
    ("unknown factor", "screws_2026", [put("/streams/0/factor", "no.such")], "factor_unknown"),
    ("database factor of the grid", "screws_2026", [put("/power_sources/0/factor", "GRID")], "cbam_grid_absent"),
    ("stream that goes nowhere", "screws_2026", [put("/streams/0/to", None)], "cbam_attribution"),
    ("stream attributed twice", "screws_2026",
     [more("attribution", {"stream": "gas", "to": "screws", "share": "0.5"})], "cbam_attribution"),
    ("stream to an unknown process", "screws_2026", [put("/streams/0/to", "kiln")], "cbam_name_unknown"),
    ("unknown material", "screws_2026", [put("/streams/0/material", "whale_oil")], "cbam_material"),
    ("combustion without numbers", "screws_2026", [put("/streams/0/material", None)], "missing_key"),
    ("combustion output", "screws_2026", [put("/streams/0/activity", "-55")], "cbam_share"),
    ("more precursor used than bought", "screws_2026", [put("/inputs/0/mass_t", "1251")], "cbam_more_used"),
    ("precursor without supplier", "screws_2026", [put("/lots", [])], "cbam_no_lot"),
    ("default without colour", "cement_joint_2026",
     [more("precursors", {"id": "clinker", "cn": "25231000"}),
      more("lots", {"precursor": "clinker", "country": "TR", "mass_t": "10", "basis": "default", "content": "1"}),
      more("inputs", {"process": "kiln", "from": "clinker", "mass_t": "10"})], "cbam_colour"),
    ("more sold and used than made", "aluminium_caster_2026", [put("/goods/0/sold_t", "40001")], "cbam_more_used"),
    ("direct line without evidence", "aluminium_caster_2026",
     [put("/power_sources/1/evidence", "generator_meter: M-1")], "cbam_power_evidence"),
    ("direct line matched by month", "aluminium_caster_2026", [put("/power_sources/1/interval", "month")],
     "cbam_power_interval"),
    ("more than was matched", "aluminium_caster_2026", [put("/power_sources/1/matched_MWh", "49999")],
     "cbam_power_matched"),
    ("contract without physical delivery", "aluminium_caster_2026", [put("/power_sources/1/kind", "ppa")],
     "cbam_power_evidence"),
    ("joint process whose clinker is sold", "cement_joint_2026", [put("/processes/0/joint_used_t", "899999")],
     "cbam_joint_sold"),
    ("joint process without its reason", "cement_joint_2026", [put("/processes/0/why", None)], "missing_key"),
    ("cement without its clinker content", "cement_joint_2026", [put("/goods/0/content", None)], "cbam_content"),
    ("two codes in one single process", "screws_2026",
     [more("goods", {"id": "nuts", "process": "screws", "cn": "73181692", "mass_t": "10"})], "cbam_multi_unlike"),
    ("unlike goods in a multifunctional process", "screws_2026",
     [more("goods", {"id": "wire_rod", "process": "screws", "cn": "72071210", "mass_t": "10"}),
      put("/processes/0/kind", "multifunctional"), put("/processes/0/why", "size")], "cbam_multi_unlike"),
    ("two processes for one code", "screws_2026",
     [more("processes", {"id": "second"}),
      more("goods", {"id": "bolts_2", "process": "second", "cn": "73181588", "mass_t": "10"})], "cbam_one_process"),
    ("exported gas without evidence", "steel_works_2026", [put("/waste_gases/2/evidence", None)], "cbam_gas_evidence"),
    ("boiler without fuel", "hydrogen_steam_2026", [put("/streams/1/to", "other")], "cbam_no_fuel"),
    ("bought heat without a factor", "hydrogen_steam_2026",
     [put("/heat_sources/0/kind", "external"), put("/streams/1/to", "other")], "cbam_external_heat"),
    ("electricity as a good without its conditions", "power_2026", [put("/processes/0/evidence", "x: y")],
     "cbam_power_conditions"),
    ("measured without hours", "npk_2026", [put("/streams/0/measured_t", None)], "missing_key"),
    ("hours that are not there", "npk_2026", [put("/streams/0/hourly", "none.csv")], "cbam_file"),
    ("hours outside the folder", "npk_2026", [put("/streams/0/hourly", "../../pyproject.toml")], "cbam_file"),
    ("stored CO2 without evidence", "screws_2026",
     [more("streams", {"id": "ccs", "method": "co2_transfer", "to": "screws", "transfer": "stored", "activity": "5"})],
     "cbam_transfer_evidence"),
    ("package that is none", "screws_2026", [put("/lots/0/basis", "communication")], "cbam_package"),
    ("id that stands twice", "screws_2026", [put("/streams/0/id", "screws")], "cbam_id_twice"),
    ("unknown word", "screws_2026", [put("/lots/0/basis", "guess")], "cbam_choice"),
    ("unknown column", "screws_2026", [put("/lots/0/guess", "1")], "unknown_key"),
    ("country that is none", "screws_2026", [put("/lots/1/country", "China")], "cbam_country"),
    ("another form", "screws_2026", [put("/schema", "cbam-installation/2")], "cbam_schema"),
    ("a footprint record", "screws_2026", [put("/schema", "pcf-record/1")], "cbam_footprint"),
    ("molar ratio without the good", "hydrogen_steam_2026",
     [more("outputs", {"process": "reformer", "name": "CO", "mass_t": "1", "molar_mass": "28"})], "cbam_molar"),
    ("mean of sources without meters", "screws_2026", [put("/electricity/0/from", "mix")], "cbam_mix"),
    ("combined plant of an unknown fuel", "hydrogen_steam_2026",
     [more("chp", {"id": "chp", "heat_TJ": "1", "electricity_MWh": "100", "energy_in_TJ": "2", "built": "2018",
                   "fuel_class": "peat"})], "cbam_material"),
    ("factor in a unit of another kind", "screws_2026", [put("/streams/0/factor", "UNIT")], "cbam_lca_factor"),
]  # fmt: skip
"""What is wrong, the example it is done to, the changes, the code."""
NAMED = {"LCA": "", "GRID": "", "UNIT": ""}


def _factor(kind: str) -> str:
    from factordb.release import open_release

    return next(item.id for item in open_release("cn-2026.1").factors.values() if item.kind == kind)


@pytest.mark.parametrize(("what", "example", "changes", "code"), REFUSED, ids=[item[0] for item in REFUSED])
def test_bad_input_is_refused_and_leaves_no_document(
    tmp_path: Path, what: str, example: str, changes: list[Change], code: str
) -> None:
    data = given(example)
    for change in changes:
        change(data)
    kinds = {"LCA": "cradle_to_gate", "GRID": "combustion_co2", "UNIT": "process_deduction"}
    for table in ("streams", "power_sources"):
        for row in data.get(table, []):
            if row.get("factor") in kinds:
                row["factor"] = _factor(kinds[row["factor"]])
    path = tmp_path / "works.json"
    path.write_text(json.dumps(data), "utf-8")
    done = CliRunner().invoke(app, ["cbam", "report", str(path), "-o", str(tmp_path / "p"), "--format", "json"])
    assert done.exit_code == 1, done.output
    errors = json.loads(done.output)["errors"]
    assert code in [error["code"] for error in errors]
    assert not (tmp_path / "p").exists()
    for error in errors:
        assert error["message"] and error["found"] and error["expected"] and error["fix"] and error["where"], error
    shown = CliRunner().invoke(app, ["cbam", "check", str(path), "--lang", "zh"])
    assert shown.exit_code == 1
    text = shown.output + shown.stderr
    assert all(word in text for word in ("发现", "应为", "处理"))


def test_all_faults_of_an_installation_at_once() -> None:
    data = given("aluminium_caster_2026")
    for change in (
        put("/lots/0/basis", "actual"),
        put("/power_sources/1/interval", "year"),
        put("/goods/0/sold_t", "90000"),
        put("/streams/1/to", "kiln"),
    ):
        change(data)
    with pytest.raises(Refused) as refused:
        calculated(data, EXAMPLES, ASKED)
    codes = {fault.code for fault in refused.value.faults}
    assert {
        "missing_key", "cbam_actual_unverified", "cbam_power_interval", "cbam_more_used", "cbam_name_unknown",
    } <= codes  # fmt: skip


def run(example: str, *changes: Change, folder: Path = EXAMPLES) -> Seen:
    data = given(example)
    for change in changes:
        change(data)
    return calculated(data, folder, ASKED)


def notices(found: Seen) -> set[str]:
    return {item.code for item in found.notices}


def test_hours_below_80_percent_are_substituted(tmp_path: Path) -> None:
    """Hours 1 to 3 of 10, 12 and 14 g/m3: mean 12, sample deviation 2, a poor hour counts 16 g/m3.

    0.01 + 0.012 + 0.014 + 0.016 t of 1,000 m3 each.
    """
    rows = ["hour,concentration_g_per_m3,volume_m3,valid_share", "1,10,1000,1", "2,12,1000,0.8", "3,14,1000,0.95",
            "4,99,1000,0.79"]  # fmt: skip
    (tmp_path / "h.csv").write_text("\n".join(rows), "utf-8")
    change = (put("/streams/0/hourly", "h.csv"), put("/streams/0/measured_t", None))
    found = run("npk_2026", *change, folder=tmp_path)
    assert "cbam_hours_substituted" in notices(found)
    tail = next(stream for stream in found.streams if stream.name == "N2O of the tail gas")
    assert tail.fossil == Exact("0.052") * 265


def test_carbon_monoxide_counts_as_its_co2() -> None:
    found = run("npk_2026", put("/streams/0/method", "measured"), put("/streams/0/gas", "CO"))
    tail = next(stream for stream in found.streams if stream.name == "N2O of the tail gas")
    assert tail.fossil == Exact("120.5") * Exact("44.01") / Exact("28.01")


def test_a_reading_of_processes_is_scaled_to_the_meter() -> None:
    """210 MWh by the process, 420 by the meter: all of it doubles (eq. 41, 42)."""
    found = run("screws_2026", put("/power_sources/0/metered_MWh", "420"))
    assert "cbam_reconciled" in notices(found)
    assert found.total_indirect == Exact("252")


def test_waste_gas_in_a_boiler_counts_at_most_as_natural_gas() -> None:
    change = (put("/streams/1/material", "blast_furnace_gas"), put("/streams/1/waste_gas", "yes"))
    found = run("hydrogen_steam_2026", *change)
    assert "cbam_gas_capped" in notices(found) and found.built is not None
    energy = Exact(2000) * Exact("2.47") / 1000
    assert found.built.heat["boiler"].factor == Exact("56.1") * energy / Exact("86.4")


def test_a_boiler_that_nobody_measured_takes_70_percent() -> None:
    found = run("hydrogen_steam_2026", put("/heat_sources/0/produced_TJ", None))
    assert "cbam_proxy_efficiency" in notices(found) and found.built is not None
    assert found.built.heat["boiler"].factor == Exact("56.1") / Exact("0.7")


def test_bought_heat_without_a_verified_factor_takes_the_main_fuel_at_90_percent() -> None:
    change = (put("/heat_sources/0/kind", "external"), put("/heat_sources/0/fuel", "other_bituminous_coal"),
              put("/streams/1/to", "other"))  # fmt: skip
    found = run("hydrogen_steam_2026", *change)
    assert "cbam_external_default" in notices(found) and found.built is not None
    assert found.built.heat["boiler"].factor == Exact("94.6") / Exact("0.9")


def test_combined_heat_and_power_by_hand() -> None:
    """Fuel 96 TJ at 56.1, heat 48 TJ, 8,000 MWh = 28.8 TJ; references of gas from 2016 0.87 and 0.53.

    eta 0.5 and 0.3; F = (0.5/0.87) / (0.5/0.87 + 0.3/0.53).
    """
    plant = {"id": "chp", "heat_TJ": "48", "electricity_MWh": "8000", "built": "2018", "fuel_class": "natural_gas"}
    source = {"id": "chp_power", "kind": "chp", "chp": "chp"}
    found = run(
        "hydrogen_steam_2026", more("chp", plant), more("power_sources", source), put("/streams/1/to", "chp"),
        put("/heat_sources", []), put("/heat/0/from", "chp"), put("/heat/1/from", "chp"), put("/heat/1/TJ", "8"),
        put("/electricity/0/from", "chp_power"),
    )  # fmt: skip
    assert found.built is not None
    share = (Exact("0.5") / Exact("0.87")) / (Exact("0.5") / Exact("0.87") + Exact("0.3") / Exact("0.53"))
    emissions = Exact(96) * Exact("56.1")
    made = found.built.combined["chp"]
    assert made.share_of_heat == share
    assert made.heat_factor == emissions * share / 48
    assert made.power_factor == emissions * (Exact(1) - share) / 8000


def test_hydrogen_of_electrolysis_by_molar_ratio() -> None:
    """2 NaCl + 2 H2O give 1 H2, 1 Cl2, 2 NaOH: a quarter of the emissions is hydrogen's."""
    rows = [("h2", "1008", "2.016", "h2"), ("Cl2", "35451", "70.902", ""), ("NaOH", "39997", "39.997", "")]
    outputs = [
        {"process": "reformer", "name": name, "mass_t": mass, "molar_mass": molar} | ({"good": good} if good else {})
        for name, mass, molar, good in rows
    ]
    whole = run("hydrogen_steam_2026")
    part = run("hydrogen_steam_2026", put("/outputs", outputs))
    assert part.goods["reformer"].direct == whole.goods["reformer"].direct / 4
    assert part.goods["reformer"].electricity == whole.goods["reformer"].electricity / 4


def test_a_type_of_cell_brings_its_factors_and_a_typed_number_stands_before_it() -> None:
    """PFPB_L 0.122 and 0.097 by the regime's table; a type without a value needs its own measurement."""
    whole = run("aluminium_caster_2026")
    named = run(
        "aluminium_caster_2026", put("/streams/1/sef_cf4_kg_per_t_per_AEmin", None), put("/streams/1/f_c2f6", None)
    )
    assert named.total_direct == whole.total_direct
    other = run("aluminium_caster_2026", put("/streams/1/sef_cf4_kg_per_t_per_AEmin", "0.244"))
    assert other.streams[1].cf4 == whole.streams[1].cf4 * 2
    with pytest.raises(Refused) as refused:
        run("aluminium_caster_2026", put("/streams/1/cell_type", "PFPB_MW"),
            put("/streams/1/sef_cf4_kg_per_t_per_AEmin", None), put("/streams/1/f_c2f6", None))  # fmt: skip
    assert [fault.code for fault in refused.value.faults] == ["missing_key", "missing_key"]


def test_anode_effects_by_overvoltage() -> None:
    """SWPB: 3.65 x 20 mV / 92 % x 100,000 t / 1000, ratio 0.252; efficiency in per cent."""
    found = run(
        "aluminium_caster_2026", put("/streams/1", {
            "id": "effects", "method": "pfc_overvoltage", "to": "pots", "production_t": "100000",
            "overvoltage_mV": "20", "current_efficiency_percent": "92", "cell_type": "SWPB"}))  # fmt: skip
    cf4 = Exact("3.65") * 20 / 92 * 100000 / 1000
    assert found.streams[1].cf4 == cf4 and found.streams[1].c2f6 == cf4 * Exact("0.252")


def test_combustion_without_a_calorific_value() -> None:
    """Eq. 7 in its variant per tonne: 55 t x 2.7 t/t; in a boiler there is then no energy, and that is a fault."""
    change = (put("/streams/0/material", None), put("/streams/0/ef_tCO2_per_t", "2.7"))
    assert run("screws_2026", *change).streams[0].fossil == Exact("148.5")
    with pytest.raises(Refused) as refused:
        run("hydrogen_steam_2026", put("/streams/1/material", None), put("/streams/1/ef_tCO2_per_t", "2.7"))
    assert [fault.code for fault in refused.value.faults] == ["cbam_no_fuel"]


def test_returned_product_comes_off_the_activity_level() -> None:
    whole, less = run("screws_2026"), run("screws_2026", put("/processes/0/returned_t", "100"))
    assert less.goods["screws"].direct == whole.goods["screws"].direct * 1000 / 900


def test_co2_handed_on_is_not_taken_off_and_stored_co2_is() -> None:
    row = {"id": "t", "method": "co2_transfer", "to": "screws", "activity": "48.104", "evidence": "custody of 2026"}
    base = run("screws_2026").total_direct
    assert run("screws_2026", more("streams", row | {"transfer": "stored"})).total_direct == base - Exact("48.104")
    handed = run("screws_2026", more("streams", row | {"transfer": "handed_on"}))
    assert handed.total_direct == base and "cbam_handed_on" in notices(handed)
    received = run("screws_2026", more("streams", row | {"transfer": "received"}))
    assert received.total_direct == base + Exact("48.104")


def test_biomass_is_zero_rated_only_where_the_criteria_are_met() -> None:
    counted = run("cement_joint_2026")
    zero = run("cement_joint_2026", put("/streams/3/biomass_criteria", "met"))
    biomass = Exact(20000) * Exact("14.5") / 1000 * 90 * Exact("0.3")
    assert counted.total_direct - zero.total_direct == biomass
    assert "cbam_biomass_not_met" in notices(counted) and "cbam_biomass_not_met" not in notices(zero)


def test_the_users_own_grid_table_answers_and_other_countries_stand_behind_it(tmp_path: Path) -> None:
    data = given("screws_2026")
    for key in ("ef_tCO2_per_MWh", "factor_source"):
        data["power_sources"][0].pop(key)
    table = tmp_path / "grid.csv"
    table.write_text("country,ef_tCO2_per_MWh,source\nCN,0.55,invented\nZZ,0.44,invented\n", "utf-8")
    found = calculated(data, EXAMPLES, Asked(grid=table, known="2026-11-21"))
    assert found.total_indirect == Exact(210) * Exact("0.55")
    data["power_sources"][0]["country"] = "VA"
    assert calculated(data, EXAMPLES, Asked(grid=table, known="2026-11-21")).total_indirect == Exact("92.4")
    table.write_text("land,wert\nCN,0.55\n", "utf-8")
    with pytest.raises(Refused) as refused:
        calculated(data, EXAMPLES, Asked(grid=table, known="2026-11-21"))
    assert [fault.code for fault in refused.value.faults] == ["cbam_grid_absent"]


def test_a_national_inventory_factor_is_admitted() -> None:
    """cets2024.anthracite: 22.867 GJ/t, 0.02749 t C/GJ, oxidation 0.98; carbon times 3.664."""
    change = (put("/streams/0/material", None), put("/streams/0/factor", "cets2024.anthracite"))
    found = run("screws_2026", *change)
    assert found.streams[0].fossil == Exact(55) * Exact("22.867") * Exact("0.02749") * Exact("3.664") * Exact("0.98")


def test_the_transitional_period_counts_tonnes_and_electricity_of_steel() -> None:
    data = given("screws_2026")
    data["period"] |= {"from": "2025-01-01", "to": "2025-12-31", "regime": "transitional"}
    for row in data["lots"]:
        row |= {"from": "2025-01-01", "to": "2025-12-31"} if row["basis"] == "actual" else {}
    data["lots"][1] |= {"basis": "actual", "see_direct": "4.27", "see_indirect": "0", "verification": "VR-X",
                        "from": "2025-01-01", "to": "2025-12-31"}  # fmt: skip
    found = calculated(data, EXAMPLES, ASKED)
    assert found.goods["screws"].indirect == Exact(210) * Exact("0.6") / 1000
    assert found.goods["screws"].allocation is None


def test_order_of_rows_and_names_change_no_digit() -> None:
    data = given("steel_works_2026")
    turned = {key: list(reversed(part)) if isinstance(part, list) else part for key, part in data.items()}
    first, second = calculated(data, EXAMPLES, ASKED), calculated(turned, EXAMPLES, ASKED)
    assert {name: (good.direct, good.indirect, good.allocation) for name, good in first.goods.items()} == {
        name: (good.direct, good.indirect, good.allocation) for name, good in second.goods.items()
    }
