"""Numbers known to lie in a ball: rigorous arithmetic, digits that are certain, and no guess about anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from flint import arb, ctx, fmpq

from lca.exact import ZERO, Exact

BITS: Final = 256
"""Working precision of enclosures: 77 digits. Rational numbers know no precision."""
ctx.prec = BITS


class NotDecided(ArithmeticError):
    """An enclosure is too wide to say what was asked: a rounding edge, or zero, lies inside. More bits may decide."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work on enclosures with so many bits; the one before is restored."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def of_ball(ball: arb) -> Exact:
    """The number inside a ball: an enclosure, or the rational itself where the ball has no radius."""
    if ball.is_exact():
        mantissa, power = ball.man_exp()
        return Exact._of(fmpq(mantissa) * fmpq(2) ** int(power))
    made = Enclosed.__new__(Enclosed)
    made._ball = ball
    return made


class Enclosed(Exact):
    """A number known to lie in a ball. What the ball cannot decide raises :class:`NotDecided`, never a guess.

    Made by the certified solver only; arithmetic with exact numbers is rigorous (Arb, Johansson 2017).
    """

    __slots__ = ("_ball",)
    _ball: arb

    @property
    def q(self) -> fmpq:
        raise NotDecided("an enclosure is no rational number")

    numerator = denominator = property(lambda self: self.q)

    def text(self) -> str:
        raise NotDecided("an enclosure has digits, no exact text")

    def _ends(self) -> tuple[Exact, Exact]:
        """Rational numbers below and above."""
        return of_ball(self._ball.lower()), of_ball(self._ball.upper())

    def significant(self, digits: int = 6) -> str:
        """The digits that every number of the ball rounds to.

        Raises:
            NotDecided: a rounding edge lies inside.
        """
        return _same(end.significant(digits) for end in self._ends())

    def places(self, places: int) -> str:
        return _same(end.places(places) for end in self._ends())

    def __float__(self) -> float:
        return float(self._ball.mid())

    def __repr__(self) -> str:
        return f"Enclosed({self._ball.str(20)})"

    __str__ = __repr__

    def sign(self, other: Exact | int) -> int:
        """-1, 0 or 1 as this number is below, at or above the other.

        Raises:
            NotDecided: the two balls meet.
        """
        if self is other:
            return 0
        apart = self._ball - _ball(other)
        if apart > 0 or apart < 0:
            return 1 if apart > 0 else -1
        if apart.is_exact():
            return 0
        raise NotDecided(f"{self} and {other} are too close")

    def __bool__(self) -> bool:
        return self.sign(ZERO) != 0

    def __add__(self, other: Exact | int) -> Exact:
        return of_ball(self._ball + _ball(other))

    def __sub__(self, other: Exact | int) -> Exact:
        return of_ball(self._ball - _ball(other))

    def __mul__(self, other: Exact | int) -> Exact:
        return of_ball(self._ball * _ball(other))

    def __truediv__(self, other: Exact | int) -> Exact:
        return of_ball(self._ball / _nonzero(_ball(other)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Exact | int) -> Exact:
        return of_ball(_ball(other) - self._ball)

    def __rtruediv__(self, other: Exact | int) -> Exact:
        return of_ball(_ball(other) / _nonzero(self._ball))

    def __neg__(self) -> Exact:
        return of_ball(-self._ball)

    def __abs__(self) -> Exact:
        return -self if self.sign(ZERO) < 0 else self

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Exact | int) and not isinstance(other, bool) and self.sign(other) == 0

    def __lt__(self, other: Exact | int) -> bool:
        return self.sign(other) < 0

    def __le__(self, other: Exact | int) -> bool:
        return self.sign(other) <= 0

    def __gt__(self, other: Exact | int) -> bool:
        return self.sign(other) > 0

    def __ge__(self, other: Exact | int) -> bool:
        return self.sign(other) >= 0


def _same(texts: Iterable[str]) -> str:
    found = set(texts)
    if len(found) > 1:
        raise NotDecided(f"between {' and '.join(sorted(found))}")
    return found.pop()


def _ball(other: Exact | int) -> arb:
    if isinstance(other, Enclosed):
        return other._ball
    return arb(other.q if isinstance(other, Exact) else other)


def _nonzero(ball: arb) -> arb:
    if ball > 0 or ball < 0:
        return ball
    if ball.is_exact():
        raise ZeroDivisionError("division by zero")
    raise NotDecided("the divisor may be zero")
