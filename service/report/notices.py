"""Warnings by code, each with its sentence; what was not confirmed stands apart, under a heading of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.report.markup import Content, Html, code, name, tag
from service.report.table import listed, section
from service.report.view import View

Notices = list[Mapping[str, Any]]


def _unconfirmed(notice: Mapping[str, Any]) -> bool:
    return str(notice["code"]).lower().endswith("unconfirmed")


def _by(key: str, notices: Iterable[Mapping[str, Any]]) -> dict[str, Notices]:
    groups: dict[str, Notices] = {}
    for notice in notices:
        groups.setdefault(str(notice[key]), []).append(notice)
    return groups


def unconfirmed(view: View) -> Html | None:
    """Points of the rule and the regime that were not checked against their texts."""
    found = [notice for notice in view.result["notices"] if _unconfirmed(notice)]
    if not found:
        return None
    shown: list[Html] = []
    for where, notices in _by("where", found).items():
        said: list[Content] = []
        for notice in notices:
            what = notice["values"].get("what")
            said.append(view.said(what) if what else view.sentence(notice))
        shown += [tag("h3", name(where)), listed(said)]
    return section(view.word("unconfirmed"), shown, note=view.word("unconfirmed_note"), class_="unconfirmed")


def warnings(view: View) -> Html:
    """All other notices, one entry per code; the places follow the sentence."""
    groups = _by("code", (notice for notice in view.result["notices"] if not _unconfirmed(notice)))
    entries = [_entry(view, found, notices) for found, notices in groups.items()]
    title = view.word("warnings")
    return section(title, listed(entries, "warnings") if entries else tag("p", view.word("warnings_none")))


def _entry(view: View, found: str, notices: Notices) -> Content:
    """Equal sentences once, with all their places; different ones each with its own."""
    places: dict[str, list[str]] = {}
    for notice in notices:
        places.setdefault(view.sentence(notice), []).append(notice["where"])
    said = [
        tag(
            "li", sentence if sentence != found else None, " ", tag("span", _places(view, sentence, where), class_="at")
        )
        for sentence, where in places.items()
    ]
    return [tag("code", found), tag("ul", said, class_="plain")]


def _places(view: View, sentence: str, where: list[str]) -> Content:
    """Places that the sentence does not name already, as a word of its own."""
    held = [place for place in where if place and not re.search(rf"(?<![\w-]){re.escape(place)}(?![\w-])", sentence)]
    return [view.word("at"), " ", [[code(place), " "] for place in held]] if held else None
