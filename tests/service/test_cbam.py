"""``pcf cbam``: the Commission's own examples, to the last digit they print."""

from __future__ import annotations

import json
import re
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from lca.doors import read_json
from lca.faults import Refused
from service.cbam.schema import input_schema, output_schema
from service.cbam.see import see
from service.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
NOT_DERIVABLE = {("hydrogen_2023", "total_indirect_tCO2e")}
"""The page's own note: the figure covers more than the two processes listed."""


def told(*words: str) -> Any:
    done = CliRunner().invoke(app, ["cbam", *words, "--format", "json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def close(found: str, expected: float) -> bool:
    return abs(F(found) - F(str(expected))) <= F(1, 10**9) * max(1, abs(F(str(expected))))


@pytest.mark.parametrize("name", ["screws_2023", "hydrogen_2023"])
def test_the_commissions_examples_to_a_billionth(name: str) -> None:
    """Source: DG TAXUD, communication template v2.1, pre-filled example workbooks (named in each file)."""
    path = EXAMPLES / f"{name}.json"
    expected = json.loads(path.read_text(encoding="utf-8"))["expected"]
    found = told("see", str(path))
    for key in ("total_direct_tCO2e", "total_indirect_tCO2e"):
        assert (name, key) in NOT_DERIVABLE or close(found[key], expected[key])
    for fossil, value in zip(found["stream_emissions_fossil"], expected["stream_emissions_fossil"], strict=True):
        assert close(fossil, value)
    assert set(found["goods"]) == set(expected["goods"])
    checked = 0
    for good, figures in expected["goods"].items():
        for key, value in figures.items():
            assert close(found["goods"][good][key], value), (good, key)
            checked += 1
    assert checked >= 9


def test_the_rebar_on_its_default() -> None:
    path = EXAMPLES / "rebar_default.json"
    expected = json.loads(path.read_text(encoding="utf-8"))["expected"]
    found = told("whatif", str(path))
    assert set(found) == set(expected)
    for year, figures in expected.items():
        assert all(F(found[year][key]) == F(str(value)) for key, value in figures.items())


def test_the_same_works_in_both_periods() -> None:
    """Steel goods: the same direct emissions; from 2026 on none of their electricity."""
    path = str(EXAMPLES / "screws_2023.json")
    before, after = told("see", path), told("see", path, "--regime", "definitive")
    for good in before["goods"]:
        assert before["goods"][good]["see_direct"] == after["goods"][good]["see_direct"]
        assert after["goods"][good]["see_indirect"] == "0" and before["goods"][good]["see_indirect"] != "0"


@pytest.mark.parametrize(("language", "words"), [("zh", "未读原文"), ("en", "its text was not read")])
def test_the_screen_says_what_it_is_not(language: str, words: str) -> None:
    shown = CliRunner().invoke(app, ["cbam", "see", str(EXAMPLES / "screws_2023.json"), "--lang", language]).output
    assert words in shown and "2.00694" in shown
    years = CliRunner().invoke(app, ["cbam", "whatif", str(EXAMPLES / "rebar_default.json"), "--lang", language]).output
    assert words in years and "766.425" in years


def test_a_what_if_without_its_factors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.json"
    path.write_text('{"mass_t": -1, "default_total": "3.996", "markup": {"2026": 0.1}, "cbam_factor": {"2028": 0.9}}')
    done = CliRunner().invoke(app, ["cbam", "whatif", str(path), "--lang", "en"])
    assert done.exit_code == 1
    for code in ("cbam_share", "cbam_years", "missing_key"):
        assert code in done.output


PAGE = (Path(__file__).resolve().parents[2] / "docs" / "worked" / "cbam.md").read_text(encoding="utf-8")
PRINTED = dict(re.findall(r"^((?:screws|metal|sheet) (?:direct|on defaults|MWh)) (\S+)$", PAGE, re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "goods"), [("screws_three_steels_2026", ["screws"]), ("aluminium_caster_2026", ["metal", "sheet"])]
)
def test_the_examples_by_hand(name: str, goods: list[str]) -> None:
    """The page works them out in fractions; it is run by tests/pcr/test_cases.py."""
    found = told("see", str(EXAMPLES / f"{name}.json"))
    assert set(found["goods"]) == set(goods)
    keys = {"direct": "see_direct", "on defaults": "share_default_of_direct", "MWh": "embedded_electricity_MWh_per_t"}
    checked = 0
    for line, value in PRINTED.items():
        good, _, what = line.partition(" ")
        if good in goods:
            assert close(found["goods"][good][keys[what]], float(value)), line
            checked += 1
    assert checked >= 3
    total = sum(F(value) for value in found["stream_emissions_fossil"])
    given = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))["inputs"]["processes"]
    assert total == sum(F(process["dir_em_star_tCO2e"]) for process in given)


SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
INSTALLATIONS = [path for path in sorted(EXAMPLES.glob("*.json")) if "rebar" not in path.stem]


def test_the_schemas_in_the_docs_are_those_of_the_reader() -> None:
    """Made by ``service.cbam.schema``; a key that the reader learns is a key of the schema."""
    for name, made in (("cbam-neutral", input_schema()), ("cbam-see", output_schema())):
        assert json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")) == made
        jsonschema.Draft202012Validator.check_schema(made)


@pytest.mark.parametrize("path", INSTALLATIONS, ids=lambda path: path.stem)
def test_input_and_output_validate(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(data["inputs"], input_schema())
    jsonschema.validate(told("see", str(path)), output_schema())


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "grey"},
        {"activity_level_t": None},
        {"electricity_MWh": "-1"},
        {"inputs": [{"from": "x"}]},
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    data = json.loads(INSTALLATIONS[0].read_text(encoding="utf-8"))["inputs"]
    data["processes"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, input_schema())
    with pytest.raises(Refused):
        see(read_json(json.dumps(data)))
