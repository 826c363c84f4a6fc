"""A release as processes with elementary flows, for Brightway and openLCA, and what is not among them, with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from factordb.factor import WITHHELD, Factor
from factordb.files import ReleaseFiles
from factordb.flows import flows_of
from factordb.kinds import NEVER_BOUGHT, sentence
from factordb.unit_process import TECHNOSPHERE, Exchange, UnitProcess
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.gases import SETS, Flow, characterise
from lca.units import convert


@dataclass(frozen=True, slots=True)
class Other:
    """An exchange with nature that is no greenhouse gas of the table; nothing characterises it."""

    name: str
    compartment: str
    unit: str
    resource: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One process and what ``amount`` ``unit`` of its product take and emit."""

    id: str
    name: str
    product: str
    unit: str
    amount: Exact
    place: str
    category: str
    comment: str
    source: str
    solved: bool
    """A total of a whole chain, no unit process."""
    flows: Mapping[str, Exact]
    """Kilograms by flow, ``CO2|fossil``."""
    others: Mapping[Other, Exact]
    inputs: Mapping[str, Exact]
    """Amounts in the provider's unit."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row or an input that the format does not carry."""

    id: str
    reason_en: str
    reason_zh: str


_WHY = {
    "withheld": ("the licence forbids passing the value on", "许可不允许转发该数值"),
    "no_value": ("no published value", "没有已发布的数值"),
    "kind": ("its kind answers no request for a product", "该类型不用于产品核算"),
    "no_gas": ("counts no greenhouse gas", "不代表温室气体排放"),
    "input": (
        "the input {name} is not in this file: the process is a lower end",
        "输入 {name} 不在本文件中：该过程仅为下限",
    ),
}


def nodes(content: ReleaseFiles) -> tuple[list[Node], list[LeftOut]]:
    """Processes by id, factors and unit processes alike, and what is not among them."""
    left: list[LeftOut] = []
    made: dict[str, Node] = {}
    for factor in sorted(content.factors, key=lambda item: item.id):
        why = _unfit(factor)
        if why:
            left.append(_left(factor.id, why))
        else:
            made[factor.id] = _of_factor(factor)
    processes = {item.id: item for item in content.unit_processes if item.amount and item.id not in made}
    left += [_left(item.id, "withheld") for item in content.unit_processes if not item.amount]
    units = {name: node.unit for name, node in made.items()} | {name: item.unit for name, item in processes.items()}
    for process in processes.values():
        node, missing = _of_process(process, units)
        made[process.id] = node
        left += [_left(process.id, "input", name) for name in missing]
    return [made[name] for name in sorted(made)], left


def methods(found: Iterable[Node]) -> Iterator[tuple[str, str, Exact]]:
    """GWP set, flow and factor, for the flows of the nodes; biogenic CO2 counts +1 and its uptake -1 (ISO 14067)."""
    flows = sorted({flow for node in found for flow in node.flows})
    for name in SETS:
        for flow in flows:
            try:
                yield name, flow, characterise(Flow.read(flow), name)
            except Refused:
                continue  # the set has no value for this gas: no row, never a zero


def _unfit(factor: Factor) -> str:
    if not factor.value:
        return "withheld" if factor.status == WITHHELD else "no_value"
    if factor.kind in NEVER_BOUGHT:
        return "kind"
    try:
        flows_of(factor)
    except Refused:
        return "no_gas"
    return ""


def _left(name: str, why: str, about: str = "") -> LeftOut:
    english, chinese = (text.format(name=about) for text in _WHY[why])
    return LeftOut(name, english, chinese)


def _of_factor(factor: Factor) -> Node:
    name = " ".join(dict.fromkeys(part for part in (factor.name_zh, factor.name_en) if part))
    parts = {
        "id": factor.id,
        "value": factor.shown(),
        "kind": f"{factor.kind}: {sentence(factor.kind, 'en')} {sentence(factor.kind, 'zh')}",
        "year": factor.year or "not stated",
        "GWP set": factor.gwp_set,
        "confidence": factor.confidence,
        "other values": factor.other_values,
        "not linked": factor.unlinked,
        "locator": factor.locator,
        "note": factor.note,
    }
    comment = "\n".join(f"{key}: {text}" for key, text in parts.items() if text)
    flows = {flow: kg for flow, kg in flows_of(factor).items() if kg}
    node = Node(
        factor.id, name, name, factor.denominator, ONE, factor.place, factor.category, comment, "", True, {}, {}, {}
    )
    return replace(node, flows=flows, source=factor.source)


def _of_process(process: UnitProcess, units: Mapping[str, str]) -> tuple[Node, list[str]]:
    name = " ".join(dict.fromkeys(part for part in (process.name_zh, process.name_en) if part))
    flows: dict[str, Exact] = {}
    others: dict[Other, Exact] = {}
    inputs: dict[str, Exact] = {}
    missing: list[str] = []
    for item in process.exchanges:
        amount = Exact.parse(item.amount, process.id)
        if item.kind == TECHNOSPHERE:
            converted = _converted(item, units[item.provider]) if item.provider in units else None
            if converted is None:
                missing.append(f"{item.name} {item.provider}".strip())
            else:
                inputs[item.provider] = inputs.get(item.provider, ZERO) + converted
        elif item.flow and (kilograms := _converted(item, "kg")) is not None:
            flows[item.flow] = flows.get(item.flow, ZERO) + kilograms
        else:
            other = Other(item.name, item.compartment, item.unit, item.kind == "resource")
            others[other] = others.get(other, ZERO) + amount
    parts = {
        "id": process.id,
        "year": process.year or "not stated",
        "allocation": process.allocation,
        "cut-off": process.cut_off,
        "inputs that are not in this file": "; ".join(missing),
        "technology": process.technology,
        "locator": process.locator,
        "note": process.note,
    }
    comment = "\n".join(f"{key}: {text}" for key, text in parts.items() if text)
    made = Exact.parse(process.amount, process.id)
    product = process.product or name
    where = (process.place, process.category, comment, process.source)
    return Node(process.id, name, product, process.unit, made, *where, False, flows, others, inputs), missing


def _converted(item: Exchange, unit: str) -> Exact | None:
    """The amount in ``unit``; None where the two do not meet."""
    amount = Exact.parse(item.amount)
    if item.unit == unit:
        return amount
    try:
        return convert(amount, item.unit, unit)
    except Refused:
        return None
