"""JSON Schemas of what batteries take in and put out: made by functions, and no wider than the reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from lca.doors import read_yaml
from service.battery.input_schema import activity_schema
from service.battery.miit_schema import miit_schema
from service.commands.battery import app
from service.text.faults import refusal_schema
from tests.pcr._help import codes, faults, run
from tests.service.test_battery import CASES, held, remade
from tests.service.test_battery_examples import FOLDER

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
EXAMPLES = [*sorted((ROOT / "examples").glob("li_ion_*.yaml")), *sorted(FOLDER.glob("*_*.yaml"))]
MADE: dict[str, Callable[[], dict[str, Any]]] = {
    "battery-activity": activity_schema,
    "battery-miit": miit_schema,
    "refusal": refusal_schema,
}
VALIDATOR = Draft202012Validator(activity_schema())


@pytest.mark.parametrize("name", MADE)
def test_the_schema_in_the_docs_is_the_one_of_the_code(name: str) -> None:
    assert json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")) == MADE[name]()
    Draft202012Validator.check_schema(MADE[name]())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_battery_example_is_valid(path: Path) -> None:
    """As the project reads it, every scalar text; and as any YAML reader gives it, with numbers (days as text)."""
    text = path.read_text("utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(read_yaml(text))] == []
    plain = yaml.load(text, Loader=yaml.SafeLoader)
    plain["period"] = {key: str(day) for key, day in plain["period"].items()}
    assert [error.message for error in VALIDATOR.iter_errors(plain)] == []


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_case_of_the_rule_is_valid(path: Path) -> None:
    found = read_yaml(path.read_text("utf-8"))
    data = found["data"] | {"rule": "li_ion_battery", "regime": found["regime"]}
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


def changed(change: dict[str, Any], row: str = "") -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(read_yaml((FOLDER / "ev_nmc111_2024.yaml").read_text("utf-8")))
    part = next(item for item in data["rows"] if item["id"] == row) if row else data
    part.update(change)
    for key in [key for key, value in change.items() if value is None]:
        del part[key]
    return data


@pytest.mark.parametrize(
    ("change", "row", "code"),
    [
        ({"works": {"name": "W", "country": "China"}}, "", "country_unreadable"),
        ({"products": []}, "", "missing_key"),
        ({"period": {"start": "2024-01-01"}}, "", "missing_key"),
        ({"settings": {"preset": "huge"}}, "", "setting_choice"),
        ({"remarks": "x"}, "", "unknown_key"),
        ({"input": "carbon"}, "packs", "unknown_input"),
        ({"amount": "many"}, "packs", "number_unreadable"),
        ({"amount": None}, "packs", "missing_key"),
        ({"unit": None}, "packs", "missing_key"),
        ({"material": "cheese"}, "materials", "unknown_material"),
        ({"properties": {"colour": "1"}}, "warranty", "unknown_key"),
        ({"properties": {"a": "1", "r1": "0", "r2": "0"}}, "spent", "missing_key"),
        ({"properties": None}, "spent", "missing_key"),
        ({"supply": {"type": "magic"}}, "assembly-grid", "choice_unknown"),
        ({"evidence": {"basis": "guessed"}}, "packs", "choice_unknown"),
    ],
)
def test_what_the_schema_refuses_the_reader_refuses_too(change: dict[str, Any], row: str, code: str) -> None:
    data = changed(change, row)
    assert list(VALIDATOR.iter_errors(data)) != []
    assert code in codes(faults(lambda: run(data)))


def test_a_material_of_ones_own_needs_a_factor() -> None:
    own = {"material": "cheese", "factor": "greet2024-libmat-nmc111"}
    assert list(VALIDATOR.iter_errors(changed(own, "materials"))) == []


@pytest.mark.parametrize("verb", ["declare", "study", "passport", "miit"])
def test_a_refusal_is_json_of_a_known_form(verb: str, tmp_path: Path) -> None:
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(remade(held(ROOT / "tests/archive/records/li_ion_battery_lfp_2024-LFP-60.5.json"),
                                      "result", status="draft")), "utf-8")  # fmt: skip
    answer = CliRunner().invoke(app, [verb, str(path), "--format", "json"])
    said = json.loads(answer.stdout)
    assert answer.exit_code == 1 and list(Draft202012Validator(refusal_schema()).iter_errors(said)) == []
    assert "battery_draft" in {item["code"] for item in said["errors"]}
    assert list(Draft202012Validator(refusal_schema()).iter_errors(said | {"ok": True})) != []
