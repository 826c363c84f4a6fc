"""Files of a record and of a rule: the record, copies at each level, reports, activity data, an empty workbook."""

from __future__ import annotations

import io
import json
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from lca.faults import Fault, Refused
from pcr.registry import find_rule
from service.http.attached import attached
from service.http.pages.again import typed
from service.http.pages.listing import held_record
from service.http.pages.visit import Visit, visiting
from service.http.who import apart
from service.intake import MEDIA
from service.records.disclose import disclose
from service.records.levels import levels
from service.records.sections import value_of
from service.records.uploads import upload, uploads
from service.records.withdrawn import withdrawal
from service.report.markup import Html, tag
from service.report.page import render_report
from service.report.table import listed, section
from service.report.view import View
from service.series import named_again

router = APIRouter(include_in_schema=False, tags=["pages"])
SENT: Final = "sent-"
"""Begins the address of a file as it was sent; its digest follows."""
HTML: Final = "text/html; charset=utf-8"
_LEVELLED: Final = re.compile(r"(?:(copy)-(\w+)\.json|(report)-(\w+)\.html)")
REPORTS: Final = {"report-en.html": "en", "report-zh.html": "zh"}


@router.get("/records/{record}/files/{file}")
async def file(visit: Annotated[Visit, visiting("record:read")], record: str, file: str) -> Response:
    """One file of a record, to keep."""
    content, media, name = await apart(lambda: _made(visit, held_record(visit, record), file))
    return _attached(content, media, name)


@router.get("/workbooks/{rule}.xlsx")
async def workbook(visit: Annotated[Visit, visiting("factor:read")], rule: str) -> Response:
    """The empty workbook of a rule."""
    from service.workbook import write_template

    def work() -> bytes:
        found = find_rule(rule).rule
        held = io.BytesIO()
        write_template(found, found.regimes[0], held)
        return held.getvalue()

    return _attached(await apart(work), MEDIA[".xlsx"], f"{rule}.xlsx")


def downloads(visit: Visit, view: View, has_data: bool) -> Html:
    """The files that there are, as a part of the result's page; those that were sent as well."""
    name = view.record["name"]
    files = [("record.json", visit.say("file_record")), ("report-zh.html", visit.say("file_report", language="中文")),
             ("report-en.html", visit.say("file_report", language="English"))]  # fmt: skip
    for level in levels().values() if visit.may("record:share") else ():
        if view.result["status"] != "draft" or level.draft:
            called = visit.say("file_copy", level=level.label[visit.language], shows=level.says[visit.language])
            files += [
                (f"copy-{level.id}.json", called),
                (f"report-{level.id}.html", visit.say("file_report_level", level=level.label[visit.language])),
            ]
    if has_data:
        files += [("activity.xlsx", visit.say("file_workbook")), ("activity.json", visit.say("file_activity"))]
    shown = [(file_, file_, said) for file_, said in files]
    for sent in uploads(visit.desk.records, name):
        said = visit.say("file_series" if sent.series else "file_sent", bytes=f"{sent.bytes:,}")
        shown.append((f"{SENT}{sent.sha256}", sent.file_name, said))
    links = [
        [tag("a", called, href=f"/records/{name}/files/{file_}", download=""), " ", said]
        for file_, called, said in shown
    ]
    return section(visit.say("downloads"), listed(links, "plain files"), note=visit.say("downloads_says"))


def _made(visit: Visit, record: dict[str, Any], file_: str) -> tuple[bytes, str, str]:
    short = record["name"][:16]
    if file_ == "record.json":
        return _json(record), MEDIA[".json"], f"{short}.json"
    if file_ in REPORTS:
        language: Any = REPORTS[file_]
        gone = withdrawal(visit.desk, record["name"])
        return render_report(record, language, gone=gone).encode(), HTML, f"{short}-{language}.html"
    kind, level = _levelled(file_)
    if level in levels():
        visit.caller.needs("record:share")
        copy = disclose(record, level, visit.desk.records.secret())
        if kind == "copy":
            return _json(copy), MEDIA[".json"], f"{short}-{level}.json"
        gone = withdrawal(visit.desk, record["name"])
        return render_report(copy, visit.language, gone=gone).encode(), HTML, f"{short}-{level}.html"
    if file_.startswith(SENT):
        sent, content = upload(visit.desk.records, record["name"], file_.removeprefix(SENT))
        return content, "application/octet-stream", sent.file_name
    if file_ in ("activity.json", "activity.xlsx"):
        return _activity(visit, record, file_)
    raise Refused([Fault("page_unknown", found=file_[:60], expected="a file of this record")])


def _levelled(file_: str) -> tuple[str, str]:
    """Kind and level of ``copy-<level>.json`` or ``report-<level>.html``; blanks for anything else."""
    found = _LEVELLED.fullmatch(file_)
    return ("", "") if found is None else (found[1] or found[3], found[2] or found[4])


def _activity(visit: Visit, record: dict[str, Any], file_: str) -> tuple[bytes, str, str]:
    from service.workbook import write_filled

    data, short = typed(visit, record["name"]), record["name"][:16]
    if data is None:
        raise Refused([Fault("activity_not_here", found=short, expected="a record calculated in this store")])
    sent = uploads(visit.desk.records, record["name"])
    data = named_again(data, {item.series: item.name for item in sent if item.series})
    if file_ == "activity.json":
        return _json(data), MEDIA[".json"], f"{short}-activity.json"
    rule = value_of(record, "derivation/identity")["rule"]
    held = io.BytesIO()
    write_filled(find_rule(rule["id"], rule["version"]).rule, data, held)
    return held.getvalue(), MEDIA[".xlsx"], f"{short}-activity.xlsx"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _attached(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": attached(name), "Cache-Control": "private, no-store"}
    return Response(content, media_type=media, headers=headers)
