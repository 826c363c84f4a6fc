"""Interval series (conventions §7): a full year, exact sums, every gap named by its line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.exact import Exact
from lca.faults import Refused
from pcr.intervals import read_series

DAY = date(2024, 3, 1)


def series(rows: list[tuple[str, ...]], head: str = "time,generation_kWh,load_kWh", minutes: int = 60) -> str:
    start = datetime.combine(DAY, datetime.min.time())
    lines = [head]
    for number, cells in enumerate(rows):
        time = (start + timedelta(minutes=minutes * number)).isoformat(timespec="minutes")
        lines.append(",".join((time, *cells)))
    return "\n".join(lines)


def faults(text: str, end: date = DAY) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as refused:
        read_series(text, DAY, end, "wind.csv")
    return [(fault.code, fault.where, fault.found) for fault in refused.value.faults]


def test_matching_by_hand() -> None:
    """24 hours: 10 h at 5 generated and 8 used, 14 h at 12.5 and 8: 10 x 5 + 14 x 8 = 162 of 225 generated."""
    found = read_series(series([("5", "8")] * 10 + [("12.5", "8")] * 14), DAY, DAY)

    assert (found.generation, found.load, found.matched, found.rows) == (Exact(225), Exact(192), Exact(162), 24)
    assert found.own_use() == Exact(162)


def test_an_exchange_meter_decides() -> None:
    """With metered export own use is generation - export, whatever the load: 225 - 50."""
    rows = [("5", "8", "0")] * 10 + [("12.5", "8", "2.5")] * 4 + [("12.5", "8", "4")] * 10
    found = read_series(series(rows, "time,generation_kWh,load_kWh,export_kWh"), DAY, DAY)
    assert found.export == Exact(50) and found.own_use() == Exact(175)


def test_units_in_the_head() -> None:
    found = read_series(series([("0.005", "8")] * 24, "time,generation_MWh,load_度"), DAY, DAY)
    assert (found.generation, found.load, found.matched) == (Exact(120), Exact(192), Exact(120))


@pytest.mark.parametrize(("year", "rows"), [(2023, 35_040), (2024, 35_136)])
def test_a_year_of_quarter_hours(year: int, rows: int) -> None:
    start = datetime(year, 1, 1)
    lines = ["time,generation_kWh,load_kWh"]
    for number in range(rows):
        time = (start + timedelta(minutes=15 * number)).isoformat(timespec="minutes")
        lines.append(f"{time},{number % 7}.25,4")
    found = read_series("\n".join(lines), date(year, 1, 1), date(year, 12, 31))
    by_hand = sum(min(Fraction(number % 7) + Fraction(1, 4), Fraction(4)) for number in range(rows))
    assert (found.interval, found.rows) == ("15min", rows)
    assert Fraction(found.matched.numerator, found.matched.denominator) == by_hand


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=24, max_size=24))
def test_matched_never_exceeds_either(pairs: list[tuple[int, int]]) -> None:
    found = read_series(series([(str(made), str(used)) for made, used in pairs]), DAY, DAY)
    assert found.matched <= min(found.generation, found.load)
    assert found.matched == Exact(sum(min(pair) for pair in pairs))


def test_digits_do_not_name_a_series_twice() -> None:
    """5 and 5.0 are one reading: the same sums; the digest is that of the normalised text of one scale."""
    one = read_series(series([("5", "8")] * 24), DAY, DAY)
    assert one == read_series(series([("5", "8")] * 24).replace("\n", "\r\n"), DAY, DAY)
    assert one.sha256 != read_series(series([("5", "8")] * 23 + [("5", "9")]), DAY, DAY).sha256


def test_faults_name_their_lines() -> None:
    good = series([("5", "8")] * 24).splitlines()
    assert faults("\n".join(good[:5] + good[6:])) == [("series_interval", "wind.csv line 6", "2024-03-01T05:00")]
    assert faults("\n".join(good[:-1])) == [("series_interval", "wind.csv end", "2024-03-01T23:00")]
    assert faults("\n".join(good[:5] + good[4:]))[0][:2] == ("series_interval", "wind.csv line 6")
    for cell in ("", "-1", "nan", "1e3", "5 kWh", "٣"):
        bad = [*good[:3], good[3].replace(",5,", f",{cell},"), *good[4:]]
        assert faults("\n".join(bad))[0][:2] == ("series_value", "wind.csv line 4")
    assert faults("time,load\n")[0][0] == "series_head"
    assert faults("time,generation_kWh,load_kWh\n")[0][0] == "series_interval"
    two_hours = series([("5", "8")] * 12, minutes=120)
    assert faults(two_hours)[0][0] == "series_interval"


def test_at_most_twenty_faults_are_listed() -> None:
    assert len(faults(series([("x", "8")] * 24))) == 20
