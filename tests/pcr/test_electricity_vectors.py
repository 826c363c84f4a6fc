"""Golden vectors A to I of the electricity rules, and every code of the method. Numbers: docs/worked/electricity.md."""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path
from typing import Any

import pytest

from lca.exact import Exact
from lca.messages import catalogue
from tests.pcr._help import EU, GB, Data, codes, faults, one_meter, run, shown

pytestmark = pytest.mark.usefixtures("meter_rule")
METHOD = Path(__file__).resolve().parents[2] / "pcr" / "methods" / "electricity" / "v1"

PROOF = {
    "line_route": "L", "supply_contract": "C", "single_line_diagram": "S", "generator_meter": "G",
    "load_meter": "M", "export_meter": "X", "attribute_ledger": "A",
}  # fmt: skip
LINE: Data = {
    "type": "direct_line", "topology": "grid_parallel", "technology": "pv", "generation": "400", "export": "0",
    "line_loss": "0", "evidence": PROOF,
}  # fmt: skip
ROOF: Data = {
    "type": "onsite", "topology": "grid_parallel", "technology": "pv", "generation": "700", "export": "300",
    "evidence": PROOF,
}  # fmt: skip
CRITERIA = {"attributes": "E1", "unique": "E2", "retired": "E3", "period": "E4", "market": "E5"}
PERIOD = {"generated_from": "2024-01-01", "generated_to": "2024-12-31"}


def certificates(mwh: str, **change: Any) -> Data:
    one = {"id": "GEC-1", "mwh": mwh, "plant": "W", "market": "CN", **PERIOD, "criteria": CRITERIA} | change
    return {"type": "grid", "technology": "wind", "claim": "gec_unbundled", "instruments": [one]}


def grid(kwh: str = "1000", **more: Any) -> Data:
    return {"id": "grid", "amount": kwh, "supply": {"type": "grid"}, **more}


A = one_meter(grid())
B = one_meter({"id": "pv", "amount": "400", "supply": LINE}, grid("600"))
C = one_meter({"id": "pv", "amount": "400", "supply": LINE | {"attributes_sold": "true"}}, grid("600"))
D = one_meter(grid(supply=certificates("1")))
E = one_meter({"id": "pv", "amount": "400", "supply": ROOF}, grid("600"))
F = one_meter(grid(supply=certificates("1.2")))
G = one_meter(grid(), period={"start": "2023-01-01", "end": "2023-12-31"})
H = one_meter({"id": "pv", "amount": "400", "supply": ROOF | {"declared_factor": "0"}}, grid("600"))
I = one_meter(grid(factor="cn.co2.province.yn.2023"))  # noqa: E741


def same(text: str, wanted: str) -> bool:
    return Exact.parse(text) == Exact.parse(wanted)


STRICT = [
    ("A", A, GB, "577.70", {"grid": "5"}), ("A", A, EU, "577.70", {"grid": "2"}),
    ("B", B, GB, "367.42", {"pv": "2", "grid": "5"}), ("B", B, EU, "367.42", {"pv": "1", "grid": "2"}),
    ("D", D, GB, "65.10", {"grid": "3"}), ("D", D, EU, "577.70", {"grid": "2"}),
    ("E", E, GB, "367.42", {"pv": "1", "grid": "5"}), ("E", E, EU, "367.42", {"pv": "1", "grid": "2"}),
    ("F", F, EU, "577.70", {"grid": "2"}),
    ("G", G, GB, "620.50", {"grid": "5"}), ("G", G, EU, "620.50", {"grid": "2"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "regime", "kg", "rows"), STRICT, ids=[f"{s[0]}-{s[2][:3]}" for s in STRICT])
def test_golden_vector(name: str, data: Data, regime: str, kg: str, rows: dict[str, str]) -> None:
    result = shown(run(data, regime=regime))
    assert same(result["total"], kg)
    assert {item["row"]: item["table_row"] for item in result["electricity"]} == rows
    assert sum(float(item["kwh"]) for item in result["electricity"]) == 1000


def test_vector_d_prints_the_average_beside_the_claim() -> None:
    result = shown(run(D, regime=GB))
    assert same(result["sensitivities"]["electricity_average"], "577.70")
    (row,) = result["electricity"]
    assert (row["factor"], row["factor_value"], row["codes"]) == ("cn.cfp.gen.wind@2024", "0.0324", [])
    assert "ELEC_RESIDUAL_MISSING" in {item["code"] for item in result["notices"]}


def test_vector_d_outside_the_regime_is_no_error_and_says_what_it_would_be_worth() -> None:
    result = shown(run(D, regime=EU))
    (row,) = result["electricity"]
    assert row["codes"] == ["ELEC_INSTRUMENT_NOT_ACCEPTED"]
    assert row["worth"] == "cn.cfp.gen.wind@2024 + cn.cfp.td_incl_loss@2024"
    assert set(result["sensitivities"]) == {"transmission_not_inside"}
    found = {item["code"] for item in result["notices"]}
    assert {"ELEC_INSTRUMENT_NOT_ACCEPTED", "ELEC_RULE_UNCONFIRMED", "ELEC_EF_DATASET_WANTED", "draft_rules"} <= found


@pytest.mark.parametrize("change", [{"market": "DE"}, {"sold_to_third_party": "yes"}, {"criteria": {}}])
def test_a_regime_that_does_not_look_at_certificates_does_not_check_them_either(change: Data) -> None:
    result = shown(run(one_meter(grid(supply=certificates("1", **change))), regime=EU))
    assert same(result["total"], "577.70")
    assert result["electricity"][0]["codes"] == ["ELEC_INSTRUMENT_NOT_ACCEPTED"]


REFUSED = [
    ("C", C, GB, "ELEC_ATTRIBUTE_SOLD"), ("C", C, EU, "ELEC_ATTRIBUTE_SOLD"),
    ("F", F, GB, "ELEC_CLAIM_EXCEEDS_USE"),
    ("H", H, GB, "ELEC_ZERO_FACTOR_FORBIDDEN"), ("H", H, EU, "ELEC_ZERO_FACTOR_FORBIDDEN"),
    ("I", I, GB, "ELEC_FACTOR_KIND_MISMATCH"), ("I", I, EU, "ELEC_SUBNATIONAL_NOT_ALLOWED"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "regime", "code"), REFUSED, ids=[f"{r[0]}-{r[2][:3]}" for r in REFUSED])
def test_golden_vector_refused(name: str, data: Data, regime: str, code: str) -> None:
    assert codes(faults(lambda: run(data, regime=regime))) == {code}


LOOSE = [
    ("C", C, GB, "577.70", "ELEC_ATTRIBUTE_SOLD"), ("C", C, EU, "577.70", "ELEC_ATTRIBUTE_SOLD"),
    ("F", F, GB, "65.10", "ELEC_CLAIM_EXCEEDS_USE"), ("F", F, EU, "577.70", "ELEC_INSTRUMENT_NOT_ACCEPTED"),
    ("H", H, GB, "577.70", "ELEC_ZERO_FACTOR_FORBIDDEN"), ("H", H, EU, "577.70", "ELEC_ZERO_FACTOR_FORBIDDEN"),
    ("I", I, EU, "577.70", "ELEC_SUBNATIONAL_NOT_ALLOWED"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "regime", "kg", "code"), LOOSE, ids=[f"{r[0]}-{r[2][:3]}" for r in LOOSE])
def test_golden_vector_without_strict(name: str, data: Data, regime: str, kg: str, code: str) -> None:
    """The kWh take the average and the fault is listed on the row."""
    result = shown(run(data, regime=regime, strict=False))
    assert same(result["total"], kg)
    assert code in {listed for row in result["electricity"] for listed in row["codes"]}


def test_a_kind_mismatch_is_refused_without_strict_too() -> None:
    assert codes(faults(lambda: run(I, regime=GB, strict=False))) == {"ELEC_FACTOR_KIND_MISMATCH"}


def test_half_claimed_and_line_loss() -> None:
    half = run(one_meter(grid(supply=certificates("0.5"))), regime=GB)
    assert half.works.footprints["P"].total.point is not None
    assert half.works.footprints["P"].total.point.text() == "321.4"
    assert same(shown(half)["sensitivities"]["electricity_average"], "577.70")
    lossy = run(one_meter({"amount": "400", "supply": LINE | {"line_loss": "0.04"}}, grid("600")), regime=GB)
    assert lossy.works.footprints["P"].total.point is not None
    assert lossy.works.footprints["P"].total.point.text() == "55243/150"


def test_a_storage_gives_what_was_put_in() -> None:
    """docs/worked/electricity.md: 90 kWh out of 100 kWh PV and 20 kWh grid, so that the loss is inside."""
    result = shown(run(stored({"pv": "100", "grid": "20"}), regime=GB))
    assert same(result["total"], "332.181")
    assert same(result["sensitivities"]["transmission_not_inside"], "349.512")
    parts = {(row["row"], row["supply"]): Exact.parse(row["kwh"]).text() for row in result["electricity"]}
    assert parts == {
        ("pv", "onsite"): "400", ("grid", "grid"): "510", ("ess", "storage, onsite"): "100",
        ("ess", "storage, grid"): "20",
    }  # fmt: skip


def test_what_a_storage_takes_counts_as_own_use_of_the_plant() -> None:
    """700 kWh less 200 exported leave 500: with 400 used directly, 101 cannot have been stored."""
    found = faults(lambda: run(stored({"pv": "101"}), regime=GB))
    assert codes(found) == {"ELEC_SURPLUS_CLAIMED"}
    assert "501 kWh claimed" in {fault.found for fault in found}


def test_a_cell_can_say_what_charged_the_storage() -> None:
    result = shown(run(stored("pv: 100； grid：20"), regime=GB))  # type: ignore[arg-type]
    assert same(result["total"], "332.181")


def test_two_rows_share_what_one_generator_left() -> None:
    """Each row alone is within 400 kWh; together they are not, whatever input they stand in."""
    twice = one_meter({"id": "a", "amount": "250", "supply": LINE}, {"id": "b", "amount": "151", "supply": LINE})
    (fault,) = faults(lambda: run(twice, regime=GB))
    assert fault.code == "ELEC_SURPLUS_CLAIMED"
    assert (fault.where, fault.found) == ("rows/a, rows/b", "401 kWh claimed of generator meter G")
    fits = one_meter({"id": "a", "amount": "250", "supply": LINE}, {"id": "b", "amount": "150", "supply": LINE})
    assert same(shown(run(fits, regime=GB))["total"], "20.8")


def test_transmission_inside_is_an_assumption_with_a_date_and_a_price() -> None:
    result = shown(run(A, regime=GB))
    assert same(result["sensitivities"]["transmission_not_inside"], "610.40")
    (said,) = [item for item in result["notices"] if item["code"] == "ELEC_TD_INSIDE"]
    assert said["values"]["date"] == "2026-11-20"
    assert shown(run(A, regime="corporate_cn"))["sensitivities"] == {}


def test_where_no_transmission_is_published_the_case_stays_open_above() -> None:
    result = shown(run(G, regime=GB))
    assert same(result["total"], "620.50"), "the total itself is no draft"
    case = result["sensitivities"]["transmission_not_inside"]
    assert same(case["low"], "620.5") and case["high"] is None


def test_a_technology_slice_of_2023_over_the_grid_has_no_published_transmission() -> None:
    year = {"generated_from": "2023-01-01", "generated_to": "2023-12-31"}
    data = one_meter(grid(supply=certificates("1", **year)), period={"start": "2023-01-01", "end": "2023-12-31"})
    assert codes(faults(lambda: run(data, regime=GB))) == {"ELEC_FACTOR_NOT_PUBLISHED"}


def without(supply: Data, *names: str) -> Data:
    kept = copy.deepcopy(supply)
    for name in names:
        kept.pop(name, None)
        kept["evidence"].pop(name, None)
    return kept


def slice_(supply: Data, kwh: str = "400", **more: Any) -> Data:
    return one_meter({"id": "x", "amount": kwh, "supply": supply, **more})


def stored(charge: Data, *more: Data, **change: Any) -> Data:
    """700 kWh of PV: 400 used, up to 100 stored; 90 kWh come back."""
    supply = {"type": "storage", "charge": charge, "evidence": {"charge_meter": "Z"}} | change
    pv = {"id": "pv", "amount": "400", "supply": ROOF | {"export": "200"}}
    return one_meter(pv, {"id": "ess", "amount": "90", "supply": supply}, grid("510"), *more)


TWICE = one_meter(grid("500", supply=certificates("0.5")), grid("500", id="other", supply=certificates("0.5")))
TWO_IN_ONE = certificates("0.2")
TWO_IN_ONE["instruments"] *= 2
EACH_CODE: dict[str, list[tuple[Data, str]]] = {
    "ELEC_BALANCE": [
        (A | {"meters": [{"id": "m", "input": "power", "amount": "994", "unit": "kWh"}]}, GB),
        (A | {"meters": [{"id": "m", "input": "power", "amount": "1006", "unit": "kWh"}]}, EU),
    ],
    "ELEC_TEMPORAL_EVIDENCE": [
        (slice_(without(ROOF, "export")), GB),
        (slice_(without(ROOF, "export_meter")), EU),
    ],
    "ELEC_SURPLUS_CLAIMED": [(slice_(ROOF, "401"), GB), (slice_(ROOF, "401"), EU)],
    "ELEC_DIRECT_EVIDENCE": [
        (slice_(without(LINE, "line_route")), GB),
        (slice_(without(LINE, "line_loss")), GB),
        (slice_(without(LINE, "technology")), GB),
        (slice_(without(LINE, "generation")), GB),
        (slice_(without(ROOF, "single_line_diagram")), EU),
        (stored({"pv": "100", "grid": "20"}, evidence={}), GB),
    ],
    "ELEC_ATTRIBUTE_SOLD": [
        (slice_(ROOF | {"attributes_sold": "是"}), GB),
        (one_meter(grid(supply=certificates("1", sold_to_third_party="yes"))), GB),
    ],
    "ELEC_CRIT_ATTRIBUTES": [
        (one_meter(grid(supply=certificates("1") | {"instruments": []})), GB),
        (one_meter(grid(supply=certificates("1", criteria=CRITERIA | {"attributes": ""}))), GB),
    ],
    "ELEC_CRIT_UNIQUE": [(one_meter(grid(supply=certificates("1", criteria=CRITERIA | {"unique": ""}))), GB)],
    "ELEC_CRIT_RETIRED": [(one_meter(grid(supply=certificates("1", criteria=CRITERIA | {"retired": ""}))), GB)],
    "ELEC_PERIOD_MISMATCH": [
        (one_meter(grid(supply=certificates("1", criteria=CRITERIA | {"period": ""}))), GB),
        (one_meter(grid(supply=certificates("1", generated_from="2022-01-01", generated_to="2023-12-31"))), GB),
        (one_meter(grid(supply=certificates("1", generated_from="2025-01-01", generated_to="2025-01-31"))), GB),
    ],
    "ELEC_MARKET_BOUNDARY": [
        (one_meter(grid(supply=certificates("1", market="DE"))), GB),
        (one_meter(grid(supply=certificates("1", criteria=CRITERIA | {"market": ""}))), GB),
    ],
    "ELEC_DUPLICATE_INSTRUMENT": [(TWICE, GB), (TWICE, EU), (one_meter(grid(supply=TWO_IN_ONE)), GB)],
    "ELEC_CLAIM_EXCEEDS_USE": [(F, GB)],
    "ELEC_ZERO_FACTOR_FORBIDDEN": [(H, GB), (slice_({"type": "grid", "declared_factor": "0.0"}), EU)],
    "ELEC_FACTOR_TYPED": [(slice_(ROOF | {"declared_factor": "0.05"}), GB)],
    "ELEC_DOUBLE_TD": [(slice_({"type": "grid", "add_transmission": "true"}), GB)],
    "ELEC_SUBNATIONAL_NOT_ALLOWED": [(I, EU)],
    "ELEC_CCER_OVERLAP": [
        (slice_(LINE | {"credits_sold": "yes"}), GB),
        (slice_(ROOF | {"credits_sold": "是"}), EU),
        (one_meter(grid(supply=certificates("1") | {"credits_sold": "true"})), GB),
    ],
    "ELEC_STORAGE_GAIN": [(stored({"pv": "60", "grid": "20"}), GB), (stored({}), GB)],
    "ELEC_STORAGE_SOURCE": [
        (stored({"pv": "100", "nobody": "20"}), GB),
        (stored({"ess": "120"}), GB),
        (stored({"pv": "100", "claimed": "20"}, grid("1", id="claimed", supply=certificates("0.001"))), GB),
    ],
}
MARKS: dict[str, tuple[Data, str]] = {
    "ELEC_INSTRUMENT_NOT_ACCEPTED": (D, EU),
    "ELEC_RESIDUAL_MISSING": (D, GB),
    "ELEC_STORAGE": (stored({"pv": "100", "grid": "20"}), GB),
    "ELEC_650_RATIO": (one_meter({"amount": "400", "supply": LINE | {"generation": "700", "export": "300"}}), GB),
    "ELEC_CAPTIVE_ONCE": (one_meter({"amount": "400", "supply": ROOF | {"technology": "waste_heat"}}, grid("600")), GB),
}
"""Codes that refuse nothing: they stand on the row or among the notices."""
REFUSALS = [(code, data, regime) for code, items in EACH_CODE.items() for data, regime in items]


@pytest.mark.parametrize(("code", "data", "regime"), REFUSALS, ids=[f"{c}-{r[:3]}" for c, _, r in REFUSALS])
def test_each_refusal(code: str, data: Data, regime: str) -> None:
    assert codes(faults(lambda: run(data, regime=regime))) == {code}


@pytest.mark.parametrize("code", MARKS)
def test_each_mark(code: str) -> None:
    data, regime = MARKS[code]
    result = shown(run(data, regime=regime))
    listed = {item["code"] for item in result["notices"]} | {c for row in result["electricity"] for c in row["codes"]}
    assert code in listed


REGIME_ROWS = {"ELEC_PPA_NOT_DIRECT", "ELEC_SOURCE_NOT_ALLOWED", "ELEC_ZERO_NONFOSSIL"}
"""Codes of regimes that calculate no footprint: each has its test in test_regimes.py."""


def used_codes() -> set[str]:
    words: set[str] = set()
    for path in METHOD.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch("ELEC_[A-Z0-9_]+", node.value)
            ):
                words.add(node.value)
    return words


def test_no_code_of_the_method_is_without_a_test() -> None:
    elsewhere = REGIME_ROWS | {"ELEC_CHERRY_PICK", "ELEC_CAPTIVE_DOUBLE"}  # test_cherry_pick.py, test_captive.py
    assert used_codes() - elsewhere == set(EACH_CODE) | set(MARKS)


@pytest.mark.parametrize("code", sorted(used_codes()))
def test_each_code_has_its_sentences(code: str) -> None:
    entry = catalogue().get(code, {})
    for part in ("what", "fix") if code in EACH_CODE else ("what",):
        assert entry.get(part, {}).get("en") and entry.get(part, {}).get("zh"), f"{code}: {part}"


def test_all_invalid_claims_of_all_rows_are_named_at_once() -> None:
    data = one_meter(
        {"id": "pv", "amount": "401", "supply": without(ROOF, "load_meter") | {"attributes_sold": "true"}},
        grid(supply=certificates("2", market="DE", criteria={})),
    )
    found = faults(lambda: run(data, regime=GB))
    assert codes(found) >= {
        "ELEC_SURPLUS_CLAIMED", "ELEC_DIRECT_EVIDENCE", "ELEC_ATTRIBUTE_SOLD", "ELEC_CRIT_UNIQUE",
        "ELEC_CRIT_RETIRED", "ELEC_MARKET_BOUNDARY", "ELEC_CLAIM_EXCEEDS_USE",
    }  # fmt: skip
    assert all(fault.where and fault.found and fault.expected for fault in found)


def test_within_the_tolerance_of_the_meter() -> None:
    for kwh in ("995.1", "1005", "1000"):
        data = A | {"meters": [{"id": "m", "input": "power", "amount": kwh, "unit": "kWh"}]}
        assert same(shown(run(data, regime=GB))["total"], "577.70")


@pytest.mark.parametrize("regime", [GB, EU])
def test_a_doubled_instrument_without_strict_takes_the_average_and_is_listed(regime: str) -> None:
    """Never a silent claim: two rows that draw on one certificate are both at the average."""
    result = shown(run(TWICE, regime=regime, strict=False))
    assert same(result["total"], "577.70")
    assert all("ELEC_DUPLICATE_INSTRUMENT" in row["codes"] for row in result["electricity"])


def test_an_open_balance_without_strict_is_listed() -> None:
    data = A | {"meters": [{"id": "m", "input": "power", "amount": "2000", "unit": "kWh"}]}
    result = shown(run(data, regime=GB, strict=False))
    assert "ELEC_BALANCE" in {item["code"] for item in result["notices"]}


def test_waste_heat_power_stands_in_the_table_also_where_nothing_else_is_used() -> None:
    """kWh per row are always printed: a process that runs on waste heat alone is no exception."""
    result = shown(run(slice_(ROOF | {"technology": "waste_heat"}), regime=GB))
    assert result["total"] == "0"
    (row,) = result["electricity"]
    assert same(row["kwh"], "400")
    assert row["codes"] == ["ELEC_CAPTIVE_ONCE"]


def test_waste_heat_of_somebody_else_is_not_free() -> None:
    """Only heat of a fuel that this works burns is counted already."""
    assert faults(lambda: run(slice_(LINE | {"technology": "waste_heat"}), regime=GB))


@pytest.mark.parametrize("loss", ["1", "1.5", "-0.1"])
def test_a_line_loss_is_a_share_below_one(loss: str) -> None:
    assert faults(lambda: run(slice_(LINE | {"line_loss": loss}), regime=GB))


@pytest.mark.parametrize("key", ["generation", "export"])
def test_meters_of_a_plant_run_forward(key: str) -> None:
    """A negative export would enlarge the own use."""
    assert faults(lambda: run(slice_(ROOF | {key: "-1000"}), regime=GB))


def test_two_products_on_one_meter_get_the_same_shares() -> None:
    """Green kWh cannot be assigned to one product of a common meter: both carry 0.4 PV."""
    products = [{"id": "P", "name": "P"}, {"id": "Q", "name": "Q"}]
    data = one_meter(*B["rows"][1:], products=products)
    data["rows"].append({"input": "made", "amount": "3", "unit": "piece", "product": "Q"})
    derived = run(data, regime=GB)
    for product in ("P", "Q"):
        assert same(shown(derived, product)["total"], "91.855")
