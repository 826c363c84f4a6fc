"""What people send by pages: a workbook with ten faults, hostile names, a form with a few figures, all by keyboard."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from pcr.registry import find_rule
from service.calculate import Asked, derive
from service.intake import read_file
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


ALUMINIUM = _cases.EXAMPLES / "aluminium_works_2024.yaml"
WIND = _cases.EXAMPLES / "aluminium_wind_2024.csv"


def send_with_series(seen: Watched, path: Path, *series: Path) -> None:
    seen.go("/?lang=en")
    seen.page.set_input_files("[name=file]", str(path))
    seen.page.set_input_files("[name=series]", [str(item) for item in series])
    seen.page.locator('form[action="/upload"] button').click()
    seen.page.wait_for_load_state()


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_file_with_the_series_it_names_is_calculated(seen: Watched, tmp_path: Path, kind: str) -> None:
    """As pcf calculate does with the CSV beside the file; the result names the same figures."""
    path = ALUMINIUM
    if kind == "xlsx":
        path = tmp_path / "works.xlsx"
        with path.open("wb") as target:
            write_filled(find_rule("aluminium").rule, _cases.example(ALUMINIUM), target)
    here = derive(read_file(ALUMINIUM), Asked(draft=True)).works.footprints
    send_with_series(seen, path, WIND)
    seen.page.wait_for_selector(".cards")
    shown = seen.page.locator(".cards .figure").all_inner_texts()
    assert len(shown) == len(here) == 2
    for footprint, text in zip((here[key] for key in sorted(here)), shown, strict=True):
        low = float(text.split(" to ")[0].replace("\u202f", "").replace("\u2009", "").replace(" ", ""))
        assert footprint.total.low is not None
        assert abs(low - float(footprint.total.low.significant(10))) < 0.1
    seen.check()


def test_what_was_sent_can_be_had_again_and_sent_again(seen: Watched, tmp_path: Path) -> None:
    """The files as they were, byte for byte; activity data to download name the series, which lies beside them."""
    send_with_series(seen, ALUMINIUM, WIND)
    seen.page.locator(".cards a").first.click()
    seen.page.wait_for_selector("#part-downloads")
    name = seen.page.url.rpartition("/")[2].partition("?")[0]

    def kept(text: str) -> Path:
        with seen.page.expect_download() as waiting:
            seen.page.locator("#part-downloads").get_by_role("link", name=text, exact=True).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    assert kept(ALUMINIUM.name).read_bytes() == ALUMINIUM.read_bytes()
    wind = kept(WIND.name)
    assert wind.read_bytes() == WIND.read_bytes()
    for file in ("activity.json", "activity.xlsx"):
        seen.go(f"/records/{name}?lang=en")
        again = kept(file)
        send_with_series(seen, again, wind)
        seen.page.wait_for_selector(".cards")
        links = [link.get_attribute("href") or "" for link in seen.page.locator(".cards a").all()]
        assert any(name in link for link in links), f"{file} gives the same record"
    seen.check()


def test_faults_of_series_stand_at_their_lines_beside_those_of_cells(seen: Watched, tmp_path: Path) -> None:
    book = io.BytesIO()
    write_filled(find_rule("aluminium").rule, _cases.example(ALUMINIUM), book)

    def change(held: openpyxl.Workbook) -> None:
        sheet = next(item for item in held if item.title.endswith("Electrolysis"))
        at(sheet, "potline_electricity", "months/1").value = "many"

    path, wind, extra = tmp_path / "works.xlsx", tmp_path / WIND.name, tmp_path / "solar.csv"
    path.write_bytes(edited(book.getvalue(), change))
    lines = WIND.read_text("utf-8").splitlines()
    lines[17], lines[40] = "2024-01-01T16:00,-5,96", lines[40] + "x"
    wind.write_text("\n".join(lines), encoding="utf-8")
    extra.write_bytes(WIND.read_bytes())
    send_with_series(seen, path, wind, extra)
    rows = [row.locator("th, td").all_inner_texts() for row in seen.page.locator(".faults tbody tr").all()]
    places = {(cells[0], cells[1]) for cells in rows}
    assert {(WIND.name, "line 18"), (WIND.name, "line 41"), ("solar.csv", "–")} <= places
    assert any("number_unreadable" in cells[2] for cells in rows), "the cell is named in the same answer"
    assert all(text in seen.page.locator(".lead").inner_text() for text in ("works.xlsx", WIND.name, "solar.csv"))
    seen.check(said=1)


def test_a_series_that_lies_with_the_service_is_not_found(seen: Watched, served: Served, tmp_path: Path) -> None:
    """The service runs in a folder that holds the file: only what is sent counts."""
    beside = served.log.parent / WIND.name
    beside.write_bytes(WIND.read_bytes())
    for named in (WIND.name, str(beside), f"./{WIND.name}"):
        data = _cases.example(ALUMINIUM)
        _cases.row(data, "potline-wind")["supply"]["series"]["file"] = named
        path = tmp_path / "works.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        send_with_series(seen, path)
        assert "series_missing" in seen.page.locator(".faults").inner_text()
    seen.check(said=3)


def test_files_dropped_together_go_to_their_fields(seen: Watched) -> None:
    seen.go("/?lang=en")
    seen.page.evaluate("""() => {
      const given = new DataTransfer();
      for (const name of ["works.xlsx", "wind.CSV", "solar.csv"]) given.items.add(new File(["x"], name));
      const box = document.querySelector("[data-drop]");
      box.dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true }));
    }""")
    names = "e => [...e.files].map(file => file.name)"
    assert seen.page.locator("[name=file]").evaluate(names) == ["works.xlsx"]
    assert seen.page.locator("[name=series]").evaluate(names) == ["wind.CSV", "solar.csv"]
    seen.check()


def test_an_upload_ends_at_the_limits(served: Served) -> None:
    """A body over the limit, files beyond count, a field of files that is none."""
    with served.client() as client:
        token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/").text)
        assert token
        data, many = {"token": token[1]}, [("series", (f"{number}.csv", b"x")) for number in range(100)]
        works = ("file", ("w.yaml", b"a: 1"))
        big = client.post("/upload", data=data, files=[works, ("series", ("big.csv", b"1" * 10_000_001))])
        assert big.status_code == 413 and "body_too_large" in big.text
        assert client.post("/upload", data=data, files=[works, *many[:30]]).status_code == 422
        assert client.post("/upload", data=data, files=[works, *many]).status_code == 400
        named = [works, ("series", ("../../../etc/passwd.csv", b"x"))]
        answer = client.post("/upload", data=data, files=named)
        assert answer.status_code == 422 and "root:" not in answer.text
        assert client.post("/upload", data=data).status_code == 422


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
