"""People of two companies for tests of pages: a store with accounts, and clients that are signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from factordb.store import open_store
from service.calculate import Asked, calculate
from service.companies.accounts import accept, invite, new_company
from service.desk import Desk, prepare
from service.intake import read_file
from service.records.store import RecordStore
from tests.fixtures.served import Served
from tests.service import _cases

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "correct horse battery"
ROLES = ("owner", "editor", "calculator", "auditor")


def peopled(folder: Path) -> dict[str, str]:
    """A store with one person of each role in ``local`` and an owner in ``acme``; names of records by what they are."""
    engine = open_store(folder / "pcf.db")
    prepare(engine)
    for role in ROLES:
        accept(engine, invite(engine, "local", f"{role}@local.cn", role, "test").text, PASSWORD)
    new_company(engine, "acme", "Acme")
    accept(engine, invite(engine, "acme", "owner@acme.cn", "owner", "test").text, PASSWORD)
    names = {}
    for word, company, path, draft in (
        ("cement", "local", _cases.CEMENT, False), ("battery", "local", _cases.BATTERY, False),
        ("draft", "local", _cases.BOM, True), ("acme", "acme", _cases.BATTERY, False),
    ):  # fmt: skip
        done = calculate(read_file(path), Asked(draft=draft), RecordStore(engine, company), caller="test")
        names[word] = str(done.records[0]["name"])
        if word == "cement":
            names["slag"] = str(done.records[1]["name"])
    engine.dispose()
    return names


@contextmanager
def desk(served: Served, company: str = "local") -> Iterator[Desk]:
    """The store of a running service, as a company sees it."""
    engine = open_store(served.log.parent / "pcf.db")
    store = RecordStore(engine, company)
    yield Desk(store.engine, store)
    engine.dispose()


def token(client: httpx.Client, path: str) -> str:
    """The token of a form on a page."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(path).text)
    assert found, path
    return found[1]


@contextmanager
def signed_in(served: Served, role: str = "owner", company: str = "local") -> Iterator[httpx.Client]:
    """A client with the session of a person."""
    with served.client() as client:
        fields = {"company": company, "email": f"{role}@{company}.cn", "password": PASSWORD, "next": "/"}
        answer = client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")})
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
        yield client


def sign_in(page: Page, served: Served, path: str, role: str = "owner", company: str = "local") -> None:
    """Sign in by the page, on the way to another."""
    page.goto(f"{served.url}{path}")
    page.fill("[name=company]", company)
    page.fill("[name=email]", f"{role}@{company}.cn")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form.out")
