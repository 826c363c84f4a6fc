"""Medians, rows and the head of the table that :mod:`benchmarks.engine` prints."""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

JUDGED: Final = 20_000
"""Processes from which a background is large enough to judge a target by."""
PROCESSOR: Final = os.environ.get("PCF_BENCH_CLOCK") == "processor"
PACKAGES: Final = ("numpy", "scipy", "python-flint", "pymetis", "bw2calc", "bw_processing", "matrix_utils",
                   "bw_graph_tools", "scikit-umfpack", "pypardiso")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A job, the peer's seconds, ours, the ratio to reach; None where there is nothing to compare."""

    job: str
    peer: float | None
    ours: float | None
    target: float | None = None
    said: str = ""


def clock() -> float:
    """Seconds by the wall; with ``PCF_BENCH_CLOCK=processor`` of this process, for both sides, where other work shares
    the machine: preemption makes a long job longer than its share and leaves a short one alone."""
    return time.process_time() if PROCESSOR else time.perf_counter()


def median(work: Callable[[], Any], times: int = 5, warm: bool = True) -> float:
    """Median seconds over some runs after one that is not counted."""
    if warm:
        work()
    taken = []
    for _ in range(times):
        start = clock()
        work()
        taken.append(clock() - start)
    return statistics.median(taken)


def shown(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def printed(rows: Iterable[Row], judged: bool) -> None:
    """One line per row; a target counts at a background of :data:`JUDGED` processes and more."""
    for row in rows:
        ratio, verdict = "-", row.said
        if row.peer is not None and row.ours:
            times = row.peer / row.ours
            ratio = f"{times:,.0f} x" if times >= 20 else f"{times:.1f} x"
            if row.target is not None:
                met = ("met" if times >= row.target else "NOT met") if judged else "not judged at this n"
                verdict = f">= {row.target:g} x {met}" + (f"; {row.said}" if row.said else "")
        print(f"{row.job:<96} {shown(row.peer):>10} {shown(row.ours):>10} {ratio:>9}  {verdict}", flush=True)


def head(title: str) -> None:
    """Day, machine, versions: what the figures below belong to."""
    by = "processor" if PROCESSOR else "wall"
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "default")
    print(f"{title}\n{date.today()}, {_processor()}, {os.cpu_count()} cores{load}, {_memory()}, Python "
          f"{platform.python_version()}, BLAS threads {threads}, {by} time")  # fmt: skip
    print("; ".join(f"{name} {_version(name)}" for name in PACKAGES))


def there(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    path = Path("/proc/meminfo")
    line = path.read_text().splitlines()[0] if path.is_file() else ""
    return f"{int(line.split()[1]) / 2**20:.0f} GiB" if line else "memory unknown"


def peak_megabytes() -> float:
    """Of this process so far; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else ["VmHWM: 0 kB"]
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
