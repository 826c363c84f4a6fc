"""What who hears a page is told, and where a keyboard stands: read from Chromium's accessibility tree.

No screen reader runs here: these are the names, roles, states and live regions that one is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser._heard import CONTROLS, LANDMARKS, Heard, heard, levels
from tests.browser._pages import WIDTHS, Watched, watched
from tests.browser._people import desk, peopled, sign_in
from tests.fixtures.served import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
RECORDS: dict[str, str] = {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from service.companies.shares import new_share
    from service.records.key_ring import new_key
    from service.records.keys import key_folder

    folder = tmp_path_factory.mktemp("heard")
    RECORDS.update(peopled(folder))
    with serving(folder) as made:
        with desk(made) as here:
            new_key(here, key_folder(str(folder / "pcf.db")), "Works", "test")
            for title in ("First AG", "Second AG"):
                new_share(here, RECORDS["cement"], "public", title, "test")
        yield made


@pytest.fixture
def seen(page: Page, served: Served) -> Watched:
    made = watched(page, served.url)
    sign_in(page, served, "/sign-in?lang=en&next=/shared")
    return made


def at(path: str) -> str:
    return path.format(**RECORDS)


PAGES = (
    "/", "/records", "/records/{cement}", "/records/{draft}", "/records/{cement}/what-if",
    "/records/{cement}/regimes?regime=gbt24067", "/records/{cement}/withdraw", "/factors?q=coal", "/jobs", "/company",
    "/verify", "/shared", "/fill/cement",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_control_has_a_name_and_headings_are_in_order(seen: Watched, language: str) -> None:
    for path in PAGES:
        mark = "&" if "?" in path else "?"
        seen.go(f"{at(path)}{mark}lang={language}")
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            nodes = heard(seen.page)
            nameless = [node for node in nodes if node.role in CONTROLS and not node.name]
            nameless += [
                n for n in nodes if n.state.get("focusable") and not n.name and n.role not in ("main", "group")
            ]
            assert [node for node in nameless if node.role != "RootWebArea"] == [], path
            found = levels(nodes)
            assert found.count(1) == 1, path
            assert all(after <= max(found[:k]) + 1 for k, after in enumerate(found) if k and found[:k]), path
            landmarks = Counter(node.role for node in nodes if node.role in LANDMARKS)
            assert {role: landmarks[role] for role in ("banner", "main", "contentinfo")} == dict.fromkeys(
                ("banner", "main", "contentinfo"), 1
            ), path
            buttons = Counter(node.name for node in nodes if node.role == "button")
            twice = {name for name, count in buttons.items() if count > 1 and "date picker" not in name}
            assert not twice, f"{path}: heard away from their rows these say nothing of what they do: {twice}"
            tables = [node for node in nodes if node.role == "table"]
            assert all(node.name for node in tables), path
            rows = sum(node.role == "row" for node in nodes)
            assert not tables or rows > len(tables), f"{path} at {width}: a table stays one where it is narrow"
        seen.page.set_viewport_size({"width": 1280, "height": 900})


SAID: dict[str, list[tuple[str, str]]] = {
    "/": [
        ("link", "Skip to content"), ("navigation", "Pages"),
        ("heading", "Carbon footprints of products, to the last digit"), ("button", "Workbook or text file"),
        ("button", "Interval series it names, if any"),
        ("checkbox", "Draft: answer missing factors by their sourced ranges, as a band"), ("button", "Calculate"),
        ("table", "Product rules"),
    ],
    "/records/{cement}": [
        ("heading", "Ordinary Portland cement P.O 42.5"), ("navigation", "On this page"), ("link", "Signatures"),
        ("heading", "Life-cycle stages"), ("DisclosureTriangle", "Clinker burning 689.677 93.7 %"),
        ("heading", "Signatures"), ("combobox", "Key"), ("button", "Sign this record"), ("heading", "Shares"),
        ("button", "Revoke: Second AG"), ("button", "Revoke: First AG"), ("group", "What it shows"),
        ("textbox", "For whom"), ("textbox", "Open for, days"), ("button", "Make a link"),
        ("button", "Run it again now"), ("heading", "Withdraw this record"), ("link", "Withdraw …"),
    ],
    "/records/{cement}/withdraw": [
        ("link", "Back to the record"), ("heading", "Withdraw this record"), ("textbox", "Why it is withdrawn"),
        ("button", "Go on"), ("link", "Back, and do nothing"),
    ],
    "/factors?q=coal": [
        ("heading", "Factors"), ("search", ""), ("searchbox", "Name, pinyin, id or code"), ("combobox", "Release"),
        ("table", "Factors found"),
    ],
    "/company": [
        ("heading", "Company local"), ("table", "People"), ("combobox", "Role of editor@local.cn"),
        ("button", "Save: editor@local.cn"), ("button", "Disable: editor@local.cn"), ("heading", "Keys of programs"),
        ("textbox", "Used by"), ("table", "Audit log"),
    ],
    "/fill/cement": [
        ("heading", "Cement: a few figures first"), ("group", "Works, product and period"),
        ("heading", "Works, product and period"), ("textbox", "Name of the works"), ("Date", "First day"),
        ("group", "Clinker burning"), ("textbox", "Amount of Clinker produced"),
        ("combobox", "Unit of Clinker produced"), ("button", "Add a row: Kiln fuel"), ("button", "Calculate"),
    ],
    "/verify": [
        ("heading", "Verify a record"), ("button", "Record"), ("button", "Verify"), ("heading", "What is checked"),
    ],
    "/shared": [("heading", "A shared record"), ("textbox", "Link"), ("button", "Open it")],
}  # fmt: skip
DESCRIBED = {
    ("/", "Workbook or text file"): "Drop it here or choose it",
    ("/", "Interval series it names, if any"): "CSV files by the hour or quarter hour",
    ("/records/{cement}", "For whom"): "stands in the list and in the audit log",
    ("/records/{cement}", "Open for, days"): "1 to 3653",
    ("/records/{cement}/withdraw", "Why it is withdrawn"): "Whoever opens the record",
    ("/fill/cement", "Country"): "two letters, CN",
    ("/shared", "Link"): "Paste the whole link",
}


@pytest.mark.parametrize("path", SAID)
def test_a_reader_announces_these_in_this_order(seen: Watched, path: str) -> None:
    seen.go(at(path))
    nodes = heard(seen.page)
    rest = iter(nodes)
    for wanted in SAID[path]:
        assert any(node.said == wanted for node in rest), f"{path}: {wanted} is not heard, or not in this order"
    for (where, name), beginning in DESCRIBED.items():
        if where == path:
            (node,) = [node for node in nodes if node.name == name and node.role in CONTROLS]
            assert node.description.startswith(beginning), node


def live(nodes: list[Heard]) -> list[str]:
    """Live regions that would be read at a change."""
    return [node.role for node in nodes if node.state.get("live") == "polite"]


def test_a_slider_says_its_own_value_and_the_total_that_follows(seen: Watched) -> None:
    """One answer is read, not the slider's field a second time and not a table."""
    seen.go(at("/records/{cement}/what-if"))
    page = seen.page
    page.locator('[name="rows/coal"]').focus()
    page.keyboard.press("ArrowRight")
    seen.until("document.querySelector('[data-answer=difference]').textContent", lambda text: text.startswith("+"))
    nodes = heard(page)
    (slider,) = [node for node in nodes if node.role == "slider" and node.state.get("focused")]
    assert slider.name.startswith("Bituminous coal")
    # the tree of the protocol shows a range's bare number, whatever aria-valuetext says
    assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "+1 %"
    assert live(nodes) == ["generic", "status"], "the changed total, and the line of the page"
    answer = page.locator(".answer [aria-live]").inner_text()
    assert "kg CO2e" in answer and "+" in answer and "\t" not in answer


def test_a_search_says_how_many_it_found(seen: Watched) -> None:
    seen.go("/factors")
    said = "document.getElementById('heard').textContent"
    assert live(heard(seen.page)) == ["status"], "the line is there before anything is said in it"
    for text, wanted in (("coal", "Factors found: "), ("zzqqxx", "Nothing found for “zzqqxx”")):
        seen.page.fill("[name=q]", text)
        seen.until(said, lambda shown, wanted=wanted: shown.startswith(wanted))
        assert seen.page.evaluate("document.activeElement.name") == "q", "and the keyboard stays where one types"


def test_a_part_that_is_asked_for_takes_the_keyboard(seen: Watched) -> None:
    """The link that was pressed is gone; without this the keyboard would begin at the top of the page again."""
    seen.go(at("/records/{cement}"))
    page = seen.page
    page.locator("#part-regimes a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".beside, #part-regimes .chooser", timeout=60_000)
    assert page.evaluate("document.activeElement.closest('#part-regimes') !== null")
    assert page.locator("#heard").inner_text() == "Calculating …"


def test_the_verdict_and_faults_take_the_keyboard(seen: Watched) -> None:
    page = seen.page
    seen.go(at("/records/{battery}"))
    page.locator(".again button").click()
    page.wait_for_selector(".banner.verdict")
    (node,) = [node for node in heard(page) if node.state.get("focused") and node.role != "RootWebArea"]
    assert node.role == "status" and "Identical" in page.locator(".banner.verdict").inner_text()
    seen.go("/verify")
    page.set_input_files("[name=file]", {"name": "x.json", "mimeType": "application/json", "buffer": b"{"})
    page.locator("main button.main").click()
    page.wait_for_selector(".faults")
    (node,) = [node for node in heard(page) if node.state.get("focused") and node.role != "RootWebArea"]
    assert node.said == ("group", "What is wrong, and what to do")


def test_a_fault_is_heard_at_its_field(seen: Watched) -> None:
    """The summary first; its links lead into the field, which says that it is wrong and why."""
    page = seen.page
    seen.go("/fill/cement")
    page.locator("#input-clinker_produced .amount").fill("many")
    page.locator("main button.main").click()
    page.wait_for_selector(".told-faults")
    nodes = heard(page)
    (node,) = [node for node in nodes if node.state.get("focused") and node.role != "RootWebArea"]
    assert node.role == "group" and node.name.endswith("things to correct")
    assert nodes[0].name.startswith(node.name), "and the title says it as well"
    for name, why in (("Clinker produced", "number"), ("Raw meal to kiln", "The mandatory input raw_meal is missing.")):
        (field,) = [item for item in nodes if item.said == ("textbox", f"Amount of {name}")]
        assert field.state.get("invalid") == "true" and why in field.description, field
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.told-faults') !== null")
    name = page.evaluate("document.activeElement.textContent").partition(":")[0]
    page.keyboard.press("Enter")
    seen.until("document.activeElement.tagName", lambda tag: tag == "INPUT")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Amount of {name}"


STOPS = """() => { const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const main = document.querySelector('main');
  return { tag: e.tagName, inside: main.contains(e), y: box.top + scrollY, x: box.left, ring: style.outlineStyle,
           width: parseFloat(style.outlineWidth), seen: box.bottom > 0 && box.top < innerHeight,
           order: [...document.querySelectorAll('*')].indexOf(e) }; }"""


@pytest.mark.parametrize("path", ["/", "/records/{cement}/withdraw", "/records/{draft}", "/company", "/fill/cement"])
def test_the_keyboard_goes_as_one_reads_and_is_seen(seen: Watched, path: str) -> None:
    seen.go(at(path))
    page = seen.page
    assert page.evaluate("[...document.querySelectorAll('[tabindex]')].every(e => e.tabIndex <= 0)")
    last = -1
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPS)
        if stop["tag"] == "BODY" or (stop["order"] < last and not stop["inside"]):
            break
        assert stop["ring"] not in ("none", "") and stop["width"] >= 2, stop
        assert stop["seen"], stop
        assert stop["order"] >= last, f"{path}: the keyboard goes back in the page: {stop}"
        last = stop["order"]
    else:
        pytest.fail("the keyboard does not come to an end")
    assert last > 0
