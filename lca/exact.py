"""Exact numbers: the one number type of rules and records.

An :class:`Exact` is a rational number held by FLINT.  It is made from text or integers only, so the digits
that a meter, an invoice or a gazette printed are the digits that are computed with.  A binary float cannot
enter: ``Exact(0.1)`` is a TypeError, because 0.1 is not what the float holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

from flint import fmpq, fmpz

from lca.faults import Fault, Refused

MAX_DIGITS: Final = 40
MAX_EXPONENT: Final = 40
_NUMBER: Final = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?")
_LOG10_2: Final = math.log10(2)
_RECORDED: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+|/0*[1-9][0-9]*)?")
# Full-width forms U+FF01..U+FF5E stand 0xFEE0 above their ASCII twins: what a Chinese input method types.
_FOLD: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_TEN: Final = tuple(10**power for power in range(3 * MAX_DIGITS + 1))
"""Powers of ten up to what a typed number can need: 80 places and an exponent of 40."""


def fold_width(text: str) -> str:
    """Full-width digits, signs and letters as their ASCII twins; nothing else is touched."""
    return text if text.isascii() else text.translate(_FOLD)


_new: Final = object.__new__


class Exact:
    """A rational number. Arithmetic with Exact and int is exact; with float it is a TypeError."""

    __slots__ = ("_q",)
    _q: fmpq

    def __init__(self, value: int | str | Exact = 0, denominator: int = 1) -> None:
        if isinstance(value, Exact):
            self._q = value._q / denominator
        elif isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError(f"an exact number is made from text or an integer, not from {type(value).__name__}")
        elif isinstance(value, int):
            self._q = fmpq(value, denominator)
        else:
            self._q = Exact.parse(value)._q / denominator

    @staticmethod
    def parse(text: str, where: str = "") -> Exact:
        """Read what a person or a file wrote: plain decimal or with exponent, ``1E-7``.

        At most 40 digits and an exponent between -40 and 40: ``1E+999999`` is an attack on memory, not an amount.

        Raises:
            Refused: ``number_unreadable`` or ``number_too_large``.
        """
        if len(text) <= MAX_DIGITS and text.isascii() and text.replace(".", "", 1).isdigit():  # nearly every number
            whole, _, part = text.partition(".")
            return Exact._of(fmpq(int(whole + part), _TEN[len(part)]))
        folded = fold_width(text).strip()
        match = _NUMBER.fullmatch(folded) if folded.isascii() and len(folded) <= 120 else None
        if match is None:
            raise Refused([Fault("number_unreadable", where, found=text[:60], expected="12.5 or 1.25E+1")])
        sign, digits, exponent_text = match.groups()
        exponent = 0
        if exponent_text:
            exponent = int(exponent_text) if len(exponent_text) <= 6 else MAX_EXPONENT + 1
        whole, _, part = digits.partition(".")
        if len((whole + part).strip("0")) > MAX_DIGITS or abs(exponent) > MAX_EXPONENT or len(part) > 2 * MAX_DIGITS:
            expected = f"at most {MAX_DIGITS} digits, exponent -{MAX_EXPONENT} to {MAX_EXPONENT}"
            raise Refused([Fault("number_too_large", where, found=text[:60], expected=expected)])
        number = int(whole + part or "0")
        power = exponent - len(part)
        top, bottom = (number * _TEN[power], 1) if power >= 0 else (number, _TEN[-power])
        return Exact._of(fmpq(-top if sign == "-" else top, bottom))

    @staticmethod
    def from_record(text: str) -> Exact:
        """Read a number back from our own canonical text: an ending decimal or ``p/q``, of any length.

        Raises:
            ValueError, TypeError: any other form; a record's reader calls that tampered.
        """
        if not isinstance(text, str):
            raise TypeError(f"a record holds numbers as text, not as {type(text).__name__}")
        if _RECORDED.fullmatch(text) is None:
            raise ValueError(f"unreadable number of a record: {text[:60]}")
        top, slash, bottom = text.partition("/")
        if slash:
            return Exact._of(fmpq(fmpz(top), fmpz(bottom)))
        whole, _, part = top.partition(".")
        return Exact._of(fmpq(fmpz(whole + part), fmpz(10) ** len(part)))

    @staticmethod
    def from_binary64(value: float) -> Exact:
        """The number that a binary64 really holds. Only the numeric solver has a use for it."""
        return Exact(*value.as_integer_ratio())

    @staticmethod
    def _of(q: fmpq) -> Exact:
        made = _new(Exact)
        made._q = q
        return made

    @property
    def q(self) -> fmpq:
        """The FLINT rational, for exact linear algebra."""
        return self._q

    @property
    def numerator(self) -> int:
        return int(self._q.p)

    @property
    def denominator(self) -> int:
        return int(self._q.q)

    def text(self) -> str:
        """Canonical text: an ending decimal where one exists, else the reduced fraction ``p/q``."""
        top, bottom = self._q.p, self._q.q  # FLINT integers: Python's own refuse to print more than 4,300 digits
        if bottom == 1:
            return str(top)
        places, rest = _decimal_places(int(bottom))
        if rest != 1:
            return f"{top}/{bottom}"
        digits = str(abs(top) * fmpz(10) ** places // bottom).rjust(places + 1, "0")
        cut = len(digits) - places
        sign = "-" if top < 0 else ""
        return sign + digits[:cut] + ("." + digits[cut:] if places else "")

    def significant(self, digits: int = 6) -> str:
        """Rounded to significant digits, ties to even (GB/T 8170), trailing zeros kept: ``0.520000``.

        Very large and very small numbers are written with an exponent, so that no line is 60 characters long.
        """
        top, bottom = int(self._q.p), int(self._q.q)
        if not top:
            return "0"
        exponent = _decimal_exponent(abs(top), bottom)
        scaled = _round_half_even(top, bottom, digits - 1 - exponent)
        if abs(scaled) >= 10**digits:  # 9.9999996 became 10.00000
            exponent += 1
            scaled = _round_half_even(top, bottom, digits - 1 - exponent)
        places = digits - 1 - exponent
        if -20 <= exponent <= 30:
            return _plain(scaled, places)
        figures = str(abs(scaled))
        return ("-" if scaled < 0 else "") + figures[0] + "." + figures[1:] + f"E{exponent:+d}"

    @staticmethod
    def from_published(text: str) -> Exact:
        """Read back a figure that :meth:`significant` wrote; the limits of typed numbers are no limits of results."""
        mantissa, _, exponent = text.partition("E")
        power = int(exponent or "0")
        number = Exact.from_record(mantissa)
        return number * Exact(10**power) if power >= 0 else number / 10**-power

    def places(self, places: int) -> str:
        """Rounded to decimal places, ties to even: ``Exact("0.125").places(2) == "0.12"``."""
        return _plain(_round_half_even(int(self._q.p), int(self._q.q), places), places)

    def __float__(self) -> float:
        return self.numerator / self.denominator

    def __repr__(self) -> str:
        return f'Exact("{self.text()}")'

    def __str__(self) -> str:
        return self.text()

    def __hash__(self) -> int:
        top, bottom = self.numerator, self.denominator
        return hash(top) if bottom == 1 else hash((top, bottom))  # equal to an int: the same hash

    def __bool__(self) -> bool:
        return bool(self._q)

    # The four are the inner loop of everything: the common case, Exact with Exact, is written out.
    def __add__(self, other: Exact | int) -> Exact:
        made = _new(Exact)
        made._q = self._q + (other._q if type(other) is Exact else _operand(other))
        return made

    def __sub__(self, other: Exact | int) -> Exact:
        made = _new(Exact)
        made._q = self._q - (other._q if type(other) is Exact else _operand(other))
        return made

    def __mul__(self, other: Exact | int) -> Exact:
        made = _new(Exact)
        made._q = self._q * (other._q if type(other) is Exact else _operand(other))
        return made

    def __truediv__(self, other: Exact | int) -> Exact:
        made = _new(Exact)
        made._q = self._q / (other._q if type(other) is Exact else _operand(other))
        return made

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Exact | int) -> Exact:
        return Exact._of(_operand(other) - self._q)

    def __rtruediv__(self, other: Exact | int) -> Exact:
        return Exact._of(_operand(other) / self._q)

    def __neg__(self) -> Exact:
        return Exact._of(-self._q)

    def __abs__(self) -> Exact:
        return Exact._of(abs(self._q))

    def __eq__(self, other: object) -> bool:
        if type(other) is Exact:
            return bool(self._q == other._q)
        return isinstance(other, Exact | int) and not isinstance(other, bool) and bool(self._q == _operand(other))

    def __lt__(self, other: Exact | int) -> bool:
        return bool(self._q < (other._q if type(other) is Exact else _operand(other)))

    def __le__(self, other: Exact | int) -> bool:
        return bool(self._q <= (other._q if type(other) is Exact else _operand(other)))

    def __gt__(self, other: Exact | int) -> bool:
        return bool(self._q > (other._q if type(other) is Exact else _operand(other)))

    def __ge__(self, other: Exact | int) -> bool:
        return bool(self._q >= (other._q if type(other) is Exact else _operand(other)))


ZERO: Final = Exact(0)
ONE: Final = Exact(1)


def total(numbers: Iterable[Exact]) -> Exact:
    """The exact sum of an iterable of Exact; the built-in ``sum`` starts from int and works too."""
    whole, others = ZERO._q, ZERO
    for number in numbers:
        if type(number) is Exact:
            whole = whole + number._q
        else:
            others = others + number
    return Exact._of(whole) if others is ZERO else others + Exact._of(whole)


def root(number: Exact, digits: int = 30) -> Exact:
    """The square root to ``digits`` decimal places, rounded down; the one place where a root is taken.

    Integer arithmetic, so that it is the same on every machine.

    Raises:
        ValueError: below zero.
    """
    if number < ZERO:
        raise ValueError(f"no real root of {number}")
    scale = 10 ** (2 * digits)
    return Exact(math.isqrt(number.numerator * scale // number.denominator), 10**digits)


def _operand(other: Exact | int) -> fmpq | int:
    """What FLINT may meet: a rational, or a whole number as it is."""
    if isinstance(other, Exact):
        return other._q
    if isinstance(other, int) and not isinstance(other, bool):
        return other
    raise TypeError(f"exact arithmetic takes Exact or int, not {type(other).__name__}")


def _decimal_places(denominator: int) -> tuple[int, int]:
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives), denominator


def _decimal_exponent(top: int, bottom: int) -> int:
    """The exponent of the first digit of ``top/bottom`` above zero: bits guess it, whole numbers decide."""
    guess = math.floor((top.bit_length() - bottom.bit_length()) * _LOG10_2)
    while top * 10**-guess < bottom if guess < 0 else top < bottom * 10**guess:
        guess -= 1
    while top * 10 ** (-guess - 1) >= bottom if guess < -1 else top >= bottom * 10 ** (guess + 1):
        guess += 1
    return guess


def _round_half_even(top: int, bottom: int, places: int) -> int:
    if places >= 0:
        top *= 10**places
    else:
        bottom *= 10**-places
    whole, rest = divmod(top, bottom)
    if 2 * rest > bottom or (2 * rest == bottom and whole % 2):
        whole += 1
    return whole


def _plain(scaled: int, places: int) -> str:
    if places <= 0:
        return str(scaled * 10**-places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return ("-" if scaled < 0 else "") + digits[:-places] + "." + digits[-places:]
