"""Every route as every role of another company, on both databases: nothing of a company is shown to another.

A company's data carry a mark in every text a stranger could meet; no answer to the others may hold it, and none may
change a row. Then the application's own filter is taken away: PostgreSQL's wall must hold alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from factordb.models import Base
from factordb.store import EVERY_TENANT, of_tenant, open_store
from service.calculate import Asked, calculate
from service.companies.access import Caller
from service.companies.accounts import accept, invite, new_company
from service.companies.keys import Wanted, new_key
from service.companies.roles import ROLES
from service.desk import Desk, prepare
from service.http.app import make_app
from service.intake import MEDIA, read_bytes
from service.records.store import RecordStore
from service.settings import Settings
from tests.fixtures.served import serving
from tests.service import _cases

MARK = "Geheimwerk"
PASSWORD = "correct horse battery"
UNTENANTED = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class Two:
    """A store with the company ``acme``, which has one of everything, and ``zenith`` with a key of each role."""

    place: str
    owner: Engine
    application: Engine
    record: str
    ids: Mapping[str, str]
    """Path parameters that name something of acme's."""
    keys: Mapping[str, str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Two]:
    if request.param == "sqlite":
        place = str(tmp_path / "pcf.db")
        owner = application = open_store(place)
    else:
        urls = request.getfixturevalue("postgres_urls")
        place, owner, application = urls.app, open_store(urls.owner), open_store(urls.app)
    prepare(owner)
    for name in ("acme", "zenith"):
        new_company(application, name, f"{name} {MARK if name == 'acme' else ''}")
    data = _cases.example()
    data["works"]["name"] = {"en": f"{MARK} works", "zh": f"{MARK}厂"}
    content = json.dumps(data).encode()
    desk = Desk(of_tenant(application, "acme"), RecordStore(application, "acme"))
    done = calculate(read_bytes(content, MEDIA[".json"]), Asked(), desk.records, caller=MARK)
    made = new_key(application, "acme", Wanted(f"{MARK} ERP", "owner"), MARK)
    person = accept(application, invite(application, "acme", f"anna@{MARK.lower()}.cn", "owner", MARK).text, PASSWORD)
    keys = {role: new_key(application, "zenith", Wanted("x", role), "test").text for role in ROLES}
    keys["session"] = accept(application, invite(application, "zenith", "z@z.cn", "owner", "test").text, PASSWORD).token
    ids = {
        "name": done.records[0]["name"], "key_id": made.id, "account_id": person.account_id,
        "factor_id": f"record:{done.records[0]['name']}", "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    yield Two(place, owner, application, done.records[0]["name"], ids, keys)
    owner.dispose()
    application.dispose()


def rows(two: Two, tenant: str) -> dict[str, int]:
    """Rows of a company by table, as the owner of the tables counts them."""
    found = {}
    with Session(of_tenant(two.owner, EVERY_TENANT)) as session:
        for name, table in sorted(Base.metadata.tables.items()):
            column = "id" if name == "tenant" else "tenant_id"
            if column in table.c:
                query = text(f"SELECT count(*) FROM {name} WHERE {column} = :tenant")
                found[name] = int(session.execute(query, {"tenant": tenant}).scalar_one())
    return found


def requests(document: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, body and headers) of every route, each parameter naming something of the other company."""
    for template, item in document["paths"].items():
        for method, operation in item.items():
            path, query = template, {}
            for parameter in operation.get("parameters", []):
                name = parameter["name"]
                if parameter["in"] == "path":
                    path = path.replace(f"{{{name}}}", ids.get(name, ids["name"]))
                elif parameter.get("required"):
                    query[name] = MARK
            more: dict[str, Any] = {"params": query}
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                more["json"] = content["application/json"].get("example", {})
            yield method.upper(), path.replace("{factor_id}", ids["factor_id"]), more


def told(answer: httpx.Response, two: Two) -> list[str]:
    """Which marks of acme an answer holds. What the caller sent by itself does not count: ids come back in faults."""
    shown = answer.text + " ".join(f"{key}: {value}" for key, value in answer.headers.items())
    return [mark for mark in (MARK, MARK.lower(), f"anna@{MARK.lower()}") if mark in shown]


def test_no_route_shows_or_changes_anything_of_another_company(two: Two, tmp_path: Path) -> None:
    before = rows(two, "acme")
    assert before["record"] >= 1 and before["audit_entry"] >= 2
    walked, statuses = 0, set()
    with serving(tmp_path, env={"PCF_STORE": two.place}) as served:
        with served.client() as anybody:
            document = anybody.get("/openapi.json").json()
        for role, key in two.keys.items():
            with served.client(key) as client:
                for method, path, more in requests(document, two.ids):
                    answer = client.request(method, path, **more)
                    where = f"{role}: {method} {path} -> {answer.status_code}"
                    if MARK not in json.dumps(more):
                        assert told(answer, two) == [], where
                    named = two.record in path and not path.endswith("/footprints")
                    assert answer.status_code < 500, where + answer.text
                    if named and path.startswith("/v1/records/"):
                        assert answer.status_code in (403, 404, 422), where
                    walked += 1
                    statuses.add(answer.status_code)
    assert walked >= len(ROLES) * 20 and {200, 403, 404} <= statuses
    assert rows(two, "acme") == before


def test_without_the_applications_filter_the_wall_holds(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: every query of the store filters by acme, while the caller is of zenith.

    On PostgreSQL the wall answers nothing. On SQLite there is none, so the mutation shows acme's record: that proves
    that it is one.
    """
    import asyncio

    def wrong(self: Desk, tenant: str) -> Desk:
        mutated = Desk(of_tenant(self.engine, tenant), RecordStore(self.engine, tenant))
        mutated.records.tenant = "acme"
        return mutated

    monkeypatch.setattr(Desk, "of", wrong)
    app = make_app(Settings(store=two.place))
    seen = []

    async def walk() -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
        ):
            headers = {"authorization": f"Bearer {two.keys['owner']}"}
            record, file = f"/v1/records/{two.record}", two.ids["sha256"]
            paths = ("/v1/records", record, f"{record}/report", f"{record}/uploads", f"{record}/uploads/{file}")
            for path in paths:
                seen.append((await client.get(path, headers=headers)).text)

    asyncio.run(walk())
    marks = (two.record, two.record, two.record, two.ids["sha256"], MARK)
    leaked = [mark in answer and "record_unknown" not in answer for mark, answer in zip(marks, seen, strict=True)]
    assert leaked == [two.owner.dialect.name == "sqlite"] * 5


def test_a_caller_of_no_company_has_no_rows(two: Two) -> None:
    caller = Caller("nobody", "test", "owner", frozenset({"record:read"}))
    desk = Desk(two.application, RecordStore(two.application, caller.tenant))
    assert desk.records.listing() == [] and desk.records.all_names() == []
    assert partial(desk.records.held)([two.record]) is False
