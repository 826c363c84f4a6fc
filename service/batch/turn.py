"""The turn of a part of the graph: answered from the state, calculated, or failed without stopping the others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import Graph, Part
from service.batch.items import Facts, Item
from service.batch.loops import Member, solved
from service.batch.one import body, outcome
from service.batch.state import State
from service.batch.supply import Supply, no_product
from service.calculate import records_of

BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a third party's rule may raise on one item; it must not stop the others. A full disk must."""


@dataclass(slots=True)
class Done:
    """What a batch came to."""

    items: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    calculated: list[str] = field(default_factory=list)
    """Items that were calculated in this run, in that order; the others answered from the state."""
    sealed: int = 0
    """Records that are new in the store."""


@dataclass(slots=True)
class Run:
    """A batch under way: what was read, and what is known so far."""

    bench: Bench
    state: State
    items: Mapping[str, Item]
    facts: Mapping[str, Facts]
    graph: Graph
    supplies: dict[tuple[str, str], Supply] = field(default_factory=dict)
    done: Done = field(default_factory=Done)


def take_turn(run: Run, part: Part) -> None:
    """Calculate a part, or answer it from the state; a fault fails its items and nothing else."""
    wrong = {item: faults for item in part.items if (faults := _not_ready(run, item, part))}
    if not wrong:
        try:
            _answer(run, part)
        except Refused as refused:
            wrong = dict.fromkeys(part.items, refused.faults)
        except BROKEN as error:
            wrong = dict.fromkeys(part.items, (broke(", ".join(part.items), error),))
    for item in part.items if wrong else ():
        run.done.failed[item] = wrong.get(item) or (_supplier_failed(sorted(wrong)),)


def broke(where: str, error: Exception) -> Fault:
    """The fault of an item on which reading or a rule raised something that is no fault."""
    return Fault("batch_item_broke", where, f"{type(error).__name__}: {error}", "a result or a fault")


def _not_ready(run: Run, item: str, part: Part) -> tuple[Fault, ...]:
    gone = [name for name in run.graph.suppliers(item) if name not in part.items and name in run.done.failed]
    return (*run.graph.faults.get(item, ()), *((_supplier_failed(gone),) if gone else ()))


def _supplier_failed(items: list[str]) -> Fault:
    names = ", ".join(items)
    return Fault("batch_supplier_failed", found=names, expected="items that calculate", values={"items": names})


def _answer(run: Run, part: Part) -> None:
    inside = set(part.items)
    outside = {
        item: {
            name: run.supplies.get(product) or Supply(None, None, (no_product(name),), sealed=False)
            for name, product in run.graph.answers[item].items()
            if product[0] not in inside
        }
        for item in part.items
    }
    keys = [run.bench.key(run.facts[item], outside[item]) for item in part.items]
    key = keys[0] if len(keys) == 1 else hashlib.sha256("".join(keys).encode()).hexdigest()
    kept = {item: found for item in part.items if (found := _found(run, item, key)) is not None}
    if len(kept) == len(part.items):
        for item, found in kept.items():
            if found["study"]:
                run.bench.claim(found["study"], item, [line["record"] for line in found["lines"]])
            _take(run, item, found, again=True)
        return
    made = _loop(run, part, outside) if part.loop else _single(run, part.items[0], outside)
    run.done.calculated += part.items
    for item, found in made.items():
        run.state.keep(item, key, found)
        _take(run, item, found, again=False)


def _found(run: Run, item: str, key: str) -> dict[str, Any] | None:
    """What the state holds of an item, if its records are in the store: it may have been brought back from a backup."""
    found, store = run.state.find(item, key), run.bench.store
    names = [line["record"] for line in found["lines"] if line["record"]] if found else []
    return found if store is None or not names or store.held(names) else None


def _single(run: Run, item: str, outside: Mapping[str, Mapping[str, Supply]]) -> dict[str, dict[str, Any]]:
    return {item: outcome(run.bench, item, run.items[item].sent(), outside[item])}


def _loop(run: Run, part: Part, outside: Mapping[str, Mapping[str, Supply]]) -> dict[str, dict[str, Any]]:
    members = [
        Member(
            item, run.items[item].sent(), outside[item],
            {name: product for name, product in run.graph.answers[item].items() if product[0] in part.items},
        )
        for item in part.items
    ]  # fmt: skip
    made = {}
    for item, derived in solved(run.bench, members).items():
        records = records_of(derived, run.bench.secret)
        made[item] = body(item, records, "loop", [False] * len(records))
    return made


def _take(run: Run, item: str, found: Mapping[str, Any], *, again: bool) -> None:
    for line in found["lines"]:
        run.done.sealed += bool(line["record"]) and not again and not line["unchanged"]
        run.done.lines.append({**line, "unchanged": again or line["unchanged"]})
    for product, supply in found["supplies"].items():
        run.supplies[item, product] = Supply.of(supply)
