"""How far a source is from a Chinese government's notice: a table of ranks, kept as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from factordb.factor import Factor, Source
from factordb.kinds import SPEND
from lca.doors import read_yaml


@cache
def _table() -> Mapping[str, Any]:
    text = files("factordb").joinpath("data/source_ranks.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Any] = read_yaml(text)
    return table


@cache
def _order() -> Mapping[str, int]:
    return {name: place for place, name in enumerate(_table()["ranks"])}


def source_class(source: Source, factor: Factor) -> str:
    """The rank's name: ``cn_government``, ``cn_standard`` ... ``spend_based``."""
    if factor.kind == SPEND:
        return "spend_based"
    table = _table()
    named = table["sources"].get(source.id) or table["publishers"].get(source.publisher)
    if named:
        return str(named)
    if source.official_in == "*":
        return "international"
    if source.official_in == "CN" or source.official_in.startswith("CN-"):
        return "cn_government"
    return "other_government" if source.official_in else "unranked"


def source_rank(source: Source, factor: Factor) -> int:
    """0 is the first rank."""
    return _order()[source_class(source, factor)]


def rank_words(name: str) -> Mapping[str, str]:
    """A rank's name in both languages."""
    words: Mapping[str, str] = _table()["ranks"][name]
    return words
