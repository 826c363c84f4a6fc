"""Sees to events: sends ours, fetches what partners announced, takes in what they sent. Beside the webhooks' sender,
by the same schedule: tried again with growing pauses, for 72 hours.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Engine, select, update

from factordb.models import Base
from factordb.store import of_tenant
from lca.doors import read_json
from lca.faults import Fault, Refused
from service.desk import Desk
from service.jobs.addresses import Networks
from service.jobs.clock import now, now_in
from service.jobs.webhooks import GONE, HOLD, Sender, next_due
from service.jobs.worker import Sends
from service.pact.events import DONE, FULFILLED, GIVEN_UP, PENDING, PUBLISHED
from service.pact.models import PactEventRow, PactPartnerRow
from service.pact.partners import ACTIVE, Partner
from service.pact.sealing import opened
from service.pact.taking import take_in
from service.pact.wire import Line, Network
from service.records.keys import KeyFolder, key_folder

EVENTS: Final = Base.metadata.tables[PactEventRow.__tablename__]
PARTNERS: Final = Base.metadata.tables[PactPartnerRow.__tablename__]
_LOG: Final = 30


class Together:
    """Several senders as one."""

    def __init__(self, *senders: Sends) -> None:
        self._senders = senders

    def send_due(self, tenant: str) -> int:
        """One attempt for each that is due, of each sender."""
        return sum(sender.send_due(tenant) for sender in self._senders)


def senders(desk: Desk, place: str, networks: Networks) -> Together:
    """What a worker sends: webhooks, and the events of PACT. ``place``: of the store, beside which key files are."""
    courier = Courier(desk, lambda: key_folder(place), Network(networks))
    return Together(Sender(desk.engine, networks), courier)


class Courier:
    """Sees to the events of one store. ``folder`` is asked for when a secret is needed: a store without partners has
    perhaps no folder of keys."""

    def __init__(self, desk: Desk, folder: Callable[[], KeyFolder], network: Network) -> None:
        self._desk, self._folder, self._network = desk, folder, network
        self._lines: dict[tuple[str, str, str], Line] = {}

    def send_due(self, tenant: str) -> int:
        """Make one attempt for each event of a company that is due; returns how many."""
        made = 0
        while (taken := self._take(tenant)) is not None:
            self._attempt(tenant, *taken)
            made += 1
        return made

    def line(self, tenant: str, partner: Partner | Any, sealed: str) -> Line:
        """The way to a partner; kept while its registration stays the same, so that its token is.

        Raises:
            Refused: ``key_file_missing``, ``pact_secret``.
        """
        key = (tenant, partner.id, sealed)
        if key not in self._lines:
            secret = opened(self._folder(), tenant, partner.id, sealed)
            line = Line(partner.base_url, partner.auth_url, partner.client_id, secret, self._network)
            self._lines = {name: kept for name, kept in self._lines.items() if name[:2] != key[:2]} | {key: line}
        return self._lines[key]

    def _take(self, tenant: str) -> tuple[Any, Any] | None:
        with self._engine(tenant).begin() as connection:
            present = now_in(connection)
            due = select(EVENTS).where(
                EVENTS.c.tenant_id == tenant, EVENTS.c.state == PENDING, EVENTS.c.due_at <= present
            )
            found = connection.execute(
                due.order_by(EVENTS.c.due_at, EVENTS.c.id).limit(1).with_for_update(skip_locked=True)
            ).one_or_none()
            if found is None:
                return None
            # Taking many footprints in may last longer than a delivery does.
            values = {"due_at": present + 5 * HOLD, "worker": uuid.uuid4().hex, "attempts": EVENTS.c.attempts + 1}
            key = (EVENTS.c.tenant_id == tenant, EVENTS.c.id == found.id)
            held = connection.execute(update(EVENTS).where(*key).values(values).returning(EVENTS)).one()
            of = select(PARTNERS).where(PARTNERS.c.tenant_id == tenant, PARTNERS.c.id == found.partner_id)
            return held, connection.execute(of).one()

    def _attempt(self, tenant: str, row: Any, partner: Any) -> None:
        outcome: Mapping[str, Any] | None = None
        error = "the partner was removed"
        if partner.state == ACTIVE:
            try:
                outcome, error = self._done(tenant, row, partner), ""
            except Refused as refused:
                error = "; ".join(f"{fault.code}: {fault.found}" for fault in refused.faults)[:300]
        with self._engine(tenant).connect() as connection:
            at = now(connection)
        log = json.dumps([*json.loads(row.log), {"at": at, "error": error}][-_LOG:])
        values: dict[str, Any] = {"log": log, "worker": ""}
        due = next_due(row.id, row.attempts, row.since, at)
        if outcome is not None:
            told = json.loads(row.outcome or "{}") | dict(outcome)
            values |= {"state": DONE, "outcome": json.dumps(told, ensure_ascii=False)}
        elif partner.state != ACTIVE or error.startswith(f"pact_answer: {GONE} ") or due is None:
            values |= {"state": GIVEN_UP}
        else:
            values |= {"due_at": due}
        query = update(EVENTS).where(EVENTS.c.tenant_id == tenant, EVENTS.c.id == row.id)
        with self._engine(tenant).begin() as connection:
            connection.execute(query.where(EVENTS.c.worker == row.worker).values(values))

    def _done(self, tenant: str, row: Any, partner: Any) -> Mapping[str, Any]:
        """What came of an event.

        Raises:
            Refused: the reason why it must be tried again.
        """
        if row.direction == "out":
            reply = self.line(tenant, partner, partner.sealed).send(row.body.encode())
            if not reply.good:
                raise Refused([Fault("pact_answer", partner.base_url, found=reply.told(), expected="200")])
            return {}
        data = read_json(row.body)["data"]
        desk = self._desk.of(tenant)
        if row.type == FULFILLED:
            return take_in(desk, data["pfs"], partner.title).plain()
        if row.type == PUBLISHED:
            return self._fetched(desk, partner, data["pfIds"])
        return {}

    def _fetched(self, desk: Desk, partner: Any, ids: Sequence[str]) -> Mapping[str, Any]:
        """What a partner announced, one by one; ids it does not know are noted."""
        if not partner.base_url:
            return {"ignored": "the partner has no address to fetch from"}
        line = self.line(desk.tenant, partner, partner.sealed)
        found = {name: line.footprint(name) for name in dict.fromkeys(ids)}
        documents = [document for document in found.values() if document is not None]
        missing = tuple(name for name, document in found.items() if document is None)
        return take_in(desk, documents, partner.title, missing=missing).plain()

    def _engine(self, tenant: str) -> Engine:
        return of_tenant(self._desk.engine, tenant)
