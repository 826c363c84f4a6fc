"""A line of a sheet of the workbook under MIIT notice 551, and words in both languages for its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from service.battery.lists import miit_lists

Document = Mapping[str, Any]


class Figure(NamedTuple):
    """Digits of the record that a cell shows as they are."""

    text: str


class Line(NamedTuple):
    """One row of a sheet."""

    cells: Sequence[str | Figure]
    style: str = "pcf_plain"
    wide: int = 0
    """Merge the first cell over so many columns."""
    frozen: bool = False


def two(texts: Mapping[str, str]) -> str:
    """Both languages, Chinese first; a text that is the same in both once."""
    return " ".join(dict.fromkeys(text for text in (texts.get("zh", ""), texts.get("en", "")) if text))


def coded(code: str) -> str:
    """A code of the record in both languages, what follows ``<=`` as it is; the code itself where it is no word."""
    name, least, rest = code.partition(" <= ")
    return two(miit_lists()["codes"].get(name, {"en": name})) + least + rest
