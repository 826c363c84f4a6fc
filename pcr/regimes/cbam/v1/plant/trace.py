"""Each specific embedded emission down to stream, heat, gas, electricity and supplier: parts that sum to it exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lca.exact import ZERO, Exact
from lca.faults import Collector
from pcr.regimes.cbam.v1.attribution import waste_gas_export, waste_gas_import
from pcr.regimes.cbam.v1.embedded import attributed, counts_indirect
from pcr.regimes.cbam.v1.installation import Process
from pcr.regimes.cbam.v1.plant.build import Built
from pcr.regimes.cbam.v1.plant.making import molar

Kind = Literal[
    "stream", "heat_in", "heat_out", "gas_in", "gas_out", "power_out", "electricity", "precursor", "set_to_zero"
]


@dataclass(frozen=True, slots=True)
class Part:
    """What one row of the file brings to a tonne (functional unit) of a good, t CO2e; negative where it takes off."""

    process: str
    kind: Kind
    source: str
    """Id of the stream, heat source, gas, power source or precursor."""
    detail: str
    """Supplier of a precursor, user of a gas."""
    direct: Exact
    indirect: Exact
    where: str
    """Pointer of the row in the file."""
    basis: str = ""
    """Of a precursor: actual, default, communication or exempt."""


def trace(built: Built, levels: Mapping[str, Exact]) -> tuple[Part, ...]:
    """The parts of one functional unit. ``levels``: how far each process runs for it, the solution of the system.

    Sum of ``direct`` and of ``indirect`` are the specific embedded emissions.
    """
    parts: list[Part] = []
    for process in built.installation.processes:
        level = levels.get(process.id, ZERO)
        if level:
            for part in parts_of(built, process):
                direct, indirect = part.direct * level, part.indirect * level
                parts.append(
                    Part(part.process, part.kind, part.source, part.detail, direct, indirect, part.where, part.basis)
                )
    return tuple(parts)


def parts_of(built: Built, process: Process) -> tuple[Part, ...]:
    """What a process answers for in the period, row by row, precursors with it; t CO2e."""
    share = molar(built.form, process.id, Collector())
    counted = counts_indirect(process.cn, process.category, built.installation.mode)
    own = list(_own(built, process, share, counted=counted))
    raw = attributed(process, built.installation.mode).raw
    if raw < ZERO:
        own.append(Part(process.id, "set_to_zero", process.id, "", ZERO - raw, ZERO, ""))
    return (*own, *_bought(built, process))


def _own(built: Built, process: Process, share: Exact, *, counted: bool) -> Iterator[Part]:
    name = process.id
    for source in built.sources:
        if name in source.shares:
            fossil = source.emissions.fossil * source.shares[name] * share
            yield Part(name, "stream", source.id, source.stream.name, fossil, ZERO, source.row.where)
    for drawn in built.heat_in.get(name, ()):
        amount = drawn.amount * drawn.factor * share
        yield Part(name, "heat_in", drawn.source, "", amount, ZERO, drawn.row.where)
    for drawn in built.heat_out.get(name, ()):
        amount = ZERO - drawn.amount * drawn.factor * share
        yield Part(name, "heat_out", drawn.source or "outside", "", amount, ZERO, drawn.row.where)
    for row in built.form.tables["waste_gases"]:
        if row.text("to") == name:
            amount = waste_gas_import(row.or_zero("TJ")) * share
            yield Part(name, "gas_in", row.text("from"), row.text("to"), amount, ZERO, row.where)
        if row.text("from") == name:
            amount = ZERO - waste_gas_export(row.or_zero("TJ")) * share
            yield Part(name, "gas_out", row.text("from"), row.text("to"), amount, ZERO, row.where)
    if process.power_exported:
        amount = ZERO - process.power_exported * process.power_export_factor
        yield Part(name, "power_out", name, "", amount, ZERO, "")
    for drawn in built.used_power.get(name, ()):
        amount = drawn.amount * drawn.factor * share if counted else ZERO
        yield Part(name, "electricity", drawn.source, "", ZERO, amount, drawn.row.where)


def _bought(built: Built, process: Process) -> Iterator[Part]:
    """Each lot by its part of the mass bought; indirect only where the precursor's own code counts it."""
    cns = {item.id: item for item in built.installation.precursors}
    for taken in process.inputs:
        if taken.source not in cns:
            continue
        precursor = cns[taken.source]
        counted = counts_indirect(precursor.cn, precursor.category, built.installation.mode)
        lots = [lot for lot in built.lots if lot.precursor == taken.source]
        whole = sum((lot.mass for lot in lots), ZERO)
        for lot in lots:
            mass = taken.mass * lot.mass / whole
            indirect = mass * lot.indirect if counted else ZERO
            yield Part(
                process.id, "precursor", taken.source, lot.supplier or lot.country, mass * lot.direct, indirect,
                lot.row.where, lot.basis,
            )  # fmt: skip


def summed(parts: Sequence[Part]) -> tuple[Exact, Exact]:
    """(direct, indirect) of parts."""
    return sum((part.direct for part in parts), ZERO), sum((part.indirect for part in parts), ZERO)
