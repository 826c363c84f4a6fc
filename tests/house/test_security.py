"""docs/security.md names a test against each threat, and every test it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("|") and not line.startswith(("| threat", "|---"))]


def test_each_threat_has_a_test() -> None:
    assert len(rows()) >= 35
    assert [row for row in rows() if len(row.strip("|").split("|")) != 3 or not NAMED.search(row.split("|")[3])] == []


def test_each_test_named_exists() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file()
        or not re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M)
    ]
    assert len(named) > 50 and missing == []


def test_all_that_looks_like_a_test_is_read() -> None:
    """A name in another spelling would not be checked."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("::test_") == len(NAMED.findall(text))
