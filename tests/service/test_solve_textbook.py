"""The textbook systems through ``pcf solve`` itself, against their hand solutions; systems that must fail name who."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lca.exact import Exact
from service.cli import app
from tests.lca._systems import ELECTRICITY, LOOP, TEXTBOOK, Textbook, fraction


def solved(path: Path, system: dict[str, Any]) -> tuple[int, Any]:
    """Exit code, and what was printed: an answer, or the refusal's text."""
    path.write_text(json.dumps(system), encoding="utf-8")
    done = CliRunner().invoke(app, ["solve", str(path), "--exact", "--lang", "en"], env={"COLUMNS": "200"})
    return done.exit_code, json.loads(done.stdout) if done.exit_code == 0 else done.output


def read(values: dict[str, str]) -> dict[str, Fraction]:
    return {name: fraction(Exact.from_record(text)) for name, text in values.items()}


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name.replace(" ", "-"))
def test_a_textbook_system_has_its_hand_solution(case: Textbook, tmp_path: Path) -> None:
    """docs/worked/textbook_systems.md, sheets W1 to W7: levels, inventory and scores as fractions."""
    code, shown = solved(tmp_path / "s.json", case.bare())
    assert code == 0, shown
    assert read(shown["scaling"]) == {name: Fraction(value) for name, value in case.levels.items()}
    assert read(shown["inventory"]) == {name: Fraction(value) for name, value in case.inventory.items()}
    assert read(shown["scores"]) == {name: Fraction(value) for name, value in case.scores.items()}


def changed(case: Textbook, row: int, column: int, value: str) -> dict[str, Any]:
    system = case.bare()
    system["A"][row][column] = value
    return system


def alone(case: Textbook) -> dict[str, Any]:
    """The first process without the others."""
    system = case.bare()
    first = {name: [row[:1] for row in system[name]] for name in ("A", "B")}
    return {**system, **first, "processes": system["processes"][:1]}


def test_a_loop_of_gain_above_one_has_an_answer_and_a_warning_that_names_it(tmp_path: Path) -> None:
    """Sheet W6 with 1.25 for 0.999: by hand -1.25 m + p = 0, m - p = 1, so m = -4, p = -5.

    The loop takes in more than it makes; sqrt(1.25) is its gain a step.
    """
    code, shown = solved(tmp_path / "s.json", changed(LOOP, 0, 0, "-1.25"))
    assert (code, shown["scaling"]) == (0, {"mill": "-4", "plant": "-5"})
    (warning,) = shown["warnings"]
    assert (warning["code"], warning["where"]) == ("loop_gain", "mill, plant")
    assert abs(float(warning["gain"]) ** 2 - 1.25) < 1e-5


@pytest.mark.parametrize(
    ("system", "named"),
    [
        pytest.param(changed(LOOP, 0, 0, "-1"), ("mill", "plant"), id="gain 1"),
        pytest.param(changed(ELECTRICITY, 0, 0, "0"), ("generation",), id="makes nothing"),
        pytest.param(changed(ELECTRICITY, 1, 1, "NaN"), ("refinery",), id="NaN"),
        pytest.param(changed(ELECTRICITY, 1, 1, "1E+999999"), ("refinery",), id="a number bomb"),
        pytest.param(alone(ELECTRICITY), ("generation", "fuel"), id="not square"),
        pytest.param({**ELECTRICITY.bare(), "demand": {"heat": "1"}}, ("heat",), id="a product nobody makes"),
    ],
)
def test_a_system_without_an_answer_names_who(system: dict[str, Any], named: tuple[str, ...], tmp_path: Path) -> None:
    code, shown = solved(tmp_path / "s.json", system)
    assert code == 1
    assert [name for name in named if name not in shown] == [], shown
