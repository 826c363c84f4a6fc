"""The demonstration layer: built from a folder the user has, Chinese electricity in, the rest a gap."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from factordb.authoring import demo
from factordb.files import ReleaseFiles
from factordb.imports.intake import Intake
from factordb.layers import Layers
from factordb.release import Release, open_release
from lca.faults import Refused
from lca.naming import FactorName
from service.background import released
from tests.factordb.conftest import bought, inventory
from tests.factordb.imports._raw import ROOT

HEAD = "product,process,flow,direction,amount,unit,stage,source,confidence\n"
BATTERY = """cell (1 kg),cell,cell,output,1,kg,s,paper A,seen
cell (1 kg),cell,paste,input,0.4,kg,s,paper A,seen
cell (1 kg),cell,"electricity, medium voltage",input,10,kWh,s,paper A,seen
paste (1 kg),paste,paste,output,1,kg,s,paper B,seen
paste (1 kg),paste,"electricity, low voltage",input,0.5,kWh,s,paper B,seen
paste (1 kg),paste,"electricity, low voltage",input,0.5,kWh,s,paper B,seen
paste (1 kg),paste,graphite,input,0.9,kg,s,paper B,seen
paste (1 kg),paste,spent solvent,waste_to_treatment,0.2,kg,s,paper B,seen
pack parameters,parameter,cycle life,parameter,480,cycles,s,paper A,seen
"""
PV = """mix (1 kg),polysilicon supply mix,polysilicon supply mix,output,1,kg,s,paper C China datasets,seen
mix (1 kg),polysilicon supply mix,polysilicon Siemens [CN],input,0.6,kg,s,paper C China datasets,seen
mix (1 kg),polysilicon supply mix,polysilicon Siemens [US],input,0.4,kg,s,paper C China datasets,seen
poly (1 kg),polysilicon Siemens,polysilicon Siemens,output,1,kg,s,paper C China datasets,seen
poly (1 kg),polysilicon Siemens,"Carbon dioxide, fossil",emission_air,2,kg,s,paper C China datasets,seen
credit (1 kg),credit,credit,output,1,kg,s,paper C,seen
credit (1 kg),credit,"aluminium, primary",avoided_input,2,kg,s,paper C,seen
"""


def layer(folder: Path) -> tuple[Intake, ReleaseFiles]:
    intake = Intake(*demo.about())
    demo.read(folder, intake)
    grid = open_release("cn-2026.1").factors[demo.ELECTRICITY]
    return intake, released(intake, demo.META, {grid.id: grid})


@pytest.fixture
def made(tmp_path: Path) -> tuple[Intake, ReleaseFiles]:
    (tmp_path / "inventory_battery.csv").write_text(HEAD + BATTERY, "utf-8")
    (tmp_path / "inventory_pv.csv").write_text(HEAD + PV, "utf-8")
    return layer(tmp_path)


def test_chains_are_linked_and_power_is_chinese(made: tuple[Intake, ReleaseFiles]) -> None:
    """Cell: (10 + 0.4 x 1) kWh x 0.5777 = 6.00808; polysilicon mix: (0.6 + 0.4) x 2."""
    values = {item.name_en: (item.value, item.unlinked) for item in made[1].factors}
    assert values == {
        "cell": ("6.008080000", "graphite; spent solvent"),
        "paste": ("0.5777000000", "graphite; spent solvent"),
        "polysilicon supply mix": ("2.000000000", ""),
        "polysilicon Siemens": ("2.000000000", ""),
    }


def test_what_is_no_process_or_a_credit_is_said(made: tuple[Intake, ReleaseFiles]) -> None:
    intake = made[0]
    assert intake.notes["parameters, bounds or a bill without a product: no process"] == 1
    assert [(item.reason, item.found) for item in intake.rejected] == [
        ("needs_review", "a credit beyond the product: avoided_input")
    ]


def test_each_process_cites_its_literature_under_a_licence_that_forbids_passing_on(
    made: tuple[Intake, ReleaseFiles],
) -> None:
    content = made[1]
    titles = {item.id: item.title for item in content.sources}
    assert {item.name_en: titles[item.source] for item in content.factors} == {
        "cell": "paper A",
        "paste": "paper B",
        "polysilicon supply mix": "paper C China datasets",
        "polysilicon Siemens": "paper C China datasets",
    }
    assert [(item.may_redistribute, item.may_use_commercially) for item in content.licences] == [(False, False)]
    assert content.meta["layer"] == "private"
    assert {item.confidence for item in content.factors} == {"derived"}
    assert all("demonstration" in item.note and item.quality["scheme"] == "demonstration" for item in content.factors)
    assert {item.name_en: item.place for item in content.factors}["polysilicon Siemens"] == "CN"


def test_a_calculation_meets_the_gap_and_a_draft_gets_its_lower_end(made: tuple[Intake, ReleaseFiles]) -> None:
    layers = Layers([Release(made[1]), open_release("cn-2026.1")])
    name = FactorName(id="demo-inventories-cell", kinds=("cradle_to_gate",), place="CN", named_by="user")
    wanted = inventory(bought(name, "kg"))
    with pytest.raises(Refused) as caught:
        layers.resolve(wanted)
    assert "factor_unlinked" in {fault.code for fault in caught.value.faults}
    gap = layers.resolve(wanted, draft=True).factors["l1"]
    assert (gap.range.low.text(), gap.range.high) == ("6.00808", None)


STAND_INS = """flow,factor,because
graphite,recalled-10,recalled
spent solvent,ademe-24283,a waste is no input that is bought
paste,ademe-26731,the files make paste themselves
"""


def filled(folder: Path, table: str = STAND_INS) -> ReleaseFiles:
    (folder / "inventory_battery.csv").write_text(HEAD + BATTERY, "utf-8")
    (folder / "stand_ins.csv").write_text(table, "utf-8")
    intake = Intake(*demo.about())
    demo.read(folder, intake)
    cn, recalled = open_release("cn-2026.1"), open_release("recalled-2026.1")
    return released(intake, demo.META, {**recalled.factors, **cn.factors})


def test_a_stand_in_answers_what_the_files_do_not_make_and_nothing_else(tmp_path: Path) -> None:
    """Paste: 0.5777 x 1 kWh + 0.9 kg x 13.8 (recalled-10); cell: 0.5777 x 10 kWh + 0.4 kg of it. Waste stays open."""
    made = {item.name_en: item for item in filled(tmp_path).factors}
    paste = Fraction("0.5777") + Fraction("0.9") * Fraction("13.8")
    assert Fraction(made["paste"].value) == paste
    assert Fraction(made["cell"].value) == 10 * Fraction("0.5777") + Fraction("0.4") * paste
    assert made["cell"].unlinked == "graphite (recalled: recalled-10); spent solvent"
    assert made["paste"].note.endswith("stand-ins: graphite: recalled-10") and "stand-ins" not in made["cell"].note


def test_a_stand_in_without_its_release_or_named_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inventory_battery.csv").write_text(HEAD + BATTERY, "utf-8")
    (tmp_path / "stand_ins.csv").write_text(STAND_INS, "utf-8")
    assert refusal(lambda: layer(tmp_path)) == ["background_provider"]
    assert refusal(lambda: filled(tmp_path, STAND_INS + "graphite,recalled-09,again\n")) == ["import_unreadable"]


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as caught:
        call()
    return [fault.code for fault in caught.value.faults]


def test_a_folder_without_the_files_or_with_other_columns(tmp_path: Path) -> None:
    assert refusal(lambda: layer(tmp_path)) == ["import_unreadable"]
    (tmp_path / "inventory_pv.csv").write_text("a,b\n1,2\n", "utf-8")
    assert refusal(lambda: layer(tmp_path)) == ["import_columns"]


def test_the_shared_inventories_build_the_layer() -> None:
    """Power of polysilicon by hand: its own rows and those of the metal it takes, at the factor of the grid."""
    folder = Path(os.environ.get("PCF_PUBLIC_DATA", ROOT / ".." / "shared" / "data" / "raw")).parent
    if not (folder / demo.FILES[0]).is_file():
        pytest.skip("not run: no data")
    intake, content = layer(folder)
    assert (len(intake.processes), len(intake.rejected)) == (43, 1)
    by_name = {item.name_en: item for item in content.factors}
    cell, poly, metal = by_name["LFP cell"], by_name["polysilicon Siemens"], by_name["MG-Si"]
    assert cell.unlinked and poly.unlinked
    power = {name: kwh(content, name) for name in ("MG-Si", "polysilicon Siemens")}
    share = taken(content, "polysilicon Siemens", "MG-Si")
    grid = Fraction("0.5777")
    assert Fraction(metal.flows["CO2e|unsplit|unknown"]) == power["MG-Si"] * grid
    expected = (power["polysilicon Siemens"] + share * power["MG-Si"]) * grid
    assert abs(Fraction(poly.flows["CO2e|unsplit|unknown"]) / expected - 1) < Fraction(1, 10**9)
    assert Release(content).sha256 == Release(layer(folder)[1]).sha256


def kwh(content: ReleaseFiles, name: str) -> Fraction:
    process = next(item for item in content.unit_processes if item.name_en == name)
    return sum((Fraction(item.amount) for item in process.exchanges if item.unit == "kWh"), Fraction(0))


def taken(content: ReleaseFiles, name: str, what: str) -> Fraction:
    process = next(item for item in content.unit_processes if item.name_en == name)
    return sum((Fraction(item.amount) for item in process.exchanges if item.name == what), Fraction(0))
