"""The turn of a part of the graph: asked for, calculated or answered from what was done before, and settled.

Asking and settling read and write what a batch knows and belong to one process; calculating touches neither the store
nor the state and may be done by another. Parts are settled in the order of :func:`service.batch.graph.parts`, whoever
calculated them: certificates are drawn and records found in that order, so the results do not depend on who was first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import Graph, Part, Product
from service.batch.items import Facts, Item
from service.batch.loops import Member, solved
from service.batch.one import Made, body, made, settled
from service.batch.supply import Supply, no_product
from service.calculate import records_of
from service.jobs.memory import Memory

BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a third party's rule may raise on one item; it must not stop the others. A full disk must."""
Faults = tuple[Fault, ...]


@dataclass(slots=True)
class Done:
    """What a batch came to."""

    items: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, Faults] = field(default_factory=dict)
    calculated: list[str] = field(default_factory=list)
    """Items that were calculated in this run, in that order; the others answered from the state."""
    sealed: int = 0
    """Records that are new in the store."""
    sealed_before: int = 0
    """Records that an earlier attempt at the same job made."""


@dataclass(slots=True)
class Run:
    """A batch under way: what was read, and what is known so far."""

    bench: Bench
    memory: Memory
    items: Mapping[str, Item]
    facts: Mapping[str, Facts]
    graph: Graph
    supplies: dict[Product, Supply] = field(default_factory=dict)
    done: Done = field(default_factory=Done)


@dataclass(frozen=True, slots=True)
class Task:
    """A part with all that its calculation needs; it can be sent to another process."""

    part: Part
    items: tuple[Item, ...]
    outside: Mapping[str, Mapping[str, Supply]]
    """Item to (reference to what answers it), for references that leave the part."""
    inside: Mapping[str, Mapping[str, Product]]
    key: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a task: an item's :class:`Made`, or faults of all its items; ``kept`` answers from the state."""

    made: Mapping[str, Made] = field(default_factory=dict)
    wrong: Mapping[str, Faults] = field(default_factory=dict)
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def take_turn(run: Run, part: Part) -> None:
    """Calculate a part, or answer it from the state; a fault fails its items and nothing else."""
    task = ask(run, part)
    settle(run, task, work(run.bench, task) if isinstance(task, Task) else task, part)


def ask(run: Run, part: Part) -> Task | Worked:
    """What a part needs, all its suppliers being settled; or what is known of it already."""
    wrong = {item: faults for item in part.items if (faults := _not_ready(run, item, part))}
    if wrong:
        return Worked(wrong=wrong)
    inside = set(part.items)
    outside = {
        item: {
            name: run.supplies.get(product) or Supply(None, None, (no_product(name),), sealed=False)
            for name, product in run.graph.answers[item].items()
            if product[0] not in inside
        }
        for item in part.items
    }
    try:
        keys = [run.bench.key(run.facts[item], outside[item]) for item in part.items]
    except Refused as refused:
        return Worked(wrong=dict.fromkeys(part.items, refused.faults))
    except BROKEN as error:
        return Worked(wrong=dict.fromkeys(part.items, (broke(", ".join(part.items), error),)))
    key = keys[0] if len(keys) == 1 else hashlib.sha256("".join(keys).encode()).hexdigest()
    kept = {item: found for item in part.items if (found := _found(run, item, key)) is not None}
    if len(kept) == len(part.items):
        return Worked(kept=kept)
    loop = {
        item: {name: product for name, product in run.graph.answers[item].items() if product[0] in inside}
        for item in part.items
    }
    return Task(part, tuple(run.items[item] for item in part.items), outside, loop, key)


def work(bench: Bench, task: Task) -> Worked:
    """Calculate a task; nothing is stored, and nothing but the bench is read."""
    try:
        if task.part.loop:
            return Worked(_loop(bench, task))
        item = task.items[0]
        return Worked({item.id: made(bench, item.id, item.sent(), task.outside[item.id])})
    except Refused as refused:
        return Worked(wrong=dict.fromkeys(task.part.items, refused.faults))
    except BROKEN as error:
        return Worked(wrong=dict.fromkeys(task.part.items, (broke(", ".join(task.part.items), error),)))


def settle(run: Run, task: Task | Worked, done: Worked, part: Part) -> None:
    """Seal, keep and count what came of a part."""
    wrong: Mapping[str, Faults] = done.wrong
    if not wrong:
        try:
            for item, found in done.kept.items():
                if found["study"]:
                    run.bench.claim(found["study"], item, [line["record"] for line in found["lines"]])
                _take(run, item, found, again=True)
            if isinstance(task, Task):
                for item, it in done.made.items():
                    keep = partial(run.memory.keep, item, task.key)
                    _take(run, item, settled(run.bench, item, it, task.outside[item], keep), again=False)
                run.done.calculated += part.items
        except Refused as refused:
            wrong = dict.fromkeys(part.items, refused.faults)
        except BROKEN as error:
            wrong = dict.fromkeys(part.items, (broke(", ".join(part.items), error),))
    if wrong:
        failed = {item: wrong.get(item) or (_supplier_failed(sorted(wrong)),) for item in part.items}
        run.done.failed |= failed
        run.memory.fail(failed)


def broke(where: str, error: Exception) -> Fault:
    """The fault of an item on which reading or a rule raised something that is no fault."""
    return Fault("batch_item_broke", where, f"{type(error).__name__}: {error}", "a result or a fault")


def _not_ready(run: Run, item: str, part: Part) -> Faults:
    gone = [name for name in run.graph.suppliers(item) if name not in part.items and name in run.done.failed]
    return (*run.graph.faults.get(item, ()), *((_supplier_failed(gone),) if gone else ()))


def _supplier_failed(items: list[str]) -> Fault:
    names = ", ".join(items)
    return Fault("batch_supplier_failed", found=names, expected="items that calculate", values={"items": names})


def _found(run: Run, item: str, key: str) -> dict[str, Any] | None:
    """What is kept of an item, if its records are in the store: it may have been brought back from a backup."""
    found, store = run.memory.find(item, key), run.bench.store
    names = [line["record"] for line in found["lines"] if line["record"]] if found else []
    return found if store is None or not names or store.held(names) else None


def _loop(bench: Bench, task: Task) -> dict[str, Made]:
    members = [Member(item.id, item.sent(), task.outside[item.id], task.inside[item.id]) for item in task.items]
    return {
        item: Made(body(item, records_of(derived, bench.secret), "loop"))
        for item, derived in solved(bench, members).items()
    }


def _take(run: Run, item: str, found: Mapping[str, Any], *, again: bool) -> None:
    for line in found["lines"]:
        fresh = bool(line["record"]) and not line["unchanged"]
        run.done.sealed += fresh and not again
        run.done.sealed_before += fresh and again and run.memory.is_own(item)
        run.done.lines.append({**line, "unchanged": again or line["unchanged"]})
    for product, supply in found["supplies"].items():
        run.supplies[item, product] = Supply.of(supply)
