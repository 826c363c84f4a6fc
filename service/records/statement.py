"""From a calculation to the plain values of a record's sections, and back to typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from factordb.layers import Layers
from lca.codec import decode, encode
from lca.footprint import Works, calculate
from lca.gases import GWP_TABLE
from lca.inventory import Gap, Inventory, ResolvedFactor, ResolvedInventory
from lca.publish import publish
from lca.system import LinearSystem
from lca.units import UNIT_TABLE
from pcr.activity import ActivityData, Given, Meter, Row
from pcr.hashing import imported_methods, method_hash, rule_hash
from pcr.regime import Regime, regime_folders
from pcr.registry import InstalledRule
from service.records.instruments import Draw
from service.records.sections import sha256


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything between the given data and the published result of one works."""

    data: ActivityData
    installed: InstalledRule
    resolved: ResolvedInventory
    works: Works
    layers: Layers


def identity(derived: Derived, product: str) -> dict[str, Any]:
    """Ids, versions and hashes of everything the derivation used."""
    return identity_of(derived.installed, derived.data.regime, derived.layers, derived.data.strict, product)


def identity_of(
    installed: InstalledRule, regime: Regime, layers: Layers, strict: bool, product: str
) -> dict[str, Any]:  # fmt: skip
    """The identity of whatever is derived with these: also what a re-run holds against the recorded one."""
    rule, methods = installed.rule, imported_methods(installed.folder)
    return {
        "kind": "site_account" if regime.method == "site_account" else "pcf",
        "product": product,
        "rule": {
            "id": rule.id,
            "version": rule.version,
            "status": rule.status,
            "sha256": installed.hash(),
            "methods": list(methods),
            "methods_sha256": method_hash(methods),
        },
        "regime": {
            "id": regime.id,
            "version": regime.version,
            "status": regime.status,
            "sha256": rule_hash(regime_folders()[regime.id]),
            "digits": str(regime.digits),
            "gwp_set": regime.gwp_set,
            "biogenic_co2": regime.biogenic_co2,
        },
        "units": {"version": UNIT_TABLE, "sha256": _data_hash(f"data/units/{UNIT_TABLE}.yaml")},
        "gwp": {"version": GWP_TABLE, "sha256": _data_hash(f"data/gwp/{GWP_TABLE}.csv")},
        "releases": [dict(item) for item in layers.pinned()],
        "strict": "true" if strict else "false",
    }


def _ledger(drawn: Sequence[Draw]) -> dict[str, Any]:
    """The outcome of the instrument check at sealing; a record is sealed only when every instrument was free."""
    return {"instruments": {"drawn": str(len(drawn)), "outcome": "free"}} if drawn else {}


@cache
def _data_hash(path: str) -> str:
    """Of a versioned table of ``lca``; the process calculates with what it has read, whatever the file says later."""
    return sha256(files("lca").joinpath(path).read_text(encoding="utf-8").replace("\r\n", "\n"))


def section_values(derived: Derived, product: str, drawn: Sequence[Draw] = ()) -> dict[str, Any]:
    """The plain values of all sections of one product's record."""
    return all_section_values(derived, [product], drawn)[0]


def all_section_values(derived: Derived, products: Sequence[str], drawn: Sequence[Draw] = ()) -> list[dict[str, Any]]:
    """The plain values of the records of several products; what they share is the same object in all of them."""
    works = encode(derived.data.given)
    rows, meters = works.pop("rows"), works.pop("meters", [])
    keyed = _Keyed()
    shared = {
        "given/works": works,
        "given/rows": rows,
        "given/meters": meters,
        "derivation/inventory": inventory_value(derived.resolved, keyed),
        "derivation/factors": factor_items(derived.resolved, keyed),
    }
    same = identity(derived, "") | _ledger(drawn)
    matrices = _matrices(derived.works.system, derived.works.resolved)
    return [
        {
            **shared,
            "derivation/identity": {**same, "product": product},
            "derivation/system": matrices | _demand(derived.works.resolved, product),
            "result": publish(derived.works, product, derived.data.regime.digits),
        }
        for product in products
    ]


class _Keyed:
    """Factors and gaps as plain items with their keys, each object once: many lines share a factor."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[str, dict[str, Any], object]] = {}

    def of(self, factor: ResolvedFactor | Gap) -> tuple[str, dict[str, Any]]:
        """Key and plain item."""
        if id(factor) not in self._made:
            item = {"gap" if isinstance(factor, Gap) else "factor": encode(factor)}
            self._made[id(factor)] = item_key(item), item, factor  # held, so that its id stays its own
        key, item, _ = self._made[id(factor)]
        return key, item


def inventory_value(resolved: ResolvedInventory, keyed: _Keyed | None = None) -> dict[str, Any]:
    """The rule's inventory and which factor answered each line; the factors themselves stand in their own section."""
    known = keyed or _Keyed()
    return {
        "inventory": encode(resolved.inventory),
        "answers": {line: known.of(factor)[0] for line, factor in sorted(resolved.factors.items())},
        "alternatives": {
            case: {line: known.of(factor)[0] for line, factor in sorted(answers.items())}
            for case, answers in sorted(resolved.alternatives.items())
        },
    }


def factor_items(resolved: ResolvedInventory, keyed: _Keyed | None = None) -> list[dict[str, Any]]:
    """Each distinct factor or gap once, sorted by its content."""
    known = keyed or _Keyed()
    sources = [resolved.factors, *resolved.alternatives.values()]
    found = dict(known.of(factor) for answers in sources for factor in answers.values())
    return [found[key] for key in sorted(found)]


def item_key(item: Mapping[str, Any]) -> str:
    """Key and a piece of the content's hash: one factor may be answered in two units or with two settings.

    Taken of the plain item as it is held, so that a record of an older version finds its own.
    """
    inner = item.get("gap") or item.get("factor") or {}
    return f"{inner.get('key') or 'gap'}#{sha256(item)[:12]}"


def system_value(system: LinearSystem, settled: ResolvedInventory, product: str) -> dict[str, Any]:
    """A, B and methods as exact text, with the stage of each process: all that the arithmetic needs."""
    return _matrices(system, settled) | _demand(settled, product)


def _matrices(system: LinearSystem, settled: ResolvedInventory) -> dict[str, Any]:
    """What the systems of all products of a works share."""
    return {
        "products": list(system.products),
        "processes": list(system.processes),
        "flows": list(system.flows),
        "A": [[row, column, value.text()] for (row, column), value in sorted(system.a.items())],
        "B": [[row, column, value.text()] for (row, column), value in sorted(system.b.items())],
        "methods": {
            name: {flow: value.text() for flow, value in factors.items()} for name, factors in system.methods.items()
        },
        "stages": {item.id: item.stage for item in sorted(settled.inventory.processes, key=lambda item: item.id)},
    }


def _demand(settled: ResolvedInventory, product: str) -> dict[str, Any]:
    reference = next(item for item in settled.inventory.references if item.product == product)
    process = next(item for item in settled.inventory.processes if item.product == product)
    return {"demand": {product: reference.amount.text()}, "demand_unit": process.unit}


def given_of(works: Mapping[str, Any], rows: list[Any], meters: list[Any]) -> Given:
    """The typed given data from a record's sections; rows sorted by id as a new reading would."""
    base = decode(Given, {**works, "rows": [], "meters": []})
    typed = tuple(sorted((decode(Row, row) for row in rows), key=lambda row: row.id))
    meters_typed = tuple(sorted((decode(Meter, meter) for meter in meters), key=lambda meter: meter.id))
    return Given(
        base.rule, base.works, base.start, base.end, base.products, typed, meters_typed, base.settings, base.about
    )


def resolved_of(value: Mapping[str, Any], items: list[Any]) -> ResolvedInventory:
    """The typed resolved inventory from a record's sections."""
    known: dict[str, ResolvedFactor | Gap] = {}
    for item in items:
        factor: ResolvedFactor | Gap = (
            decode(Gap, item["gap"]) if "gap" in item else decode(ResolvedFactor, item["factor"])
        )
        known[item_key(item)] = factor
    return ResolvedInventory(
        decode(Inventory, value["inventory"]),
        {line: known[key] for line, key in value["answers"].items()},
        {case: {line: known[key] for line, key in lines.items()} for case, lines in value["alternatives"].items()},
    )


def recalculate(resolved: ResolvedInventory, regime: Mapping[str, str], product: str) -> tuple[Any, Any]:
    """System and result from recorded factors with the recorded GWP set: the arithmetic proof."""
    works = calculate(resolved, regime["gwp_set"], regime["biogenic_co2"])
    return system_value(works.system, works.resolved, product), publish(works, product, int(regime["digits"]))
