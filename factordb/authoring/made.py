"""What an author collects: factors, the sources they come from, and the rows left out with the reason."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from factordb.canonical import clean
from factordb.factor import Factor, Source

KNOWN: Final = ("seen", "derived", "conflict")
"""Confidence of what the public release carries; ``recalled`` rows have a release of their own."""
NOT_OPENED: Final = "recalled: source not opened; carried in recalled-2026.1"


@dataclass
class Authored:
    """One table turned into factors, with everything a reviewer needs beside them."""

    factors: list[Factor] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def source(self, source: Source) -> str:
        """Keep a source once and answer with its id."""
        self.sources[source.id] = source
        return source.id


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a collected table, every cell as cleaned text."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: clean(cell) for key, cell in row.items()} for row in csv.DictReader(file)]


def slug(title: str) -> str:
    """A readable id with six digits of a hash, so that two long titles with one beginning stay apart."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    return f"{words or 'source'}-{hashlib.sha256(title.encode()).hexdigest()[:6]}"


def without_pointers(title: str) -> str:
    """A source title without pointers to the collection it was read in."""
    title = re.sub(r"\s*\((?:same values? in data|domain)/[^)]*\)", "", title)
    return re.sub(r",? domain/cbam\.md section 4", "", title).strip()
