"""Kill workers and submitters at random moments: no accepted job may be lost, no record or run may be there twice.

python -m benchmarks.kill_jobs [KILLS] [STORE] [SEED]   STORE: a new SQLite file, or a PostgreSQL URL of the app role
"""

from __future__ import annotations

import copy
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from factordb.store import open_store
from lca.doors import read_yaml
from service.check_store import check
from service.desk import HEAD, Desk, open_desk, prepare
from service.jobs import requests
from service.jobs.job import SUCCEEDED
from service.jobs.kinds import KINDS
from service.jobs.queue import Queue
from service.jobs.worker import Worker

ROOT: Final = Path(__file__).resolve().parents[1]
LEASE: Final = 2.0
ITEMS: Final = 6
WORKERS: Final = 2


@dataclass
class Killed:
    """What a run of kills left behind."""

    jobs: int = 0
    kills: int = 0
    attempts: int = 0
    """Of all jobs together: what is above ``jobs`` was taken again."""
    wrong: list[str] = field(default_factory=list)


def request(first: int) -> dict[str, Any]:
    """Items that no other request has: a kiln with its own amount of power each."""
    kiln: Any = read_yaml((ROOT / "examples" / "batch" / "kiln.yaml").read_text("utf-8"))
    items = []
    for number in range(first, first + ITEMS):
        data = copy.deepcopy(kiln)
        next(row for row in data["rows"] if row["id"] == "power")["amount"] = str(60_000 + number)
        items.append({"id": f"k{number:06d}", "data": data})
    return {"items": items}


def submit(place: str, first: int) -> None:
    """Submit one job after the other, and say the id of each that was accepted, until somebody ends it."""
    with open_desk(place) as desk:
        while True:
            print(requests.submit(desk, request(first), caller="kill_jobs").id, flush=True)
            first += ITEMS
            time.sleep(0.02)


def work(place: str) -> None:
    """A worker with a short lease."""
    with open_desk(place) as desk:
        Worker(desk, KINDS, lease=LEASE, poll=0.05, attempts=10_000).run()


def kill(place: str, kills: int, seed: int, submitted: float = 0.3, patience: float = 600) -> Killed:
    """Kill a submitter, then workers, at moments drawn by ``seed``; then let the rest be done and look at it all."""
    chance, found = random.Random(seed), Killed()
    accepted = _submitted(place, submitted + chance.uniform(0, 0.2))
    found.jobs = len(accepted)
    workers = [_start("work", place) for _ in range(WORKERS)]
    try:
        while found.kills < kills:
            time.sleep(chance.uniform(0.3, 2.5))
            number = chance.randrange(WORKERS)
            workers[number].send_signal(signal.SIGKILL)
            workers[number].wait()
            workers[number] = _start("work", place)
            found.kills += 1
        until = time.monotonic() + patience
        with open_desk(place) as desk:
            queue = Queue(desk.engine, desk.tenant)
            while queue.count(SUCCEEDED) < len(queue.listing(limit=10_000)) and time.monotonic() < until:
                time.sleep(0.1)
            _look(desk, queue, accepted, found)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return found


def _look(desk: Desk, queue: Queue, accepted: list[str], found: Killed) -> None:
    jobs = {job.id: job for job in queue.listing(limit=10_000)}
    found.attempts = sum(job.attempts for job in jobs.values())
    found.wrong += [f"{name}: accepted and lost" for name in accepted if name not in jobs]
    for job in jobs.values():
        items = requests.results(desk, job.id, "en", limit=1000)
        good = [line["results"][0]["record"] for line in items if line["ok"]]
        if job.state != SUCCEEDED or len(set(good)) != ITEMS:
            found.wrong.append(f"{job.id}: {job.state}, {len(good)} of {ITEMS} items")
    with desk.engine.connect() as connection:
        for table in ("record", "run"):
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            if rows != len(jobs) * ITEMS:
                found.wrong.append(f"{rows} rows in {table} for {len(jobs)} jobs of {ITEMS} items")
    found.wrong += [f"{what}: {why}" for what, why in check(desk.engine, HEAD).wrong if what != "role"]


def _submitted(place: str, seconds: float) -> list[str]:
    """Ids that a submitter said before it was killed; its last line may be half."""
    with _start("submit", place, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    return [line.decode().strip() for line in [first, *rest.splitlines(keepends=True)] if line.endswith(b"\n")]


def _start(verb: str, place: str, **more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.kill_jobs", verb, place], cwd=ROOT, **more)


def main(kills: int, store: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = store or str(Path(folder) / "pcf.db")
        if "://" not in store:
            engine = open_store(store)
            prepare(engine)
            engine.dispose()
        found = kill(store, kills, seed, submitted=max(0.3, kills / 30))
    told = f"{found.jobs} jobs accepted, {found.attempts} attempts, {len(found.wrong)} wrong"
    print(f"seed {seed}: {found.kills} kills, {told}")
    for line in found.wrong:
        print(f"  {line}")
    if found.wrong:
        sys.exit("a kill lost or doubled something")


if __name__ == "__main__":
    words = [*sys.argv[1:], "", "", ""]
    if words[0] == "work":
        work(words[1])
    elif words[0] == "submit":
        submit(words[1], 0)
    else:
        main(int(words[0] or 100), words[1], int(words[2] or 20261121))
