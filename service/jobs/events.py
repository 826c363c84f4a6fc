"""Webhooks of a company and the events that wait for them: registered, changed, listed, written with a job's end.

An event is a CloudEvents 1.0 document in structured JSON. It holds counts, codes and times, never input data.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select, update

from factordb.models import LOCAL, Base
from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.jobs.addresses import Networks, check_url
from service.jobs.clock import now, shown, times
from service.jobs.job import Job
from service.jobs.models import DeliveryRow, WebhookRow

HOOKS: Final = Base.metadata.tables[WebhookRow.__tablename__]
DELIVERIES: Final = Base.metadata.tables[DeliveryRow.__tablename__]
SOURCE: Final = "/v1/jobs"
PREFIX: Final = "whsec_"
BOTH: Final = 24 * 3600.0
"""Seconds for which the secret before the last change still signs too."""
PENDING: Final = "pending"
DELIVERED: Final = "delivered"
GIVEN_UP: Final = "given_up"
ACTIVE: Final = "active"
REMOVED: Final = "removed"
TEST: Final = "pcf.test"


class Webhooks:
    """The webhooks of one company."""

    def __init__(self, engine: Engine, tenant: str = LOCAL) -> None:
        self.engine, self.tenant = of_tenant(engine, tenant), tenant

    def add(self, url: str, allowed: Networks = ()) -> dict[str, Any]:
        """Register an address; the answer shows the secret, and no later one does.

        Raises:
            Refused: ``webhook_url``; see :func:`service.jobs.addresses.check_url`. The host is looked up when
                something is sent, not now.
        """
        check_url(url, allowed)
        with self.engine.begin() as connection:
            row: dict[str, Any] = {"tenant_id": self.tenant, "id": uuid.uuid4().hex, "url": url}
            row |= {"secret": new_secret(), "old_secret": "", "old_until": 0.0, "state": ACTIVE}
            row["created_at"] = now(connection)
            connection.execute(insert(HOOKS).values(row))
        return self._told(row) | {"secret": row["secret"]}

    def rotate(self, hook_id: str, both: float = BOTH) -> dict[str, Any]:
        """A new secret, shown once. For ``both`` seconds the old one signs beside it, so that receivers can change.

        Raises:
            Refused: ``webhook_unknown``.
        """
        with self.engine.begin() as connection:
            row = webhook_of(connection, self.tenant, hook_id)
            values = {"secret": new_secret(), "old_secret": row["secret"], "old_until": now(connection) + both}
            connection.execute(_one(self.tenant, hook_id).values(values))
        return self._told({**row, **values}) | {"secret": values["secret"]}

    def remove(self, hook_id: str) -> None:
        """Send nothing more; what was sent stays in the log.

        Raises:
            Refused: ``webhook_unknown``.
        """
        with self.engine.begin() as connection:
            webhook_of(connection, self.tenant, hook_id)
            connection.execute(_one(self.tenant, hook_id).values(state=REMOVED, secret="", old_secret=""))
            waiting = update(DELIVERIES).where(DELIVERIES.c.tenant_id == self.tenant, DELIVERIES.c.state == PENDING)
            connection.execute(waiting.where(DELIVERIES.c.webhook_id == hook_id).values(state=GIVEN_UP))

    def listing(self) -> list[dict[str, Any]]:
        """The active webhooks without their secrets, by id."""
        query = select(HOOKS).where(HOOKS.c.tenant_id == self.tenant, HOOKS.c.state == ACTIVE)
        with self._reading() as connection:
            return [self._told(row) for row in connection.execute(query.order_by(HOOKS.c.id)).mappings()]

    def test(self, hook_id: str) -> str:
        """Send an event that says nothing, to try an address; returns the id of the delivery.

        Raises:
            Refused: ``webhook_unknown``.
        """
        with self.engine.begin() as connection:
            webhook_of(connection, self.tenant, hook_id)
            return _add(connection, self.tenant, hook_id, "", TEST, {})

    def deliveries(self, hook_id: str, limit: int = 50) -> list[dict[str, Any]]:
        """The delivery log: the newest first, each with all its attempts."""
        query = select(DELIVERIES).where(DELIVERIES.c.tenant_id == self.tenant, DELIVERIES.c.webhook_id == hook_id)
        query = query.order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id).limit(limit)
        with self._reading() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def redeliver(self, delivery_id: str) -> None:
        """Send an event again, with a new round of attempts.

        Raises:
            Refused: ``delivery_unknown``; ``webhook_unknown`` for one whose webhook was removed.
        """
        with self.engine.begin() as connection:
            key = (DELIVERIES.c.tenant_id == self.tenant, DELIVERIES.c.id == delivery_id)
            row = connection.execute(select(DELIVERIES).where(*key)).one_or_none()
            if row is None:
                raise Refused([Fault("delivery_unknown", found=delivery_id, expected="the id of a delivery")])
            webhook_of(connection, self.tenant, row.webhook_id)
            at = now(connection)
            values = {"state": PENDING, "attempts": 0, "since": at, "due_at": at, "worker": ""}
            connection.execute(update(DELIVERIES).where(*key).values(values))

    def _told(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        until = row["old_until"] if row["old_secret"] else 0.0
        return {"id": row["id"], "url": row["url"], "created_at": shown(row["created_at"]), "old_until": shown(until)}

    def _reading(self) -> Connection:
        return self.engine.connect().execution_options(**{READ_ONLY: True})


def new_secret() -> str:
    """A secret of 32 random bytes as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_of(connection: Connection, tenant: str, hook_id: str) -> dict[str, Any]:
    """An active webhook's row.

    Raises:
        Refused: ``webhook_unknown``.
    """
    query = select(HOOKS).where(HOOKS.c.tenant_id == tenant, HOOKS.c.id == hook_id, HOOKS.c.state == ACTIVE)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Refused([Fault("webhook_unknown", found=hook_id, expected="the id of a webhook in use")])
    return {str(name): value for name, value in row.items()}


def add_event(connection: Connection, job: Job) -> None:
    """Write that a job has ended, in the transaction that ends it; a removed webhook is told nothing."""
    query = select(HOOKS.c.id).where(HOOKS.c.tenant_id == job.tenant_id, HOOKS.c.id == job.webhook_id)
    if connection.execute(query.where(HOOKS.c.state == ACTIVE)).one_or_none() is None:
        return
    data = {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": {"done": job.done, "total": job.total, "unit": "items"},
        **times(job, "created_at", "started_at", "finished_at"),
        "result": json.loads(job.result or "null"),
        "error_codes": sorted({fault.code for fault in job.faults}),
    }
    _add(connection, job.tenant_id, job.webhook_id, job.id, f"pcf.job.{job.state}", data)


def _add(connection: Connection, tenant: str, hook_id: str, job_id: str, kind: str, data: Mapping[str, Any]) -> str:
    name, at = uuid.uuid4().hex, now(connection)
    event = {"specversion": "1.0", "id": name, "source": SOURCE, "type": kind, "time": shown(at)}
    event |= {"subject": job_id} if job_id else {}
    body = json.dumps(event | {"datacontenttype": "application/json", "data": data})
    row: dict[str, Any] = {
        "tenant_id": tenant,
        "id": name,
        "webhook_id": hook_id,
        "job_id": job_id,
        "type": kind,
        "body": body,
    }
    row |= {"state": PENDING, "created_at": at, "since": at, "due_at": at, "attempts": 0, "worker": ""}
    connection.execute(insert(DELIVERIES).values(row | {"last_status": 0, "log": "[]"}))
    return name


def _one(tenant: str, hook_id: str) -> Any:
    return update(HOOKS).where(HOOKS.c.tenant_id == tenant, HOOKS.c.id == hook_id)


def _delivery(row: Any) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "job_id", "type", "state", "attempts", "last_status")}
    next_at = row.due_at if row.state == PENDING else 0.0
    attempts = [{**entry, "at": shown(entry["at"])} for entry in json.loads(row.log)]
    return told | {"created_at": shown(row.created_at), "next_at": shown(next_at), "log": attempts}
