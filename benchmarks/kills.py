"""Kill an import at random moments: after each the store must be usable, and the release whole or not there at all.

python -m benchmarks.kills [KILLS] [STORE] [SEED]     STORE: a new SQLite file, or a PostgreSQL URL of the app role
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from factordb.publish import published
from factordb.store import open_store
from service.check_store import check
from service.desk import HEAD, prepare

ROWS = 4_000
MAPPING = """
source: {id: made, title: Made, publisher: A test, date: 2026-01-01, address: "", official_in: ""}
licence:
  {code: own, title: Own, may_store: yes, may_redistribute: yes, may_use_commercially: yes, share_alike: no,
   attribution: ""}
file: {encoding: utf-8, separator: ",", decimal: "."}
columns: {id: id, name_en: name, value: value, unit: unit}
fixed: {kind: cradle_to_gate, category: test, place: CN, year: "2024"}
units: {}
kinds: {}
places: {}
"""


@dataclass
class Killed:
    """What a run of kills left behind."""

    whole: int = 0
    absent: int = 0
    finished: int = 0
    wrong: list[str] = field(default_factory=list)


def command(folder: Path, store: str, name: str) -> list[str]:
    """The import of a table of some thousand rows, as a customer types it."""
    words = ["factors", "import", str(folder / "made.csv"), "--as", "generic", "--mapping", str(folder / "m.yaml")]
    return [sys.executable, "-m", "service.cli", *words, "--id", name, "--store", store]


def write_table(folder: Path, rows: int = ROWS) -> None:
    """The table and its mapping."""
    lines = [f"made-{i:05d},Material {i},{i}.{i % 10}5,kgCO2e/kg" for i in range(1, rows + 1)]
    (folder / "made.csv").write_text("id,name,value,unit\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")


def kill(folder: Path, store: str, kills: int, seed: int) -> Killed:
    """Import ``kills`` times under new ids, each killed with SIGKILL after a random part of the time it takes."""
    draw, found = random.Random(seed), Killed()
    write_table(folder)
    start = time.monotonic()
    subprocess.run(command(folder, store, "whole-0"), check=True, capture_output=True)
    takes = time.monotonic() - start
    engine = open_store(store)
    expected = published(engine)["whole-0"]
    for number in range(1, kills + 1):
        name = f"killed-{number}"
        child = subprocess.Popen(command(folder, store, name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.05, takes))
        child.send_signal(signal.SIGKILL)
        found.finished += child.wait() == 0
        there = published(engine).get(name)
        found.whole += there is not None
        found.absent += there is None
        # The hash covers the id: the content is compared by opening it, which check() does.
        found.wrong += [f"{name}: {what}: {why}" for what, why in check(engine, HEAD, whole=False).wrong]
    engine.dispose()
    assert expected
    return found


def main(kills: int, store: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = store or str(folder / "pcf.db")
        if "://" not in store:
            engine = open_store(store)
            prepare(engine)
            engine.dispose()
        found = kill(folder, store, kills, seed)
    print(f"seed {seed}: {kills} kills, {found.whole} whole, {found.absent} absent, {len(found.wrong)} wrong")
    for line in found.wrong:
        print(f"  {line}")
    if found.wrong or found.whole + found.absent != kills:
        sys.exit("a kill left something half done")


if __name__ == "__main__":
    words = [*sys.argv[1:], "", "", ""]
    main(int(words[0] or 100), words[1], int(words[2] or 20261121))
