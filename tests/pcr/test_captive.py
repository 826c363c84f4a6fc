"""Power of the works' own plant (自备电厂): its fuel once; and power used in another country."""

from __future__ import annotations

from typing import Any

import pytest

from lca.exact import Exact
from lca.faults import Refused
from lca.footprint import calculate
from pcr.activity import ActivityData
from pcr.builder import Process, build_inventory
from pcr.intake import read_activity
from pcr.methods.electricity.v1 import power
from pcr.regime import load_regime
from pcr.registry import find_rule
from tests.pcr._help import GB, Data, faults, one_meter, release
from tests.pcr.test_electricity_vectors import PROOF, grid

pytestmark = pytest.mark.usefixtures("meter_rule")
COAL: Data = {
    "type": "onsite", "topology": "grid_parallel", "technology": "coal", "generation": "500", "export": "100",
    "evidence": PROOF,
}  # fmt: skip
PER_KWH = "0.9"
"""kg CO2 of the plant per kWh, made up."""


def read(data: Data) -> ActivityData:
    return read_activity(data, find_rule("one_meter").rule, load_regime(GB))


def works(data: ActivityData, **how: Any) -> tuple[Process, Process]:
    """A machine on the meter, and a plant of 500 kWh whose smoke is known."""
    machine = Process("machine", stage="make", product="P", amount=Exact(1), unit="piece", data=data)
    power(machine, data.rows("power"), **how)
    plant = Process("plant", stage="make", product="own_power", amount=Exact(500), unit="kWh", data=data)
    plant.emit("CO2|fossil", Exact(500) * Exact.parse(PER_KWH), "measured", input_name="fuel")
    return machine, plant


def total(data: ActivityData, **how: Any) -> str:
    from pcr.activity import Product
    from pcr.builder import Reference

    assert isinstance(data.given.products[0], Product)
    reference = Reference("P", Exact(1), "piece", {"en": "P", "zh": "P"}, Exact(1))
    inventory = build_inventory(data, works(data, **how), [reference])
    made = calculate(release("cn-2026.1").resolve(inventory), "AR6", "one").footprints["P"].total.point
    assert made is not None
    return made.text()


def test_captive_kwh_take_the_plant_and_no_factor() -> None:
    """400 kWh x 0.9 + 600 kWh x 0.5777 = 360 + 346.62; the 100 kWh exported keep their share of the fuel."""
    data = read(one_meter({"id": "own", "amount": "400", "supply": COAL}, grid("600")))
    assert total(data, captive="own_power") == "706.62"


def test_two_slices_of_the_plant_are_taken_once_each() -> None:
    rows = [{"id": name, "amount": "200", "supply": COAL} for name in ("a", "b")]
    assert total(read(one_meter(*rows, grid("600"))), captive="own_power") == "706.62"


def test_a_factor_beside_the_plants_own_fuel_is_refused() -> None:
    data = read(one_meter({"id": "own", "amount": "400", "supply": COAL, "factor": "cn.cfp.gen.coal.2024"}))
    (fault,) = faults(lambda: total(data, captive="own_power"))
    assert (fault.code, fault.where) == ("ELEC_CAPTIVE_DOUBLE", "rows/own")


def test_faults_of_all_processes_come_together() -> None:
    """A process keeps its faults until the works is built."""
    data = read(one_meter({"id": "own", "amount": "401", "supply": COAL | {"evidence": {}}}, grid("600")))
    first, second = works(data), works(data)
    second[0].id, second[1].id = "other", "other_plant"
    with pytest.raises(Refused) as refused:
        build_inventory(data, [*first, *second], [])
    assert {fault.code for fault in refused.value.faults} == {
        "ELEC_TEMPORAL_EVIDENCE", "ELEC_DIRECT_EVIDENCE", "ELEC_SURPLUS_CLAIMED"
    }  # fmt: skip


def test_power_used_abroad_asks_for_that_countrys_average() -> None:
    data = read(one_meter(grid("600")))
    machine, _ = works(data, country="DE")
    (line,) = machine.lines
    assert line.factor is not None
    assert (line.factor.place, line.factor.series) == ("DE", "")
