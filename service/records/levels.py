"""Levels of disclosure: what of a record each shows, read from ``service/data/levels.yaml``.

A copy proves what it holds by the record's name. The result is one section with one digest, and it tells amounts of the
works and, by division, values of factors; a level that may not show those leaves the section out and carries an
*extract* of it instead. An extract is proven by the signature, which covers its digest, and later by whoever holds the
whole record (decision 0033).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.faults import Fault, Refused
from service.records.sections import salted, sha256

ALL_OF_IT: Final = "all"
TELLS_VALUES: Final = frozenset({"derivation/system", "derivation/inventory", "result"})
"""Sections from which the value of a factor can be read, divided out or guessed."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level. ``result``: fields shown; ``withhold``: layers whose factors stay out; ``draft``: shows drafts."""

    id: str
    label: Mapping[str, str]
    says: Mapping[str, str]
    sections: frozenset[str]
    result: tuple[str, ...]
    notices: frozenset[str]
    withhold: frozenset[str]
    draft: bool


@cache
def levels() -> Mapping[str, Level]:
    """Levels by id, from the one that shows least."""
    read = read_yaml(files("service").joinpath("data/levels.yaml").read_text(encoding="utf-8"))
    return {
        name: Level(
            name, item["label"], item["says"], frozenset(item["sections"]), tuple(item["result"]),
            frozenset(item["notices"]), frozenset(item["withhold"]), item["draft"] == "yes",
        )
        for name, item in read.items()
    }  # fmt: skip


def level_named(name: str) -> Level:
    """A level by its id.

    Raises:
        Refused: ``level_unknown``.
    """
    if name not in levels():
        raise Refused([Fault("level_unknown", "level", found=name, expected=", ".join(levels()))])
    return levels()[name]


def withheld(items: Iterable[Mapping[str, Any]], level: Level) -> dict[int, Mapping[str, Any]]:
    """Which factors stay out at a level, by their place in the section. ``items``: its plain values."""
    found = {}
    for place, item in enumerate(items):
        factor = item.get("factor")
        if factor is None:
            continue
        layer = str(factor["layer"]).partition(":")[0]
        if layer in level.withhold or factor.get("may_redistribute", True) is not True:
            found[place] = factor
    return found


def extract_of(result: Mapping[str, Any], level: Level, hidden: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a level shows of a result; figures by which a hidden factor's value could be divided out stay out.

    ``hidden``: the factors withheld. What is left out is named, so that nothing reads as if it had not been there.
    """
    keys = {str(factor["key"]) for factor in hidden}
    names = keys | {str(factor["id"]) for factor in hidden}
    whole = ALL_OF_IT in level.result
    shown = {key: value for key, value in result.items() if whole or key in level.result}
    for key, told in (("contributions", "source"), ("electricity", "factor")):
        if key in shown:
            shown[key] = [_without_value(part) if part[told] in keys else part for part in shown[key]]
    if keys:  # amounts and totals by input would give the difference
        shown = {key: value for key, value in shown.items() if key not in ("inputs", "processes", "cut_off")}
    shown["notices"] = [
        notice
        for notice in result["notices"]
        if (ALL_OF_IT in level.notices or notice["code"] in level.notices)
        and not names & {notice["where"], notice["values"].get("factor", "")}
    ]
    return {"level": level.id, "result": shown, "left_out": sorted(set(result) - set(shown))}


def _without_value(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in ("co2e", "factor_value", "worth")}


def extracts_of(result: Mapping[str, Any], items: Iterable[Mapping[str, Any]], secret: bytes) -> list[dict[str, Any]]:
    """The extract of each level, with a salt inside as a confidential section has it."""
    known = list(items)
    return [
        salted(extract_of(result, level, withheld(known, level).values()), secret) for level in levels().values()
    ]  # fmt: skip


def digests_of(extracts: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Level to the digest of its extract: what a signature covers."""
    return {str(item["value"]["level"]): sha256(item) for item in extracts}
