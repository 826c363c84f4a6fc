"""The JSON Schemas of the docs are those of the code; inputs and outputs of every example validate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from service.cbam import schema, schema_documents
from service.cbam.run import read_file
from service.cli import app

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "cbam"
ALL = {
    **schema_documents.ALL, "cbam-installation": schema.installation_schema, "cbam-neutral": schema.input_schema,
    "cbam-see": schema.output_schema,
}  # fmt: skip
INSTALLATIONS = [path for path in sorted(EXAMPLES.glob("*.yaml")) if "cbam-installation" in path.read_text("utf-8")]
LISTS = [EXAMPLES / "imports_2026.yaml", EXAMPLES / "ways_2026.yaml"]


def told(*words: str) -> Any:
    done = CliRunner().invoke(app, ["cbam", *words, "--format", "json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_docs_hold_what_the_code_makes(name: str) -> None:
    made = json.loads(json.dumps(ALL[name]()))
    jsonschema.Draft202012Validator.check_schema(made)
    assert json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text("utf-8")) == made


@pytest.mark.parametrize("path", INSTALLATIONS, ids=lambda path: path.stem)
def test_an_installation_validates_and_so_do_its_documents(path: Path, tmp_path: Path) -> None:
    jsonschema.validate(read_file(path), schema.installation_schema())
    if "refused" in path.stem:
        return
    jsonschema.validate(told("see", str(path)), schema.output_schema())
    folder = tmp_path / "p"
    assert CliRunner().invoke(app, ["cbam", "report", str(path), "-o", str(folder)]).exit_code == 0
    held = {name: json.loads((folder / name).read_text("utf-8")) for name in
            ("report.json", "summary.json", "plan.json", "communication.json", "verification.json", "MANIFEST.json",
             "neutral.json", "see.json")}  # fmt: skip
    for name in ("report", "summary", "plan"):
        jsonschema.validate(held[f"{name}.json"], schema_documents.report())
    jsonschema.validate(held["communication.json"], schema_documents.communication())
    jsonschema.validate(held["verification.json"], schema_documents.verification())
    jsonschema.validate(held["MANIFEST.json"], schema_documents.manifest())
    jsonschema.validate(held["neutral.json"], schema.input_schema())
    jsonschema.validate(held["see.json"], schema.output_schema())


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_its_prices_and_its_table_validate(path: Path) -> None:
    jsonschema.validate(read_file(path), schema_documents.goods_list())
    prices = EXAMPLES / "prices_2026.yaml"
    jsonschema.validate(read_file(prices), schema_documents.prices())
    jsonschema.validate(told("whatif", str(path), "--prices", str(prices)), schema_documents.whatif())
    jsonschema.validate(told("whatif", str(path)), schema_documents.whatif())


def test_impact_validates() -> None:
    made = told("impact", str(EXAMPLES), "--before", "2026-07-30", "--after", "2026-11-20")
    jsonschema.validate(made, schema_documents.impact())
    assert made["refused_on_both"] == ["power_refused_2026.yaml"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("cbam-installation", {"processes": [{"name": "without an id"}]}),
        ("cbam-installation", {"streams": [{"id": "x", "method": "guess"}]}),
        ("cbam-goods-list", {"goods": [{"mass_t": "1"}]}),
        ("cbam-goods-list", {"goods": []}),
        ("cbam-prices", {"prices": [{"period": "2026", "eur": "1", "source": "x", "published_at": "2026-04-01"}]}),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(name: str, change: dict[str, Any]) -> None:
    base = {"cbam-installation": INSTALLATIONS[0], "cbam-goods-list": LISTS[0]}.get(name, EXAMPLES / "prices_2026.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read_file(base) | change, ALL[name]())
