"""The package that docs/write-a-rule.md describes, written out exactly as the page says."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "write-a-rule.md"
_FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """Path to content of every file on the page."""
    return dict(_FILE.findall(PAGE.read_text(encoding="utf-8")))


def write(target: Path) -> Path:
    """Write the files of the page below a folder."""
    for name, content in files().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return target
