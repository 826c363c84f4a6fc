"""Scenarios: a changed number is the same as a changed file, differences by hand, targets that are not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from lca.exact import Exact
from lca.faults import Refused
from service.calculate import Asked, derive
from service.cli import app
from service.intake import read_file
from service.scenarios import read_scenarios, scenarios

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORKS = EXAMPLES / "cement_works_2024.yaml"
LISTED = EXAMPLES / "scenarios" / "cement_works_2024.yaml"
Data = dict[str, Any]


def run(listed: Data) -> Any:
    return scenarios(read_file(WORKS), read_scenarios(listed), Asked())


def point(outcome: Any, product: str = "P.O-42.5") -> Exact:
    found = outcome.footprints[product].total.point
    assert found is not None
    return found


def test_a_scenario_is_the_same_as_a_changed_file(tmp_path: Path) -> None:
    data = yaml.load(WORKS.read_text("utf-8"), Loader=yaml.BaseLoader)
    row = next(row for row in data["rows"] if row["id"] == "coal")
    row["months"] = [str(Exact(text) * Exact("0.95")) for text in row["months"]]
    path = tmp_path / "works.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    changed = derive(read_file(path), Asked(), bits=0).works.footprints["P.O-42.5"].total.point
    found = run({"set": {"rows/coal/months": "= value * 0.95"}, "scenarios": [{"id": "a"}]})
    assert point(found[0]) == changed


def test_effects_of_independent_inputs_add_up() -> None:
    """Coal and mill power stand in different lines of a linear works: both together is the sum of the two."""
    listed = yaml.load(LISTED.read_text("utf-8"), Loader=yaml.BaseLoader)
    today, coal, power, both = run(listed)
    assert point(both) - point(today) == (point(coal) - point(today)) + (point(power) - point(today))
    assert point(coal) < point(today) and point(power) < point(today)


def test_the_effect_of_mill_power_by_hand() -> None:
    """80,262,300 kWh less a tenth, by the kWh of P.O 42.5 over its mass, at the factor of the record's own line."""
    today, less = run({
        "parameters": {"saved": "0.1"},
        "set": {
            "rows/mill-grid/months": "= value * (1 - saved)", "meters/mills/amount": "= value * (1 - saved)",
        },
        "scenarios": [{"id": "today", "parameters": {"saved": "0"}}, {"id": "less"}],
    })  # fmt: skip
    line = [part for part in today.footprints["P.O-42.5"].contributions if part.row == "mill-grid"]
    worth = sum((part.co2e.point or Exact(0) for part in line), Exact(0))
    assert worth > 0 and point(less) == point(today) - worth / 10


def test_one_refused_scenario_does_not_stop_the_others() -> None:
    good, bad = run({
        "scenarios": [{"id": "good"}, {"id": "bad", "set": {"rows/coal/unit": "barrel"}}],
    })  # fmt: skip
    assert good.footprints and not bad.footprints
    assert "unknown_unit" in {fault.code for fault in bad.faults}


@pytest.mark.parametrize(
    ("target", "text", "code"),
    [
        ("rows/cole/months", "= value", "scenario_target"),
        ("/rows/999/amount", "1", "scenario_target"),
        ("/rows/-1/amount", "1", "scenario_target"),
        ("rows/coal/months/12", "1", "scenario_target"),
        ("rows/coal/amount", "= value * 2", "scenario_target"),
        ("rows/coal/months", "= value * (", "expression_unreadable"),
        ("rows/coal/months", "= valeu", "parameter_unknown"),
        ("wroks/country", "CN", "scenario_target"),
    ],
)
def test_a_target_that_is_not_there_is_never_wrapped_round(target: str, text: str, code: str) -> None:
    """Peers' scenario arrays start again behind their last column (engine notes, section 8.4)."""
    with pytest.raises(Refused) as refused:
        run({"set": {target: text}, "scenarios": [{"id": "a"}]})
    assert {fault.code for fault in refused.value.faults} == {code}
    assert all(fault.found and fault.expected for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ({}, "missing_key"),
        ({"scenarios": [{"id": "a"}, {"id": "a"}]}, "scenario_twice"),
        ({"parameters": {"wind": "x"}, "scenarios": [{"id": "a"}]}, "number_unreadable"),
        ({"parameters": {"wind": "1"}, "scenarios": [{"id": "a", "parameters": {"wnd": "1"}}]}, "parameter_unknown"),
        ({"scenarios": [{"label": "x"}]}, "missing_key"),
        ({"scenario": []}, "unknown_key"),
    ],
)
def test_faults_of_the_file(listed: Data, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_scenarios(listed)
    assert code in {fault.code for fault in refused.value.faults}


def test_the_command_in_both_languages(tmp_path: Path) -> None:
    words = ["scenarios", str(WORKS), str(LISTED), "--store", str(tmp_path / "s.db")]
    shown = CliRunner().invoke(app, [*words, "--lang", "zh"])
    assert shown.exit_code == 0 and "水泥磨电耗降低10%" in shown.output and "735.893" in shown.output
    found = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).output)
    assert [item["id"] for item in found] == ["today", "less coal", "less power", "both"]
    assert found[0]["products"]["P.O-42.5"]["total"] == "735.893"
    english = CliRunner().invoke(app, [*words, "--lang", "en", "--product", "P.O-42.5"]).output
    assert "5 % less coal" in english and "P.S.A-32.5" not in english
