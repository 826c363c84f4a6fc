"""Events: CloudEvents 1.0 in structured mode, received from partners and sent to them.

What a partner sends is written down with what must follow, in one transaction, and answered with 200. A request is
answered by exactly one event: its answer is written beside it, and a second delivery of the same event finds the first.
Answers go to the address the partner is registered with; ``source`` is what anybody may write.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.doors import read_json
from lca.faults import Collector, Fault, Refused
from service.companies.audit import append
from service.desk import Desk
from service.jobs.clock import now, shown
from service.pact.filters import NAMES, Filters, moment, of_data
from service.pact.listing import listed
from service.pact.models import PactEventRow
from service.pact.partners import Partner, partners
from service.pact.profile import profile
from service.pact.publish import ACTIVE

PREFIX: Final = "org.wbcsd.pact.ProductFootprint."
REQUEST, FULFILLED, REJECTED, PUBLISHED = "RequestCreated", "RequestFulfilled", "RequestRejected", "Published"
TYPES: Final = {f"{PREFIX}{name}Event.3": name for name in (REQUEST, FULFILLED, REJECTED, PUBLISHED)}
PENDING, DONE, GIVEN_UP = "pending", "done", "given_up"
MOST_ANSWERED: Final = 200
"""Footprints in one answer; a wider request is rejected with the way to list them."""
MOST_IDS: Final = 1_000
UUID: Final = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it came; ``text`` is its document."""

    kind: str
    id: str
    source: str
    data: Mapping[str, Any]
    text: str


def read_event(content: bytes) -> Event:
    """A CloudEvents document.

    Raises:
        Refused: ``pact_event_form`` for each part that is not of the form; ``json_unreadable`` and the like.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", "/", found=error.reason, expected="UTF-8")]) from None
    value = read_json(text)
    if not isinstance(value, dict):
        raise Refused([Fault("pact_event_form", "/", found=type(value).__name__, expected="an object")])
    wrong = Collector()
    for name in ("type", "specversion", "id", "source", "time"):
        if not isinstance(value.get(name), str) or not value[name] or len(value[name]) > 2_000:
            wrong.add(Fault("pact_event_form", f"/{name}", found=_shown(value.get(name)), expected="a text"))
    if isinstance(value.get("specversion"), str) and value["specversion"] != "1.0":
        wrong.add(Fault("pact_event_form", "/specversion", found=value["specversion"][:20], expected="1.0"))
    if isinstance(value.get("time"), str) and moment(value["time"]) is None:
        expected = "a date-time, 2026-01-31T00:00:00Z"
        wrong.add(Fault("pact_event_form", "/time", found=value["time"][:60], expected=expected))
    kind = TYPES.get(value.get("type", "")) if isinstance(value.get("type"), str) else None
    if kind is None and isinstance(value.get("type"), str):
        wrong.add(Fault("pact_event_form", "/type", found=value["type"][:120], expected=", ".join(TYPES)))
    data = value.get("data")
    if not isinstance(data, dict):
        wrong.add(Fault("pact_event_form", "/data", found=_shown(data), expected="an object"))
    elif kind is not None:
        _check_data(kind, data, wrong)
    wrong.raise_if_any()
    assert kind is not None and isinstance(data, dict)
    return Event(kind, value["id"], value["source"], data, text)


def take(desk: Desk, partner: Partner, event: Event, *, actor: str, request_id: str = "") -> bool:
    """Write a received event down with what follows from it; False where it was there already."""
    row = _row(desk, partner, "in", event.kind, event.id, event.text)
    row.id = hashlib.sha256("\n".join((partner.id, event.source, event.id)).encode()).hexdigest()[:32]
    answer = _answer(desk, partner, event) if event.kind == REQUEST else None
    try:
        with Session(desk.engine) as session, session.begin():
            at = now(session.connection())
            _timed(row, at)
            if event.kind in (FULFILLED, REJECTED):
                _settle_request(session, desk.tenant, partner, row, event)
            elif event.kind == REQUEST:
                row.state, row.outcome = DONE, json.dumps({"answered_by": answer.event_id if answer else ""})
            session.add(row)
            session.flush()
            if answer is not None:
                _timed(answer, at)
                session.add(answer)
            detail = {"partner": partner.title, "event": event.id[:200]}
            append(session, desk.tenant, actor, f"pact.received.{event.kind}", row.id, detail, request_id)
    except IntegrityError:
        with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
            if session.get(PactEventRow, (desk.tenant, row.id)) is None:
                raise
        return False
    return True


def ask(
    desk: Desk,
    partner: Partner,
    filters: Mapping[str, Sequence[str]],
    comment: str,
    *,
    actor: str,
    request_id: str = "",
) -> str:
    """Ask a partner for footprints: a RequestCreatedEvent; returns its event id.

    Raises:
        Refused: ``pact_no_address``, ``pact_no_profile``, ``pact_event_form``, ``pact_filter``.
    """
    wrong = Collector()
    of_data({name: list(values) for name, values in filters.items()}, wrong)
    for name in sorted(set(filters) - set(NAMES)):
        wrong.add(Fault("pact_event_form", f"/data/{name}", found=name, expected=", ".join(NAMES)))
    wrong.raise_if_any()
    data: dict[str, Any] = {
        name: list(values) if name not in ("validOn", "validAfter", "validBefore", "status") else values[0]
        for name, values in filters.items() if values
    }  # fmt: skip
    if comment:
        data["comment"] = comment
    return _send(desk, partner, REQUEST, data, actor, request_id)


def announce(desk: Desk, partner: Partner, ids: Sequence[str], *, actor: str, request_id: str = "") -> str:
    """Tell a partner that footprints were published: a PublishedEvent; returns its event id.

    Raises:
        Refused: ``pact_no_address``, ``pact_no_profile``.
    """
    return _send(desk, partner, PUBLISHED, {"pfIds": list(ids)}, actor, request_id)


def announce_to_all(desk: Desk, footprint_id: str, named: Sequence[str], *, actor: str) -> list[str]:
    """Tell every partner with an address who may see a footprint that it was published; returns their titles."""
    told = [item for item in partners(desk) if item.base_url and (not named or item.id in named)]
    for partner in told:
        announce(desk, partner, [footprint_id], actor=actor)
    return [partner.title for partner in told]


def events(desk: Desk, limit: int = 100) -> list[dict[str, Any]]:
    """Events, the newest first, without their documents."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        query = select(PactEventRow).where(PactEventRow.tenant_id == desk.tenant)
        rows = session.scalars(query.order_by(PactEventRow.created_at.desc(), PactEventRow.id).limit(limit)).all()
        names = ("id", "partner_id", "direction", "type", "event_id", "answers", "state", "attempts")
        return [
            {name: getattr(row, name) for name in names}
            | {"created_at": shown(row.created_at), "next_at": shown(row.due_at) if row.state == PENDING else ""}
            | {"outcome": json.loads(row.outcome or "{}")}
            | {"log": [{**entry, "at": shown(entry["at"])} for entry in json.loads(row.log)]}
            for row in rows
        ]


def _answer(desk: Desk, partner: Partner, event: Event) -> PactEventRow:
    """The one answer to a request: the active footprints that match, or why there is none."""
    wrong = Collector()
    filters = of_data(event.data, wrong)
    wrong.raise_if_any()
    if "status" not in filters.values:  # who asks for a footprint wants one that holds
        filters = Filters({**filters.values, "status": (ACTIVE,)})
    found, more = listed(desk, filters, partner=partner.id, limit=MOST_ANSWERED)
    data: dict[str, Any] = {"requestEventId": event.id}
    if not found:
        data["error"] = _error("NotFound", "No published footprint matches the request. 没有符合请求的已发布碳足迹。")
    elif more:
        words = "footprints match: name products, or use ListFootprints. 符合的碳足迹过多，请指定产品或使用列表接口。"
        data["error"] = _error("BadRequest", f"More than {MOST_ANSWERED} {words}")
    else:
        data["pfs"] = found
    kind = REJECTED if "error" in data else FULFILLED
    return _outgoing(desk, partner, kind, data, answers=event.id)


def _error(word: str, message: str) -> dict[str, str]:
    return dict(zip(("code", "message"), (word, message), strict=True))


def _settle_request(session: Session, tenant: str, partner: Partner, row: PactEventRow, event: Event) -> None:
    """Only what answers a request of ours to this partner is taken; anything else is noted and goes no further."""
    wanted = str(event.data["requestEventId"])
    row.answers = wanted
    query = select(PactEventRow).where(
        PactEventRow.tenant_id == tenant, PactEventRow.partner_id == partner.id, PactEventRow.direction == "out",
        PactEventRow.type == REQUEST, PactEventRow.event_id == wanted,
    )  # fmt: skip
    request = session.scalars(query).one_or_none()
    if request is None:
        row.state, row.outcome = DONE, json.dumps({"ignored": "no request of ours to this partner has this id"})
        return
    told = json.loads(request.outcome or "{}")
    if "answer" in told:
        row.state, row.outcome = DONE, json.dumps({"ignored": f"the request was answered: {told['answer']}"})
        return
    values = {"outcome": json.dumps(told | {"answer": event.kind})}
    session.execute(
        update(PactEventRow).where(PactEventRow.tenant_id == tenant, PactEventRow.id == request.id).values(values)
    )
    if event.kind == REJECTED:
        row.state, row.outcome = DONE, json.dumps({"error": event.data["error"]}, ensure_ascii=False)


def _send(desk: Desk, partner: Partner, kind: str, data: Mapping[str, Any], actor: str, request_id: str) -> str:
    if not partner.base_url:
        raise Refused([Fault("pact_no_address", partner.title, found="none", expected="the partner's base address")])
    row = _outgoing(desk, partner, kind, data)
    with Session(desk.engine) as session, session.begin():
        _timed(row, now(session.connection()))
        session.add(row)
        detail = {"partner": partner.title}
        append(session, desk.tenant, actor, f"pact.sent.{kind}", row.id, detail, request_id)
        return row.event_id


def _outgoing(desk: Desk, partner: Partner, kind: str, data: Mapping[str, Any], answers: str = "") -> PactEventRow:
    name = str(uuid.uuid4())
    with desk.engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        at = shown(now(connection))
    document = {
        "type": f"{PREFIX}{kind}Event.3", "specversion": "1.0", "id": name,
        "source": f"{profile(desk).base_url}/3/events", "time": at, "data": dict(data),
    }  # fmt: skip
    row = _row(desk, partner, "out", kind, name, json.dumps(document, ensure_ascii=False))
    row.id, row.answers = uuid.UUID(name).hex, answers
    return row


def _row(desk: Desk, partner: Partner, direction: str, kind: str, event_id: str, text: str) -> PactEventRow:
    return PactEventRow(
        tenant_id=desk.tenant, partner_id=partner.id, direction=direction, type=kind, event_id=event_id, answers="",
        body=text, state=PENDING, outcome="", attempts=0, worker="", log="[]",
    )  # fmt: skip


def _timed(row: PactEventRow, at: float) -> None:
    row.created_at = row.since = row.due_at = at


def _check_data(kind: str, data: Mapping[str, Any], wrong: Collector) -> None:
    if kind == REQUEST:
        of_data(data, wrong)
        return
    if kind == PUBLISHED:
        ids = data.get("pfIds")
        good = isinstance(ids, list) and 1 <= len(ids) <= MOST_IDS
        if not good or not all(isinstance(name, str) and UUID.fullmatch(name) for name in ids or ()):
            expected = f"a list of 1 to {MOST_IDS:,} UUIDs"
            wrong.add(Fault("pact_event_form", "/data/pfIds", found=_shown(ids), expected=expected))
        return
    if not isinstance(data.get("requestEventId"), str) or not data["requestEventId"]:
        found = _shown(data.get("requestEventId"))
        wrong.add(Fault("pact_event_form", "/data/requestEventId", found=found, expected="a text"))
    if kind == FULFILLED and (not isinstance(data.get("pfs"), list) or not data["pfs"]):
        found, expected = _shown(data.get("pfs")), "a list of one footprint or more"
        wrong.add(Fault("pact_event_form", "/data/pfs", found=found, expected=expected))
    if kind == REJECTED:
        error = data.get("error")
        if not isinstance(error, dict) or not all(isinstance(error.get(name), str) for name in ("code", "message")):
            wrong.add(Fault("pact_event_form", "/data/error", found=_shown(error), expected="code and message"))


def _shown(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:120]
