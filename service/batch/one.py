"""One item: its calculation beside the factors it refers to, its sealing, and what is kept of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from factordb.release import Release
from lca.faults import Refused
from service.batch.bench import Bench
from service.batch.graph import rewritten
from service.batch.results import line_of
from service.batch.supply import Supply, supply_of
from service.calculate import records_of, seal
from service.intake import Sent
from service.records.instruments import draws, study_of
from service.records.statement import Derived
from service.records.store import RecordStore


def outcome(bench: Bench, item: str, sent: Sent, supplies: Mapping[str, Supply]) -> dict[str, Any]:
    """Calculate an item and, where it may be, seal it: lines of the results and supplies by product.

    ``supplies``: reference to what answers it.

    Raises:
        Refused: ``received_draft`` and the like for a supplier that is no factor; ``batch_same_study``; faults of the
            calculation and of the sealing.
    """
    start = time.perf_counter()
    ids = answered(supplies)
    extra = bench.graph_release(supplies.values()) if supplies else None
    given = replace(sent, data=rewritten(sent.data, ids)) if supplies else sent
    derived = bench.derive(given, extra)
    records = records_of(derived, bench.secret)
    why = _not_sealed(bench, derived, supplies)
    new: Sequence[bool] = (True,) * len(records)
    study = ""
    if not why and bench.store is not None:
        if draws(derived.data.given, derived.resolved.inventory):
            study = study_of(derived.data.given)
            bench.claim(study, item, [record["name"] for record in records])
        new = _sealed(bench, bench.store, given, derived, records, extra, start)
    return body(item, records, why, [not fresh for fresh in new]) | {"study": study}


def body(item: str, records: Sequence[Mapping[str, Any]], why: str, unchanged: Sequence[bool]) -> dict[str, Any]:
    """What is kept of an item: a line of the results and a supply per product."""
    lines = [line_of(item, record, why, same) for record, same in zip(records, unchanged, strict=True)]
    supplies = {
        line["product"]: supply_of(record, sealed=not why).plain() for line, record in zip(lines, records, strict=True)
    }
    return {"lines": lines, "supplies": supplies, "study": ""}


def answered(supplies: Mapping[str, Supply]) -> dict[str, str]:
    """Reference to the id of the factor that answers it.

    Raises:
        Refused: why a supplier's result is no factor, for all that are none.
    """
    wrong = [fault.at(f"{name}: {fault.where}") for name, item in sorted(supplies.items()) for fault in item.faults]
    if wrong:
        raise Refused(wrong)
    return {name: item.factor.id for name, item in supplies.items() if item.factor is not None}


def _not_sealed(bench: Bench, derived: Derived, supplies: Mapping[str, Supply]) -> str:
    if bench.store is None:
        return "seal_none"
    if not all(item.sealed for item in supplies.values()):
        return "supplier_not_sealed"
    return "" if all(footprint.exact for footprint in derived.works.footprints.values()) else "not_proven"


def _sealed(
    bench: Bench, store: RecordStore, given: Sent, derived: Derived, records: Sequence[Mapping[str, Any]],
    extra: Release | None, start: float,
) -> Sequence[bool]:  # fmt: skip
    if bench.mode == "changed" and store.held(record["name"] for record in records):
        return (False,) * len(records)
    if extra is not None:
        bench.publish(store, extra)
    return seal(given, derived, records, store, caller="pcf batch", start=start)
