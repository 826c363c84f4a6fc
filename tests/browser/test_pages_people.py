"""Who visits: the one-time link, signing in and out, forms of other pages refused, walls, verifying without a login."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from factordb.store import open_store
from service.calculate import Asked, calculate
from service.companies.accounts import accept, invite, new_company
from service.desk import prepare
from service.intake import MEDIA, read_bytes, read_file
from service.records.store import RecordStore
from tests.browser._pages import Watched, watched
from tests.fixtures.served import Served, serving
from tests.service import _cases

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with an owner of ``local``, and a company ``acme`` with a record and an owner."""
    folder = tmp_path_factory.mktemp("people")
    engine = open_store(folder / "pcf.db")
    prepare(engine)
    accept(engine, invite(engine, "local", "owner@local.cn", "owner", "test").text, PASSWORD)
    new_company(engine, "acme", "Acme")
    accept(engine, invite(engine, "acme", "anna@acme.cn", "owner", "test").text, PASSWORD)
    calculate(read_file(_cases.BATTERY), Asked(), RecordStore(engine, "acme"), caller="test")
    engine.dispose()
    with serving(folder) as made:
        yield made


@pytest.fixture
def acme_record(served: Served) -> str:
    engine = open_store(served.log.parent / "pcf.db")
    name = RecordStore(engine, "acme").listing(1)[0]["name"]
    engine.dispose()
    return name


def token(client: httpx.Client, path: str) -> str:
    """The token of a form on a page."""
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]


@contextmanager
def signed_in(served: Served, company: str = "local", email: str = "owner@local.cn") -> Iterator[httpx.Client]:
    with served.client() as client:
        fields = {"company": company, "email": email, "password": PASSWORD, "next": "/"}
        answer = client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        yield client


def test_the_cookie_is_for_this_site_only_and_not_for_scripts(served: Served) -> None:
    with served.client() as client:
        fields = {
            "company": "local",
            "email": "owner@local.cn",
            "password": PASSWORD,
            "token": token(client, "/sign-in"),
        }
        cookie = client.post("/sign-in", data=fields).headers["set-cookie"]
    assert cookie.startswith("pcf_session=pcf_session_local_")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    "path", ["/", "/records", "/factors", "/jobs", "/company", "/fill/cement", "/records/00000000"]
)
def test_who_is_not_signed_in_sees_nothing(served: Served, path: str) -> None:
    with served.client() as client:
        answer = client.get(path, headers={"accept": "text/html"})
    if path == "/":
        assert answer.status_code == 200 and "/upload" not in answer.text
    else:
        assert answer.status_code == 303 and answer.headers["location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "where", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "\t//e"]
)
def test_nobody_is_sent_to_another_site(served: Served, where: str) -> None:
    with served.client() as client:
        fields = {"company": "local", "email": "owner@local.cn", "password": PASSWORD, "next": where}
        answer = client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")})
    assert answer.headers["location"] == "/"


def test_forms_of_elsewhere_are_refused(served: Served) -> None:
    """No token, another browser's token, another site's Origin: nothing happens, with the cookie of an owner."""
    with signed_in(served) as client, served.client() as other:
        strange = token(other, "/sign-in")
        good = token(client, "/company")
        fields = {"title": "stolen", "role": "owner", "days": "30"}
        for sent, headers in (
            (fields, {}),
            (fields | {"token": strange}, {}),
            (fields | {"token": good[:-1] + ("0" if good[-1] != "0" else "1")}, {}),
            (fields | {"token": good}, {"origin": "https://evil.example"}),
            (fields | {"token": good}, {"sec-fetch-site": "cross-site"}),
        ):
            answer = client.post("/company/key", data=sent, headers=headers)
            assert answer.status_code == 403, (sent, headers)
            assert "pcf_key_" not in answer.text
        assert client.get("/v1/keys").json()["keys"] == []
        made = client.post("/company/key", data=fields | {"token": good}, headers={"origin": served.url})
        assert made.status_code == 200 and "pcf_key_local_" in made.text
        assert "pcf_key_local_" not in client.get("/company").text, "shown once"


def test_a_session_of_before_gives_no_token_for_after(served: Served) -> None:
    with signed_in(served) as client:
        old = token(client, "/company")
        client.post("/sign-out", data={"token": old})
        assert client.post("/verify", data={"token": old}).status_code == 403


def test_another_company_sees_none_of_it(served: Served, acme_record: str) -> None:
    with signed_in(served) as client, signed_in(served, "acme", "anna@acme.cn") as owner:
        for path in ("", "/what-if", "/regimes", "/files/record.json", "/files/activity.xlsx", "/files/report-en.html"):
            there, here = (who.get(f"/records/{acme_record}{path}").status_code for who in (owner, client))
            assert (there, here) == (200, 404), path
        assert client.get(f"/fill/li_ion_battery?record={acme_record}").status_code == 404
        assert client.get(f"/calculated?record={acme_record}").status_code == 404
        again = client.post(f"/records/{acme_record}/reruns", data={"token": token(client, "/verify")})
        assert again.status_code == 404
        for path in ("/", "/records", "/jobs", "/company"):
            assert acme_record[:12] not in client.get(path).text


def test_a_calculator_is_no_owner(served: Served) -> None:
    with signed_in(served) as owner:
        fields = {"email": "calc@local.cn", "role": "calculator", "token": token(owner, "/company")}
        page = owner.post("/company/invite", data=fields).text
    link = re.search(r"/welcome#(pcf_link_[\w-]+)", page)
    assert link
    with served.client() as client:
        fields = {"link": link[1], "password": PASSWORD, "again": PASSWORD, "token": token(client, "/welcome")}
        assert client.post("/welcome", data=fields).headers["location"] == "/"
        assert client.get("/company").status_code == 403
        assert 'href="/company"' not in client.get("/").text
        fields = {"title": "x", "role": "owner", "days": "3", "token": token(client, "/")}
        assert client.post("/company/key", data=fields).status_code == 403
        fields = {"link": link[1], "password": PASSWORD, "again": PASSWORD, "token": token(client, "/welcome")}
        assert client.post("/welcome", data=fields).status_code == 422, "a link works once"


def test_five_wrong_passwords_close_the_address(served: Served) -> None:
    with served.client() as client:
        statuses = []
        for _ in range(6):
            fields = {"company": "acme", "email": "nobody@acme.cn", "password": "wrong wrong wrong"}
            statuses.append(client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")}).status_code)
    assert statuses == [401] * 5 + [429]


@pytest.mark.browser
def test_the_link_is_read_from_the_fragment(page: Page, served: Served) -> None:
    engine = open_store(served.log.parent / "pcf.db")
    link = invite(engine, "local", "new@local.cn", "editor", "test").text
    engine.dispose()
    seen = watched(page, served.url)
    seen.go(f"/welcome?lang=en#{link}")
    assert page.locator('[name="link"]').input_value() == link
    assert not page.locator('[name="link"]').is_visible() and "#" not in page.url
    page.fill('[name="password"]', PASSWORD)
    page.fill('[name="again"]', PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".email")
    assert page.locator(".email").inner_text() == "new@local.cn"
    assert page.evaluate("document.cookie") == "", "no cookie is for scripts"
    seen.check()
    page.locator("form.out button").click()
    page.wait_for_url("**/sign-in")
    seen.go("/records")
    assert page.url.endswith("/sign-in?next=/records")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_company_page(page: Page, served: Served, language: str) -> None:
    seen = watched(page, served.url)
    seen.go(f"/sign-in?lang={language}&next=/company")
    page.fill('[name="email"]', "owner@local.cn")
    page.fill('[name="password"]', PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/company")
    assert "owner@local.cn" in page.locator("main table").first.inner_text()
    page.fill('form[action="/company/key"] [name="title"]', f"ERP {language}")
    page.locator('form[action="/company/key"] button').click()
    page.wait_for_selector(".once")
    key = page.locator(".once .command").inner_text()
    with served.client(key) as client:
        assert client.get("/v1/records").status_code == 200
    row = page.locator("tr", has_text=f"ERP {language}")
    row.locator('form[action="/company/revoke"] button').click()
    page.wait_for_load_state()
    with served.client(key) as client:
        assert client.get("/v1/records").status_code == 401
    seen.check()


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A record of another installation, with another store secret."""
    engine = open_store(tmp_path_factory.mktemp("foreign") / "pcf.db")
    prepare(engine)
    sent = read_bytes(_cases.CEMENT.read_bytes(), MEDIA[".yaml"], "cement")
    done = calculate(sent, Asked(), RecordStore(engine), caller="elsewhere")
    engine.dispose()
    return json.dumps(done.records[0], ensure_ascii=False).encode()


def verified(seen: Watched, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    seen.go("/verify?lang=en")
    seen.page.set_input_files('[name="file"]', str(path))
    seen.page.locator("main button.main").click()
    seen.page.wait_for_selector(".outcome, .faults")
    return seen.page.locator(".outcome h2, .faults").first.inner_text()


@pytest.mark.browser
def test_a_record_of_another_installation_is_identical(
    page: Page, served: Served, foreign: bytes, tmp_path: Path
) -> None:
    seen = watched(page, served.url)
    assert "Identical" in verified(seen, tmp_path / "record.json", foreign)
    told = page.locator(".outcome").inner_text()
    assert "735.893" in told and "unsigned" in told and "Ordinary Portland cement" in told
    seen.check()
    engine = open_store(served.log.parent / "pcf.db")
    assert json.loads(foreign)["name"] not in {row["name"] for row in RecordStore(engine, "local").listing(200)}
    engine.dispose()


@pytest.mark.browser
def test_a_changed_record_names_the_first_step(page: Page, served: Served, foreign: bytes, tmp_path: Path) -> None:
    """Changed and sealed anew, so that the hashes hold: the re-run finds the figure, with both values."""
    from service.records.sections import digest, record_name

    seen = watched(page, served.url)
    record = json.loads(foreign)
    record["sections"]["result"]["total"] = "635.893"
    assert "changed after it was sealed" in verified(seen, tmp_path / "a.json", json.dumps(record).encode())
    record["digests"]["result"] = digest("result", record["sections"]["result"])
    record["name"] = record_name(record["digests"])
    assert "Different" in verified(seen, tmp_path / "b.json", json.dumps(record).encode())
    told = page.locator(".outcome").inner_text()
    assert "635.893" in told and "735.893" in told and "result" in told
    seen.check()


@pytest.mark.browser
@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b'{"schema": "pcf-record/1"}', b'{"a": 1, "a": 2}'])
def test_what_is_no_record_is_said_to_be_none(page: Page, served: Served, content: bytes, tmp_path: Path) -> None:
    seen = watched(page, served.url)
    verified(seen, tmp_path / "x.json", content)
    assert page.evaluate("document.querySelectorAll('.outcome.good').length") == 0


def test_the_limit_of_a_body_holds(served: Served) -> None:
    with served.client() as client:
        files = {"file": ("r.json", b" " * 10_000_001, "application/json")}
        answer = client.post("/verify", data={"token": token(client, "/verify")}, files=files)
    assert answer.status_code == 413


def test_unknown_pages_and_routes_answer_in_their_own_way(served: Served) -> None:
    with served.client() as client:
        page = client.get("/nothing", headers={"accept": "text/html,*/*"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        route = client.get("/v1/nothing", headers={"accept": "text/html,*/*"})
        assert (route.status_code, route.headers["content-type"]) == (404, "application/problem+json")
        assert "script-src 'self'" in page.headers["content-security-policy"]
