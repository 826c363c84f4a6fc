"""Every regime: its file, its electricity vectors (docs/worked/electricity.md), what it refuses and why."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from factordb.kinds import is_kind
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.gases import SETS
from lca.messages import catalogue
from pcr.intake import read_activity
from pcr.regime import Regime, load_regime, regime_folders, regime_settings
from pcr.registry import find_rule, installed_rules
from tests.pcr._help import GB, Data, codes, faults, one_meter, quarter, run, shown
from tests.pcr.test_electricity_vectors import LINE, ROOF, A, B, C, D, E, F, G, H, I, certificates, grid, same, without

pytestmark = pytest.mark.usefixtures("meter_rule")
ROOT = Path(__file__).resolve().parents[2]
IDS = {
    "gbt24067", "iso14067", "eu_battery_cfb/draft-2024-04", "eu_battery_cfb/jrc-2023", "eu_battery_ind/jrc-2025",
    "eu_battery_lmt", "cn_miit_551", "cn_cnca_label", "cbam/definitive", "cbam/transitional", "corporate_cn",
}  # fmt: skip
SITE, JRC, CNCA, MIIT = "corporate_cn", "eu_battery_cfb/jrc-2023", "cn_cnca_label", "cn_miit_551"
NUMBERED = r"pfc\.(slope|f|default|overvoltage|overvoltage_f)_(cf4|c2f6)(\.[A-Z_]+)?|battery\.capacity_above"
"""Parameters of a regime that are numbers above zero."""
WORDED = {
    "battery.unit": {"kWh delivered", "kWh capacity"},
    "battery.total_energy": {"ev", "tested", "declared", "on_demand"},
    "battery.covers": {"consumer", "small_motive", "large_motive", "storage"},
}
"""Parameters of a regime that are words, and every word they may be."""
EVERY = [load_regime(name) for name in sorted(regime_folders())]


def test_all_ids_of_the_table() -> None:
    assert set(regime_folders()) >= IDS


@pytest.mark.parametrize("regime", EVERY, ids=lambda item: item.id)
def test_every_regime_loads_and_says_what_it_is(regime: Regime) -> None:
    assert regime.label["en"] and regime.label["zh"] and regime.boundary["en"] and regime.boundary["zh"]
    assert regime.basis and regime.unconfirmed and regime.gwp_set in SETS
    assert all(is_kind(kind) for kind in regime.electricity.kinds)
    assert regime.ratio("CO2/C") == (Exact.parse("3.664") if regime.id.startswith("cbam/") else Exact(44, 12))
    if regime.method == "none":
        assert not regime.electricity.rows and not regime.required_outputs
    else:
        assert [row.row for row in regime.electricity.rows if row.takes == "grid"]
        assert all(code in catalogue() for code in (*regime.electricity.notices, *regime.electricity.outside_codes))
    for name, value in regime.parameters.items():
        if name in WORDED:
            assert set(value.split(", ")) <= WORDED[name], f"{name}: {value}"
        elif name != "pfc.source":
            assert re.fullmatch(NUMBERED, name), name
            assert Exact.parse(value) > 0
    assert all(name.split(".")[0] for name in regime.settings) and set(regime.settings) <= regime_settings()


def test_every_id_stands_in_the_tables_of_the_docs() -> None:
    for page in ("docs/regimes.md", "docs/conventions.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert [name for name in regime_folders() if f"`{name}`" not in text] == [], page


def test_no_technical_report_or_account_is_a_default() -> None:
    for item in installed_rules():
        if item.package.startswith("pcr."):
            assert load_regime(item.rule.regimes[0]).may_be_default, item.rule.ref
            assert set(item.rule.regimes) <= set(regime_folders()), item.rule.ref
    assert not load_regime(JRC).may_be_default and not load_regime(SITE).may_be_default


def test_coefficients_of_anode_effects_differ_by_regime() -> None:
    cbam, ipcc, site = (load_regime(name).parameters for name in ("cbam/definitive", GB, SITE))
    assert (cbam["pfc.slope_cf4.SWPB"], ipcc["pfc.slope_cf4.SWPB"]) == ("0.233", "0.272")
    assert cbam["pfc.overvoltage_cf4.SWPB"] == "3.65" and cbam["pfc.overvoltage_f_c2f6.SWPB"] == "0.252"
    assert "pfc.overvoltage_cf4.CWPB" not in ipcc  # the sources of that row disagree
    assert (site["pfc.default_cf4"], site["pfc.default_c2f6"]) == ("0.02", "0.0011")
    assert "pfc.slope_cf4.CWPB" not in site and "pfc.slope_cf4.PFPB_MW" not in cbam


def test_oxides_and_carbon_of_cbam() -> None:
    for name in ("cbam/definitive", "cbam/transitional"):
        regime = load_regime(name)
        assert (regime.ratio("CO2/CaO").text(), regime.ratio("CO2/MgO").text()) == ("0.785", "1.092")
    assert load_regime(GB).ratio("CO2/CaO") == Exact(44, 56)


VECTORS = [
    ("A", A, SITE, "530.60"), ("B", B, SITE, "318.36"), ("C", C, SITE, "318.36"), ("D", D, SITE, "530.60"),
    ("E", E, SITE, "318.36"), ("F", F, SITE, "530.60"), ("G", G, SITE, "530.60"), ("H", H, SITE, "318.36"),
    ("A", A, "iso14067", "577.70"), ("B", B, "iso14067", "367.42"), ("D", D, "iso14067", "65.10"),
    ("A", A, CNCA, "577.70"), ("B", B, CNCA, "367.42"), ("D", D, CNCA, "577.70"), ("F", F, CNCA, "577.70"),
    ("A", A, MIIT, "577.70"), ("B", B, MIIT, "367.42"), ("D", D, MIIT, "577.70"),
    ("A", A, JRC, "577.70"), ("B", B, JRC, "367.42"), ("D", D, JRC, "65.10"),
    ("A", A, "eu_battery_ind/jrc-2025", "577.70"), ("D", D, "eu_battery_ind/jrc-2025", "577.70"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "regime", "kg"), VECTORS, ids=[f"{v[0]}-{v[2]}" for v in VECTORS])
def test_golden_vector(name: str, data: Data, regime: str, kg: str) -> None:
    assert same(shown(run(data, regime=regime))["total"], kg)


def test_the_site_account_is_no_footprint_and_flags_what_was_sold() -> None:
    derived = run(C, regime=SITE)
    result = shown(derived)
    assert "not_a_footprint" in {item["code"] for item in result["notices"]}
    (pv,) = [item for item in result["electricity"] if item["row"] == "pv"]
    assert pv["codes"] == ["ELEC_ATTRIBUTE_SOLD", "ELEC_ZERO_NONFOSSIL"] and pv["co2e"] == "0"
    from service.records.statement import identity

    assert (
        identity(derived, "P")["kind"] == "site_account"
        and identity(run(C, regime=GB, strict=False), "P")["kind"] == "pcf"
    )


def test_the_site_account_deducts_no_certificate_and_takes_only_its_national_factor() -> None:
    (row,) = shown(run(D, regime=SITE))["electricity"]
    assert row["codes"] == ["ELEC_INSTRUMENT_NOT_ACCEPTED"] and row["table_row"] == "4"
    assert codes(faults(lambda: run(I, regime=SITE))) == {"ELEC_SUBNATIONAL_NOT_ALLOWED"}


def test_the_site_account_takes_no_zero_for_fossil_power() -> None:
    coal = LINE | {"technology": "coal"}
    assert same(shown(run(one_meter({"id": "x", "amount": "400", "supply": coal}), regime=SITE))["total"], "212.24")
    typed = coal | {"declared_factor": "0"}
    found = faults(lambda: run(one_meter({"id": "x", "amount": "400", "supply": typed}), regime=SITE))
    assert codes(found) == {"ELEC_FACTOR_TYPED"}


def test_the_site_account_of_a_cement_works_by_hand() -> None:
    """Quarter of docs/worked/cement.md: fuels, calcination and 100 MWh at 0.5306, per 1050 t; nothing upstream."""
    derived = run(quarter(), regime=SITE)
    result = shown(derived)
    kept = {part["source"].partition("#")[2].partition(";")[0] or part["source"] for part in result["contributions"]}
    assert kept == {"fuel_combustion", "CO2|fossil", "cn.co2.national_avg@2024"}
    power = sum(Exact.from_published(item["co2e"]) for item in result["electricity"])
    assert abs(power * 1050 - Exact(53060)) < Exact(1, 1000)


def test_the_label_looks_at_certificates_only_when_told() -> None:
    result = shown(run(D, regime=CNCA))
    (row,) = result["electricity"]
    assert row["codes"] == ["ELEC_INSTRUMENT_NOT_ACCEPTED", "ELEC_RULE_UNCONFIRMED"]
    assert result["settings"]["cnca.accept_gec"] == "false"
    told = shown(run(D | {"settings": {"cnca.accept_gec": "true"}}, regime=CNCA))
    assert same(told["total"], "65.10") and told["electricity"][0]["table_row"] == "3"
    wrong = D | {"settings": {"cnca.accept_gec": "perhaps"}}
    assert codes(faults(lambda: run(wrong, regime=CNCA))) == {"setting_choice"}
    assert same(shown(run(D | {"settings": {"cnca.accept_gec": "true"}}, regime=MIIT))["total"], "577.70")


def test_the_older_jrc_rules_have_the_longer_hierarchy() -> None:
    rows = [(row.row, row.takes) for row in load_regime(JRC).electricity.rows]
    assert [takes for _, takes in rows] == ["onsite", "direct_line", "claim", "residual", "grid"]
    (row,) = shown(run(A, regime=JRC))["electricity"]
    assert (row["table_row"], row["codes"]) == ("4", ["ELEC_RESIDUAL_MISSING"])
    open_ = one_meter(grid(supply=certificates("1", criteria={})))
    assert "ELEC_CRIT_UNIQUE" in codes(faults(lambda: run(open_, regime=JRC)))


def test_a_published_residual_mix_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import service.calculate

    real = load_regime(JRC)
    policy = real.electricity.model_copy(update={"residual": {"CN": "cn.cfp.national_avg"}})
    other = real.model_copy(update={"electricity": policy})
    monkeypatch.setattr(service.calculate, "load_regime", lambda name: other)
    (row,) = shown(run(A, regime=JRC))["electricity"]
    assert (row["table_row"], row["codes"]) == ("3", [])


def test_light_means_of_transport_have_no_method() -> None:
    (fault,) = faults(lambda: run(A, regime="eu_battery_lmt"))
    assert fault.code == "regime_has_no_method"


@pytest.mark.parametrize("name", ["cbam/definitive", "cbam/transitional"])
def test_cbam_calculates_no_footprint(name: str) -> None:
    assert codes(faults(lambda: run(A, regime=name))) == {"regime_no_accounting"}


@pytest.mark.parametrize(
    ("regime", "cn", "indirect"),
    [
        ("cbam/definitive", "2523 29 00", "counted"), ("cbam/definitive", "7208 10 00", "information"),
        ("cbam/definitive", "7601", "information"), ("cbam/definitive", "2601 12 00", "counted"),
        ("cbam/definitive", "2804 10 00", "information"), ("cbam/definitive", "7204 10 00", "not_in_scope"),
        ("cbam/transitional", "7601", "counted"), ("cbam/definitive", "8507", ""), ("cbam/definitive", "", ""),
    ],
)  # fmt: skip
def test_cbam_scope_is_by_code(regime: str, cn: str, indirect: str) -> None:
    row = load_regime(regime).scope_of(cn)
    assert (row.indirect if row is not None else "") == indirect


def built(data: Data, regime: str, *, strict: bool = False) -> dict[str, Any]:
    """The electricity table of a regime without an accounting: row id to its entry."""
    installed = find_rule("one_meter", "")
    inventory = installed.build(read_activity(copy.deepcopy(data), installed.rule, load_regime(regime), strict=strict))
    return {item.row: item for item in inventory.electricity}


def wrong(data: Data, regime: str) -> set[str]:
    with pytest.raises(Refused) as refused:
        built(data, regime, strict=True)
    found: tuple[Fault, ...] = refused.value.faults
    return codes(found)


HOURLY = LINE | {"interval": "hour"}
PPA_PROOF = {"ppa_with_producer": "K", "physical_delivery": "P"}
PPA = certificates("1") | {"claim": "ppa", "interval": "hour", "evidence": PPA_PROOF}


def test_cbam_direct_link_is_the_plants_own_factor() -> None:
    """Vector B: 600 g, PV 0; from 2026 only where production and use are matched per hour."""
    line = {"id": "pv", "amount": "400", "supply": LINE}
    rows = built(one_meter(line, grid("600")), "cbam/transitional", strict=True)
    assert (rows["pv"].table_row, rows["pv"].factor, rows["pv"].codes) == ("SOE01", "", ("ELEC_ZERO_NONFOSSIL",))
    assert (rows["grid"].table_row, rows["grid"].factor) == ("SOE03", "")
    assert wrong(one_meter(line), "cbam/definitive") == {"ELEC_TEMPORAL_EVIDENCE"}
    hourly = built(one_meter({"id": "pv", "amount": "400", "supply": HOURLY}), "cbam/definitive", strict=True)
    assert hourly["pv"].table_row == "SOE01"
    assert wrong(one_meter(line | {"supply": without(LINE, "load_meter")}), "cbam/transitional") == {
        "ELEC_DIRECT_EVIDENCE"
    }


def test_cbam_own_generation_needs_no_hours() -> None:
    rows = built(one_meter({"id": "pv", "amount": "400", "supply": ROOF}), "cbam/definitive", strict=True)
    assert rows["pv"].table_row == "SOE01"


def test_cbam_takes_a_purchase_agreement_with_the_producer_and_no_certificate() -> None:
    assert built(one_meter(grid(supply=PPA)), "cbam/definitive", strict=True)["grid"].table_row == "SOE02"
    assert wrong(one_meter(grid(supply=PPA | {"interval": "year"})), "cbam/definitive") == {"ELEC_TEMPORAL_EVIDENCE"}
    assert wrong(one_meter(grid(supply=PPA | {"evidence": {}})), "cbam/definitive") == {"ELEC_PPA_NOT_DIRECT"}
    assert wrong(one_meter(grid(supply=PPA | {"evidence": {}})), "cbam/transitional") == {"ELEC_PPA_NOT_DIRECT"}
    (row,) = built(D, "cbam/definitive", strict=True).values()
    assert (row.table_row, row.codes) == ("SOE03", ("ELEC_INSTRUMENT_NOT_ACCEPTED",))


def test_cbam_takes_other_public_grid_factors_only_in_the_transitional_period() -> None:
    own = one_meter(grid(factor="cn.co2.national_avg.2023"))
    assert wrong(own, "cbam/definitive") == {"ELEC_SOURCE_NOT_ALLOWED"}
    assert built(own, "cbam/transitional", strict=True)["grid"].factor == "cn.co2.national_avg.2023"


@pytest.mark.parametrize("code", ["ELEC_PPA_NOT_DIRECT", "ELEC_SOURCE_NOT_ALLOWED", "ELEC_ZERO_NONFOSSIL"])
def test_codes_of_this_page_have_their_sentences(code: str) -> None:
    assert catalogue()[code]["what"]["en"] and catalogue()[code]["what"]["zh"]


def test_power_alone_is_kept_where_the_accounting_is_elsewhere() -> None:
    installed = find_rule("cement", "")
    inventory = installed.build(read_activity(quarter(), installed.rule, load_regime("cbam/definitive")))
    bought = {line.row for line in inventory.lines if line.kind != "own"}
    assert bought == {"kiln_power", "mill_power"}
