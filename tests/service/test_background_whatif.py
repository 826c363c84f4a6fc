"""Scenarios that replace a column of a background: hand numbers, the release left alone, marked, refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from factordb.publish import publish
from factordb.release import Release, content_of
from factordb.store import open_store
from factordb.unit_process import Exchange
from lca.faults import Refused
from lca.large.artefact import Artefact, opened
from service.background import solve
from service.background_publish import Asked as Publish
from service.background_publish import publish_background
from service.calculate import Asked
from service.cli import app
from service.desk import prepare
from service.intake import Sent
from service.scenarios import Outcome, read_scenarios, scenarios
from tests.factordb._made import content
from tests.pcr._help import EU, GB, plug
from tests.pcr._help import release as shipped
from tests.service.test_background import frees, process, takes
from tests.service.test_uncertainty_background import works

UPTAKE = Exchange("resource", "air", "0.3", "kg", flow="CO2|biogenic uptake")
MADE = [
    process("steel", "kg", takes("mix", "2", "kWh"), frees("CO2|fossil", "1")),
    process("mix", "kWh", takes("coal", "0.75", "kWh"), takes("wood", "0.25", "kWh"), frees("N2O|fossil", "1", "g")),
    process("coal", "kWh", frees("CO2|fossil", "1"), takes("steel", "0.01", "kg")),
    process("wood", "kWh", UPTAKE, frees("CO2|biogenic", "0.29"), frees("CH4|biogenic", "0.5", "g")),
    process("stone", "kg", frees("CO2|fossil", "1")),
]
OWN = Release(content(*solve([replace(p, source="meters") for p in MADE], {}), name="own-1",
                      processes=tuple(replace(p, source="meters") for p in MADE)))  # fmt: skip
WOOD = {"mix": {"inputs": {"wood": "=share", "coal": "=1 - share"}, "direct": "keep"}}


def releases(name: str) -> Release:
    return OWN if name == "own-1" else shipped(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("background") / "own-1"
    publish_background(OWN, {}, path, Publish(draws=0, gwp_sets=("AR6", "EF3.1")))
    return path


@pytest.fixture
def background(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Artefact:
    plug(monkeypatch, "tests.plugins.two_materials")
    return opened(folder)


def run(listed: dict[str, Any], background: Artefact, regime: str = GB) -> tuple[Outcome, ...]:
    sent = Sent(works(P={"steel": "1", "stone": "1"}), b"", "application/yaml", "test")
    asked = Asked(regime=regime, release="own-1,cn-2026.1")
    return scenarios(sent, read_scenarios(listed), asked, releases, [background])


def point(outcome: Outcome) -> float:
    assert outcome.faults == ()
    found = outcome.footprints["P"].total.point
    assert found is not None
    return float(found)


def steel(share: float, n2o: float, wood: float) -> float:
    """s = 1 + 2 m, m = (1 - share) c + share w + n2o, c = 1 + 0.01 s."""
    mix = (1 - share) + share * wood + n2o
    return (1 + 2 * mix) / (1 - 2 * (1 - share) * 0.01)


LISTED = {
    "parameters": {"share": "0.25"},
    "scenarios": [
        {"id": "today"},
        {"id": "same", "background": WOOD},
        {"id": "wood", "parameters": {"share": "1"}, "background": WOOD},
        {"id": "bare", "background": {"mix": {"inputs": {"coal": "1"}, "direct": "none"}}},
    ],
}


def test_an_own_mix_inside_the_background_by_hand(background: Artefact) -> None:
    """AR6: N2O 273, other methane 27; GB/T 24067 counts uptake -1 and release +1. A kg of stone stays 1."""
    wood = -0.3 + 0.29 + 0.0005 * 27
    today, same, own, bare = run(LISTED, background)
    assert point(today) == pytest.approx(1 + steel(0.25, 0.273, wood), rel=1e-9)
    assert point(same) == pytest.approx(point(today), rel=1e-12)
    assert point(own) == pytest.approx(1 + steel(1, 0.273, wood), rel=1e-9)
    assert point(bare) == pytest.approx(1 + steel(0, 0, wood), rel=1e-9)
    assert today.what_if == () and same.what_if[0].moved == 0
    told = own.what_if[0]
    assert (told.release, told.sha256, told.processes, told.moved) == ("own-1", background.sha256, ("mix",), 3)
    lines = {name: line.value for name, line in own.footprints["P"].lines.items()}
    assert float(lines["biogenic"]) == pytest.approx(2 * wood, rel=1e-9)  # release and methane less uptake
    assert OWN.factors["steel"].flows["N2O|fossil"] and "what_if" not in OWN.meta


def test_a_regime_that_counts_no_biogenic_carbon_dioxide(background: Artefact) -> None:
    """EF 3.1: N2O 273, other methane 27.0: uptake and release of carbon dioxide fall away, methane stays."""
    today, _, own, _ = run(LISTED, background, EU)
    wood = 0.0005 * 27
    assert point(today) == pytest.approx(1 + steel(0.25, 0.273, wood), rel=1e-9)
    assert point(own) == pytest.approx(1 + steel(1, 0.273, wood), rel=1e-9)


def test_what_is_refused_stands_in_its_row(background: Artefact) -> None:
    def codes(change: dict[str, Any]) -> list[tuple[str, str]]:
        found = run({"scenarios": [{"id": "a"}, {"id": "b", "background": change}]}, background)
        assert found[0].faults == ()
        return [(fault.code, fault.where) for fault in found[1].faults]

    assert codes({"nobody": {"inputs": {}, "direct": "keep"}}) == [("background_process", "nobody")]
    assert codes({"mix": {"inputs": {"sun": "1"}, "direct": "keep"}}) == [("large_unknown", "sun")]
    assert codes({"mix": {"inputs": {"coal": "= x"}, "direct": "keep"}}) == [("parameter_unknown", "mix / coal")]
    assert codes({"mix": {"inputs": {"steel": "0.5"}, "direct": "keep"}})[0][0] == "large_gain"
    with pytest.raises(Refused) as caught:
        run(
            {"scenarios": [{"id": "a", "background": {"mix": {"inputs": {"coal": "1"}}, "coal": {"direct": "some"}}}]},
            background,
        )
    where = "/scenarios/0/background"
    assert {(fault.code, fault.where) for fault in caught.value.faults} == {
        ("missing_key", f"{where}/mix/direct"), ("missing_key", f"{where}/coal/inputs"),
        ("shape", f"{where}/coal/direct"),
    }  # fmt: skip
    stranger = replace(background, about={**background.about, "release": {"id": "other", "sha256": ""}})
    with pytest.raises(Refused, match="background_unused"):
        run({"scenarios": [{"id": "a"}]}, stranger)


def test_the_command_marks_what_is_no_footprint(background: Artefact, folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "pcf.db"
    engine = open_store(str(place))
    prepare(engine)
    publish(engine, content_of(OWN))
    engine.dispose()
    (tmp_path / "works.json").write_text(json.dumps(works(P={"steel": "1", "stone": "1"})), "utf-8")
    (tmp_path / "listed.json").write_text(json.dumps(LISTED), "utf-8")
    words = ["scenarios", str(tmp_path / "works.json"), str(tmp_path / "listed.json"), "--regime", GB]
    words += ["--release", "own-1,cn-2026.1", "--store", str(place), "--background", str(folder)]
    told = CliRunner().invoke(app, [*words, "--format", "json"])
    assert told.exit_code == 0, told.output
    rows = {row["id"]: row for row in json.loads(told.output)}
    assert rows["today"]["what_if"] == []
    assert rows["wood"]["what_if"] == [
        {"release": "own-1", "sha256": background.sha256, "processes": ["mix"], "moved": 3}
    ]
    for lang, word in (("en", "wood: what-if, mix in background own-1 replaced"), ("zh", "wood：假设情景")):
        told = CliRunner().invoke(app, [*words, "--lang", lang])
        assert told.exit_code == 0 and word in told.output.replace("\n", " ")
