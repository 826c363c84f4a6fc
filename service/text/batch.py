"""A batch on a terminal: progress with rate and time left, what came out, what failed and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from lca.messages import sentence
from service.batch.results import FAILED, RESULTS
from service.batch.turn import Done
from service.text.words import Language, pick

WORDS: Final = {
    "done": ("items", "项"),
    "results": ("results", "个结果"),
    "calculated": ("calculated", "本次核算"),
    "sealed": ("new records", "条新记录"),
    "unchanged": ("unchanged", "未变化"),
    "not_sealed": ("not sealed", "未封存"),
    "loop": (
        "refers to itself through others: a record cannot name a record that names it",
        "互相引用：记录不能引用又引用自身的记录",
    ),
    "seal_none": ("--seal none", "--seal none"),
    "supplier_not_sealed": ("something it refers to is not sealed", "所引用的产品未封存"),
    "not_proven": ("its digits are not proven", "数字未经证明"),
    "failed": ("failed", "失败"),
    "more": ("more", "项更多"),
    "per_second": ("/s", "项/秒"),
    "left": ("s left", "秒后完成"),
}  # fmt: skip
SHOWN: Final = 10
EVERY: Final = 5.0
"""Seconds between two lines where the output is no terminal."""


def as_json(done: Done) -> dict[str, Any]:
    """The summary as plain JSON; results and faults stand in the files."""
    unsealed = sorted({line["not_sealed"] for line in done.lines} - {""})
    return {
        "ok": not done.failed,
        "items": done.items,
        "results": len(done.lines),
        "calculated": len(done.calculated),
        "new_records": done.sealed,
        "unchanged": sum(line["unchanged"] for line in done.lines),
        "not_sealed": {why: sum(line["not_sealed"] == why for line in done.lines) for why in unsealed},
        "failed": sorted(done.failed),
        "files": [RESULTS, FAILED],
    }


def print_done(console: Console, done: Done, out: Path, seconds: float, language: Language) -> None:
    """Counts, why products were not sealed, the first failed items with their first fault, and the files."""
    told = as_json(done)
    counts = [f"{done.items} {_w('done', language)}", f"{told['results']} {_w('results', language)}"]
    counts += [f"{_w(name, language)} {told[name]}" for name in ("calculated", "unchanged")]
    counts.append(f"{told['new_records']} {_w('sealed', language)}")
    console.print(f"{', '.join(counts)} ({seconds:.1f} s)")
    for why, number in told["not_sealed"].items():
        console.print(f"{_w('not_sealed', language)}: {number} ({_w(why, language)})")
    if done.failed:
        console.print(Text(f"{_w('failed', language)}: {len(done.failed)}", style="bold red"))
    for item in told["failed"][:SHOWN]:
        faults = done.failed[item]
        first = faults[0]
        more = f" (+{len(faults) - 1})" if len(faults) > 1 else ""
        console.print(f"  {item}: {sentence(first, language)} [{first.code}: {first.found}]{more}")
    if len(done.failed) > SHOWN:
        console.print(f"  + {len(done.failed) - SHOWN} {_w('more', language)}")
    for name in (RESULTS, *([FAILED] if done.failed else [])):
        console.print(f"-> {out / name}")


def pace(done: int, total: int, seconds: float, language: Language) -> str:
    """``120/1000, 42.0/s, 21 s left``; without the rate while nothing was done."""
    if not done or seconds <= 0:
        return f"{done}/{total}"
    rate = done / seconds
    left = (total - done) / rate
    return f"{done}/{total}, {rate:.1f}{_w('per_second', language)}, {left:.0f} {_w('left', language)}"


def lines_of_progress(
    say: Callable[[str], None], language: Language, clock: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """Progress for an output that is no terminal: a line every five seconds."""
    start = last = clock()

    def told(done: int, total: int) -> None:
        nonlocal last
        now = clock()
        if now - last >= EVERY:
            last = now
            say(pace(done, total, now - start, language))

    return told


def _w(key: str, language: Language) -> str:
    return pick(WORDS, key, language)
