"""A session that has ended: why somebody must sign in, the way back, and what they had typed; never to another site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from service.companies.models import CredentialRow
from service.http.pages.kept import local
from tests.browser._pages import settled, watched
from tests.browser._people import PASSWORD, desk, peopled, sign_in, signed_in, token
from tests.fixtures.served import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

RECORDS: dict[str, str] = {}
ELSEWHERE = (
    "https://evil.example", "http:evil.example", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/ /..//\\evil.example", "/%09/\\evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example",
    "@evil.example", "%2F%2Fevil.example", "%252F%252Fevil.example", "\u2028//evil.example", "／／evil.example", "",
    "/" + "a" * 3000,
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("session")
    RECORDS.update(peopled(folder))
    with serving(folder) as made:
        yield made


def expire(served: Served) -> None:
    """All sessions have ended since a while."""
    with desk(served) as here, Session(here.engine) as session, session.begin():
        ended = update(CredentialRow).where(CredentialRow.kind == "session")
        session.execute(ended.values(expires_at="2020-01-01T00:00:00+00:00"))


def test_only_paths_of_this_service_are_gone_back_to(served: Served) -> None:
    with served.client() as client:
        for where in ELSEWHERE:
            assert local(where) == "/", where
            hidden = re.search(r'name="next" value="([^"]*)"', client.get("/sign-in", params={"next": where}).text)
            assert hidden and hidden[1] == "/", where
        for where in ELSEWHERE[2], ELSEWHERE[5], ELSEWHERE[7]:
            fields = {"company": "local", "email": "owner@local.cn", "password": PASSWORD, "next": where}
            answer = client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")})
            assert answer.headers["location"] == "/", where


@pytest.mark.parametrize(
    "where", ["/%2F%2Fevil.example", "/%5Cevil.example", "/.//evil.example", "/a/..//evil.example"]
)
def test_what_looks_like_elsewhere_and_is_not_stays_here(page: Page, served: Served, where: str) -> None:
    """Paths that a browser keeps on this host, whatever they look like."""
    sign_in(page, served, f"/sign-in?next={where}")
    assert page.url.startswith(served.url)


def test_a_page_of_ours_is_gone_back_to_with_its_query(served: Served) -> None:
    with served.client() as client:
        answer = client.get("/factors?q=coal&release=cn-2026.1")
        assert answer.status_code == 303
        page = client.get(answer.headers["location"])
        assert "This page is for people of a company" in page.text
        assert 'name="next" value="/factors?q=coal&amp;release=cn-2026.1"' in page.text


def test_an_ended_session_says_so_and_leads_back(served: Served) -> None:
    with signed_in(served) as client:
        expire(served)
        answer = client.get("/records")
        assert answer.headers["location"] == "/sign-in?next=/records&why=ended"
        assert "Your session has ended." in client.get(answer.headers["location"]).text
        part = client.get("/factors?q=coal", headers={"x-part": "1", "referer": f"{served.url}/factors"})
        assert part.status_code == 401 and "/sign-in?next=/factors&amp;why=ended" in part.text
        assert "<h1" not in part.text, "a piece of a page, and no page within a page"
        sliders = f"/records/{RECORDS['cement']}/what-if?rows/coal=10"
        data = client.get(sliders, headers={"accept": "application/json"})
        assert data.status_code == 401 and data.json()["ok"] is False
        assert (
            data.json()["sign_in"] == "/sign-in?next=" + sliders.replace("?", "%3F").replace("=", "%3D") + "&why=ended"
        )
        part = client.get("/records", headers={"x-part": "1", "referer": "https://evil.example/x"})
        assert "evil" not in part.text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_typed_is_sent_after_signing_in(page: Page, served: Served, language: str) -> None:
    """A form filled in, the session over, a wrong password on the way: nothing typed is lost."""
    seen = watched(page, served.url)
    page.goto(f"{served.url}/sign-in?lang={language}")
    sign_in(page, served, "/fill/cement")
    page.fill("[name=works_name]", 'Werk <b>1</b> & "zwei" 水泥')
    page.locator("#input-cement_produced .amount").fill("1000")
    expire(served)
    page.locator("main button.main").click()
    page.wait_for_selector(".banner.ended")
    assert page.locator("h1").inner_text() == {"en": "Sign in", "zh": "登录"}[language]
    settled(page)
    assert page.evaluate("document.activeElement.className") == "banner ended"
    seen.check(said=1)
    seen.said.clear()
    page.fill("[name=email]", "owner@local.cn")
    page.fill("[name=password]", "wrong wrong wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".faults")
    seen.check(said=1)
    seen.said.clear()
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".kept-form")
    assert page.locator(".email").inner_text() == "owner@local.cn"
    seen.check()
    page.locator(".kept-form button").click()
    page.wait_for_selector(".told-faults")
    assert page.locator("[name=works_name]").input_value() == 'Werk <b>1</b> & "zwei" 水泥'
    assert page.locator("#input-cement_produced .amount").input_value() == "1000"


@pytest.mark.browser
def test_going_back_without_sending_leads_to_where_they_were(page: Page, served: Served) -> None:
    sign_in(page, served, f"/records/{RECORDS['battery']}/withdraw", "calculator")
    page.fill("[name=reason]", "typed")
    expire(served)
    page.locator("main button.main").click()
    page.wait_for_selector(".banner.ended")
    page.fill("[name=email]", "calculator@local.cn")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".kept-form")
    page.locator("main a").click()
    page.wait_for_selector("textarea")
    assert page.url.endswith(f"/records/{RECORDS['battery']}/withdraw")
    with desk(served) as here:
        assert RECORDS["battery"] in here.records.all_names()


def test_files_are_said_to_be_lost_and_secrets_are_not_kept(served: Served) -> None:
    headers = {"origin": served.url, "referer": f"{served.url}/"}
    with signed_in(served) as client:
        expire(served)
        files = {"file": ("a.yaml", b"x: 1", "application/yaml")}
        answer = client.post("/upload", data={"draft": "yes", "token": "x"}, files=files, headers=headers)
        assert answer.status_code == 401 and "Files cannot be kept" in answer.text
        sent = {"title": "kept", "password": "hunter22", "link": "pcf_link_x", "token": "x"}
        answer = client.post("/company/key", data=sent, headers=headers)
        assert answer.status_code == 401 and "hunter22" not in answer.text and "pcf_link_x" not in answer.text
        assert "kept" in answer.text and answer.headers["cache-control"] == "no-store"
        long = client.post("/company/key", data={"title": "x" * 1_100_000}, headers=headers)
        assert long.status_code == 401 and "too long to be kept" in long.text and len(long.text) < 20_000


def test_nothing_of_a_stranger_is_kept(served: Served) -> None:
    """A page of elsewhere, or a client that names no origin: no form with their words, before signing in or after."""
    with signed_in(served) as client:
        for headers in ({"origin": "https://evil.example"}, {}, {"origin": "null"}):
            before = client.post("/company/key", data={"title": "stolen", "role": "owner"}, headers=headers)
            assert before.status_code == 403 and "stolen" not in before.text
        expire(served)
        for headers in ({"origin": "https://evil.example"}, {}):
            after = client.post("/company/key", data={"title": "stolen", "role": "owner"}, headers=headers)
            assert after.status_code in (401, 403) and "stolen" not in after.text
        carried = {
            "company": "local", "email": "owner@local.cn", "password": PASSWORD, "next": "/",
            "kept": json.dumps([["title", "x"]]), "kept_to": "//evil.example", "token": token(client, "/sign-in"),
        }  # fmt: skip
        page = client.post("/sign-in", data=carried)
        assert page.status_code == 200 and 'action="/"' in page.text and "evil" not in page.text


def test_a_form_from_before_signing_in_elsewhere_is_offered_again(served: Served) -> None:
    """Another tab has begun a session since: the form is not done, shown, and done when it is sent once more."""
    headers = {"origin": served.url, "referer": f"{served.url}/company"}
    with signed_in(served) as client:
        old = token(client, "/company")
        fields = {"company": "local", "email": "owner@local.cn", "password": PASSWORD, "next": "/"}
        client.post("/sign-in", data=fields | {"token": token(client, "/sign-in")})
        sent = {"title": "of the old tab", "role": "auditor", "days": "3", "token": old}
        answer = client.post("/company/key", data=sent, headers=headers)
        assert answer.status_code == 403 and "pcf_key_" not in answer.text
        form = answer.text[answer.text.index("kept-form") - 200 :]
        again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        assert again["title"] == "of the old tab" and again["token"] != old
        assert "pcf_key_local_" in client.post("/company/key", data=again, headers=headers).text


def test_a_link_from_elsewhere_offers_to_go_on(served: Served) -> None:
    """A browser brings no strict cookie along from another site; the click on our own page brings it."""
    with served.client() as bare:
        away = {"sec-fetch-site": "cross-site"}
        where = bare.get("/records", headers=away).headers["location"]
        page = bare.get(where, headers=away).text
        assert 'href="/records">Go on' in page
        assert "Go on" not in bare.get(where).text


@pytest.mark.browser
def test_a_search_and_a_slider_say_that_the_session_has_ended(page: Page, served: Served) -> None:
    seen = watched(page, served.url)
    sign_in(page, served, f"/records/{RECORDS['cement']}/what-if?lang=en")
    page.wait_for_selector(".what-if")
    expire(served)
    slider = page.locator('[name="rows/coal"]')
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".answer .fault a")
    assert "Your session has ended" in page.locator(".answer .fault").inner_text()
    page.locator(".answer .fault a").click()
    page.fill("[name=email]", "owner@local.cn")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".what-if")
    assert page.locator('[name="rows/coal"]').input_value() == "1", "the slider stands where it stood"
    seen.go("/factors?lang=en")
    expire(served)
    page.fill("[name=q]", "coal")
    page.wait_for_selector("#results .ended a")
    assert page.locator("#heard").inner_text().startswith("Your session has ended")
    assert page.locator("h1").count() == 1
    seen.check(said=2)
