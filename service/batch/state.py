"""What a batch knows of its folder: the folder's series, its job in the store, and what was done before.

The folder holds the id of its series in a file that one batch at a time keeps locked; the lock goes with the process.
Everything else stands in the store: a row of ``job`` and a row of ``batch_item`` per item
(:mod:`service.jobs.memory`). With ``--seal none`` nothing goes into the store; the same tables then stand in a SQLite
file beside the results.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError

from factordb.models import LOCAL, Base, Tenant
from factordb.store import open_store
from lca.faults import Fault, Refused
from service.jobs.held import CancelAsked, Held
from service.jobs.job import CANCELLED, SUCCEEDED, Job
from service.jobs.memory import Memory
from service.jobs.queue import BATCH, Queue
from service.records.store import RecordStore

SERIES: Final = "series.sqlite"
UNSEALED: Final = "unsealed.sqlite"
BEFORE: Final = "state.sqlite"
"""The file that held the state before it moved into the store."""
_TABLES: Final = ("tenant", "job", "batch_item", "webhook", "delivery")


@dataclass(frozen=True, slots=True)
class State:
    """A batch's memory, and its job."""

    memory: Memory
    progress: Callable[[int, int], None]
    """Tells the job how far it is; raises where the job is to end."""
    finish: Callable[[Mapping[str, Any]], None]
    """Ends the job with its counts."""


@contextmanager
def open_state(
    folder: Path, mode: str, store: RecordStore | None = None, request: Mapping[str, Any] | None = None
) -> Iterator[State]:
    """The state of a folder, held by this process alone until the end. A job that does not come to its end stays
    open, and the next batch in the folder goes on with it.

    Raises:
        Refused: ``batch_output`` for a folder that cannot be written, is in use by another batch, or holds a state of
            an earlier version; ``batch_cancelled`` where the job was cancelled from elsewhere.
    """
    with _series(folder) as series, _tables(folder, store) as (engine, tenant):
        queue = Queue(engine, tenant)
        job = _job(queue, series, mode, dict(request or {}) | {"folder": str(folder.resolve()), "seal": mode})
        ended = False

        def finish(counts: Mapping[str, Any]) -> None:
            nonlocal ended
            queue.end(job, SUCCEEDED, counts)
            ended = True

        try:
            with Held(queue, job) as held:
                memory = Memory(engine, series, job.id, tenant=tenant, again=mode == "all")
                yield State(memory, held.progress, finish)
        except CancelAsked:
            ended = True
            queue.end(job, CANCELLED)
            fault = Fault("batch_cancelled", str(folder), found=f"job {job.id}", expected="a batch that goes on")
            raise Refused([fault]) from None
        finally:
            if not ended:
                queue.give_back(job)


def _job(queue: Queue, series: str, mode: str, request: dict[str, Any]) -> Job:
    """The job of this folder that was broken off, taken again, or a new one; the folder is ours alone."""
    holder = f"pcf batch {platform.node()}:{os.getpid()}"
    found = None
    for job in queue.of_series(series):
        if found is None and job.asked.get("seal") == mode and not job.cancel_asked:
            found = queue.begin(job.id, holder)
        else:
            queue.end(queue.begin(job.id, holder), CANCELLED)
    return found or queue.put(BATCH, request, caller="pcf batch", series=series, holder=f"{holder} {uuid.uuid4().hex}")


@contextmanager
def _series(folder: Path) -> Iterator[str]:
    """The id of a folder's series, made once. Its file is locked until the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / BEFORE).exists():
            found = f"{BEFORE} of an earlier version"
            raise Refused([Fault("batch_state_before", str(folder), found=found, expected=f"no {BEFORE}")])
        db = sqlite3.connect(folder / SERIES, timeout=1)
    except (OSError, sqlite3.Error) as error:
        raise _refused(folder, error) from None
    try:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")  # held by the connection, not by a transaction
            with db:
                db.execute("BEGIN EXCLUSIVE")
                db.execute("CREATE TABLE IF NOT EXISTS series (id TEXT NOT NULL)")
                if db.execute("SELECT id FROM series").fetchone() is None:
                    db.execute("INSERT INTO series VALUES (?)", (uuid.uuid4().hex,))
            series = str(db.execute("SELECT id FROM series").fetchone()[0])
        except sqlite3.Error as error:
            raise _refused(folder, error) from None
        yield series
    finally:
        db.close()


@contextmanager
def _tables(folder: Path, store: RecordStore | None) -> Iterator[tuple[Engine, str]]:
    """Where jobs and items are kept: the store, or a file beside the results."""
    if store is not None:
        yield store.engine, store.tenant
        return
    engine = open_store(folder / UNSEALED)
    try:
        try:
            Base.metadata.create_all(engine, [Base.metadata.tables[name] for name in _TABLES])
            with engine.begin() as connection:
                if connection.execute(select(Tenant.id)).first() is None:
                    connection.execute(insert(Tenant).values(id=LOCAL, title="", created_at=""))
        except (DBAPIError, sqlite3.Error) as error:
            raise _refused(folder, error) from None
        yield engine, LOCAL
    finally:
        engine.dispose()


def _refused(folder: Path, error: Exception) -> Refused:
    expected = "a folder that can be written and that no other batch is using"
    return Refused([Fault("batch_output", str(folder), found=str(error), expected=expected)])
