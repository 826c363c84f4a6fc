"""The operator's emissions report, its summary and the monitoring plan: every field of one list, none left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lca.faults import Fault, Refused
from lca.messages import sentence
from pcr.regimes.cbam.v1.dated import RULE
from service.cbam.fields import Field, Subject, Told, fields, given, word
from service.cbam.of_file import PER_FILE
from service.cbam.of_goods import PER_GOOD, PER_PROCESS
from service.cbam.see import Seen

SCHEMA: Final = "cbam-report/1"
DOCUMENTS: Final = ("report", "summary", "plan")


def document(found: Seen, kind: str) -> dict[str, Any]:
    """``report``, ``summary`` or ``plan`` as plain values: each field with its state, a value or the reason.

    Raises:
        Refused: ``cbam_not_an_installation`` for the neutral form, which does not hold the fields;
            ``cbam_report_provisional`` for a year that is not over: it is calculated, and no report is made of it.
    """
    if found.built is None:
        expected = "an installation file: pcf cbam template"
        raise Refused([Fault("cbam_not_an_installation", "/", "the neutral form", expected, RULE)])
    form = found.built.form
    if form.provisional and kind != "plan":
        told = form.records["period"].text("months")
        raise Refused([Fault("cbam_report_provisional", "/period/state", f"months {told}", "state: final", RULE)])
    listed = fields("plan" if kind == "plan" else "report")
    sections = []
    for name, label, lines in listed:
        kept = [line for line in lines if kind != "summary" or line.in_summary]
        answers = [_entry(line, told, of) for line in kept for of, told in _told(line, found)]
        if answers:
            sections.append({"id": name, "label": dict(label), "fields": answers})
    period = form.records["period"]
    return {
        "schema": SCHEMA,
        "kind": kind,
        "title": dict(word(kind)),
        "status": dict(word("status")),
        "regime": form.mode,
        "period": {"from": period.text("from"), "to": period.text("to")},
        "tables_known_on": found.built.known,
        "sections": sections,
        "notices": [
            {"code": item.code, "where": item.where, "en": sentence(item, "en"), "zh": sentence(item, "zh")}
            for item in found.notices
        ],
    }


def _told(line: Field, found: Seen) -> Iterator[tuple[str, Told]]:
    """(id of the good or process, answer) of a field; one answer for a field of the file."""
    built = found.built
    assert built is not None
    if line.per == "file":
        subject = Subject(found, built)
        if line.source.startswith("="):
            yield "", PER_FILE[line.source[1:]](subject)
        else:
            record, _, key = line.source.partition(".")
            why = "not_in_registry" if key == "registry_id" else "not_given"
            yield "", given(built.form.records[record].text(key), why)
    elif line.per == "good":
        for good in built.goods:
            subject = Subject(found, built, good=good)
            yield good.id, _row(line, good.row.text, PER_GOOD, subject)
    else:
        for process in built.installation.processes:
            subject = Subject(found, built, process=process)
            yield process.id, _row(line, subject.process_row.text, PER_PROCESS, subject)


def _row(line: Field, text: Any, known: Mapping[str, Any], subject: Subject) -> Told:
    if line.source.startswith("="):
        told: Told = known[line.source[1:]](subject)
        return told
    return given(text(line.source.partition(".")[2]))


def _entry(line: Field, told: Told, of: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": line.id, "of": of, "label": dict(line.label), "state": told.state}
    if told.state == "value":
        return entry | {"value": told.value} | ({"exact": told.exact} if told.exact else {})
    return entry | {"because": dict(told.because)}


def missing(made: Mapping[str, Any]) -> list[str]:
    """``id`` or ``id (good)`` of every field of a document that is missing."""
    return [
        f"{item['id']} ({item['of']})" if item["of"] else item["id"]
        for section in made["sections"] for item in section["fields"] if item["state"] == "missing"
    ]  # fmt: skip
