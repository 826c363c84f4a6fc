"""Row (h): how intensities, factors, digits and memory of a background grow; `benchmarks.growth N` is one size."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.table import median, peak_megabytes, shown

ROOT: Final = Path(__file__).resolve().parents[1]
SIZES: Final = (5_000, 20_000, 50_000, 100_000)


def printed(sizes: tuple[int, ...] = SIZES) -> None:
    """Each size in its own process, so that its peak memory is its own."""
    found = []
    print("\n(h) growth: n, gate, Krylov (iterations), order, factor, entries, solve, certified digits, peak MB")
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.growth", str(size)]
        found.append(json.loads(subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout))
        one = found[-1]
        print(f"    {size:7,} {shown(one['gate'])} {shown(one['krylov'])} ({one['iterations']}) {one['kind']} "
              f"{shown(one['order'])} {shown(one['factor'])} {one['entries']:,} {shown(one['solve'])} "
              f"{shown(one['digits'])} {one['megabytes']:.0f}", flush=True)  # fmt: skip
    logs = [math.log(size) for size in sizes]
    for name in ("krylov", "factor", "entries", "digits", "megabytes"):
        slope = np.polyfit(logs, [math.log(one[name]) for one in found], 1)[0]
        print(f"    {name} grows as n^{slope:.2f}")


def one(size: int) -> dict[str, Any]:
    """Medians of one size, in this process."""
    from benchmarks.background import kind_of_order
    from benchmarks.synthetic import synthetic
    from lca.large.digits import Certifier, Right
    from lca.large.factor import factor
    from lca.large.krylov import Krylov
    from lca.large.order import order
    from lca.large.system import large_system

    made = synthetic(size)
    e = np.asarray(made.c[0] @ made.b).ravel()
    system, kind = large_system(made.labels, made.a), kind_of_order()
    start = time.perf_counter()
    way = order(system, kind)
    ordered = time.perf_counter() - start
    factors, right = factor(system, way), Right.characterised(made.c[0], made.b)
    found = Krylov(system, system.comparison(e)).intensities(e)
    return {
        "kind": kind, "gate": median(lambda: large_system(made.labels, made.a), 3), "iterations": found.iterations,
        "krylov": median(lambda: Krylov(system, system.comparison(e)).intensities(e), 3), "order": ordered,
        "factor": median(lambda: factor(system, way), 3), "entries": factors.entries,
        "solve": median(lambda: factors.solve(e), 3),
        "digits": median(lambda: Certifier.of(system, factors.solve).published(right), 1),
        "megabytes": peak_megabytes(),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(one(int(sys.argv[1]))))
