"""The page on writing a rule is true: its files are all there are, short, and `tests/pcr/test_plugins.py` runs them."""

from __future__ import annotations

from pathlib import Path

from pcr.rulebook import read_rule
from tests.pcr import _page


def test_flat_glass_takes_less_than_sixty_lines() -> None:
    files = _page.files()
    yaml, python = files["pcr_flat_glass/v1_0_0/rule.yaml"], files["pcr_flat_glass/v1_0_0/rule.py"]
    lines = len(yaml.splitlines()), len(python.splitlines())
    assert sum(lines) < 60
    assert f"takes {lines[0]} lines of YAML and {lines[1]} of Python" in _page.PAGE.read_text(encoding="utf-8")


def test_the_page_holds_a_whole_package(tmp_path: Path) -> None:
    _page.write(tmp_path)
    assert sorted(_page.files()) == [
        "pcr_flat_glass/__init__.py",
        "pcr_flat_glass/v1_0_0/__init__.py",
        "pcr_flat_glass/v1_0_0/cases/by_hand.yaml",
        "pcr_flat_glass/v1_0_0/rule.py",
        "pcr_flat_glass/v1_0_0/rule.yaml",
        "pyproject.toml",
    ]
    assert read_rule(tmp_path / "pcr_flat_glass" / "v1_0_0").ref == "flat_glass 1.0.0"
