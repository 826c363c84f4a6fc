"""A form made from ``rule.yaml``: a few figures, a draft with its band, then what narrows it most."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter
from starlette.responses import Response

from lca.faults import Fault, Refused
from lca.messages import sentence
from pcr.registry import find_rule
from pcr.rulebook import Rule
from service.calculate import Asked
from service.http.pages import shell
from service.http.pages.again import typed
from service.http.pages.calculating import calculated, shown
from service.http.pages.fill_parts import about, faulty, groups, others
from service.http.pages.filled import (
    Filled,
    FormRow,
    data_of,
    first,
    fits_form,
    from_data,
    from_fields,
    short_list,
    with_rows,
)
from service.http.pages.forms import read_form
from service.http.pages.listing import held_record
from service.http.pages.refusals import counted, fault_list
from service.http.pages.visit import Visit, visiting
from service.http.problems import status_of
from service.http.who import apart
from service.intake import MEDIA, read_bytes
from service.records.sections import value_of
from service.report.markup import Html, tag
from service.text.words import label

router = APIRouter(include_in_schema=False, tags=["pages"])
Calculator = Annotated[Visit, visiting("calc:run")]
_PLACED: Final = re.compile(r"/rows/(\d+)")
_NAMED: Final = re.compile(r"/rows \(([\w.]+)")
Wrong = Mapping[str, Sequence[Fault]]
"""Faults by the field they belong to: ``row-3``, ``input-coal``, ``about``."""


@router.get("/fill/{rule}")
async def form(visit: Calculator, rule: str, record: str = "", whole: str = "") -> Response:
    """The form, empty or with what a record was calculated from."""

    def work() -> tuple[Rule, Filled]:
        name, _, version = rule.partition(" ")
        facts = find_rule(name, version).rule
        if not record:
            return facts, first(facts, whole=whole == "yes")
        held = held_record(visit, record)
        data, draft = typed(visit, held["name"]), value_of(held, "result")["status"] == "draft"
        if data is None or not fits_form(data):
            raise Refused([Fault("activity_not_here", found=record[:16], expected="data that a form can hold")])
        return facts, from_data(facts, data, draft=draft)

    facts, filled = await apart(work)
    return _page(visit, facts, filled)


@router.post("/fill/{rule}")
async def send(visit: Calculator, rule: str) -> Response:
    """Calculate what was filled in; or the same form again with another row, or with its faults."""
    sent = await read_form(visit)
    name, _, version = rule.partition(" ")
    facts = find_rule(name, version).rule
    filled = from_fields(facts, sent)
    deed = sent.get("do")
    if deed == "more":
        deed = f"add {sent.get('more')}"
    if deed.startswith("add ") and deed[4:] in facts.inputs:
        return _page(visit, facts, _more(facts, filled, deed[4:]))
    if deed in ("whole", "short"):
        filled.whole = deed == "whole"
        return _page(visit, facts, with_rows(facts, filled))
    data, places = data_of(facts, filled)
    content = json.dumps(data, ensure_ascii=False).encode()
    asked = Asked(draft=filled.about["draft"] == "yes")
    try:
        return shown(visit, await calculated(visit, lambda: read_bytes(content, MEDIA[".json"], "form"), asked))
    except Refused as refused:
        return _page(visit, facts, filled, refused.faults, _wrong(filled, data, places, refused.faults))


def _more(rule: Rule, filled: Filled, name: str) -> Filled:
    filled.rows.append(FormRow(name, {"unit": rule.inputs[name].units[0]}))
    return filled


def _wrong(filled: Filled, data: Mapping[str, object], places: list[int], faults: Sequence[Fault]) -> Wrong:
    """Each fault at its field; those of no field are in the table above only."""
    rows = data["rows"]
    assert isinstance(rows, list)
    by_id = {row["id"]: number for row, number in zip(rows, places, strict=True)}
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        placed, named = _PLACED.match(fault.where), _NAMED.match(fault.where)
        if placed and int(placed[1]) < len(places):
            key = f"row-{places[int(placed[1])]}"
        elif fault.where in by_id:
            key = f"row-{by_id[fault.where]}"
        elif (name := named[1] if named else fault.where) in {row.input for row in filled.rows}:
            key = f"input-{name}"
        else:
            key = "about"
        found.setdefault(key, []).append(fault)
    return found


def _page(
    visit: Visit, rule: Rule, filled: Filled, faults: Sequence[Fault] = (), wrong: Wrong | None = None
) -> Response:
    title = visit.say("fill_title", name=label(rule.label, visit.language))
    lead = visit.say("fill_lead", few=len([n for n in short_list(rule) if rule.inputs[n].required]))
    told = _told(visit, rule, filled, faults, wrong or {}) if faults else None
    button = visit.say("all_inputs" if not filled.whole else "few_inputs")
    other = shell.button(button, "quiet", name="do", value="short" if filled.whole else "whole", formnovalidate="")
    content = tag(
        "form",
        shell.hidden(visit, whole="yes" if filled.whole else "no"),
        # what Enter does: the first button of a form, which is not seen
        tag(
            "button", "", type="submit", name="do", value="calculate", class_="heard", tabindex="-1", aria_hidden="true"
        ),
        about(visit, rule, filled),
        groups(visit, rule, filled, {key: _sentences(visit, key, items) for key, items in (wrong or {}).items()}),
        others(visit, rule, filled),
        tag(
            "p",
            shell.button(visit.say("calculate"), "main", name="do", value="calculate"),
            " ",
            other,
            class_="actions",
        ),
        method="post",
        action=f"/fill/{rule.id}",
        class_="fill",
        novalidate="",
    )
    note = tag("p", visit.say("fill_more"), " ", _workbook(visit, rule), class_="remark")
    top = [tag("h1", title), tag("p", lead, class_="lead")]
    status = status_of(faults) if faults else 200
    named = f"{counted(visit, faults)}{visit.say('colon')}{title}" if faults else title
    return shell.page(visit, named, top, told, content, note, here="start", status=status, path=f"/fill/{rule.id}")


def _told(visit: Visit, rule: Rule, filled: Filled, faults: Sequence[Fault], wrong: Wrong) -> Html:
    """How many faults; each that stands at a field as a way to it, the others in a table."""

    def called(key: str) -> str:
        kind, _, name = key.partition("-")
        name = filled.rows[int(name)].input if kind == "row" else name
        return label(rule.inputs[name].label, visit.language)

    def place(key: str) -> str:
        """The field to type into: a link that leads to it gives it the keyboard."""
        kind, _, name = key.partition("-")
        return f"amount-{name if kind == 'row' else filled.of(name)[0][0]}"

    links = [
        tag(
            "li", tag("a", f"{called(key)}{visit.say('colon')}{sentence(fault, visit.language)}", href=f"#{place(key)}")
        )
        for key, items in wrong.items()
        if key != "about"
        for fault in items
    ]
    rest = wrong.get("about", ())
    head = tag("h2", counted(visit, faults), id="told-faults")
    table = fault_list(visit, tuple(rest), first=False) if rest else None
    return tag("div", head, tag("ul", links) if links else None, table, class_="told-faults", role="group",
               aria_labelledby="told-faults", **shell.FOCUS)  # fmt: skip


def _sentences(visit: Visit, key: str, faults: Sequence[Fault]) -> Html:
    said = [sentence(fault, visit.language) + (f" ({fault.expected})" if fault.expected else "") for fault in faults]
    return faulty(said, key)


def _workbook(visit: Visit, rule: Rule) -> Html:
    return tag("a", visit.say("workbook"), href=f"/workbooks/{rule.id}.xlsx", download="")
