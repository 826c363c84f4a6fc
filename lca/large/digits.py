"""Published digits of all intensities of a large background, each proven by an enclosure in whole numbers.

The middle comes from kept factors or Krylov and may be anything. With the residual ``r = e - A^T m`` and
``v > 0``, ``<A^T> v > 0``, both in whole numbers: ``|y - m| <= max_i(|r_i| / (<A^T> v)_i) v`` (docs/engine.md §3).
A digit is published where both ends of the enclosure round to it; otherwise more bits, at last a rational.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.large.gain import comparison_vector
from lca.large.system import Floats, LargeSystem
from lca.large.whole import Fixed, WholeRows, Wholes, wholes
from lca.solve import rational_levels
from lca.system import make_system

DIGITS: Final = 10
BITS: Final = (128, 512, 2048)
TIE: Final = 600
"""Processes that a value on a rounding edge may take from: the dense rational solve grows with their cube."""
SPARE: Final = 24
"""Bits kept beyond those asked for, for what refinement leaves."""

Solve = Callable[[Floats], Floats]
"""A residual over the diagonal to a correction: near enough to ``D A^-T``, nothing rests on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Right:
    """The right side, exactly: numerators over denominators above zero."""

    numerators: Wholes
    denominators: Wholes

    @staticmethod
    def of(values: Sequence[Exact | Fraction]) -> Right:
        return Right(wholes([int(v.numerator) for v in values]), wholes([int(v.denominator) for v in values]))

    @staticmethod
    def characterised(c: Floats, b: csr_array) -> Right:
        """``B^T c`` without rounding: each product and sum in whole numbers."""
        counted = csr_array(b)
        weight = np.repeat(c, np.diff(counted.indptr))
        keep = (weight != 0) & (counted.data != 0)
        x, px = _mantissas(counted.data[keep])
        w, pw = _mantissas(weight[keep])
        power = px + pw
        least = int(min(power.min(initial=0), 0))
        terms = (x.astype(object) * w.astype(object)) << (power - least).astype(object)
        made = wholes([0] * b.shape[1])
        np.add.at(made, counted.indices[keep], terms)
        return Right(made, wholes([1 << -least] * b.shape[1]))

    def floats(self) -> Floats:
        pairs = zip(self.numerators.tolist(), self.denominators.tolist(), strict=True)
        return np.array([float(Fraction(n, d)) for n, d in pairs])


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Texts in the order of the labels; ``wide``: places whose digits no enclosure decided, their text is empty."""

    texts: tuple[str, ...]
    wide: tuple[int, ...]
    bits: int
    """Bits of the last pass."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join(self.texts).encode()).hexdigest()


class Certifier:
    """A background's rows in whole numbers, made once for all indicators."""

    def __init__(self, rows: WholeRows, takes: csr_array, solve: Solve) -> None:
        """``takes``: U in binary64, for the guess of v and for who takes from whom."""
        self.rows, self.takes, self.solve = rows, takes, solve

    @staticmethod
    def of(system: LargeSystem, solve: Callable[[Floats], Floats]) -> Certifier:
        """The amounts as the binary64 numbers they are. ``solve``: ``e`` to y, of :class:`Factored` say."""
        d = system.diagonal
        return Certifier(WholeRows.of_binary64(system.transposed), system.takes, lambda part: solve(part * d))

    def published(
        self, right: Right, digits: int = DIGITS, most: Sequence[int] = BITS, known: Mapping[int, str] | None = None
    ) -> Published:
        """Digits of every intensity of a right side. ``known``: digits that are certain already.

        Raises:
            Refused: ``digits_not_proven`` where no comparison bound exists.
        """
        texts: list[str] = ["0"] * len(self.rows.diagonal)
        for j, text in (known or {}).items():
            texts[j] = text
        own = right.numerators != 0
        open_ = [j for j in np.flatnonzero(self._reached(own.astype(bool))).tolist() if j not in (known or {})]
        used = 0
        for bits in most:
            if not open_:
                break
            used = bits
            state, worst, vector = self._enclosed(right, bits)
            left = []
            for j in open_:
                text = _both(int(state.levels[j]), int(state.exponents[j]), worst * vector[j], state.top + 64, digits)
                if text:
                    texts[j] = text
                else:
                    texts[j] = ""
                    left.append(j)
            open_ = left
        for j in open_:
            value = self.rational(j, right)
            texts[j] = "" if value is None else value.significant(digits)
        return Published(tuple(texts), tuple(j for j in open_ if not texts[j]), used)

    def _enclosed(self, right: Right, bits: int) -> tuple[Fixed, int, list[int]]:
        wanted = right.numerators * self.rows.factor
        common = wholes([math.gcd(n, d) for n, d in zip(wanted.tolist(), right.denominators.tolist(), strict=True)])
        whole, extra = wanted // common, right.denominators // common
        scaled = [Fraction(n, d) for n, d in zip(whole.tolist(), (extra * self.rows.diagonal).tolist(), strict=True)]
        part = np.array([float(value) for value in scaled])
        first = self.solve(part)
        if not np.isfinite(first).all():
            raise _unproven("binary64 gives no middle")
        # what takes from nothing that emits is zero; its place needs some magnitude all the same
        size = np.maximum(np.abs(first), np.abs(first).max(initial=0.0) * 2.0**-200)
        bound = comparison_vector(self.takes, size)
        if bound is None:
            raise _unproven("no vector v with <A> v > 0")
        state = Fixed(self.rows, whole, extra, bits + SPARE, size, first)
        for _ in range(4 + bits // 8):
            if state.improve(self.solve):
                break
        found = state.radii(bound)
        if found is None:
            raise _unproven("<A> v > 0 does not hold in whole numbers")
        return state, *found

    def rational(self, wanted: int, right: Right) -> Exact | None:
        """One intensity as a rational over what it takes from, at a tie or zero; None where that is too much."""
        reached, waiting = {wanted}, [wanted]
        while waiting and len(reached) <= TIE:
            new = {int(j) for j in self.rows.columns[self.rows.span(waiting.pop())]} - reached
            reached |= new
            waiting += sorted(new)
        if len(reached) > TIE:
            return None
        a, e = {}, {}
        for i in sorted(reached):
            a[str(i), str(i)] = Exact(self.rows.diagonal[i])
            span = self.rows.span(i)
            for j, amount in zip(self.rows.columns[span].tolist(), self.rows.amounts[span].tolist(), strict=True):
                a[str(i), str(j)] = Exact(amount)
            if right.numerators[i]:
                e[str(i)] = Exact(right.numerators[i] * self.rows.factor[i], right.denominators[i])
        return rational_levels(make_system(a, {}, {}), e)[str(wanted)]

    def _reached(self, own: np.ndarray) -> np.ndarray:
        """Who sets free something or takes, over any number of steps, from who does: all others are exactly zero."""
        links = csr_array((np.ones(self.takes.nnz), self.takes.indices, self.takes.indptr), shape=self.takes.shape)
        known = own
        while True:
            wider = known | (links @ known.astype(float) > 0)
            if (wider == known).all():
                return known
            known = wider


def _both(level: int, exponent: int, radius: int, scale: int, digits: int) -> str:
    """The digits that both ends ``level 2^-exponent -+ radius 2^-scale`` round to; empty where they differ."""
    middle = level << (scale - exponent)
    low, high = middle - radius, middle + radius
    if low <= 0 <= high:
        return ""
    bottom = 1 << scale
    text = Exact(low, bottom).significant(digits)
    return text if text == Exact(high, bottom).significant(digits) else ""


def _mantissas(values: Floats) -> tuple[np.ndarray, np.ndarray]:
    mantissa, power = np.frexp(values)
    return (mantissa * 2.0**53).astype(np.int64), power.astype(np.int64) - 53


def _unproven(found: str) -> Refused:
    return Refused([Fault("digits_not_proven", found=found, expected="a comparison matrix with a positive vector")])
