"""lca.exact: what enters, what leaves, and the laws in between (architecture §4).

Expected values come from Python's own ``decimal`` and ``fractions``, which share no code with FLINT, or are written
out by hand. Long because each way in and out is held against that second reckoning.
"""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lca.exact import MAX_DIGITS, MAX_EXPONENT, ONE, ZERO, Exact, fold_width, total
from lca.faults import Refused

rationals = st.fractions(max_denominator=10**9).map(lambda q: (q, Exact(q.numerator, q.denominator)))
numbers = st.fractions(max_denominator=10**9).map(lambda q: Exact(q.numerator, q.denominator))
wide = st.builds(
    Fraction, st.integers(-(10**24), 10**24), st.one_of(st.integers(1, 10**24), st.sampled_from([2, 8, 10**3, 10**17]))
)


def refusal(text: str, where: str = "") -> tuple[str, str, str, str]:
    with pytest.raises(Refused) as caught:
        Exact.parse(text, where)
    (fault,) = caught.value.faults
    return fault.code, fault.where, fault.found, fault.expected


@pytest.mark.parametrize(
    ("text", "top", "bottom"),
    [
        ("0", 0, 1),
        ("-0", 0, 1),
        ("00012", 12, 1),
        ("12.50", 25, 2),
        ("12.", 12, 1),
        (".5", 1, 2),
        ("+7", 7, 1),
        ("-3.25", -13, 4),
        ("1E-7", 1, 10_000_000),
        ("1e3", 1000, 1),
        ("1E+3", 1000, 1),
        ("2.5e-1", 1, 4),
        ("-1.25E+1", -25, 2),
        ("1E+40", 10**40, 1),
        ("1E-40", 1, 10**40),
        ("1E-0040", 1, 10**40),
        ("  42 ", 42, 1),
        ("0.1", 1, 10),
        ("１２．５", 25, 2),
        ("－３", -3, 1),
        ("１Ｅ－３", 1, 1000),
        ("\u30007\u3000", 7, 1),
        ("9" * 40, 10**40 - 1, 1),
        ("0." + "0" * 39 + "1", 1, 10**40),
    ],
)
def test_reads_what_people_write(text: str, top: int, bottom: int) -> None:
    """By hand: the decimal moved to a fraction in lowest terms."""
    read = Exact.parse(text)
    assert (read.numerator, read.denominator) == (top, bottom)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "1,000",
        "1,5",
        "1 000",
        "1'000",
        "1_000",
        "１，０００",
        "٣",  # Arabic-Indic three: str.isdigit() and int() both take it
        "۱۲",
        "१२",
        "²",
        "½",
        "二",
        "−5",  # U+2212, the typographic minus
        "--5",
        "+-5",
        "1E",
        "E5",
        "1E5.0",
        "1e+",
        ".",
        "-",
        "0x10",
        "1/3",
        "12 kg",
        "1.2.3",
        "1\n2",
        "true",
        "0" * 121,
    ],
)
def test_refuses_what_is_no_number(text: str) -> None:
    code, where, found, expected = refusal(text, "/rows/3/amount")
    assert (code, where, found) == ("number_unreadable", "/rows/3/amount", text[:60])
    assert expected == "12.5 or 1.25E+1"


@pytest.mark.parametrize(
    "text",
    [
        "1E+999999",
        "1E-999999",
        "1E+9999999999999999999",
        "1E+41",
        "1E-41",
        "1" * 41,
        "0." + "1" * 41,
        "-" + "7" * 20 + "." + "7" * 21,
        "0." + "0" * 80 + "1",
    ],
)
def test_refuses_numbers_that_attack_memory(text: str) -> None:
    """Architecture §4: at most 40 digits and an exponent within 40; ``1E+999999`` is an attack, not an amount."""
    code, _, found, expected = refusal(text)
    assert (code, found) == ("number_too_large", text[:60])
    assert expected == "at most 40 digits, exponent -40 to 40"


def test_limits_are_the_written_ones() -> None:
    assert (MAX_DIGITS, MAX_EXPONENT) == (40, 40)


def test_leading_zeros_are_no_digits() -> None:
    """45 characters, 1 significant digit: the limit is on digits that carry a value."""
    assert Exact.parse("0" * 44 + "5") == Exact(5)


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan"), True, False, None, Decimal("0.1"), Fraction(1, 2), b"1", []])
def test_is_made_from_text_and_integers_only(value: Any) -> None:
    with pytest.raises(TypeError, match=f"not from {type(value).__name__}"):
        Exact(value)


@pytest.mark.parametrize("value", [0.5, True, Decimal("0.5"), "1", None, 1j])
def test_arithmetic_takes_exact_and_int_only(value: Any) -> None:
    half = Exact("0.5")
    for step in ("__add__", "__sub__", "__mul__", "__truediv__", "__radd__", "__rsub__", "__rmul__", "__rtruediv__"):
        with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
            getattr(half, step)(value)
    for step in ("__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
            getattr(half, step)(value)


def test_operators_refuse_floats_on_either_side() -> None:
    wrong: Any = 0.5
    for step in (
        lambda: Exact(1) + wrong,
        lambda: wrong + Exact(1),
        lambda: wrong - Exact(1),
        lambda: wrong * Exact(1),
        lambda: wrong / Exact(1),
        lambda: Exact(1) < wrong,
        lambda: wrong >= Exact(1),
    ):
        with pytest.raises(TypeError, match="not float"):
            step()


def test_a_float_is_never_equal() -> None:
    wrong: Any = 0.5
    assert Exact("0.5") != wrong
    assert Exact(1) != True  # noqa: E712
    assert Exact("0.5") != "0.5"


def test_builds_with_a_denominator() -> None:
    assert Exact(22, 7).text() == "22/7"
    assert Exact("0.5", 2) == Exact("0.25")
    assert Exact(Exact("0.5"), 5) == Exact("0.1")
    assert Exact() == 0
    with pytest.raises(ZeroDivisionError):
        Exact(1, 0)


@pytest.mark.parametrize("full", ["１２３", "ＫＷＨ", "１．５ｅ－３", "（％）"])
def test_folding_width_maps_each_full_width_form(full: str) -> None:
    """U+FF01 to U+FF5E stand 0xFEE0 above ASCII (Unicode chart FF00)."""
    assert fold_width(full) == "".join(chr(ord(sign) - 0xFEE0) for sign in full)


def test_folding_leaves_the_rest_alone() -> None:
    assert fold_width("万度 kWh ２ ①Å") == "万度 kWh 2 ①Å"


# ---- canonical text


@pytest.mark.parametrize(
    ("top", "bottom", "text"),
    [
        (0, 1, "0"),
        (5, 1, "5"),
        (-5, 1, "-5"),
        (1, 2, "0.5"),
        (-1, 8, "-0.125"),
        (1, 3, "1/3"),
        (-22, 7, "-22/7"),
        (4, 6, "2/3"),
        (123456, 1000, "123.456"),
        (1, 10**12, "0.000000000001"),
        (10**30, 1, "1" + "0" * 30),
        (3, 640, "0.0046875"),
        (7, 6, "7/6"),
    ],
)
def test_canonical_text(top: int, bottom: int, text: str) -> None:
    """An ending decimal where one exists (only 2 and 5 in the reduced denominator), else p/q in lowest terms."""
    assert Exact(top, bottom).text() == text
    assert str(Exact(top, bottom)) == text
    assert repr(Exact(top, bottom)) == f'Exact("{text}")'


@given(wide)
@example(Fraction(1, 3))
@example(Fraction(-1, 2**70))
def test_canonical_text_round_trip(q: Fraction) -> None:
    x = Exact(q.numerator, q.denominator)
    assert Exact.from_record(x.text()) == x
    assert Fraction(x.text()) == q, "Python reads the same text as the same number"


@given(wide)
def test_canonical_text_is_one_per_number(q: Fraction) -> None:
    """Made from a fraction that is not reduced, the text is the same."""
    assert Exact(q.numerator * 6, q.denominator * 6).text() == Exact(q.numerator, q.denominator).text()


@pytest.mark.parametrize("digits", [4301, 6000])
def test_text_of_a_number_of_any_length(digits: int) -> None:
    """``from_record`` promises any length. Python refuses int-to-text past 4,300 digits unless it is asked not to;
    a full system of 150 processes with 33-digit entries has such levels."""
    x = Exact(10**digits + 1, 7)
    assert x.text() == "1" + "0" * (digits - 1) + "1/7"
    assert Exact.from_record(x.text()) == x


def test_significant_digits_of_a_very_long_fraction() -> None:
    """(10^5000 + 1)/(10^5000 * 3) is 0.333333 and a hair."""
    assert Exact(10**5000 + 1, 3 * 10**5000).significant(6) == "0.333333"
    assert Exact(10**5000 + 1, 3 * 10**5000).places(3) == "0.333"


@pytest.mark.parametrize("text", ["", "abc", "1/2/3", "1/x", "1.2.3", "1E5", "nan", "--1"])
def test_a_record_number_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|unreadable"):
        Exact.from_record(text)


@pytest.mark.parametrize("text", ["1/0", "1_000", "١", " 1", "+1"])
def test_a_record_number_that_we_never_write_is_a_value_error(text: str) -> None:
    """Only ``-?digits(.digits)?`` or ``-?digits/digits`` are canonical; a reader calls anything else tampered."""
    with pytest.raises(ValueError):
        Exact.from_record(text)


@pytest.mark.parametrize("value", [5, 0.5, None, ["1"]])
def test_a_record_number_that_is_no_text_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError):
        Exact.from_record(value)


# ---- binary64


@pytest.mark.parametrize(
    ("value", "top", "bottom"),
    [
        (0.5, 1, 2),
        (0.1, 3602879701896397, 2**55),
        (-2.0, -2, 1),
        (1e22, 10**22, 1),
        (5e-324, 1, 2**1074),
    ],
)
def test_from_binary64_is_what_the_float_holds(value: float, top: int, bottom: int) -> None:
    """IEEE 754: 0.1 is 3602879701896397 / 2^55; 5e-324 is the least subnormal, 2^-1074."""
    held = Exact.from_binary64(value)
    assert (held.numerator, held.denominator) == (top, bottom)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_binary64_there_and_back(value: float) -> None:
    assert float(Exact.from_binary64(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_from_binary64_refuses_what_is_no_number(value: float) -> None:
    with pytest.raises((ValueError, OverflowError)):
        Exact.from_binary64(value)


@given(rationals)
def test_float_is_the_nearest_binary64(pair: tuple[Fraction, Exact]) -> None:
    q, x = pair
    assert float(x) == float(q)


# ---- rounding, against Python's decimal


def by_decimal(q: Fraction, digits: int) -> Decimal:
    """q to significant digits, ties to even, in one correctly rounded division."""
    context = decimal.Context(prec=digits, rounding=decimal.ROUND_HALF_EVEN, Emin=-999999, Emax=999999)
    return context.divide(Decimal(q.numerator), Decimal(q.denominator))


@settings(max_examples=400)
@given(wide, st.integers(1, 20))
@example(Fraction(99999996, 10**7), 6)
@example(Fraction(9999995, 10**6), 6)
@example(Fraction(25, 10), 1)
@example(Fraction(35, 10), 1)
@example(Fraction(10**31), 6)
@example(Fraction(1, 10**21), 6)
@example(Fraction(-2, 3), 17)
def test_significant_agrees_with_decimal(q: Fraction, digits: int) -> None:
    shown = Exact(q.numerator, q.denominator).significant(digits)
    assert Decimal(shown) == by_decimal(q, digits)


@settings(max_examples=400)
@given(wide, st.integers(0, 20))
@example(Fraction(1, 8), 2)
@example(Fraction(3, 8), 2)
@example(Fraction(-1, 8), 2)
@example(Fraction(1, 2), 0)
@example(Fraction(3, 2), 0)
@example(Fraction(-1, 1000), 2)
def test_places_agrees_with_decimal(q: Fraction, places: int) -> None:
    """decimal's quantize needs an exactly held operand: q is scaled by a power of ten until only the tie matters."""
    shown = Exact(q.numerator, q.denominator).places(places)
    scaled = q * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    tie = Decimal(2 * rest).compare(Decimal(scaled.denominator))  # -1, 0, 1
    with decimal.localcontext(decimal.Context(prec=80)):
        held = Decimal(whole) + {-1: Decimal("0.25"), 0: Decimal("0.5"), 1: Decimal("0.75")}[int(tie)]
        wanted = held.quantize(Decimal(1), rounding=decimal.ROUND_HALF_EVEN).scaleb(-places)
        assert Decimal(shown) == wanted
    assert len(shown.partition(".")[2]) == places, "trailing zeros are kept"
    assert not shown.startswith("-") or Decimal(shown) != 0, "no minus before a zero"


@pytest.mark.parametrize(
    ("text", "digits", "shown"),
    [
        ("0.52", 6, "0.520000"),
        ("0", 6, "0"),
        ("123456789", 6, "123457000"),
        ("9.9999996", 6, "10.0000"),
        ("-0.00012345650", 6, "-0.000123456"),  # tie: the 6 before it is even
        ("0.0001234575", 6, "0.000123458"),  # tie: the 7 before it is odd
        ("1E-20", 3, "0.0000000000000000000100"),
        ("1E-21", 3, "1.00E-21"),
        ("-1.5E-30", 2, "-1.5E-30"),
        ("1E+30", 2, "1" + "0" * 30),
        ("1E+31", 2, "1.0E+31"),
        ("2.5", 1, "2"),
        ("3.5", 1, "4"),
        ("995", 2, "1000"),
        ("1", 17, "1.0000000000000000"),
    ],
)
def test_significant_by_hand(text: str, digits: int, shown: str) -> None:
    """GB/T 8170: round, ties to even; trailing zeros stay."""
    assert Exact(text).significant(digits) == shown


@pytest.mark.parametrize(
    ("text", "places", "shown"),
    [
        ("0.125", 2, "0.12"),
        ("0.375", 2, "0.38"),
        ("-0.125", 2, "-0.12"),
        ("2.5", 0, "2"),
        ("-0.001", 2, "0.00"),
        ("7", 3, "7.000"),
        ("1250", -2, "1200"),
        ("1350", -2, "1400"),
        ("49", -2, "0"),
    ],
)
def test_places_by_hand(text: str, places: int, shown: str) -> None:
    assert Exact(text).places(places) == shown


def test_rounding_a_third_of_a_thousand() -> None:
    """1000/3 = 333.333...; 2000/3 = 666.666..."""
    assert Exact(1000, 3).significant() == "333.333"
    assert Exact(2000, 3).significant() == "666.667"
    assert Exact(2000, 3).places(1) == "666.7"


# ---- laws


@given(numbers, numbers, numbers)
def test_sums_and_products_are_associative_and_distributive(a: Exact, b: Exact, c: Exact) -> None:
    assert (a + b) + c == a + (b + c)
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert (a + b, a * b) == (b + a, b * a)


@given(rationals, rationals)
def test_arithmetic_agrees_with_fractions(one: tuple[Fraction, Exact], two: tuple[Fraction, Exact]) -> None:
    (p, x), (q, y) = one, two
    for ours, theirs in ((x + y, p + q), (x - y, p - q), (x * y, p * q), (-x, -p), (abs(x), abs(p))):
        assert (ours.numerator, ours.denominator) == (theirs.numerator, theirs.denominator)
    if q:
        assert Fraction((x / y).numerator, (x / y).denominator) == p / q


@given(numbers, numbers)
def test_division_is_exact(a: Exact, b: Exact) -> None:
    if b:
        assert a / b * b == a
    else:
        with pytest.raises(ZeroDivisionError):
            a / b


@given(numbers, st.integers(-(10**9), 10**9))
def test_integers_stand_on_either_side(a: Exact, n: int) -> None:
    assert a + n == n + a == a + Exact(n)
    assert n - a == Exact(n) - a == -(a - n)
    assert n * a == a * n
    if a:
        assert n / a == Exact(n) / a


@given(rationals, rationals)
def test_ordering_agrees_with_fractions(one: tuple[Fraction, Exact], two: tuple[Fraction, Exact]) -> None:
    (p, x), (q, y) = one, two
    assert (x < y, x <= y, x > y, x >= y, x == y) == (p < q, p <= q, p > q, p >= q, p == q)


@given(numbers)
def test_equal_numbers_have_equal_hashes(a: Exact) -> None:
    again = Exact.from_record((a * 3 / 3).text())
    assert (again, hash(again)) == (a, hash(a))


@pytest.mark.parametrize("n", [0, 1, -1, 7, 10**20])
def test_an_integer_and_its_exact_are_one_key(n: int) -> None:
    """``Exact(1) == 1`` is true, so the two must hash alike (Python data model, ``__hash__``)."""
    assert Exact(n) == n
    assert hash(Exact(n)) == hash(n)
    assert {n: "here"}.get(Exact(n)) == "here"  # type: ignore[call-overload]


@pytest.mark.parametrize(("text", "truth"), [("0", False), ("-0.0", False), ("1E-40", True), ("-3", True)])
def test_truth_is_not_zero(text: str, truth: bool) -> None:
    assert bool(Exact(text)) is truth


def test_sum_is_exact() -> None:
    """Ten tenths are one; in binary64 they are 0.9999999999999999."""
    assert sum([Exact("0.1")] * 10) == ONE
    assert total([Exact("0.1")] * 10) == ONE
    assert total([]) == ZERO
    assert sum([0.1] * 10) != 1.0


@given(st.lists(numbers, max_size=8), st.randoms())
def test_total_does_not_depend_on_order(items: list[Exact], rng: Any) -> None:
    shuffled = list(items)
    rng.shuffle(shuffled)
    assert total(items).text() == total(shuffled).text()


@given(st.integers(-(10**20), 10**20), st.integers(-20, 20))
def test_exponent_form_and_plain_form_are_one_number(mantissa: int, power: int) -> None:
    plain = format(Decimal(mantissa).scaleb(power), "f")
    assert Exact(f"{mantissa}E{power}") == Exact(f"{mantissa}e{power:+d}") == Exact(plain)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20))
def test_full_width_typing_is_the_same_number(value: Decimal) -> None:
    plain = format(value, "f")
    full = "".join(chr(ord(sign) + 0xFEE0) for sign in plain)
    assert Exact(full) == Exact(plain)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No third outcome; and what is read, Python's Decimal reads alike after folding."""
    try:
        read = Exact.parse(text)
    except Refused as refused:
        assert refused.faults[0].code in ("number_unreadable", "number_too_large")
    else:
        assert Fraction(Decimal(fold_width(text).strip())) == Fraction(read.numerator, read.denominator)
