"""How near a factor's place and year are to what was asked: same place, country, group of countries, world, other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from lca.doors import read_yaml

PLACES: Final = ("same", "country", "region", "world", "other")
"""From the nearest: the place itself, the country of a province, a group the country is in, GLO, any other."""
NO_YEAR: Final = 10_000


@cache
def _regions() -> Mapping[str, frozenset[str]]:
    text = files("factordb").joinpath("data/regions.yaml").read_text(encoding="utf-8")
    return {name: frozenset(members.split()) for name, members in read_yaml(text)["regions"].items()}


def place_rank(given: str, asked: str) -> int:
    """Place of ``given`` in :data:`PLACES`; 0 when nothing was asked."""
    if not asked or given == asked:
        return 0
    if asked.startswith(f"{given}-"):
        return 1
    if asked.split("-", 1)[0] in _regions().get(given, ()):
        return 2
    return 3 if given == "GLO" else 4


def year_of(text: str) -> int | None:
    """The first year a reference year names; None: not stated."""
    return int(text[:4]) if text[:4].isdigit() else None


def year_rank(given: str, asked: int | None) -> int:
    """Years between; newest first when nothing was asked; what states no year comes last."""
    year = year_of(given)
    if year is None:
        return NO_YEAR
    return (9999 if asked is None else asked) - year
