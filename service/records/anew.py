"""Make a record again from what was given, where a copy leaves factors out and the verifier holds their release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from factordb.layers import open_layers
from factordb.release import Release
from pcr.activity import ActivityData
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.records.compared import first_difference, substance
from service.records.disclose import result_of
from service.records.levels import extract_of, levels, withheld
from service.records.sections import is_left_out, value_of
from service.records.statement import factor_items, given_of, identity_of, inventory_value, recalculate

GIVEN = ("given/works", "given/rows", "given/meters")


@dataclass(frozen=True, slots=True)
class Anew:
    """What today's code and the verifier's releases make of the given data."""

    identity: Mapping[str, Any]
    inventory: Any
    items: list[dict[str, Any]]
    system: Any
    result: Mapping[str, Any]


def given_is_held(record: Mapping[str, Any]) -> bool:
    """Whether a copy holds all that was given, whatever else it leaves out."""
    parts = [record["sections"][name] for name in GIVEN]
    rows = parts[1] if isinstance(parts[1], list) else []
    return not any(is_left_out(part) for part in (*parts, *rows))


def make_anew(record: Mapping[str, Any], open_release: Callable[[str], Release]) -> Anew:
    """Everything after the given data, made again.

    Raises:
        Refused: a rule, regime or release is not installed; the rule refuses the data.
        ValueError: a release has not the recorded hash: its factors may be others.
    """
    identity = value_of(record, "derivation/identity")
    installed = find_rule(identity["rule"]["id"], identity["rule"]["version"])
    regime = load_regime(identity["regime"]["id"])
    layers = open_layers([item["id"] for item in identity["releases"]], open_release)
    data = ActivityData(
        given_of(*(value_of(record, name) for name in GIVEN)), installed.rule, regime, identity["strict"] == "true"
    )
    draft = result_of(record)[0]["status"] == "draft"
    resolved = layers.resolve(installed.build(data), draft=draft, regime=regime.id)
    system, result = recalculate(resolved, identity["regime"], identity["product"])
    here = identity_of(installed, regime, layers, data.strict, identity["product"])
    return Anew(here, inventory_value(resolved)["inventory"], factor_items(resolved), system, result)


def differs(record: Mapping[str, Any], anew: Anew) -> tuple[str, str, str, str] | None:
    """The first step at which the copy says something else: its factors, its system, its result or its extract."""
    sections = record["sections"]
    known = [substance(item) for item in anew.items]
    held = sections["derivation/factors"]
    for number, item in enumerate([] if is_left_out(held) else held):
        if not is_left_out(item) and substance(item["value"]) not in known:
            told = str(item["value"].get("factor", {}).get("key", "gap"))[:120]
            return "derivation/factors", f"/{number}", told, "no such factor"
    for step, found in (
        ("derivation/inventory", anew.inventory), ("derivation/system", anew.system), ("result", anew.result),
    ):  # fmt: skip
        if is_left_out(sections[step]):
            continue
        told = value_of(record, step)
        told = told["inventory"] if step == "derivation/inventory" else told
        place = first_difference(substance(told), substance(found), grown=step == "result")
        if place is not None:
            return (step, *place)
    return extracts_differ(record, anew.result, anew.items)


def extracts_differ(
    record: Mapping[str, Any], result: Mapping[str, Any], items: list[Any]
) -> tuple[str, str, str, str] | None:
    """The first extract of a record that says something else than the result."""
    found = (_differs(item["value"], result, items) for item in record.get("extracts", ()))
    return next((place for place in found if place is not None), None)


def _differs(told: Mapping[str, Any], result: Mapping[str, Any], items: list[Any]) -> tuple[str, str, str, str] | None:
    """Where an extract says something else than the result it was taken from.

    A later table of levels may show more or less; a field it shows must say what the result says. One of a level that
    is not known here passes.
    """
    level = levels().get(told["level"])
    if level is None:
        return None
    made = extract_of(result, level, withheld(items, level).values())["result"]
    for key, value in told["result"].items():
        found = made.get(key, result.get(key, "absent"))
        if key != "notices" and (place := first_difference(substance(value), substance(found), f"/{key}")) is not None:
            return (f"extracts/{level.id}", *place)
    return None
