"""What a rule may count on beside its own code: inputs that belong together, notices, lines, all faults at once."""

from __future__ import annotations

from typing import Any

import pytest

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from pcr.intake import read_activity
from pcr.regime import load_regime
from pcr.registry import find_rule
from pcr.rulebook import Rule
from tests.pcr._help import GB, Data, faults, one_meter, run, shown

pytestmark = pytest.mark.usefixtures("meter_rule")


def rule_with(**change: Any) -> Rule:
    """The rule of one meter with further inputs."""
    rule = find_rule("one_meter").rule
    more = {
        name: rule.inputs["power"].model_copy(update={"required": False, **changes}) for name, changes in change.items()
    }
    return rule.model_copy(update={"inputs": {**rule.inputs, **more}})


def read(rule: Rule, *rows: Data) -> Any:
    return read_activity(one_meter({"amount": "1000"}, *rows), rule, load_regime(GB))


def test_an_input_that_another_one_needs_is_missing_with_it() -> None:
    rule = rule_with(heat={}, steam={"required_with": ("heat",)})
    assert read(rule).rows("steam") == ()
    (fault,) = faults(lambda: read(rule, {"input": "heat", "amount": "1"}))
    assert (fault.code, fault.where, fault.expected) == (
        "missing_input",
        "/rows (steam)",
        "steam in kWh: heat is given",
    )


def test_an_input_that_belongs_to_another_one_is_lost_without_it() -> None:
    rule = rule_with(heat={}, steam={"only_with": ("heat",)})
    (fault,) = faults(lambda: read(rule, {"input": "steam", "amount": "1"}))
    assert (fault.code, fault.where) == ("input_unread", "/rows (steam)")
    assert len(read(rule, {"input": "steam", "amount": "1"}, {"input": "heat", "amount": "1"}).given.rows) == 4


def test_a_rule_that_names_an_input_it_has_not_is_invalid() -> None:
    with pytest.raises(ValueError, match="nothing is not an input of this rule"):
        rule_with(heat={"only_with": ("nothing",)})._names_meet()


def test_a_written_zero_is_taken_and_said() -> None:
    result = shown(run(one_meter({"amount": "0"}), regime=GB))
    assert {"code": "zero_written", "where": "power", "values": {"input": "power"}} in result["notices"]


def test_a_setting_that_the_regime_overrules_is_said() -> None:
    """The aluminium rule's own PFC coefficient has no effect under a regime with one."""
    rule, regime = find_rule("aluminium").rule, load_regime(GB)
    name = next(name for name in rule.settings if name in regime.parameters)
    given = one_meter({"amount": "1"})
    meter = find_rule("one_meter").rule
    with_setting = meter.model_copy(update={"settings": {name: rule.settings[name]}})
    data = read_activity(given | {"settings": {name: "0.9"}}, with_setting, regime)
    from pcr.said import said_of_input

    (notice,) = said_of_input(data)
    assert (notice.code, notice.values["value"]) == ("setting_overruled", regime.parameters[name])
    assert name not in data.used_settings()


def test_an_output_that_the_regime_asks_for_and_nobody_states_is_said() -> None:
    result = shown(run(one_meter({"amount": "1"}), regime=GB))
    said = [item["values"]["output"] for item in result["notices"] if item["code"] == "output_missing"]
    assert said == ["biogenic_carbon"]


MONTHS = ["100"] * 12


@pytest.mark.parametrize(
    ("month", "value", "faulty"), [(3, "1000", True), (3, "999", False), (0, "1000", True), (11, "1000", True)]
)
def test_a_month_ten_times_its_neighbours(month: int, value: str, faulty: bool) -> None:
    months = [value if number == month else text for number, text in enumerate(MONTHS)]
    data = one_meter({"months": months})
    if not faulty:
        assert run(data, regime=GB).works.footprints
        return
    (fault,) = faults(lambda: run(data, regime=GB))
    assert (fault.code, fault.where, fault.found) == ("month_jump", f"/rows/1/months/{month}", f"{value} kWh")
    assert run(one_meter({"months": months, "evidence": {"note": "new line started"}}), regime=GB).works.footprints


def test_a_start_after_idle_months_is_no_jump() -> None:
    assert run(one_meter({"months": ["0"] * 6 + ["500"] * 6}), regime=GB).works.footprints


def test_a_collector_goes_on_after_a_step_that_refuses() -> None:
    collector = Collector()
    for name in ("a", "b"):
        with collector.catching(name):
            raise Refused([Fault(name)])
    with pytest.raises(Refused) as refused:
        collector.raise_if_any()
    assert [(fault.code, fault.where) for fault in refused.value.faults] == [("a", "a"), ("b", "b")]


def test_air_freight_stands_on_a_line_of_its_own() -> None:
    """1,000 t*km by air: the whole factor, carbon dioxide equivalents unsplit, is aircraft and nothing else."""
    from lca.footprint import calculate
    from pcr.builder import Process, Reference, build_inventory, name_factor
    from tests.pcr._help import release

    battery = find_rule("li_ion_battery").rule
    data = read_activity(one_meter({"amount": "0"}), find_rule("one_meter").rule, load_regime(GB))
    item = battery.inputs["distribution_leg"]
    row = data.rows("power")[0]
    plane = Process("plane", stage="make", product="P", amount=Exact(1), unit="piece", data=data)
    factor = name_factor(row, item, item.materials["air"], data, data.regime.transport_kinds)
    plane.bought(row, factor, amount=Exact(1000), unit="t*km")
    inventory = build_inventory(data, [plane], [Reference("P", Exact(1), "piece", {"en": "P", "zh": "P"}, Exact(1))])
    footprint = calculate(release("cn-2026.1").resolve(inventory), "AR6", "one").footprints["P"]
    total = footprint.total.point
    assert total is not None and total > 0
    assert (footprint.lines["aircraft"].state, footprint.lines["aircraft"].value) == ("value", total)
    assert footprint.lines["unsplit"].value == 0
