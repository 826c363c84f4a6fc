"""Long-route steel: every mandatory input mutated, gas counted once, carbon closed, products reconciled.

Long because every mandatory input of one example is mutated here.
"""

from __future__ import annotations

import copy
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lca.doors import read_yaml
from lca.exact import ZERO, Exact
from lca.faults import Refused
from lca.messages import sentence
from pcr.equations import run as run_equation
from pcr.methods.carbon_balance.v1 import CarbonAccount
from pcr.registry import find_rule
from service.compare import compare
from service.intake import Sent
from service.records.statement import Derived
from tests.pcr._help import codes, faults, release, run, shown

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "pcr" / "steel_bf_bof.md"
CASES = ROOT / "pcr" / "classes" / "steel_bf_bof" / "v1_0_0" / "cases"
RULE = find_rule("steel_bf_bof").rule
REQUIRED = [name for name, item in RULE.inputs.items() if item.required]
Data = dict[str, Any]

BY_HAND: list[tuple[str, dict[str, str], dict[str, F], str]] = [
    (
        "steel.carbon_balance",
        {"carbon_in": "529.5", "carbon_out": "11.12"},
        {"co2": F("518.38") * F(44, 12)},
        "docs/worked/steel_bf_bof.md, section 1",
    ),
    (
        "steel.carbon_balance",
        {"carbon_in": "100", "carbon_out": "30", "stock_change": "-10", "molar": "3.664"},
        {"co2": F(80) * F("3.664")},
        "coke drawn from stock is carbon that came in: (100 - 30 + 10) x 3.664",
    ),
    (
        "steel.flux_carbon",
        {"purity": "0.95", "factor": "0.43971"},
        {"carbon": F("0.95") * F("0.43971") * F(12, 44)},
        "0.95 x 0.43971 x 12/44",
    ),
    (
        "steel.energy_share",
        {"sold": "408", "carbon": "448.5", "heat_of_carbon": "32.8"},
        {"share": F(340, 12259)},
        "docs/worked/steel_bf_bof.md, section 2",
    ),
    (
        "steel.scrap_credit",
        {"recovery": "0.85", "scrap": "0.125", "yield_": "1", "primary": "2050", "recycled": "550"},
        {"credit": F("1087.5")},
        "docs/worked/steel_bf_bof.md, section 1",
    ),
    (
        "steel.scrap_credit",
        {"recovery": "0.85", "scrap": "1", "yield_": "0.9", "primary": "2000", "recycled": "500"},
        {"credit": F("-202.5")},
        "more scrap taken in than recovered later: -0.15 x 0.9 x 1500",
    ),
]
# The table of test_equations.py is the house's list of hand calculations; these belong there.


@cache
def case(name: str) -> Data:
    read: Data = read_yaml((CASES / name).read_text("utf-8"))
    return {**read["data"], "rule": "steel_bf_bof", "regime": read["regime"]}


def works(name: str = "small_works.yaml", settings: Data | None = None, **change: Data | None) -> Data:
    """A worked case; ``change``: row id (``_`` for ``-``) to new keys, None leaves the row out."""
    data = copy.deepcopy(case(name))
    rows = {row["id"]: row for row in data["rows"]}
    for key, new in change.items():
        row_id = key.replace("_", "-")
        if new is None:
            del rows[row_id]
        else:
            rows[row_id] = rows.get(row_id, {"id": row_id}) | new
    data["rows"] = list(rows.values())
    if settings:
        data["settings"] = data.get("settings", {}) | settings
    return data


def emitted(derived: Derived) -> Exact:
    """kg CO2 of the lines by carbon balance; those of a sensitivity case are none of the works."""
    lines = [line for line in derived.works.resolved.inventory.lines if line.kind == "emission" and line.counts]
    assert lines and all(line.because.startswith("steel.carbon_balance") for line in lines)
    return sum((line.amount for line in lines), ZERO)


def indicators(derived: Derived) -> dict[str, Exact]:
    return {item.id: item.value for item in derived.works.resolved.inventory.indicators}


def total(derived: Derived) -> Exact:
    low = derived.works.total.low
    assert low is not None and low == derived.works.total.high
    return low


@pytest.mark.parametrize(("name", "given", "expected", "source"), BY_HAND, ids=[item[3] for item in BY_HAND])
def test_equations_by_hand(name: str, given: Data, expected: dict[str, F], source: str) -> None:
    for key, value in expected.items():
        found = Exact.from_record(run_equation(name, given)["results"][key]["exact"])
        assert F(found.numerator, found.denominator) == value


def slice_of(meter: str, generation: str, export: str) -> Data:
    """A slice of the works' own plant on furnace gas."""
    proof = {"generator_meter": meter, "load_meter": "L", "export_meter": "X", "attribute_ledger": "none issued"}
    return {
        "type": "onsite", "topology": "grid_parallel", "technology": "gas", "generation": generation,
        "export": export, "evidence": proof,
    }  # fmt: skip


def notices(data: Data) -> set[tuple[str, str]]:
    derived = run(data, draft=True)
    return {(item.code, item.where) for print_ in derived.works.footprints.values() for item in print_.notices}


@cache
def calm() -> frozenset[tuple[str, str]]:
    return frozenset(notices(works()))


def mutated(name: str, kind: str) -> Data:
    data = works()
    rows = [row for row in data["rows"] if row["input"] == name]
    assert rows, f"{name} is mandatory and stands in the small works"
    if kind == "missing":
        data["rows"] = [row for row in data["rows"] if row["input"] != name]
    for row in rows:
        amount = row.pop("amount")
        if kind == "month missing":
            row["months"] = [amount] * 11
        else:
            new = {"zero": "0", "negative": f"-{amount}", "thousandfold": f"{amount}000", "wrong unit": amount}
            row["amount"] = new.get(kind, amount)
        if kind == "negative" and amount == "0":
            row["amount"] = "-1"
        if kind == "wrong unit":
            row["unit"] = "piece"
    return data


@pytest.mark.parametrize("kind", ["missing", "zero", "negative", "wrong unit", "month missing", "thousandfold"])
@pytest.mark.parametrize("name", REQUIRED)
def test_a_mutated_mandatory_input_is_refused_or_flagged(name: str, kind: str) -> None:
    data = mutated(name, kind)
    try:
        found = notices(data)
    except Refused as refused:
        assert refused.faults
        return
    assert kind in ("zero", "thousandfold"), f"{name}, {kind}: must be refused"
    assert found - calm(), f"{name}, {kind}: silently accepted"


def test_gas_is_counted_once_wherever_it_burns() -> None:
    """From the flare to the power plant: the works total stays, the burden moves to the kWh."""
    before = run(works())
    moved = run(works(bfg_power={"amount": "900000"}, bfg_flare={"amount": "0"}))
    lost = run(works(bfg_flare=None))
    assert total(moved) == total(before)
    assert moved.works.footprints["COIL"].total != before.works.footprints["COIL"].total
    burned = Exact(20000) * Exact.parse("0.0033") / 1000 * Exact.parse("57.1")
    assert total(lost) == total(before) - burned, (
        "gas lost is CO2 all the same; only CH4 and N2O of burning are not known"
    )


@pytest.mark.parametrize("name", ["small_works.yaml", "power_gas_coke.yaml"])
def test_carbon_closes(name: str) -> None:
    """What the processes emit by carbon is what the site's own balance says."""
    derived = run(works(name))
    assert emitted(derived) == indicators(derived)["site_co2"] * 1000


def test_carbon_closes_with_stock_bought_coke_own_lime_and_loss() -> None:
    data = works(
        coke_bought={"input": "coke_bought", "amount": "50", "unit": "t", "properties": {"carbon_content": "0.9"}},
        coke_stock={"input": "coke_stock_change", "amount": "47", "unit": "t"},
        lime_made={"input": "lime_made", "amount": "20", "unit": "t"},
        lime_stone={"input": "lime_stone", "material": "limestone", "amount": "36", "unit": "t"},
        quicklime={"amount": "30"},
        bfg_flare={"amount": "10000"},
        stone={"properties": {"purity": "0.95"}},
        pig_sold={"input": "pig_iron_sold", "amount": "10", "unit": "t"},
    )
    derived = run(data, draft=True)
    site = indicators(derived)
    assert emitted(derived) == site["site_co2"] * 1000
    assert site["carbon_stock"] == Exact(47) * (Exact(400) * Exact.parse("0.85") + 45) / 450
    assert site["imbalance:coke_pool"] == Exact(3, 450)
    # by hand: 3 t of 450 t of coke and 10,000 of 1,500,000 Nm3 of furnace gas went nowhere, of all that came in
    into = (520 + 50) * F("28.2") + 150 * F("25.8") + 75000 * F("0.0036")
    lost = 3 * F("28.2") + 10000 * F("0.0033")
    assert F(site["energy:site"].text()) == lost / into


SHARES: list[Data] = [
    {},
    {"sold_gas_burden": "energy"},
    {"slag_burden": "mass"},
    {"slag_burden": "economic", "slag_price_ratio": "0.02"},
    {"coke_byproducts": "mass"},
    {"sold_gas_carbon": "emitted_here"},
]


@pytest.mark.parametrize("settings", SHARES)
def test_products_and_works_are_reconciled(settings: Data) -> None:
    """No setting makes or loses a kilogram; what the products do not carry is printed."""
    base = total(run(works("power_gas_coke.yaml", {"sold_gas_burden": "none", "slag_burden": "burden_free"})))
    plain = {"sold_gas_burden": "none", "slag_burden": "burden_free"}
    derived = run(works("power_gas_coke.yaml", plain | settings))
    result = shown(derived, "COIL")
    steel = sum((f.total.low * f.reference.made for f in derived.works.footprints.values() if f.total.low), ZERO)
    assert derived.works.products_total.low == steel
    assert result["works"]["difference"] == (total(derived) - steel).significant(30)
    if "sold_gas_carbon" in settings:
        sold = Exact(24000) * (Exact.parse("0.2") * Exact(44, 12) + Exact.parse("0.017") / 1000 * Exact.parse("57.1"))
        assert total(derived) == base + sold
    else:
        assert total(derived) == base


def test_everything_sold_as_steel_leaves_no_difference() -> None:
    kept = {
        f"own_{name}": {"supply": slice_of("G1", "260000", "0")} for name in ("iron", "steel", "casting", "rolling")
    }
    derived = run(works(own_sold={"amount": "0"}, own={"amount": "260000"}, **kept))
    assert derived.works.products_total == derived.works.total


def test_substitution_only_where_the_carbon_was_counted_here() -> None:
    settings = {"sold_gas_burden": "none", "slag_burden": "burden_free", "sold_gas_carbon": "emitted_here"}
    without = run(works("power_gas_coke.yaml", settings))
    credited = run(works("power_gas_coke.yaml", settings | {"sold_gas_credit": "substitution"}))
    assert total(credited) < total(without)
    twice = [{"sold_gas_carbon": "leaves"}, {"sold_gas_burden": "energy"}]
    for more in twice:
        data = works("power_gas_coke.yaml", settings | {"sold_gas_credit": "substitution"} | more)
        assert codes(faults(lambda data=data: run(data))) == {"gas_credited_twice"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"own_sold": None}, "missing_input"),
        ({"own_sold": {"amount": "0"}}, "utility_unbalanced"),
        ({"own": None}, "input_unread"),
        ({"own": {"amount": "0"}, "own_sold": {"amount": "0"}}, "inputs_missing"),
        ({"own_iron": {"material": "power"}}, "place_idle"),
        ({"own": {"amount": "1300000"}, "own_sold": {"amount": "1040000"}}, "energy_gain"),
        ({"lime_steel": None}, "utility_unbalanced"),
        ({"furnace_coke": {"amount": "330"}}, "coke_unbalanced"),
        ({"own_iron": {"material": "pelletising"}}, "place_idle"),
        ({"own_iron": {"material": ""}}, "place_idle"),
        ({"grid_coking": {"product": "COIL"}}, "place_idle"),
        ({"lime_stone": {"input": "lime_stone", "material": "limestone", "amount": "5", "unit": "t"}}, "input_unread"),
        ({"coal": None}, "inputs_missing"),
        ({"tar": None}, "inputs_missing"),
        ({"ore": None}, "inputs_missing"),
        ({"coil_crude": {"amount": "830"}, "crude": {"amount": "1040"}}, "mass_unbalanced"),
        ({"steel": {"amount": "1300"}}, "mass_unbalanced"),
        ({"alloy": {"material": "ferroalloy", "factor": "gbt51366-d-011", "properties": {}}}, "carbon_missing"),
        ({"ldg": {"amount": "130000"}, "ldg_power": {"amount": "130000"}}, "carbon_unbalanced"),
        ({"bfg_power": {"amount": "700000"}}, "carbon_unbalanced"),
        ({"coke": {"properties": {"carbon_content": "0.95"}}}, "carbon_unbalanced"),
    ],
)
def test_refused(change: Data, code: str) -> None:
    assert code in codes(faults(lambda: run(works(**change))))


def test_power_plant_needs_a_fuel_and_slag_needs_a_price() -> None:
    data = works(bfg_power=None, cog_power=None, ldg_power={"material": "rolling"})
    assert "inputs_missing" in codes(faults(lambda: run(data)))
    assert codes(faults(lambda: run(works(settings={"slag_burden": "economic"})))) == {"slag_price_missing"}


def test_all_faults_of_a_works_are_said_at_once_and_in_both_languages() -> None:
    found = faults(lambda: run(works("all_faults.yaml")))
    assert len(codes(found)) == 9
    for fault in found:
        said = {language: sentence(fault, language) for language in ("en", "zh")}
        assert said["en"].isascii() and said["en"] != fault.code, fault
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said["zh"]), fault
        assert not {"hot metal", "own power", "crude steel"} & set(said["zh"].split("："))


def test_power_and_steam_of_one_plant_by_energy_or_by_efficiency() -> None:
    """docs/worked/steel_bf_bof.md, section 4: of 50 GJ sold and 40,000 kWh exported the products carry nothing."""
    data = works("heat_and_power.yaml")
    by_energy, by_efficiency = run(data), run(data | {"settings": {"chp_share": "efficiency"}})
    assert total(by_energy) == total(by_efficiency) == total(run(works()))

    def of_steam(derived: Derived) -> Exact:
        lines = derived.works.resolved.inventory.lines
        return sum((x.amount for x in lines if x.process == "own_power:own_heat" and x.kind == "emission"), ZERO)

    whole = Exact.parse("880000") * Exact.parse("0.25") + Exact(4000) + Exact(32000)  # kg C of the three gases
    assert of_steam(by_energy) == whole * Exact(44, 12) * Exact(500, 1580)
    assert of_steam(by_efficiency) == whole * Exact(44, 12) * Exact(1325, 6023)
    assert "rule_refused" in codes(faults(lambda: run(works("heat_and_power.yaml", own_heat={"amount": "2900"},
                                                            steam_sold={"amount": "2450"}))))  # fmt: skip


def test_a_credit_of_slag_or_of_sold_gas_never_enters_where_it_would_count_twice() -> None:
    by_mass = shown(run(works(settings={"slag_burden": "mass"})), "COIL")
    assert set(by_mass["sensitivities"]) == {"scrap_credit", "transmission_not_inside"}
    settings = {"sold_gas_burden": "none", "slag_burden": "burden_free", "sold_gas_carbon": "emitted_here"}
    site = [works("power_gas_coke.yaml", settings | more) for more in ({}, {"sold_gas_credit": "substitution"})]
    without, credited = (run({**data, "regime": "corporate_cn"}) for data in site)
    assert total(credited) == total(without), "what a buyer does not burn is no emission of this site"
    assert shown(credited, "COIL")["sensitivities"] == {}


def test_energy_of_the_site_is_not_guessed_where_a_fuel_does_not_say_its_heat() -> None:
    fuel = {"input": "rolling_fuel", "material": "diesel", "amount": "10", "unit": "t"}
    known = works("site_account.yaml", rolling_gas=fuel | {"properties": {"ncv": "43"}})
    unknown = works("site_account.yaml", rolling_gas=fuel | {"properties": {}})
    assert {"energy:site", "energy_in"} <= set(indicators(run(known)))
    assert not {"energy:site", "energy_in"} & set(indicators(run(unknown)))
    assert "energy:own_power" in indicators(run(unknown))


def test_settings_beside_the_total_never_enter_it() -> None:
    changed = {
        "recovery_rate": "0",
        "slag_displaced": "0",
        "primary_route": "1",
        "recycled_route": "0",
        "eaf_yield": "0",
    }
    assert run(works(settings=changed)).works.total == run(works()).works.total


def test_an_account_without_intake_is_out_of_balance() -> None:
    account = CarbonAccount("gas")
    assert account.imbalance == 0
    account.leave("used", Exact(1))
    assert account.imbalance == -1


def test_default_carbon_is_a_proxy_and_measured_carbon_is_not() -> None:
    lines = {line.id: line for line in run(works()).works.resolved.inventory.lines}
    assert lines["coke_ovens/coke_ovens>CO2|fossil"].data_class == "measured"
    assert lines["sinter_plant/sinter_plant>CO2|fossil"].data_class == "proxy"


def test_the_example_is_a_draft_and_says_what_is_lacking() -> None:
    data = read_yaml((ROOT / "examples" / "steel_works_2024.yaml").read_text("utf-8"))
    assert codes(faults(lambda: run(data))) == {"factor_gap"}
    derived = run(data, draft=True)
    page = PAGE.read_text("utf-8")
    for product, low in (("HRC", "2320.92"), ("REBAR", "2332.60")):
        result = shown(derived, product, 6)
        beside = [result["sensitivities"][name]["low"] for name in ("scrap_credit", "slag_credit")]
        assert all(number in page for number in (low, *beside))
        assert result["status"] == "draft"
        assert result["total"] == {"low": low, "high": None}
        assert {gap["row"] for gap in result["gaps"]} == {"sinter-ore", "lump", "pellets"}
        assert not {"implausible", "output_missing"} & {notice["code"] for notice in result["notices"]}
        assert 1460 < F(low) < 3310
    assert all(row["evidence"]["source"] for row in data["rows"])
    assert all(len(row["months"]) == 12 for row in data["rows"])


def test_the_example_under_every_regime_of_the_rule() -> None:
    """docs/worked/steel_bf_bof.md, section 5: the account of the site by hand; CBAM shows scope and electricity."""
    data = read_yaml((ROOT / "examples" / "steel_works_2024.yaml").read_text("utf-8"))
    found = compare(Sent(data, b"", "application/yaml", "test"), RULE.regimes, releases=release)
    assert [column.regime for column in found.columns if not column.faults] == list(RULE.regimes)
    totals = {column.regime: column.totals.get("HRC") for column in found.columns}
    low = {name: band.low for name, band in totals.items() if band is not None}
    assert low["gbt24067"] == low["iso14067"] == low["cn_cnca_label"]
    assert totals["cbam/definitive"] is None and totals["cbam/transitional"] is None
    assert found.columns[RULE.regimes.index("cbam/definitive")].scope["indirect"] == "information"
    page = PAGE.read_text("utf-8")
    assert all(column.totals["REBAR"].low.significant(6) in page for column in found.columns if column.totals)  # type: ignore[union-attr]
    site = run({**data, "regime": "corporate_cn"})
    assert F(total(site).text()) == F(5635931613959, 750)
    falls = {column.regime: column.waterfall for column in found.columns}
    assert falls["corporate_cn"] is not None and falls["corporate_cn"].rest == ZERO


def test_what_a_reader_sees_is_in_both_languages() -> None:
    texts = [part for item in RULE.boundary.excluded for part in item.values()]
    texts += [*RULE.statements.values(), *(part for item in RULE.allocation for part in (item.what, item.scheme))]
    for item in RULE.inputs.values():
        texts += [choice.proxy_for for choice in item.materials.values() if choice.proxy_for]
    assert len(texts) > 30
    for text in texts:
        en, _, zh = text.partition(" / ")
        assert en.isascii() and any("\u4e00" <= letter <= "\u9fff" for letter in zh), text


def test_the_page_names_every_indicator() -> None:
    text = PAGE.read_text("utf-8")
    found = {name.partition(":")[0] for name in indicators(run(works("heat_and_power.yaml")))}
    assert [name for name in sorted(found) if f"`{name}" not in text] == []
