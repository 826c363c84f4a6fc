"""SIGKILL of submitters, workers and servers at random moments: accepted jobs are done, once.

``make soak`` does it a hundred times on each database (``PCF_KILLS``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from benchmarks.kill_jobs import ITEMS, ROOT, kill, request
from service.cli import app
from service.desk import open_desk
from service.jobs import requests
from service.jobs.embedded import embedded_workers
from service.jobs.job import OPEN, RUNNING, SUCCEEDED
from service.jobs.queue import Queue

KILLS = int(os.environ.get("PCF_KILLS", "4"))


def test_killed_workers_lose_no_job_and_double_no_record(place: str) -> None:
    found = kill(place, kills=KILLS, seed=11, submitted=0.1)
    assert found.wrong == []
    assert found.kills == KILLS and found.jobs >= 1 and found.attempts >= found.jobs


def _until(place: str, job: str, states: tuple[str, ...], done: int = 0) -> str:
    until = time.monotonic() + 120
    with open_desk(place) as desk:
        queue = Queue(desk.engine)
        while time.monotonic() < until:
            found = queue.get(job)
            if found.state in states and found.done >= done:
                return found.worker
            time.sleep(0.02)
    raise AssertionError(f"{job} is {found.state} at {found.done}")


def test_an_embedded_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    place = str(tmp_path / "pcf.db")
    with open_desk(place) as desk:
        jobs = [requests.submit(desk, request(first), caller="test").id for first in (0, 50)]
    with embedded_workers(place, lease=1.0):
        holder = _until(place, jobs[0], (RUNNING,))
        os.kill(int(holder.split()[0].rpartition(":")[2]), signal.SIGKILL)
        for job in jobs:
            _until(place, job, (SUCCEEDED,))
    with open_desk(place) as desk:
        found = [Queue(desk.engine).get(job) for job in jobs]
        assert found[0].attempts == 2 and found[1].attempts == 1
        with desk.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM run")).scalar() == 2 * ITEMS


def test_a_server_that_ends_gives_the_job_back_and_one_that_is_killed_takes_its_worker_along(tmp_path: Path) -> None:
    place = str(tmp_path / "pcf.db")
    with open_desk(place) as desk:
        job = requests.submit(desk, request(0), caller="test").id
    with embedded_workers(place, lease=1.0):
        _until(place, job, (RUNNING,))
    with open_desk(place) as desk:
        left = Queue(desk.engine).get(job)
        assert left.worker == "" and (left.state, left.attempts) in (("queued", 0), ("succeeded", 1))
        job = requests.submit(desk, request(50), caller="test").id
    server = (
        "import sys, time\nfrom service.jobs.embedded import embedded_workers\n"
        "if __name__ == '__main__':\n    with embedded_workers(sys.argv[1], lease=1.0):\n        time.sleep(600)\n"
    )
    (tmp_path / "server.py").write_text(server, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(tmp_path / "server.py"), place], cwd=ROOT)
    holder = _until(place, job, (RUNNING, SUCCEEDED))
    process.send_signal(signal.SIGKILL)
    process.wait()
    if holder:
        pid, until = int(holder.split()[0].rpartition(":")[2]), time.monotonic() + 60
        while _alive(pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _alive(pid)
    with embedded_workers(place, lease=1.0):
        _until(place, job, (SUCCEEDED,))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.postgres
def test_pcf_worker_does_jobs_and_stops_in_good_order(postgres_urls: object, tmp_path: Path) -> None:
    from factordb.store import open_store
    from service.desk import prepare

    place = str(postgres_urls.app)  # type: ignore[attr-defined]
    owner = open_store(postgres_urls.owner)  # type: ignore[attr-defined]
    prepare(owner)
    owner.dispose()
    with open_desk(place) as desk:
        jobs = [requests.submit(desk, request(first), caller="test").id for first in range(0, 1200, 100)]
    words = [sys.executable, "-m", "service.cli", "worker", "--store", place, "--lang", "en"]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    _until(place, jobs[0], (SUCCEEDED,))
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0 and "what it held is back in the queue" in told
    with open_desk(place) as desk:
        left = [Queue(desk.engine).get(job) for job in jobs]
    assert {job.worker for job in left} == {""} and all(job.attempts <= 1 for job in left)
    assert left[0].state == SUCCEEDED and left[-1].state in OPEN


def test_the_commands(tmp_path: Path) -> None:
    run, place = CliRunner().invoke, str(tmp_path / "pcf.db")
    with open_desk(place) as desk:
        job = requests.submit(desk, request(0), caller="key 7").id
    listed = run(app, ["jobs", "list", "--store", place, "--lang", "en"])
    assert job in listed.output and "queued" in listed.output
    assert "排队" in run(app, ["jobs", "list", "--store", place, "--lang", "zh"]).output
    shown = run(app, ["jobs", "show", job, "--store", place, "--lang", "en"])
    assert "caller: key 7" in shown.output and "k000001" not in shown.output
    ended = run(app, ["jobs", "cancel", job, "--store", place, "--format", "json"])
    assert ended.exit_code == 0 and '"state": "cancelled"' in ended.output
    assert run(app, ["jobs", "list", "--store", place, "--state", "queued", "--lang", "en"]).output == "no jobs\n"
    words = ["jobs", "clear", "--days", "1", "--dry-run", "--store", place]
    assert run(app, [*words, "--lang", "en"]).output == "would be dropped: 0 jobs, 0 results, 0 deliveries\n"
    assert '"dry_run": true' in run(app, [*words, "--format", "json"]).output
    unknown = run(app, ["jobs", "show", "nobody", "--store", place, "--lang", "en"])
    assert unknown.exit_code == 1 and "job_unknown" in unknown.output
    refused = run(app, ["worker", "--store", place, "--lang", "zh"])
    assert refused.exit_code == 1 and "worker_sqlite" in refused.output and "PostgreSQL" in refused.output
