"""Exchanges with distributions of their own inside the entries of a background.

One exchange is one variable, however many entries it moves (an input from a lower layer moves a flow for each gas); an
entry may be the sum of several. Exchange x with the multiplier ``m_x`` turns an entry ``v`` that holds the shares
``v_x / v`` into ``v (1 + sum of share_x (m_x - 1))``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lca.uncertain.distributions import (
    Distribution,
    Floats,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    lognormal_at,
    normal_at,
    triangular_at,
    uniform_at,
)

Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """``share[k]`` of the stored entry ``place[k]`` is exchange ``variable[k]``."""

    variable: Places
    place: Places
    share: Floats

    @staticmethod
    def of(items: Sequence[tuple[int, int, float]]) -> Effects:
        """From (variable, place, share)."""
        columns = list(zip(*items, strict=True)) if items else [(), (), ()]
        whole = [np.array(column, dtype=np.int64) for column in columns[:2]]
        return Effects(whole[0], whole[1], np.array(columns[2], dtype=float))

    def factor(self, multipliers: Floats, entries: int) -> Floats:
        """What each stored entry is multiplied by."""
        moved = self.share * (multipliers[self.variable] - 1.0)
        made: Floats = np.bincount(self.place, weights=moved, minlength=entries).astype(np.float64) + 1.0
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Distributions of multipliers, laid out by kind, and what they move in A^T and in B."""

    count: int
    parts: tuple[tuple[str, Places, tuple[Floats, ...]], ...]
    """(kind, variables, parameters by variable)."""
    in_a: Effects
    in_b: Effects

    @staticmethod
    def of(distributions: Sequence[Distribution], in_a: Effects, in_b: Effects) -> Spread:
        """One distribution for each variable."""
        rows: dict[str, list[tuple[int, tuple[float, ...]]]] = {}
        for k, item in enumerate(distributions):
            kind, parameters = _plain(item)
            rows.setdefault(kind, []).append((k, parameters))
        parts = tuple(
            (
                kind,
                np.array([k for k, _ in given], dtype=np.int64),
                tuple(np.array(column) for column in zip(*(p for _, p in given), strict=True)),
            )
            for kind, given in sorted(rows.items())
        )
        return Spread(len(distributions), parts, in_a, in_b)

    def multipliers(self, u: Floats) -> Floats:
        """One for each variable, from as many uniform numbers in (0, 1)."""
        made = np.ones(self.count)
        for kind, variables, parameters in self.parts:
            made[variables] = _AT[kind](u[variables], *parameters)
        return made


_AT: Final[Mapping[str, Callable[..., Floats]]] = {
    "lognormal": lognormal_at,
    "normal": normal_at,
    "triangular": triangular_at,
    "uniform": uniform_at,
}


def _plain(item: Distribution) -> tuple[str, tuple[float, ...]]:
    match item:
        case Lognormal():
            return "lognormal", (float(item.median), math.log(float(item.gsd)))
        case Normal():
            return "normal", (float(item.mean), float(item.sd))
        case Triangular():
            return "triangular", (float(item.low), float(item.mode), float(item.high))
        case Uniform():
            return "uniform", (float(item.low), float(item.high - item.low))
