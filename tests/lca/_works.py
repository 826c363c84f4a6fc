"""Small hand-made works, out of the dataclasses alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.deferred import Deferred
from lca.exact import Exact
from lca.footprint import Works, calculate
from lca.inventory import Gap, Inventory, Line, Reference, ResolvedFactor, ResolvedInventory, UnitProcess
from lca.naming import FactorName, Range
from lca.weigh import Band

STAGES: tuple[tuple[str, Mapping[str, str]], ...] = (("raw", {"en": "raw materials"}), ("make", {"en": "manufacture"}))


def process(name: str, product: str, amount: str, unit: str = "kg", stage: str = "make") -> UnitProcess:
    return UnitProcess(name, stage, product, Exact(amount), unit)


def own(name: str, at: str, target: str, amount: str, unit: str = "kg", **more: Any) -> Line:
    return Line(name, at, "own", Exact(amount), unit, target, input=target, **more)


def bought(name: str, at: str, amount: str, unit: str = "kg", key: str = "", **more: Any) -> Line:
    return Line(
        name,
        at,
        "bought",
        Exact(amount),
        unit,
        key or name,
        factor=FactorName(id=key or name),
        **{"input": name, **more},
    )


def emitted(name: str, at: str, amount: str, flow: str = "CO2|fossil", unit: str = "kg", **more: Any) -> Line:
    return Line(name, at, "emission", Exact(amount), unit, flow, **{"input": name, **more})


def factor(key: str, unit: str = "kg", data_class: Any = "official", **flows: str) -> ResolvedFactor:
    """Keywords are flows with ``__`` for the bar: ``CO2__fossil="2"``; none: carbon dioxide is left out."""
    read = {name.replace("__", "|").replace("_", " "): Exact(value) for name, value in flows.items()}
    text = next(iter(flows.values()), "0")
    return ResolvedFactor(
        key, key, unit, read, text, "2024", "CN", "cradle_to_gate", "seen", "hand", "open", "test", {}, data_class
    )


def co2(key: str, value: str, unit: str = "kg", data_class: Any = "official") -> ResolvedFactor:
    return factor(key, unit, data_class, CO2__fossil=value)


def gap(key: str, low: str = "", high: str | None = None, unit: str = "kg", per: str = "") -> Gap:
    """Without ``low`` the input has no range at all; ``high`` None leaves it open."""
    if not low:
        return Gap(key, unit, None)
    top = None if high is None else Exact(high)
    return Gap(key, unit, Range(Exact(low), top, f"kgCO2e/{per or unit}", "hand", "seen"))


def reference(product: str, made: str, amount: str = "1", unit: str = "kg") -> Reference:
    return Reference(product, Exact(amount), unit, {"en": product}, Exact(made))


def works(
    processes: list[UnitProcess],
    lines: list[Line],
    factors: Mapping[str, ResolvedFactor | Gap],
    references: list[Reference],
    *deferred: Deferred,
    alternatives: Mapping[str, Mapping[str, ResolvedFactor | Gap]] | None = None,
    **more: Any,
) -> ResolvedInventory:
    inventory = Inventory(tuple(processes), tuple(lines), tuple(references), STAGES, tuple(deferred), **more)
    return ResolvedInventory(inventory, factors, alternatives or {})


def run(resolved: ResolvedInventory, gwp_set: str = "AR6", biogenic_co2: str = "one") -> Works:
    return calculate(resolved, gwp_set, biogenic_co2)


def band(low: str | None, high: str | None = "") -> Band:
    """``band("3")`` is the point 3; ``band("3", None)`` is open above."""
    ends = [None if end is None else Exact.from_record(end) for end in (low, low if high == "" else high)]
    return Band(ends[0], ends[1])


def mill() -> ResolvedInventory:
    """Two products from one intermediate.  Sheet W8.

    clinker: 1000 kg from 900 kg of limestone (0.01), 400 kWh (0.5), 520 kg of CO2 and 2 kg of biogenic CH4.
    cement: 1200 kg from 800 kg of clinker, 60 kWh.   mortar: 900 kg from 200 kg of clinker, 700 kg of sand (0.02).
    """
    processes = [
        process("burn", "clinker", "1000", stage="raw"),
        process("grind", "cement", "1200"),
        process("mix", "mortar", "900"),
    ]
    lines = [
        bought("stone", "burn", "0.9", "t", key="limestone"),
        bought("power-burn", "burn", "400", "kWh", key="grid", input="power"),
        emitted("calcination", "burn", "520"),
        emitted("digester", "burn", "2", "CH4|biogenic"),
        own("clinker-grind", "grind", "clinker", "0.8", "t"),
        bought("power-grind", "grind", "0.06", "MWh", key="grid", input="power"),
        own("clinker-mix", "mix", "clinker", "200"),
        bought("sand", "mix", "700"),
    ]
    limestone, grid, sand = co2("limestone", "0.01"), co2("grid", "0.5", "kWh"), co2("sand", "0.02", "kg", "proxy")
    factors = {"stone": limestone, "power-burn": grid, "power-grind": grid, "sand": sand}
    return works(processes, lines, factors, [reference("cement", "1200"), reference("mortar", "900")])
