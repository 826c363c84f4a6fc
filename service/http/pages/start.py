"""The first page: what this is, examples to click, a file to drop, rules with their forms and workbooks."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from lca.faults import Fault, Refused
from pcr.registry import installed_rules
from pcr.rulebook import Rule
from service.calculate import Asked
from service.desk import examples_path
from service.http.pages import shell
from service.http.pages.calculating import calculated, shown
from service.http.pages.forms import read_form
from service.http.pages.listing import record_table
from service.http.pages.refusals import counted, fault_list
from service.http.pages.visit import Visit, visit_of, visiting
from service.http.problems import status_of
from service.http.who import apart
from service.intake import MEDIA, Sent, read_file
from service.report.markup import Content, Html, tag
from service.report.table import table
from service.series import MOST
from service.text.words import label
from service.uploads import SERIES, read_upload

router = APIRouter(include_in_schema=False, tags=["pages"])
EXAMPLES: Final = {"cement": "cement_works_2024.yaml", "battery": "li_ion_battery_lfp_2024.yaml"}
"""Those that the wheel ships, by the word that names them."""
RECENT: Final = 5


@router.get("/")
async def start(visit: Annotated[Visit, Depends(visit_of)]) -> Response:
    head = tag("div", tag("h1", visit.say("start_title")), tag("p", visit.say("start_lead"), class_="lead"))
    if visit.who is None:
        ways = [shell_link("/sign-in", visit.say("sign_in"), "main"), shell_link("/verify", visit.say("nav_verify"))]
        return shell.page(visit, visit.say("nav_start"), head, tag("p", ways, class_="actions"), here="start")
    rows = await apart(lambda: visit.desk.records.listing(RECENT, only=visit.caller.records))
    recent = None
    if rows:
        more = tag("p", tag("a", visit.say("all_records"), href="/records"))
        recent = tag("section", side(visit, "recent"), tag("div", record_table(visit, rows), more, class_="main"))
    calculates = visit.may("calc:run")
    ways_in = tag("div", _upload(visit), _examples(visit), class_="ways") if calculates else None
    return shell.page(
        visit, visit.say("nav_start"), tag("div", head, class_="hello"), ways_in, _rules(visit), recent, here="start"
    )


@router.post("/upload")
async def upload(visit: Annotated[Visit, visiting("calc:run")]) -> Response:
    """A workbook or text file; its faults all at once, at their cells."""
    form = await read_form(visit)
    sent, asked = form.file("file"), Asked(regime=form.get("regime"), draft=form.get("draft") == "yes")
    series = [(file.name, file.content) for field, file in form.uploads if field == "series"]

    def read() -> Sent:
        if sent is None:
            raise Refused([Fault("file_missing", "file", found="no file", expected="a file")])
        return read_upload(sent.name, sent.content, series, asked)

    try:
        return shown(visit, await calculated(visit, read, asked))
    except Refused as refused:
        return _refused(visit, [sent.name if sent else "", *(name for name, _ in series)], asked, refused.faults)


@router.get("/upload")
async def upload_again(visit: Annotated[Visit, visiting("calc:run")]) -> Response:
    return shell.go(visit, "/")


@router.post("/examples/{word}")
async def example(visit: Annotated[Visit, visiting("calc:run")], word: str) -> Response:
    await read_form(visit)
    if word not in EXAMPLES:
        raise Refused([Fault("page_unknown", found=word[:60], expected=", ".join(EXAMPLES))])
    path = examples_path(EXAMPLES[word])
    return shown(visit, await calculated(visit, lambda: read_file(path), Asked()))


def _refused(visit: Visit, names: list[str], asked: Asked, faults: tuple[Fault, ...]) -> Response:
    title = counted(visit, faults)
    told = tag("p", visit.say("refused_file", name=", ".join(filter(None, names))), class_="lead")
    again = tag("section", side(visit, "again"), tag("div", _upload(visit, draft=asked.draft), class_="main"))
    content = (tag("h1", title), told, fault_list(visit, faults), again)
    return shell.page(visit, title, *content, here="start", status=status_of(faults), path="/")


def _upload(visit: Visit, *, draft: bool = True) -> Html:
    chooser = tag("input", type="file", name="file", required="", accept=",".join(MEDIA))
    series = tag("input", type="file", name="series", multiple="", accept=f"{SERIES},text/csv")
    box = tag("input", type="checkbox", name="draft", value="yes", checked="" if draft else None)
    form = tag(
        "form",
        shell.hidden(visit),
        tag(
            "div", shell.field(visit.say("file"), chooser, visit.say("file_hint")),
            shell.field(visit.say("series_files"), series, visit.say("series_hint", most=MOST)),
            class_="drop", data_drop="",
        ),
        tag("label", box, " ", tag("span", visit.say("draft_box")), class_="check"),
        shell.button(visit.say("calculate"), "main"),
        method="post", action="/upload", enctype="multipart/form-data",
    )  # fmt: skip
    return tag("div", tag("h2", visit.say("upload_title")), form, class_="way")


def _examples(visit: Visit) -> Html:
    cards = [
        shell.post(
            visit,
            f"/examples/{word}",
            shell.button(
                [tag("b", visit.say(f"example_{word}")), tag("span", visit.say(f"example_{word}_says"))], "card"
            ),
        )
        for word in EXAMPLES
    ]
    return tag("div", tag("h2", visit.say("examples_title")), tag("p", visit.say("examples_says")), cards, class_="way")


def _rules(visit: Visit) -> Html:
    columns = [
        (visit.say("rule"), "text"), (visit.say("follows"), "text"), (visit.say("status"), "text"),
        (visit.say("rule_ways"), "text"),
    ]  # fmt: skip
    newest = {item.rule.id: item.rule for item in installed_rules()}
    rows = [_rule(visit, rule) for rule in newest.values()]
    title = visit.say("rules_title")
    note = tag("p", visit.say("rules_says"), class_="note")
    return tag(
        "section",
        tag("div", tag("h2", title), note, class_="side"),
        tag("div", table(title, columns, rows), class_="main"),
    )


def _rule(visit: Visit, rule: Rule) -> list[Any]:
    named = [label(rule.label, visit.language), tag("code", rule.ref, class_="under")]
    standard = rule.standards[0]
    follows = [
        label(standard.title, visit.language),
        tag("span", f"{standard.number} · {visit.known('confidence', standard.confidence)}", class_="under"),
    ]
    badge = tag("span", visit.known("status", rule.status), class_=f"badge {rule.status.replace(' ', '-')}")
    unconfirmed = None
    if rule.unconfirmed:
        points = [tag("li", label(point, visit.language)) for point in rule.unconfirmed]
        count = visit.say("unconfirmed", count=len(rule.unconfirmed))
        unconfirmed = tag("details", tag("summary", count), tag("ul", points), class_="small")
    ways: list[Content] = [tag("a", visit.say("workbook"), href=f"/workbooks/{rule.id}.xlsx", download="")]
    if visit.may("calc:run"):
        ways = [shell_link(f"/fill/{rule.id}", visit.say("short_form"), "small"), " ", *ways]
    return [named, follows, [badge, unconfirmed], tag("span", ways, class_="actions")]


def side(visit: Visit, word: str) -> Html:
    """Heading and note of a section."""
    return tag("div", tag("h2", visit.say(word)), tag("p", visit.say(f"{word}_says"), class_="note"), class_="side")


def shell_link(href: str, text: str, kind: str = "") -> Html:
    """A link that looks like a button."""
    return tag("a", text, href=href, class_=f"button {kind}".strip())
