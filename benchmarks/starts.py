"""Row (i): what a fresh process costs before its first number."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.table import shown

ROOT: Final = Path(__file__).resolve().parents[1]
OPENING: Final = (
    "import time; from factordb.release import open_release; s = time.perf_counter(); open_release('cn-2026.1'); "
    "print(time.perf_counter() - s)"
)
NUMBER: Final = (
    "from pathlib import Path; from service.intake import read_file; from service.calculate import derive, Asked; "
    "derive(read_file(Path('examples/cement_works_2024.yaml')), Asked()).works.footprints"
)


def _fresh(code: str, times: int = 7) -> float:
    """Median seconds of a process, by the wall."""
    command, taken = [sys.executable, "-c", code], []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _said(code: str, times: int = 7) -> float:
    """Median of the seconds that a fresh process prints itself."""
    command = [sys.executable, "-c", code]
    runs = (subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True) for _ in range(times))
    return statistics.median(float(run.stdout) for run in runs)


def printed() -> None:
    """Import of ``pcf``, opening of the shipped release, first number; modules compiled before, files in the cache."""
    imported, opened = _fresh("import service.cli"), _said(OPENING)
    print(f"\n(i) fresh processes: import of pcf {shown(imported)} ({_verdict(imported, 0.6)}; bare Python "
          f"{shown(_fresh('pass'))}); opening cn-2026.1, hash checked {shown(opened)} ({_verdict(opened, 0.3)}); "
          f"to the first number {shown(_fresh(NUMBER))}")  # fmt: skip


def _verdict(seconds: float, most: float) -> str:
    return f"<= {most:g} s {'met' if seconds <= most else 'NOT met'}"
