"""``jsonld``: an openLCA package, JSON-LD schema 2, by the publisher's own binding (olca-schema, CC0).

The file is complete in itself: units, flows, methods and sources stand in it under ids made from ours (UUID 5), so
that a second export of a release meets the first. Elementary flows and units have the same ids in every release.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from factordb.exports.beside import put, put_beside
from factordb.exports.nodes import Node, methods, nodes
from factordb.files import ReleaseFiles
from lca.faults import Fault, Refused

_SPACE: Final = UUID("5d8f7f0a-3f0b-5c1e-9c56-6d1f1d0a7c11")
"""Ours alone; a drawn number without meaning."""
_FOLDERS: Final = {
    "UnitGroup": "unit_groups", "FlowProperty": "flow_properties", "Location": "locations", "Source": "sources",
    "Flow": "flows", "Process": "processes", "ImpactCategory": "lcia_categories", "ImpactMethod": "lcia_methods",
}  # fmt: skip


def write_jsonld(content: ReleaseFiles, path: Path) -> None:
    """The zip.

    Raises:
        Refused: ``export_not_held`` where olca-schema is not installed.
    """
    try:
        olca = import_module("olca_schema")
    except ModuleNotFoundError:
        told = Fault("export_not_held", "openLCA JSON-LD", "olca-schema is not installed", "pip install olca-schema")
        raise Refused([told]) from None
    found, left = nodes(content)
    entities = list(_Package(olca, content, found).entities())
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / "package.zip"
        with zipfile.ZipFile(made, "w") as archive:
            put(archive, "olca-schema.json", '{"version": 2}')
            for entity in entities:
                put(archive, f"{_FOLDERS[type(entity).__name__]}/{entity.id}.json", entity.to_json())
            put_beside(archive, content, "jsonld", left)
        os.replace(made, path)


class _Package:
    """The entities of one release."""

    def __init__(self, olca: Any, content: ReleaseFiles, found: list[Node]) -> None:
        self.olca, self.content, self.nodes = olca, content, found
        self.by_id = {node.id: node for node in found}
        self.others = sorted({other for node in found for other in node.others}, key=str)
        self.flows = sorted({flow for node in found for flow in node.flows})
        self.stamp = {"version": "01.00.000", "last_change": f"{content.meta['published'][:10]}T00:00:00Z"}

    def entities(self) -> Iterator[Any]:
        """Everything, in an order in which each refers to what came before."""
        units = {"kg", *(node.unit for node in self.nodes), *(other.unit for other in self.others)}
        for unit in sorted(units):
            yield from self._unit(unit)
        for place in sorted({node.place for node in self.nodes if node.place}):
            yield self._make("Location", place, place, code=place)
        for source in self.content.sources:
            licence = next(item for item in self.content.licences if item.code == source.licence)
            text = f"{source.publisher}; {source.date}; {licence.title}; {licence.attribution}"
            more = {"text_reference": text, "url": source.address, "category": self.content.meta["id"]}
            yield self._make("Source", self._own(source.id), source.title or source.id, **more)
        elementary = self.olca.FlowType.ELEMENTARY_FLOW
        for flow in self.flows:
            yield self._flow(flow, flow, "kg", elementary, "pcf/emission/air")
        for other in self.others:
            yield self._flow(str(other), other.name or "unnamed", other.unit, elementary, f"pcf/{other.compartment}")
        for node in self.nodes:
            product = self.olca.FlowType.PRODUCT_FLOW
            yield self._flow(self._own(node.id), node.product, node.unit, product, node.category)
        yield from (self._process(node) for node in self.nodes)
        yield from self._methods()

    def _own(self, name: str) -> str:
        return f"{self.content.meta['id']}/{name}"

    def _id(self, kind: str, name: str) -> str:
        return str(uuid5(_SPACE, f"{kind}/{name}"))

    def _make(self, kind: str, key: str, name: str, **more: Any) -> Any:
        return getattr(self.olca, kind)(id=self._id(kind, key), name=name, **self.stamp, **more)

    def _ref(self, kind: str, key: str, name: str) -> Any:
        kinds = {kind: getattr(self.olca.RefType, kind)} if hasattr(self.olca.RefType, kind) else {}
        return self.olca.Ref(id=self._id(kind, key), name=name, ref_type=kinds.get(kind))

    def _unit(self, unit: str) -> Iterator[Any]:
        shown = unit or "1"
        held = self.olca.Unit(id=self._id("Unit", unit), name=shown, conversion_factor=1.0, is_ref_unit=True)
        default = self._ref("FlowProperty", unit, f"amount in {shown}")
        more = {"units": [held], "default_flow_property": default}
        yield self._make("UnitGroup", unit, f"units of {shown} (pcf)", **more)
        group = self._ref("UnitGroup", unit, f"units of {shown} (pcf)")
        kind = self.olca.FlowPropertyType.PHYSICAL_QUANTITY
        yield self._make("FlowProperty", unit, f"amount in {shown}", unit_group=group, flow_property_type=kind)

    def _measured(self, unit: str) -> dict[str, Any]:
        return {
            "unit": self._ref("Unit", unit, unit or "1"),
            "flow_property": self._ref("FlowProperty", unit, f"amount in {unit or '1'}"),
        }

    def _flow(self, key: str, name: str, unit: str, kind: Any, category: str) -> Any:
        given = self._measured(unit)["flow_property"]
        part = self.olca.FlowPropertyFactor(conversion_factor=1.0, flow_property=given, is_ref_flow_property=True)
        return self._make("Flow", key, name, flow_type=kind, flow_properties=[part], category=category)

    def _process(self, node: Node) -> Any:
        rows: list[tuple[str, str, str, Any, dict[str, Any]]] = [
            (self._own(node.id), node.product, node.unit, node.amount, {"is_quantitative_reference": True})
        ]
        for provider, amount in sorted(node.inputs.items()):
            given = self.by_id[provider]
            link = self._ref("Process", self._own(provider), given.name)
            rows.append(
                (self._own(provider), given.product, given.unit, amount, {"default_provider": link, "in": True})
            )
        rows += [(flow, flow, "kg", kilograms, {}) for flow, kilograms in sorted(node.flows.items())]
        rows += [
            (str(other), other.name or "unnamed", other.unit, amount, {"in": other.resource})
            for other, amount in sorted(node.others.items(), key=lambda item: str(item[0]))
        ]
        exchanges = [self._exchange(number, *row) for number, row in enumerate(rows, 1)]
        kinds = self.olca.ProcessType
        source = next(item for item in self.content.sources if item.id == node.source)
        told = self.olca.ProcessDocumentation(
            sources=[self._ref("Source", self._own(node.source), source.title or source.id)], creation_date=None
        )
        return self._make(
            "Process", self._own(node.id), node.name, category=node.category, description=node.comment,
            process_type=kinds.LCI_RESULT if node.solved else kinds.UNIT_PROCESS,
            location=self._ref("Location", node.place, node.place) if node.place else None,
            exchanges=exchanges, last_internal_id=len(rows), process_documentation=told,
        )  # fmt: skip

    def _exchange(self, number: int, key: str, name: str, unit: str, amount: Any, more: dict[str, Any]) -> Any:
        return self.olca.Exchange(
            internal_id=number, flow=self._ref("Flow", key, name), amount=float(amount), is_input=more.get("in", False),
            is_quantitative_reference=more.get("is_quantitative_reference", False),
            default_provider=more.get("default_provider"), **self._measured(unit),
        )  # fmt: skip

    def _methods(self) -> Iterator[Any]:
        by_set: dict[str, list[Any]] = {}
        for name, flow, factor in methods(self.nodes):
            given = {"flow": self._ref("Flow", flow, flow), "value": float(factor), **self._measured("kg")}
            by_set.setdefault(name, []).append(self.olca.ImpactFactor(**given))
        categories = []
        for name, factors in by_set.items():
            key = self._own(name)
            yield self._make("ImpactCategory", key, f"GWP 100 {name}", ref_unit="kg CO2e", impact_factors=factors)
            categories.append(self._ref("ImpactCategory", key, f"GWP 100 {name}"))
        title = f"pcf climate change ({self.content.meta['id']})"
        yield self._make("ImpactMethod", self._own("climate"), title, impact_categories=categories)
