"""`python -m benchmarks.engine [--n 21000] [--quick] [--growth]`: the table of docs/engine.md §8, peer in the same run.

Medians, end to end, one BLAS thread unless told otherwise, the target beside each ratio, met or not. The peer is
bw2calc with the solver it finds; UMFPACK and PARDISO have a row that says so where they are not installed. A Brightway
user could store adjoint scores and solve new products on them by hand: the ratio is of what the library does.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import contextlib
import importlib.util
import io
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
Row = tuple[str, str, str, str, str]
"""Job, peer, ours, ratio, target."""


def median(work: Callable[[], Any], times: int = 5, warm: bool = True) -> float:
    """Median seconds over some runs after one that is not counted."""
    if warm:
        work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def row(job: str, peer: float, ours: float, target: float) -> Row:
    ratio = peer / ours
    verdict = "met" if ratio >= target else "NOT met"
    return (
        job,
        shown(peer),
        shown(ours),
        f"{ratio:,.0f} x" if ratio >= 20 else f"{ratio:.1f} x",
        f">= {target:g} x {verdict}",
    )


class Peer:
    """bw2calc on the synthetic background."""

    def __init__(self, made: Any) -> None:
        os.environ["BRIGHTWAY2_DIR"] = tempfile.mkdtemp(prefix="pcf-brightway-")
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # it says that faster solvers exist: the rows above say which are there
            import bw2calc

            from benchmarks import engine_peer
        warnings.filterwarnings("ignore", "No reference exchange flags")  # the diagonal is the pairing here

        self.calc, self.build, self.made = bw2calc, engine_peer, made
        self.data = engine_peer.packages(made)

    def cold(self) -> float:
        """One cold demand, end to end."""
        return float(self._solved(self.calc.LCA({1 + self.made.a.shape[0] // 2: 1.0}, data_objs=[self.data])).score)

    def new_product(self, seed: int = 1) -> float:
        own = self.build.own_product(self.made, seed)
        return float(self._solved(self.calc.LCA({self.build.OWN: 1.0}, data_objs=[self.data, own])).score)

    @staticmethod
    def _solved(lca: Any) -> Any:
        lca.lci()
        lca.lcia()
        return lca

    def factorisation(self, times: int) -> float:
        lca = self.calc.LCA({1: 1.0}, data_objs=[self.data])
        lca.lci()
        return median(lca.decompose_technosphere, times, warm=False)

    def sample(self, times: int) -> float:
        """A whole-system Monte Carlo iteration of the iterative class, one demand."""
        data = self.build.packages(self.made, gsd=1.1)
        lca = self.calc.IterativeLCA({1: 1.0}, data_objs=[data], use_distributions=True, seed_override=1)
        self._solved(lca)
        return median(lambda: (next(lca), lca.score), times)

    def partitioned(self, times: int) -> tuple[str, float, float]:
        """Best class for a new product of 20 processes, set-up and seconds per iteration."""
        if importlib.util.find_spec("bw_graph_tools") is None:
            own = self.build.own_product(self.made, 1, gsd=1.1)
            lca = self.calc.IterativeLCA({self.build.OWN: 1.0}, data_objs=[self.data, own], use_distributions=True)
            start = time.perf_counter()
            self._solved(lca)
            return (
                "IterativeLCA; bw_graph_tools not installed",
                time.perf_counter() - start,
                median(lambda: next(lca), times),
            )
        background = self.build.packages(self.made, name="background")
        own = self.build.own_product(self.made, 1, gsd=1.1, name="own", on="background")
        start = time.perf_counter()
        lca = self.calc.PartitionedMonteCarloLCA(
            {self.build.OWN: 1.0}, ["background"], [background, own, self.build.method(self.made)]
        )
        self._solved(lca)
        return "PartitionedMonteCarloLCA", time.perf_counter() - start, median(lambda: next(lca), times)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--n", type=int, default=21_000)
    asked.add_argument("--quick", action="store_true", help="2,000 processes, fewer repetitions")
    asked.add_argument("--growth", action="store_true", help="5,000 to 100,000 as well, each in its own process")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        print(json.dumps(grown(given.one)))
        return
    size, times = (2_000, 3) if given.quick else (given.n, 5)
    from benchmarks.synthetic import synthetic

    made = synthetic(size)
    print(f"synthetic background: n {size:,}, nnz(A) {made.a.nnz:,}, nnz(B) {made.b.nnz:,}, seed committed")
    for name, module in (("UMFPACK", "scikits.umfpack"), ("PARDISO", "pypardiso"), ("METIS", "pymetis")):
        found = importlib.util.find_spec(module.partition(".")[0]) is not None
        print(f"{name}: {'installed' if found else 'not installed'}")
    for job, peer, ours, ratio, target in background(made, times):
        print(f"{job:<88} {peer:>11} {ours:>11} {ratio:>10}  {target}")
    certified()
    starts()
    if given.growth:
        growth()


def background(made: Any, times: int) -> list[Row]:
    from lca.large.digits import Certifier, Right
    from lca.large.draws import Sampler, Uncertain
    from lca.large.factor import factor
    from lca.large.krylov import Krylov
    from lca.large.order import order
    from lca.large.system import large_system

    peer, rows = Peer(made), []
    system = large_system(made.labels, made.a)
    e = np.asarray(made.c[0] @ made.b).ravel()
    kind = "metis" if importlib.util.find_spec("pymetis") else "mmd"
    way = order(system, kind)
    y = factor(system, way).refined(e)
    here, there = float(y[made.a.shape[0] // 2]), peer.cold()
    print(f"one product: ours {here:.12g}, bw2calc {there:.12g}, apart {abs(there / here - 1):.1e}\n")
    cold, count, works, anew = median(peer.cold, times), *new_product()
    theirs = median(peer.new_product, times)
    job = f"(a) new product, activity data to contributions, release open ({count} processes; peer 20)"
    rows.append(row(job, theirs, median(works, 15), 200))
    rows.append(row("    the same, release opened and its hashes checked each time", theirs, median(anew, 15), 200))
    gate = median(lambda: large_system(made.labels, made.a), times)
    krylov = median(lambda: Krylov(system, system.comparison(e)).intensities(e), times)
    rows.append(row("(b) intensities of all to 1e-12: Krylov, set-up included; peer one cold demand", cold, krylov, 10))
    whole = median(lambda: factor(system, order(system, kind)).refined(e), times if kind == "metis" else 1)
    rows.append(row(f"(b) the same: {kind} order + factor + refined solve", cold, whole, 10))
    mine = median(lambda: factor(system, way), times)
    rows.append(row(f"(c) SuperLU on the kept {kind} order; peer SuperLU", peer.factorisation(times), mine, 5))
    spread = np.full(system.transposed.nnz, 1.1), np.full(made.b.nnz, 1.1)
    sampler = Sampler(Uncertain(system, made.b, made.c[0], *spread, way), 1)
    places = iter(range(1, 10_000))
    plain = median(lambda: sampler.draw(next(places), 10**9), 20)
    checked = median(lambda: sampler.draw(50), times)
    ours = plain + (checked - plain) / 50
    rows.append(
        row("(d) whole-system sample, all products, every 50th checked; peer one demand", peer.sample(20), ours, 3)
    )
    rows.append(foreground(peer, times))
    right = Right.characterised(made.c[0], made.b)
    texts = {}
    for one in dict.fromkeys((kind, "colamd")):
        factors = factor(system, order(system, one))
        start = time.perf_counter()
        found = Certifier.of(system, factors.solve).published(right)
        taken = time.perf_counter() - start
        texts[one] = found.sha256
        left = f"undecided {len(found.wide)}"
        rows.append(
            (f"(f) certified 10 digits of all intensities, {one} factors, {left}", "-", shown(taken), "-", "< 60 s")
        )
    rows.append((f"    the same digits on {' and '.join(texts)}: {len(set(texts.values())) == 1}", "", "", "", ""))
    rows.append(("    gates (square, finite, outputs, gain of all loops)", "-", shown(gate), "-", "-"))
    start = Krylov(system, system.comparison(e))
    mean = start.intensities(e).solution
    mixed = start.column_replaced(made.labels[0], {made.labels[100]: 0.2, made.labels[101]: 0.1})
    warm = median(lambda: Krylov(mixed, start.scale).intensities(e, mean), times)
    rows.append(
        ("    own electricity mix in the background: warm restart, all products to 1e-12", "-", shown(warm), "-", "-")
    )
    return rows


def new_product() -> tuple[int, Callable[[], Any], Callable[[], Any]]:
    """The cement works: activity data, rule, resolve, solve, contributions; read from its file each time.

    Twice: with the release open in memory, as the peer's data package is; and with it opened and checked anew.
    """
    from factordb.release import open_release
    from lca.publish import publish
    from service.calculate import Asked, derive
    from service.intake import read_file

    example = ROOT / "examples" / "cement_works_2024.yaml"

    known = open_release("cn-2026.1")

    def work(releases: Any = lambda name: known) -> Any:
        derived = derive(read_file(example), Asked(), releases)
        return [publish(derived.works, product, 6) for product in derived.works.footprints]

    return len(derive(read_file(example), Asked()).works.system.processes), work, lambda: work(open_release)


def foreground(peer: Peer, times: int) -> Row:
    """1,000 draws of a chain of 20 processes, each of its own inputs uncertain, on stored intensities."""
    from lca.exact import ONE, Exact
    from lca.uncertain.distributions import Lognormal
    from lca.uncertain.foreground import Foreground, Response, Term
    from lca.uncertain.propagate import propagate

    terms, names = [], []
    for j in range(20):
        terms.append(Term("A", f"p{j:02}", f"q{j:02}", ONE))
        cells = [("A", f"p{j:02}", f"q{j - 1:02}", Exact(-7, 10))] if j else []
        cells += [("A", f"p{j - 4:02}", f"q{j:02}", Exact(-1, 10))] if j % 5 == 4 else []
        cells += [("B", "CO2|fossil", f"q{j:02}", Exact(k + 1, 10)) for k in range(7)]
        for number, (matrix, where, column, value) in enumerate(cells):
            names.append(f"x{j}-{number}")
            answers = (Response(names[-1], Exact(0), ONE),)
            terms.append(Term(matrix, where, column, value, answers))  # type: ignore[arg-type]
    terms.append(Term("f", "p00", "p00", ONE))
    model = Foreground(tuple(terms), ("p00",), {"gwp": {"CO2|fossil": ONE}})
    spread = {name: Lognormal(ONE, Exact(11, 10)) for name in names}
    ours = median(lambda: propagate(model, spread, 1000, 1), times)
    name, setup, each = peer.partitioned(20)
    return row(f"(e) 1,000 draws, foreground of 20; peer {name}, set-up {shown(setup)}", setup + 1000 * each, ours, 500)


def certified() -> None:
    """(f) small systems: 15-digit entries and loops, all levels to 40 digits."""
    import random

    from lca.enclosure import enclosed_levels
    from lca.exact import ONE, Exact
    from lca.solve import rational_levels
    from lca.system import make_system

    print("\n(f) certified digits: processes, enclosure, rationals, numpy dense (not certified)")
    for size in (20, 60, 150, 300):
        pick, a = random.Random(size), {}
        for j in range(size):
            a[f"p{j:03}", f"q{j:03}"] = ONE
            for i in pick.sample(range(size), 4):
                if i != j:
                    a[f"p{i:03}", f"q{j:03}"] = Exact(-pick.randrange(1, 10**15), 8 * 10**15)
        system, demand = make_system(a, {}, {}), {"p000": ONE}
        dense = np.array([[float(system.a.get((p, q), Exact(0))) for q in system.processes] for p in system.products])
        f = np.eye(size)[0]

        def published(system: Any = system, demand: Any = demand) -> Any:
            levels = enclosed_levels(system, demand, 256)
            assert levels is not None
            return [level.significant(15) for level in levels.values()]

        ours = median(published, 5)
        rational = median(lambda system=system, demand=demand: rational_levels(system, demand), 3 if size < 200 else 1)
        plain = median(lambda dense=dense, f=f: np.linalg.solve(dense, f), 5)
        print(f"    {size:4d} {shown(ours):>10} {shown(rational):>10} ({rational / ours:.1f} x) {shown(plain):>10} "
              f"({plain / ours:.3f} x)")  # fmt: skip


def starts() -> None:
    """(h) fresh processes."""

    def fresh(code: str) -> float:
        return median(
            lambda: subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True), 5
        )

    nothing = fresh("pass")
    opening = (
        "import time; s=time.perf_counter(); from factordb.release import open_release; open_release('cn-2026.1'); "
    )
    done = [
        float(subprocess.run([sys.executable, "-c", opening + "print(time.perf_counter()-s)"], check=True, cwd=ROOT,
                             capture_output=True, text=True).stdout)
        for _ in range(5)
    ]  # fmt: skip
    number = (
        "from service.intake import read_file; from service.calculate import derive, Asked; from pathlib import Path; "
        "d = derive(read_file(Path('examples/cement_works_2024.yaml')), Asked()); d.works.footprints"
    )
    print(f"\n(h) import of pcf {shown(fresh('import service.cli'))} (bare Python {shown(nothing)}; target 0.6 s); "
          f"opening the release, its imports included {shown(statistics.median(done))} (target 0.3 s); "
          f"fresh process to the first number {shown(fresh(number))}")  # fmt: skip


SIZES: Final = (5_000, 20_000, 50_000, 100_000)


def growth() -> None:
    """(g) each size in its own process, so that its peak memory is its own."""
    found = []
    print("\n(g) growth: n, gate, Krylov (iterations), order, factor, entries, solve, certified digits, peak MB")
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.engine", "--one", str(size)]
        found.append(json.loads(subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout))
        one = found[-1]
        print(f"    {size:7,} {shown(one['gate'])} {shown(one['krylov'])} ({one['iterations']}) {one['kind']} "
              f"{shown(one['order'])} {shown(one['factor'])} {one['entries']:,} {shown(one['solve'])} "
              f"{shown(one['digits'])} {one['megabytes']:.0f}")  # fmt: skip
    logs = [math.log(size) for size in SIZES]
    for name in ("krylov", "factor", "entries", "digits", "megabytes"):
        slope = np.polyfit(logs, [math.log(one[name]) for one in found], 1)[0]
        print(f"    {name} grows as n^{slope:.2f}")


def grown(size: int) -> dict[str, Any]:
    from benchmarks.synthetic import synthetic
    from lca.large.digits import Certifier, Right
    from lca.large.factor import factor
    from lca.large.krylov import Krylov
    from lca.large.order import order
    from lca.large.system import large_system

    made = synthetic(size)
    e = np.asarray(made.c[0] @ made.b).ravel()
    system = large_system(made.labels, made.a)
    kind = "metis" if importlib.util.find_spec("pymetis") else "mmd"
    start = time.perf_counter()
    way = order(system, kind)
    ordered = time.perf_counter() - start
    factors, right = factor(system, way), Right.characterised(made.c[0], made.b)
    status = Path("/proc/self/status")
    found = Krylov(system, system.comparison(e)).intensities(e)
    result = {
        "kind": kind, "gate": median(lambda: large_system(made.labels, made.a), 3), "iterations": found.iterations,
        "krylov": median(lambda: Krylov(system, system.comparison(e)).intensities(e), 3), "order": ordered,
        "factor": median(lambda: factor(system, way), 3), "entries": factors.entries,
        "solve": median(lambda: factors.solve(e), 3),
        "digits": median(lambda: Certifier.of(system, factors.solve).published(right), 1),
    }  # fmt: skip
    lines = status.read_text().splitlines() if status.is_file() else ["VmHWM: 0 kB"]
    result["megabytes"] = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return result


if __name__ == "__main__":
    main()
