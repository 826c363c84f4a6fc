"""Storage (储能) is no source: what it gives is the power put in, with its supply, and the loss on the way."""

from __future__ import annotations

from collections.abc import Mapping

from lca.exact import ZERO, Exact
from lca.faults import Fault
from lca.units import convert
from pcr.activity import ActivityData, Row
from pcr.equations import equation


@equation(
    "electricity.storage",
    text="kWh = sum(charged_i); round-trip efficiency = discharged / sum(charged_i)",
    source="domain rule: charge mix divided by round-trip efficiency, both metered",
    confidence="derived",
    inputs={"charged": "kWh", "discharged": "kWh"},
    results={"efficiency": "1"},
)
def round_trip(charged: Exact, discharged: Exact) -> Exact:
    """Round-trip efficiency of a storage over the period."""
    return discharged / charged


def charged_by(row: Row) -> Mapping[str, Exact]:
    """Row id to kWh put into the storage from that row's supply, in the unit of the storage row."""
    return row.supply.charge if row.supply is not None else {}


def source_of(data: ActivityData, name: str) -> Row:
    """The row a charge comes from; :func:`storage_faults` has found that it is there."""
    return next(row for row in data.given.rows if row.id == name)


def stored_from(data: ActivityData, source: Row) -> Exact:
    """What storages took from a row's supply, beside what the row itself used, in the row's unit."""
    whole = ZERO
    for row in data.given.rows:
        if row.supply is not None and row.supply.type == "storage" and source.id in row.supply.charge:
            whole += convert(row.supply.charge[source.id], row.unit, source.unit)
    return whole


def storage_faults(data: ActivityData, row: Row) -> list[Fault]:
    """Why what a storage gave cannot be followed to what it took; empty when it can."""
    place, rule, charge = f"rows/{row.id}/supply", data.regime.ref, charged_by(row)
    rows = {other.id: other for other in data.given.rows}
    kind = data.rule.inputs[row.input].kind
    faults = []
    for name in charge:
        source = rows.get(name)
        plain = source is not None and source.supply is not None and source.supply.claim == "none"
        if (
            source is None or not plain or source.supply.type == "storage"  # type: ignore[union-attr]
            or data.rule.inputs[source.input].kind != kind
        ):  # fmt: skip
            expected = "the id of an electricity row with a supply, without a claim and no storage itself"
            faults.append(Fault("ELEC_STORAGE_SOURCE", f"{place}/charge", name, expected, rule))
    whole = sum(charge.values(), ZERO)
    if not charge or row.amount > whole:
        found, expected = f"{row.amount} {row.unit} out, {whole} in", "charge: at least what came out, by source"
        faults.append(Fault("ELEC_STORAGE_GAIN", f"{place}/charge", found, expected, rule))
    if row.supply is not None and not row.supply.evidence.get("charge_meter"):
        faults.append(Fault("ELEC_DIRECT_EVIDENCE", place, "not given", "charge_meter", rule))
    return faults
