"""The queue: put a job in, take one under a lease, renew the lease, end the job. One table, on both databases.

PostgreSQL picks with ``FOR UPDATE SKIP LOCKED``; on SQLite every transaction begins with ``BEGIN IMMEDIATE``, so that
takers stand in line. A lease ends by the clock of the database. Taking gives the job a holder of a new name, and
whoever ends or renews must be that holder: one whose lease ran out and was taken by another cannot.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, and_, column, func, insert, or_, select, table, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.models import LOCAL, Base
from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.jobs.clock import now, now_in
from service.jobs.events import add_event, webhook_of
from service.jobs.job import CANCELLED, FAILED, OPEN, QUEUED, RUNNING, STATES, Job, kept
from service.jobs.models import DeliveryRow, JobRow

LEASE: Final = 60.0
"""Seconds a holder may be silent."""
ATTEMPTS: Final = 5
"""How often a job is begun at most; giving it back in good order does not count."""
PAUSE: Final = 5.0
"""Seconds before an attempt that follows one that broke; four times as many before each further one."""
WAITING: Final = "SELECT pcf_waiting()"
BATCH: Final = "batch"
"""The kind of ``pcf batch``: done by the process that put it there, in its folder; no worker takes it."""
Beside = Callable[[Session, Job], None]
"""Writes into the transaction that accepts a job: an audit entry, the answer to an idempotent request."""
JOBS: Final = Base.metadata.tables[JobRow.__tablename__]
_DELIVERIES: Final = Base.metadata.tables[DeliveryRow.__tablename__]
_EVENTS: Final = table("pact_event", *(column(name) for name in ("tenant_id", "state", "due_at")))
"""Of :mod:`service.pact`, which stands above this folder."""


class LeaseLost(Exception):
    """Another holder has the job, or it ended meanwhile: what this one does no longer counts."""


class Queue:
    """Jobs of one company."""

    def __init__(self, engine: Engine, tenant: str = LOCAL, *, attempts: int = ATTEMPTS) -> None:
        self.engine, self.tenant, self.attempts = of_tenant(engine, tenant), tenant, attempts

    def put(
        self, kind: str, request: Any, *, caller: str, job_id: str = "", series: str = "", webhook: str = "",
        holder: str = "", lease: float = LEASE, beside: Beside | None = None,
    ) -> Job:  # fmt: skip
        """Accept a job; it is kept when this returns. The same ``job_id`` with the same request finds the job there.

        ``holder``: who does it at once, without it standing in the queue. ``beside`` writes what must be there exactly
        when the job is; it is not called for a job that is there already.

        Raises:
            Refused: ``job_exists`` (409) for the id of another request; ``webhook_unknown``.
        """
        body = json.dumps(request, sort_keys=True, separators=(",", ":"))  # half a surrogate pair stays escaped
        digest = hashlib.sha256(f"{kind}\n{body}".encode()).hexdigest()
        name = job_id or uuid.uuid4().hex
        try:
            with Session(self.engine) as session, session.begin():
                connection = session.connection()
                if webhook:
                    webhook_of(connection, self.tenant, webhook)
                at = now(connection)
                row: dict[str, Any] = dict.fromkeys(("done", "total", "attempts", "cancel_asked"), 0)
                row |= dict.fromkeys(("started_at", "finished_at", "lease_until"), 0.0)
                row |= {"worker": "", "error": "", "result": "", "caller": caller, "webhook_id": webhook}
                row |= {"tenant_id": self.tenant, "id": name, "kind": kind, "series": series or name, "request": body}
                row |= {"request_sha256": digest, "state": QUEUED, "created_at": at, "due_at": at}
                if holder:
                    row |= {"state": RUNNING, "worker": holder, "attempts": 1, "started_at": at}
                    row |= {"lease_until": at + lease}
                connection.execute(insert(JOBS).values(row))
                if beside is not None:
                    beside(session, Job(**row))
        except IntegrityError:
            there = self._maybe(name)
            if there is None:
                raise  # not the job's own key: what ``beside`` wrote clashed
            if there.request_sha256 != digest:
                raise Refused([Fault("job_exists", found=name, expected="an id that no other job has")]) from None
            return there
        return Job(**row)

    def take(self, kinds: Iterable[str], worker: str, lease: float = LEASE) -> Job | None:
        """The oldest job that is due and nobody holds, now held by ``worker`` for ``lease`` seconds; None for none.

        One that was begun too often is ended as failed (``job_attempts``), one whose end was asked for as cancelled.
        """
        wanted = list(kinds)
        while True:
            with self.engine.begin() as connection:
                present = now_in(connection)
                free = or_(
                    and_(JOBS.c.state == QUEUED, JOBS.c.due_at <= present),
                    and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < present),
                )
                found = connection.execute(
                    select(JOBS)
                    .where(JOBS.c.tenant_id == self.tenant, JOBS.c.kind.in_(wanted), free)
                    .order_by(JOBS.c.created_at, JOBS.c.id)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                ).one_or_none()
                if found is None:
                    return None
                job = Job(**found._mapping)
                if job.cancel_asked:
                    self._end(connection, job, CANCELLED)
                elif job.attempts >= self.attempts:
                    fault = Fault(
                        "job_attempts", job.id, f"{job.attempts} attempts, the last by {job.worker or 'nobody'}",
                        f"at most {self.attempts} attempts",
                    )  # fmt: skip
                    self._end(connection, job, FAILED, faults=[fault])
                else:
                    return self._held(connection, job, worker, lease)

    def begin(self, job_id: str, worker: str, lease: float = LEASE) -> Job:
        """Go on with a job of one's own, whoever held it: for who has another proof of being the only one."""
        with self.engine.begin() as connection:
            return self._held(connection, self._locked(connection, job_id), worker, lease)

    def renew(self, job: Job, done: int, total: int, lease: float = LEASE) -> bool:
        """Keep a job another ``lease`` seconds and tell how far it is; returns whether its end was asked for.

        Raises:
            LeaseLost: another holder has it.
        """
        with self.engine.begin() as connection:
            values = {"done": done, "total": total, "lease_until": now_in(connection) + lease}
            asked = connection.execute(self._mine(job).values(values).returning(JOBS.c.cancel_asked)).scalar()
        if asked is None:
            raise LeaseLost(job.id)
        return bool(asked)

    def end(self, job: Job, state: str, result: Mapping[str, Any] | None = None, faults: Iterable[Fault] = ()) -> Job:
        """End a job one holds; who is to be told is told by the same transaction.

        Raises:
            LeaseLost: another holder has it.
        """
        with self.engine.begin() as connection:
            there = self._locked(connection, job.id)
            if (there.state, there.worker) != (RUNNING, job.worker):
                raise LeaseLost(job.id)
            return self._end(connection, there, state, result, faults)

    def give_back(self, job: Job, fault: Fault | None = None) -> None:
        """Put a job one holds back into the queue. With ``fault`` the attempt broke: it counts, the next one waits,
        and after the last allowed one the job ends as failed.

        Raises:
            LeaseLost: another holder has it.
        """
        if fault is not None and job.attempts >= self.attempts:
            self.end(job, FAILED, faults=[fault])
            return
        with self.engine.begin() as connection:
            pause = PAUSE * 4 ** (job.attempts - 1) if fault is not None else 0.0
            attempts = job.attempts if fault is not None else max(job.attempts - 1, 0)
            values = {"state": QUEUED, "worker": "", "lease_until": 0.0, "attempts": attempts}
            values |= {"due_at": now_in(connection) + pause, "error": kept([fault]) if fault else ""}
            if not connection.execute(self._mine(job).values(values)).rowcount:
                raise LeaseLost(job.id)

    def cancel(self, job_id: str) -> Job:
        """Ask for the end of a job: a queued one ends now, a running one after the item it is at.

        Raises:
            Refused: ``job_unknown``; ``job_ended`` (409) for one that has ended otherwise.
        """
        with self.engine.begin() as connection:
            job = self._locked(connection, job_id)
            if job.state == CANCELLED:
                return job
            if job.ended:
                raise Refused([Fault("job_ended", job_id, found=job.state, expected="queued or running")])
            if job.state == QUEUED or job.lease_until < now(connection):
                return self._end(connection, job, CANCELLED)
            return self._set(connection, job.id, {"cancel_asked": 1})

    def get(self, job_id: str) -> Job:
        """A job by its id.

        Raises:
            Refused: ``job_unknown``.
        """
        with self._reading() as connection:
            return self._found(connection, job_id)

    def _maybe(self, job_id: str) -> Job | None:
        try:
            return self.get(job_id)
        except Refused:
            return None

    def of_series(self, series: str) -> list[Job]:
        """The jobs of a series that have not ended, the newest first."""
        with self._reading() as connection:
            query = select(JOBS).where(JOBS.c.tenant_id == self.tenant, JOBS.c.series == series)
            rows = connection.execute(query.where(JOBS.c.state.in_(OPEN)).order_by(JOBS.c.created_at.desc()))
            return [Job(**row._mapping) for row in rows]

    def silent(self, jobs: Iterable[Job]) -> set[str]:
        """Those of these running jobs whose holder has not been heard of in time, by id."""
        with self._reading() as connection:
            present = now(connection)
        return {job.id for job in jobs if job.state == RUNNING and job.lease_until < present}

    def count(self, state: str) -> int:
        """How many jobs are in a state."""
        query = select(func.count()).where(JOBS.c.tenant_id == self.tenant, JOBS.c.state == state)
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def listing(self, *, state: str = "", limit: int = 50, before: tuple[float, str] | None = None) -> list[Job]:
        """Jobs, the newest first; ``before``: (created_at, id) of the last one of the page before.

        Raises:
            Refused: ``job_state`` for a state that there is not.
        """
        query = select(JOBS).where(JOBS.c.tenant_id == self.tenant)
        if state and state not in STATES:
            raise Refused([Fault("job_state", found=state, expected=", ".join(STATES))])
        if state:
            query = query.where(JOBS.c.state == state)
        if before is not None:
            at, name = before
            query = query.where(or_(JOBS.c.created_at < at, and_(JOBS.c.created_at == at, JOBS.c.id < name)))
        with self._reading() as connection:
            rows = connection.execute(query.order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(limit))
            return [Job(**row._mapping) for row in rows]

    def _held(self, connection: Connection, job: Job, worker: str, lease: float) -> Job:
        at = now(connection)
        values = {"state": RUNNING, "worker": f"{worker} {uuid.uuid4().hex[:8]}", "attempts": job.attempts + 1}
        # Not by the beat of whatever ends workers: a job taken again exactly a lease later met the next kill too.
        until = at + lease * random.uniform(1.0, 1.25)
        values |= {"started_at": job.started_at or at, "lease_until": until, "error": ""}
        return self._set(connection, job.id, values)

    def _end(
        self, connection: Connection, job: Job, state: str, result: Mapping[str, Any] | None = None,
        faults: Iterable[Fault] = (),
    ) -> Job:  # fmt: skip
        listed = list(faults)
        values = {"state": state, "worker": "", "lease_until": 0.0, "finished_at": now(connection)}
        values |= {"result": json.dumps(result) if result is not None else ""}
        ended = self._set(connection, job.id, values | {"error": kept(listed) if listed else ""})
        if ended.webhook_id:
            add_event(connection, ended)
        return ended

    def _set(self, connection: Connection, job_id: str, values: Mapping[str, Any]) -> Job:
        query = update(JOBS).where(JOBS.c.tenant_id == self.tenant, JOBS.c.id == job_id)
        return Job(**connection.execute(query.values(values).returning(JOBS)).one()._mapping)

    def _mine(self, job: Job) -> Any:
        query = update(JOBS).where(JOBS.c.tenant_id == self.tenant, JOBS.c.id == job.id)
        return query.where(JOBS.c.state == RUNNING, JOBS.c.worker == job.worker)

    def _locked(self, connection: Connection, job_id: str) -> Job:
        return self._found(connection, job_id, lock=True)

    def _found(self, connection: Connection, job_id: str, *, lock: bool = False) -> Job:
        query = select(JOBS).where(JOBS.c.tenant_id == self.tenant, JOBS.c.id == job_id)
        row = connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise Refused([Fault("job_unknown", found=job_id, expected="the id of a job")])
        return Job(**row._mapping)

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(**{READ_ONLY: True})


def waiting(engine: Engine) -> list[str]:
    """Companies that have a job nobody holds, or a delivery or an event of PACT that is due, sorted."""
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        if connection.dialect.name == "postgresql":  # row-level security shows this role one company at a time
            return sorted(connection.execute(text(WAITING)).scalars())
        present = now_in(connection)
        jobs = select(JOBS.c.tenant_id).where(
            JOBS.c.kind != BATCH,
            or_(
                and_(JOBS.c.state == QUEUED, JOBS.c.due_at <= present),
                and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < present),
            ),
        )
        due = select(_DELIVERIES.c.tenant_id).where(_DELIVERIES.c.state == "pending", _DELIVERIES.c.due_at <= present)
        events = select(_EVENTS.c.tenant_id).where(_EVENTS.c.state == "pending", _EVENTS.c.due_at <= present)
        return sorted(connection.execute(jobs.union(due, events)).scalars())
