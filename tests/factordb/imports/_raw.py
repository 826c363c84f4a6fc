"""Where the public data sets lie (``PCF_PUBLIC_DATA``), and what the tests of importers share."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from factordb.imports.intake import Intake
from factordb.release import Release

ROOT = Path(__file__).resolve().parents[3]
META = {
    "id": "import-1",
    "layer": "private",
    "title_en": "Import",
    "title_zh": "导入",
    "published": "2026-11-21",
    "importer": "test",
}


def raw(name: str) -> Path:
    """A file or folder of the public data; without the folder the test says so, with it nothing may be missing."""
    folder = Path(os.environ.get("PCF_PUBLIC_DATA", ROOT / ".." / "shared" / "data" / "raw"))
    if not folder.is_dir():
        pytest.skip("not run: no data")
    found = folder / name
    assert found.exists(), f"{found} is missing"
    return found


def counts(intake: Intake) -> dict[str, int]:
    """What was read, taken, refused and repeated; that the four agree is asserted here for every caller."""
    made = {
        "read": intake.read,
        "accepted": len(intake.factors),
        "rejected": len(intake.rejected),
        "same": intake.same,
    }
    assert made["read"] == made["accepted"] + made["rejected"] + made["same"]
    assert sum(intake.reasons().values()) == made["rejected"]
    return made


def sealed(intake: Intake) -> str:
    """The hash a release of this content is sealed under."""
    return Release(intake.content(META)).sha256


def table(path: Path, separator: str = ",", encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """The file by a second way: the standard library's reader, all at once."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def shuffled(path: Path, to: Path, separator: str = ",", encoding: str = "utf-8-sig", seed: int = 7) -> Path:
    """The same table with its rows in another order."""
    with path.open(encoding=encoding, newline="") as file:
        header, *rows = csv.reader(file, delimiter=separator)
    random.Random(seed).shuffle(rows)
    return write(to, [header, *rows], separator, encoding)


def write(to: Path, rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> Path:
    """A table of one's own."""
    with to.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return to


def take(read: Callable[[Path, Intake], None], about: Callable[[], tuple[object, object]], path: Path) -> Intake:
    """One file through one importer."""
    intake = Intake(*about())  # type: ignore[arg-type]
    read(path, intake)
    return intake
