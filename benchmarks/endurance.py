"""`python -m benchmarks.endurance [--minutes 10] [--postgres] [--break]`: a stated mix against a real service.

Four clients without a pause: of 20 requests 9 read (records, a record, factors, releases), 6 calculate new works, 3
send a calculation again under its Idempotency-Key, 2 hand in a job of two works. Every POST carries a key and is
repeated until it is answered, as an ERP system does. With ``--postgres`` the jobs are done by ``pcf worker`` processes;
with ``--break`` PostgreSQL is restarted in the middle and a worker is killed every 20 s. At the end every answered
footprint and every item of every accepted job must be in the store once.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.load import bodies
from benchmarks.service import ROOT, durable_postgres, free_port, running

CLIENTS: Final = 4
GIVE_UP: Final = 120.0


@dataclass
class Seen:
    """What the clients met."""

    requests: int = 0
    retried: int = 0
    errors: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    jobs: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One client: a connection that is made again when it breaks, keys that stay the same over repeats."""

    def __init__(self, port: int, number: int, seen: Seen, end: float) -> None:
        self._port, self._seen, self._end = port, seen, end
        self._draw, self._number, self._count = random.Random(number), number, 0
        self._bodies = bodies(f"endurance-{number}", 1)[0]
        self._sent: list[tuple[str, bytes]] = []
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            while time.monotonic() < self._end:
                self._one()
        except Exception as error:
            with self._seen.lock:
                self._seen.errors.append(f"client {self._number}: {type(error).__name__}: {error}")

    def _one(self) -> None:
        turn = self._draw.randrange(20)
        if turn < 9:
            paths = ["/v1/records?limit=20", "/v1/factors?q=%E7%94%B5%E5%8A%9B", "/v1/releases"]
            with self._seen.lock:
                if self._seen.names:
                    paths.append(f"/v1/records/{next(iter(self._seen.names))}")
            self._ask("GET", self._draw.choice(paths), b"", "", 200)
        elif turn < 15 or not self._sent:
            self._count += 1
            key, body = f"k-{self._number}-{self._count}", self._works()
            self._sent = [*self._sent[-20:], (key, body)]
            self._footprint(key, body)
        elif turn < 18:
            self._footprint(*self._draw.choice(self._sent))
        else:
            self._count += 1
            items = [{"id": f"w{place}", "data": json.loads(self._works())} for place in range(2)]
            key = f"j-{self._number}-{self._count}"
            body = self._ask("POST", "/v1/jobs", json.dumps({"items": items}).encode(), key, 202)
            with self._seen.lock:
                self._seen.jobs.append(body["id"])

    def _works(self) -> bytes:
        self._count += 1
        data = json.loads(self._bodies)
        data["works"]["name"] = {"en": f"Works {self._number}-{self._count}", "zh": f"{self._number}-{self._count}厂"}
        return json.dumps(data, ensure_ascii=False).encode()

    def _footprint(self, key: str, body: bytes) -> None:
        answer = self._ask("POST", "/v1/footprints", body, key, 201)
        with self._seen.lock:
            self._seen.names |= {record["name"] for record in answer["records"]}

    def _ask(self, method: str, path: str, body: bytes, key: str, wanted: int) -> Any:
        """Ask until it is answered: a broken connection and 429 or 503 are asked again, everything else is an error."""
        start = time.monotonic()
        headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=90)
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                content = answer.read()
                if answer.status == wanted:
                    with self._seen.lock:
                        self._seen.requests += 1
                    return json.loads(content)
                if answer.status not in (429, 503):
                    raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
                time.sleep(0.2)
                with self._seen.lock:
                    self._seen.retried += 1
                continue
            self._connection = None
            with self._seen.lock:
                self._seen.retried += 1
            if time.monotonic() - start > GIVE_UP:
                raise RuntimeError(f"{method} {path}: not answered for {GIVE_UP:.0f} s")
            time.sleep(0.1)


def memory_mb(pid: int) -> float:
    """Resident memory of a process, MB."""
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def slope(points: list[tuple[float, float]]) -> float:
    """MB a minute, least squares."""
    if len(points) < 2:
        return 0.0
    x, y = ([point[axis] for point in points] for axis in (0, 1))
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((value - mean_x) ** 2 for value in x)
    return 60 * sum((a - mean_x) * (b - mean_y) for a, b in points) / spread if spread else 0.0


def worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "service.cli", "worker"], cwd=ROOT, env={**os.environ, **env},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def checked(port: int, seen: Seen) -> list[str]:
    """What is not as it must be at the end, after waiting for the jobs."""
    wrong = list(seen.errors)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)

    def get(path: str) -> Any:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    deadline = time.monotonic() + 600
    for job_id in seen.jobs:
        while (job := get(f"/v1/jobs/{job_id}"))["state"] in ("queued", "running") and time.monotonic() < deadline:
            time.sleep(0.2)
        if (job["state"], job.get("result", {}).get("failed")) != ("succeeded", 0):
            wrong.append(f"job {job_id}: {job['state']} {job.get('error', '')}")
        for item in get(f"/v1/jobs/{job_id}/results")["items"]:
            seen.names |= {line["record"] for line in item["results"]}
    stored, path = [], "/v1/records?limit=200"
    while path:
        connection.request("GET", path)
        answer = connection.getresponse()
        stored += [row["name"] for row in json.loads(answer.read())["records"]]
        path = (answer.getheader("link") or "").partition(">")[0].removeprefix("<").partition(f":{port}")[2]
    if len(stored) != len(set(stored)):
        wrong.append(f"{len(stored) - len(set(stored))} records are there twice")
    if lost := seen.names - set(stored):
        wrong.append(f"{len(lost)} records are lost")
    if more := set(stored) - seen.names:
        wrong.append(f"{len(more)} records nobody was told of")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--break", dest="breaking", action="store_true")
    wanted = parser.parse_args()
    from factordb.store import open_store
    from service.desk import prepare

    with ExitStack() as stack:
        if wanted.postgres or wanted.breaking:
            owner, place, server = stack.enter_context(durable_postgres())
        else:
            owner = place = stack.enter_context(tempfile.TemporaryDirectory()) + "/pcf.db"
            server = None
        engine = open_store(owner)
        prepare(engine)
        engine.dispose()
        port, seen = free_port(), Seen()
        env = {"PCF_STORE": place, "PCF_PER_MINUTE": "10000000", "PCF_LOG": "warning"}
        command = ["service.cli", "serve", "--port", str(port)]
        process = stack.enter_context(running(command, port, "/readyz", env))
        workers = [worker(env) for _ in range(2)] if server else []
        start = time.monotonic()
        end = start + wanted.minutes * 60
        threads = [threading.Thread(target=Client(port, number, seen, end).run) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        points, restarted, killed, last = [], False, 0, start
        while time.monotonic() < end:
            time.sleep(1)
            now = time.monotonic()
            if now - start > min(120, wanted.minutes * 20):
                points.append((now - start, memory_mb(process.pid)))
            if wanted.breaking and now - last > 20:
                last = now
                workers[0].send_signal(signal.SIGKILL)
                workers[0].wait()
                workers = [*workers[1:], worker(env)]
                killed += 1
            if wanted.breaking and not restarted and now - start > wanted.minutes * 30:
                restarted = True
                restart(server)
        for thread in threads:
            thread.join()
        wrong = checked(port, seen)
        for one in workers:
            one.terminate()
            one.wait(60)
        store = "PostgreSQL" if server else "SQLite"
        told = f"{store}: {wanted.minutes:g} min, {seen.requests:,} requests, {seen.retried:,} asked again"
        told += f", {len(seen.names):,} records, {len(seen.jobs):,} jobs, {killed} workers killed"
        told += f", database restarted: {'yes' if restarted else 'no'}"
        mb = f"memory {points[0][1]:.0f} -> {points[-1][1]:.0f} MB, {slope(points):+.2f} MB/min (to reach: below 1)"
        print(f"{told}\n{mb}\n" + ("\n".join(wrong) or "no error, nothing lost, nothing doubled"))
        if wrong:
            raise SystemExit(1)


def restart(server: Any) -> None:
    """End PostgreSQL at once, as a crash would (SIGQUIT: no checkpoint), and start it again at the same place."""
    before = server.get_postmaster_info()
    before.process.send_signal(signal.SIGQUIT)
    before.process.wait(60)
    time.sleep(2)
    server._postmaster_info = None
    server.ensure_postgres_running()
    after = server.get_postmaster_info()
    if (str(before.socket_dir), before.port) != (str(after.socket_dir), after.port):
        raise SystemExit("PostgreSQL came back at another place")


if __name__ == "__main__":
    main()
