"""``pcf cbam whatif`` with a list of goods: figures of docs/worked/cbam_obligation.md, fallbacks, what is refused."""

from __future__ import annotations

import json
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cbam.defaults import InForce, first_listed, tables
from service.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
Data = dict[str, Any]
REBAR: Data = {"id": "rebar", "cn": "72142000", "country": "CN", "mass_t": "250"}
CEMENT: Data = {"id": "cement", "cn": "25232900", "country": "CN", "mass_t": "100", "clinker_content": "0.75"}
ACTUAL: Data = {"basis": "actual", "see_direct": "2.1", "see_indirect": "0", "verification": "VR-1"}
Q1: Data = {"period": "2026-Q1", "eur": "75.36", "source": "gazette", "published_at": "2026-04-10"}


def asked(tmp_path: Path, data: Data, prices: list[Data] | None = None, code: int = 0) -> Any:
    """What the command prints as JSON."""
    words = ["cbam", "whatif", str(tmp_path / "list.json"), "--format", "json"]
    (tmp_path / "list.json").write_text(json.dumps(data), encoding="utf-8")
    if prices is not None:
        (tmp_path / "prices.json").write_text(json.dumps({"prices": prices}), encoding="utf-8")
        words += ["--prices", str(tmp_path / "prices.json")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    return json.loads(done.output)


def listed(*goods: Data, **more: Any) -> Data:
    return {"year": "2026", "known": "2026-11-20", "goods": list(goods)} | more


def faults(tmp_path: Path, data: Data, prices: list[Data] | None = None) -> list[str]:
    errors = asked(tmp_path, data, prices, 1)["errors"]
    for error in errors:
        assert error["message"] and error["fix"] and error["found"] and error["expected"], error
        assert error["rule"] or not error["code"].startswith("cbam_")  # the doors of numbers know no rule
    return [error["code"] for error in errors]


def codes(notices: list[Data]) -> list[str]:
    return [notice["code"] for notice in notices]


def test_the_example_by_hand() -> None:
    """docs/worked/cbam_obligation.md, section 1 and the grey clinker of section 2 (other countries: 1.410)."""
    prices = str(EXAMPLES / "prices_2026.yaml")
    words = ["cbam", "whatif", str(EXAMPLES / "imports_2026.yaml"), "--prices", prices, "--format", "json"]
    found = json.loads(CliRunner().invoke(app, words).output)
    rebar, other, clinker = found["goods"]
    assert F(rebar["actual"]["sefa"]) == F("1.393548") and F(rebar["actual"]["certificates"]) == F("176.613")
    assert F(rebar["default"]["see"]) == F("3.4859") and F(rebar["default"]["certificates"]) == 539
    assert [F(end) for end in rebar["default"]["eur"]] == [F("40575.92"), F("40619.04")]
    assert F(other["default"]["certificates"]) == 40 * (F("4.3956") - F("1.3299"))
    assert codes(other["trace"]) == ["cbam_country_not_listed"]
    assert F(clinker["default"]["certificates"]) == 1000 * (F("1.41") * F("1.1") - F("0.975") * F("0.666"))
    assert codes(clinker["trace"]) == ["cbam_good_not_listed"]  # a dash for Türkiye
    assert F(found["totals"]["declared"]["certificates"]) == F("176.613") + F("122.628") + F("901.65")
    assert F(found["totals"]["default"]["certificates"]) == 539 + F("122.628") + F("901.65")
    assert codes(found["notices"]) == ["cbam_cscf_unconfirmed"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("unconfirmed", "as declared")), ("zh", ("未经确认", "按申报依据"))]
)
def test_the_screen(language: str, said: tuple[str, str]) -> None:
    words = ["cbam", "whatif", str(EXAMPLES / "imports_2026.yaml"), "--lang", language]
    shown = CliRunner().invoke(app, words).output
    assert "176.613" in shown and "539.000" in shown and all(word in shown for word in said)


def test_cement_counts_by_its_clinker(tmp_path: Path) -> None:
    """docs/worked/cbam_obligation.md, section 2."""
    white = {"id": "white", "cn": "2523100010", "country": "CN", "mass_t": "1"}
    grey = {"id": "grey", "cn": "25231000", "country": "CN", "mass_t": "1", "colour": "grey"}
    found = asked(tmp_path, listed(CEMENT, white, grey))["goods"]
    assert [F(good["default"]["certificates"]) for good in found] == [F("68.44875"), F("0.592475"), F("0.87965")]


def test_year_bands_of_stainless_steel(tmp_path: Path) -> None:
    """docs/worked/cbam_obligation.md, section 3; the CSCF of 2028 is the user's."""
    coil = {"id": "coil", "cn": "72191100", "country": "VA", "mass_t": "10"}
    hydrogen = {"id": "h2", "cn": "28041000", "country": "VA", "mass_t": "100"}  # lifts nobody over the threshold
    for year, cscf, expected in (("2026", "1", "42.74725"), ("2028", "0.9", "54.8969")):
        found = asked(tmp_path, listed(coil, hydrogen, year=year, cscf=cscf))
        assert F(found["goods"][0]["default"]["certificates"]) == F(expected)
        assert [goods["exempt"] for goods in found["goods"]] == [True, False]
    assert faults(tmp_path, listed(coil, year="2031", cscf="1")) == ["cbam_benchmark"]
    assert faults(tmp_path, listed(coil, year="2028")) == ["cbam_cscf"]


def test_a_surplus_is_no_credit(tmp_path: Path) -> None:
    """0.5 t embedded against 1.3299 free: 0 certificates, and the other good pays all of its own."""
    clean = REBAR | ACTUAL | {"id": "clean", "see_direct": "0"}
    found = asked(tmp_path, listed(clean, REBAR))
    assert F(found["goods"][0]["actual"]["certificates"]) == 0
    assert F(found["totals"]["declared"]["certificates"]) == 539


def test_precursors_of_the_union_bring_nothing_and_actual_ones_their_own(tmp_path: Path) -> None:
    """Own 0.03705; a German billet 0; a verified billet of route C by column A: 0.975 x 0.188 x 125/250."""
    german = {"cn": "72071114", "country": "DE", "mass_t": "125"}
    verified = {
        "cn": "72071114",
        "country": "CN",
        "mass_t": "125",
        "basis": "actual",
        "verification": "VR",
        "route": "C",
    }
    found = asked(tmp_path, listed(REBAR | ACTUAL | {"precursors": [german, verified]}))["goods"][0]
    assert F(found["actual"]["sefa"]) == F("0.03705") + F("0.975") * F("0.188") / 2
    assert codes(found["trace"]) == ["cbam_precursor_outside"]
    bare = asked(tmp_path, listed(REBAR | ACTUAL))["goods"][0]
    assert F(bare["actual"]["sefa"]) == F("0.03705") and "cbam_no_precursors" in codes(bare["trace"])


def test_cement_takes_the_allocation_of_its_clinker(tmp_path: Path) -> None:
    """Column A of cement is 0.000; 75 t of grey clinker for 75 units bring 0.975 x 0.666."""
    clinker = {"cn": "2523100090", "country": "CN", "mass_t": "75", "basis": "actual", "verification": "VR-2"}
    found = asked(tmp_path, listed(CEMENT | ACTUAL | {"precursors": [clinker]}))["goods"][0]
    assert F(found["functional_units"]) == 75 and F(found["actual"]["sefa"]) == F("0.975") * F("0.666")
    assert F(found["actual"]["certificates"]) == 75 * (F("2.1") - F("0.975") * F("0.666"))


def test_the_route_of_a_works_chooses_column_a_and_the_tables_letter_column_b(tmp_path: Path) -> None:
    """Billets of scrap (E: 0.065) of a country whose default is of route C: 1.364."""
    billet = REBAR | ACTUAL | {"cn": "72071114", "route": "E"}
    found = asked(tmp_path, listed(billet))["goods"][0]
    assert F(found["actual"]["sefa"]) == F("0.975") * F("0.065")
    assert F(found["default"]["sefa"]) == F("0.975") * F("1.364")


def test_fertilisers_say_their_unit(tmp_path: Path) -> None:
    """Urea of other countries 2.720, mark-up 1 %, column B 0.902, per tonne of product."""
    found = asked(tmp_path, listed(REBAR | {"cn": "31021019", "country": "VA"}))["goods"][0]
    assert F(found["default"]["certificates"]) == 250 * (F("2.72") * F("1.01") - F("0.975") * F("0.902"))
    assert codes(found["trace"]) == ["cbam_nitrogen_unit", "cbam_country_not_listed"]


def test_goods_from_outside_the_scope(tmp_path: Path) -> None:
    found = asked(tmp_path, listed(REBAR | {"country": "CH"}, REBAR | {"id": "b"}))
    assert found["goods"][0]["default"] is None and codes(found["goods"][0]["trace"]) == ["cbam_outside"]
    assert F(found["totals"]["declared"]["certificates"]) == 539
    assert F(found["de_minimis"][0]["mass_t"]) == 250


@pytest.mark.parametrize(
    ("mass", "state", "said", "certificates"),
    [
        ("20", "exempt", ["cbam_de_minimis_exempt"], F(0)),
        ("23", "near", ["cbam_de_minimis_near", "cbam_de_minimis_exempt"], F(0)),
        ("25.5", "above", [], F("25.5") * 2 * F("2.156")),
    ],
)
def test_de_minimis_of_a_whole_year(tmp_path: Path, mass: str, state: str, said: list[str], certificates: F) -> None:
    """Two goods of one importer add up; 3.4859 - 1.3299 = 2.156 a tonne. Another importer is counted alone."""
    two = [REBAR | {"id": name, "mass_t": mass} for name in "ab"]
    found = asked(tmp_path, listed(*two, cscf="1", importer="A"))
    assert (found["de_minimis"][0]["state"], codes(found["notices"])) == (state, said)
    assert F(found["totals"]["declared"]["certificates"]) == certificates
    apart = asked(tmp_path, listed(two[0], two[1] | {"importer": "B"}, cscf="1", importer="A"))
    assert [item["state"] for item in apart["de_minimis"]] == ["exempt", "exempt"]


def test_a_part_of_a_year_is_marked_and_exempts_nobody(tmp_path: Path) -> None:
    small = REBAR | {"mass_t": "10"}
    found = asked(tmp_path, listed(small, cscf="1", months=["1", "2", "3"]))
    assert found["provisional"] and found["months_missing"] == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert codes(found["notices"]) == ["cbam_provisional"] and not found["goods"][0]["exempt"]
    assert F(found["totals"]["declared"]["certificates"]) == F("21.56")
    shown = CliRunner().invoke(app, ["cbam", "whatif", str(tmp_path / "list.json"), "--lang", "zh"]).output
    assert "【暂计】" in shown and "1, 2, 3" in shown
    whole = asked(tmp_path, listed(small, cscf="1", months=[str(month) for month in range(1, 13)]))
    assert not whole["provisional"] and whole["goods"][0]["exempt"]


def test_a_good_of_unknown_country_and_a_row_nobody_compared(tmp_path: Path) -> None:
    """Annex IV, 7214 20 00: 8.230 and route C; 10 % mark-up also there."""
    found = asked(tmp_path, listed(REBAR | {"country": "XX"}))["goods"][0]
    assert codes(found["trace"]) == ["cbam_country_unknown", "cbam_vintage"]
    assert F(found["default"]["see"]) == F("8.23") * F("1.1")


def test_a_heading_without_a_letter_asks_for_the_route(tmp_path: Path) -> None:
    """India, heading 7227: 7.300 for several routes; the benchmark of 7227 10 00 stands under four letters."""
    wire = {"id": "wire", "cn": "72271000", "country": "IN", "mass_t": "100"}
    assert faults(tmp_path, listed(wire)) == ["cbam_route"]
    found = asked(tmp_path, listed(wire | {"route": "F"}))["goods"][0]
    assert codes(found["trace"]) == ["cbam_heading_used", "cbam_vintage"]
    assert F(found["default"]["see"]) == F("7.3") * F("1.1") and "-b-f-" in found["default"]["benchmark_id"]


def test_a_sum_over_some_of_the_goods_is_not_shown_as_one_over_all(tmp_path: Path) -> None:
    for goods, sums in (([REBAR | ACTUAL], 3), ([REBAR | ACTUAL, REBAR | {"id": "b"}], 2)):
        asked(tmp_path, listed(*goods))
        shown = CliRunner().invoke(app, ["cbam", "whatif", str(tmp_path / "list.json"), "--lang", "zh"]).output
        assert shown.count("2026年合计") == sums


def test_the_vintage_changes_the_five_totals_that_the_correction_changed() -> None:
    """The five were found by comparing both vintages row by row; none of China."""
    before, after = InForce("2026-12-31", "2026-07-30"), InForce("2026-12-31", "2026-07-31")
    changed = set()
    for country, code in tables().defaults:
        old, new = ([row.value for row in held.rows(country, code)] for held in (before, after))
        if old != new:
            changed.add((country, code))
    five = ("72262000", "73063018", "73065021", "73065029", "73065080")
    assert changed == {("ZZ", code) for code in five}


def test_the_list_uses_what_was_known(tmp_path: Path) -> None:
    strip = {"id": "strip", "cn": "72262000", "country": "ZZ", "mass_t": "100", "route": "F"}
    sees = [asked(tmp_path, listed(strip, known=day))["goods"][0]["default"] for day in ("2026-07-30", "2026-07-31")]
    assert [F(side["see"]) for side in sees] == [F("5.588") * F("1.1"), F("5.5") * F("1.1")]
    assert sees[0]["benchmark_id"] == sees[1]["benchmark_id"]


def test_rows_are_found_by_their_heading() -> None:
    assert {row.codes["cn"] for row in first_listed("7214200090", "cn")} == {"72142000"}
    assert first_listed("99999999", "CN") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cn": "99999999"}, "cbam_cn_unknown"),
        ({"cn": "7214"}, "cbam_cn_unknown"),
        ({"cn": "2507008010"}, "cbam_cn_unknown"),
        ({"cn": "x"}, "cn_code_form"),
        ({"cn": "27160000"}, "cbam_electricity"),
        ({"cn": "25231000"}, "cbam_colour"),
        ({"cn": "25232900"}, "missing_key"),
        ({"country": "China"}, "cbam_country"),
        ({"mass_t": "0"}, "cbam_share"),
        ({"mass_t": "-1"}, "cbam_share"),
        ({"route": "E"}, "cbam_route"),
        ({"basis": "measured"}, "cbam_basis"),
        (ACTUAL | {"verification": ""}, "cbam_actual_unverified"),
        (ACTUAL | {"see_direct": ""}, "missing_key"),
        (ACTUAL | {"see_indirect": "-0.1"}, "cbam_share"),
        ({"offset_t": "5"}, "unknown_key"),
        ({"footprint": "record:1"}, "unknown_key"),
        ({"precursors": [REBAR | {"basis": "actual"}]}, "cbam_actual_unverified"),
    ],
)  # fmt: skip
def test_one_wrong_thing_is_one_fault(tmp_path: Path, change: Data, code: str) -> None:
    assert faults(tmp_path, listed(REBAR | change)) == [code]


def test_all_faults_at_once(tmp_path: Path) -> None:
    data = listed(REBAR | {"basis": "actual"}, REBAR | {"mass_t": "x"}, CEMENT | {"clinker_content": "1.2"}, CEMENT)
    found = faults(tmp_path, data | {"year": "soon", "months": ["13", "1", "1"]})
    for code in ("number_unreadable", "cbam_actual_unverified", "missing_key", "cbam_share", "cbam_month"):
        assert code in found
    assert found.count("cbam_month") == 2
    assert faults(tmp_path, listed()) == ["shape"]
    twice = faults(tmp_path, listed(REBAR, REBAR))
    assert twice == ["cbam_id_twice"]
    assert faults(tmp_path, listed(REBAR | {"route": "E"}, CEMENT | {"cn": "25239000"})) == [
        "cbam_route",
        "cbam_colour",
    ]
    assert faults(tmp_path, listed(REBAR, year="2025")) == ["cbam_not_dated", "cbam_cscf"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"period": "2026-Q4"}, "cbam_price_unpublished"),
        ({"eur": ""}, "cbam_price_unpublished"),
        ({"published_at": "2026-12-01"}, "cbam_price_unpublished"),
        ({"published_at": "2026-03-31"}, "cbam_price_unpublished"),
        ({"source": ""}, "missing_key"),
        ({"published_at": ""}, "missing_key"),
        ({"period": "2026-W05"}, "cbam_price_period"),
        ({"period": "2027-W60"}, "cbam_price_period"),
        ({"period": "spring"}, "cbam_price_period"),
        ({"eur": "-1"}, "cbam_share"),
        ({"eur": "about 75"}, "number_unreadable"),
        ({"published_at": "April"}, "date_unreadable"),
    ],
)
def test_prices_that_cannot_be_used(tmp_path: Path, change: Data, code: str) -> None:
    assert code in faults(tmp_path, listed(REBAR), [Q1 | change])


def test_prices_of_the_year_and_nothing_else(tmp_path: Path) -> None:
    assert faults(tmp_path, listed(REBAR), [Q1, Q1]) == ["cbam_price_period"]
    week = {"period": "2027-W05", "eur": "80", "source": "gazette", "published_at": "2027-02-09"}
    assert faults(tmp_path, listed(REBAR, known="2027-03-01"), [week]) == ["cbam_price_year"]
    later = listed(REBAR, year="2027", cscf="1", known="2027-03-01")
    (good,) = asked(tmp_path, later, [week, Q1])["goods"]
    number = 250 * (F("3.169") * F("1.2") - F("0.95") * F("1.364"))
    assert [F(end) for end in good["default"]["eur"]] == [80 * number, 80 * number]


def test_prices_do_not_belong_to_the_bare_form(tmp_path: Path) -> None:
    words = ["cbam", "whatif", str(EXAMPLES / "rebar_default.json"), "--prices", str(EXAMPLES / "prices_2026.yaml")]
    assert CliRunner().invoke(app, words).exit_code == 2
