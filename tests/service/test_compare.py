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

Long because the terminal, JSON and the refusals are all held against this one table.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
from collections.abc import Iterator
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from lca.doors import read_yaml
from lca.exact import ZERO, Exact
from lca.faults import Refused
from service.compare import Comparison, compare
from service.intake import Sent, read_file
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
ROOT = Path(__file__).resolve().parents[2]
ALUMINIUM = ROOT / "examples" / "aluminium_works_2024.yaml"
FIVE = ["gbt24067", "iso14067", "cn_cnca_label", "cbam/definitive", "corporate_cn"]
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


# -- the aluminium example, against docs/worked/compare_aluminium.md ---------------------------------------------------


@cache
def by_hand() -> dict[str, Any]:
    """What the page works out: ``cells``, ``totals``, ``falls``, in fractions."""
    names: dict[str, Any] = {}
    page = (ROOT / "docs" / "worked" / "compare_aluminium.md").read_text("utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        for code in re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
            exec(compile(code, "compare_aluminium", "exec"), names)
    return names


@cache
def the_smelter() -> dict[str, Any]:
    done = _cases.pcf("compare", str(ALUMINIUM), "--regimes", ",".join(FIVE), "--format", "json", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return {column["regime"]: column for column in json.loads(done.stdout)["regimes"]}


def test_every_row_of_electricity_is_as_by_hand() -> None:
    found = {}
    for regime, column in the_smelter().items():
        for item in column["electricity"]:
            exact = [item[key] for key in ("kwh", "co2e", "average", "worth", "own_plant", "saving")]
            known = [None if value is None or isinstance(value, dict) else F(value) for value in exact]
            found[regime, item["row"]] = (item["treatment"], *known)
            if isinstance(item["co2e"], dict):
                assert item["co2e"] == {"low": "0", "high": None}
    assert found == by_hand()["cells"]
    assert len(found) == 25


def test_every_row_says_which_line_of_the_table_and_why() -> None:
    """Row of the regime's table, factor and codes, as section 2 of the page has them."""
    seen = {
        (regime, item["row"]): (*item["table_rows"], *item["factor_values"], *item["codes"])
        for regime, column in the_smelter().items()
        for item in column["electricity"]
    }
    once, outside, unloaded = "ELEC_CAPTIVE_ONCE", "ELEC_INSTRUMENT_NOT_ACCEPTED", "ELEC_FACTOR_NOT_LOADED"
    zero, residual = "ELEC_ZERO_NONFOSSIL", "ELEC_RESIDUAL_MISSING"
    wanted = {
        "potline-wind": [
            ("2", "0.0324/0.98"), ("2", "0.0324/0.98"), ("1", "0.0324/0.98"), ("SOE01", "0", zero), ("1", "0", zero),
        ],
        "potline-certificates": [
            ("3", "0.0141+0.0327"), ("3", "0.0141+0.0327"), ("2", "0.5777", outside, "ELEC_RULE_UNCONFIRMED"),
            ("SOE03", "—", outside, unloaded), ("4", "0.5306", outside),
        ],
        "potline-captive": [(row, "0", once) for row in ("1", "1", "1", "SOE01", "2")],
    }  # fmt: skip
    for row in ("potline-grid", "casting-power"):
        wanted[row] = [
            ("5", "0.5777"), ("5", "0.5777", residual), ("2", "0.5777"), ("SOE03", "—", unloaded), ("4", "0.5306"),
        ]  # fmt: skip
    assert seen == {(regime, row): cells[at] for row, cells in wanted.items() for at, regime in enumerate(FIVE)}


def test_totals_and_steps_are_as_by_hand() -> None:
    page, found = by_hand(), the_smelter()
    ends = {}
    for regime, column in found.items():
        for product, total in (column["totals"] or {}).items():
            both = (total, total) if isinstance(total, str) else (total["low"], total["high"])
            ends[regime, product] = tuple(F(end) for end in both)
    assert ends == page["totals"]
    assert found["cbam/definitive"]["totals"] is None and found["cbam/definitive"]["waterfall"] is None
    assert found["cbam/definitive"]["scope"]["indirect"] == "information"
    for regime, causes in page["falls"].items():
        fall = found[regime]["waterfall"]
        assert (F(fall["start"]), F(fall["end"])) == (ends["gbt24067", "ingot"][0], ends[regime, "ingot"][0])
        steps = {
            "+".join(step["causes"]): {row: F(change) for row, change in step["rows"].items()} for step in fall["steps"]
        }
        assert steps == causes and fall["rest"] == "0"
        for step in fall["steps"]:
            assert F(step["change"]) == sum(causes["+".join(step["causes"])].values())


def rounded(value: F | None, digits: int = 5, sign: bool = False) -> str:
    text = "—" if value is None else Exact.from_record(str(abs(value) if sign else value)).significant(digits)
    return f"{'+' if value > 0 else '−'}{text}" if sign and value is not None else text


def cells_of(line: str) -> list[str]:
    """The columns of a printed line, without the letters that point to the notes below."""
    return [re.sub(r" [a-z]+$", "", cell) for cell in re.split(r"\s{2,}", line.strip())]


def after(lines: list[str], start: str) -> Iterator[list[str]]:
    at = next(number for number, line in enumerate(lines) if line.startswith(start))
    return (cells_of(line) for line in lines[at:])


NAMES = {
    "potline-wind": (" Potline, dedicated", " 电解系列，风电直连"),
    "potline-certificates": (" Potline, grid with", " 电解系列，网电加绿证"),
    "potline-captive": (" Potline, captive coal", " 电解系列，自备煤电"),
    "potline-grid": (" Potline, grid  ", " 电解系列，网电 "),
    "casting-power": (" Casting, grid", " 铸造用电"),
}
SIGNS = {"accepted": "✓", "outside": "○", "average": "·"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_printed_table_is_as_by_hand(language: str) -> None:
    """The lines a reader sees: treatment and kg of each row, what it is worth, the band, the steps."""
    sent, page = read_file(ALUMINIUM), by_hand()
    lines = shown(compared(sent.data, FIVE), language).split("\n")
    for row, names in NAMES.items():
        block = after(lines, names[language == "zh"])
        hand = [page["cells"][regime, row] for regime in FIVE]
        known = [own if own is not None else kg for _, _, kg, _, _, own, _ in hand]
        if row == "potline-captive":
            known[3] = None  # its kg stand in no total under CBAM here: no figure, rather than a zero
        assert next(block)[1:] == [f"{SIGNS[cell[0]]} {rounded(kg)}" for cell, kg in zip(hand, known, strict=True)]
        worth = [(cell[0], cell[6]) for cell in hand if cell[6] is not None]
        if worth:
            printed = [rounded(saving, sign=True) for _, saving in worth]
            wanted = [f"({text})" if how == "outside" else text for (how, _), text in zip(worth, printed, strict=True)]
            found = list(zip(range(3), block, strict=False))
            assert any(cells[-len(wanted) :] == wanted for _, cells in found), (wanted, found)
    to = "to" if language == "en" else "至"
    for product in ("ingot", "liquid"):
        wanted = []
        for regime in FIVE:
            low, high = page["totals"].get((regime, product), (None, None))
            band = f"{rounded(low, 4)} {to} {rounded(high, 4)}"
            wanted.append(rounded(low, 6) if low == high else band)
        assert next(after(lines, f"{'Total' if language == 'en' else '总量'} {product}"))[1:] == wanted
    for name, cause in ((" boundary" if language == "en" else " 边界", "boundary"), (" GWP", "gwp")):
        change = sum(page["falls"]["corporate_cn"][cause].values())
        assert next(after(lines, name))[-1] == rounded(change, sign=True)
    power = [sum(page["falls"][name]["electricity"].values()) for name in ("cn_cnca_label", "corporate_cn")]
    there = next(after(lines, " electricity" if language == "en" else " 电力"))
    assert there[-2:] == [rounded(change, sign=True) for change in power]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("more", [[], ["cbam/transitional"]])
def test_the_smelter_fits_a_screen_and_nothing_is_cut(language: str, more: list[str]) -> None:
    lines = shown(compared(read_file(ALUMINIUM).data, [*FIVE, *more]), language).rstrip("\n").split("\n")
    assert len(lines) <= 45
    assert max(cell_len(line) for line in lines) <= 120
    assert not any("…" in line for line in lines)
    for regime in (*FIVE, *more):  # six columns leave no room for the longest name in one line: split at its stroke
        for part in regime.split("/") if more else [regime]:
            assert any(part in line for line in lines[:3])


def test_without_its_hours_the_line_is_worth_nothing_under_cbam() -> None:
    """The same kWh by a monthly export meter: good enough for a footprint, not for matching by the hour."""
    data = copy.deepcopy(read_file(ALUMINIUM).data)
    wind = next(row for row in data["rows"] if row["id"] == "potline-wind")
    del wind["supply"]["series"]
    wind["supply"] |= {"generation": "380280000", "export": "42780000"}
    wind["supply"]["evidence"] = {**wind["supply"]["evidence"], "export_meter": "X"}
    found = {
        c.regime: next(item for item in c.power if item.row == "potline-wind") for c in compared(data, FIVE).columns
    }
    assert {name: item.treatment for name, item in found.items()} == {
        name: "refused" if name == "cbam/definitive" else "accepted" for name in FIVE
    }
    assert "ELEC_TEMPORAL_EVIDENCE" in found["cbam/definitive"].codes
    saving = found["gbt24067"].saving
    assert saving is not None and F(saving.text()) == by_hand()["cells"]["gbt24067", "potline-wind"][6]


@pytest.mark.parametrize("second", ["cn_miit_551", "cn_cnca_label"])
def test_totals_in_unlike_units_are_not_walked(second: str) -> None:
    """kWh of 27,360 a pack, kWh of 120,000, kWh of capacity (docs/worked/li_ion_battery.md, section 8)."""
    case = ROOT / "pcr/classes/li_ion_battery/v1_0_0/cases/traction_tested.yaml"
    found = read_yaml(case.read_text("utf-8"))
    sent = Sent(found["data"] | {"rule": "li_ion_battery"}, b"", "application/yaml", "test")
    first, other = compare(sent, ["eu_battery_cfb/draft-2024-04", second]).columns
    assert first.waterfall is not None and not first.notices
    assert other.waterfall is None and [item.code for item in other.notices] == ["unit_differs"]
