"""One item in two steps: calculated beside the factors it refers to, by any process; settled by the one that writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lca.faults import Refused
from service.batch.bench import Bench
from service.batch.graph import rewritten
from service.batch.results import line_of
from service.batch.supply import Supply, supply_of
from service.calculate import Sealing, records_of, sealing
from service.intake import Sent
from service.records.statement import Derived

Keep = Callable[[Mapping[str, Any], Session | None], None]


@dataclass(frozen=True, slots=True)
class Made:
    """An item calculated: what is kept of it, and what its sealing writes; None where it is not sealed."""

    body: dict[str, Any]
    sealing: Sealing | None = None


def made(bench: Bench, item: str, sent: Sent, supplies: Mapping[str, Supply]) -> Made:
    """Calculate an item; nothing is stored. ``supplies``: reference to what answers it.

    Raises:
        Refused: ``received_draft`` and the like for a supplier that is no factor; faults of the calculation.
    """
    start = time.perf_counter()
    ids = answered(supplies)
    extra = bench.graph_release(supplies.values()) if supplies else None
    given = replace(sent, data=rewritten(sent.data, ids)) if supplies else sent
    derived = bench.derive(given, extra)
    records = records_of(derived, bench.secret)
    why = _not_sealed(bench, derived, supplies)
    ready = None if why else sealing(given, derived, records, caller=bench.caller, start=start)
    kept = body(item, records, why) | {"study": ready.study if ready and ready.wanted else ""}
    return Made(kept, ready)


def settled(bench: Bench, item: str, done: Made, supplies: Mapping[str, Supply], keep: Keep) -> dict[str, Any]:
    """Seal what was calculated, where it may be sealed and is not there, and keep what is kept of the item.

    ``keep`` is called within the transaction that seals, where there is one: a process that is killed leaves both or
    neither.

    Raises:
        Refused: ``batch_same_study``; faults of the sealing.
    """
    ready, kept, store = done.sealing, done.body, bench.store
    if ready is None or store is None:
        keep(kept, None)
        return kept
    names = [line["record"] for line in kept["lines"]]
    if kept["study"]:
        bench.claim(kept["study"], item, names)
    if bench.mode == "changed" and store.held(names):
        found = _flagged(kept, (False,) * len(names))
        keep(found, None)
        return found
    if supplies:
        bench.publish(store, bench.graph_release(supplies.values()))
    return _flagged(kept, ready.into(store, lambda session, new: keep(_flagged(kept, new), session)))


def _flagged(kept: Mapping[str, Any], new: Sequence[bool]) -> dict[str, Any]:
    lines = [{**line, "unchanged": not fresh} for line, fresh in zip(kept["lines"], new, strict=True)]
    return {**kept, "lines": lines}


def body(item: str, records: Sequence[Mapping[str, Any]], why: str) -> dict[str, Any]:
    """What is kept of an item: a line of the results and a supply per product."""
    lines = [line_of(item, record, why, unchanged=False) for record in records]
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
    if not bench.seals:
        return "seal_none"
    if not all(item.sealed for item in supplies.values()):
        return "supplier_not_sealed"
    return "" if all(footprint.exact for footprint in derived.works.footprints.values()) else "not_proven"
