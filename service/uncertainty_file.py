"""The side file of ``pcf uncertainty``: which rows and factors are how uncertain.

Activity data and records are frozen formats and know nothing of it.  A distribution is that of a multiplier of the
value entered; what no line names stays fixed and is listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Refused
from lca.uncertain.distributions import Distribution, Lognormal, Normal, Triangular, Uniform
from lca.uncertain.pedigree import INDICATORS, Table, from_pedigree, table_faults
from pcr.intake import nearest

PARTS: Final = ("rows", "factors")
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "lognormal": ("gsd",),
    "normal": ("sd_percent",),
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "pedigree": ("pedigree", "basic"),
    "fixed": (),
}
"""What each distribution needs. ``fixed`` holds a value that a default or a release would vary."""
OPTIONAL: Final = ("mode", "source")
Z95: Final = Exact("1.96")


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of the file. ``distribution`` None: held fixed on purpose. ``text`` is what was written."""

    distribution: Distribution | None
    text: str


@dataclass(frozen=True, slots=True)
class Side:
    """The file as read: by row (``id`` or ``id/property``) and factor, and the defaults the user asked for."""

    rows: Mapping[str, Stated] = field(default_factory=dict)
    factors: Mapping[str, Stated] = field(default_factory=dict)
    default: Mapping[str, Stated] = field(default_factory=dict)
    """``rows`` or ``factors`` to what holds for those that no line names."""
    own_table: bool = False
    """Pedigree factors are the user's own."""


def read_side(data: Any) -> Side:
    """The side file from plain values; all numbers are text.

    Raises:
        Refused: ``uncertainty_form`` for each wrong key or shape, ``distribution_invalid``, ``pedigree_invalid``,
            ``number_unreadable``; all at once.
    """
    faults = Collector()
    if not isinstance(data, dict):
        raise Refused([Fault("uncertainty_form", "/", type(data).__name__, "rows, factors, default")])
    _known(data, (*PARTS, "default", "pedigree_table"), "", faults)
    table = _table(data.get("pedigree_table"), faults)
    made: dict[str, dict[str, Stated]] = {}
    for part in (*PARTS, "default"):
        made[part] = {}
        entries = data.get(part) or {}
        if not isinstance(entries, dict):
            faults.add(Fault("uncertainty_form", f"/{part}", type(entries).__name__, "names with a distribution"))
            continue
        if part == "default":
            _known(entries, PARTS, "/default", faults)
        for name, words in entries.items():
            with faults.catching(f"/{part}/{name}"):
                made[part][name] = stated(words, f"/{part}/{name}", table)
    faults.raise_if_any()
    return Side(made["rows"], made["factors"], made["default"], table is not None)


def stated(words: Any, where: str, table: Table | None = None) -> Stated:
    """One distribution.

    Raises:
        Refused: as :func:`read_side`.
    """
    if not isinstance(words, dict):
        raise Refused([Fault("uncertainty_form", where, str(words)[:60], "distribution and its parameters")])
    kind = words.get("distribution") or ("pedigree" if "pedigree" in words else "")
    if kind == "lognormal" and "pedigree" in words:
        kind = "pedigree"
    if kind not in KEYS:
        raise Refused([Fault("uncertainty_form", f"{where}/distribution", str(kind)[:60], ", ".join(KEYS))])
    faults = Collector()
    _known(words, ("distribution", "source", *KEYS[kind]), where, faults)
    for name in KEYS[kind]:
        if not words.get(name) and name not in OPTIONAL:
            faults.add(Fault("uncertainty_form", f"{where}/{name}", "nothing", f"{name} of a {kind} distribution"))
    faults.raise_if_any()
    text = ", ".join([kind, *(f"{name} {_text(words[name])}" for name in KEYS[kind] if words.get(name))])
    found = None if kind == "fixed" else _made(kind, words, where, table)
    if found is not None and (wrong := found.faults(where)):
        raise Refused(wrong)
    return Stated(found, text)


def published(words: Mapping[str, str]) -> tuple[Stated | None, str]:
    """The uncertainty a release states for a factor, or the reason why it cannot be used.

    A percentage at a stated level of 95 % is half the interval (IPCC 2006, vol. 1, ch. 3): sd = percent / 1.96.  One
    at no stated level may be anything, and nothing is guessed.
    """
    if not words:
        return None, "unknown"
    given: dict[str, Any] = {key: text for key, text in words.items() if key not in ("level", "percent")}
    try:
        if "percent" in words:
            if words.get("level", "").replace(" ", "").removesuffix("%") not in ("95", "0.95"):
                return None, "level_not_stated"
            sd = Exact.parse(words["percent"]) / Z95
            return stated({"distribution": "normal", "sd_percent": sd.significant(12)}, ""), ""
        return stated(given, ""), ""
    except Refused:
        return None, "not_usable"


def _made(kind: str, words: Mapping[str, Any], where: str, table: Table | None) -> Distribution:
    if kind == "pedigree":
        scores = words["pedigree"] if isinstance(words["pedigree"], list) else [str(words["pedigree"])]
        return from_pedigree([str(score) for score in scores], _number(words, "basic", where), where, table)
    if kind == "lognormal":
        return Lognormal(ONE, _number(words, "gsd", where))
    if kind == "normal":
        return Normal(ONE, _number(words, "sd_percent", where) / 100)
    low, high = _number(words, "low", where), _number(words, "high", where)
    if kind == "uniform":
        return Uniform(low, high)
    return Triangular(low, _number(words, "mode", where) if words.get("mode") else ONE, high)


def _number(words: Mapping[str, Any], name: str, where: str) -> Exact:
    value = words[name]
    if not isinstance(value, str):
        raise Refused([Fault("uncertainty_form", f"{where}/{name}", type(value).__name__, "a number")])
    return Exact.parse(value, f"{where}/{name}")


def _text(value: Any) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _known(given: Mapping[str, Any], allowed: tuple[str, ...], where: str, faults: Collector) -> None:
    for key in given:
        if key not in allowed:
            faults.add(Fault("uncertainty_form", f"{where}/{key}", found=key, expected=nearest(key, allowed)))


def _table(given: Any, faults: Collector) -> Table | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(items, list) for items in given.values()):
        faults.add(Fault("uncertainty_form", "/pedigree_table", str(given)[:60], ", ".join(INDICATORS)))
        return None
    _known(given, INDICATORS, "/pedigree_table", faults)
    made: dict[str, list[Exact]] = {}
    for name, items in given.items():
        with faults.catching(f"/pedigree_table/{name}"):
            made[name] = [Exact.parse(str(item), f"/pedigree_table/{name}") for item in items]
    for fault in table_faults(made, "/pedigree_table"):
        faults.add(fault)
    return made
