"""The report page in a real browser: no violation of its own policy, no request, and room for it on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from service.calculate import Asked, derive
from service.intake import read_file
from service.records.sections import integrity_faults, make_record
from service.records.statement import section_values
from service.report.page import render_report

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DRAFT = "li_ion_battery_bom_2024"
Language = Literal["zh", "en"]
CASES: list[tuple[str, Language]] = [("cement_works_2024", "en"), ("li_ion_battery_lfp_2024", "zh"), (DRAFT, "zh")]
WATCH = "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective))"


def written(
    folder: Path, example: str, language: Language, change: Callable[[dict[str, Any]], None] | None = None
) -> Path:
    derived = derive(read_file(EXAMPLES / f"{example}.yaml"), Asked(draft=example == DRAFT))
    values = section_values(derived, sorted(derived.works.footprints)[0])
    if change is not None:
        change(values)
    path = folder / f"{example}_{language}.html"
    path.write_text(render_report(make_record(values, b"a secret of the tests"), language), encoding="utf-8")
    return path


def opened(page: Page, path: Path) -> tuple[list[str], list[str]]:
    """Load the file; what the console said and what was asked for."""
    said: list[str] = []
    asked: list[str] = []
    page.add_init_script(WATCH)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return said, asked


@pytest.mark.parametrize(("example", "language"), CASES)
def test_quiet_alone_and_wide_enough(page: Page, tmp_path: Path, example: str, language: Language) -> None:
    path = written(tmp_path, example, language)
    said, asked = opened(page, path)
    assert said == []
    assert asked == [path.as_uri()]
    heading = {"cement_works_2024": "Ordinary Portland cement P.O 42.5"}.get(example, "磷酸铁锂动力电池包 60.5 kWh")
    assert page.locator("h1").inner_text() == heading
    for width in (1280, 981, 761, 760, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), f"overflow at {width}"
        if width in (1280, 390):
            shot = tmp_path / f"{example}_{width}.png"
            page.screenshot(path=str(shot), full_page=True)
            assert shot.stat().st_size > 50_000
    assert page.evaluate("violations") == []
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "28px", "the style is obeyed"


def test_the_watch_sees_a_violation(page: Page, tmp_path: Path) -> None:
    """Otherwise the silence above would prove nothing."""
    path = written(tmp_path, "cement_works_2024", "en")
    path.write_text(path.read_text("utf-8").replace("</style>", " </style>"), encoding="utf-8")
    said, _ = opened(page, path)
    assert page.evaluate("violations") == ["style-src-elem"]
    assert len(said) == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_bars_of_one_table_are_drawn_to_one_scale(page: Page, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, written(tmp_path, "li_ion_battery_lfp_2024", "en"))
    drawings = page.locator("svg.bar").all()
    boxes = [drawing.bounding_box() for drawing in drawings]
    assert len(boxes) == 4
    assert len({(round(box["x"], 1), round(box["width"], 1)) for box in boxes if box}) == 1
    axis = page.locator("svg.bar line.axis").first.bounding_box()
    credit = page.locator("svg.bar rect.credit").bounding_box()
    assert axis and credit and abs(credit["x"] + credit["width"] - axis["x"]) < 1.5, "the credit ends at the axis"
    assert credit["width"] > 10


def test_the_copy_inside_is_data_and_not_run(page: Page, tmp_path: Path) -> None:
    opened(page, written(tmp_path, "cement_works_2024", "en"))
    copy = json.loads(page.locator("#pcf-record").text_content() or "")
    assert integrity_faults(copy) == []
    assert page.evaluate("document.scripts.length") == 1


def test_a_hostile_name_runs_nothing(page: Page, tmp_path: Path) -> None:
    name = "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>\u202e</script></title>"

    def change(values: dict[str, Any]) -> None:
        values["result"]["label"] = {"en": name}
        values["given/works"]["works"]["name"] = {"en": name}

    said, asked = opened(page, written(tmp_path, "cement_works_2024", "en", change))
    assert page.evaluate("window.hit === undefined")
    assert page.locator("h1").inner_text() == name.replace("\u202e", "[U+202E]")
    assert said == []
    assert len(asked) == 1


def test_a_draft_is_marked_on_paper(page: Page, tmp_path: Path) -> None:
    path = written(tmp_path, DRAFT, "en")
    opened(page, path)
    page.emulate_media(media="print")
    assert page.locator(".watermark").is_visible()
    assert page.locator(".banner.draft").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.watermark')).position") == "fixed"
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    page.set_viewport_size({"width": 680, "height": 960})
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
