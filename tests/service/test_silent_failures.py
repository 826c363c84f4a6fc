"""What peers do in silence is refused here with the process named: the list of the engine notes, section 8.

Each case prints our sentence in both languages; where one is handled in another room the test goes there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lca.exact import ONE, Exact
from lca.faults import Fault, Refused
from lca.messages import sentence
from lca.solve import solve
from lca.system import make_system
from service.cli import app


def told(tmp_path: Path, system: dict[str, Any], language: str, code: int = 1) -> str:
    path = tmp_path / "system.json"
    path.write_text(json.dumps(system), "utf-8")
    done = CliRunner().invoke(app, ["solve", str(path), "--lang", language])
    assert done.exit_code == code, done.output
    return " ".join((done.output + done.stderr).split())


def system(a: list[list[Any]], products: list[str], processes: list[str], **more: Any) -> dict[str, Any]:
    return {"products": products, "processes": processes, "A": a, "demand": {products[0]: "1"}, **more}


TWO = (["steel", "power"], ["mill", "plant"])
CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "1 singular: not nan": (
        system([["1", "-2"], ["-0.5", "1"]], *TWO), {"en": "mill", "zh": "mill"},
    ),
    "2 a coefficient that is no number: not skipped": (
        system([["1", "NaN"], ["-0.5", "1"]], *TWO), {"en": "plant", "zh": "plant"},
    ),
    "6 not square: which process": (
        system([["1", "0", "1"], ["-0.5", "1", "0"]], TWO[0], [*TWO[1], "old_mill"]),
        {"en": "old_mill", "zh": "old_mill"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_process_is_named(tmp_path: Path, name: str, language: str) -> None:
    given, words = CASES[name]
    shown = told(tmp_path, given, language)
    assert words[language] in shown
    assert all(
        word in shown for word in (("found", "expected", "do") if language == "en" else ("发现", "应为", "处理"))
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_3_a_loop_that_takes_more_than_it_makes_is_told(tmp_path: Path, language: str) -> None:
    """``pcf solve`` answers a bare system and warns; a works is refused (``tests/lca/test_footprint.py``)."""
    shown = told(tmp_path, system([["1", "-2"], ["-1", "1"]], *TWO), language, code=0)
    assert "mill" in shown and "plant" in shown and ("gain" in shown or "增益" in shown)


def test_4_scenarios_do_not_wrap_round() -> None:
    from service.calculate import Asked
    from service.intake import read_file
    from service.scenarios import read_scenarios, scenarios

    works = Path(__file__).resolve().parents[2] / "examples" / "cement_works_2024.yaml"
    listed = read_scenarios({"set": {"rows/coal/months/12": "1"}, "scenarios": [{"id": "a"}]})
    with pytest.raises(Refused) as refused:
        scenarios(read_file(works), listed, Asked())
    assert sentence(refused.value.faults[0], "en").startswith("A scenario sets something")


def test_7_round_off_is_exactly_zero() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in binary64; here a credit that balances leaves nothing."""
    a = {("p", "x"): ONE}
    b = {("CO2", "x"): Exact("0.1") + Exact("0.2"), ("taken", "x"): Exact("0.3")}
    made = solve(make_system(a, b, {"co2e": {"CO2": ONE, "taken": -ONE}}), {"p": ONE})
    assert made.scores["co2e"] == Exact(0) and made.scores["co2e"].significant(6) == "0"


@pytest.mark.parametrize("code", ["background_gain", "background_implausible", "background_singular", "loop_gain"])
def test_5_publishing_has_its_gates_with_sentences(code: str) -> None:
    """The gates themselves: ``tests/service/test_background.py``."""
    for language in ("en", "zh"):
        for part in ("what", "fix"):
            text = sentence(Fault(code, "x", values={"name": "mill", "gain": "1.25"}), language, part)
            assert text and text != code
