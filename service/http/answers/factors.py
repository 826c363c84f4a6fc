"""Answers about factors, releases and rules."""

from __future__ import annotations

from typing import Final

from service.http.answers.notation import (
    Answer,
    closed,
    decimal,
    flag,
    form,
    listed,
    mapped,
    names,
    sha,
    text,
    whole,
    word,
)

_FACTOR: Final = {
    "id": text("Id of the factor.", "defra2025-11_102_1025_15_1"),
    "name": names("Name by language.", "Coal, industrial - well-to-tank", "工业煤（上游WTT）"),
    "value": text("Value as published, in `unit`; empty where none was published.", "418.14964"),
    "unit": text("Unit of the value.", "kgCO2e/t"),
    "kind": text("What the value covers, from a closed list.", "wtt"),
    "place": text("Place that it is of.", "GB"),
    "year": text("Year of the data; empty where it is not stated.", "2025"),
    "gwp_set": text("Assessment report of its GWP; empty for none.", "AR5"),
    "confidence": word("How the value was come by; conflict: sources disagree.", "seen", "derived", "conflict",
                       "recalled"),
    "note": text("Note to the row.", ""),
    "source": closed(
        "Where it was published.",
        id=text("Id of the source.", "defra2025"),
        title=text("Title.", "UK government conversion factors for company reporting 2025"),
        publisher=text("Publisher.", "UK DESNZ / Defra"),
        date=text("Date of publication; empty where it is not stated.", "2025-06-10"),
    ),
    "licence": closed(
        "What may be done with it.",
        code=text("Code of the licence.", "ogl-3.0"),
        may_redistribute=flag("Whether the value may be passed on.", True),
    ),
    "release": text("Factor release that holds this row.", "cn-2026.1"),
}  # fmt: skip
FOUND: Final = form(
    "FoundFactor", "A factor that was found.", **_FACTOR,
    score=whole("How well the words fit, to 100.", 100),
    match=word("Whether every word stands in it, or it is only the nearest.", "found", "nearest"),
)  # fmt: skip
HELD: Final = form(
    "FactorInRelease", "A factor as one release has it.", **_FACTOR,
    published=text("Day the release was published.", "2026-11-20"),
    flows=mapped(decimal("kg.", "2.3"), "kg by flow per unit where the publisher splits.", {"CO2|fossil": "2.3"}),
)  # fmt: skip
RELEASE: Final = form(
    "Release", "A factor release.",
    id=text("Name that calculations give.", "cn-2026.1"),
    layer=text("Layer: public, private or supplier.", "public"),
    sha256=sha("Hash over the release."),
)  # fmt: skip
RULE: Final = form(
    "Rule", "A product rule that is installed.",
    id=text("Id that data name.", "cement"),
    version=text("Version.", "1.0.0"),
    name=names("Name by language.", "Cement", "水泥"),
    status=text("Status of the rule.", "draft"),
    regimes=listed({"type": "string"}, "Regimes it can be calculated under, the usual one first.", "gbt24067"),
    sha256=sha("Hash over the rule."),
)  # fmt: skip

ANSWERS: Final = {
    "searchFactors": Answer("Factors.", closed("Factors.", factors=listed(FOUND, "Factors, the best fit first."))),
    "getFactor": Answer(
        "The factor.",
        closed(
            "A factor over the releases.",
            id=_FACTOR["id"],
            history=listed(HELD, "The factor in each release that has it, newest release last."),
        ),
    ),
    "listReleases": Answer("Releases.", closed("Releases.", releases=listed(RELEASE, "Releases by id."))),
    "listRules": Answer("Rules.", closed("Rules.", rules=listed(RULE, "Rules that are installed."))),
}
