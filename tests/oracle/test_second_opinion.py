"""``pcf rerun RECORD --second-opinion brightway`` on the archived records: every stage to 1e-9, a wrong matrix told."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lca.exact import Exact
from lca.faults import Refused
from lca.system import LinearSystem
from service.cli import app
from service.explain import explained
from service.second_opinion import Engine, installed, second_opinion
from tests.fixtures._need import missing

pytestmark = pytest.mark.brightway
RECORDS = sorted((Path(__file__).resolve().parents[1] / "archive" / "records").glob("*.json"))


@pytest.fixture(autouse=True)
def brightway() -> None:
    if importlib.util.find_spec("bw2calc") is None:
        missing("bw2calc is not installed", "sh scripts/setup.sh dev")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_every_stage_of_every_archived_record(path: Path) -> None:
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found = second_opinion(record)
    assert found.agrees and found.engine.startswith("bw2calc ")
    result = record["sections"]["result"]
    stages = {row.stage: row.ours for row in found.rows}
    for stage, figure in result["stages"].items():
        told = figure if isinstance(figure, str) else figure["low"]
        if stage in stages and told is not None:
            assert stages[stage].significant(6) == told, stage
    total = result["total"] if isinstance(result["total"], str) else result["total"]["low"]
    assert found.rows[-1].stage == "" and found.rows[-1].ours.significant(6) == total


def test_a_difference_is_told() -> None:
    """One level of theirs off by 1e-6 of itself: that stage and the total differ."""
    record = json.loads(RECORDS[-1].read_text("utf-8"))
    engine, stages = installed(), explained(record).stages

    def spoiled(system: LinearSystem, demand: Mapping[str, Exact]) -> dict[str, Exact]:
        levels = engine.levels(system, demand)
        name = max(stages, key=lambda process: abs(float(levels[process])))
        return {**levels, name: levels[name] * Exact("1.000001")}

    assert second_opinion(record, engine).agrees
    assert not second_opinion(record, Engine("spoiled", spoiled)).agrees


def test_the_command_says_what_it_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(next(path for path in RECORDS if "cement" in path.stem))
    english = CliRunner().invoke(app, ["rerun", path, "--second-opinion", "brightway", "--lang", "en"])
    assert english.exit_code == 0 and "checks the solve, not the rule" in english.output
    chinese = CliRunner().invoke(app, ["rerun", path, "--second-opinion", "brightway", "--lang", "zh"])
    assert "仅复核求解" in chinese.output
    data = json.loads(
        CliRunner().invoke(app, ["rerun", path, "--second-opinion", "brightway", "--format", "json"]).output
    )
    assert data["agrees"] is True
    assert CliRunner().invoke(app, ["rerun", path, "--second-opinion", "openlca"]).exit_code == 2
    monkeypatch.setattr("service.second_opinion.find_spec", lambda name: None)
    with pytest.raises(Refused) as refused:
        second_opinion(json.loads(Path(path).read_text("utf-8")))
    assert [fault.code for fault in refused.value.faults] == ["second_opinion_missing"]
