"""What a search found and what a selection chose: on a terminal and as plain values, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from factordb.as_of import standing
from factordb.canonical import plain
from factordb.factor import Factor
from factordb.kinds import sentence
from factordb.rank import rank_words
from factordb.release import Release
from factordb.search import Found, Hit
from factordb.select import Candidate, Selection
from lca.messages import sentence as told
from service.text.words import Language, label, pick

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "column_id": ("Id", "编号"),
    "column_name": ("Name", "名称"),
    "column_value": ("Value", "数值"),
    "column_place": ("Place", "地区"),
    "column_year": ("Year", "年份"),
    "column_kind": ("Kind", "类型"),
    "column_confidence": ("Confidence", "可信度"),
    "column_release": ("Release", "因子版本"),
    "column_criterion": ("Criterion", "判据"),
    "column_chosen": ("Chosen", "选中"),
    "column_runner_up": ("Runner-up", "次选"),
    "seen": ("read", "已查阅"),
    "derived": ("derived", "推算"),
    "conflict": ("sources disagree", "来源不一致"),
    "not_published": ("not published", "未发布"),
    "nothing_found": ("Nothing found for", "未找到"),
    "nearest_by_name": ("Nearest by name", "名称最接近"),
    "no_near": ("No name is near it either.", "也没有名称相近的因子。"),
    "chosen": ("Chosen", "选中"),
    "decided_by": ("Decided by", "决定因素"),
    "only": ("no other row answers", "没有其他可用的行"),
    "runner_up": ("Runner-up", "次选"),
    "not_stated": ("not stated", "未说明"),
    "nothing_answers": ("No factor answers this by itself.", "没有可直接采用的因子。"),
    "nearest": ("Nearest, and what stands between", "最接近的因子及其差别"),
    "disputed": ("Sources disagree: name one to use it", "来源不一致：须由使用者指定"),
    "proxy": ("PROXY", "代理因子"),
    "kind": ("boundary and kind", "边界与类型"),
    "technology": ("technology", "工艺"),
    "name": ("name", "名称"),
    "place": ("place", "地区"),
    "layer": ("layer", "层级"),
    "year": ("year", "年份"),
    "source": ("source", "来源等级"),
    "id": ("id", "编号"),
    "time": ("later than the use", "晚于使用年份"),
    "unit": ("unit", "单位"),
    "validity": ("not in force that year", "该年不在有效期内"),
    "corrected": ("corrected by another row", "已被更正"),
    "regime": ("kept from the regime", "该制度不接受"),
    "unlinked": ("inputs without a factor", "有未关联输入"),
    "asked": ("asked", "所需"),
    "name_nearest": ("fits the words best", "与关键词最吻合"),
    "name_near": ("near the words", "与关键词相近"),
    "name_inside": ("has the words in it", "含有关键词"),
    "same": ("as asked", "一致"),
    "country": ("its country", "所属国家"),
    "region": ("its region", "所属区域"),
    "world": ("world", "全球"),
    "other": ("elsewhere", "其他地区"),
}


def said(key: str, language: Language) -> str:
    """A word; what is no word of ours is shown as it is."""
    return pick(WORDS, key, language)


def found_rows(found: Found) -> list[dict[str, Any]]:
    """Rows found, or the nearest by name; each says which it is."""
    return [_row(hit) | {"match": "found"} for hit in found.hits] + [
        _row(hit) | {"match": "nearest"} for hit in found.nearest
    ]


def _row(hit: Hit) -> dict[str, Any]:
    return factor_row(hit.entry.release, hit.factor) | {"score": hit.score}


def factor_row(release: Any, factor: Any) -> dict[str, Any]:
    """A factor with its source and licence as plain values."""
    source, licence = release.source_of(factor), release.licence_of(factor)
    return {
        "id": factor.id,
        "name": {"en": factor.name_en, "zh": factor.name_zh},
        "value": factor.value,
        "unit": factor.unit,
        "kind": factor.kind,
        "place": factor.place,
        "year": factor.year,
        "gwp_set": factor.gwp_set,
        "confidence": factor.confidence,
        "note": factor.note,
        "source": {key: getattr(source, key) for key in ("id", "title", "publisher", "date")},
        "licence": {"code": licence.code, "may_redistribute": licence.may_redistribute},
        "release": release.id,
    }


def print_found(console: Console, found: Found, text: str, language: Language) -> None:
    """A table of what was found; where nothing was, that, and the nearest by name."""
    if not found.hits:
        console.print(Text(f"{said('nothing_found', language)}: {text}", style="bold"))
        if not found.nearest:
            console.print(said("no_near", language))
            return
        console.print(f"{said('nearest_by_name', language)}:")
    rows = found_rows(found)
    several = len({row["release"] for row in rows}) > 1
    titles = ("id", "name", "value", "place", "year", "kind", "confidence", *(("release",) if several else ()))
    table = Table(box=None, padding=(0, 1))
    for title in titles:
        table.add_column(said(f"column_{title}", language), overflow="fold")
    for row in rows:
        shown = {
            **row,
            "name": row["name"].get(language) or label(row["name"], language),
            "value": f"{row['value']} {row['unit']}" if row["value"] else said("not_published", language),
            "confidence": said(row["confidence"], language),
        }
        table.add_row(*(Text(str(shown[title])) for title in titles))
    console.print(table)


def selection_row(selection: Selection) -> dict[str, Any]:
    """The whole answer as plain values."""
    return {
        "chosen": _candidate(selection.chosen),
        "decided_by": selection.decided_by,
        "runner_up": _candidate(selection.runner_up),
        "standing": [
            {"criterion": one.criterion, "chosen": one.chosen, "runner_up": one.runner_up, "decides": one.decides}
            for one in selection.standing
        ],
        "proxy": selection.proxy,
        "notices": [{"code": one.code, "where": one.where, "values": dict(one.values)} for one in selection.notices],
        "disputed": [_candidate(one) for one in selection.disputed],
        "nearest": [_candidate(one) for one in selection.nearest],
    }


def _candidate(row: Candidate | None) -> dict[str, Any] | None:
    if row is None:
        return None
    apart = [{"reason": reason, "found": found, "asked": asked} for reason, found, asked in row.apart]
    return factor_row(row.release, row.factor) | {"offered_as": row.offer, "apart": apart}


def print_selection(console: Console, selection: Selection, language: Language) -> None:
    """The row, the criterion that decided, every criterion's standing, what is disputed, what lies near."""
    chosen, runner_up = selection.chosen, selection.runner_up
    if chosen is None:
        console.print(Text(said("nothing_answers", language), style="bold"))
    else:
        proxy = f"  {said('proxy', language)}" if selection.proxy else ""
        console.print(Text(f"{said('chosen', language)}: {_line(chosen, language)}{proxy}", style="bold"))
        console.print(f"  {sentence(chosen.factor.kind, language)}")
        source = chosen.source
        console.print(f"  {'; '.join(part for part in (source.title, source.publisher, source.date) if part)}")
        console.print(f"{said('decided_by', language)}: {said(selection.decided_by, language)}")
        if runner_up is not None:
            console.print(f"{said('runner_up', language)}: {_line(runner_up, language)}")
        _print_standing(console, selection, language)
        for notice in selection.notices:
            console.print(f"! {told(notice, language)} {told(notice, language, 'fix')}")
    _print_apart(console, "disputed", selection.disputed, language)
    if selection.nearest:
        _print_apart(console, "nearest", selection.nearest, language)
    elif chosen is None:
        console.print(said("no_near", language))


def _line(row: Candidate, language: Language) -> str:
    factor = row.factor
    value = factor.shown() if factor.value else said("not_published", language)
    return f"{factor.id}  {label(factor.label, language)}  {value}"


def _print_standing(console: Console, selection: Selection, language: Language) -> None:
    table = Table(box=None, padding=(0, 1))
    for title in ("criterion", "chosen", "runner_up"):
        table.add_column(said(f"column_{title}", language), overflow="fold")
    for one in selection.standing:
        mark = "* " if one.decides else "  "
        cells = [_shown(one.criterion, text, language) for text in (one.chosen, one.runner_up)]
        if selection.runner_up is None:
            cells[1] = ""
        table.add_row(Text(mark + said(one.criterion, language)), *(Text(cell) for cell in cells))
    console.print(table)


def _shown(criterion: str, text: str, language: Language) -> str:
    if not text:
        return said("not_stated", language)
    if criterion == "name":
        return said(f"name_{text}", language)
    if criterion == "source":
        return label(rank_words(text), language)
    if criterion == "place":
        given, _, near = text.partition(" ")
        return f"{given} ({said(near.strip('()'), language)})" if near else given
    return text


def _print_apart(console: Console, title: str, rows: Sequence[Candidate], language: Language, most: int = 5) -> None:
    if rows:
        console.print(Text(f"{said(title, language)}:", style="bold"))
    for row in rows[:most]:
        console.print(f"  {_line(row, language)}")
        for reason, given, asked in row.apart:
            wanted = f"; {said('asked', language)}: {asked}" if asked and reason not in ("conflict",) else ""
            console.print(f"    {said(reason, language)}: {given}{wanted}")


def factor_facts(release: Release, factor: Factor, today: str) -> dict[str, Any]:
    """Everything the release holds of a factor: what it covers in a sentence, source, licence, standing on a day."""
    pair = [factor, *(release.factors[name] for name in [release.corrected.get(factor.id, "")] if name)]
    stands = next(item for item in standing(pair, today, today) if item.factor.id == factor.id)
    source, licence = release.source_of(factor), release.licence_of(factor)
    covers = {language: sentence(factor.kind, language) for language in ("en", "zh")}
    return {
        **plain(factor),
        "covers": covers,
        "stands": {"on": today, "state": stands.state, "by": stands.by},
        "source": plain(source),
        "licence": plain(licence),
        "release": {"id": release.id, "layer": release.layer, "sha256": release.sha256},
    }
