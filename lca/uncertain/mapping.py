"""Who computes the chunks of a propagation: this process, or several."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from lca.uncertain.distributions import Floats

Mapper = Callable[[Callable[[int], Floats], int], list[Floats]]
"""(function of a chunk's index, number of chunks) to the chunks in order."""


def in_turn(work: Callable[[int], Floats], count: int) -> list[Floats]:
    """All chunks in this process."""
    return [work(index) for index in range(count)]


def on_processes(workers: int) -> Mapper:
    """Chunks on processes of this machine; one worker needs none."""

    def mapped(work: Callable[[int], Floats], count: int) -> list[Floats]:
        if min(workers, count) < 2:
            return in_turn(work, count)
        with ProcessPoolExecutor(min(workers, count), mp_context=get_context("spawn")) as pool:
            return list(pool.map(work, range(count)))

    return mapped
