"""How many jobs wait in the whole store and for how long: what an operator watches. Says nothing of whose they are."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from factordb.store import READ_ONLY, of_tenant
from service.jobs.clock import now
from service.jobs.job import QUEUED
from service.jobs.queue import BATCH, JOBS, waiting


def backlog(engine: Engine) -> tuple[int, float]:
    """Jobs that nobody has taken, and seconds since the oldest of them was accepted; (0, 0.0) for none."""
    count, oldest, present = 0, 0.0, 0.0
    for tenant in waiting(engine):
        mine = (JOBS.c.tenant_id == tenant) & (JOBS.c.state == QUEUED) & (JOBS.c.kind != BATCH)
        query = select(func.count(), func.min(JOBS.c.created_at)).where(mine)
        with of_tenant(engine, tenant).connect().execution_options(**{READ_ONLY: True}) as connection:
            found, since = connection.execute(query).one()
            present = now(connection)
        count += int(found)
        if since is not None:
            oldest = max(oldest, present - float(since))
    return count, oldest
