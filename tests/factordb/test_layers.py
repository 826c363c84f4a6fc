"""Layers: private over supplier over public; each pinned; regimes and open factors keep what they may not answer."""

from __future__ import annotations

import pytest

from factordb.layers import Layers, open_layers
from factordb.release import Release
from lca.exact import Exact
from lca.faults import Refused
from lca.inventory import Gap, Inventory, ResolvedFactor
from lca.naming import FactorName
from tests.factordb._made import factor, release
from tests.factordb.conftest import bought

PUBLIC = release(factor("steel", "2", confidence="seen"), factor("glass", "1"), name="open-1")
SUPPLIER = release(factor("steel", "1.9"), name="mill-1", layer="supplier")
PRIVATE = release(factor("steel", "1.8"), name="mine-1", layer="private")
ALL = {item.id: item for item in (PUBLIC, SUPPLIER, PRIVATE)}


def opener(name: str) -> Release:
    from lca.faults import Fault

    if name not in ALL:
        raise Refused([Fault("release_unknown", found=name, expected=", ".join(ALL))])
    return ALL[name]


def asked(name: str, draft: bool = False, regime: str = "", layers: Layers | None = None) -> ResolvedFactor | Gap:
    wanted = bought(FactorName(id=name, named_by="user", place="CN", year=2024), "kg")
    inventory = Inventory((), (wanted,), (), ())
    return (layers or Layers(ALL.values())).resolve(inventory, draft, regime).factors["l1"]


@pytest.mark.parametrize(
    "names", ["open-1,mill-1,mine-1", "mine-1,open-1,mill-1", ["mill-1", "mine-1", "open-1"], " mine-1 , mill-1,open-1"]
)
def test_private_answers_before_supplier_before_public_however_named(names: str | list[str]) -> None:
    layers = open_layers(names, opener)
    assert [item["id"] for item in layers.pinned()] == ["mine-1", "mill-1", "open-1"]
    found = asked("steel", layers=layers)
    assert isinstance(found, ResolvedFactor) and (found.value, found.layer) == ("1.8", "private:mine-1")
    found = asked("glass", layers=layers)
    assert isinstance(found, ResolvedFactor) and found.layer == "public:open-1"


def test_every_fault_of_the_names_at_once() -> None:
    with pytest.raises(Refused) as refused:
        open_layers("open-1,nothing-1,open-1,nowhere-2", opener)
    assert sorted(fault.code for fault in refused.value.faults) == [
        "release_named_twice", "release_unknown", "release_unknown",
    ]  # fmt: skip


def test_a_factor_kept_from_a_regime_is_refused_with_the_reason() -> None:
    kept = release(factor("steel", "2", admissible={"cbam": "life-cycle value", "gbt24067": "yes"}), name="open-1")
    layers = Layers([kept])
    for regime in ("", "gbt24067", "iso14067"):
        assert isinstance(asked("steel", regime=regime, layers=layers), ResolvedFactor)
    for draft in (False, True):
        with pytest.raises(Refused) as refused:
            asked("steel", draft, "cbam/definitive", layers)
        (fault,) = refused.value.faults
        assert (fault.code, fault.expected, fault.rule) == (
            "factor_not_admissible",
            "life-cycle value",
            "cbam/definitive",
        )


def test_a_solved_process_with_open_inputs_is_a_gap_with_a_lower_end() -> None:
    """0.7 kg CO2 and 0.01 kg CH4 are known; the coke nobody answers leaves the band open above."""
    known = {"CO2|fossil": "0.7", "CH4|fossil": "0.01"}
    layers = Layers([release(factor("cathode", "0.998", flows=known, gwp_set="AR6", unlinked="coke"), name="demo-1")])
    gap = asked("cathode", True, layers=layers)
    assert isinstance(gap, Gap) and gap.range is not None
    assert (gap.range.low, gap.range.high, gap.why) == (Exact("0.998"), None, "factor_unlinked")
    with pytest.raises(Refused, match="factor_unlinked"):
        asked("cathode", False, layers=layers)


def test_flows_of_a_solved_process_are_characterised_by_the_regime() -> None:
    layers = Layers([release(factor("x", "0.998", flows={"CO2|fossil": "0.7", "CH4|fossil": "0.01"}, gwp_set="AR6"))])
    found = asked("x", layers=layers)
    assert isinstance(found, ResolvedFactor)
    assert found.flows == {"CO2|fossil": Exact("0.7"), "CH4|fossil": Exact("0.01")}


LINES = {"fossil": "1.5", "biogenic": "0.2", "biogenic uptake": "-0.3", "dluc": "0.1", "aircraft": "none"}


def test_a_total_whose_lines_are_all_stated_enters_line_by_line() -> None:
    """1.5 + 0.2 - 0.3 + 0.1 = 1.5."""
    found = asked("x", layers=Layers([release(factor("x", "1.5", lines=LINES, gwp_set="AR6"))]))
    assert isinstance(found, ResolvedFactor)
    assert found.flows == {
        "CO2e|fossil|AR6": Exact("1.5"), "CO2e|dluc|AR6": Exact("0.1"),
        "CO2|biogenic": Exact("0.2"), "CO2|biogenic uptake": Exact("0.3"),
    }  # fmt: skip


@pytest.mark.parametrize("lines", [{**LINES, "fossil": "1.4"}, {key: LINES[key] for key in ("fossil", "dluc")}, {}])
def test_lines_that_miss_one_or_do_not_add_up_leave_the_total_unsplit(lines: dict[str, str]) -> None:
    found = asked("x", layers=Layers([release(factor("x", "1.5", lines=lines, gwp_set="AR6"))]))
    assert isinstance(found, ResolvedFactor)
    assert found.flows == {"CO2e|unsplit|AR6": Exact("1.5")}


def test_an_expired_value_answers_and_says_so() -> None:
    found = asked("x", layers=Layers([release(factor("x", valid_to="2022-12-31"))]))
    assert isinstance(found, ResolvedFactor)
    assert [(item.code, item.values["until"]) for item in found.notices] == [("factor_expired", "2022-12-31")]
    still = asked("x", layers=Layers([release(factor("x", valid_to="2024-01-31"))]))
    assert isinstance(still, ResolvedFactor) and not still.notices


def test_a_series_passes_over_a_corrected_row_and_a_name_does_not() -> None:
    rows = [
        factor("grid.1", "0.60", series="grid", year="2023"),
        factor("grid.2", "0.63", series="grid", year="2023", corrects="grid.1", reason="act"),
    ]
    layers = Layers([release(*rows)])
    wanted = bought(FactorName(series="grid", place="CN", year=2024), "kg")
    found = layers.resolve(Inventory((), (wanted,), (), ())).factors["l1"]
    assert isinstance(found, ResolvedFactor) and (found.id, found.notices) == ("grid.2", ())
    named = asked("grid.1", layers=layers)
    assert isinstance(named, ResolvedFactor) and named.value == "0.60"
    assert [(item.code, item.values["by"]) for item in named.notices] == [("factor_corrected", "grid.2")]
