"""Regimes side by side: the same activity data under each, how its power is treated, and why totals differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from lca.exact import Exact
from lca.faults import Fault, Notice
from pcr.registry import find_rule
from service.compare import Column, Comparison, compare
from service.compare_power import Power
from service.http.pages import shell
from service.http.pages.again import sent_again
from service.http.pages.listing import held_record
from service.http.pages.visit import Visit, visiting
from service.http.pages.whatif import shown
from service.http.who import apart
from service.records.sections import value_of
from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed
from service.text.compare_words import mark, said
from service.text.words import label, word

router = APIRouter(include_in_schema=False, tags=["pages"])
SIGNS: Final = {"accepted": "✓", "outside": "○", "refused": "✗", "average": "·"}


@router.get("/records/{record}/regimes")
async def regimes(
    visit: Annotated[Visit, visiting("record:read")], record: str, regime: Annotated[list[str] | None, Query()] = None
) -> Response:
    """The comparison: a page, or a piece of one for the script. Nothing is sealed."""

    def work() -> tuple[Comparison, tuple[str, ...], list[str]]:
        held = held_record(visit, record)
        identity = value_of(held, "derivation/identity")
        installed = find_rule(identity["rule"]["id"], identity["rule"]["version"]).rule.regimes
        own = identity["regime"]["id"]
        asked = [own, *(item for item in (regime or installed) if item != own)]
        sent = sent_again(visit, held["name"])
        release = ",".join(item["id"] for item in identity["releases"])
        opened = partial(visit.request.app.state.shelf.release, visit.desk)
        found = compare(sent, asked, product=str(identity["product"]), release=release, releases=opened)
        return found, installed, asked

    found, installed, asked = await apart(work)
    content = [_comparison(visit, found)]
    if shell.wants_part(visit):
        return shell.part(visit, content)
    title = visit.say("regimes")
    head = [tag("p", tag("a", visit.say("back_to_record"), href=f"/records/{record}"), class_="back"), tag("h1", title)]
    lead = tag("p", visit.say("regimes_says"), class_="lead")
    return shell.page(visit, title, *head, lead, _chooser(visit, record, installed, asked), content, here="records")


def _chooser(visit: Visit, record: str, installed: Sequence[str], asked: Sequence[str]) -> Html:
    boxes = [
        tag(
            "label",
            tag("input", type="checkbox", name="regime", value=item, checked="" if item in asked else None),
            " ",
            tag("span", item),
            class_="check",
        )
        for item in installed
    ]
    legend = tag("legend", visit.say("regime"))
    return tag(
        "form",
        tag("fieldset", legend, tag("div", boxes, class_="checks")),
        shell.button(visit.say("compare")),
        method="get",
        action=f"/records/{record}/regimes",
        class_="chooser",
    )


def _comparison(visit: Visit, found: Comparison) -> Html:
    """One table, a regime per column; it scrolls by itself where it is wider than the screen."""
    head = tag("tr", tag("th", label(found.unit, visit.language), scope="col"), [
        tag("th", code(column.regime), scope="col", class_="n") for column in found.columns
    ])  # fmt: skip
    rows = [*_facts(visit, found), *_electricity(visit, found), *_why(visit, found)]
    caption = tag("caption", visit.say("regimes"), class_="heard")
    whole = tag("table", caption, tag("thead", head), tag("tbody", rows), class_="beside")
    signs = "   ".join(f"{sign} {word(f'power_{kind}', visit.language)}" for kind, sign in SIGNS.items())
    notes = [signs, said("worth", visit.language), said("not_sealed", visit.language)]
    scroll = tag("div", whole, class_="wide", tabindex="0", role="region", aria_label=visit.say("regimes"))
    return tag("div", scroll, _marks(visit, found.columns), [tag("p", text, class_="remark") for text in notes])


def _row(head: Content, cells: Iterable[Content], class_: str | None = None) -> Html:
    return tag("tr", tag("th", head, scope="row"), [tag("td", cell, class_="n") for cell in cells], class_=class_)


def _title(text: str, columns: int) -> Html:
    return tag("tr", tag("th", text, scope="colgroup", colspan=str(columns + 1)), class_="group")


def _facts(visit: Visit, found: Comparison) -> list[Html]:
    states = [
        word(column.facts.status, visit.language) if column.facts is not None else "–" for column in found.columns
    ]
    totals = [
        shown(visit, column.totals[found.product]) if found.product in column.totals else "–"
        for column in found.columns
    ]
    sets = [f"{column.facts.gwp_set}" if column.facts is not None else "–" for column in found.columns]
    return [
        _row(word("status", visit.language), states),
        _row(visit.say("total_kg"), [tag("b", total) for total in totals], "total-row"),
        _row(said("constants", visit.language), sets),
    ]


def _electricity(visit: Visit, found: Comparison) -> list[Html]:
    names = sorted({item.row for column in found.columns for item in column.power})
    if not names:
        return []
    made, marks = [_title(said("power", visit.language), len(found.columns))], _letters(found.columns)
    for row in names:
        items = [next((item for item in column.power if item.row == row), None) for column in found.columns]
        kwh = next(item.kwh for item in items if item is not None)
        called = label(found.labels.get(row, {"en": row}), visit.language)
        head = [name(called), tag("span", f"{kwh.significant(4)} kWh", class_="under")]
        made.append(_row(head, [_cell(visit, item, marks) if item else "–" for item in items]))
    return made


def _cell(visit: Visit, item: Power, marks: Mapping[str, str]) -> Content:
    figure = item.own_plant if item.own_plant is not None else item.co2e.point
    value = "–" if figure is None else figure.significant(5)
    sign = tag("span", SIGNS[item.treatment], class_=f"sign p-{item.treatment}", aria_hidden="true")
    spoken = tag("span", word(f"power_{item.treatment}", visit.language), class_="heard")
    how = [f"[{'+'.join(item.table_rows)}] ", " | ".join(item.values)]
    letters = [tag("abbr", marks[text], title=text) for text in item.codes]
    raised = tag("sup", letters) if letters else None
    saving = None if item.saving is None else tag("span", _signed(item.saving), class_="under")
    return [sign, spoken, " ", value, raised, tag("span", how, class_="under"), saving]


def _why(visit: Visit, found: Comparison) -> list[Html]:
    falls = [column.waterfall for column in found.columns]
    there = [fall for fall in falls if fall is not None]
    if len(there) < 2:
        return []
    low = any(fall.low_end for fall in there)
    starts = [fall.start.significant(6) if fall else "–" for fall in falls]
    made = [_row(said("why_low" if low else "why", visit.language), starts, "group")]
    for causes in dict.fromkeys(step.causes for fall in there for step in fall.steps):
        called = " + ".join(word(f"cause_{part}", visit.language) for part in causes)
        steps = [next((s for s in fall.steps if s.causes == causes), None) if fall else None for fall in falls]
        made.append(_row(called, [_signed(step.change) if step else "" for step in steps]))
    made.append(_row(word("rest", visit.language), [_signed(fall.rest) if fall else "" for fall in falls]))
    ends = [fall.end.significant(6) if fall else "–" for fall in falls]
    return [*made, _row(word("to_total", visit.language), ends, "total-row")]


def _signed(value: Exact) -> str:
    return "0" if not value else f"{'+' if value > 0 else '−'}{abs(value).significant(5)}"


def _letters(columns: Iterable[Column]) -> dict[str, str]:
    """A letter for each code of the electricity, in the order they appear."""
    codes = dict.fromkeys(item for column in columns for power in column.power for item in power.codes)
    return {item: chr(ord("a") + number % 26) + "'" * (number // 26) for number, item in enumerate(codes)}


def _marks(visit: Visit, columns: Sequence[Column]) -> Html | None:
    """What the letters in the table mean, and why a regime gives no total."""
    letters = _letters(columns)
    told: dict[str, Content] = {}
    for column in columns:
        for power in column.power:
            for item in power.codes:
                notice = Notice(item, power.row, {"regime": column.regime, "row": power.row, "worth": ""})
                told.setdefault(item, [tag("b", letters[item]), " ", mark(notice, visit.language), " ", code(item)])
        items: tuple[Fault | Notice, ...] = (*column.faults, *column.notices)
        for one in items:
            told[f"{column.regime} {one.code}"] = [code(column.regime), " ", mark(one, visit.language)]
    return listed(told.values(), "plain small marks") if told else None
