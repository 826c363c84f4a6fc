"""Numbers that nothing answers for: components of bills and auxiliaries of plants without a mapping, with suggestions.

A suggestion is a factor of the releases found by the material's Chinese or English name; it is never taken by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from factordb.factor import Factor
from factordb.kinds import LIFE_CYCLE
from factordb.release import Release
from factordb.search import find
from lca.exact import Exact
from lca.faults import Refused
from service.desk import Desk
from service.erp import boms, materials, months
from service.erp.materials import Material, Materials, counted
from service.erp.period import Period
from service.erp.plant_year import BOUGHT

MOST: Final = 5
"""Suggestions for one number."""
WHOLE: Final = 100
"""Score of a name that is the query itself (:mod:`factordb.search`)."""
KINDS: Final = (*LIFE_CYCLE, "en15804_module:A1-A3")
WHY: Final = {
    "name": ("the name itself", "名称一致"),
    "words": ("every word stands in it", "包含全部词语"),
    "near": ("part of the words, or alike", "部分词语或相近"),
    "unit": ("its unit fits", "单位可用"),
    "no_unit": ("its unit does not fit: a ratio is needed", "单位不符，需换算"),
    "place": ("of the country", "本国数据"),
    "other_place": ("of another place: a proxy", "其他地区，属代理"),
    "disputed": ("its sources disagree", "来源有分歧"),
}


def unmapped(
    desk: Desk, period: Period, releases: Sequence[Release], *, country: str = "CN", after: str = "", limit: int = 50
) -> tuple[list[dict[str, Any]], str]:
    """A page of the numbers that a period uses and nothing answers for, those used most first; and the key to go on.

    Each with its names and unit, how many bills use it, and at most five suggestions with score and why.
    """
    with Session(desk.engine) as session:
        known = materials.load(session, desk.tenant)
        bills = boms.load(session, desk.tenant, period.end)
        meters, outputs = months.load(session, desk.tenant, period.months)
    made = {line.key for line in outputs}
    used: Counter[str] = Counter()
    units: defaultdict[str, set[str]] = defaultdict(set)
    wanted = [(line.component, line.unit) for bill in bills for line in bill.lines]
    wanted += [(line.cells["material"], line.cells["unit"]) for line in meters if line.kind in BOUGHT]
    for number, unit in wanted:
        if number not in made and not _answered(known, number, period):
            used[number] += 1
            units[number].add(unit)
    order = sorted(used, key=lambda number: (-used[number], number))
    start = order.index(after) + 1 if after in used else 0
    page = order[start : start + limit]
    rows = [
        _row(known.at(number, period.end), number, used[number], units[number], releases, country) for number in page
    ]
    return rows, page[-1] if start + limit < len(order) else ""


def _answered(known: Materials, number: str, period: Period) -> bool:
    material = known.at(number, period.end)
    return material is not None and bool(material.maps_to)


def _row(
    material: Material | None, number: str, times: int, units: Iterable[str], releases: Sequence[Release], country: str
) -> dict[str, Any]:
    return {
        "number": number,
        "name_en": material.name_en if material else "",
        "name_zh": material.name_zh if material else "",
        "unit": material.unit if material else ", ".join(sorted(units)),
        "known": material is not None,
        "used": times,
        "suggestions": suggestions(material, releases, country) if material else [],
    }


def suggestions(material: Material, releases: Sequence[Release], country: str) -> list[dict[str, Any]]:
    """Factors that the names of a material find, the surest first; each once."""
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for text in dict.fromkeys((material.name_zh, material.name_en)):
        if not text:
            continue
        hits = find(releases, text, 4 * MOST, lambda factor: factor.kind in KINDS and bool(factor.value))
        for hit, near in [*((hit, False) for hit in hits.hits), *((hit, True) for hit in hits.nearest)]:
            score = hit.score if hit.in_head else hit.score - 10
            if hit.factor.id not in found or score > found[hit.factor.id][0]:
                found[hit.factor.id] = (score, _suggestion(material, hit.factor, score, near, country))
    ranked = sorted(found.values(), key=lambda pair: (not pair[1]["fits"], -pair[0], pair[1]["factor"]))
    return [told for _, told in ranked[:MOST]]


def _suggestion(material: Material, factor: Factor, score: int, near: bool, country: str) -> dict[str, Any]:
    fits = _fits(material, factor)
    why = ["near" if near else "name" if score >= WHOLE else "words", "unit" if fits else "no_unit"]
    why.append("place" if factor.place.partition("-")[0] == country else "other_place")
    why += ["disputed"] if factor.confidence == "conflict" else []
    return {
        "factor": factor.id, "name_en": factor.label["en"], "name_zh": factor.label["zh"], "value": factor.shown(),
        "place": factor.place, "year": factor.year, "score": score, "fits": fits, "why": why,
        "why_en": "; ".join(WHY[word][0] for word in why), "why_zh": "；".join(WHY[word][1] for word in why),
    }  # fmt: skip


def _fits(material: Material, factor: Factor) -> bool:
    try:
        counted(material, Exact(1), material.unit, factor.denominator)
    except Refused:
        return False
    return True
