"""What reading each public data set costs: seconds, peak memory, rows by reason. `python -m benchmarks.imports`.

Each set is read in a process of its own, so that its peak is its own. The limit of the release issue is for Base
Carbone: 18,616 records within 60 s and 500 MB. Without the public data it prints ``not run: no data``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("PCF_PUBLIC_DATA", ROOT / ".." / "shared" / "data" / "raw"))
FILES = {
    "base_carbone": "base_carbone/Base_Carbone_V23.6.csv",
    "defra": "defra_2025/defra_2025_flat_scope3.csv",
    "oekobaudat": "oekobaudat_2020_ii/OBD_2020_II.csv",
    "epa_supply_chain": "epa_supply_chain_v1_3/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv",
    "cbam_tables": "cbam_2025_2621",
}
LIMITS = {"base_carbone": (60, 500)}
"""Seconds and megabytes that may not be passed."""
MEASURE = """
import json, resource, sys, time
from pathlib import Path
start = time.perf_counter()
from factordb.imports import registry
intake = registry.run(sys.argv[1], Path(sys.argv[2]))
seconds = time.perf_counter() - start
status = Path("/proc/self/status")
if status.is_file():  # ru_maxrss keeps the peak of the process that started this one
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    megabytes = int(line.split()[1]) / 1024
else:
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
print(json.dumps({
    "seconds": seconds,
    "megabytes": megabytes,
    "read": intake.read, "accepted": len(intake.factors), "same": intake.same, "rejected": intake.reasons(),
}))
"""


def measure(name: str) -> dict[str, object]:
    """One set in a process of its own."""
    command = [sys.executable, "-c", MEASURE, name, str(DATA / FILES[name])]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    made: dict[str, object] = json.loads(done.stdout)
    return made


def main() -> int:
    """Print one line per set; 1 where a limit is passed."""
    if not DATA.is_dir():
        print("not run: no data")
        return 0
    passed = 0
    for name in FILES:
        made = measure(name)
        seconds, megabytes = float(str(made["seconds"])), float(str(made["megabytes"]))
        most = LIMITS.get(name)
        passed |= most is not None and (seconds > most[0] or megabytes > most[1])
        limit = f" (limit {most[0]} s, {most[1]} MB)" if most else ""
        print(f"{name}: {seconds:.2f} s, {megabytes:.0f} MB{limit}; read {made['read']}, accepted {made['accepted']}, "
              f"same {made['same']}, rejected {made['rejected']}")  # fmt: skip
    return int(passed)


if __name__ == "__main__":
    sys.exit(main())
