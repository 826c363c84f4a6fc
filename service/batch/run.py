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
from service.batch.state import State, open_state
from service.batch.turn import BROKEN, Done, Run, broke, take_turn
from service.text.faults import problem
from service.text.words import Language

Progress = Callable[[int, int], None]


def batch(
    path: Path, out: Path, bench: Bench, *, parquet: bool = False, language: Language = "en",
    progress: Progress = lambda done, total: None,
) -> Done:  # fmt: skip
    """Run a batch; results and failed items stand in ``out``, each file written whole.

    Raises:
        Refused: what concerns the batch and not an item: the file, the folder, the extra.
    """
    writer = parquet_writer() if parquet else None
    read = read_items(path, out)
    with open_state(out, bench.mode) as state:
        progress(0, len(read))
        run = _read(bench, state, read)
        counted = len(run.done.failed)
        for part in parts(run.graph):
            take_turn(run, part)
            counted += len(part.items)
            progress(counted, len(read))
        run.done.lines.sort(key=lambda line: (line["item"], line["product"]))
        write_lines(out / RESULTS, run.done.lines)
        write_lines(out / FAILED, _failures(run.done.failed, language))
        if writer is not None:
            write_parquet(writer, out / PARQUET, run.done.lines)
        state.finish(item.id for item in read)
    return run.done


def _read(bench: Bench, state: State, read: Iterable[Item]) -> Run:
    items, facts, failed = {item.id: item for item in read}, {}, {}
    for item in items.values():
        try:
            facts[item.id] = facts_of(item)
        except Refused as refused:
            failed[item.id] = refused.faults
        except BROKEN as error:
            failed[item.id] = (broke(item.id, error),)
    run = Run(bench, state, items, facts, make_graph(facts, failed))
    run.done.items, run.done.failed = len(items), failed
    return run


def _failures(failed: Mapping[str, tuple[Fault, ...]], language: Language) -> Iterable[dict[str, Any]]:
    for item, faults in sorted(failed.items()):
        yield {"item": item} | problem(faults, language)
