"""The product graph of a company and a period: every product of every plant, what it refers to, what is wrong with it.

Own products are calculated in the order of their references. A supplier's footprint is picked into the release that
the item pins, beside the own products, so that a new release of the suppliers' layer moves only who uses what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from factordb.factor import Factor
from factordb.release import Release
from lca.faults import Fault, Refused
from service.batch.bench import Bench
from service.batch.graph import Graph, Product
from service.batch.items import JSON, Facts, Item, plain_bytes, references
from service.batch.supply import Supply
from service.desk import Desk
from service.erp import boms, materials, months, plants
from service.erp.compose import RULE, Company, document, item_id
from service.erp.period import Period
from service.erp.plant_year import Known, plant_year
from service.erp.versions import labels
from service.intake import MEDIA
from service.received.form import OWN_USE

SUPPLIER: Final = ""
"""The item that suppliers' footprints answer as in the graph; no item of a plant has this id."""


@dataclass(frozen=True, slots=True)
class Releases:
    """What a calculation looks factors up in."""

    pinned: tuple[Release, ...]
    """Pinned whole by every record."""
    picked: tuple[Release, ...]
    """Suppliers' footprints: a record pins those it uses."""

    def find(self, name: str) -> Factor | None:
        """A factor by id, suppliers' first."""
        return next((found for release in (*self.picked, *self.pinned) if (found := release.find(name))), None)

    def supply(self, name: str) -> Supply | None:
        """A supplier's footprint as what answers a reference; None where the id is none."""
        for release in self.picked:
            if (factor := release.find(name)) is not None:
                return Supply(factor, release.source_of(factor), (), sealed=True)
        return None


def split(opened: tuple[Release, ...]) -> Releases:
    """Releases that hold suppliers' footprints and nothing else are picked from, the others pinned."""
    picked = tuple(item for item in opened if item.layer == "supplier" and set(item.licences) == {OWN_USE.code})
    return Releases(tuple(item for item in opened if item not in picked), picked)


def company_of(desk: Desk, period: Period, releases: Releases) -> Company:
    """All that documents of a period are composed from, as the store has it now."""
    with Session(desk.engine) as session:
        known = Known(materials.load(session, desk.tenant), releases.find)
        years = {}
        for code, plant in sorted(plants.load(session, desk.tenant).items()):
            meters, outputs = months.load(session, desk.tenant, period.months, code)
            if meters or outputs:
                years[code] = plant_year(plant, period, meters, outputs, known)
        bills = boms.load(session, desk.tenant, period.end)
        return Company(period, known, years, bills, labels(session, desk.tenant))


class Documents(Mapping[str, Item]):
    """Items composed when they are asked for: forty thousand documents are not held."""

    def __init__(self, company: Company, products: Mapping[str, tuple[str, str]]) -> None:
        self._company, self._products = company, products

    def __getitem__(self, item: str) -> Item:
        return Item(item, plain_bytes(document(self._company, *self._products[item])), MEDIA[JSON], name=item)

    def __iter__(self) -> Iterator[str]:
        return iter(self._products)

    def __len__(self) -> int:
        return len(self._products)


@dataclass(frozen=True, slots=True)
class Network:
    """Every product of a period with what it refers to; ``failed`` cannot be composed."""

    items: Documents
    facts: Mapping[str, Facts]
    graph: Graph
    supplies: Mapping[Product, Supply]
    failed: Mapping[str, tuple[Fault, ...]]
    products: Mapping[str, tuple[str, str]]
    """Item to (plant, product)."""


def network(company: Company, releases: Releases, regime: str) -> Network:
    """Compose every product once and take down what it refers to."""
    products = {
        item_id(plant, product): (plant, product)
        for plant in sorted(company.years)
        for product in sorted(company.years[plant].made)
    }
    facts: dict[str, Facts] = {}
    failed: dict[str, tuple[Fault, ...]] = {}
    answers: dict[str, dict[str, Product]] = {}
    supplies: dict[Product, Supply] = {}
    name, _, version = RULE.partition(" ")
    for item, (plant, product) in products.items():
        try:
            data = document(company, plant, product)
        except Refused as refused:
            failed[item] = refused.faults
            continue
        own = {reference: product_of(reference) for _, reference in references(data)}
        bought = _bought(data, releases, supplies)
        rule = (name, version, regime or str(data.get("regime", "")))
        wanted = tuple((place, reference) for place, reference in references(data))
        facts[item] = Facts(hashlib.sha256(plain_bytes(data)).hexdigest(), rule, (product,), wanted)
        answers[item] = {**own, **bought}
    return Network(Documents(company, products), facts, Graph(answers, {}), supplies, failed, products)


def product_of(reference: str) -> Product:
    """(item, product) of ``batch:<plant>/<number>/<number>``: a plant has no slash, a number may have some."""
    plant, _, twice = reference.partition(":")[2].partition("/")
    product = twice[: (len(twice) - 1) // 2]
    return item_id(plant, product), product


def _bought(data: Mapping[str, Any], releases: Releases, supplies: dict[Product, Supply]) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for row in data["rows"]:
        name = row.get("factor", "")
        if name and name not in found and (supply := releases.supply(name)) is not None:
            found[name] = (SUPPLIER, name)
            supplies[SUPPLIER, name] = supply
    return found


def release_of(bench: Bench, supplies: Mapping[str, Supply]) -> str:
    """Releases that a document's ids are found in, as ``pcf calculate --release`` takes them."""
    names = [release.id for release in bench.layers]
    return ",".join(([bench.graph_release(supplies.values()).id] if supplies else []) + names)
