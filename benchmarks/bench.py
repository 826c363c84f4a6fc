"""`make bench`: what a first number costs here, and the peer on the same matrix in the same run. Medians; no verdict.

bw2calc solves the assembled system and characterises it; it reads no activity data, resolves no factor and seals no
record, so its row is compared with our solve alone.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "cement_works_2024.yaml"


def median_ms(work: Callable[[], Any], times: int = 15) -> float:
    """Median milliseconds over some runs after one that is not counted."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def process_ms(code: str) -> float:
    return median_ms(lambda: subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT), 5)


def peer(system: Any, demand: dict[str, Any]) -> Callable[[], float]:
    """The same system in bw2calc, built in memory; returns one cold solve."""
    os.environ.setdefault("BRIGHTWAY2_DIR", tempfile.mkdtemp())
    import bw2calc
    import bw_processing
    import numpy as np

    row = {name: 1000 + i for i, name in enumerate(system.products)}
    column = {name: 2000 + j for j, name in enumerate(system.processes)}
    flow = {name: 3000 + k for k, name in enumerate(system.flows)}
    package = bw_processing.create_datapackage()
    kind = bw_processing.INDICES_DTYPE

    def add(matrix: str, entries: list[tuple[int, int, float]]) -> None:
        indices = np.array([(i, j) for i, j, _ in entries], dtype=kind)
        data = np.array([value for _, _, value in entries])
        package.add_persistent_vector(matrix=matrix, indices_array=indices, data_array=data, name=matrix)

    add("technosphere_matrix", [(row[p], column[q], float(v)) for (p, q), v in system.a.items()])
    add("biosphere_matrix", [(flow[f], column[q], float(v)) for (f, q), v in system.b.items()])
    add("characterization_matrix", [(flow[f], flow[f], float(v)) for f, v in system.methods["total"].items()])
    wanted = {row[name]: float(amount) for name, amount in demand.items()}

    def solve() -> float:
        lca = bw2calc.LCA(demand=wanted, data_objs=[package])
        lca.lci()
        lca.lcia()
        return float(lca.score)

    return solve


def main() -> None:
    from factordb.release import open_release
    from lca.solve import solve
    from service.calculate import Asked, calculate, derive
    from service.desk import open_desk
    from service.intake import read_file
    from service.records.verify import rerun

    sent = read_file(EXAMPLE)
    derived = derive(sent, Asked())
    product = "P.O-42.5"
    demand = {product: derived.works.footprints[product].reference.amount}
    ours, theirs = solve(derived.works.system, demand).scores["total"], peer(derived.works.system, demand)
    print(f"same score: ours {float(ours):.12g}, bw2calc {theirs():.12g}")
    rows = [
        ("import of the command", process_ms("import service.cli")),
        ("opening the release, hash checked", median_ms(lambda: open_release("cn-2026.1"))),
        ("cement works-year to two footprints, not sealed", median_ms(lambda: derive(sent, Asked()))),
    ]
    with tempfile.TemporaryDirectory() as folder, open_desk(str(Path(folder) / "pcf.db")) as desk:
        sealed = median_ms(lambda: calculate(sent, Asked(), desk.records, caller="bench"))
        record = calculate(sent, Asked(), desk.records, caller="bench").records[0]
        rows += [
            ("the same, sealed and stored (SQLite)", sealed),
            ("re-run of one record", median_ms(lambda: rerun(record, open_release))),
        ]
    exact, cold = median_ms(lambda: solve(derived.works.system, demand)), median_ms(theirs)
    size = len(derived.works.system.processes)
    rows += [
        (f"exact solve and contributions, {size} processes", exact),
        (f"bw2calc {cold / exact:.1f} x ours: lci + lcia of the same matrix", cold),
    ]
    for what, milliseconds in rows:
        print(f"{milliseconds:9.1f} ms  {what}")


if __name__ == "__main__":
    main()
