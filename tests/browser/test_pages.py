"""Every page in a real browser: quiet, within its policy, of one origin, readable, in both languages and widths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from service.commands.running import DEMO
from service.http.pages.start import EXAMPLES
from tests.browser._pages import AUDIT, Watched, watched
from tests.fixtures.served import Served, serving
from tests.service import _cases

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
YAML = {"content-type": "application/yaml"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("pages"), env={"PCF_EMBEDDED_WORKERS": "1"}) as made:
        yield made


@pytest.fixture(scope="module")
def records(served: Served) -> dict[str, str]:
    """Names of stored records: cement, battery, a draft."""
    found = {}
    with served.client() as client:
        for word, path, draft in (
            ("cement", _cases.CEMENT, "false"), ("battery", _cases.BATTERY, "false"), ("draft", _cases.BOM, "true"),
        ):  # fmt: skip
            answer = client.post(f"/v1/footprints?draft={draft}", content=path.read_bytes(), headers=YAML)
            found[word] = answer.json()["records"][0]["name"]
    return found


@pytest.fixture
def seen(page: Page, served: Served) -> Watched:
    return watched(page, served.url)


PAGES = (
    "/", "/records", "/records?status=draft", "/factors", "/factors?q=coal", "/factors?q=zzqqxx", "/jobs", "/company",
    "/verify", "/sign-in", "/welcome", "/shared", "/fill/cement", "/fill/li_ion_battery",
    "/fill/steel_bf_bof?whole=yes", "/factors/cn.cfp.national_avg.2024",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_quiet_readable_and_fits(seen: Watched, records: dict[str, str], language: str) -> None:
    for path in PAGES:
        mark = "&" if "?" in path else "?"
        seen.go(f"{path}{mark}lang={language}")
        assert seen.page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
        if path == "/company":  # open on loopback: nobody is an owner yet
            seen.check(said=1)
            seen.said.clear()
        else:
            seen.check()


def test_the_checks_see_what_they_should(seen: Watched) -> None:
    """Otherwise their silence would prove nothing."""
    seen.go("/verify?lang=en")
    spoilt = """() => {
      const main = document.querySelector('main');
      main.append(document.createElement('input'));
      const head = document.createElement('h5'); head.textContent = 'deep';
      const pale = document.createElement('p'); pale.textContent = 'pale'; pale.className = 'pale';
      const empty = document.createElement('button');
      const table = document.createElement('table');
      const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/x.png';
      main.append(head, pale, empty, table, image);
      const sheet = new CSSStyleSheet(); sheet.insertRule('.pale { color: #bbb }');
      document.adoptedStyleSheets = [sheet];
      pale.setAttribute('style', 'font-size: 15px');
    }"""
    seen.page.evaluate(spoilt)
    told = " ".join(seen.page.evaluate(AUDIT))
    for wrong in ("no label", "skips a level", "contrast", "no text", "no caption", "no alt", "inline style"):
        assert wrong in told, wrong
    seen.until("violations", lambda told: {"img-src", "style-src-attr"} <= set(told))
    with pytest.raises(AssertionError):
        seen.check()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("word", ["cement", "battery", "draft"])
def test_a_result_holds_all_its_parts(seen: Watched, records: dict[str, str], language: str, word: str) -> None:
    seen.go(f"/records/{records[word]}?lang={language}")
    page = seen.page
    for item in page.locator(".tree .stage").all():
        item.locator("> summary").click()
    page.locator(".tree .line > summary").first.click()
    page.locator("#part-regimes a").click()
    page.wait_for_selector(".beside", timeout=60_000)
    page.locator("#part-what_if").scroll_into_view_if_needed()
    page.wait_for_selector(".what-if")
    seen.check()


def test_the_total_and_its_rows_are_those_of_the_record(seen: Watched, served: Served, records: dict[str, str]) -> None:
    with served.client() as client:
        record = client.get(f"/v1/records/{records['cement']}").json()
    result = record["sections"]["result"]
    seen.go(f"/records/{records['cement']}?lang=en")
    page = seen.page
    assert page.locator(".total .figure").inner_text() == result["total"] == "735.893"
    stages = {stage["id"]: stage["label"]["en"] for stage in _stages()}
    for key, figure in result["stages"].items():
        row = page.locator("#part-stages tbody tr", has_text=stages[key])
        assert figure in row.inner_text()
    page.locator(".tree .stage > summary", has_text="Clinker burning").click()
    line = page.locator(".tree .line", has_text="221.834")
    line.locator("summary").click()
    told = line.inner_text()
    row = next(item["value"] for item in record["sections"]["given/rows"] if item["value"]["id"] == "coal")
    for text in (
        row["amount"],
        row["evidence"]["source"],
        "cets2024.bituminous",
        "0.02618 tC/GJ",
        "facts-of-guideline",
    ):
        assert text in told, text


def test_who_is_not_known_cannot_sign_and_reads_what_to_do(seen: Watched, records: dict[str, str]) -> None:
    """An open service on loopback: an editor without a name may share, and signs in a terminal."""
    seen.go(f"/records/{records['cement']}?lang=en")
    told = seen.page.locator("#part-signatures").inner_text()
    assert "asks nobody to sign in as yet" in told and f"pcf sign {records['cement'][:16]}" in told
    assert seen.page.locator("#part-signatures button").count() == 0
    assert seen.page.locator("#part-shares button.main").count() == 1


def _stages() -> list[dict[str, Any]]:
    from pcr.registry import find_rule

    return [{"id": stage.id, "label": dict(stage.label)} for stage in find_rule("cement").rule.stages]


def test_the_waterfall_starts_each_bar_where_the_one_before_ended(seen: Watched, records: dict[str, str]) -> None:
    seen.go(f"/records/{records['cement']}?lang=en")
    boxes = [item.bounding_box() for item in seen.page.locator("#part-stages tbody svg rect").all()]
    assert len(boxes) == 4
    for before, after in pairwise(boxes):
        assert before and after and abs(before["x"] + before["width"] - after["x"]) < 1
    total = seen.page.locator("#part-stages tfoot svg rect").bounding_box()
    assert total and boxes[0] and boxes[-1]
    assert abs(total["x"] - boxes[0]["x"]) < 1
    assert abs(total["x"] + total["width"] - boxes[-1]["x"] - boxes[-1]["width"]) < 1


def test_a_slider_derives_anew_and_stores_nothing(seen: Watched, served: Served, records: dict[str, str]) -> None:
    """Ten per cent more coal: the figure the engine gives for a file with ten per cent more coal."""
    data = _cases.example()
    coal = _cases.row(data, "coal")
    coal["months"] = [str(int(month) * 11 / 10) for month in coal["months"]]
    with served.client() as client:
        found = client.post("/v1/footprints", json=data).json()["records"][0]["result"]["total"]
        before = len(client.get("/v1/records").json()["records"])
    seen.go(f"/records/{records['cement']}/what-if?lang=en")
    page = seen.page
    slider = page.locator('[name="rows/coal"]')
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    seen.until("document.querySelector('[data-answer=total]').textContent.trim()", lambda shown: shown == found)
    assert page.locator("[data-answer=difference]").inner_text().startswith("+")
    with served.client() as client:
        assert len(client.get("/v1/records").json()["records"]) == before, "a slider stores nothing"
    assert slider.evaluate("e => e.parentElement.querySelector('output').value") == "+10 %"
    seen.check()


def test_jobs_tell_how_far_they_are_and_what_came_of_each_item(seen: Watched, served: Served) -> None:
    bad = _cases.example()
    _cases.row(bad, "coal")["unit"] = "stone"
    items = [{"id": "good <b>one</b>", "data": _cases.example()}, {"id": "bad one", "data": bad}]
    with served.client() as client:
        job = client.post("/v1/jobs", json={"items": items})
        assert job.status_code == 202, job.text
        name = job.json()["id"]
    seen.go("/jobs?lang=en")
    seen.page.wait_for_selector(".job-succeeded, .job-failed", timeout=90_000)
    assert "2 of 2" in seen.page.locator("main table").inner_text()
    seen.check()
    seen.go(f"/jobs/{name}?lang=en")
    rows = {row.locator("th").inner_text(): row.inner_text() for row in seen.page.locator("section tbody tr").all()}
    assert set(rows) == {"good <b>one</b>", "bad one"}
    assert "735.893" in rows["good <b>one</b>"] and "/rows/" in rows["bad one"]
    seen.check()
    seen.page.locator("section a").first.click()
    seen.page.wait_for_selector(".total .figure")


def test_search_as_one_types(seen: Watched) -> None:
    seen.go("/factors?lang=zh")
    seen.page.fill("[name=q]", "dianli")
    seen.page.wait_for_selector("#results table")
    assert "电" in seen.page.locator("#results tbody tr").first.inner_text()
    assert "q=dianli" in seen.page.url
    seen.page.fill("[name=q]", "zzqqxx")
    seen.page.wait_for_selector("#results .empty")
    seen.check()


def test_without_a_script_the_same_is_there(browser: Any, served: Served, records: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(f"{served.url}/factors")
    page.fill("[name=q]", "coal")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results tbody tr")
    assert "q=coal" in page.url
    page.goto(f"{served.url}/records/{records['cement']}")
    page.locator("#part-what_if a").click()
    page.wait_for_selector(".answer")
    assert page.locator(".answer .figure").inner_text() == "735.893"
    page.goto(f"{page.url}?rows/coal=10")
    assert page.locator(".answer .figure").inner_text() != "735.893"
    page.goto(f"{served.url}/records/{records['cement']}")
    page.locator("#part-regimes a").click()
    page.wait_for_selector("table.beside", timeout=60_000)
    assert page.locator("table.beside thead th").count() > 3
    page.goto(f"{served.url}/")
    page.locator('form[action="/examples/battery"] button').click()
    page.wait_for_selector(".total .figure")
    context.close()


def test_downloads_are_the_record_and_copies_that_prove_its_name(served: Served, records: dict[str, str]) -> None:
    name = records["cement"]
    with served.client() as client:
        record = client.get(f"/v1/records/{name}").json()
        assert client.get(f"/records/{name}/files/record.json").json() == record
        for level in ("public", "customer", "auditor"):
            copy = client.get(f"/records/{name}/files/copy-{level}.json").json()
            assert (copy["name"], copy["digests"]) == (name, record["digests"])
        assert client.get(f"/records/{name}/files/copy-secret.json").status_code == 404
        data = client.get(f"/records/{name}/files/activity.json")
        again = client.post("/v1/footprints", content=data.content, headers={"content-type": "application/json"})
        assert again.json()["records"][0] == {"name": name, "new": False, "result": record["sections"]["result"]}
        book = client.get(f"/records/{name}/files/activity.xlsx")
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        same = client.post("/v1/footprints", content=book.content, headers={"content-type": media}).json()
        assert same["records"][0]["result"]["total"] == record["sections"]["result"]["total"]
        amount = record["sections"]["result"]["contributions"][0]["amount"]
        whole = client.get(f"/records/{name}/files/report-en.html").text
        customers = client.get(f"/records/{name}/files/report-customer.html").text
        assert amount in whole and amount not in customers and name in customers, "a report holds what it shows"
        assert client.get(f"/records/{name}/files/report-secret.html").status_code == 404
        report = client.get(f"/records/{name}/files/report-zh.html").text
        assert json.dumps(name)[1:-1] in report and 'lang="zh-Hans"' in report


def test_examples_are_those_of_the_wheel() -> None:
    assert tuple(EXAMPLES.values()) == DEMO


def test_static_files_are_kept_for_ever_under_their_hash(served: Served) -> None:
    with served.client() as client:
        text = client.get("/").text
        links = [part.split('"')[0] for part in text.split('"/static/')[1:]]
        assert len(links) == 5
        for link in links:
            answer = client.get(f"/static/{link}")
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get("/static/pages.0000000000000000.css").status_code == 404


def test_words_hold_both_languages_and_the_same_fields() -> None:
    import string

    from service.http.pages.said import words

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, entry in words().items():
        assert set(entry) == {"en", "zh"} and all(entry.values()), key
        assert fields(entry["en"]) == fields(entry["zh"]), key


def test_no_word_is_missing_or_idle() -> None:
    """Words asked for by name are there; words that are there are asked for, by name or by the group they belong to."""
    import re

    from service.http.pages.said import words

    folder = Path(__file__).resolve().parents[2] / "service" / "http" / "pages"
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    asked = set(re.findall(r'say\(\s*"([a-z_0-9]+)"', text))
    assert asked - set(words()) == set()
    named = set(re.findall(r'"([a-z_0-9]+)"', text))
    groups = set(re.findall(r'known\(\s*"([a-z_]+)"', text)) | {
        "nav",
        "part",
        "fault",
        "power",
        "example",
        "verify_point",
        "make",
        "why",
        "lost",
    }
    endings = ("_says", "_open")
    idle = [
        key for key in words()
        if key not in named and not key.startswith(tuple(f"{group}_" for group in groups)) and not key.endswith(endings)
    ]  # fmt: skip
    assert idle == []
