"""The Brightway export in Brightway itself: imported by bw2io, solved by bw2calc, compared with paper and our rows.

One isolated project per test, in a temporary folder. Tolerance 1e-9 relative, on the
amounts that the import stored; Brightway's processed arrays hold them as binary32, which a second figure shows.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from factordb.exports.brightway import code
from factordb.exports.door import export
from factordb.flows import flows_of
from factordb.release import Release
from factordb.unit_process import Exchange, UnitProcess
from lca.gases import Flow, characterise
from tests.factordb._made import content, factor
from tests.factordb.exports.test_round_trips import AWKWARD
from tests.fixtures._need import missing
from tests.lca._systems import TEXTBOOK, Textbook, fraction, written

pytestmark = [
    pytest.mark.brightway,
    pytest.mark.filterwarnings("ignore"),  # bw2data and bw2io warn of their own dependencies
]
LIMIT = Fraction(1, 10**9)
SINGLE = Fraction(1, 10**6)


class Project:
    """An isolated Brightway project with what an export holds."""

    def __init__(self, release: Release, folder: Path) -> None:
        import bw2data
        import bw2io

        export(release, "brightway", folder / "out.zip")
        self.name, self.data = release.id, bw2data
        bw2data.projects.set_current(f"pcf {folder.name}")
        with zipfile.ZipFile(folder / "out.zip") as archive:
            archive.extractall(folder / "out")
        for book in ("flows.xlsx", "processes.xlsx"):
            importer = bw2io.ExcelImporter(folder / "out" / book)
            importer.apply_strategies(verbose=False)
            assert importer.statistics(print_stats=False)[2] == 0  # nothing is unlinked
            importer.write_database()
        text = (folder / "out" / "METHODS.csv").read_text(encoding="utf-8")
        self.factors = list(csv.DictReader(io.StringIO(text)))
        self.left = (folder / "out" / "LEFT_OUT.csv").read_text(encoding="utf-8")

    def values(self, gwp_set: str) -> dict[str, float]:
        """The characterisation factors that travel with the export, by code of the flow."""
        return {row["code"]: float(row["factor"]) for row in self.factors if row["gwp_set"] == gwp_set}

    def method(self, gwp_set: str) -> tuple[str, str]:
        """The same as a method of the project."""
        made = self.data.Method(("pcf", gwp_set))
        made.register(unit="kg CO2e")
        made.write([((f"{self.name} flows", flow), factor) for flow, factor in self.values(gwp_set).items()])
        return ("pcf", gwp_set)

    def solved(self, demand: dict[str, float], factors: dict[str, float]) -> Any:
        """bw2calc on what the import stored, in binary64; ``factors`` by code of the flow."""
        import bw2calc
        import bw_processing
        import numpy as np

        cells: dict[str, dict[tuple[int, int], float]] = {"technosphere": {}, "biosphere": {}}
        for node in self.data.Database(self.name):
            for exchange in node.exchanges():
                kind = "biosphere" if exchange["type"] == "biosphere" else "technosphere"
                sign = -1.0 if exchange["type"] == "technosphere" else 1.0
                where = (exchange.input.id, node.id)
                cells[kind][where] = cells[kind].get(where, 0.0) + sign * exchange["amount"]
        flows = {node.id: factors.get(node["code"], 0.0) for node in self.data.Database(f"{self.name} flows")}
        cells["characterization"] = {(flow, flow): factor for flow, factor in flows.items()}
        package = bw_processing.create_datapackage(sum_intra_duplicates=True)
        for name, found in cells.items():
            indices = np.array(list(found), dtype=bw_processing.INDICES_DTYPE)
            values = np.array(list(found.values()), dtype=float)
            package.add_persistent_vector(matrix=f"{name}_matrix", name=name, indices_array=indices, data_array=values)
        asked = {self.node(name).id: amount for name, amount in demand.items()}
        lca = bw2calc.LCA(demand=asked, data_objs=[package])
        lca.lci()
        lca.lcia()
        return lca

    def node(self, name: str) -> Any:
        return self.data.get_node(database=self.name, code=code(name))

    def usual(self, name: str, method: tuple[str, str]) -> float:
        """As anybody would: from the processed arrays of the project, which hold binary32."""
        import bw2calc

        demand, packages, _ = self.data.prepare_lca_inputs({self.node(name): 1.0}, method=method)
        lca = bw2calc.LCA(demand=demand, data_objs=packages)
        lca.lci()
        lca.lcia()
        return float(lca.score)


@pytest.fixture(scope="module", autouse=True)
def brightway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Brightway's folder in a temporary place, before anything imports bw2data."""
    if any(importlib.util.find_spec(name) is None for name in ("bw2data", "bw2io", "bw2calc")):
        missing("Brightway is not installed", "sh scripts/setup.sh dev")
    folder = tmp_path_factory.mktemp("bw")
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = str(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bw2data

        bw2data.projects.change_base_directories(base_dir=folder, base_logs_dir=folder, update=False)
    yield
    if before is None:
        del os.environ["BRIGHTWAY2_DIR"]
    else:
        os.environ["BRIGHTWAY2_DIR"] = before


def test_ten_factors_of_the_release_and_more(release: Release, tmp_path: Path) -> None:
    """What Brightway makes of a factor is the sum of its flows by AR6, for every kind of flow that the release has."""
    project = Project(release, tmp_path)
    values, method = project.values("AR6"), project.method("AR6")
    names = [node["code"] for node in project.data.Database(release.id)]
    carried = [item for item in release.factors.values() if code(item.id) in names]
    assert len(carried) == len(names) > 300
    gases = {flow.partition("|")[0]: item.id for item in carried for flow in flows_of(item)}
    asked = sorted({*gases.values(), *(item.id for item in carried[:: len(carried) // 12])})
    assert len(asked) >= 10
    for name in asked:
        flows = flows_of(release.factors[name])
        ours = sum((fraction(kg * characterise(Flow.read(flow), "AR6")) for flow, kg in flows.items()), Fraction(0))
        theirs, usual = Fraction(project.solved({name: 1.0}, values).score), Fraction(project.usual(name, method))
        assert abs(theirs - ours) <= LIMIT * abs(ours), name
        assert abs(usual - ours) <= SINGLE * abs(ours), name
    for item in release.factors.values():
        assert (code(item.id) in names) != (f"\n{item.id}," in project.left), item.id


def unit_processes(case: Textbook) -> tuple[UnitProcess, ...]:
    """A textbook system as data sets: one product each, what it takes, what it emits."""
    made = []
    for j, name in enumerate(case.processes):
        column = {product: Fraction(case.a[i][j]) for i, product in enumerate(case.products)}
        (product,) = (product for product, amount in column.items() if amount > 0)
        inputs = [
            Exchange("input", other, written(-amount), "kg", provider=owner(case, other))
            for other, amount in column.items()
            if amount < 0
        ]
        out = [
            Exchange("emission", flow, written(case.b[i][j]), "g", compartment="air")
            for i, flow in enumerate(case.flows)
            if case.b[i][j]
        ]
        words = {"name_en": name, "name_zh": "", "category": "", "place": "CN", "year": "2024"}
        given = {"unit": "kg", "amount": written(column[product]), "source": "meters", "product": product}
        made.append(UnitProcess(name, **words, **given, exchanges=(*inputs, *out)))
    return tuple(made)


def owner(case: Textbook, product: str) -> str:
    row = case.a[case.products.index(product)]
    return next(name for name, amount in zip(case.processes, row, strict=True) if amount > 0)


def fit(case: Textbook) -> bool:
    """One product per process, positive amounts: what a data set of ours is."""
    columns = [[row[j] for row in case.a] for j in range(len(case.processes))]
    rows = [[amount for amount in row if amount > 0] for row in case.a]
    return all(sum(amount > 0 for amount in column) == 1 for column in columns) and all(len(row) == 1 for row in rows)


CASES = [case for case in TEXTBOOK if fit(case)]


def test_there_are_textbook_systems_that_fit() -> None:
    assert len(CASES) >= 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_unit_processes_reach_the_hand_solution(case: Textbook, tmp_path: Path) -> None:
    """Brightway solves the exported data sets to the inventory that was worked out on paper."""
    project = Project(Release(content(processes=unit_processes(case))), tmp_path)
    flows = {row["name"]: row.id for row in project.data.Database("made-1 flows")}
    demand = {owner(case, product): float(amount) for product, amount in case.demand.items()}
    lca = project.solved(demand, {})
    found = lca.inventory.sum(axis=1)
    for flow, amount in case.inventory.items():
        theirs = Fraction(float(found[lca.dicts.biosphere[flows[flow]], 0])) if flow in flows else Fraction(0)
        assert abs(theirs - amount) <= LIMIT * abs(Fraction(amount)), flow


def test_units_meet_and_what_is_not_there_is_listed(tmp_path: Path) -> None:
    """2 t of a product take 500 g of an input of 3 kgCO2e/kg and emit 1 kg CO2: (0.5 x 3 + 1) / 2 = 5/4 per tonne."""
    rows = (
        Exchange("input", "input", "500", "g", provider="f"),
        Exchange("input", "nobody's", "1", "kg"),
        Exchange("input", "no unit in common", "1", "kWh", provider="f"),
        Exchange("emission", "carbon dioxide", "1000", "g", flow="CO2|fossil"),
    )
    made = UnitProcess("p", "p", "", "", "CN", "2024", "t", "2", "meters", rows)
    project = Project(Release(content(factor("f", "3"), processes=(made,))), tmp_path)
    assert Fraction(project.solved({"p": 1.0}, project.values("AR6")).score) == Fraction(5, 4)
    assert "nobody's" in project.left and "no unit in common" in project.left


def test_awkward_names_neither_break_the_import_nor_become_numbers(tmp_path: Path) -> None:
    rows = [
        factor(f"{index}{text.strip()}", "2", name_en=text, name_zh=f"{index}") for index, text in enumerate(AWKWARD)
    ]
    plain = [
        factor(text, "2", name_zh=text) for text in ("2024", "1E5", "True", "nan", "a::b", "Activity", "exchanges")
    ]
    project = Project(Release(content(*rows, *plain)), tmp_path)
    values = project.values("AR6")
    assert len(project.data.Database("made-1")) == len(rows) + len(plain)
    assert {type(node["name"]) for node in project.data.Database("made-1")} == {str}
    for item in (*rows, *plain):
        assert project.solved({item.id: 1.0}, values).score == 2.0, item.id


def test_a_disputed_or_withheld_value_is_marked_or_missing(tmp_path: Path) -> None:
    disputed = factor("d", "2", confidence="conflict", other_values="3 elsewhere")
    absent = replace(factor("n", ""), status="not_published")
    project = Project(Release(content(disputed, absent, factor("p", "1", kind="process_parameter"))), tmp_path)
    (node,) = project.data.Database("made-1")
    assert "conflict" in node["comment"] and "3 elsewhere" in node["comment"]
    assert "\nn," in project.left and "\np," in project.left
