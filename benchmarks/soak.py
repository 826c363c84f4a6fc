"""`make soak`: random systems against rationals and bw2calc, 60 s or as long as asked; the seed is printed."""

from __future__ import annotations

import random
import sys
import time

from benchmarks.bench import peer
from lca.exact import Exact
from lca.solve import binary64_levels, solve
from lca.system import LinearSystem, make_system


def random_system(draw: random.Random, size: int) -> LinearSystem:
    """A works with loops: each process makes one product and takes a little of a few others."""
    names = [f"p{i:03d}" for i in range(size)]
    a = {(name, name): Exact(draw.randint(1, 10**6), 1000) for name in names}
    for user in names:
        for maker in draw.sample(names, min(4, size)):
            if maker != user:
                a[maker, user] = Exact(-draw.randint(0, 200), 10_000)
    b = {("CO2|fossil", name): Exact(draw.randint(0, 10**9), 1000) for name in names}
    return make_system(a, b, {"total": {"CO2|fossil": Exact(1)}}, products=names, processes=names)


def main(seconds: float, seed: int) -> None:
    draw = random.Random(seed)
    end, count, worst = time.monotonic() + seconds, 0, 0.0
    while time.monotonic() < end:
        system = random_system(draw, draw.randint(2, 80))
        demand = {system.products[0]: Exact(1)}
        exact = float(solve(system, demand).scores["total"])
        levels, _ = binary64_levels(system, demand)
        floats = sum(float(v) * levels[process] for (_, process), v in system.b.items())
        for other in (floats, peer(system, demand)()):
            worst = max(worst, abs(other - exact) / abs(exact))
        count += 1
    print(f"seed {seed}: {count} systems, worst relative difference {worst:.2e}")
    if worst > 1e-9:
        sys.exit("a solver disagrees")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, int(sys.argv[2]) if len(sys.argv) > 2 else 20261121)
