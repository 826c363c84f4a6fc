"""Items that refer to each other, solved together in rational numbers.

A footprint is linear in the factors of what is bought: ``t = own + M t`` for every flow, with a row per product of the
loop. ``own`` is the footprint with all factors of the loop at zero, a column of ``M`` what one more kilogram CO2e per
unit of a factor adds. The solved footprints are put in as factors and everything is calculated once more: what comes
out must be what was put in, which proves the linearity the method rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from factordb.factor import Factor, Source
from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault, Refused
from lca.solve import rational_levels
from lca.system import LinearSystem, make_system
from pcr.intake import read_activity
from service.batch.bench import Bench
from service.batch.graph import Product, rewritten
from service.batch.items import REFERENCE
from service.batch.one import answered
from service.batch.supply import Supply, graph_release, no_product
from service.intake import Sent
from service.received.form import OWN_USE
from service.records.statement import Derived

PROBE: Final = "CO2e|unsplit|unknown"
DIGITS: Final = 30
CLOSE: Final = Exact(1, 10**20)
TOTAL: Final = "total"
Flows = dict[str, Exact]


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a loop: its data, what answers it from outside, and its references into the loop."""

    id: str
    sent: Sent
    outside: Mapping[str, Supply]
    inside: Mapping[str, Product]


def solved(bench: Bench, members: Sequence[Member]) -> dict[str, Derived]:
    """Each member calculated beside the solved footprints of the others.

    Raises:
        Refused: ``batch_loop_gain`` where the loop takes in as much as it makes, ``batch_loop_not_linear``,
            ``received_draft`` for a member that is a draft, and the faults of the calculations.
    """
    units = {product: unit for member in members for product, unit in _units(bench, member)}
    _refuse_without_result(members, units)
    own: dict[Product, Flows] = {}
    used: dict[tuple[Product, Product], Exact] = {}
    for member in members:
        bought = sorted(set(member.inside.values()))
        zero: dict[Product, Flows] = {other: {PROBE: ZERO} for other in bought}
        base = _flows(_trial(bench, member, zero, units), member)
        own |= base
        for other in bought:
            for product, flows in _flows(_trial(bench, member, {**zero, other: {PROBE: ONE}}, units), member).items():
                used[product, other] = flows.get(PROBE, ZERO) - base[product].get(PROBE, ZERO)
    _refuse_gain(own, used, members)
    found = _solve(own, used)
    made = {
        member.id: _trial(bench, member, {name: found[name] for name in member.inside.values()}, units)
        for member in members
    }
    for member in members:
        _prove(member, _flows(made[member.id], member), found)
    return made


def _units(bench: Bench, member: Member) -> Iterator[tuple[Product, str]]:
    """The unit each product is declared in, before any factor is known: any will do to read the inventory."""
    installed, regime = bench.rule_of(member.sent.data)
    inventory = installed.build(read_activity(member.sent.data, installed.rule, regime, strict=bench.asked.strict))
    for reference in inventory.references:
        yield (member.id, reference.product), reference.unit


def _refuse_without_result(members: Sequence[Member], units: Mapping[Product, str]) -> None:
    """A product that its item names may be one that its rule makes no footprint of."""
    asked = {name for member in members for name, product in member.inside.items() if product not in units}
    if asked:
        raise Refused([no_product(name) for name in sorted(asked)])


def _trial(bench: Bench, member: Member, factors: Mapping[Product, Flows], units: Mapping[Product, str]) -> Derived:
    """The member with these flows per unit of what it buys inside the loop, in rational numbers."""
    ids = answered(member.outside) | {name: _id(product) for name, product in member.inside.items()}
    inside = [_supply(product, flows, units[product]) for product, flows in sorted(factors.items())]
    sent = replace(member.sent, data=rewritten(member.sent.data, ids))
    return bench.derive(sent, graph_release([*member.outside.values(), *inside]), bits=0)


def _id(product: Product) -> str:
    return f"{REFERENCE}{product[0]}/{product[1]}"


def _supply(product: Product, flows: Flows, unit: str) -> Supply:
    """A factor of the loop; its flows are what is calculated with, its value stands for the eye."""
    kept = {flow: kg.significant(DIGITS) for flow, kg in flows.items() if flow != TOTAL and kg}
    name = _id(product)
    factor = Factor(
        id=name, name_en=name, name_zh=name, category="supplier", kind="cradle_to_gate", place="GLO", year="",
        value=flows.get(TOTAL, ZERO).significant(9), unit=f"kgCO2e/{unit}", source="loop", confidence="derived",
        boundary="to the gate, solved with what refers back to it", flows=kept or {PROBE: "0"},
    )  # fmt: skip
    source = Source("loop", "Products of one batch that refer to each other", "pcf batch", "", "", OWN_USE.code)
    return Supply(factor, source, (), sealed=False)


def _flows(derived: Derived, member: Member) -> dict[Product, Flows]:
    """kg of every flow, and the total, per unit of each product."""
    found: dict[Product, Flows] = {}
    for name, footprint in derived.works.footprints.items():
        total = footprint.total.point
        if total is None or footprint.status == "draft":
            fault = Fault("received_draft", _id((member.id, name)), found=footprint.status, expected="complete")
            raise Refused([fault])
        amount = footprint.reference.amount
        flows = {flow: kg / amount for flow, (kg, _) in footprint.gases.items()}
        found[member.id, name] = {**flows, TOTAL: total / amount}
    return found


def _system(names: Sequence[Product], used: Mapping[tuple[Product, Product], Exact]) -> LinearSystem:
    """``1 - M``, a row and a column per product of the loop."""
    entries = {(_id(name), _id(name)): ONE for name in names}
    for (product, other), amount in used.items():
        place = (_id(product), _id(other))
        entries[place] = entries.get(place, ZERO) - amount
    labels = [_id(name) for name in names]
    return make_system(entries, {}, {}, products=labels, processes=labels)


def _refuse_gain(
    own: Mapping[Product, Flows], used: Mapping[tuple[Product, Product], Exact], members: Sequence[Member]
) -> None:
    """The sum 1 + M + M M + ... exists if and only if the inverse of 1 - |M| has no negative entry."""
    names = sorted(own)
    system = _system(names, {place: abs(amount) for place, amount in used.items()})
    try:
        grows = any(level < 0 for name in names for level in rational_levels(system, {_id(name): ONE}).values())
    except Refused:
        grows = True
    if grows:
        found = ", ".join(
            f"{_id(product)} takes {amount.significant(4)} of {_id(other)}"
            for (product, other), amount in sorted(used.items())
            if amount
        )
        items = ", ".join(member.id for member in members)
        expected = "a loop that makes more than it takes in"
        raise Refused([Fault("batch_loop_gain", items, found=found, expected=expected, values={"items": items})])


def _solve(own: Mapping[Product, Flows], used: Mapping[tuple[Product, Product], Exact]) -> dict[Product, Flows]:
    names = sorted(own)
    system = _system(names, used)
    found: dict[Product, Flows] = {name: {} for name in names}
    for flow in sorted({flow for flows in own.values() for flow in flows}):
        levels = rational_levels(system, {_id(name): own[name].get(flow, ZERO) for name in names})
        for name in names:
            found[name][flow] = levels[_id(name)]
    return found


def _prove(member: Member, made: Mapping[Product, Flows], found: Mapping[Product, Flows]) -> None:
    for product, flows in made.items():
        scale = max(abs(kg) for kg in (*found[product].values(), ONE / Exact(10**9)))
        for flow in {*flows, *found[product]}:
            left, right = flows.get(flow, ZERO), found[product].get(flow, ZERO)
            if abs(left - right) > scale * CLOSE:
                shown = f"{_id(product)}, {flow}: {left.significant(9)} for {right.significant(9)}"
                expected = "a footprint that is linear in what is bought"
                raise Refused([Fault("batch_loop_not_linear", member.id, found=shown, expected=expected)])
