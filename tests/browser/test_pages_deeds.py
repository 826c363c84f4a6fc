"""From the page of a record: signed, shared, a share opened and ended, withdrawn; who may do it and who may not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from service.companies import audit
from service.records.key_ring import new_key, own_keys, revoke
from service.records.keys import KeyFolder, key_folder
from service.records.levels import levels
from tests.browser._pages import settled, watched
from tests.browser._people import desk, peopled, sign_in, signed_in, token
from tests.fixtures.served import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LINK = re.compile(r"/shared#(pcf_share_[\w-]+)")
RECORDS: dict[str, str] = {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("deeds")
    RECORDS.update(peopled(folder))
    with serving(folder) as made:
        with desk(made) as here:
            new_key(here, folder_of(made), "Werk 水泥厂", "test")
        yield made


def folder_of(served: Served) -> KeyFolder:
    return key_folder(str(served.log.parent / "pcf.db"))


def log(served: Served, *actions: str) -> list[tuple[str, str, str]]:
    with desk(served) as here:
        entries = list(audit.entries(here.engine, here.tenant))
        assert audit.verify(here.engine, here.tenant).broken is None
    return [(entry.action, entry.actor, entry.target) for entry in entries if entry.action in actions]


def told(text: str) -> str:
    """A page's text without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.browser
@pytest.mark.parametrize(("language", "word"), [("en", "cement"), ("zh", "slag")])
def test_signed_shared_opened_revoked_withdrawn(
    page: Page, browser: Browser, served: Served, language: str, word: str
) -> None:
    """All of it on one record, by an owner in a browser; and a stranger in another who has the link alone."""
    seen, record = watched(page, served.url), RECORDS[word]
    page.goto(f"{served.url}/sign-in?lang={language}")
    sign_in(page, served, f"/records/{record}")
    seen.check(said=0)

    page.locator("#part-signatures button.main").click()
    page.wait_for_selector(".banner.verdict")
    assert focused(page) == "status"
    row = page.locator("#part-signatures tbody tr").inner_text()
    with desk(served) as here:
        key = own_keys(here)[0]
        held = here.records.get(record)["signatures"]
    assert [item["key_id"] for item in held] == [key.id]
    assert key.id[:16] in row and "Werk 水泥厂" in row and held[0]["time"][:10] in row
    assert page.locator("#part-signatures button").count() == 0, "signed by every key there is"
    seen.check()

    page.fill("#part-shares [name=title]", "Kunde <b>AG</b>")
    page.fill("#part-shares [name=days]", "0")
    page.locator('#part-shares [value="public"]').check()
    page.locator("#part-shares button.main").click()
    page.wait_for_selector(".faults")
    assert focused(page) == "group" and page.title().startswith(("One thing", "有 1 处"))
    assert page.locator("#part-shares [name=title]").input_value() == "Kunde <b>AG</b>", "what was typed is kept"
    assert page.locator('#part-shares [value="public"]').is_checked()
    seen.check(said=1)
    seen.said.clear()
    page.fill("#part-shares [name=days]", "7")
    page.locator("#part-shares button.main").click()
    page.wait_for_selector(".once")
    link = page.locator(".once .command").inner_text()
    assert link.startswith(f"{served.url}/shared#pcf_share_local_")
    assert "Kunde <b>AG</b>" in page.locator("#part-shares tbody tr").inner_text()
    seen.check()
    seen.go(f"/records/{record}")
    assert link.partition("#")[2] not in page.content(), "shown once"

    stranger = watched(browser.new_context(locale="en-US").new_page(), served.url)
    stranger.page.goto(link)
    assert "#" not in stranger.page.url and not stranger.page.locator("[name=share]").is_visible()
    stranger.page.locator("main button.main").click()
    stranger.page.wait_for_selector(".banner.shared")
    assert stranger.page.locator(".total .figure").inner_text() in ("735.893", "492.634")
    assert "left out of this copy" in stranger.page.locator("main").inner_text()
    stranger.check()
    with stranger.page.expect_download() as kept:
        stranger.page.locator("button[value=file]").click()
    copy = json.loads(kept.value.path().read_text("utf-8"))
    assert copy["name"] == record and "given/rows" in copy["sections"]

    page.locator("#part-shares tbody button").click()
    page.wait_for_selector(".banner.verdict")
    assert page.locator("#part-shares .share-revoked").count() == 1
    seen.check()
    stranger.page.goto(link)
    stranger.page.locator("main button.main").click()
    stranger.page.wait_for_selector(".faults")
    assert "share_ended" in stranger.page.locator(".faults").inner_text()
    stranger.page.context.close()

    page.locator(f'a[href="/records/{record}/withdraw"]').click()
    seen.check()
    page.locator("[name=reason]").fill("表 3 read twice\n<script>")
    page.locator("main button.main").click()
    page.wait_for_selector(".reason")
    assert page.locator(".reason").text_content() == "表 3 read twice\n<script>" and focused(page) == "heading"
    with desk(served) as here:
        assert record in here.records.all_names(), "nothing is done before the button of the second page"
    seen.check()
    page.locator('button[value="change"]').click()
    page.wait_for_selector("textarea")
    assert page.locator("[name=reason]").input_value() == "表 3 read twice\n<script>"
    page.locator("main button.main").click()
    page.locator("button.danger").click()
    page.wait_for_selector(".banner.withdrawn")
    banner = page.locator(".banner.withdrawn").inner_text()
    assert "account owner@local.cn" in banner and "表 3 read twice" in banner
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d", banner)
    assert page.locator("#part-signatures button, #part-shares button").count() == 0
    assert page.locator(".total .figure").inner_text() in ("735.893", "492.634"), "nothing is deleted"
    seen.check()
    seen.go("/records")
    assert page.locator(f'tr:has(a[href="/records/{record}"]) .badge.withdrawn').count() == 1
    seen.check()
    with desk(served) as here:
        assert record not in here.records.all_names()
    share = re.search(r"pcf_share_local_([0-9a-z]+)_", link)
    assert share
    mine = [item for item in log(served, "record.signed", "share.made", "share.opened", "share.revoked",
                                 "record.withdrawn") if item[2] in (record, share[1])]  # fmt: skip
    me = "account owner@local.cn"
    assert mine == [
        ("record.signed", me, record), ("share.made", me, share[1]),
        *[("share.opened", f"share {share[1]} Kunde <b>AG</b>", share[1])] * 2,
        ("share.revoked", me, share[1]), ("record.withdrawn", me, record),
    ]  # fmt: skip


def focused(page: Page) -> str:
    """The role of what has the keyboard."""
    settled(page)
    found = page.evaluate(
        "document.activeElement.getAttribute('role') || document.activeElement.tagName.toLowerCase()"
    )  # fmt: skip
    return "heading" if str(found) in ("h1", "h2") else str(found)


DEEDS: dict[str, tuple[str, dict[str, str], str]] = {
    "sign": ("signatures", {}, "record:sign"),
    "share": ("shares", {"level": "customer", "title": "X", "days": "3"}, "record:share"),
    "revoke": ("shares/0000/revoke", {}, "record:share"),
    "withdraw": ("withdraw", {"reason": "x", "do": "withdraw"}, "calc:run"),
}


@pytest.mark.parametrize("role", ["editor", "calculator", "auditor"])
def test_who_may_not_is_told_and_nothing_happens(served: Served, role: str) -> None:
    """The scopes are those of the HTTP interface: the same person asks both, and both say the same."""
    from service.companies.roles import SCOPES

    record = RECORDS["draft"]
    before = log(served, "record.signed", "share.made", "share.revoked", "record.withdrawn")
    with signed_in(served, role) as client:
        page = told(client.get(f"/records/{record}").text)
        form = token(client, "/verify")
        for deed, (path, fields, scope) in DEEDS.items():
            allowed = scope in SCOPES[role]  # type: ignore[index]
            if allowed and deed != "revoke":
                continue  # what is allowed is done elsewhere
            answer = client.post(f"/records/{record}/{path}", data=fields | {"token": form})
            assert answer.status_code == (404 if allowed else 403), deed
            assert ("scope_missing" in answer.text) != allowed
        api = client.post(f"/v1/records/{record}/signatures", json={}, headers={"origin": served.url})
        assert api.status_code == 403
        copy = client.get(f"/records/{record}/files/copy-auditor.json").status_code
        same = client.get(f"/v1/records/{record}/disclosed?level=auditor").status_code
        assert copy == same == (200 if "record:share" in SCOPES[role] else 403)  # type: ignore[index]
        withdraw = client.get(f"/records/{record}/withdraw").status_code
        assert withdraw == (200 if "calc:run" in SCOPES[role] else 403)  # type: ignore[index]
    assert ("Withdraw …" in page) == ("calc:run" in SCOPES[role])  # type: ignore[index]
    assert ("An editor or owner of the company shares records" in page) == (role != "editor")
    assert log(served, "record.signed", "share.made", "share.revoked", "record.withdrawn") == before


def test_no_deed_without_the_token_of_a_page(served: Served) -> None:
    record = RECORDS["battery"]
    before = log(served, "record.signed", "share.made", "share.revoked", "record.withdrawn")
    with signed_in(served) as client, served.client() as other:
        good, strange = token(client, f"/records/{record}"), token(other, "/sign-in")
        for path, fields, _ in DEEDS.values():
            for sent, headers in (
                (fields, {}), (fields | {"token": strange}, {}),
                (fields | {"token": good}, {"origin": "https://evil.example"}),
                (fields | {"token": good}, {"sec-fetch-site": "same-site"}),
            ):  # fmt: skip
                assert client.post(f"/records/{record}/{path}", data=sent, headers=headers).status_code == 403, path
        assert other.post("/shared", data={"share": "pcf_share_local_a_b"}).status_code == 403
    assert log(served, "record.signed", "share.made", "share.revoked", "record.withdrawn") == before


def test_another_company_finds_nothing_to_do(served: Served) -> None:
    """A record and a share of another company are not found, neither to see nor to end."""
    mine, theirs = RECORDS["battery"], RECORDS["acme"]
    with signed_in(served, company="acme") as acme, signed_in(served) as client:
        fields = {"level": "public", "title": "For a customer", "days": "3", "token": token(acme, "/")}
        link = LINK.search(acme.post(f"/records/{theirs}/shares", data=fields).text)
        assert link
        share = link[1].split("_")[3]
        form = token(client, "/")
        for path, sent, _ in DEEDS.values():
            if path.startswith("shares/"):
                path = f"shares/{share}/revoke"
                answer = client.post(f"/records/{mine}/{path}", data={"token": form})
                assert answer.status_code == 404 and "share_unknown" in answer.text
            answer = client.post(f"/records/{theirs}/{path}", data=sent | {"token": form})
            assert answer.status_code == 404 and "record_unknown" in answer.text, path
        assert client.get(f"/records/{theirs}/withdraw").status_code == 404
        for page in (client.get(f"/records/{mine}").text, client.get("/records").text):
            assert share not in page and "For a customer" not in page
    with served.client() as stranger:
        again = {"token": token(stranger, "/shared"), "share": f"{served.url}/shared#{link[1]}"}
        assert stranger.post("/shared", data=again).status_code == 200, "it is still open"
        again = {"token": token(stranger, "/shared"), "share": link[1].replace("acme", "local")}
        answer = stranger.post("/shared", data=again)
        assert answer.status_code == 404 and "share_unknown" in answer.text


def test_a_share_of_another_record_is_not_ended_from_this_one(served: Served) -> None:
    with signed_in(served, "editor") as client:
        fields = {"level": "auditor", "title": "x", "days": "3", "token": token(client, "/")}
        link = LINK.search(client.post(f"/records/{RECORDS['draft']}/shares", data=fields).text)
        assert link
        path = f"shares/{link[1].split('_')[3]}/revoke"
        form = {"token": token(client, "/")}
        assert client.post(f"/records/{RECORDS['battery']}/{path}", data=form).status_code == 404
        assert client.post(f"/records/{RECORDS['draft']}/{path}", data=form).status_code == 200
        for level in ("public", "customer"):
            fields = {"level": level, "title": "x", "days": "3", "token": token(client, "/")}
            answer = client.post(f"/records/{RECORDS['draft']}/shares", data=fields)
            assert "draft_not_disclosed" in answer.text and not LINK.search(answer.text)
        page = client.get(f"/records/{RECORDS['draft']}").text
        assert 'value="auditor"' in page and 'value="public"' not in page, "a draft is shown to auditors only"


@pytest.mark.parametrize("days", ["", "0", "3654", "-1", "1e3", "９", "7.5", "x" * 99])
def test_days_of_a_share_are_a_number_in_its_bounds(served: Served, days: str) -> None:
    with signed_in(served, "editor") as client:
        fields = {"level": "public", "title": "x", "days": days, "token": token(client, "/")}
        answer = client.post(f"/records/{RECORDS['battery']}/shares", data=fields)
        assert answer.status_code == 422 and "share_days" in answer.text


@pytest.mark.parametrize("reason", ["", "   ", "x" * 10_001])
def test_a_withdrawal_has_a_reason(served: Served, reason: str) -> None:
    with signed_in(served, "calculator") as client:
        fields = {"reason": reason, "do": "withdraw", "token": token(client, "/")}
        answer = client.post(f"/records/{RECORDS['battery']}/withdraw", data=fields)
        assert answer.status_code == 422 and "field_wrong" in answer.text
    with desk(served) as here:
        assert RECORDS["battery"] in here.records.all_names()


def test_why_signing_is_not_possible_and_what_to_do(served: Served) -> None:
    """In the order in which a company meets them; the last reason is gone, and it signs."""
    folder, record = folder_of(served), RECORDS["acme"]

    def said(client: Any) -> str:
        text = client.get(f"/records/{record}").text
        return told(text[text.index('id="part-signatures"') : text.index('id="part-shares"')])

    with signed_in(served, company="acme") as client, desk(served, "acme") as acme:
        assert "no signing key in use" in said(client) and "PCF_COMPANY=acme pcf key new" in said(client)
        locked = new_key(acme, folder, "Locked", "test", passphrase=b"secret words")
        assert "wants a passphrase" in said(client) and "PCF_KEY_PASSPHRASE" in said(client)
        form = {"token": token(client, "/"), "key": locked.id}
        answer = client.post(f"/records/{record}/signatures", data=form)
        assert answer.status_code == 422 and "key_passphrase" in answer.text
        revoke(acme, locked.id, "retired", "", "test")
        assert "no signing key in use" in said(client)
        key = new_key(acme, folder, "Acme", "test")
        path = folder.private("acme", key.id)
        path.chmod(0o644)
        assert "chmod 600" in said(client)
        assert "Sign this record" not in said(client)
        path.chmod(0o600)
        assert "Sign this record" in said(client)
        content = path.read_bytes()
        path.unlink()
        assert "Sign this record" not in said(client)
        path.write_bytes(content)
        path.chmod(0o600)
        form = {"token": token(client, "/"), "key": key.id}
        assert client.post(f"/records/{record}/signatures", data=form).status_code == 200
        assert "Every key in use has signed" in said(client)
        again = client.post(f"/records/{record}/signatures", data={"token": token(client, "/"), "key": key.id})
        assert "signed_already" in again.text
        for name in (key.id, locked.id):
            assert (
                folder.private("acme", name).read_bytes().decode().splitlines()[1]
                not in client.get(f"/records/{record}").text
            ), "no private half on a page"
    with signed_in(served) as client:
        draft = told(client.get(f"/records/{RECORDS['draft']}").text)
        assert "A draft is not signed" in draft
        form = {"token": token(client, "/"), "key": ""}
        answer = client.post(f"/records/{RECORDS['draft']}/signatures", data=form)
        assert "draft_not_signed" in answer.text


def test_levels_are_those_of_the_table(served: Served) -> None:
    with signed_in(served) as client:
        page = client.get(f"/records/{RECORDS['battery']}").text
    assert re.findall(r'type="radio" name="level" value="(\w+)"', page) == list(levels())
