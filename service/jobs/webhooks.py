"""Sending events: signed as Standard Webhooks has it, tried again for three days, each attempt in the delivery log.

The signature is HMAC-SHA256 over ``id.timestamp.body`` under the webhook's secret, base64, ``v1,`` before it; for a
day after a change the old secret signs too, with a blank between. An attempt that was killed is made again: a
receiver goes by ``webhook-id``, which stays the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import Engine, select, update

from factordb.store import of_tenant
from lca.faults import Refused
from service.jobs.addresses import Networks, Target, resolve
from service.jobs.clock import now, now_in
from service.jobs.events import ACTIVE, DELIVERED, DELIVERIES, GIVEN_UP, HOOKS, PENDING, PREFIX

HOURS: Final = 72
"""For how long a delivery is tried."""
FIRST: Final = 5.0
GROWTH: Final = 3.0
LONGEST: Final = 8 * 3600.0
JITTER: Final = 0.2
"""Delays vary by a fifth, so that a receiver that comes back is not asked by all at once."""
HOLD: Final = 120.0
"""Seconds after which a delivery whose sender was killed is another's to make."""
SECONDS: Final = 15.0
"""For one attempt, from the look-up to the end of the answer's head."""
GONE: Final = 410
_LOG: Final = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attempt came to: an HTTP status, or 0 and why there is none."""

    status: int
    error: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def delay(delivery_id: str, attempt: int) -> float:
    """Seconds between attempt ``attempt`` (1 is the first) and the next: 5 s, three times as much each time, at most
    eight hours, a fifth more or less by the delivery's id."""
    grown = min(FIRST * GROWTH ** (attempt - 1), LONGEST)
    return grown * random.Random(f"{delivery_id} {attempt}").uniform(1 - JITTER, 1 + JITTER)


def next_due(delivery_id: str, attempt: int, since: float, at: float) -> float | None:
    """When to try again after an attempt at ``at`` that failed; None when 72 hours since ``since`` would be over."""
    due = at + delay(delivery_id, attempt)
    return due if due <= since + HOURS * 3600 else None


def signature(secrets: Sequence[str], event_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: one signature per secret.

    Source: Standard Webhooks, symmetric signatures ``v1``.
    """
    text = f"{event_id}.{timestamp}.".encode() + body
    made = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix(PREFIX))
        made.append("v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode())
    return " ".join(made)


def post(
    target: Target, body: bytes, headers: dict[str, str], *, context: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Answer:  # fmt: skip
    """One POST to the address that was checked; no redirect is followed, of the answer only the head is read."""
    connection = Pinned(target, context or ssl.create_default_context(), seconds)
    watch = threading.Timer(seconds, connection.cut)  # a receiver that answers byte by byte
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, {"Host": target.authority, **headers})
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        late = "no answer in time" if connection.was_cut else ""
        return Answer(0, late or f"{type(error).__name__}: {error}"[:200])
    finally:
        watch.cancel()
        connection.close()
    return Answer(status, "a redirect, which is not followed" if 300 <= status < 400 else "")


class Pinned(HTTPConnection):
    """A connection to one address, whatever the name of the host is by now."""

    def __init__(self, target: Target, context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._context, self.was_cut = target, context, False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), self.timeout)
        if self._target.tls:
            host = self._target.host
            self.sock = self._context.wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
            self.sock.do_handshake()  # only now, so that cut() reaches it

    def cut(self) -> None:
        self.was_cut = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Sender:
    """Makes the deliveries that are due, of one company after the other."""

    def __init__(
        self, engine: Engine, allowed: Networks = (), *, look_up: Callable[..., Sequence[Any]] = socket.getaddrinfo,
        context: ssl.SSLContext | None = None, seconds: float = SECONDS,
    ) -> None:  # fmt: skip
        self._engine, self._allowed, self._look_up = engine, allowed, look_up
        self._context, self._seconds = context, seconds

    def send_due(self, tenant: str) -> int:
        """Make one attempt for each delivery of a company that is due; returns how many."""
        made = 0
        while (taken := self._take(tenant)) is not None:
            self._attempt(tenant, *taken)
            made += 1
        return made

    def _take(self, tenant: str) -> tuple[Any, Any] | None:
        with of_tenant(self._engine, tenant).begin() as connection:
            present = now_in(connection)
            due = select(DELIVERIES).where(
                DELIVERIES.c.tenant_id == tenant, DELIVERIES.c.state == PENDING, DELIVERIES.c.due_at <= present
            )
            found = connection.execute(
                due.order_by(DELIVERIES.c.due_at, DELIVERIES.c.id).limit(1).with_for_update(skip_locked=True)
            ).one_or_none()
            if found is None:
                return None
            values = {"due_at": present + HOLD, "worker": uuid.uuid4().hex, "attempts": DELIVERIES.c.attempts + 1}
            key = (DELIVERIES.c.tenant_id == tenant, DELIVERIES.c.id == found.id)
            held = connection.execute(update(DELIVERIES).where(*key).values(values).returning(DELIVERIES)).one()
            hook = select(HOOKS).where(HOOKS.c.tenant_id == tenant, HOOKS.c.id == found.webhook_id)
            return held, connection.execute(hook).one()

    def _attempt(self, tenant: str, row: Any, hook: Any) -> None:
        with of_tenant(self._engine, tenant).connect() as connection:
            at = now(connection)
        answer = self._sent(row, hook, at) if hook.state == ACTIVE else Answer(0, "the webhook was removed")
        entry = {"at": at, "status": answer.status, "error": answer.error}
        log = json.dumps([*json.loads(row.log), entry][-_LOG:])
        values: dict[str, Any] = {"log": log, "last_status": answer.status, "worker": ""}
        due = next_due(row.id, row.attempts, row.since, at)
        if answer.good:
            values |= {"state": DELIVERED}
        elif answer.status == GONE or hook.state != ACTIVE or due is None:
            values |= {"state": GIVEN_UP}
        else:
            values |= {"due_at": due}
        query = update(DELIVERIES).where(DELIVERIES.c.tenant_id == tenant, DELIVERIES.c.id == row.id)
        with of_tenant(self._engine, tenant).begin() as connection:
            connection.execute(query.where(DELIVERIES.c.worker == row.worker).values(values))

    def _sent(self, row: Any, hook: Any, at: float) -> Answer:
        began = time.monotonic()
        try:
            target = resolve(hook.url, self._allowed, self._look_up)
        except Refused as refused:
            return Answer(0, "; ".join(f"{fault.code}: {fault.found}" for fault in refused.faults)[:200])
        body, stamp = row.body.encode(), int(at)
        valid = [hook.secret, *([hook.old_secret] if hook.old_secret and at < hook.old_until else [])]
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": f"pcf-engine/{version('pcf-engine')}",
            "webhook-id": row.id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(valid, row.id, stamp, body),
        }
        left = max(self._seconds - (time.monotonic() - began), 1.0)
        return post(target, body, headers, context=self._context, seconds=left)
