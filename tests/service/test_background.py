"""The solved background: hand numbers (docs/worked/background.md), what it refuses, and a publisher's whole run."""

from __future__ import annotations

import contextlib
import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Engine

from factordb.answer import open_gap
from factordb.choose import choose
from factordb.factor import Factor
from factordb.files import ReleaseFiles
from factordb.imports import ecospold1
from factordb.imports.intake import Intake
from factordb.publish import open_stored, publish
from factordb.release import Release, open_release
from factordb.store import open_store, upgrade
from factordb.unit_process import Exchange, UnitProcess
from lca.exact import Exact
from lca.faults import Refused
from lca.naming import FactorName
from service.background import released, solve, solved
from tests.factordb._made import factor, release
from tests.factordb.conftest import BOTH
from tests.factordb.imports._raw import META, ROOT, raw

FILE = "uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip"
BLOCK = re.compile(r"```python\n(.*?)```\s+```text\n(.*?)```", re.DOTALL)
GRID = factor("grid", "0.5777", "kgCO2e/kWh", kind="lifecycle_co2e", category="electricity")


def process(name: str, unit: str, *exchanges: Exchange, amount: str = "1") -> UnitProcess:
    return UnitProcess(name, name, "", "test", "CN", "2024", unit, amount, "meters", exchanges)


def takes(name: str, amount: str, unit: str, provider: str = "") -> Exchange:
    return Exchange("input", name, amount, unit, provider or name)


def frees(flow: str, amount: str, unit: str = "kg") -> Exchange:
    return Exchange("emission", flow, amount, unit, flow=flow)


OPEN = Exchange("input", "lubricant", "0.01", "kg")
STEEL = process("steel", "kg", takes("power", "2", "kWh"), OPEN, frees("CO2|fossil", "1.5"))
POWER = process(
    "power",
    "kWh",
    takes("steel", "0.5", "kg"),
    takes("grid", "1", "kWh"),
    frees("CO2|fossil", "6"),
    frees("CH4|fossil", "20", "g"),
    amount="10",
)


def codes(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call()
    return [(fault.code, fault.where) for fault in caught.value.faults]


def test_the_page_prints_what_it_says() -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "worked" / "background.md").read_text("utf-8"))
    assert len(blocks) == 2
    for code, expected in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "page", "exec"), {"__name__": "page"})
        assert out.getvalue() == expected


def test_two_processes_in_a_loop_with_a_factor_of_a_lower_layer() -> None:
    power, steel = solve([STEEL, POWER], {"grid": GRID})
    assert (power.id, steel.id) == ("power", "steel")
    assert steel.flows == {
        "CO2|fossil": "3.000000000",
        "CH4|fossil": "0.004444444444",
        "CO2e|unsplit|unknown": "0.1283777778",
    }
    assert power.flows == {
        "CO2|fossil": "0.7500000000",
        "CH4|fossil": "0.002222222222",
        "CO2e|unsplit|unknown": "0.06418888889",
    }
    assert (steel.value, steel.unit, steel.gwp_set) == ("3.260822222", "kgCO2e/kg", "AR6")
    assert (power.value, power.unit, power.kind) == ("0.8804111111", "kgCO2e/kWh", "cradle_to_gate")
    # what steel lacks, power lacks too: it takes steel
    assert steel.unlinked == power.unlinked == "lubricant"


def test_a_factor_with_an_open_input_is_a_gap_with_a_lower_end() -> None:
    closed = replace(STEEL, exchanges=tuple(item for item in STEEL.exchanges if item is not OPEN))
    made = release(*solve([STEEL, POWER], {"grid": GRID}), factor("other"))
    name = FactorName(id="steel", kinds=("cradle_to_gate",), place="CN", named_by="user")
    gap = open_gap(choose((made,), name, "steel"), name)
    assert gap.range is not None
    assert (gap.range.low, gap.range.high) == (Exact("3.260822222"), None)
    assert "lubricant" in gap.range.source
    assert [item.unlinked for item in solve([closed, POWER], {"grid": GRID})] == ["", ""]


def test_an_open_factor_of_a_lower_layer_stays_open_above() -> None:
    leaky = replace(GRID, flows={"CO2|fossil": "0.5"}, unlinked="sulphur")
    assert {item.unlinked for item in solve([STEEL, POWER], {"grid": leaky})} == {"lubricant; sulphur (of grid)"}


def test_amounts_in_other_units_and_other_declared_amounts_change_nothing() -> None:
    tonnes = replace(
        STEEL,
        unit="t",
        amount="0.5",
        exchanges=(takes("power", "3600", "MJ"), replace(OPEN, amount="5"), frees("CO2|fossil", "0.75", "t")),
    )
    power, steel = solve([tonnes, POWER], {"grid": GRID})
    assert power.flows == solve([STEEL, POWER], {"grid": GRID})[0].flows
    assert (steel.value, steel.unit) == ("3260.822222", "kgCO2e/t")


def test_a_treatment_is_per_unit_treated() -> None:
    """Ecoinvent's sign: a treatment makes -1 kg of its waste, who has waste takes -x of it."""
    burn = process("burn", "kg", frees("CO2|fossil", "2"), amount="-1")
    works = process("works", "kg", takes("burn", "-0.25", "kg"), frees("CO2|fossil", "1"))
    first, second = solve([works, burn], {})
    assert (first.value, second.value) == ("2.000000000", "1.500000000")
    assert "per unit treated" in first.boundary


def test_uptake_gives_a_kind_that_nobody_buys_and_other_credits_no_factor() -> None:
    wood = process("wood", "kg", Exchange("resource", "air", "1.8", "kg", flow="CO2|biogenic uptake"))
    made = solve([wood], {})[0]
    assert (made.value, made.kind) == ("-1.800000000", "cradle_to_gate_with_uptake")
    credit = process("credit", "kg", takes("wood", "0", "kg"), frees("CO2|fossil", "-3"))
    background = solved([wood, credit], {})
    assert [item.id for item in background.factors] == ["wood"]
    assert list(background.left_out) == ["credit"]


def test_a_flow_that_never_comes_is_not_there_as_round_off() -> None:
    """What can reach a product is read from the links, not from digits."""
    stone = process("stone", "kg", frees("N2O|fossil", "0.1"))
    power, steel, rock = solve([STEEL, POWER, stone], {"grid": GRID})
    assert set(rock.flows) == {"N2O|fossil"}
    assert set(power.flows) == set(steel.flows) == {"CH4|fossil", "CO2e|unsplit|unknown", "CO2|fossil"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: solve([STEEL, STEEL, POWER], {"grid": GRID}), [("background_twice", "steel")]),
        (lambda: solve([STEEL, POWER], {}), [("background_provider", "power / grid")]),
        (
            lambda: solve([replace(STEEL, amount="0"), replace(POWER, amount="x")], {"grid": GRID}),
            [("background_amount", "power"), ("background_amount", "steel")],
        ),
        (
            lambda: solve([replace(STEEL, exchanges=(frees("CO2|fossil", "NaN"),)), POWER], {"grid": GRID}),
            [("background_amount", "steel / CO2|fossil")],
        ),
        (
            lambda: solve([replace(STEEL, exchanges=(takes("power", "1", "kg"),)), POWER], {"grid": GRID}),
            [("unit_mismatch", "steel / power")],
        ),
        # 20 kWh x 0.05 kg/kWh = 1 kg of steel per kg of steel
        (
            lambda: solve([replace(STEEL, exchanges=(takes("power", "20", "kWh"),)), POWER], {"grid": GRID}),
            [("background_gain", "steel > power")],
        ),
        (
            lambda: solve([replace(STEEL, exchanges=(takes("power", "30", "kWh"),)), POWER], {"grid": GRID}),
            [("background_gain", "steel > power")],
        ),
        (lambda: solve([process("eater", "kg", takes("eater", "1", "kg"))], {}), [("background_gain", "eater")]),
        # x = -y and y = -x: an avoided product hides the loop from the gain
        (
            lambda: solve([process("a", "kg", takes("b", "-1", "kg")), process("b", "kg", takes("a", "-1", "kg"))], {}),
            [("background_singular", "a, b")],
        ),
        (
            lambda: solve([process("huge", "kg", frees("CO2|fossil", "1E+12"))], {}),
            [("background_implausible", "huge")],
        ),
    ],
)
def test_what_it_refuses_names_the_process(change: Callable[[], object], expected: list[tuple[str, str]]) -> None:
    assert codes(change) == expected


def test_a_loop_of_treatments_is_gated_as_any_other() -> None:
    """Burning 1 kg takes 5 kg of water, cleaning 1 kg of water leaves 0.1 kg to burn: 5 x 0.1 = 0.5 goes round, so
    burning is (1 + 5 x 2) / (1 - 0.5) = 22; with 0.2 kg left all of it goes round."""

    def pair(left: str) -> list[UnitProcess]:
        burn = process("burn", "kg", takes("clean", "-5", "kg"), frees("CO2|fossil", "1"), amount="-1")
        clean = process("clean", "kg", takes("burn", f"-{left}", "kg"), frees("CO2|fossil", "2"), amount="-1")
        return [burn, clean]

    assert [item.value for item in solve(pair("0.1"), {})] == ["22.00000000", "4.200000000"]
    assert codes(lambda: solve(pair("0.2"), {})) == [("background_gain", "burn > clean")]
    assert codes(lambda: solve(pair("0.3"), {})) == [("background_gain", "burn > clean")]


def test_a_loop_with_a_credit_is_solved_and_named_as_not_bounded() -> None:
    """x = 1 + 3 y and y = 1 - x: x = 4 - 3 x, so x = 1 and y = 0; absolute amounts would gain 3."""
    made = [
        process("x", "kg", takes("y", "3", "kg"), frees("CO2|fossil", "1")),
        process("y", "kg", takes("x", "-1", "kg"), frees("CO2|fossil", "1")),
    ]
    background = solved(made, {})
    assert [(item.id, item.value) for item in background.factors] == [("x", "1.000000000"), ("y", "0")]
    assert background.credited == (("x", "y"),)
    assert solved([STEEL, POWER], {"grid": GRID}).credited == ()


def test_intensities_far_from_their_category_are_listed_with_both_values() -> None:
    """Median of 1, 2, 3, 4 and 4,000.1 is 3: 4,000.1 is 1,333 times that; 3,000 would be a thousand times, no more."""

    def values(*texts: str) -> list[UnitProcess]:
        return [process(f"p{k}", "kg", frees("CO2|fossil", text)) for k, text in enumerate(texts)]

    (found,) = solved(values("1", "2", "3", "4", "4000.1"), {}).outliers
    assert (found.id, found.value, found.median, found.members) == ("p4", "4000", "3.00", 5)
    assert solved(values("1", "2", "3", "4", "3000"), {}).outliers == ()
    assert solved(values("1", "2", "3", "4000.1"), {}).outliers == ()  # four members are no category
    (low,) = solved(values("0.0029", "3", "3", "3", "3"), {}).outliers
    assert (low.id, low.value) == ("p0", "0.00290")


@pytest.mark.parametrize("kind", ["mmd", "metis"])
def test_the_order_of_elimination_moves_no_digit(kind: str) -> None:
    pytest.importorskip("pymetis" if kind == "metis" else "scipy")
    one, two = solved([STEEL, POWER], {"grid": GRID}), solved([STEEL, POWER], {"grid": GRID}, kind)
    assert (one.how, two.how) == ("colamd", kind)
    assert one.factors == two.factors


def test_a_loop_just_below_a_gain_of_one_is_solved() -> None:
    """0.999 of itself per unit: 1 kg of its own becomes 1,000 kg."""
    made = solve([process("nearly", "kg", takes("nearly", "0.999", "kg"), frees("CO2|fossil", "1"))], {})
    assert made[0].value == "1000.000000"


def test_nothing_and_nothing_emitted() -> None:
    """An open input needs a flow to stand on: zero is then the lower end of a gap, not a footprint."""
    assert solve([], {}) == []
    idle = solve([process("idle", "kg", OPEN)], {})[0]
    assert (idle.value, idle.unlinked, idle.flows) == ("0", "lubricant", {"CO2|fossil": "0"})


@pytest.fixture(scope="module")
def uslci() -> Intake:
    intake = Intake(*ecospold1.about_uslci())
    ecospold1.read(raw(FILE), intake)
    return intake


@pytest.fixture(scope="module")
def content(uslci: Intake) -> ReleaseFiles:
    return released(uslci, {**META, "id": "uslci-fy21q3"}, {})


def test_every_digit_of_a_publishers_run_is_proven_and_any_order_gives_the_same(
    uslci: Intake, content: ReleaseFiles
) -> None:
    shuffled = list(uslci.processes.values())
    random.Random(3).shuffle(shuffled)
    background = solved(shuffled, {}, "mmd")
    assert background.proven and background.how == "mmd"
    assert background.factors == content.factors
    assert background.residual < 1e-14
    assert background.left_out == {}
    by_name = {item.id: item.name_en for item in shuffled}
    assert background.credited == ()
    # two of seven "Pesticide, ..." per m2 that emit anything: corn and switchgrass, by 1,470 and 6,000
    told = {by_name[item.id]: (item.median, item.members) for item in background.outliers}
    assert told == {"Pesticide, corn": ("0.0129", 7), "Pesticide, switchgrass": ("0.0129", 7)}


def test_every_factor_of_uslci_is_the_sum_of_its_flows_and_says_what_is_cut_off(content: ReleaseFiles) -> None:
    weights = {"CO2": Fraction(1), "CH4": Fraction("29.8"), "N2O": Fraction(273)}
    checked = 0
    for item in content.factors:
        gases = {flow: Fraction(text) for flow, text in item.flows.items()}
        if all(flow.partition("|")[0] in weights for flow in gases):
            total = sum(
                (-kg if "uptake" in flow else kg) * weights[flow.partition("|")[0]] for flow, kg in gases.items()
            )
            assert abs(total - Fraction(item.value)) <= abs(total) / 10**9
            checked += 1
    assert checked > 300
    assert len(content.factors) == 503
    assert sum(not item.unlinked for item in content.factors) == 12
    by_id = {item.id: item for item in content.unit_processes}
    for item in content.factors:
        own = by_id[item.id].cut_off.removeprefix("not linked: ")
        assert set(filter(None, own.split("; "))) <= set(item.unlinked.split("; ")), item.id


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The application's engine of a migrated database."""
    if request.param == "sqlite":
        owner = application = open_store(tmp_path / "pcf.db")
    else:
        urls = request.getfixturevalue("postgres_urls")
        owner, application = open_store(urls.owner), open_store(urls.app)
    upgrade(owner)
    yield application
    owner.dispose()
    application.dispose()


def test_uslci_is_published_and_opened_with_the_same_hash(stores: Engine, content: ReleaseFiles) -> None:
    sealed = publish(stores, content)
    again = open_stored(stores, "uslci-fy21q3")
    assert again.sha256 == sealed == Release(content).sha256
    assert len(again.factors) == len(again.unit_processes) == 503


def test_the_electricity_of_a_public_release_enters_as_one_column() -> None:
    grid = open_release("cn-2026.1").factors["cn.cfp.national_avg.2024"]
    works = process("works", "kg", takes("electricity", "3", "kWh", grid.id))
    made: Factor = solve([works], {grid.id: grid})[0]
    assert made.flows == {"CO2e|unsplit|unknown": "1.733100000"}  # 3 x 0.5777
    assert made.value == "1.733100000"
