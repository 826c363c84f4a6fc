"""Publication, lists and events in the store, on both databases: one answer each, tried again, nothing of others.

Long because each answer and each attempt of an event is told apart on both databases.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from factordb.store import of_tenant
from lca.faults import Refused
from service.calculate import Asked, calculate
from service.companies.access import Caller, caller_of
from service.companies.accounts import new_company
from service.companies.keys import client_token, replace_key
from service.desk import Desk, open_desk
from service.intake import read_file
from service.jobs.addresses import allowed_networks
from service.jobs.queue import waiting
from service.pact import events as exchanged
from service.pact.courier import Courier
from service.pact.fetch import fetch
from service.pact.filters import Filters
from service.pact.listing import listed, one, published
from service.pact.models import PactEventRow
from service.pact.partners import Access, Partner, add, asking, named, partners, remove
from service.pact.publish import deprecate, publish
from service.pact.stated import Stated
from service.pact.wire import Network
from service.receive import latest
from service.records.keys import KeyFolder
from tests.fixtures.certificates import Authority, authority
from tests.fixtures.listening import CLIENT, SECRET, Listening, listening
from tests.service import _cases, _pact
from tests.service.test_receive import PACT

LOOPBACK = allowed_networks(_pact.LOOPBACK)
CLOUD = "org.wbcsd.pact.ProductFootprint.{}Event.3"


@pytest.fixture
def desk(place: str) -> Iterator[Desk]:
    with open_desk(place) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="module")
def context(certs: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certs.file)


@pytest.fixture
def heard(certs: Authority) -> Iterator[Listening]:
    with listening(certs.pair("partner")) as opened:
        yield opened


def network(context: ssl.SSLContext) -> Network:
    return Network(LOOPBACK, context=context, seconds=5)


def register(desk: Desk, folder: KeyFolder, heard: Listening, title: str = "Buyer") -> Partner:
    access = Access(base_url=heard.url, client_id=CLIENT, secret=SECRET)
    return add(desk, lambda: folder, title, access, actor="test", allowed=LOOPBACK)[0]


def event(kind: str, data: Any, name: str = "e/1", source: str = "https://elsewhere.example") -> exchanged.Event:
    document = {
        "type": CLOUD.format(kind), "specversion": "1.0", "id": name, "source": source,
        "time": "2026-11-21T00:00:00Z", "data": data,
    }  # fmt: skip
    return exchanged.read_event(json.dumps(document, ensure_ascii=False).encode())


def record_of(desk: Desk) -> str:
    done = calculate(read_file(_cases.EXAMPLES / "pump_2024.yaml"), Asked(), desk.records, caller="test")
    return str(done.records[0]["name"])


# --- publication ------------------------------------------------------------------------------------------------------


def test_a_successor_names_all_before_it_and_deprecates_the_last(desk: Desk) -> None:
    first, other = _pact.with_footprints(desk)
    name = published(desk)[-1]["record_name"]
    again = Stated(product_ids=(_pact.ORDINARY,), fossil_carbon="0", unsplit="fossil")
    with pytest.raises(Refused) as refused:
        publish(desk, name, again, actor="test")
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [("pact_active_already", first["id"])]
    second = publish(desk, name, Stated(**{**asdict(again), "supersedes": first["id"]}), actor="test")
    third = publish(desk, name, Stated(**{**asdict(again), "supersedes": second["id"]}), actor="test")
    assert second["precedingPfIds"] == [first["id"]] and third["precedingPfIds"] == [second["id"], first["id"]]
    assert len({first["id"], second["id"], third["id"]}) == 3
    shown, _ = listed(desk, Filters(), partner="")
    assert {item["id"]: item["status"] for item in shown} == {
        first["id"]: "Deprecated", second["id"]: "Deprecated", third["id"]: "Active", other["id"]: "Active",
    }  # fmt: skip
    old = one(desk, first["id"], partner="")
    assert {**old, "status": "Active"} == first  # nothing else changed
    with pytest.raises(Refused) as refused:
        publish(desk, name, Stated(**{**asdict(again), "supersedes": first["id"]}), actor="test")
    found = {fault.code: fault.found for fault in refused.value.faults}
    assert "replaced already" in found["pact_supersedes"]


def test_a_withdrawn_record_is_not_published_and_its_footprint_is_deprecated(desk: Desk) -> None:
    first, other = _pact.with_footprints(desk)
    name = next(row["record_name"] for row in published(desk) if row["id"] == first["id"])
    desk.records.withdraw(name, "meter 3 was read twice")
    assert one(desk, first["id"], partner="")["status"] == "Deprecated"
    assert one(desk, other["id"], partner="")["status"] == "Active"
    with pytest.raises(Refused) as refused:
        publish(desk, name, _pact.STATED, actor="test")
    assert "pact_withdrawn" in {fault.code for fault in refused.value.faults}
    stated = Stated(fossil_carbon="0", unsplit="fossil", supersedes=first["id"])  # what took its place names it still
    assert publish(desk, record_of(desk), stated, actor="test")["precedingPfIds"] == [first["id"]]
    assert one(desk, first["id"], partner="")["status"] == "Deprecated"


def test_a_published_footprint_cannot_be_changed_even_by_hand(desk: Desk) -> None:
    first, _ = _pact.with_footprints(desk)
    deprecate(desk, first["id"], actor="test")
    for statement in (
        "UPDATE pact_footprint SET body = '{}'",
        f"UPDATE pact_footprint SET status = 'Active' WHERE id = '{first['id']}'",
        "UPDATE pact_footprint SET valid_to = '9999'",
        "DELETE FROM pact_footprint",
    ):
        with pytest.raises(DBAPIError, match=r"append_only|permission denied"), desk.engine.begin() as connection:
            connection.execute(text(statement))
    with pytest.raises(Refused):
        deprecate(desk, first["id"], actor="test")


def test_a_footprint_for_one_partner_is_not_shown_to_others(desk: Desk, folder: KeyFolder) -> None:
    mine, others = (add(desk, lambda: folder, title, Access(), actor="test")[0] for title in ("A", "B"))
    _pact.with_footprints(desk)
    stated = Stated(fossil_carbon="0", unsplit="fossil", partners=(mine.id,))
    shown = publish(desk, record_of(desk), stated, actor="test")
    assert len(listed(desk, Filters(), partner=mine.id)[0]) == 3
    assert one(desk, shown["id"], partner=mine.id) == shown
    for partner in (others.id, ""):
        assert len(listed(desk, Filters(), partner=partner)[0]) == 2
        with pytest.raises(Refused):
            one(desk, shown["id"], partner=partner)
        request = event("RequestCreated", {"productId": shown["productIds"]}, name=f"for {partner}")
        if partner:
            exchanged.take(desk, others, request, actor="test")
    (answer,) = [row for row in exchanged.events(desk) if row["direction"] == "out"]
    assert answer["type"] == "RequestRejected"


def test_another_company_sees_nothing(desk: Desk, folder: KeyFolder) -> None:
    shown, _ = _pact.with_footprints(desk)
    new_company(desk.engine, "zenith", "Zenith")
    other = desk.of("zenith")
    _, client, secret = add(other, lambda: folder, "Zenith's partner", Access(), actor="test")
    token, _, _ = client_token(desk.engine, client, secret)
    caller = caller_of(desk.engine, token)
    assert caller.tenant == "zenith" and caller.role == "partner"
    assert listed(other, Filters(), partner="")[0] == [] and published(other) == [] and exchanged.events(other) == []
    with pytest.raises(Refused):
        one(other, shown["id"], partner="")
    assert partners(desk) == [] and len(partners(other)) == 1
    # the application's own filter taken away: on PostgreSQL the wall holds, SQLite has none
    with of_tenant(desk.engine, "zenith").connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pact_footprint")).scalar_one()
    assert found == (0 if desk.engine.dialect.name == "postgresql" else 2)


def test_pages_go_on_while_footprints_are_published(desk: Desk) -> None:
    _pact.with_footprints(desk)
    page, cursor = listed(desk, Filters(), partner="", limit=1)
    added = publish(desk, record_of(desk), _pact.STATED, actor="test")
    rest, end = listed(desk, Filters(), partner="", limit=5, cursor=cursor)
    assert [len(page), len(rest), end] == [1, 2, ""] and rest[-1] == added
    assert listed(desk, Filters(), partner="", limit=0) == ([], "")
    with pytest.raises(Refused):
        listed(desk, Filters(), partner="", cursor=cursor[:-4] + "AAAA")


# --- partners ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_not_in_the_database_and_another_row_does_not_open(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    one_, two = register(desk, folder, heard, "A"), register(desk, folder, heard, "B")
    with desk.engine.begin() as connection:
        kept = {row.id: row.sealed for row in connection.execute(text("SELECT id, sealed FROM pact_partner"))}
        assert all(kept.values()) and SECRET not in json.dumps(kept)
        moved = {"sealed": kept[two.id], "id": one_.id}
        connection.execute(text("UPDATE pact_partner SET sealed = :sealed WHERE id = :id"), moved)
    with pytest.raises(Refused) as refused:
        fetch(desk, folder, network(context), one_.id, {}, actor="test")
    assert [fault.code for fault in refused.value.faults] == ["pact_secret"]
    mode = folder.private(desk.tenant, "pact-partners").stat().st_mode & 0o777
    assert mode == 0o600


def test_a_partner_is_known_by_its_token_also_after_its_client_was_replaced(desk: Desk, folder: KeyFolder) -> None:
    partner, client, secret = add(desk, lambda: folder, "A", Access(), actor="test")
    token, _, _ = client_token(desk.engine, client, secret)
    assert asking(desk, caller_of(desk.engine, token)) == partner
    newer = replace_key(desk.engine, desk.tenant, partner.credential_id, "test")
    token, _, _ = client_token(desk.engine, f"{desk.tenant}.{newer.id}", newer.text.split("_", 4)[4])
    assert asking(desk, caller_of(desk.engine, token)) == partner
    assert asking(desk, Caller(desk.tenant, "x", "partner", frozenset(), credential_id="unknown")) is None
    remove(desk, partner.id, actor="test")
    with pytest.raises(Refused):
        client_token(desk.engine, client, secret)


@pytest.mark.parametrize(
    ("access", "code"),
    [
        (Access(base_url="http://partner.example", client_id="a", secret="b"), "pact_base_url"),
        (Access(base_url="https://127.0.0.1", client_id="a", secret="b"), "webhook_address"),
        (Access(base_url="https://169.254.169.254/latest", client_id="a", secret="b"), "webhook_address"),
        (Access(base_url="https://me@partner.example", client_id="a", secret="b"), "pact_base_url"),
        (Access(base_url="https://partner.example"), "pact_partner_form"),
        (Access(auth_url="https://partner.example"), "pact_partner_form"),
    ],
)
def test_partners_that_are_not_registered(desk: Desk, folder: KeyFolder, access: Access, code: str) -> None:
    with pytest.raises(Refused) as refused:
        add(desk, lambda: folder, "A", access, actor="test")
    assert code in {fault.code for fault in refused.value.faults}
    assert partners(desk) == []


# --- events -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"specversion": "0.3"}, "/specversion"), ({"type": "org.example.Other"}, "/type"), ({"id": ""}, "/id"),
        ({"source": None}, "/source"), ({"time": "yesterday"}, "/time"), ({"data": []}, "/data"),
        ({"data": {"productId": [["urn:a:b"]]}}, "/data/productId"), ({"data": {"validOn": "soon"}}, "/data/validOn"),
        ({"type": CLOUD.format("Published"), "data": {"pfIds": []}}, "/data/pfIds"),
        ({"type": CLOUD.format("Published"), "data": {"pfIds": ["urn:gtin:1"]}}, "/data/pfIds"),
        ({"type": CLOUD.format("RequestFulfilled"), "data": {"requestEventId": "1", "pfs": []}}, "/data/pfs"),
        ({"type": CLOUD.format("RequestRejected"), "data": {"requestEventId": "1"}}, "/data/error"),
    ],
)  # fmt: skip
def test_events_that_are_malformed(change: dict[str, Any], where: str) -> None:
    document = json.loads(event("RequestCreated", {"productId": ["urn:a:b"]}).text) | change
    with pytest.raises(Refused) as refused:
        exchanged.read_event(json.dumps(document).encode())
    assert where in {fault.where for fault in refused.value.faults}


def test_a_request_delivered_twice_is_answered_once(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    """To the registered address, never to the source; the id comes back unchanged, blanks, slashes and all."""
    first, _ = _pact.with_footprints(desk)
    partner = register(desk, folder, heard)
    name = "run 7/13 – é"
    request = event(
        "RequestCreated", {"productId": [_pact.ORDINARY.upper()]}, name, source="https://trap.example/3/events"
    )
    assert [exchanged.take(desk, partner, request, actor="test") for _ in range(3)] == [True, False, False]
    assert waiting(desk.engine) == [desk.tenant]
    courier = Courier(desk, lambda: folder, network(context))
    assert courier.send_due(desk.tenant) == 1 and courier.send_due(desk.tenant) == 0
    (told,) = heard.events
    assert told["data"] == {"requestEventId": name, "pfs": [first]}
    assert (waiting(desk.engine), heard.tokens) == ([], 1)
    other = event("RequestCreated", {"productId": [_pact.SLAG]}, name, source="https://another.example")
    assert exchanged.take(desk, partner, other, actor="test")  # the same id of another source is another event


def test_an_undeliverable_event_is_tried_again_and_then_given_up(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    """503 twice, then 200: three attempts with one id, pauses of 5 and 15 s give or take a fifth; 72 hours end it."""
    _pact.with_footprints(desk)
    partner, courier = register(desk, folder, heard), Courier(desk, lambda: folder, network(context))
    exchanged.take(desk, partner, event("RequestCreated", {"productId": ["urn:pact:null"]}), actor="test")
    heard.answers = [503, 503, 200]
    for pause in (5.0, 15.0):
        assert courier.send_due(desk.tenant) == 1
        row = sent(desk)
        assert row.state == "pending"
        assert 0.8 * pause <= row.due_at - json.loads(row.log)[-1]["at"] <= 1.2 * pause
        assert courier.send_due(desk.tenant) == 0  # not before it is due
        due_now(desk)
    assert courier.send_due(desk.tenant) == 1 and sent(desk).state == "done" and sent(desk).attempts == 3
    assert [item["data"]["error"]["code"] for item in heard.events] == ["NotFound"]

    exchanged.take(desk, partner, event("RequestCreated", {"productId": ["urn:pact:null"]}, "e/2"), actor="test")
    due_now(desk, ago=72 * 3600.0)
    heard.answers = [503]
    assert courier.send_due(desk.tenant) == 1
    assert [row["state"] for row in exchanged.events(desk) if row["answers"] == "e/2"] == ["given_up"]


def test_a_private_address_is_not_reached(desk: Desk, folder: KeyFolder, heard: Listening) -> None:
    """Registered while a network was allowed that no longer is: nothing is connected to."""
    _pact.with_footprints(desk)
    partner = register(desk, folder, heard)
    exchanged.take(desk, partner, event("RequestCreated", {}), actor="test")
    assert Courier(desk, lambda: folder, Network()).send_due(desk.tenant) == 1
    assert "webhook_address" in json.loads(sent(desk).log)[-1]["error"] and heard.headers == [] and heard.tokens == 0


def test_what_is_announced_is_fetched_and_becomes_a_factor(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    """One good, one unknown, one that is too old: the good one is taken, the others are noted."""
    _pact.with_footprints(desk)
    partner, courier = register(desk, folder, heard, "Mill and Kiln"), Courier(desk, lambda: folder, network(context))
    unknown, old = "3a6c14a7-4deb-498a-b5ea-16ce2535b576", "11111111-2222-4333-8444-555555555555"
    period = {"referencePeriodStart": "2021-01-01T00:00:00Z", "referencePeriodEnd": "2022-01-01T00:00:00Z"}
    aged = {**PACT, "id": old, "pcf": {**PACT["pcf"], **period}}
    for document in (PACT, aged):
        body = json.dumps({"data": document}).encode()
        heard.documents[f"/3/footprints/{document['id']}"] = (200, {}, body)
    exchanged.take(desk, partner, event("Published", {"pfIds": [PACT["id"], unknown, old]}), actor="test")
    assert courier.send_due(desk.tenant) == 1
    (row,) = exchanged.events(desk)
    assert row["state"] == "done" and row["outcome"]["missing"] == [unknown]
    assert row["outcome"]["factors"] == [f"pact:{PACT['id']}"] and row["outcome"]["release"] == "suppliers.1"
    assert list(row["outcome"]["refused"]) == [old] and "received_expired" in row["outcome"]["refused"][old][0]
    layer = latest(desk, "suppliers")
    assert layer is not None and [factor.value for factor in layer.factors.values()] == ["0.78"]
    exchanged.take(desk, partner, event("Published", {"pfIds": [PACT["id"]]}, "again"), actor="test")
    courier.send_due(desk.tenant)
    assert [item["outcome"].get("there") for item in exchanged.events(desk) if item["event_id"] == "again"] == [
        [f"pact:{PACT['id']}"]
    ]


def test_only_an_answer_to_our_own_request_is_taken(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    _pact.with_footprints(desk)
    partner, other = register(desk, folder, heard, "A"), register(desk, folder, heard, "B")
    courier = Courier(desk, lambda: folder, network(context))
    asked = exchanged.ask(desk, partner, {"productId": ["urn:a:b"]}, "please", actor="test")
    courier.send_due(desk.tenant)
    (request,) = heard.events
    assert request["type"] == CLOUD.format("RequestCreated") and request["id"] == asked
    assert request["data"] == {"productId": ["urn:a:b"], "comment": "please"}
    answer = {"requestEventId": asked, "pfs": [PACT]}
    exchanged.take(desk, other, event("RequestFulfilled", answer, "by another"), actor="test")
    exchanged.take(
        desk, partner, event("RequestFulfilled", answer | {"requestEventId": "no such"}, "stray"), actor="test"
    )
    assert courier.send_due(desk.tenant) == 0 and latest(desk, "suppliers") is None
    exchanged.take(desk, partner, event("RequestFulfilled", answer, "right"), actor="test")
    exchanged.take(desk, partner, event("RequestRejected", {"requestEventId": asked, "error": {"code": "NotFound",
                   "message": "changed our mind"}}, "late"), actor="test")  # fmt: skip
    assert courier.send_due(desk.tenant) == 1
    outcomes = {row["event_id"]: row["outcome"] for row in exchanged.events(desk)}
    assert outcomes["right"]["factors"] == [f"pact:{PACT['id']}"] and outcomes[asked]["answer"] == "RequestFulfilled"
    assert all("ignored" in outcomes[name] for name in ("by another", "stray", "late"))


def test_a_removed_partner_is_sent_nothing(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    _pact.with_footprints(desk)
    partner = register(desk, folder, heard)
    exchanged.take(desk, partner, event("RequestCreated", {}), actor="test")
    remove(desk, partner.title, actor="test")
    assert Courier(desk, lambda: folder, network(context)).send_due(desk.tenant) == 1
    assert sent(desk).state == "given_up" and heard.events == []
    with pytest.raises(Refused):
        named(desk, partner.id)


def test_pages_of_a_supplier_are_followed_on_its_own_host_only(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    partner = register(desk, folder, heard)
    second = {**PACT, "id": "22222222-2222-4333-8444-555555555555"}
    head = {"Link": f'<{heard.url}/3/footprints?page=2>; rel="next"'}
    heard.documents["/3/footprints?status=Active"] = (200, head, json.dumps({"data": [PACT]}).encode())
    heard.documents["/3/footprints?page=2"] = (200, {}, json.dumps({"data": [second]}).encode())
    taken = fetch(desk, folder, network(context), "Buyer", {"status": ["Active"]}, actor="test")
    assert len(taken.factors) == 2 and taken.release == "suppliers.1"
    head = {"Link": '<https://trap.example/3/footprints?page=2>; rel="next"'}
    heard.documents["/3/footprints"] = (200, head, json.dumps({"data": [PACT]}).encode())
    with pytest.raises(Refused) as refused:
        fetch(desk, folder, network(context), partner.id, {}, actor="test")
    assert "another host" in refused.value.faults[0].found
    with pytest.raises(Refused) as refused:
        fetch(desk, folder, network(context), partner.id, {"odata": ["x"]}, actor="test")
    assert refused.value.faults[0].code == "pact_filter"


def test_a_company_receives_into_its_own_layer(
    desk: Desk, folder: KeyFolder, heard: Listening, context: ssl.SSLContext
) -> None:
    new_company(desk.engine, "zenith", "Zenith")
    other = desk.of("zenith")
    register(other, folder, heard)
    heard.documents["/3/footprints"] = (200, {}, json.dumps({"data": [PACT]}).encode())
    assert fetch(other, folder, network(context), "Buyer", {}, actor="test").release == "suppliers.1"
    assert latest(other, "suppliers") is not None and latest(desk, "suppliers") is None


def sent(desk: Desk) -> Any:
    with Session(desk.engine) as session:
        return session.query(PactEventRow).filter_by(direction="out").order_by(PactEventRow.created_at).first()


def due_now(desk: Desk, ago: float = 0.0) -> None:
    with desk.engine.begin() as connection:
        pending = update(PactEventRow).where(PactEventRow.state == "pending")
        values = {"due_at": 0.0} | ({"since": PactEventRow.since - ago} if ago else {})
        connection.execute(pending.values(values))


def asdict(stated: Stated) -> dict[str, Any]:
    return {name: getattr(stated, name) for name in Stated.__slots__}
