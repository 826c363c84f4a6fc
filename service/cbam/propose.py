"""Propose a cell map: labels are looked for in the sheets, and the cells beside or below them that may be written.

A proposal is for a person to look at. What only resembles a label, stands twice, or lies beyond something that was
skipped says ``sure: no``, and ``fill`` refuses it until somebody has looked. A cell with a formula or a locked cell
of a protected sheet is never proposed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from lca.doors import read_yaml
from service.cbam.cellmap import At, CellMap, Entry, address, elements, found_at, tree_of
from service.cbam.official import Layout, Official
from service.workbook.sheet_xml import MAX_COLUMNS, MAX_ROWS

CLOSE: Final = 0.85
"""Likeness from which on another wording is taken for a label that may be meant."""
REACH: Final = 12
"""Cells to the right of a label that are looked at."""
SKIPPED: Final = 6
"""Rows under a header that may be passed over: a second header row, worked examples."""
PLACES: Final = 20
LONGEST: Final = 120
"""Characters of a label; what is longer is guidance."""
_NUMBERING: Final = re.compile(
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,5}|[一二三四五六七八九十]{1,3})[.)、]\s*|\d{1,2}(?:\.\d{1,2})*\s+){1,2}"
)
_BRACKETS: Final = re.compile(r"[()\[\]{}<>【】「」『』《》\"'“”‘’]")


@cache
def words() -> Mapping[str, Any]:
    """``data/labels.yaml``: every scalar is text."""
    text = files("service.cbam").joinpath("data/labels.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = read_yaml(text)
    return found


def plain(text: str) -> str:
    """A label without what does not tell it apart: case, width, spaces, brackets, numbering, a colon at the end."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    numbering = _NUMBERING.match(folded)
    bare = folded[numbering.end() :] if numbering else folded
    return " ".join(_BRACKETS.sub(" ", bare).split()).strip(" :;,.*?").strip() or folded


class Spot(NamedTuple):
    """A label as it was found."""

    layout: Layout
    at: At
    text: str
    section: str


class Target(NamedTuple):
    """A cell that may take a value. ``clean``: nothing was passed over on the way that could have been meant."""

    spot: Spot
    at: At
    exact: bool
    clean: bool
    rank: int
    down: int = 0


def propose(official: Path, data: Any = None) -> CellMap:
    """A map for a workbook; ``data``: an input (plain data), whose paths are then preferred.

    Raises:
        Refused: ``workbook_unreadable``, ``workbook_too_large``.
    """
    book = Official(official)
    spots = _spots(book)
    known = frozenset(plain(text) for label in words()["labels"] for text in _phrases(label))
    chosen: list[tuple[Mapping[str, Any], list[Target]]] = []
    for label in words()["labels"]:
        chosen.append((label, _targets(label, spots, known)))
    chosen = _aligned(chosen)
    made, missing = [], []
    for label, targets in chosen:
        paths = _paths(label, tree_of(data))
        if targets:
            made.append(_entry(book, label, paths, targets))
        else:
            missing.append((paths[0], str(label["labels"][0])))
    shared = Counter((entry.sheet, at) for entry in made for at in entry.places())
    alone = [all(shared[entry.sheet, at] == 1 for at in entry.places()) for entry in made]
    kept = tuple(entry._replace(sure=entry.sure and only) for entry, only in zip(made, alone, strict=True))
    return CellMap(kept, book.sha256, official.name, tuple(missing))


def _phrases(label: Mapping[str, Any]) -> list[str]:
    return [*label["labels"], *label.get("within", ())]


def _spots(book: Official) -> dict[str, list[Spot]]:
    """What a reader of the workbook sees as labels, by their plain wording."""
    headings = {plain(text): name for name, part in words()["sections"].items() for text in part["headings"]}
    owned = {title: name for name, part in words()["sections"].items() for title in part.get("sheets", ())}
    found: dict[str, list[Spot]] = {}
    for title in book.parts:
        if title in book.book.hidden:
            continue
        layout, section = book.layout(title), owned.get(title, "")
        for row in sorted(set(layout.rows) - layout.hidden_rows):
            texts = {
                column: cell.text.strip()
                for column, cell in sorted(layout.rows[row].items())
                if cell.kind == "text" and len(cell.text) <= LONGEST and column not in layout.hidden_columns
            }
            plains = {column: plain(text) for column, text in texts.items()}
            for text in plains.values():
                section = next((name for word, name in headings.items() if _heads(text, word)), section)
            for column, text in texts.items():
                found.setdefault(plains[column], []).append(Spot(layout, (row, column), text, section))
    return found


def _heads(text: str, heading: str) -> bool:
    """A heading may go on (``Verifier of the report, if any``) unless it is one word, which labels begin with too."""
    return text == heading or (" " in heading and text.startswith(f"{heading} "))


def _targets(label: Mapping[str, Any], spots: Mapping[str, list[Spot]], known: frozenset[str]) -> list[Target]:
    """The best cells for a label: an exact wording before a close one, its own section before none."""
    sections = label["section"] if isinstance(label["section"], list) else [label["section"]]
    anywhere = {plain(text) for text in label["labels"]}
    found: list[Target] = []
    for wording, exact, general in _wordings(anywhere, {plain(text) for text in _phrases(label)}, spots, known):
        for spot in spots[wording]:
            own = spot.section in sections
            target = (_beside(spot, known) if label["kind"] == "beside" else _below(spot)) if own or general else None
            if target is not None:
                found.append(target._replace(exact=exact, rank=0 if own else 2 if spot.section else 1))
    best = min((_order(target) for target in found), default=None)
    distinct: dict[tuple[str, At], Target] = {}
    for target in found:
        if _order(target) == best:
            distinct.setdefault((target.spot.layout.title, target.at), target)
    return list(distinct.values())


def _order(target: Target) -> tuple[bool, int]:
    return not target.exact, target.rank


def _wordings(
    anywhere: set[str], phrases: set[str], spots: Mapping[str, list[Spot]], known: frozenset[str]
) -> Iterator[tuple[str, bool, bool]]:
    """Wordings of the workbook that may be meant: as found, whether exact, whether outside of the section as well."""
    matchers = {phrase: SequenceMatcher(None, "", phrase, autojunk=False) for phrase in phrases}
    for wording in spots:
        if wording in phrases:
            yield wording, True, wording in anywhere
        elif wording not in known:
            close = {phrase for phrase, matcher in matchers.items() if _like(matcher, wording, phrase)}
            if close:
                yield wording, False, bool(close & anywhere)


def _like(matcher: SequenceMatcher[str], wording: str, phrase: str) -> bool:
    if 2 * min(len(wording), len(phrase)) < CLOSE * (len(wording) + len(phrase)):
        return False  # no likeness of so different a length reaches it
    matcher.set_seq1(wording)
    return matcher.quick_ratio() >= CLOSE and matcher.ratio() >= CLOSE


def _beside(spot: Spot, known: frozenset[str]) -> Target | None:
    """The next cell to the right that may be written, past units and past what a protected sheet has locked."""
    layout, row, clean = spot.layout, spot.at[0], True
    units = {plain(text) for text in words()["units"]}
    first = layout.box(spot.at)[1][1] + 1
    for column in range(first, min(first + REACH, MAX_COLUMNS + 1)):
        at = (row, column)
        text = plain(layout.text(at)) if layout.text(at) else ""
        if layout.box(at)[0] != at or column in layout.hidden_columns:
            continue
        if text in known:
            return None
        if not layout.computed(at) and not layout.locked(at) and (layout.protected or not text):
            return Target(spot, at, True, clean, 0)
        clean = clean and (layout.protected or text in units)
    return None


def _below(spot: Spot) -> Target | None:
    """The first open cell under a header; how far it goes is settled with the other columns of the table."""
    bottom, column = spot.layout.box(spot.at)[1][0], spot.at[1]
    for row in range(bottom + 1, bottom + 2 + SKIPPED):
        if _open(spot.layout, (row, column)):
            return Target(spot, (row, column), True, True, 0)
    return None


def _open(layout: Layout, at: At) -> bool:
    taken = layout.computed(at) or layout.locked(at) or bool(layout.text(at))
    return at[0] <= MAX_ROWS and not taken and layout.box(at)[0] == at and at[0] not in layout.hidden_rows


def _aligned(
    chosen: list[tuple[Mapping[str, Any], list[Target]]],
) -> list[tuple[Mapping[str, Any], list[Target]]]:
    """Columns of one table begin in one row and are equally long: else values of two things stood in one line."""
    tables: dict[tuple[str, int, str], list[Target]] = {}
    for label, targets in chosen:
        for target in targets if label["kind"] == "below" else ():
            tables.setdefault(_table(label, target), []).append(target)
    runs: dict[tuple[str, int, str], tuple[int, int]] = {}
    for key, columns in tables.items():
        top = max(target.at[0] for target in columns)
        lengths = [_length(target.spot.layout, (top, target.at[1])) for target in columns]
        runs[key] = top, min((length for length in lengths if length), default=0)
    made = []
    for label, targets in chosen:
        if label["kind"] == "below":
            moved = [_moved(target, *runs[_table(label, target)]) for target in targets]
            targets = [target for target in moved if target is not None]
        made.append((label, targets))
    return made


def _table(label: Mapping[str, Any], target: Target) -> tuple[str, int, str]:
    """Headers in one row of a sheet, of one kind of thing."""
    return target.spot.layout.title, target.spot.at[0], str(label["section"])


def _length(layout: Layout, at: At) -> int:
    return next((step for step in range(PLACES) if not _open(layout, (at[0] + step, at[1]))), PLACES)


def _moved(target: Target, top: int, length: int) -> Target | None:
    """The column from the common first row on. What is passed over in a protected sheet must be locked."""
    layout, column = target.spot.layout, target.at[1]
    if not length or not _length(layout, (top, column)):
        return None
    passed = range(layout.box(target.spot.at)[1][0] + 1, top)
    clean = all(layout.locked((row, column)) for row in passed)
    return target._replace(at=(top, column), down=length, clean=clean)


def _paths(label: Mapping[str, Any], tree: Any) -> list[str]:
    """The first alternative, or the first that the input holds, without what it does not hold."""
    alternatives: list[list[str]] = [item if isinstance(item, list) else [item] for item in label["paths"]]
    for paths in alternatives:
        held = [path for path in paths if any(_held(tree, one) for one in elements(tree, path))]
        if held:
            return held
    return alternatives[0]


def _held(tree: Any, path: str) -> bool:
    value = found_at(tree, path)
    return value is not None and not isinstance(value, dict | list)


def _entry(book: Official, label: Mapping[str, Any], paths: list[str], targets: list[Target]) -> Entry:
    target = targets[0]
    layout = target.spot.layout
    share = label.get("share") == "yes" and not _shown_in_percent(book, target)
    percent = share and "%" in (target.spot.text + layout.text((target.at[0], target.at[1] + 1)))
    return Entry(
        sheet=layout.title, at=target.at, path=paths[0], others=tuple(paths[1:]), down=target.down,
        form=label.get("as", ""), times="100" if percent else "", label=target.spot.text,
        sure=target.exact and target.clean and target.rank < 2 and len(targets) == 1 and not share,
        choices=tuple(address(item.spot.layout.title, item.at) for item in targets) if len(targets) > 1 else (),
    )  # fmt: skip


def _shown_in_percent(book: Official, target: Target) -> bool:
    """A cell in a % format takes 0.98 as the input holds it. Of any other nobody can tell, so a person has to."""
    formats, style = book.book.formats, target.spot.layout.style_at(target.at)
    return style < len(formats) and formats[style] == "percent"


_BARE: Final = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_/*~&.-]*")
_HEAD: Final = """\
# Cell map of pcf cbam fill: which value goes into which cell. 单元格对照表：哪个值写入哪个单元格。
# Look at every `sure: no`, correct it and write yes. 请逐条核对 `sure: no`，更正后改为 yes。
# A share (0.98) goes into a cell of per cent with `times: 100`. 比例（0.98）写入百分数单元格时用 `times: 100`。
# The labels looked for are recalled, not taken from the workbook's makers. 所用标签系凭记忆，未经原文核对。
"""


def to_yaml(made: CellMap) -> str:
    """The map as a person edits it: one line for each cell. ``read_map(read_yaml(text))`` gives it back."""
    lines = [f"{_HEAD}workbook: {_flow({'sha256': made.sha256, 'title': made.title})}"]
    lines.append("cells:" if made.entries else "cells: []")
    for entry in made.entries:
        cell = address("", entry.at)[1:]
        shown: dict[str, str | list[str]] = {
            "sheet": entry.sheet, "cell": cell, "down": str(entry.down or ""), "right": str(entry.right or ""),
            "path": entry.path, "or": list(entry.others), "as": entry.form, "times": entry.times,
            "label": entry.label, "sure": "yes" if entry.sure else "no", "choices": list(entry.choices),
        }  # fmt: skip
        lines.append(f"  - {_flow({key: value for key, value in shown.items() if value})}")
    if made.not_found:
        lines.append("not_found:")
        lines += [f"  - {_flow({'path': path, 'label': label})}" for path, label in made.not_found]
    return "\n".join(lines) + "\n"


def _flow(value: Mapping[str, str | list[str]] | list[str] | str) -> str:
    if isinstance(value, str):
        if _BARE.fullmatch(value):
            return value
        quoted: str = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**9)
        return quoted.rstrip("\n")
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
