"""The public version of the study: the mandatory chapters, filled from the public sections of the record alone.

What a chapter needs and the public part does not hold (evidence, recycling parameters) is an own statement of the
manufacturer, or the chapter says that it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from service.battery.declaration import head, notices, share
from service.battery.filed import Filed
from service.battery.lists import lists
from service.battery.quality import thresholds
from service.battery.statements import Statements
from service.battery.study_words import SENTENCES, say

SCHEMA: Final = "pcf-battery-study/1"
Block = dict[str, Any]
Texts = Mapping[str, str]


def study(record: Filed, stated: Statements) -> dict[str, Any]:
    """All chapters of ``data/lists.yaml``: each with a body, missing, or not applicable."""
    chapters = []
    for item in lists()["study"]:
        state, because, body = _CHAPTERS[item["id"]](record, stated)
        base = {"id": item["id"], "label": item["label"], "state": state, "body": body}
        chapters.append(base if state == "value" else base | {"because": because})
    return head(record, SCHEMA) | {"chapters": chapters}


Chapter = tuple[str, Texts, list[Block]]


def _value(*blocks: Block | None) -> Chapter:
    return "value", {}, [block for block in blocks if block is not None]


def _text(texts: Texts) -> Block:
    return {"text": dict(texts)}


def _rows(heads: str, rows: list[list[Any]]) -> Block | None:
    return {"table": [[say(key) for key in heads.split()], *rows]} if rows else None


def _settings(record: Filed, listed: str) -> Block | None:
    held = record.result["settings"]
    return _rows("setting value", [[key, held[key]] for key in lists()["shown"][listed] if held.get(key)])


def _indicators(record: Filed, listed: str) -> Block | None:
    held = record.result["indicators"]
    names = [key for key in lists()["shown"][listed] if key in held]
    return _rows("indicator value unit", [[held[key]["label"], held[key]["value"], held[key]["unit"]] for key in names])


def _unit(record: Filed, _: Statements) -> Chapter:
    settings, indicators = _settings(record, "unit_settings"), _indicators(record, "unit_indicators")
    return _value(_text(record.result["unit"]["text"]), indicators, settings)


def _stated(key: str) -> Callable[[Filed, Statements], Chapter]:
    def chapter(_: Filed, stated: Statements) -> Chapter:
        return _value(_text(stated[key])) if key in stated else ("missing", lists()["missing"]["statement"], [])

    return chapter


def _cycles(record: Filed, _: Statements) -> Chapter:
    settings = record.result["settings"]
    if reason := settings.get("cycles_reason"):
        return _value(_text({"en": reason, "zh": reason}))
    ev = record.regime["battery_class"] == "ev"
    return "not_applicable", SENTENCES["cycles_listed" if ev else "cycles_declared"], []


def _boundary(record: Filed, _: Statements) -> Chapter:
    rule = record.views["en"].rule
    if rule is None:
        return "missing", SENTENCES["rule_not_installed"], []
    excluded = [[item["what"], item["because"]] for item in rule.boundary.excluded]
    left_out = record.result["cut_off"]
    cut = SENTENCES["no_cut_off"] if not left_out else SENTENCES["cut_off"]
    lines = [[item["line"], item["reason"]] for item in left_out]
    return _value(
        _text(rule.boundary.text), _rows("excluded because", excluded), _text(cut), _rows("line because", lines)
    )


def _results(record: Filed, _: Statements) -> Chapter:
    total, data = record.result["total"], lists()
    rows: list[list[Any]] = []
    for stage_id, stage in data["stages"].items():
        figure = record.stage(stage_id)
        shown = SENTENCES["not_in_record"] if figure is None else figure
        rows.append([stage["label"], shown, "" if figure is None else share(figure, total) or ""])
    if record.result["rounding"] != "0":
        rows.append([say("rounding"), record.result["rounding"], ""])
    rows.append([say("total"), total, ""])
    unit = {"en": data["unit"], "zh": data["unit"]}
    return _value(_text(unit), _rows("stage value share", rows), _text(data["shares"]), _text(data["no_class"]))


def _electricity(record: Filed, _: Statements) -> Chapter:
    rows = [
        [record.both(lambda view, item=item: view.known("supply", item["supply"])), item["kwh"], item["factor"],
         item["factor_value"], item["co2e"] or ""]
        for item in record.result["electricity"]
    ]  # fmt: skip
    return _value(_text(SENTENCES["power"]), _rows("supply kwh factor factor_value co2e", rows))


def _data(record: Filed, _: Statements) -> Chapter:
    result = record.result
    classes = [[say(key), result["classes"][key]] for key in ("measured", "supplier", "official", "proxy", "gap")]
    classes.append([say("primary"), result["primary_share"] or say("not_known")])
    quality = result.get("quality") or {}
    scores = [[quality["scheme"], quality["score"], say(quality["level"])]] if quality else []
    because = _text(quality["because"]) if quality.get("because") else None
    proxies = [
        [item["label"], item["factor"], "; ".join(f"{key}: {text}" for key, text in sorted(item["distance"].items()))]
        for item in result["proxies"]
    ]
    limits = _rows("threshold most other", thresholds(record.identity, quality["scheme"]) if quality else [])
    unrated = _text(SENTENCES["thresholds"]) if limits else None
    secondary = _indicators(record, "data_indicators")
    dqr, far = _rows("scheme score level", scores), _rows("proxy factor distance", proxies)
    return _value(_rows("class share", classes), secondary, dqr, because, limits, unrated, far)


def _cff(record: Filed, stated: Statements) -> Chapter:
    settings = _settings(record, "cff_settings")
    shown = [settings] if settings else []
    if "cff_parameters" in stated:
        return _value(_text(stated["cff_parameters"]), *shown)
    return "missing", SENTENCES["cff_withheld"], shown


def _allocation(record: Filed, stated: Statements) -> Chapter:
    own = _text(stated["allocation"]) if "allocation" in stated else None
    return _value(_text(SENTENCES["allocation"]), _settings(record, "allocation_settings"), own)


def _rule_set(record: Filed, _: Statements) -> Chapter:
    identity = record.identity
    rows = [
        [say(key), f"{identity[key]['id']} {identity[key]['version']}", say(identity[key]["status"])]
        for key in ("rule", "regime")
    ]
    rows += [[say("release"), item["id"], item["sha256"]] for item in identity["releases"]]
    rows += [[say("gwp"), identity["regime"]["gwp_set"], ""], [say("record"), record.name, ""]]
    said = {(item["text"]["en"], item["text"]["zh"]) for item in notices(record)}
    open_points = [[{"en": en, "zh": zh}] for en, zh in sorted(said)]
    return _value(_rows("what id note", rows), _rows("notice", open_points), _text(SENTENCES["withheld"]))


_CHAPTERS: Final[Mapping[str, Callable[[Filed, Statements], Chapter]]] = {
    "unit_and_energy": _unit,
    "warranty_evidence": _stated("warranty_evidence"),
    "cycles_reason": _cycles,
    "boundary": _boundary,
    "results": _results,
    "electricity": _electricity,
    "data": _data,
    "cff_parameters": _cff,
    "allocation": _allocation,
    "rule_set": _rule_set,
}
