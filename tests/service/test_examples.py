"""Every shipped example: calculates, is stored, re-runs; and the page of its class names what moves it most."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from factordb.release import open_release
from lca.doors import read_yaml
from pcr.registry import installed_rules
from service.calculate import Asked, calculate
from service.desk import open_desk
from service.intake import read_file
from service.records.verify import rerun
from service.report.page import render_report
from service.tornado import tornado

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
STRONGEST = re.compile(r"Strongest inputs of the example \(`pcf tornado (examples/\S+\.yaml)[^`]*`\): (.+?)\.\n")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_stored_and_reruns(path: Path, tmp_path: Path) -> None:
    with open_desk(str(tmp_path / "pcf.db")) as desk:
        done = calculate(read_file(path), Asked(draft=True), desk.records, caller="test")
        assert done.new and all(done.new)
        again = calculate(read_file(path), Asked(draft=True), desk.records, caller="test")
        assert not any(again.new)
        for record in done.records:
            stored = desk.records.get(record["name"])
            assert rerun(stored, open_release).exit_code(strict=True) == 0
            for language in ("en", "zh"):
                page = render_report(stored, language)
                labels = stored["sections"]["result"]["sensitivity_labels"].values()
                assert all(f">{label[language]}<" in page for label in labels)


def test_every_class_has_an_example() -> None:
    shown = {read_yaml(path.read_text("utf-8"))["rule"].partition(" ")[0] for path in EXAMPLES}
    assert shown >= {item.rule.id for item in installed_rules() if item.package.startswith("pcr.")}


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "pcr").glob("*.md")), ids=lambda page: page.stem)
def test_the_page_names_the_three_strongest_inputs(page: Path) -> None:
    found = STRONGEST.search(page.read_text(encoding="utf-8"))
    assert found, "the page lacks: Strongest inputs of the example (`pcf tornado examples/...`): `a`, `b`, `c`."
    bars = tornado(read_file(ROOT / found[1]), Asked(draft=True)).strongest
    named = list(dict.fromkeys(bar.input for bar in bars))[:3]
    assert re.findall(r"`([^`]+)`", found[2]) == named
