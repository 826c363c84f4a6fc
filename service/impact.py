"""The use-case *impact*: stored records re-run with a newer release in the place of an older one.

Records never change: what comes out is a list, the most affected first, that says what recalculation would give. A
works is derived once for all its products.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factordb.layers import open_layers
from factordb.release import Release
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.footprint import calculate
from lca.publish import publish
from pcr.activity import ActivityData
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.records.sections import value_of
from service.records.statement import given_of
from service.records.store import RecordStore

GIVEN = ("given/works", "given/rows", "given/meters")


@dataclass(frozen=True, slots=True)
class Moved:
    """One record and what the newer release would make of it. Totals as published; a band is ``low to high``."""

    name: str
    product: str
    rule: str
    regime: str
    old: str
    new: str
    percent: str
    """Of the low end, two decimals with a sign; empty where either is not known or the new release refuses."""
    status: tuple[str, str]
    """Before and after; after is ``refused`` where the newer release cannot answer."""
    faults: tuple[Fault, ...] = ()


def impact(
    store: RecordStore,
    old: str,
    new: str,
    releases: Callable[[str], Release],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Moved]:
    """Every stored record that uses release ``old``, calculated with ``new`` in its place; the most affected first.

    Raises:
        Refused: ``release_unknown`` for either.
    """
    open_layers([old], releases)
    newer = open_layers([new], releases).releases[0]
    names = store.all_names()
    moved: list[Moved] = []
    done = 0
    for works in _by_works(store, names, old):
        moved += _recalculated(works, old, newer, releases)
        done += len(works)
        progress(done, len(names))
    progress(len(names), len(names))
    return sorted(moved, key=lambda item: (not item.faults, -_size(item.percent), item.name))


def _by_works(store: RecordStore, names: Sequence[str], old: str) -> Iterator[list[Mapping[str, Any]]]:
    """Records of one works together: the same given data under the same rule, regime and releases."""
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        record = store.get(name)
        identity = value_of(record, "derivation/identity")
        pinned = [item["id"] for item in identity["releases"]]
        if old in pinned:
            rule = f"{identity['rule']['id']} {identity['rule']['version']}"
            key = (*(record["digests"][part] for part in GIVEN), rule, identity["regime"]["id"], ",".join(pinned))
            groups[key].append(name)
    for group in groups.values():
        yield [store.get(name) for name in group]


def _recalculated(
    records: Sequence[Mapping[str, Any]], old: str, newer: Release, releases: Callable[[str], Release]
) -> Iterator[Moved]:
    identity = value_of(records[0], "derivation/identity")
    results = {record["name"]: value_of(record, "result") for record in records}
    draft = any(result["status"] == "draft" for result in results.values())
    after: dict[str, Any] = {}
    faults: tuple[Fault, ...] = ()
    try:
        installed = find_rule(identity["rule"]["id"], identity["rule"]["version"])
        regime = load_regime(identity["regime"]["id"])
        pinned = [item["id"] for item in identity["releases"]]
        layers = open_layers(
            [newer.id if name == old else name for name in pinned],
            lambda name: newer if name == newer.id else releases(name),
        )
        given = given_of(*(value_of(records[0], part) for part in GIVEN))
        data = ActivityData(given, installed.rule, regime, identity["strict"] == "true")
        resolved = layers.resolve(installed.build(data), draft=draft, regime=regime.id)
        works = calculate(resolved, regime.gwp_set, regime.biogenic_co2)
        after = {product: publish(works, product, regime.digits) for product in works.footprints}
    except Refused as refused:
        faults = refused.faults
    for record in records:
        before, product = results[record["name"]], value_of(record, "derivation/identity")["product"]
        result = after.get(product)
        yield Moved(
            record["name"],
            product,
            f"{identity['rule']['id']} {identity['rule']['version']}",
            identity["regime"]["id"],
            _shown(before["total"]),
            _shown(result["total"]) if result else "",
            _percent(before["total"], result["total"]) if result else "",
            (before["status"], result["status"] if result else "refused"),
            faults,
        )


def _shown(total: Any) -> str:
    return total if isinstance(total, str) else f"{total['low'] or '?'} to {total['high'] or '?'}"


def _percent(old: Any, new: Any) -> str:
    before, after = (total if isinstance(total, str) else total["low"] for total in (old, new))
    if not before or not after or not Exact.parse(before):
        return ""
    change = (Exact.parse(after) - Exact.parse(before)) * Exact(100) / abs(Exact.parse(before))
    return ("+" if change > 0 else "") + change.places(2)


def _size(percent: str) -> Exact:
    return abs(Exact.parse(percent.lstrip("+"))) if percent else Exact(0)
