"""Background data of the workbook under MIIT notice 551: the factors, and the notices that speak of them.

A value whose licence forbids passing on is null here, wherever it would stand; the value of a runner-up is left out.
"""

from __future__ import annotations

from typing import Any

from service.battery.filed import Filed
from service.battery.lists import miit_lists
from service.battery.miit_rows import Held
from service.records.statement import item_key


def background(public: Filed, held: Held) -> list[dict[str, Any]]:
    """Every factor of the record once per answer, with where it is used; a value that may not be passed on is null."""
    lines = _lines(held)
    counted = {part["line"] for part in public.result["contributions"]}
    made = []
    for item in held["derivation/factors"]:
        factor, used = item["factor"], sorted(lines.get(item_key(item), ()))
        mine = [line for line in used if line in counted]
        open_ = factor.get("may_redistribute", True)
        distance = {key: text for key, text in factor.get("distance", {}).items() if open_ or key != "value"}
        told = {key: factor.get(key, "") for key in ("layer", "kind", "unit", "year", "place", "source", "licence")}
        told |= {key: factor.get(key, "") for key in ("confidence", "data_class")}
        made.append(
            {"id": factor["id"], "key": factor["key"], "label": dict(factor["label"])}
            | told
            | {
                "chosen_by": factor.get("chosen_by", "").partition("; runner-up")[0],
                "withheld": not open_,
                "published_value": factor["value"] if open_ else None,
                "flows": dict(factor["flows"]) if open_ else None,
                "distance": distance,
                "use": _use(mine, used, held),
                "lines": mine or used,
            }
        )
    return sorted(made, key=lambda item: (item["id"], item["key"], item["lines"]))


def notices(public: Filed, held: Held) -> list[dict[str, Any]]:
    """Every notice of the record in both languages; of a withheld factor without its digits."""
    closed = {
        item["factor"]["id"] for item in held["derivation/factors"] if not item["factor"].get("may_redistribute", True)
    }
    made = []
    for notice in public.result["notices"]:
        values, said = notice.get("values", {}), {}
        hidden = [key for key in ("value", "others") if key in values] if values.get("factor") in closed else []
        for language, view in public.views.items():
            text = miit_lists()["withheld"][language]
            said[language] = view.sentence(notice | {"values": values | dict.fromkeys(hidden, text)})
        made.append({"code": notice["code"], "where": notice["where"], "text": said})
    return made


def _lines(held: Held) -> dict[str, list[str]]:
    """Item of the factors to the lines it answers, those of sensitivity cases with them."""
    value, found = held["derivation/inventory"], dict[str, list[str]]()
    for answers in (value["answers"], *value["alternatives"].values()):
        for line, key in answers.items():
            found.setdefault(key, []).append(line)
    return {key: list(dict.fromkeys(lines)) for key, lines in found.items()}


def _use(mine: list[str], used: list[str], held: Held) -> str:
    """In the result, in a sensitivity case alone, or for another model of the works alone."""
    if mine:
        return "result"
    value = held["derivation/inventory"]
    cases = {line["id"] for line in value["inventory"]["lines"] if line.get("case")}
    swapped = {line for answers in value["alternatives"].values() for line in answers}
    return "sensitivity" if all(line in cases | swapped for line in used) else "other_model"
