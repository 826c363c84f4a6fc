"""Buy the electricity of a process: every supply slice allotted to a row of the regime's electricity table."""

from __future__ import annotations

from collections.abc import Iterable

from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Notice
from lca.units import convert
from pcr.activity import ActivityData, Row, Supply
from pcr.builder import Process
from pcr.methods.electricity.v1.claims import ledger_faults
from pcr.methods.electricity.v1.own_use import generator_faults
from pcr.methods.electricity.v1.shares import cherry_pick_faults
from pcr.methods.electricity.v1.storage import charged_by, source_of, storage_faults
from pcr.methods.electricity.v1.supply_slice import Slice


def power(process: Process, rows: Iterable[Row], share: Exact = ONE, *, captive: str = "", country: str = "") -> None:
    """Buy the electricity of a process, slice by slice, as the regime's table says.

    Args:
        share: the part of each row that this process uses (a mill's kWh by product).
        captive: the works' own product, in kWh, that fuelled on-site slices (coal, gas, CHP, biomass) are taken from:
            a captive plant (自备电厂) whose fuel the rule burns elsewhere.  Empty: they take the technology's factor.
        country: where the kWh are used, if not at the works: the grid average is that country's.

    Where the regime wants it, a line that rests on an instrument also enters the sensitivity case
    ``electricity_average``.  Faults, with codes ``ELEC_*``, stay with the process and are raised all together by
    ``build_inventory``; of data read without strict they are listed and the kWh take the average.
    """
    faults = Collector()
    kept = list(rows)
    inputs = {row.input for row in kept}
    data = process.data
    common = [*balance_faults(data, inputs), *cherry_pick_faults(data, inputs), *generator_faults(data, inputs)]
    for fault in common:
        faults.add(fault)
        if not data.strict:
            process.notices.append(Notice(fault.code, fault.where, {"found": fault.found, "expected": fault.expected}))
    doubled = ledger_faults(data)
    for fault, _ in doubled:
        faults.add(fault)
    for row in kept:
        known = [fault for fault, rows_ in doubled if row.id in rows_]
        if row.supply is not None and row.supply.type == "storage":
            _discharge(process, row, share, faults, captive, country)
        else:
            Slice(process, row, row.supply or Supply(), share, captive=captive, country=country).allot(faults, known)
    if data.strict:
        for fault in faults.faults:
            process.faults.add(fault)


def _discharge(process: Process, row: Row, share: Exact, faults: Collector, captive: str, country: str) -> None:
    """Power from a storage: the kWh put in, each with the supply of the row it came from; the loss is inside."""
    wrong = storage_faults(process.data, row)
    for fault in wrong:
        faults.add(fault)
    if wrong:
        Slice(process, row, Supply(), share, country=country).take_average(sorted({fault.code for fault in wrong}))
        return
    for name, kwh in charged_by(row).items():
        source = source_of(process.data, name)
        Slice(
            process, source, source.supply or Supply(), share, captive=captive, country=country, stored=(row, kwh)
        ).allot(faults, [])  # fmt: skip


def balance_faults(data: ActivityData, inputs: set[str]) -> list[Fault]:
    """Slices of a metered input add up to the meter within the regime's tolerance."""
    faults = []
    for meter in data.given.meters:
        if meter.input not in inputs:
            continue
        whole = data.total(meter.input, meter.product or None)
        given = convert(meter.amount, meter.unit, data.rule.inputs[meter.input].units[0])
        if abs(whole - given) > given * data.regime.electricity.balance_tolerance:
            found, expected = f"{whole} in rows", f"{given} on meter {meter.id}"
            faults.append(Fault("ELEC_BALANCE", f"meters/{meter.id}", found, expected, data.regime.ref))
    return faults
