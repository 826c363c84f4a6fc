"""`python -m benchmarks.opinions`: archived records solved by two lines of Brightway, each stage beside ours.

bw2calc 3.1 runs here, brightway2 2.4.7 in ``.venv-legacy``. Equal means within 1e-9 of the largest stage.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from lca.exact import Exact
from lca.system import LinearSystem
from service.second_opinion import Engine, installed, second_opinion

ROOT: Final = Path(__file__).resolve().parents[1]
RECORDS: Final = sorted((ROOT / "tests" / "archive" / "records").glob("*.json"))


def legacy(python: Path) -> Engine:
    """The old line, in the environment of that interpreter."""

    def levels(system: LinearSystem, demand: Mapping[str, Exact]) -> dict[str, Exact]:
        plain = {
            "products": system.products,
            "processes": system.processes,
            "a": [[product, process, repr(float(amount))] for (product, process), amount in system.a.items()],
            "demand": {product: repr(float(amount)) for product, amount in demand.items()},
        }
        script = ROOT / "benchmarks" / "legacy_levels.py"
        done = subprocess.run([python, script], input=json.dumps([plain]), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: list[dict[str, float]] = json.loads(done.stdout)
        return {process: Exact.from_binary64(level) for process, level in found[0].items()}

    return Engine("brightway2 2.4.7", levels)


def main(python: Path) -> None:
    engines = [installed(), legacy(python)]
    agreed = True
    for path in RECORDS:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        for engine in engines:
            opinion = second_opinion(record, engine)
            most = max((abs(float(row.ours)) for row in opinion.rows), default=0.0) or 1.0
            worst = max(abs(float(row.ours - row.theirs)) for row in opinion.rows) / most
            agreed = agreed and opinion.agrees
            print(f"{path.stem:<60} {engine.name:<18} {len(opinion.rows):>3} stages  {worst:.1e}")
    if not agreed:
        sys.exit("an engine disagrees")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".venv-legacy" / "bin" / "python")
