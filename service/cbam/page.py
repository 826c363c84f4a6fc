"""A document of fields as one HTML page in one language: nothing asked of the network, nothing run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.cbam.fields import listed, word
from service.report.markup import Content, Html, name, tag
from service.report.page import style
from service.report.table import listed as bullets
from service.report.table import pairs, section, table
from service.text.words import Language

LANG: Final = {"en": "en", "zh": "zh-CN"}
NUMERIC: Final = frozenset(
    {
        "direct",
        "indirect",
        "elasticity",
        "allowed",
        "per_unit",
        "of_quantity",
        "sefa",
        "fossil",
        "biogenic",
        "mass",
        "mwh",
        "factor",
        "effect",
        "amount",
        "value",
        "see",
        "share",
    }
)


def page(document: Mapping[str, Any], language: Language) -> str:
    """The page of a report, summary or plan."""
    title = f"{document['title'][language]} · {document['period']['from']} – {document['period']['to']}"
    css, policy = style()
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"), tag("title", title),
        tag("style", css),
    )  # fmt: skip
    parts = [_section(item, language) for item in document["sections"]]
    notices = bullets(tag("span", note[language]) for note in document["notices"])
    body = tag(
        "main", tag("p", document["status"][language], class_="banner"),
        tag("p", f"{document['regime']} · {document['tables_known_on']}", class_="eyebrow"),
        tag("h1", document["title"][language]), tag("p", title.partition(" · ")[2], class_="per"), parts,
        section(word("notices")[language], notices) if document["notices"] else None,
    )  # fmt: skip
    return f"<!doctype html>\n{tag('html', head, tag('body', body, class_='report'), lang=LANG[language])}\n"


def _section(item: Mapping[str, Any], language: Language) -> Html:
    fields = item["fields"]
    plain = [field for field in fields if not field["of"] and not isinstance(field.get("value"), list)]
    content: list[Content] = [
        pairs(((field["label"][language], _answer(field, language)) for field in plain), "hashes")
    ]
    of = list(dict.fromkeys(field["of"] for field in fields if field["of"]))
    if of:
        content += _matrix(fields, of, language)
    for field in fields:
        if isinstance(field.get("value"), list):
            label = field["label"][language]
            content.append(tag("h3", f"{label} · {field['of']}" if field["of"] else label))
            content.append(_table(label, field["value"], language))
    return section(item["label"][language], content)


def _matrix(fields: Sequence[Mapping[str, Any]], of: Sequence[str], language: Language) -> list[Html]:
    """Fields down, goods or processes across; tables of a field follow below. Nothing where all are tables."""
    rows = []
    for label in dict.fromkeys(field["id"] for field in fields if field["of"]):
        mine = {field["of"]: field for field in fields if field["id"] == label}
        if any(isinstance(field.get("value"), list) for field in mine.values()):
            continue
        rows.append([next(iter(mine.values()))["label"][language], *(_answer(mine[item], language) for item in of)])
    return [table("", [("", "text"), *((item, "text") for item in of)], rows)] if rows else []


def _answer(field: Mapping[str, Any], language: Language) -> Content:
    if field["state"] == "value":
        return name(field["value"])
    state = tag("span", word(field["state"])[language], class_="badge")
    return [state, " ", tag("span", field["because"][language], class_="at")]


def _table(label: str, rows: Sequence[Mapping[str, str]], language: Language) -> Html:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    heads = [(listed()["columns"][key][language], "number" if key in NUMERIC else "text") for key in keys]
    return table(label, heads, [[name(row.get(key, "")) for key in keys] for row in rows])
