"""Units by exact ratios, from one versioned table.

A conversion needs one dimension on both sides. Mass and volume meet only through a density that the row states;
capacity and energy never meet. The table is data (``lca/data/units/``) and its version enters every record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from lca.doors import read_yaml
from lca.exact import ONE, Exact, fold_width
from lca.faults import Fault, Refused

UNIT_TABLE: Final = "1.0.0"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the table, or the quotient of two (``GJ/t``)."""

    id: str
    dimension: str
    ratio: Exact
    """How many of the dimension's first unit one of this is."""


@cache
def _table() -> tuple[Mapping[str, Unit], Mapping[str, str]]:
    text = files("lca").joinpath(f"data/units/{UNIT_TABLE}.yaml").read_text(encoding="utf-8")
    data = read_yaml(text)
    units: dict[str, Unit] = {}
    for dimension, members in data["dimensions"].items():
        for unit_id, ratio in members.items():
            units[unit_id] = Unit(unit_id, dimension, Exact.from_record(ratio))
    aliases = {fold_width(alias): unit_id for unit_id, words in data["aliases"].items() for alias in words}
    return units, aliases


def unit(text: str, where: str = "") -> Unit:
    """Look a unit up by its symbol or a Chinese or English alias; ``a/b`` is the quotient of two.

    Raises:
        Refused: ``unknown_unit``, with the nearest known symbols.
    """
    try:
        return _known(text)
    except KeyError as unknown:
        name = str(unknown.args[0])
    units, aliases = _table()
    near = get_close_matches(fold_width(name).strip()[:40], [*units, *aliases], n=3, cutoff=0.5)
    expected = ", ".join(near) if near else "kg, t, kWh, MJ, GJ, Nm3, m3, m2, t*km, piece"
    raise Refused([Fault("unknown_unit", where, found=name[:60], expected=expected, rule=f"unit table {UNIT_TABLE}")])


@lru_cache(maxsize=4096)
def _known(text: str) -> Unit:
    """The unit of a text, kept: a works asks for the same few thousands of times.

    Raises:
        KeyError: the text that no unit has, the part of a quotient at fault.
    """
    units, aliases = _table()
    name = fold_width(text).strip()
    found = units.get(aliases.get(name, name))
    if found is not None:
        return found
    top, slash, bottom = name.partition("/")
    if slash and top and bottom and "/" not in bottom:
        upper, lower = _known(top), _known(bottom)
        return Unit(f"{upper.id}/{lower.id}", f"{upper.dimension}/{lower.dimension}", upper.ratio / lower.ratio)
    raise KeyError(text)


def convert(amount: Exact, given: str, wanted: str, where: str = "", density: Exact | None = None) -> Exact:
    """``amount`` in unit ``wanted``. ``density`` (kg per m3 or per Nm3) bridges mass and volume, nothing else does.

    Raises:
        Refused: ``unit_mismatch`` naming both dimensions, or ``unknown_unit``.
    """
    source = unit(given, where)
    target = source if wanted == given else unit(wanted, where)
    if source is target:
        return amount
    if source.dimension == target.dimension:
        return amount * source.ratio / target.ratio
    bridge = {source.dimension, target.dimension}
    if density is not None and "mass" in bridge and bridge & {"volume", "norm_gas"} and len(bridge) == 2:
        factor = density if target.dimension == "mass" else ONE / density
        return amount * source.ratio * factor / target.ratio
    fault = Fault(
        "unit_mismatch",
        where,
        found=f"{given} ({source.dimension})",
        expected=f"{wanted} ({target.dimension})",
        rule=f"unit table {UNIT_TABLE}",
        values={"given": given, "wanted": wanted},
    )
    raise Refused([fault])


def same_dimension(first: str, second: str) -> bool:
    """Whether an amount in ``first`` can be written in ``second``."""
    return unit(first).dimension == unit(second).dimension
