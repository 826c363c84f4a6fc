"""The use-case *batch*: read all items, order them, give each its turn, write results and what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import make_graph, parts
from service.batch.items import Item, facts_of, read_items
from service.batch.results import FAILED, PARQUET, RESULTS, parquet_writer, write_lines, write_parquet
from service.batch.state import open_state
from service.batch.turn import BROKEN, Done, Run, broke, take_turn
from service.jobs.memory import Memory
from service.text.faults import problem
from service.text.words import Language

Progress = Callable[[int, int], None]


def batch(
    path: Path, out: Path, bench: Bench, *, parquet: bool = False, language: Language = "en", workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> Done:  # fmt: skip
    """Run a batch; results and failed items stand in ``out``, each file written whole.

    ``workers``: processes that calculate; the files are the same for any number.

    Raises:
        Refused: what concerns the batch and not an item: the file, the folder, the extra, its end asked for.
    """
    writer = parquet_writer() if parquet else None
    read = read_items(path, out)
    asked = {"file": str(path), "regime": bench.asked.regime, "release": bench.asked.release}
    with open_state(out, bench.mode, bench.store, asked) as state:

        def both(done: int, total: int) -> None:
            progress(done, total)
            state.progress(done, total)

        done = run_items(read, bench, state.memory, both, workers)
        done.lines.sort(key=lambda line: (line["item"], line["product"]))
        write_lines(out / RESULTS, done.lines)
        write_lines(out / FAILED, _failures(done.failed, language))
        if writer is not None:
            write_parquet(writer, out / PARQUET, done.lines)
        state.memory.forget_others(item.id for item in read)
        state.finish({"items": done.items, "results": len(done.lines), "failed": len(done.failed)})
    return done


def run_items(read: Iterable[Item], bench: Bench, memory: Memory, progress: Progress, workers: int = 1) -> Done:
    """Give every item its turn, suppliers before those who refer to them; each is kept before the next is settled.

    ``progress`` is called between parts of the graph and may raise to end the run; what is kept by then stands.
    """
    run = _read(bench, memory, read)
    total, counted = run.done.items, len(run.done.failed)
    progress(0, total)
    ordered = parts(run.graph)
    if workers > 1:
        from service.batch.parallel import turns  # a pool of processes only where one is asked for

        for part in turns(run, ordered, workers):
            counted += len(part.items)
            progress(counted, total)
        return run.done
    for part in ordered:
        take_turn(run, part)
        counted += len(part.items)
        progress(counted, total)
    return run.done


def _read(bench: Bench, memory: Memory, read: Iterable[Item]) -> Run:
    items, facts, failed = {item.id: item for item in read}, {}, {}
    for item in items.values():
        try:
            facts[item.id] = facts_of(item)
        except Refused as refused:
            failed[item.id] = refused.faults
        except BROKEN as error:
            failed[item.id] = (broke(item.id, error),)
    run = Run(bench, memory, items, facts, make_graph(facts, failed))
    run.done.items, run.done.failed = len(items), failed
    memory.fail(failed)
    return run


def _failures(failed: Mapping[str, tuple[Fault, ...]], language: Language) -> Iterable[dict[str, Any]]:
    for item, faults in sorted(failed.items()):
        yield {"item": item} | problem(faults, language)
