"""Every mandatory input of every class, spoiled: refused, or flagged on the result, never silently accepted."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lca.exact import Exact
from lca.faults import Refused
from lca.units import unit as known_unit
from pcr.registry import installed_rules
from service.intake import read_file
from tests.pcr._help import run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORKS_YEAR = {
    "aluminium": "aluminium_works_2024.yaml",
    "cement": "cement_works_2024.yaml",
    "general_product": "pump_2024.yaml",
    "li_ion_battery": "li_ion_battery_lfp_2024.yaml",
    "room_air_conditioner": "room_air_conditioner_2024.yaml",
    "steel_bf_bof": "steel_works_2024.yaml",
}
"""One full works-year of each class; a class without one fails below."""
BUILT_IN = [item for item in installed_rules() if item.package.startswith("pcr.")]
Flag = tuple[str, str]


@cache
def works_year(rule: str) -> Any:
    return read_file(EXAMPLES / WORKS_YEAR[rule]).data


def flags(data: Any) -> set[Flag]:
    """Code and place of every notice of every product."""
    derived = run(data, draft=True)
    return {(notice.code, notice.where) for item in derived.works.footprints.values() for notice in item.notices}


@cache
def usual(rule: str) -> frozenset[Flag]:
    return frozenset(flags(works_year(rule)))


def rows_of(data: Any, name: str) -> list[dict[str, Any]]:
    return [row for row in data["rows"] if row["input"] == name]


def times(row: dict[str, Any], factor: int) -> None:
    for key in ("amount", "months"):
        if key in row:
            parts = row[key] if key == "months" else [row[key]]
            made = [(Exact.parse(str(part)) * factor).text() for part in parts]
            row[key] = made if key == "months" else made[0]


def missing(data: Any, name: str) -> None:
    data["rows"] = [row for row in data["rows"] if row["input"] != name]


def zero(data: Any, name: str) -> None:
    for row in rows_of(data, name):
        times(row, 0)


def negative(data: Any, name: str) -> None:
    for row in rows_of(data, name):
        times(row, -1)


def thousandfold(data: Any, name: str) -> None:
    for row in rows_of(data, name):
        times(row, 1000)


def wrong_unit(data: Any, name: str) -> None:
    """A unit of a dimension that the input does not take."""
    item = next(item for item in BUILT_IN if item.rule.ref == data["rule"] or item.rule.id == data["rule"])
    taken = {known_unit(unit).dimension for unit in item.rule.inputs[name].units}
    other = next(unit for unit in ("kg", "kWh", "piece", "V") if known_unit(unit).dimension not in taken)
    for row in rows_of(data, name):
        row["unit"] = other


def month_missing(data: Any, name: str) -> None:
    for row in rows_of(data, name):
        if "months" not in row:
            row["months"] = [row.pop("amount")] * 12
        row["months"][3] = ""


MUTATIONS = (missing, zero, negative, thousandfold, wrong_unit, month_missing)


def spoiled() -> Iterator[Any]:
    for item in BUILT_IN:
        for name, wanted in item.rule.inputs.items():
            if wanted.required:
                for mutate in MUTATIONS:
                    yield pytest.param(item.rule.id, name, mutate, id=f"{item.rule.id}-{name}-{mutate.__name__}")


@pytest.mark.parametrize(("rule", "name", "mutate"), list(spoiled()))
def test_a_spoiled_mandatory_input_is_refused_or_flagged(rule: str, name: str, mutate: Any) -> None:
    data = copy.deepcopy(works_year(rule))
    assert rows_of(data, name), f"the works-year of {rule} has no {name}"
    mutate(data, name)
    if data == works_year(rule):  # zero times anything: the written zero itself must be on the result
        assert ("zero_written", name) in usual(rule)
        return
    try:
        found = flags(data)
    except Refused as refused:
        assert refused.faults
        return
    assert found - usual(rule), f"{rule}: {name} {mutate.__name__} changes the result and nobody is told"


def test_every_class_has_a_works_year() -> None:
    assert {item.rule.id for item in BUILT_IN} == set(WORKS_YEAR)
