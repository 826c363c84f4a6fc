"""Docs cannot fall behind: a rule has a page that names every input and setting, a case, and a worked page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pcr.registry import InstalledRule, installed_rules
from service.rules_check import cases

ROOT = Path(__file__).resolve().parents[2]
OURS = [item for item in installed_rules() if item.package.startswith("pcr.")]


@pytest.mark.parametrize("installed", OURS, ids=lambda item: item.rule.ref)
def test_every_rule_has_a_page_and_sourced_cases(installed: InstalledRule) -> None:
    rule = installed.rule
    page = ROOT / "docs" / "pcr" / f"{rule.id}.md"
    text = page.read_text(encoding="utf-8")

    missing = [name for name in (*rule.inputs, *rule.settings) if f"`{name}`" not in text]
    assert missing == []
    found = dict(cases(installed))
    assert len(found) >= 2 and all(case.get("source") for case in found.values())


def test_decisions_say_what_enforces_them() -> None:
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = page.read_text(encoding="utf-8").strip()
        assert text.startswith("# "), page.name
        if page.name != "0001-dependencies.md":
            assert "nforced by" in text.splitlines()[-1], page.name


@pytest.mark.parametrize("name", ["README.md", "docs/api.md", "docs/records.md", "docs/activity-data.md"])
def test_paths_named_in_docs_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|examples|tests|lca|pcr|factordb|service|benchmarks)/[\w./-]+?\.\w+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_routes_stand_in_the_page() -> None:
    from service.http.app import make_app

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    routes = {f"{method.upper()} {path}" for path, item in make_app().openapi()["paths"].items() for method in item}
    told = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`? ]*)[^`]*`", text))
    assert (sorted(routes - told), sorted(told - routes)) == ([], [])


def test_settings_stand_in_the_page() -> None:
    from service.settings import documented

    text = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert [name for name, _, _ in documented() if f"`{name}`" not in text] == []

    read = {
        name
        for room in ("lca", "pcr", "factordb", "service")
        for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r"\bPCF_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8"))
    }
    rows = set(re.findall(r"^\| `(PCF_[A-Z_]+)` \|", text, re.MULTILINE))
    assert (sorted(read - rows), sorted(rows - read)) == ([], [])


def test_every_verb_stands_in_the_readme() -> None:
    from typer.main import get_command

    from service.cli import app

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [f"pcf {name} {word}" for word in inner] if inner else [f"pcf {name}"]
    words = [name for name in names if name not in text and name.rpartition(" ")[2] not in text]
    assert words == []
