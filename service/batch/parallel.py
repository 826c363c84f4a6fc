"""Several processes calculate, one settles: the parts of the graph whose suppliers are settled are worked on at once.

Parts are settled strictly in their order (:func:`service.batch.graph.parts`), so that the results are those of one
process, byte by byte: which of two equal items is *unchanged*, which of two studies draws a certificate. Only the
settling process writes, so SQLite's single writer is no limit. What was calculated and not yet settled when a batch
is killed is calculated again.
"""

from __future__ import annotations

import heapq
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from factordb.release import Release, content_of
from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import Part
from service.batch.turn import Run, Task, Worked, ask, settle, work

AHEAD: Final = 8
"""Parts per process that are asked for or wait to be settled: what is held in memory."""
_bench: Bench | None = None


def turns(run: Run, ordered: Sequence[Part], workers: int) -> Iterator[Part]:
    """Settle all parts in their order, calculated by ``workers`` processes; yields each when it is settled.

    Raises:
        Refused: ``batch_worker_lost`` where a process ended by itself.
    """
    spawn = multiprocessing.get_context("spawn")
    with _written(run.bench) as path:
        pool = ProcessPoolExecutor(workers, spawn, initializer=_start, initargs=(path,))
        try:
            yield from _settled(run, ordered, pool, AHEAD * workers)
        except BrokenProcessPool as error:
            fault = Fault("batch_worker_lost", found=str(error)[:200], expected="processes that live")
            raise Refused([fault]) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _settled(run: Run, ordered: Sequence[Part], pool: ProcessPoolExecutor, ahead: int) -> Iterator[Part]:
    waits, feeds = _edges(run, ordered)
    ready = [number for number, needed in enumerate(waits) if not needed]
    asked: dict[int, Task | Worked] = {}
    flying: dict[Future[Worked], int] = {}
    done: dict[int, Worked] = {}
    for turn, part in enumerate(ordered):
        while turn not in done:
            # the one whose turn it is always goes out, however much waits behind it
            while ready and (ready[0] == turn or len(asked) < ahead):
                number = heapq.heappop(ready)
                asked[number] = found = ask(run, ordered[number])
                if isinstance(found, Task):
                    flying[pool.submit(_work, found)] = number
                else:
                    done[number] = found
            if turn not in done:
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    done[flying.pop(future)] = future.result()
        settle(run, asked.pop(turn), done.pop(turn), part)
        for number in feeds[turn]:
            waits[number].discard(turn)
            if not waits[number]:
                heapq.heappush(ready, number)
        yield part


def _edges(run: Run, ordered: Sequence[Part]) -> tuple[list[set[int]], list[list[int]]]:
    """Of each part: those it waits for, and those that wait for it."""
    of = {item: number for number, part in enumerate(ordered) for item in part.items}
    waits: list[set[int]] = []
    feeds: list[list[int]] = [[] for _ in ordered]
    for number, part in enumerate(ordered):
        needed = {of[name] for item in part.items for name in run.graph.suppliers(item) if name in of} - {number}
        waits.append(needed)
        for supplier in needed:
            feeds[supplier].append(number)
    return waits, feeds


@contextmanager
def _written(bench: Bench) -> Iterator[Path]:
    """What a process that only calculates is started with: no store, the contents of releases, the store's secret.

    A file that only this user reads: what is handed over at the start is written before the next process starts.
    """
    contents = tuple(content_of(release) for release in bench.layers)
    given = bench.asked, bench.mode, contents, bench.caller, bench.secret if bench.seals else b""
    with tempfile.TemporaryDirectory(prefix="pcf-batch-") as folder:
        path = Path(folder) / "bench"
        path.write_bytes(pickle.dumps(given))
        yield path


def _start(path: Path) -> None:
    global _bench  # noqa: PLW0603  (the one thing a process of the pool has beside its task)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in a terminal reaches all; the parent says when
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    asked, mode, contents, caller, salt = pickle.loads(path.read_bytes())
    _bench = Bench(asked, mode, tuple(Release(content) for content in contents), None, caller, salt)


def _end_with_parent() -> None:
    """A parent that was killed tells nobody; waiting for its next task would never end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(task: Task) -> Worked:
    assert _bench is not None
    return work(_bench, task)
