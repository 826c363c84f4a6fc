"""What people send by pages: a workbook with ten faults, hostile names, a form with a few figures, all by keyboard."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pcr.registry import find_rule
from service.workbook import write_filled
from tests.browser._pages import Watched, watched
from tests.fixtures.served import Served, serving
from tests.service import _cases
from tests.service.workbook_case import at, edited

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
EVIL = "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>\"'></title></td>{0}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("upload")) as made:
        yield made


@pytest.fixture
def seen(page: Page, served: Served) -> Watched:
    return watched(page, served.url)


def send(seen: Watched, path: Path, *, draft: bool = False) -> None:
    """Choose a file on the first page and press the button."""
    seen.go("/?lang=en")
    seen.page.set_input_files("[name=file]", str(path))
    seen.page.set_checked("[name=draft]", draft)
    seen.page.locator('form[action="/upload"] button').click()
    seen.page.wait_for_load_state()


def workbook() -> bytes:
    target = io.BytesIO()
    write_filled(find_rule("cement").rule, _cases.example(), target)
    return target.getvalue()


def test_ten_faults_stand_at_their_cells(seen: Watched, tmp_path: Path) -> None:
    """Ten cells are spoilt; the page names these ten cells, and their sheets, at once."""
    wanted: list[tuple[str, str, str]] = []

    def change(book: openpyxl.Workbook) -> None:
        sheets = {kind: next(s for s in book if s.title.endswith(kind)) for kind in
                  ("Raw materials", "Clinker burning", "Cement grinding")}  # fmt: skip
        for kind, name, key, value, code in (
            ("Raw materials", "raw_meal", "months/3", "about 200000", "number_unreadable"),
            ("Raw materials", "raw_meal_toc", "amount", "#REF!", "cell_error"),
            ("Raw materials", "raw_material", "months/2", None, "month_missing"),
            ("Clinker burning", "clinker_produced", "months/12", True, "cell_boolean"),
            ("Clinker burning", "clinker_cao", "amount", datetime(2024, 1, 5), "cell_date"),
            ("Clinker burning", "clinker_mgo", "amount", "2.27", "cell_text_number"),
            ("Clinker burning", "kiln_fuel", "months/7", "=SUM(1,2)", "cell_formula_without_result"),
            ("Clinker burning", "kiln_fuel", "properties/ncv [GJ/t]", "23 GJ", "number_unreadable"),
            ("Cement grinding", "mill_electricity", "months/1", "１", "cell_text_number"),
            ("Cement grinding", "cement_produced", "months/5", "n/a", "number_unreadable"),
        ):
            cell = at(sheets[kind], name, key)
            cell.value = value
            wanted.append((sheets[kind].title, str(cell.coordinate), code))

    path = tmp_path / "ten.xlsx"
    path.write_bytes(edited(workbook(), change))
    send(seen, path)
    rows = [row.locator("th, td").all_inner_texts() for row in seen.page.locator(".faults tbody tr").all()]
    found = {(cells[0], cells[1], code) for cells in rows for _, _, code in wanted if code in cells[2]}
    assert set(wanted) <= found
    assert len(wanted) == 10
    assert seen.page.locator("h1").inner_text() == "10 things to correct"
    assert len(rows) == 10
    for cells in rows:
        assert all(text.strip() not in ("", "–") for text in (cells[2], cells[5])), (
            "each says what is wrong and what to do"
        )
    assert "ten.xlsx" in seen.page.locator(".lead").inner_text()
    seen.check(said=1)


def evil(value: Any, path: str = "") -> Any:
    """Hostile text in every field that takes any text."""
    free = ("/name", "/en", "/zh", "/note", "/source", "/document", "/meter", "/responsible", "/operator", "/province")
    if isinstance(value, dict):
        return {key: evil(item, f"{path}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [evil(item, path) for item in value]
    return EVIL if path.endswith(free) and "supply" not in path else value


def test_hostile_texts_stay_texts(seen: Watched, tmp_path: Path, served: Served) -> None:
    data = evil(_cases.example())
    data["about"] = {"note": EVIL, "prepared_by": EVIL}
    for product in data["products"]:
        product["note"] = EVIL
    for row in data["rows"]:
        row["name"] = {"en": EVIL, "zh": EVIL}
        row.setdefault("evidence", {})
        row["evidence"] |= dict.fromkeys(("source", "document", "meter", "responsible", "note"), EVIL)
    path = tmp_path / f"{'<img src=x onerror=window.hit=3>'}.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    send(seen, path)
    page = seen.page
    page.locator(".cards a").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == EVIL
    for item in page.locator(".tree .stage > summary").all():
        item.click()
    for item in page.locator(".tree .line > summary").all():
        item.click()
    page.locator("#part-what_if").scroll_into_view_if_needed()
    page.wait_for_selector(".what-if")
    page.locator("#part-regimes a").click()
    page.wait_for_selector(".beside", timeout=60_000)
    assert EVIL in page.locator(".tree").inner_text() and EVIL in page.locator(".beside").inner_text()
    assert page.evaluate("window.hit === undefined")
    seen.check()
    seen.go(f"/records?product={'%3Cscript%3Ewindow.hit=4%3C/script%3E'}")
    seen.go(f"/factors?q={'%3Cscript%3Ewindow.hit=5%3C/script%3E'}&lang=zh")
    assert page.evaluate("window.hit === undefined")


def test_hostile_texts_that_are_refused_stay_texts(seen: Watched, tmp_path: Path) -> None:
    data = _cases.example()
    _cases.row(data, "coal")["unit"] = EVIL
    data[EVIL] = EVIL
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    send(seen, path)
    assert "window.hit" in seen.page.locator(".faults").inner_text()
    assert seen.page.evaluate("window.hit === undefined")
    seen.check(said=1)


def fill(seen: Watched, **amounts: str) -> None:
    for name, amount in amounts.items():
        seen.page.locator(f"#input-{name} .amount").first.fill(amount)


def begin(seen: Watched) -> None:
    """A grinding works: no quarry, no kiln."""
    seen.go("/fill/cement?lang=en")
    seen.page.fill("[name=works_name]", "Grinding works")
    seen.page.fill("[name=product_name]", "P.O 42.5")
    for box in seen.page.locator("[name=none]").all():
        box.check()
    fill(seen, clinker_bought="800", cement_produced="1000", clinker_to_mill="800", mill_electricity="34000")
    seen.page.select_option("[name=more]", "addition")
    seen.page.locator('button[value="more"]').click()
    seen.page.wait_for_selector("#input-addition")
    fill(seen, addition="200")
    seen.page.locator("#input-addition select").nth(1).select_option("fly_ash")


def test_six_figures_give_a_band_and_what_narrows_it(seen: Watched, served: Served) -> None:
    """By hand: 800 t of clinker at 650 to 950 kg/t and 34 kWh/t; the power is what the release says of a kWh."""
    begin(seen)
    seen.page.locator("main button.main").click()
    seen.page.wait_for_url("**/records/*")
    low, high = seen.page.locator(".total .figure").all_inner_texts()
    with served.client() as client:
        power = client.get("/v1/factors/cn.cfp.national_avg.2024").json()["history"][0]["value"]
    own = 34 * float(power)
    assert abs(float(low) - (0.8 * 650 + own)) < 0.001
    assert abs(float(high) - (0.8 * 950 + own)) < 0.001
    narrows = seen.page.locator(".narrows")
    assert "Clinker bought" in narrows.inner_text()
    seen.check()
    narrows.locator("a.main").click()
    seen.page.wait_for_selector("#input-clinker_bought")
    assert seen.page.locator("#input-clinker_bought .amount").input_value() == "800"
    seen.page.locator("#input-clinker_bought summary").click()
    field = seen.page.locator('#input-clinker_bought input[name$=".factor"]')
    field.fill("gbt51366-d-003")
    seen.page.locator('#input-clinker_bought input[name$=".proxy_for"]').fill("bought clinker, by cement")
    seen.page.locator("main button.main").click()
    seen.page.wait_for_url("**/records/*")
    with served.client() as client:
        bought = client.get("/v1/factors/gbt51366-d-003").json()["history"][0]
    assert bought["unit"] == "kgCO2e/t"
    total = float(seen.page.locator(".total .figure").inner_text())
    assert abs(total - (0.8 * float(bought["value"]) + own)) < 0.01, "a point, once the gap is closed"
    assert seen.page.locator(".narrows").count() == 0


def test_faults_of_a_form_stand_at_their_fields(seen: Watched) -> None:
    begin(seen)
    fill(seen, mill_electricity="many", clinker_to_mill="-5")
    seen.page.locator("main button.main").click()
    seen.page.wait_for_selector(".told-faults")
    for name in ("mill_electricity", "clinker_to_mill"):
        assert seen.page.locator(f"#input-{name} .wrong li").count() == 1
        assert seen.page.locator(f"#input-{name} .amount").get_attribute("aria-invalid") == "true"
    assert seen.page.locator("#input-cement_produced .amount").input_value() == "1000", "what was typed is kept"
    seen.check(said=1)


def test_nothing_is_written_that_nobody_said(seen: Watched, served: Served) -> None:
    """Without the boxes the kiln's inputs are missing, not zero."""
    begin(seen)
    for box in seen.page.locator("[name=none]").all():
        box.uncheck()
    seen.page.locator("main button.main").click()
    seen.page.wait_for_selector(".told-faults")
    rule = find_rule("cement").rule
    typed = {"cement_produced", "clinker_to_mill", "mill_electricity"}
    missing = {name for name, item in rule.inputs.items() if item.required} - typed
    for name in missing:
        assert seen.page.locator(f"#input-{name} .wrong li").count() == 1, name


def test_start_to_result_by_keyboard(seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    seen.go("/?lang=en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0"), "the way past can be seen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    path = tmp_path / "battery.yaml"
    path.write_bytes(_cases.BATTERY.read_bytes())
    page.set_input_files("[name=file]", str(path))  # the dialogue of files is the system's
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if page.evaluate("document.activeElement.textContent") == "Calculate":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.tree .stage > summary')"):
            break
    page.keyboard.press("Enter")
    assert page.locator(".tree .stage[open]").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".tree .line[open]").count() == 1
    seen.check()


def test_less_motion_where_it_is_asked_for(seen: Watched) -> None:
    moving = "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    for wish, moves in (("reduce", False), ("no-preference", True)):
        seen.page.emulate_media(reduced_motion=wish)
        seen.go("/")
        assert (seen.page.evaluate(f"{moving}.length") > 0) == moves
