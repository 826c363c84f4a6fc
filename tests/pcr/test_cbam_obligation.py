"""Dates, defaults and benchmarks of CBAM as pure functions: equations by hand, fallbacks, what is refused."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from lca.exact import ONE, Exact
from lca.faults import Refused
from pcr.equations import run
from pcr.regimes.cbam.v1 import dated
from pcr.regimes.cbam.v1.defaults import Benchmark, Row, benchmark, choose, colour_of
from service.equations import load_equations

load_equations()
KNOWN = "2026-11-20"
BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    ("cbam.functional_units", {"mass": "100", "content": "0.75"}, {"units": F(75)}, "cement: 100 t x 0.75 t clinker"),
    ("cbam.functional_units", {"mass": "100"}, {"units": F(100)}, "steel: the tonne itself"),
    ("cbam.cost", {"number": "539", "price": "75.28"}, {"cost": F("40575.92")}, "539 x 75.28"),
]


@pytest.mark.parametrize(("name", "given_", "expected", "source"), BY_HAND, ids=[item[3] for item in BY_HAND])
def test_equations_by_hand(name: str, given_: dict[str, str], expected: dict[str, F], source: str) -> None:
    for key, value in expected.items():
        found = Exact.from_record(run(name, given_)["results"][key]["exact"])
        assert F(found.numerator, found.denominator) == value


def refused(call: object, *args: object, **more: object) -> set[str]:
    with pytest.raises(Refused) as caught:
        call(*args, **more)  # type: ignore[operator]
    return {fault.code for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("sector", "values"),
    [("cement", ("0.1", "0.2", "0.3", "0.3")), ("fertilisers", ("0.01", "0.01", "0.01", "0.01"))],
)
def test_markups_by_year(sector: str, values: tuple[str, ...]) -> None:
    """mark-ups of (EU) 2025/2621: 10, 20, 30 % from 2028 on; fertilisers 1 %."""
    found = [dated.markup(sector, f"{year}-06-30", KNOWN).value for year in (2026, 2027, 2028, 2033)]
    assert found == [Exact(value) for value in values]


def test_the_cbam_factor_falls_to_nothing() -> None:
    """CBAM factors of Regulation (EU) 2023/956 as transcribed."""
    schedule = ("0.975", "0.95", "0.9", "0.775", "0.515", "0.39", "0.265", "0.14", "0")
    found = [dated.cbam_factor(f"{year}-12-31", KNOWN).value for year in range(2026, 2035)]
    assert found == [Exact(value) for value in schedule]


def test_what_the_tables_do_not_hold_is_refused() -> None:
    assert refused(dated.cbam_factor, "2025-12-31", KNOWN) == {"cbam_not_dated"}
    assert refused(dated.cbam_factor, "2035-01-01", KNOWN) == {"cbam_not_dated"}
    assert refused(dated.markup, "electricity", "2026-06-30", KNOWN) == {"cbam_not_dated"}
    assert refused(dated.markup, "cement", "2026-06-30", "2025-12-30") == {"cbam_not_dated"}  # before its publication
    assert refused(dated.cscf, "2027-12-31", KNOWN) == {"cbam_cscf"}
    assert refused(dated.cscf, "2027-12-31", KNOWN, Exact("1.1")) == {"cbam_share"}
    assert refused(dated.de_minimis, "2025-12-31") == {"cbam_not_dated"}


def test_the_correction_factor_says_how_sure_it_is() -> None:
    assert dated.cscf("2026-12-31", KNOWN) == dated.Dated(ONE, "CELEX 32026D1862", "unconfirmed")
    assert dated.cscf("2027-12-31", KNOWN, Exact("0.9")).confidence == "given"


@pytest.mark.parametrize(
    ("country", "kind"),
    [
        ("CN", "third"), ("DE", "eu"), ("NO", "excluded"), ("ch", "excluded"), ("Livigno", "excluded"),
        ("XX", "unknown"), ("unknown", "unknown"),
    ],
)  # fmt: skip
def test_origins(country: str, kind: str) -> None:
    assert dated.origin(country, "2026-06-30") == kind


def test_what_is_no_country_is_refused() -> None:
    assert refused(dated.origin, "China", "2026-06-30") == {"cbam_country"}


@pytest.mark.parametrize(
    ("mass", "state"),
    [("44.999", "exempt"), ("45", "near"), ("50", "near"), ("50.001", "above")],
)
def test_the_threshold_and_its_warning(mass: str, state: str) -> None:
    """50 t itself is still exempt; the warning begins at 90 % of it."""
    assert dated.de_minimis("2026-12-31").state(Exact(mass)) == state


TABLE = [
    Row("own8", "CN", "72142000", "3"),
    Row("own4", "CN", "7215", "4"),
    Row("blank", "CN", "73181542", ""),
    Row("other", "ZZ", "73181542", "5"),
    Row("other6", "ZZ", "721631", "6", compared=False),
    Row("unknown", "XX", "72142000", "9"),
    Row("grey", "ZZ", "25231000", "1.4", "A"),
    Row("white", "ZZ", "25231000", "1.3", "B"),
    Row("white_no_letter", "KR", "25231000", "1.2", "", "white"),
    Row("two_a", "IN", "72131000", "1"),
    Row("two_b", "IN", "72131000", "2"),
]


def table(country: str, code: str) -> list[Row]:
    return [row for row in TABLE if row.country == country and code in ("", row.cn)]


@pytest.mark.parametrize(
    ("code", "country", "colour", "row", "said"),
    [
        ("72142000", "CN", "", "own8", []),
        ("7214200090", "CN", "", "own8", []),
        ("72151000", "CN", "", "own4", ["cbam_heading_used"]),
        ("73181542", "CN", "", "other", ["cbam_good_not_listed"]),
        ("73181542", "VA", "", "other", ["cbam_country_not_listed"]),
        ("73181542", "ZZ", "", "other", []),
        ("72163110", "CN", "", "other6", ["cbam_good_not_listed", "cbam_heading_used", "cbam_vintage"]),
        ("72142000", "XX", "", "unknown", ["cbam_country_unknown"]),
        ("72142000", "unknown", "", "unknown", ["cbam_country_unknown"]),
        ("2523100010", "KR", "", "white_no_letter", []),
        ("25231000", "KR", "grey", "grey", ["cbam_good_not_listed"]),
        ("25231000", "ZZ", "White", "white", []),
        ("2523100090", "ZZ", "", "grey", []),
    ],
)
def test_which_row_and_what_the_trace_says(code: str, country: str, colour: str, row: str, said: list[str]) -> None:
    found = choose(table, code, country, colour)
    assert (found.row.id, [notice.code for notice in found.trace]) == (row, said)


def test_rows_that_cannot_be_chosen() -> None:
    assert refused(choose, table, "25231000", "ZZ") == {"cbam_colour"}
    assert refused(choose, table, "25231000", "ZZ", "pink") == {"cbam_colour"}
    assert refused(choose, table, "2523100010", "ZZ", "grey") == {"cbam_colour"}  # the digits say white
    assert refused(choose, table, "2523100055", "ZZ", "grey") == {"cbam_colour"}  # no such digits
    assert refused(choose, table, "76011010", "CN") == {"cbam_default_missing"}
    assert refused(choose, table, "73181542", "XX") == {"cbam_default_missing"}  # Annex IV has no fallback
    assert refused(choose, table, "72131000", "IN") == {"cbam_default_several"}
    assert colour_of("72142000", "") == ""  # steel has no colour


ROUTES = [Benchmark(f"{route}{years}", route, years, "1") for route in "CDE" for years in ("2026-2027", "2028-2030")]
ONE_ROUTE = [Benchmark("only", "", "all", "0.038")]


def test_route_letters_and_year_bands() -> None:
    assert benchmark(ROUTES, 2027, "C").id == "C2026-2027"
    assert benchmark(ROUTES, 2028, "C/F").id == "C2028-2030"  # F is no letter of this good
    assert benchmark(ROUTES, 2030, "", "d").id == "D2028-2030"
    assert benchmark(ROUTES, 2030, "F", "D").id == "D2028-2030"  # the row's letter is none of this good's
    assert benchmark(ONE_ROUTE, 2033, "C").id == "only"
    assert benchmark(ROUTES, 2027, "C/D", "D").id == "D2026-2027"


def test_benchmarks_that_cannot_be_chosen() -> None:
    assert refused(benchmark, ROUTES, 2031, "C") == {"cbam_benchmark"}
    assert refused(benchmark, [], 2026) == {"cbam_benchmark"}
    assert refused(benchmark, ROUTES, 2026) == {"cbam_route"}
    assert refused(benchmark, ROUTES, 2026, "C/D") == {"cbam_route"}
    assert refused(benchmark, ROUTES, 2026, "", "K") == {"cbam_route"}
    assert refused(benchmark, ROUTES, 2026, "C", "D") == {"cbam_route"}  # the default row names C
