"""The uncertainty annex: hand cases, the rule run again, laws, refusals, and the command in both languages.

Long because every distribution and every refusal has its own case.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from factordb.release import Release, content_of
from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.footprint import calculate
from lca.inventory import ResolvedInventory
from lca.uncertain.distributions import Lognormal, Normal
from lca.uncertain.propagate import propagate, scores_at
from pcr.activity import ActivityData
from service import uncertainty_model
from service.calculate import Asked
from service.cli import app
from service.intake import Sent, read_file
from service.records.statement import Derived
from service.text.uncertainty_json import as_json, schema
from service.tornado import inputs_of
from service.uncertainty import Annex, Wanted, uncertainty
from service.uncertainty_file import Side, published, read_side, stated
from service.uncertainty_model import Model, derived_point, modelled
from tests.pcr._help import GB, codes, faults, one_meter, plug, release

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CEMENT = EXAMPLES / "cement_works_2024.yaml"
GRID = "cn.cfp.national_avg.2024"
GSD = {"distribution": "lognormal", "gsd": "1.1"}
Data = dict[str, Any]


def sent(data: Data) -> Sent:
    return Sent(data, b"", "application/yaml", "test")


def of(data: Data, side: Any, *, other: Data | None = None, releases: Any = release, **wanted: Any) -> Annex:
    second = sent(other) if other is not None else None
    return uncertainty(sent(data), side, Asked(regime=GB), Wanted(**wanted), other=second, releases=releases)


def example(name: str) -> Model:
    return modelled(derived_point(read_file(EXAMPLES / name), Asked(), release), Side())


def stating(words: dict[str, str]) -> Callable[[str], Release]:
    """The shipped release with an uncertainty on the grid factor."""
    shipped = content_of(release("cn-2026.1"))
    told = tuple(replace(item, uncertainty=words) if item.id == GRID else item for item in shipped.factors)
    made = Release(replace(shipped, factors=told))
    return lambda _: made


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Data:
    """600 kWh of grid power in two rows, one piece: 600 x the national average."""
    plug(monkeypatch, "tests.plugins.one_meter")
    data = one_meter({"id": "day", "amount": "200"}, {"id": "night", "amount": "400"})
    data["rows"][0]["id"] = "made"
    return data


@pytest.mark.parametrize("name", ["cement_works_2024.yaml", "li_ion_battery_lfp_2024.yaml"])
def test_with_nothing_uncertain_every_draw_is_the_record(name: str) -> None:
    model = example(name)
    values = propagate(model.foreground, {}, 300, 1)
    for place, product in enumerate(model.foreground.products):
        low = model.derived.works.footprints[product].total.low
        assert low is not None and values[0, place, 0] == pytest.approx(float(low), rel=1e-12)
    assert (values == values[0]).all()


@pytest.mark.parametrize("name", ["cement_works_2024.yaml", "li_ion_battery_lfp_2024.yaml"])
def test_the_model_does_what_the_rule_does(name: str) -> None:
    """Every input moved by 2 %: the rule run again gives the same total; where it is approximated, to 1e-5."""
    model = example(name)
    derived, regime, compared = model.derived, model.derived.data.regime, 0
    for item in inputs_of(derived.data):
        head, _, tail = item.bar.where.partition("/")
        quantity = next(q for q in model.quantities if q.name == tail and (q.kind == "row") == (head == "rows"))
        if quantity.reason in ("tied", "jump"):
            continue
        try:
            resolved = derived.layers.resolve(derived.installed.build(item.times(Exact("1.02"))), regime=regime.id)
        except Refused:  # a balance of the rule does not allow so much
            continue
        again = calculate(resolved, regime.gwp_set, regime.biogenic_co2)
        ours = scores_at(model.foreground, {quantity.variable: Exact("1.02")})
        for place, product in enumerate(model.foreground.products):
            low = again.footprints[product].total.low
            assert low is not None
            tolerance = 1e-5 if quantity.approximated else 1e-11
            assert ours[place, 0] == pytest.approx(float(low), rel=tolerance), item.bar.where
        compared += 1
    assert compared > 15


def test_a_row_and_a_factor_by_hand(meter: Data) -> None:
    """Total 600 kWh x 0.5777 = 346.62; the factor's GSD is the total's; sd(ln) within four errors of ln 1.1."""
    found = of(meter, {"factors": {GRID: GSD}}, draws=4096)
    assert found.total == pytest.approx(346.62, rel=1e-12)
    assert found.summary.gsd is not None
    assert abs(math.log(found.summary.gsd) - math.log(1.1)) < 4 * math.log(1.1) / math.sqrt(2 * 4096)
    assert found.screening_gsd == pytest.approx(1.1, rel=1e-12)
    median = found.summary.percentiles["50"]
    assert abs(median.value - 346.62) < 4 * median.error
    (part,) = found.varied
    assert (part.quantity.name, part.quantity.origin, part.variance_share) == (GRID, "file", 1)
    assert part.elasticity == pytest.approx(1, rel=1e-12)


def test_two_rows_are_two_variables_and_one_factor_is_one(meter: Data) -> None:
    """Independent rows of 1/3 and 2/3: relative sd 0.1 x sqrt(1/9 + 4/9); the factor would give the whole 0.1."""
    ten = {"distribution": "normal", "sd_percent": "10"}
    found = of(meter, {"rows": {"day": ten, "night": ten}}, draws=8192)
    expected = 0.1 * math.sqrt(5) / 3
    sd = found.summary.mean.error * math.sqrt(8192) / 346.62
    assert abs(sd - expected) < 4 * expected / math.sqrt(2 * 8192)
    assert math.log(found.screening_gsd) == pytest.approx(expected, rel=1e-12)
    whole = of(meter, {"factors": {GRID: ten}}, draws=8192)
    assert abs(whole.summary.mean.error * math.sqrt(8192) / 346.62 - 0.1) < 4 * 0.1 / math.sqrt(2 * 8192)


def test_what_nobody_describes_is_fixed_and_listed_with_its_share(meter: Data) -> None:
    found = of(meter, {"rows": {"day": {"distribution": "uniform", "low": "0.9", "high": "1.1"}}})
    fixed = {part.quantity.name: part for part in found.fixed}
    assert set(fixed) == {"night", "made", GRID}
    assert fixed["made"].elasticity == pytest.approx(-1, rel=1e-5)
    assert {part.quantity.reason for part in found.fixed} == {"unknown"}
    assert fixed["night"].elasticity == pytest.approx(2 / 3, rel=1e-9)
    assert fixed[GRID].elasticity == pytest.approx(1, rel=1e-12)
    assert found.rule_share == 0


def test_a_default_is_taken_only_where_the_user_says_so(meter: Data) -> None:
    default = {"default": {"factors": GSD}, "rows": {"day": {"distribution": "fixed"}}}
    found = of(meter, default)
    assert [(p.quantity.name, p.quantity.origin) for p in found.varied] == [(GRID, "default")]
    assert {p.quantity.name: p.quantity.reason for p in found.fixed}["day"] == "stated"
    everything = of(meter, {"default": {"rows": GSD}, "factors": {GRID: {"distribution": "fixed"}}})
    assert {p.quantity.name for p in everything.varied} >= {"day", "night"}
    assert {p.quantity.name: p.quantity.reason for p in everything.fixed} == {GRID: "stated"}


def test_the_release_is_asked_and_the_file_overrides_it(meter: Data) -> None:
    told = stating({"distribution": "lognormal", "gsd": "1.2"})
    (part,) = of(meter, {}, releases=told).varied
    assert (part.quantity.origin, part.quantity.text) == ("release", "lognormal, gsd 1.2")
    assert part.quantity.distribution == Lognormal(Exact(1), Exact("1.2"))
    (part,) = of(meter, {"default": {"factors": GSD}}, releases=told).varied
    assert (part.quantity.origin, part.quantity.text) == ("release", "lognormal, gsd 1.2")
    (part,) = of(meter, {"factors": {GRID: GSD}}, releases=told).varied
    assert part.quantity.origin == "file"
    vague = of(meter, {}, releases=stating({"percent": "30", "level": "not stated"}))
    assert vague.varied == ()
    assert {p.quantity.name: p.quantity.reason for p in vague.fixed}[GRID] == "level_not_stated"


def test_published_percentages() -> None:
    """IPCC 2006: half of the 95 % interval; 9.8 % is an sd of 5 %."""
    found, reason = published({"percent": "9.8", "level": "95 %"})
    assert found is not None and found.distribution == Normal(Exact(1), Exact("0.05")) and reason == ""
    assert published({"percent": "30", "level": "not stated"}) == (None, "level_not_stated")
    assert published({"distribution": "lognormal", "spread": "0.1"}) == (None, "not_usable")
    assert published({}) == (None, "unknown")


def test_the_same_works_against_itself_is_tied(meter: Data) -> None:
    side = {"rows": {"day": GSD, "night": GSD}, "factors": {GRID: GSD}}
    found = of(meter, side, other=copy.deepcopy(meter))
    assert found.rival is not None
    compared = found.rival.comparison
    assert (compared.ties, compared.probability, compared.verdict) == (1024, 0.5, "not decided")


def test_another_year_has_other_rows_and_the_same_factor(meter: Data) -> None:
    """One per cent more power: decided where only the shared factor is uncertain, not where both years' meters are.

    Rows of 1/3 and 2/3 with a GSD of 1.1 each: P = Phi(ln 1.01 / (ln 1.1 x sqrt(5)/3 x sqrt 2)) = 0.54, first order.
    """
    later = copy.deepcopy(meter)
    for row in later["rows"][1:]:
        row["amount"] = str(int(row["amount"]) * 101 // 100)
    factor = of(meter, {"factors": {GRID: GSD}}, other=later).rival
    assert factor is not None and (factor.comparison.verdict, factor.comparison.ties) == ("lower", 0)
    assert factor.comparison.probability == 1
    later["period"] = {"start": "2024-02-01", "end": "2024-12-31"}
    rows = of(meter, {"rows": {"day": GSD, "night": GSD}}, other=later).rival
    assert rows is not None and rows.comparison.ties == 0
    expected = 0.5 * (1 + math.erf(math.log(1.01) / (math.log(1.1) * math.sqrt(5) / 3 * math.sqrt(2)) / math.sqrt(2)))
    assert abs(rows.comparison.probability - expected) < 4 * 0.5 / math.sqrt(1024)


def test_workers_and_seeds() -> None:
    side = {"rows": {"coal": GSD, "po": {"distribution": "normal", "sd_percent": "1"}}, "default": {"factors": GSD}}

    def told(**wanted: Any) -> str:
        found = uncertainty(read_file(CEMENT), side, Asked(), Wanted(draws=600, **wanted), releases=release)
        return json.dumps(as_json(found)) + repr(found.summary)

    assert told() == told(workers=2)
    assert told() != told(seed=2)


def test_all_faults_at_once(meter: Data) -> None:
    side = {
        "rows": {"dya": GSD, "day": {"distribution": "normal", "sd_percent": "40"}, "night": {"distribution": "x"}},
        "factors": {"cn.cfp.national_avg.2023": {"distribution": "lognormal", "gsd": "1"}, GRID: "1.1"},
        "default": {"row": GSD},
        "more": {},
    }
    found = faults(lambda: of(meter, side, draws=5, product="Q", against="R"))
    assert codes(found) == {
        "uncertainty_draws", "uncertainty_unknown", "uncertainty_form", "distribution_invalid", "unknown_product"
    }  # fmt: skip
    named = {fault.where: fault for fault in found}
    assert "day" in named["/rows/dya"].expected and GRID in named["/factors/cn.cfp.national_avg.2023"].expected
    assert len(found) >= 9


@pytest.mark.parametrize(
    ("side", "where"),
    [
        ([], "/"),
        ({"rows": []}, None),
        ({"rows": ["day"]}, "/rows"),
        ({"rows": {"day": {"distribution": "lognormal"}}}, "/rows/day/gsd"),
        ({"rows": {"day": {"distribution": "lognormal", "gsd": ["1.1"]}}}, "/rows/day/gsd"),
        ({"rows": {"day": {**GSD, "sd": "1"}}}, "/rows/day/sd"),
        ({"rows": {"day": {"pedigree": ["1", "1", "1", "1", "2"]}}}, "/rows/day/basic"),
        ({"pedigree_table": "mine"}, "/pedigree_table"),
        ({"pedigree_table": {"time": ["1"] * 5, "tme": ["1"]}}, "/pedigree_table/tme"),
    ],
)
def test_the_form_of_the_file(side: Any, where: str | None) -> None:
    if where is None:  # an empty list is a part left empty
        assert read_side(side) == Side()
        return
    found = faults(lambda: read_side(side))
    assert where in {fault.where for fault in found if fault.code == "uncertainty_form"}


def test_every_distribution_can_be_written() -> None:
    table = {name: ["1", "1", "1", "1", "4"] for name in ("reliability", "completeness", "time", "geography")}
    side = {
        "rows": {
            "a": {"distribution": "triangular", "low": "0.9", "high": "1.2"},
            "b": {"distribution": "triangular", "low": "0.9", "mode": "1.1", "high": "1.2", "source": "us"},
            "c": {"distribution": "lognormal", "pedigree": ["5", "1", "1", "1", "1"], "basic": "1"},
        },
        "pedigree_table": {**table, "technology": ["1"] * 5},
    }
    read = read_side(side)
    assert read.own_table
    low, high = Exact("0.9"), Exact("1.2")
    a, b, c = (read.rows[name].distribution for name in "abc")
    assert (a.low, a.mode, a.high) == (low, Exact(1), high)  # type: ignore[union-attr]
    assert b.mode == Exact("1.1")  # type: ignore[union-attr]
    assert float(c.gsd) == pytest.approx(2, rel=1e-12)  # type: ignore[union-attr]
    assert stated({"distribution": "fixed"}, "").distribution is None


def test_a_band_is_refused() -> None:
    steel = read_file(EXAMPLES / "steel_works_2024.yaml")
    found = faults(lambda: uncertainty(steel, {}, Asked(draft=True), Wanted(), releases=release))
    assert codes(found) == {"uncertainty_band"}
    both = faults(lambda: uncertainty(steel, {"more": {}}, Asked(), Wanted(draws=1), releases=release))
    assert codes(both) == {"factor_gap", "uncertainty_form", "uncertainty_draws"}


def test_a_factor_named_twice_is_a_fault(meter: Data) -> None:
    found = faults(lambda: of(meter, {"factors": {GRID: GSD, "cn.cfp.national_avg@2024": GSD}}))
    assert codes(found) == {"uncertainty_twice"}


def test_a_jump_is_no_slope() -> None:
    """The warranty of the example stands at its threshold: one side gives another functional unit."""
    battery = read_file(EXAMPLES / "li_ion_battery_lfp_2024.yaml")
    side = {"rows": {"warranty/capacity_kept": {"distribution": "normal", "sd_percent": "1"}}}
    found = faults(lambda: uncertainty(battery, side, Asked(), Wanted(), releases=release))
    assert codes(found) == {"uncertainty_jump"}
    listed = uncertainty(battery, {}, Asked(), Wanted(), releases=release).fixed
    assert {part.quantity.name: part.quantity.reason for part in listed}["warranty/capacity_kept"] == "jump"


def roofed() -> Data:
    """400 kWh of an own roof at the edge of its own use, 600 kWh of the grid: 20.8 and 346.62 kg."""
    proof = dict.fromkeys(("generator_meter", "load_meter", "export_meter", "attribute_ledger"), "X")
    roof = {"type": "onsite", "technology": "pv", "generation": "700", "export": "300", "evidence": proof}
    return one_meter({"id": "pv", "amount": "400", "supply": roof}, {"id": "grid", "amount": "600"})


def test_a_row_at_an_edge_moves_one_way_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    plug(monkeypatch, "tests.plugins.one_meter")
    parts = {part.quantity.name: part for part in of(roofed(), {}).fixed}
    assert parts["pv"].quantity.approximated and not parts["grid"].quantity.approximated
    assert parts["pv"].elasticity == pytest.approx(20.8 / 367.42, rel=1e-12)


def test_a_row_that_the_rule_ties_to_another_is_refused_or_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that refuses the roof's row at any other amount: a fault where named, else listed without a share."""
    plug(monkeypatch, "tests.plugins.one_meter")
    whole = uncertainty_model.rebuilt

    def refusing(derived: Derived, data: ActivityData) -> ResolvedInventory:
        if any(row.id == "pv" and row.amount != Exact(400) for row in data.given.rows):
            raise Refused([Fault("ELEC_BALANCE", "/rows/pv")])
        return whole(derived, data)

    monkeypatch.setattr(uncertainty_model, "rebuilt", refusing)
    (fault,) = faults(lambda: of(roofed(), {"rows": {"pv": GSD}}))
    assert (fault.code, fault.found) == ("uncertainty_tied", "ELEC_BALANCE")
    listed = of(roofed(), {"default": {"rows": GSD}})
    assert {part.quantity.name: part.quantity.reason for part in listed.fixed}["pv"] == "tied"
    told_as = {part["name"]: part["elasticity"] for part in as_json(listed)["fixed"]}
    assert told_as["pv"] is None


def test_products_of_other_units_are_not_compared(meter: Data) -> None:
    cement = read_yaml(CEMENT.read_text("utf-8"))
    found = faults(lambda: of(cement, {}, other=meter, against="P"))
    assert "uncertainty_units_differ" in codes(found)


SIDE = """
rows: {coal: {distribution: normal, sd_percent: 2}, coal/ncv: {distribution: triangular, low: 0.97, high: 1.03}}
factors: {cn.cfp.national_avg.2024: {distribution: lognormal, gsd: 1.1}}
default: {factors: {pedigree: [1, 2, 1, 1, 2], basic: 1.05}}
"""


@pytest.fixture
def side_file(tmp_path: Path) -> Path:
    path = tmp_path / "u.yaml"
    path.write_text(SIDE, encoding="utf-8")
    return path


def told(*words: str) -> str:
    done = CliRunner().invoke(app, ["uncertainty", *words])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


WORDS = {
    "en": (
        "An annex of this run, no part of any statement|1024 draws, seed 1|median (half of|mean (arith|screening only|"
        "not the same as certain|unknown uncertainty|is higher more often|recalled|other outcome has at most"
    ),
    "zh": (
        "不属于任何核算声明|抽样 1024 次，种子 1|中位数|均值|仅供筛查|不等于确定|不确定度未知|"
        "较可能更高|相反结果的概率不超过"
    ),
}


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_the_command(lang: str, side_file: Path) -> None:
    shown = told(str(CEMENT), "--uncertainty", str(side_file), "--against", "P.S.A-32.5", "--lang", lang)
    assert [word for word in WORDS[lang].split("|") if word not in shown] == []


def test_the_command_with_a_second_file(side_file: Path) -> None:
    shown = told(str(CEMENT), "--uncertainty", str(side_file), "--against", str(CEMENT), "--lang", "en")
    assert "1024 ties" in shown and "not decided" in shown


def test_json_has_its_schema_and_three_digits(side_file: Path) -> None:
    made = json.loads(told(str(CEMENT), "--uncertainty", str(side_file), "--format", "json", "--against", "P.S.A-32.5"))
    jsonschema.validate(made, schema())
    assert made["total_of_record"] == "735.893"
    assert made["result"]["median"]["value"] == "736"
    assert made["first_order"]["label"].startswith("screening")
    assert made["comparison"]["verdict"] == "higher"
    assert len(made["varied"]) + len(made["fixed"]) > 30
    alone = json.loads(told(str(CEMENT), "--uncertainty", str(side_file), "--format", "json"))
    jsonschema.validate(alone, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(alone | {"digits": 6}, schema())


def test_the_file_shown_in_the_docs_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "uncertainty.md").read_text("utf-8")
    shown = tmp_path / "shown.yaml"
    shown.write_text(page.partition("```yaml")[2].partition("```")[0], encoding="utf-8")
    made = json.loads(told(str(CEMENT), "--uncertainty", str(shown), "--format", "json"))
    origins = {part["name"]: part["origin"] for part in made["varied"]}
    assert origins["coal"] == origins["coal/ncv"] == origins[GRID] == "file"
    assert origins["cets2024.bituminous"] == "default"
    assert "gbt51366-e-004" in {part["name"] for part in made["fixed"] if part["reason"] == "stated"}


def test_the_docs_hold_the_schema_that_the_code_makes() -> None:
    made = json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(made)
    assert json.loads((ROOT / "docs" / "schemas" / "uncertainty.json").read_text("utf-8")) == made


def test_a_refusal_is_json_too(side_file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("rows: {cole: {distribution: normal, sd_percent: 2}}", encoding="utf-8")
    done = CliRunner().invoke(app, ["uncertainty", str(CEMENT), "--uncertainty", str(bad), "--format", "json"])
    assert done.exit_code == 1
    assert json.loads(done.output)["ok"] is False


def test_an_annex_is_kept_with_its_record_and_moves_nothing(tmp_path: Path, side_file: Path) -> None:
    """Without a record it is refused; with one it is a run of that record, whose bytes stay what they were."""
    from service.desk import open_desk

    store = str(tmp_path / "pcf.db")
    words = ["uncertainty", str(CEMENT), "--uncertainty", str(side_file), "--draws", "100", "--store", store]
    refused = CliRunner().invoke(app, [*words, "--keep", "--lang", "en"])
    assert refused.exit_code == 1 and "uncertainty_no_record" in refused.output
    assert CliRunner().invoke(app, ["calculate", str(CEMENT), "--store", store]).exit_code == 0
    with open_desk(store) as desk:
        before = {name: desk.records.get(name) for name in desk.records.all_names()}
    done = CliRunner().invoke(app, [*words, "--keep", "--format", "json"])
    assert done.exit_code == 0, done.output
    with open_desk(store) as desk:
        assert {name: desk.records.get(name) for name in desk.records.all_names()} == before
        kept = {
            record["sections"]["derivation/identity"]["product"]: run
            for name, record in before.items()
            for run in desk.records.runs(name)
            if run["kind"] == "uncertainty"
        }
    annex = json.loads(done.stdout)
    assert list(kept) == [annex["product"]] and kept[annex["product"]]["annex"] == annex
    assert kept[annex["product"]]["stated"]  # what was stated is there, so that it can be drawn again
