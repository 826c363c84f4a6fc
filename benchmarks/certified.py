"""Row (f): certified digits of small systems beside rationals, and beside a dense solve of numpy that proves nothing.

15-digit entries, loops, four inputs a process; with contributions: levels, inventory, score and the share of every
process, each rounded to 15 digits.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from benchmarks.table import median, shown

SIZES = (20, 60, 150, 300)


def made(size: int) -> tuple[Any, Any]:
    """System and demand: every process makes 1, takes four others and emits."""
    from lca.exact import ONE, Exact
    from lca.system import make_system

    pick, a, b = random.Random(size), {}, {}
    for j in range(size):
        a[f"p{j:03d}", f"q{j:03d}"] = ONE
        b["CO2|fossil", f"q{j:03d}"] = Exact(pick.randrange(1, 10**15), 10**14)
        for i in pick.sample(range(size), 4):
            if i != j:
                a[f"p{i:03d}", f"q{j:03d}"] = Exact(-pick.randrange(1, 10**15), 8 * 10**15)
    return make_system(a, b, {"gwp": {"CO2|fossil": ONE}}), {"p000": ONE}


def printed(repetitions: int = 5) -> None:
    """One line per size."""
    from lca.enclosure import enclosed_levels
    from lca.solve import rational_levels
    from lca.system import characterised

    print("\n(f) certified 15 digits of levels and contributions: processes, enclosure, rationals (x enclosure), numpy "
          "dense without proof (enclosure is so many times slower)")  # fmt: skip
    for size in SIZES:
        system, demand = made(size)

        def figures(levels: Any, system: Any = system) -> list[str]:
            solution = characterised(system, levels)
            shares = solution.contributions["gwp"].values()
            return [number.significant(15) for number in (*levels.values(), *shares, solution.scores["gwp"])]

        def enclosed(system: Any = system, demand: Any = demand) -> list[str]:
            levels = enclosed_levels(system, demand, 256)
            assert levels is not None
            return figures(levels)

        def rational(system: Any = system, demand: Any = demand) -> list[str]:
            return figures(rational_levels(system, demand))

        dense = np.array([[float(system.a.get((p, q), 0)) for q in system.processes] for p in system.products])
        f, weight = np.eye(size)[0], np.array([float(amount) for amount in system.b.values()])

        def plain(dense: Any = dense, f: Any = f, weight: Any = weight) -> Any:
            return np.linalg.solve(dense, f) * weight

        ours, theirs = median(enclosed, repetitions), median(rational, repetitions if size < 200 else 1)
        numpy_ = median(plain, 4 * repetitions)
        same = "same digits" if enclosed() == rational() else "NOT the same digits"
        print(f"    {size:4d} {shown(ours):>10} {shown(theirs):>10} ({theirs / ours:.1f} x) {shown(numpy_):>10} "
              f"({ours / numpy_:,.0f} x)  {same}")  # fmt: skip
