"""Every worked case of every built-in rule agrees with its source, and the pages behind the sources stay true."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from pcr.registry import InstalledRule, broken_rules, installed_rules
from service.rules_check import cases, check_rule, uniformities

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page for page in sorted((ROOT / "docs" / "worked").glob("*.md")) if page.stem != "textbook_systems"]
BUILT_IN = [item for item in installed_rules() if item.package.startswith("pcr.")]
CASES = [(item, name, case) for item in BUILT_IN for name, case in cases(item)]
BLOCK = re.compile(r"^```python\n(.*?)^```\n\n^```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_built_in_rules_are_there_and_none_is_broken() -> None:
    assert {item.rule.id for item in BUILT_IN} >= {"cement", "li_ion_battery"}
    assert broken_rules() == ()


@pytest.mark.parametrize("installed", BUILT_IN, ids=lambda item: item.rule.ref)
def test_every_case_agrees(installed: InstalledRule) -> None:
    results = check_rule(installed)
    assert [result for result in results if result.source], f"{installed.rule.ref}: no case with a source"
    assert {result.case: result.problems for result in results if result.problems} == {}


@pytest.mark.parametrize(("installed", "name", "case"), CASES, ids=[f"{i.rule.id}/{n}" for i, n, _ in CASES])
def test_a_case_names_where_its_numbers_stand(installed: InstalledRule, name: str, case: dict[str, Any]) -> None:
    """The page is there, names the file, and prints every expected number of it."""
    assert case["title"] and case.get("regime")
    page = re.search(r"docs/worked/\S+?\.md", case["source"])
    assert page, f"{name}: {case['source']}"
    text = (ROOT / page[0]).read_text("utf-8").replace(",", "")
    assert f"`{name}`" in text or case.get("refused"), f"{page[0]} does not name {name}"
    for number in fractions_in(case.get("expect", {})):
        assert re.search(rf"(?<![\d/.]){re.escape(number)}(?![\d/])", text), f"{name}: {number} is not on {page[0]}"


def fractions_in(part: Any) -> list[str]:
    """Expected numbers with more than four characters: those that a page must have worked out."""
    if isinstance(part, dict):
        value = part.get("value")
        own = [value.lstrip("-")] if isinstance(value, str) and "digits" in part and len(value) > 4 else []
        return own + [number for item in part.values() for number in fractions_in(item)]
    return []


@pytest.mark.parametrize("installed", BUILT_IN, ids=lambda item: item.rule.ref)
def test_six_uniformities_are_answered(installed: InstalledRule) -> None:
    answers = uniformities(installed)
    assert len(answers) == 6
    assert all(answers.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_prints_what_it_says(page: Path) -> None:
    """Each block runs with the standard library alone and prints the text under it."""
    blocks = BLOCK.findall(page.read_text("utf-8"))
    assert blocks
    names: dict[str, Any] = {}
    for code, text in blocks:
        assert set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)) <= {"fractions"}
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, page.name, "exec"), names)
        assert out.getvalue() == text


def test_a_case_without_a_source_does_not_count() -> None:
    from service.rules_check import _check

    case = {"regime": "gbt24067", "data": {}, "refused": ["x"]}
    result = _check(BUILT_IN[0], "made_up.yaml", case)
    assert "no source of the expected numbers" in result.problems
    assert len(result.problems) == 2, "the wrong refusal is named too"
