"""Other ways to make a good, the carbon price of the draft act, and which files another vintage moves."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cbam.vintage import impact
from service.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cbam"
Data = dict[str, Any]
PAID: Data = {
    "instrument": "national ETS", "legal_reference": "order 19 of 2020", "gross": "30000", "rebates": "12000",
    "currency": "CNY", "eur_per_unit": "0.125", "fx_source": "yearly mean of the central bank", "good_t": "1000",
    "covered_t": "2100", "evidence": "receipts", "rebate_evidence": "allocation notice", "certifier": "A. Person",
}  # fmt: skip
REBAR: Data = {
    "id": "rebar", "cn": "72142000", "country": "CN", "mass_t": "250", "basis": "actual", "see_direct": "2.1",
    "see_indirect": "0", "sefa": "1.393548", "verification": "VR-1",
}  # fmt: skip


def run(*words: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, ["cbam", *words, "--format", "json"])
    assert done.exit_code == code, done.output
    return json.loads(done.output)


def listed(tmp_path: Path, *goods: Data) -> str:
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"year": "2026", "known": "2026-11-20", "goods": list(goods)}), "utf-8")
    return str(path)


def test_other_ways_by_hand() -> None:
    """docs/worked/cbam_obligation.md, section 4."""
    found = run("whatif", str(EXAMPLES / "ways_2026.yaml"), "--prices", str(EXAMPLES / "prices_2026.yaml"))
    cement, sheet = found["goods"]
    by = {way["id"]: way["side"] for good in (cement, sheet) for way in good["variants"]}
    expected = {
        "all electricity from the grid": "1354.2775", "half of it on a direct line": "1229.2775",
        "all metal own": "331.53127714285716", "all metal bought": "893.6132142857143",
    }  # fmt: skip
    assert set(by) == set(expected)
    for name, number in expected.items():
        assert abs(float(F(by[name]["certificates"])) - float(number)) < 1e-9, name
    assert F(cement["actual"]["certificates"]) == F("1329.2775")
    low = F(by["half of it on a direct line"]["eur"][0])
    assert low == F("1229.2775") * F("75.28")
    assert abs(float(F(sheet["actual"]["see"])) - 1.9850744502857143) < 1e-14


def test_the_table_shows_the_difference_to_what_is_declared() -> None:
    words = ["cbam", "whatif", str(EXAMPLES / "ways_2026.yaml"), "--prices", str(EXAMPLES / "prices_2026.yaml")]
    shown = CliRunner().invoke(app, [*words, "--lang", "en"]).output
    assert "against declared" in shown and "-100.000" in shown and "-7528.00 – -7536.00" in shown
    assert "与申报相比" in CliRunner().invoke(app, [*words, "--lang", "zh"]).output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"installation": "nowhere.yaml"}, "cbam_file"),
        ({"installation": "../cbam/screws_2026.yaml"}, "cbam_file"),
        ({"good": "bolt"}, "cbam_name_unknown"),
        ({"variants": [{"id": "x", "set": {"/electricity/7/from": "grid"}}]}, "cbam_pointer"),
        ({"variants": [{"id": "x", "set": {"/electricity/0/from": "moon"}}]}, "cbam_name_unknown"),
        ({"variants": [{"see_direct": "1"}]}, "missing_key"),
        ({"variants": [{"id": "x", "set": {"/period/from": "2027-01-01", "/period/to": "2027-12-31"}}]}, "cbam_period"),
        ({"installation": "screws_2023.json"}, "cbam_not_an_installation"),
    ],
)
def test_what_a_way_cannot_be(tmp_path: Path, change: Data, code: str) -> None:
    for name in ("screws_2026.yaml", "screws_2023.json"):
        shutil.copy(EXAMPLES / name, tmp_path / name)
    good = {"id": "bolts", "installation": "screws_2026.yaml", "good": "bolts", "mass_t": "10", "route": "C"} | change
    errors = run("whatif", listed(tmp_path, good), code=1)["errors"]
    assert code in {error["code"] for error in errors}
    assert all(error["found"] and error["expected"] and error["fix"] for error in errors)


def test_a_carbon_price_is_taken_off_only_behind_its_flag(tmp_path: Path) -> None:
    """docs/worked/cbam_obligation.md, section 5, with one price."""
    prices = tmp_path / "prices.json"
    price = {"period": "2026-Q1", "eur": "75.36", "source": "gazette", "published_at": "2026-04-10"}
    prices.write_text(json.dumps({"prices": [price]}), "utf-8")
    path = listed(tmp_path, REBAR | {"carbon_price": PAID})
    without = run("whatif", path, "--prices", str(prices))
    assert F(without["goods"][0]["actual"]["certificates"]) == F("176.613")
    assert "cbam_carbon_price_flag" in {item["code"] for item in without["notices"]}
    with_ = run("whatif", path, "--prices", str(prices), "--draft-carbon-price")
    side = with_["goods"][0]["actual"]
    assert abs(float(F(side["certificates"])) - 169.1488280254777) < 1e-11
    assert abs(float(F(side["deduction"])) - 7.464171974522293) < 1e-13
    assert with_["goods"][0]["default"]["deduction"] == "0"
    assert "cbam_carbon_price_draft" in {item["code"] for item in with_["notices"]}


def test_an_excess_of_carbon_price_is_lost(tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    price = {"period": "2026-Q1", "eur": "75.36", "source": "gazette", "published_at": "2026-04-10"}
    prices.write_text(json.dumps({"prices": [price]}), "utf-8")
    path = listed(tmp_path, REBAR | {"carbon_price": PAID | {"gross": "3000000"}})
    found = run("whatif", path, "--prices", str(prices), "--draft-carbon-price")
    assert found["goods"][0]["actual"]["certificates"] == "0"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rebate_evidence": ""}, "missing_key"),
        ({"rebates": "40000"}, "cbam_share"),
        ({"credits_t": "211"}, "cbam_share"),
        ({"good_t": "0"}, "cbam_share"),
        ({"price": "3"}, "unknown_key"),
    ],
)
def test_a_claim_that_is_void(tmp_path: Path, change: Data, code: str) -> None:
    """Missing rebate evidence voids the claim; credits under Article 6 cover at most a tenth (draft)."""
    errors = run("whatif", listed(tmp_path, REBAR | {"carbon_price": PAID | change}), code=1)["errors"]
    assert [error["code"] for error in errors] == [code]


def test_another_vintage_moves_what_stands_on_its_rows_and_nothing_else(tmp_path: Path) -> None:
    """Of five totals that the correction of July 2026 changed: 7226 20 00 of other countries, 5.588 to 5.500."""
    strip = {"id": "strip", "cn": "72262000", "country": "ZZ", "mass_t": "100", "route": "F"}
    other = {"id": "rebar", "cn": "72142000", "country": "CN", "mass_t": "100"}
    listed(tmp_path, strip, other)
    data = json.loads((tmp_path / "list.json").read_text("utf-8"))
    assert data["goods"][0]["cn"] == "72262000"
    import yaml

    works = yaml.load((EXAMPLES / "screws_2026.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
    (tmp_path / "untouched.json").write_text(json.dumps(works), "utf-8")
    works["precursors"][0]["cn"] = "72262000"
    works["lots"][1] |= {"country": "ZZ", "route_letter": "F"}
    (tmp_path / "works.json").write_text(json.dumps(works), "utf-8")
    (tmp_path / "notes.yaml").write_text("a: b\n", "utf-8")
    package = CliRunner().invoke(
        app, ["cbam", "report", str(tmp_path / "works.json"), "-o", str(tmp_path / "p"), "--known", "2026-07-30"]
    )
    assert package.exit_code == 0, package.output
    found = impact(tmp_path, "2026-07-30", "2026-07-31")
    moved = {(item.file, item.good): (item.before, item.after) for item in found.moved}
    assert set(moved) == {("list.json", "strip"), ("works.json", "bolts"), ("p", "bolts")}
    assert found.looked == 4 and found.others == ["notes.yaml"] and not found.refused
    before, after = moved["works.json", "bolts"]
    assert before is not None and after is not None
    change = F("5.5") * F("1.1") - F("5.588") * F("1.1")
    assert F(str(after.text())) - F(str(before.text())) == change * 350 / 1000
    shown = CliRunner().invoke(
        app, ["cbam", "impact", str(tmp_path), "--before", "2026-07-30", "--after", "2026-07-31", "--lang", "en"]
    )
    assert shown.exit_code == 0 and "4 files looked at; 3 figures move" in shown.output
    nothing = impact(tmp_path, "2026-07-31", "2026-11-20")
    assert not nothing.moved and nothing.looked == 4
