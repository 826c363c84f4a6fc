"""``pcf compare``: one works under several regimes.

The small case, by hand, for 1 piece (1000 kWh): 400 kWh from a wind line of its own (no loss, attributes kept), 300 kWh
of grid power with 0.3 MWh of wind certificates that meet all criteria, 300 kWh of grid power without any. Factors of
2024, life cycle: wind 0.0324, T&D 0.0327, average 0.5777; CO2 of the grid, latest published (2023): 0.5306.

=============== ======================= ============================ ===================== ========
regime          direct 400              certificate 300              grid 300              total
=============== ======================= ============================ ===================== ========
gbt24067        400 x 0.0324 = 12.96    300 x 0.0651 = 19.53         300 x 0.5777 = 173.31 205.80
eu draft        12.96                   300 x 0.5777 = 173.31        173.31                359.58
                                        (would be worth 19.53)
corporate_cn    0                       300 x 0.5306 = 159.18        159.18                318.36
                                        (would be worth 19.53)
cbam            0                       no value loaded              no value loaded       none
=============== ======================= ============================ ===================== ========

Waterfall gbt24067 to eu draft: electricity +153.78, all of it the certificate. To corporate_cn: electricity +112.56 =
-12.96 (direct) + 139.65 (certificate) - 14.13 (grid).
"""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lca.exact import ZERO, Exact
from lca.faults import Refused
from service.compare import Comparison, compare
from service.intake import Sent
from service.text.compare import print_comparison
from tests.pcr._help import plug, release
from tests.service import _cases

PROOF = {
    "line_route": "L", "supply_contract": "C", "single_line_diagram": "S", "generator_meter": "G",
    "load_meter": "M", "export_meter": "X", "attribute_ledger": "A",
}  # fmt: skip
GEC = {
    "id": "GEC-1", "mwh": "0.3", "plant": "W", "market": "CN",
    "generated_from": "2024-01-01", "generated_to": "2024-12-31",
    "criteria": {"attributes": "E1", "unique": "E2", "retired": "E3", "period": "E4", "market": "E5"},
}  # fmt: skip
LINE = {
    "type": "direct_line", "topology": "grid_parallel", "technology": "wind", "generation": "400", "export": "0",
    "line_loss": "0", "evidence": PROOF,
}  # fmt: skip
CASE: dict[str, Any] = {
    "rule": "one_meter",
    "works": {"name": "Works", "country": "CN"},
    "period": {"start": "2024-01-01", "end": "2024-12-31"},
    "products": [{"id": "P", "name": "Product"}],
    "rows": [
        {"id": "made", "input": "made", "amount": "1", "unit": "piece", "product": "P"},
        {"id": "line", "input": "power", "amount": "400", "unit": "kWh", "supply": LINE},
        {
            "id": "green", "input": "power", "amount": "300", "unit": "kWh",
            "supply": {"type": "grid", "technology": "wind", "claim": "gec_unbundled", "instruments": [GEC]},
        },
        {"id": "rest", "input": "power", "amount": "300", "unit": "kWh", "supply": {"type": "grid"}},
    ],
}  # fmt: skip
REGIMES = ["gbt24067", "eu_battery_cfb/draft-2024-04", "corporate_cn", "cbam/definitive", "eu_battery_lmt"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    plug(monkeypatch, "tests.plugins.one_meter")
    return copy.deepcopy(CASE)


def compared(data: Any, regimes: list[str], **more: Any) -> Comparison:
    return compare(Sent(data, b"", "application/yaml", "test"), regimes, releases=release, **more)


def shown(found: Comparison, language: Any = "en") -> str:
    out = io.StringIO()
    print_comparison(Console(file=out, width=120, highlight=False, markup=False), found, language)
    return out.getvalue()


def number(text: str) -> Exact:
    return Exact.parse(text)


def test_totals_by_hand(small: dict[str, Any]) -> None:
    found = compared(small, REGIMES)
    totals = {c.regime: c.totals["P"].point if c.totals else None for c in found.columns}
    assert totals == {
        "gbt24067": number("205.80"),
        "eu_battery_cfb/draft-2024-04": number("359.58"),
        "corporate_cn": number("318.36"),
        "cbam/definitive": None,
        "eu_battery_lmt": None,
    }


def test_each_row_says_how_it_was_treated(small: dict[str, Any]) -> None:
    found = compared(small, REGIMES)
    seen = {(c.regime, item.row): item for c in found.columns for item in c.power}
    treatment = {key: item.treatment for key, item in seen.items()}
    assert treatment["gbt24067", "line"] == treatment["gbt24067", "green"] == "accepted"
    assert treatment["gbt24067", "rest"] == "average"
    for regime in REGIMES[1:4]:
        outside = seen[regime, "green"]
        assert outside.treatment == "outside" and outside.worth == number("19.53")
        assert "ELEC_INSTRUMENT_NOT_ACCEPTED" in outside.codes
    assert seen["corporate_cn", "line"].co2e.point == ZERO
    assert seen["corporate_cn", "line"].codes == ("ELEC_ZERO_NONFOSSIL",)
    # 2026 rules match per hour: monthly meters do not show it, so the line is refused there, and nothing has a value
    cbam = seen["cbam/definitive", "line"]
    assert cbam.treatment == "refused"
    assert set(cbam.codes) == {"ELEC_TEMPORAL_EVIDENCE", "ELEC_FACTOR_NOT_LOADED"}


def test_the_waterfall_names_cause_and_row_and_leaves_nothing(small: dict[str, Any]) -> None:
    found = {c.regime: c.waterfall for c in compared(small, REGIMES).columns}
    draft, site = found["eu_battery_cfb/draft-2024-04"], found["corporate_cn"]
    assert draft is not None and site is not None
    (step,) = draft.steps
    assert (step.causes, step.change, dict(step.rows)) == (
        ("electricity",), number("153.78"), {"green": number("153.78")},
    )  # fmt: skip
    assert draft.rest == ZERO and draft.start + step.change == draft.end
    (step,) = site.steps
    assert dict(step.rows) == {"green": number("139.65"), "rest": number("-14.13"), "line": number("-12.96")}
    assert step.change == number("112.56") and site.rest == ZERO
    assert found["cbam/definitive"] is None


@pytest.mark.parametrize("first", ["gbt24067", "corporate_cn"])
def test_steps_sum_exactly_to_the_difference(first: str) -> None:
    """Also for a works with fuels, calcination and upstream, and from a site account up to a footprint."""
    found = compared(_cases.example(), [first, "gbt24067", "iso14067", "cn_cnca_label", "corporate_cn"])
    for column in found.columns:
        fall = column.waterfall
        assert fall is not None
        assert fall.rest == ZERO
        assert sum((step.change for step in fall.steps), fall.start) == fall.end
        assert fall.end == column.totals[found.product].point
        for step in fall.steps:
            assert sum(step.rows.values(), ZERO) == step.change
    both = {c.regime: c.totals[found.product].point for c in found.columns}
    assert both["gbt24067"] != both["corporate_cn"]


def test_gwp_set_and_molar_constants_are_causes_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A regime with another GWP set and CBAM's constants: three causes, each with its own amount."""
    import pcr.regime
    import service.calculate

    real = pcr.regime.load_regime
    other = real("gbt24067").model_copy(
        update={"id": "iso14067", "gwp_set": "AR5", "molar": real("cbam/definitive").molar, "biogenic_co2": "zero"}
    )
    monkeypatch.setattr(service.calculate, "load_regime", lambda name: other if name == "iso14067" else real(name))
    fall = compared(_cases.example(), ["gbt24067", "iso14067"]).columns[1].waterfall
    assert fall is not None and fall.rest == ZERO
    causes = {step.causes: step.change for step in fall.steps}
    assert {("molar",), ("gwp",)} <= set(causes)
    assert causes["molar",] < 0
    assert sum(causes.values(), fall.start) == fall.end


def test_a_refused_claim_stands_in_its_column(small: dict[str, Any]) -> None:
    small["rows"][1]["supply"]["attributes_sold"] = "true"
    found = {c.regime: c for c in compared(small, REGIMES).columns}
    line = next(item for item in found["gbt24067"].power if item.row == "line")
    assert line.treatment == "refused" and line.codes == ("ELEC_ATTRIBUTE_SOLD",)
    assert found["gbt24067"].totals["P"].point == number("423.92")  # 700 x 0.5777 + 19.53
    site = next(item for item in found["corporate_cn"].power if item.row == "line")
    assert site.treatment == "accepted" and "ELEC_ATTRIBUTE_SOLD" in site.codes


def test_faults_of_one_regime_never_stop_the_others(small: dict[str, Any]) -> None:
    small["rows"][3]["factor"] = "cn.co2.province.yn.2023"
    found = {c.regime: c for c in compared(small, [*REGIMES, "nonsense"]).columns}
    assert {fault.code for fault in found["gbt24067"].faults} == {"ELEC_FACTOR_KIND_MISMATCH"}
    assert found["eu_battery_cfb/draft-2024-04"].totals["P"].point == number("359.58")
    assert [fault.code for fault in found["eu_battery_lmt"].faults] == ["regime_has_no_method"]
    assert [fault.code for fault in found["nonsense"].faults] == ["regime_unknown"]
    assert "ELEC_FACTOR_KIND_MISMATCH" in shown(compared(small, REGIMES))


def test_where_no_regime_answers_the_faults_are_said() -> None:
    with pytest.raises(Refused) as refused:
        compared(_cases.example(), ["eu_battery_lmt", "nonsense"])
    assert {fault.code for fault in refused.value.faults} == {"regime_has_no_method", "regime_unknown"}


def test_scope_of_a_cbam_good_by_its_code(small: dict[str, Any]) -> None:
    for code, wanted in (("2523 29 00", "counted"), ("7601 10 00", "information"), ("", "unknown")):
        data = small | ({"about": {"cn_code": code}} if code else {})
        (column,) = compared(data, ["cbam/definitive"]).columns
        assert column.scope["indirect"] == wanted and column.totals == {} and column.waterfall is None


def test_a_draft_is_compared_at_its_low_ends() -> None:
    data = _cases.example(_cases.BOM)
    found = compared(data, ["eu_battery_cfb/draft-2024-04", "gbt24067"], draft=True)
    assert all(column.totals[found.product].high is None for column in found.columns)
    assert "low ends" in shown(found) or found.columns[1].waterfall is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_screen(small: dict[str, Any], language: str) -> None:
    for found in (
        compared(small, REGIMES),
        compared(_cases.example(), ["gbt24067", "cn_cnca_label", "cbam/definitive", "corporate_cn"]),
        compared(_cases.example(), ["gbt24067", "iso14067", "cn_cnca_label", "cbam/definitive", "cbam/transitional",
                                    "corporate_cn"]),
    ):  # fmt: skip
        lines = shown(found, language).rstrip("\n").split("\n")
        assert len(lines) <= 45
        from rich.cells import cell_len

        assert max(cell_len(line) for line in lines) <= 120


def test_the_verb(tmp_path: Path) -> None:
    done = _cases.pcf("compare", str(_cases.CEMENT), "--regimes", "gbt24067, corporate_cn", "--format", "json",
                      cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [item["regime"] for item in said["regimes"]] == ["gbt24067", "corporate_cn"]
    assert said["sealed"] is False and not list(tmp_path.iterdir())
    fall = said["regimes"][1]["waterfall"]
    assert fall["rest"] == "0"
    steps = sum((Exact.from_record(step["change"]) for step in fall["steps"]), Exact.from_record(fall["start"]))
    assert steps == Exact.from_record(fall["end"])
    text = _cases.pcf("compare", str(_cases.CEMENT), cwd=tmp_path)
    assert text.returncode == 0 and "cn_cnca_label" in text.stdout and len(text.stdout.splitlines()) <= 45
    assert _cases.pcf("compare", str(_cases.CEMENT), "--regimes", "nonsense", cwd=tmp_path).returncode == 1
