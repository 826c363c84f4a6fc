"""CBAM goods by code of the combined nomenclature: category, gases, what is counted, functional unit, precursors.

A code is looked up with all its digits, then with 8, 6 and 4: the list names goods by eight digits, customs
declarations by ten. A heading that holds several goods answers with all of them and decides nothing.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.faults import Fault, Refused

DIGITS: Final = (10, 8, 6, 4)


@dataclass(frozen=True, slots=True)
class Good:
    """One good of the list. ``indirect``: whether indirect emissions are counted in the definitive period."""

    cn: str
    description: str
    sector: str
    category: str
    gases: tuple[str, ...]
    indirect: bool
    indirect_transitional: bool
    functional_unit: str
    precursors: tuple[str, ...]
    note: str = ""

    @property
    def category_label(self) -> dict[str, str]:
        """The aggregated category in both languages."""
        return {"en": self.category, "zh": _words()["categories"].get(self.category, self.category)}

    @property
    def sector_label(self) -> dict[str, str]:
        """The sector in both languages."""
        return {"en": self.sector.replace("_", " "), "zh": _words()["sectors"].get(self.sector, self.sector)}


@cache
def goods() -> tuple[Good, ...]:
    """Every good of the list, by code."""
    text = files("pcr.regimes.cbam").joinpath("data/goods.csv").read_text(encoding="utf-8")
    made = [
        Good(
            row["cn_code"],
            row["description"],
            row["sector"],
            row["aggregated_goods_category"],
            tuple(row["ghgs"].split(";")),
            row["indirect_included"] == "yes",
            row["indirect_included_transitional"] == "yes",
            row["functional_unit_definitive"],
            tuple(part for part in row["precursors"].split(";") if part),
            row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return tuple(sorted(made, key=lambda good: good.cn))


@dataclass(frozen=True, slots=True)
class Match:
    """What a code means. ``digits``: how many of its digits were found; 0 where none of the list begins so."""

    code: str
    goods: tuple[Good, ...]
    digits: int

    @property
    def good(self) -> Good | None:
        """The one good of at least eight digits; None where the code names a heading, or the list has no such good."""
        return self.goods[0] if len(self.goods) == 1 and self.digits >= 8 else None


def find(code: str) -> Match:
    """The goods a code means: with ten digits, then eight, six and four.

    A match with fewer digits than the code has says that the list knows the heading, not the good: whether it is in
    scope is then for the customs classification to say.

    Raises:
        Refused: ``cn_code_form`` for what is no code of 4 to 10 digits.
    """
    digits = re.sub(r"[\s.]", "", code)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        raise Refused([Fault("cn_code_form", found=code, expected="4 to 10 digits, 7601 10 10")])
    for length in DIGITS:
        found = tuple(good for good in goods() if good.cn.startswith(digits[:length])) if len(digits) >= length else ()
        if found:
            return Match(digits, found, length)
    return Match(digits, (), 0)


def category_of(code: str) -> str:
    """The aggregated category of a code; empty where it names no one good."""
    good = find(code).good if code else None
    return good.category if good is not None else ""


def source() -> dict[str, str]:
    """Where the list comes from, under which licence, how sure."""
    return {key: _words()[key] for key in ("source", "licence", "confidence")}


@cache
def _words() -> dict[str, Any]:
    held: dict[str, Any] = read_yaml(files("pcr.regimes.cbam").joinpath("data/goods.yaml").read_text(encoding="utf-8"))
    return held
