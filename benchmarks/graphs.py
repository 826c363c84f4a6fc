"""Row (g): products as a graph through ``pcf batch``, and how seconds and memory grow. `python -m benchmarks.graphs`.

Five levels: a fifth of the products are shared parts (kilns that sell clinker), each other product (a mill) takes three
products of the level below its own and two of the shared parts. Rule, factors, sealing and the release of each item's
suppliers are those of any batch; every product gets its record. Each size runs in processes of its own: once to
calculate, once again with nothing changed. The works are those of ``examples/batch``, an illustration.

`--sizes 10000,20000,50000,100000` takes about an hour on two cores; `make bench` runs 1,000 to 10,000.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from lca.doors import read_yaml

ROOT: Final = Path(__file__).resolve().parents[1]
SEED: Final = 20241121
LEVELS: Final = 5
BELOW: Final = 3
SHARED: Final = 2
SIZES: Final = (1_000, 3_000, 10_000)
MEASURE: Final = """
import json, os, sys, time
from pathlib import Path
start = time.perf_counter()
from service.cli import main
code = 0
try:
    main()
except SystemExit as end:
    code = end.code or 0
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.is_file() else ["VmHWM: 0 kB"]
peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
found = {"code": code, "seconds": time.perf_counter() - start, "processor": sum(os.times()[:4]), "megabytes": peak}
sys.stderr.write("\\n" + json.dumps(found) + "\\n")
"""


def products(size: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """``size`` activity-data documents with ids, suppliers anywhere before or after those who refer to them."""
    kiln, mill = (read_yaml((ROOT / "examples" / "batch" / name).read_text("utf-8")) for name in
                  ("kiln.yaml", "mill_slag.yaml"))  # fmt: skip
    pick, each = Random(seed), size // LEVELS
    names = [[f"part-{k:06}" for k in range(each)]]
    names += [[f"level{level}-{k:06}" for k in range(each)] for level in range(1, LEVELS)]
    made = {name: "CLK" for name in names[0]} | {name: "P.S.A" for level in names[1:] for name in level}
    for number, name in enumerate(names[0]):
        yield _with_coal(kiln, name, f"{100 + number % 40}.{number:06}")
    for level in range(1, LEVELS):
        for name in names[level]:
            suppliers = dict.fromkeys([*pick.sample(names[level - 1], BELOW), *pick.sample(names[0], SHARED)])
            yield _buying(mill, name, [f"batch:{item}/{made[item]}" for item in suppliers])


def _with_coal(template: Any, name: str, tonnes: str) -> dict[str, Any]:
    document = {**copy.deepcopy(template), "id": name}
    for row in document["rows"]:
        if row["id"] == "coal":
            row["amount"] = tonnes
    return document


def _buying(template: Any, name: str, suppliers: list[str]) -> dict[str, Any]:
    document = {**copy.deepcopy(template), "id": name}
    rows = [row for row in document["rows"] if row["id"] != "bought"]
    share, rest = divmod(650, len(suppliers))
    for number, reference in enumerate(suppliers):
        amount = share + (rest if number == 0 else 0)
        rows.append({"id": f"bought-{number}", "input": "clinker_bought", "amount": str(amount), "unit": "t",
                     "factor": reference})  # fmt: skip
    return {**document, "rows": rows}


def measured(size: int, seal: str, workers: int) -> list[dict[str, Any]]:
    """The batch, and the same batch again: seconds with the start of the program, peak MB, records."""
    found = []
    with tempfile.TemporaryDirectory(prefix="pcf-graph-") as folder:
        path = Path(folder) / "items.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for document in products(size):
                file.write(json.dumps(document, ensure_ascii=False) + "\n")
        asked = ["batch", str(path), "-o", f"{folder}/out", "--seal", seal, "--store", f"{folder}/store.db"]
        for _ in range(2):
            command = [sys.executable, "-c", MEASURE, *asked, *(["--workers", str(workers)] if workers > 1 else [])]
            done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
            one: dict[str, Any] = json.loads(done.stderr.strip().splitlines()[-1])
            if one["code"]:
                raise SystemExit(f"{size:,} products: exit {one['code']}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
            lines = (Path(folder) / "out" / "results.jsonl").read_text("utf-8").splitlines()
            assert len(lines) == size // LEVELS * LEVELS, f"{len(lines)} results of {size}"
            found.append({**one, "store": (Path(folder) / "store.db").stat().st_size / 2**20 if seal != "none" else 0})
    return found


def exponent(sizes: list[int], values: list[float]) -> float:
    """Slope of the logarithms by least squares."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def main(given: list[str] | None = None) -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)))
    asked.add_argument("--seal", default="changed", choices=("changed", "none"))
    asked.add_argument("--workers", type=int, default=1)
    chosen = asked.parse_args(given)
    sizes, first, again = [int(text) for text in chosen.sizes.split(",")], [], []
    print(f"\n(g) products as a graph: {LEVELS} levels, a fifth shared parts, {BELOW} + {SHARED} suppliers each, "
          f"seed {SEED}, --seal {chosen.seal}, {chosen.workers} worker(s)")  # fmt: skip
    for size in sizes:
        one, two = measured(size, chosen.seal, chosen.workers)
        first.append(one)
        again.append(two)
        print(f"    {size:7,}: {_said(one)}, store {one['store']:.0f} MB, {size / one['seconds']:.0f}/s; again, "
              f"nothing changed: {_said(two)}", flush=True)  # fmt: skip
    if len(sizes) > 1:
        for name, found in (("calculated", first), ("unchanged", again)):
            grows = ", ".join(
                f"{key} as n^{exponent(sizes, [float(one[key]) for one in found]):.2f}"
                for key in ("seconds", "processor", "megabytes")
            )
            print(f"    {name}: {grows}")


def _said(one: dict[str, Any]) -> str:
    return f"{one['seconds']:.1f} s ({one['processor']:.1f} s of processor time), {one['megabytes']:.0f} MB"


if __name__ == "__main__":
    main()
