"""The cell map: which value of an input belongs in which cell of a workbook that is not ours.

A map is a YAML file that a person edits; nothing in it is guessed when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from openpyxl.utils import get_column_letter

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault, Refused
from pcr.intake_tools import Reader
from service.workbook.sheet_xml import MAX_COLUMNS, MAX_ROWS, column_number

RULE: Final = "CBAM cell map 1"
MAX_PLACES: Final = 10_000
LISTS: Final = ("or", "choices")
KEYS: Final = ("sheet", "cell", "path", "down", "right", "as", "times", "label", "sure", *LISTS)
ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_PATH: Final = re.compile(r"(?:/(?:[^~/]|~[01])+)+")
_STAR: Final = re.compile(r"(.*?)/\*(|/.*)")
_YES: Final = {"yes": True, "true": True, "no": False, "false": False}

At = tuple[int, int]
"""Row and column, from 1."""


class Entry(NamedTuple):
    """One line of a map: a cell, or a range of them under a path with ``*``, and the path of its value."""

    sheet: str
    at: At
    path: str
    others: tuple[str, ...] = ()
    """Key ``or``: paths taken where the first one leads nowhere (another emission factor in the same column)."""
    down: int = 0
    right: int = 0
    form: str = ""
    """Key ``as``: ``text`` or ``number``; empty: a number where the value reads like one."""
    times: str = ""
    """What a number is multiplied with: 100 where the input holds a share and the cell wants per cent."""
    label: str = ""
    sure: bool = True
    choices: tuple[str, ...] = ()
    where: str = ""
    """Path of the line in the map."""

    def places(self) -> list[At]:
        """The cells of the line, in the order of the elements."""
        row, column = self.at
        if self.right:
            return [(row, column + step) for step in range(self.right)]
        return [(row + step, column) for step in range(self.down or 1)]


@dataclass(frozen=True, slots=True)
class CellMap:
    """A map, and the workbook it was made for."""

    entries: tuple[Entry, ...]
    sha256: str = ""
    title: str = ""
    not_found: tuple[tuple[str, str], ...] = ()
    """Path and label of what no cell was proposed for."""


def read_map(data: Any, faults: Collector | None = None) -> CellMap:
    """A map from plain data; with a collector, what is well formed of it.

    Raises:
        Refused: every fault of the form at once: ``shape``, ``unknown_key``, ``missing_key``, ``cbam_map_path``,
            ``cbam_map_setting``, ``cbam_cell_address``, ``cbam_cell_twice``; none of them where a collector is given.
    """
    kept = faults if faults is not None else Collector()
    reader = Reader(kept, RULE)
    given = reader.mapping(data, "", ("workbook", "cells", "not_found"), ("cells",))
    about = reader.mapping(given.get("workbook"), "/workbook", ("sha256", "title"))
    lines = reader.sequence(given["cells"], "/cells") if "cells" in given else []
    entries = [_entry(reader, item, f"/cells/{number}") for number, item in enumerate(lines)]
    missing = [
        reader.mapping(item, f"/not_found/{number}", ("path", "label"))
        for number, item in enumerate(reader.sequence(given.get("not_found", []), "/not_found"))
    ]
    made = tuple(entry for entry in entries if entry is not None)
    _once(made, kept)
    if faults is None:
        kept.raise_if_any()
    not_found = tuple((str(item.get("path", "")), str(item.get("label", ""))) for item in missing)
    return CellMap(made, str(about.get("sha256", "")), str(about.get("title", "")), not_found)


def _entry(reader: Reader, value: Any, where: str) -> Entry | None:
    before = len(reader.faults.faults)
    part = reader.mapping(value, where, KEYS, ("sheet", "cell", "path"))
    for key in KEYS:
        if key in part and not isinstance(part[key], list if key in LISTS else str):
            expected = "a list" if key in LISTS else "one value"
            reader.faults.add(Fault("shape", f"{where}/{key}", type(part.pop(key)).__name__, expected, RULE))
    words: dict[str, str] = {key: part[key].strip() for key in KEYS if key in part and key not in LISTS}
    paths = tuple(str(item) for item in (words.get("path", ""), *part.get("or", ())))
    at = _at(reader, words.get("cell", ""), f"{where}/cell") if "cell" in words else (0, 0)
    stars = [path.split("/").count("*") for path in paths]
    for path, count in zip(paths, stars, strict=True):
        if "path" in words and (_PATH.fullmatch(path) is None or count > 1 or count != stars[0]):
            expected = "/installation/name, or with one *: /source_streams/*/name; the same in all of `or`"
            reader.faults.add(Fault("cbam_map_path", f"{where}/path", path[:80], expected, RULE))
    down, right = (_count(reader, words, key, where) for key in ("down", "right"))
    end = (at[0] + max(down - 1, 0), at[1] + max(right - 1, 0))
    if (down or right) and ((down and right) or not stars[0] or end[0] > MAX_ROWS or end[1] > MAX_COLUMNS):
        found = f"down: {down}, right: {right}, {paths[0][:60]}"
        expected = "down or right, inside the sheet, and a path with *"
        reader.faults.add(Fault("cbam_map_setting", f"{where}/down", found, expected, RULE))
    sure, form = words.get("sure", "yes").lower(), words.get("as", "")
    for key, found, known in (("sure", sure, tuple(_YES)), ("as", form, ("", "text", "number"))):
        if found not in known:
            expected = " or ".join(word for word in known[:3] if word not in ("", "true"))
            reader.faults.add(Fault("cbam_map_setting", f"{where}/{key}", found[:60], expected, RULE))
    with reader.faults.catching(f"{where}/times"):
        if Exact.parse(words.get("times", "1")) <= ZERO or (form == "text" and "times" in words):
            found = f"times: {words['times']}, as: {form or '-'}"
            raise Refused([Fault("cbam_map_setting", found=found, expected="a number above 0, not text", rule=RULE)])
    if len(reader.faults.faults) > before:
        return None
    return Entry(
        " ".join(words["sheet"].split()), at, paths[0], paths[1:], down, right, form, words.get("times", ""),
        words.get("label", ""), _YES[sure], tuple(str(item) for item in part.get("choices", ())), where,
    )  # fmt: skip


def _at(reader: Reader, text: str, where: str) -> At:
    match = ADDRESS.fullmatch(text)
    at = (int(match[2]), column_number(match[1])) if match else (0, 0)
    if not 0 < at[0] <= MAX_ROWS or at[1] > MAX_COLUMNS:
        reader.faults.add(Fault("cbam_cell_address", where, text[:40], "a cell such as E12", RULE))
    return at


def _count(reader: Reader, words: Mapping[str, str], key: str, where: str) -> int:
    text = words.get(key, "0")
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= MAX_PLACES and (text != "0" or key not in words)):
        expected = f"how many places there are, 1 to {MAX_PLACES:,}"
        reader.faults.add(Fault("cbam_map_setting", f"{where}/{key}", text[:40], expected, RULE))
        return 0
    return int(text)


def _once(entries: tuple[Entry, ...], faults: Collector) -> None:
    """No cell belongs to two lines: the later would hide the earlier. Named once for each two lines."""
    owners: dict[tuple[str, At], Entry] = {}
    named: set[tuple[str, str]] = set()
    for entry in entries:
        for at in entry.places():
            owner = owners.setdefault((entry.sheet, at), entry)
            if owner is not entry and (owner.where, entry.where) not in named:
                named.add((owner.where, entry.where))
                found = f"{owner.where} {owner.path}, {entry.where} {entry.path}"
                faults.add(Fault("cbam_cell_twice", address(entry.sheet, at), found, "one line for each cell", RULE))


def address(sheet: str, at: At) -> str:
    """``A_InstData!E12``."""
    return f"{sheet}!{get_column_letter(at[1])}{at[0]}"


def tree_of(data: Any) -> Any:
    """The input as one tree: what an example holds under ``inputs`` stands beside its other keys."""
    inner = data.get("inputs") if isinstance(data, dict) else None
    return {**data, **inner} if isinstance(inner, dict) else data


def found_at(tree: Any, path: str) -> Any:
    """What a path without ``*`` leads to; None where it leads nowhere or to a blank: a blank is unknown."""
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isascii() and step.isdecimal() and len(step) < 9:
            tree = tree[int(step)] if int(step) < len(tree) else None
        else:
            return None
    return None if isinstance(tree, str) and not tree.strip() else tree


def elements(tree: Any, path: str) -> list[str]:
    """The paths that a path with ``*`` stands for, as many as the list is long; the path itself without one."""
    match = _STAR.fullmatch(path)
    if match is None:
        return [path]
    items = found_at(tree, match[1])
    return [f"{match[1]}/{number}{match[2]}" for number in range(len(items) if isinstance(items, list) else 0)]


def texts_at(tree: Any, entry: Entry, faults: Collector) -> list[tuple[str, str]]:
    """Path and text of every value of a line, in the order of its places; the text is empty where there is none.

    What is not one value, or two values for one cell, is added to the faults: ``cbam_cell_value``.
    """
    columns = [elements(tree, path) for path in (entry.path, *entry.others)]
    found = []
    for number in range(max(len(column) for column in columns)):
        paths = [column[number] for column in columns if number < len(column)]
        values = {path: value for path in paths if (value := found_at(tree, path)) is not None}
        wrong = [path for path, value in values.items() if isinstance(value, dict | list)]
        if wrong or len(values) > 1:
            where, expected = address(entry.sheet, entry.at), "one text or number for one cell"
            faults.add(Fault("cbam_cell_value", where, ", ".join(wrong or values), expected, RULE))
        path, value = next(iter(values.items()), (paths[0], ""))
        found.append((path, str(value).lower() if isinstance(value, bool) else str(value)))
    return found
