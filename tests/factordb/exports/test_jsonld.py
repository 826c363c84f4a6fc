"""The openLCA package read back by the publisher's own binding."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from factordb.exports.door import export
from factordb.exports.nodes import nodes
from factordb.files import ReleaseFiles
from factordb.flows import flows_of
from factordb.release import Release
from factordb.unit_process import Exchange, UnitProcess
from lca.gases import Flow, characterise
from tests.factordb._made import content, factor
from tests.fixtures._need import missing
from tests.lca._systems import fraction

LIMIT = Fraction(1, 10**12)


def olca() -> Any:
    """The binding of openLCA's makers."""
    if importlib.util.find_spec("olca_schema") is None:
        missing("olca-schema is not installed", "sh scripts/setup.sh dev")
    return importlib.import_module("olca_schema")


def package(of: Release, folder: Path) -> dict[str, dict[str, Any]]:
    """Folder to id to entity, read by olca-schema."""
    zipio = importlib.import_module(f"{olca().__name__}.zipio")
    export(of, "jsonld", folder / "out.zip")
    names = ("UnitGroup", "FlowProperty", "Flow", "Process", "Location", "Source", "ImpactCategory", "ImpactMethod")
    with zipio.ZipReader(folder / "out.zip") as reader:
        return {name: {item.id: item for item in reader.read_each(getattr(olca(), name))} for name in names}


def test_every_reference_is_answered_inside(release: Release, tmp_path: Path) -> None:
    package(release, tmp_path)
    known: set[tuple[str, str]] = set()
    asked: set[tuple[str, str]] = set()
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert json.loads(archive.read("olca-schema.json")) == {"version": 2}
        for name in archive.namelist():
            if "/" in name:
                data = json.loads(archive.read(name))
                known.add((data["@type"], data["@id"]))
                assert name.endswith(f"/{data['@id']}.json")
                known |= {("Unit", unit["@id"]) for unit in data.get("units", ())}
                asked |= set(references(data, top=True))
    assert {kind for kind, _ in asked} >= {"Flow", "FlowProperty", "Unit", "UnitGroup", "Location", "Source"}
    assert asked <= known


def references(data: Any, *, top: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        if not top and "@id" in data and "@type" in data:
            yield data["@type"], data["@id"]
        for inner in data.values():
            yield from references(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from references(inner)


def test_every_factor_has_its_value_under_the_method_in_the_file(release: Release, tmp_path: Path) -> None:
    """Emissions times the file's own impact factors: the row's flows by AR6, for every row carried."""
    read = package(release, tmp_path)
    (ar6,) = (item for item in read["ImpactCategory"].values() if item.name.endswith(" AR6"))
    values = {item.flow.id: Fraction(item.value) for item in ar6.impact_factors}
    by_id = {item.description.partition("\n")[0].removeprefix("id: "): item for item in read["Process"].values()}
    found, left = nodes(content_of(release))
    assert set(by_id) == {node.id for node in found} and len(by_id) + len(left) == len(release.factors)
    for name, item in by_id.items():
        reference, *rest = item.exchanges
        assert reference.is_quantitative_reference and reference.amount == 1 and not reference.is_input
        theirs = sum((Fraction(row.amount) * values[row.flow.id] for row in rest), Fraction(0))
        flows = flows_of(release.factors[name])
        ours = sum((fraction(kg * characterise(Flow.read(flow), "AR6")) for flow, kg in flows.items()), Fraction(0))
        assert abs(theirs - ours) <= LIMIT * abs(ours), name


def content_of(release: Release) -> ReleaseFiles:
    from factordb.exports.passable import passable

    return passable(release)


def test_unit_processes_are_linked_and_converted(tmp_path: Path) -> None:
    """500 g of an input that is given per kg enters as 0.5 with its provider named."""
    rows = (
        Exchange("input", "input", "500", "g", provider="f"),
        Exchange("emission", "carbon dioxide", "1000", "g", flow="CO2|fossil"),
        Exchange("emission", "dust", "3", "g", compartment="air"),
        Exchange("resource", "water", "4", "m3", compartment="ground"),
    )
    made = UnitProcess("p", "p", "", "", "CN", "2024", "t", "2", "meters", rows)
    read = package(Release(content(factor("f", "3"), processes=(made,))), tmp_path)
    (process,) = (item for item in read["Process"].values() if item.name == "p")
    (supplier,) = (item for item in read["Process"].values() if item.name == "f")
    product, taken, *nature = process.exchanges
    assert (product.amount, taken.amount, taken.is_input) == (2.0, 0.5, True)
    assert taken.default_provider.id == supplier.id and taken.flow.id == supplier.exchanges[0].flow.id
    shown = {(row.flow.name, row.amount, row.unit.name, row.is_input) for row in nature}
    assert shown == {("CO2|fossil", 1.0, "kg", False), ("dust", 3.0, "g", False), ("water", 4.0, "m3", True)}
    kinds = {olca().ProcessType.UNIT_PROCESS: process, olca().ProcessType.LCI_RESULT: supplier}
    assert all(item.process_type == kind for kind, item in kinds.items())


def test_a_second_export_has_the_same_bytes(tmp_path: Path) -> None:
    given = Release(content(factor("f", "3")))
    export(given, "jsonld", tmp_path / "a.zip")
    export(given, "jsonld", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
