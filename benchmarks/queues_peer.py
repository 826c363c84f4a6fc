"""The other side of :mod:`benchmarks.queues`: procrastinate and DBOS, in an environment of their own.

python queues_peer.py NAME speed|hold|again URL [N]      prints one line of JSON

speed: put N jobs that do nothing, each committed, then let one worker do them, one at a time. hold: put one job and
begin it; it never ends. again: start a worker and say after how many seconds it began that job again, if it did.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
import time
from typing import Any

BEGAN = threading.Event()
AT_ONCE = int(os.environ.get("PCF_QUEUES_AT_ONCE", "1")) or None
PATIENCE = float(os.environ.get("PCF_QUEUES_PATIENCE", "60"))


def procrastinate(verb: str, url: str, number: int) -> dict[str, Any]:
    from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

    def made(connector: Any) -> App:
        app = App(connector=connector)

        @app.task(name="nothing")
        def nothing() -> None: ...

        @app.task(name="long")
        def long() -> None:
            BEGAN.set()
            print(json.dumps({"began": True}), flush=True)
            time.sleep(3600)

        return app

    sync = made(SyncPsycopgConnector(conninfo=url))
    found: dict[str, Any] = {}
    with sync.open():
        if verb == "speed":
            sync.schema_manager.apply_schema()
        if verb == "speed":
            start = time.perf_counter()
            for _ in range(number):
                sync.tasks["nothing"].defer()
            found["put"] = number / (time.perf_counter() - start)
        if verb == "hold":
            sync.tasks["long"].defer()
    start = time.perf_counter()

    async def work() -> None:
        app = made(PsycopgConnector(conninfo=url))
        async with app.open_async():
            running = app.run_worker_async(concurrency=1, wait=verb != "speed", fetch_job_polling_interval=0.5)
            if verb != "again":
                await running
                return
            with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(running, PATIENCE)

    if verb == "again":
        threading.Thread(target=lambda: asyncio.run(work()), daemon=True).start()
        found["again"] = time.perf_counter() - start if BEGAN.wait(PATIENCE + 5) else None
        return found
    asyncio.run(work())
    return found | {"done": number / (time.perf_counter() - start)}


def dbos(verb: str, url: str, number: int) -> dict[str, Any]:
    from dbos import DBOS, DBOSClient

    # executor_id: whoever comes after a killed process; "same" bears its name, as one container of one does
    executor = os.environ.get("PCF_QUEUES_EXECUTOR", "one")
    DBOS(config={
        "name": "queues", "system_database_url": url, "executor_id": executor, "application_version": "1",
        "log_level": "ERROR",
    })  # fmt: skip
    left = threading.Semaphore(0)

    @DBOS.workflow(name="nothing")
    def nothing() -> None:
        left.release()

    @DBOS.workflow(name="long")
    def long() -> None:
        BEGAN.set()
        print(json.dumps({"began": True}), flush=True)
        time.sleep(3600)

    found: dict[str, Any] = {}
    if verb == "again":
        start = time.perf_counter()
        DBOS.launch()
        found["again"] = time.perf_counter() - start if BEGAN.wait(PATIENCE) else None
        return found
    if verb == "hold":
        DBOS.launch()
        DBOS.register_queue("work", worker_concurrency=AT_ONCE, polling_interval_sec=0.1)
        DBOS.enqueue_workflow("work", long)
        time.sleep(3600)
    DBOS.launch()
    DBOS.register_queue("work", worker_concurrency=AT_ONCE, polling_interval_sec=0.1)
    DBOS.destroy(workflow_completion_timeout_sec=0)  # only its tables
    client = DBOSClient(system_database_url=url)
    start = time.perf_counter()
    for _ in range(number):
        client.enqueue({"queue_name": "work", "workflow_name": "nothing", "app_version": "1"})
    found["put"] = number / (time.perf_counter() - start)
    client.destroy()
    start = time.perf_counter()
    DBOS(config={
        "name": "queues", "system_database_url": url, "executor_id": executor, "application_version": "1",
        "log_level": "ERROR",
    })  # fmt: skip
    DBOS.launch()
    for _ in range(number):
        if not left.acquire(timeout=PATIENCE * 5):
            raise SystemExit("not done in time")
    return found | {"done": number / (time.perf_counter() - start)}


if __name__ == "__main__":
    name, verb, url = sys.argv[1:4]
    told = {"procrastinate": procrastinate, "dbos": dbos}[name](verb, url, int((*sys.argv[4:], "1000")[0]))
    print(json.dumps(told), flush=True)
    os._exit(0)  # workers that never end
