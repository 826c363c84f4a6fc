"""The use-case *second opinion*: a record's system solved by Brightway, each stage beside ours.

It checks the solve, not the rule: Brightway gets the matrices that our rule made. Brightway is imported inside the
function only, with its project folder in a temporary place.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final

from lca.exact import ZERO, Exact
from lca.faults import Fault, Refused
from lca.gradient import levels_of
from lca.system import LinearSystem
from service.explain import Explained, explained

LIMIT: Final = Exact(1, 10**9)
"""Relative to the largest stage: Brightway computes in binary64."""
PACKAGES: Final = ("bw_processing", "bw2calc")


@dataclass(frozen=True, slots=True)
class Engine:
    """Another solver: a system and a demand to the activity level of each process."""

    name: str
    levels: Callable[[LinearSystem, Mapping[str, Exact]], dict[str, Exact]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One stage, or the total; kg CO2e per unit of the record."""

    stage: str
    ours: Exact
    theirs: Exact
    agrees: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """Both solves of one record."""

    engine: str
    """``bw2calc 3.1.0``."""
    rows: tuple[Compared, ...]
    """Stages in the record's order, the total last."""

    @property
    def agrees(self) -> bool:
        return all(row.agrees for row in self.rows)


def second_opinion(record: Mapping[str, Any], engine: Engine | None = None) -> Opinion:
    """Solve a record's system with another engine and compare each stage with our own solution.

    ``engine``: default bw2calc, as installed.

    Raises:
        Refused: ``second_opinion_missing`` where Brightway is not installed; ``section_left_out``; ``record_form``.
    """
    engine = engine or installed()
    found = explained(record)
    ours = _by_stage(found, levels_of(found.system, found.demand))
    theirs = _by_stage(found, engine.levels(found.system, found.demand))
    most = max((abs(value) for value in ours.values()), default=ZERO)
    rows = tuple(
        Compared(stage, value, theirs[stage], abs(value - theirs[stage]) <= LIMIT * most)
        for stage, value in ours.items()
    )
    return Opinion(engine.name, rows)


def installed() -> Engine:
    """bw2calc of this environment.

    Raises:
        Refused: ``second_opinion_missing``.
    """
    if any(find_spec(name) is None for name in PACKAGES):
        expected = "pip install pcf-engine[brightway]"
        raise Refused([Fault("second_opinion_missing", "--second-opinion", "bw2calc is not installed", expected)])
    return Engine(f"bw2calc {version('bw2calc')}", _brightway)


def _by_stage(found: Explained, levels: Mapping[str, Exact]) -> dict[str, Exact]:
    """Stage totals at given levels: emissions of own processes, and of what they bought at the stage that bought it."""
    factors = found.system.methods[found.method]
    per_run = dict.fromkeys(found.system.processes, ZERO)
    for (flow, process), amount in found.system.b.items():
        per_run[process] = per_run[process] + amount * factors.get(flow, ZERO)
    leaves = {
        product: per_run[process] / amount
        for (product, process), amount in found.system.a.items()
        if process not in found.stages
    }
    totals = dict.fromkeys(dict.fromkeys(found.stages.values()), ZERO)
    for process, stage in found.stages.items():
        totals[stage] = totals[stage] + per_run[process] * levels[process]
    for (product, process), amount in found.system.a.items():
        if process in found.stages and product in leaves:
            totals[found.stages[process]] = totals[found.stages[process]] - amount * levels[process] * leaves[product]
    return {**totals, "": sum(totals.values(), ZERO)}


def _brightway(system: LinearSystem, demand: Mapping[str, Exact]) -> dict[str, Exact]:
    """Levels by bw2calc from a data package in memory. Identifiers: products 1.., then processes, then flows."""
    with _own_folder():
        import bw2calc
        import bw_processing
        import numpy as np

        ids = {("product", name): k for k, name in enumerate(system.products, 1)}
        ids |= {("process", name): len(ids) + k for k, name in enumerate(system.processes, 1)}
        ids |= {("flow", name): len(ids) + k for k, name in enumerate(system.flows, 1)}
        package = bw_processing.create_datapackage(sum_intra_duplicates=True)

        def matrix(name: str, cells: list[tuple[int, int, float]]) -> None:
            indices = np.array([(i, j) for i, j, _ in cells], dtype=bw_processing.INDICES_DTYPE)
            data = np.array([value for _, _, value in cells], dtype=float)
            package.add_persistent_vector(matrix=name, name=name, indices_array=indices, data_array=data)

        matrix("technosphere_matrix", [
            (ids["product", i], ids["process", j], float(value)) for (i, j), value in system.a.items()
        ])  # fmt: skip
        matrix("biosphere_matrix", _emissions(system, ids))
        wanted = {ids["product", name]: float(amount) for name, amount in demand.items()}
        lca = bw2calc.LCA(demand=wanted, data_objs=[package])
        lca.lci()
        places = lca.dicts.activity
        return {
            name: Exact.from_binary64(float(lca.supply_array[places[ids["process", name]]]))
            for name in system.processes
        }


def _emissions(system: LinearSystem, ids: Mapping[tuple[str, str], int]) -> list[tuple[int, int, float]]:
    """B as cells; every flow is there, also one that is all zero."""
    cells = [(ids["flow", i], ids["process", j], float(value)) for (i, j), value in system.b.items()]
    held = {i for i, _, _ in cells}
    first = ids["process", system.processes[0]]
    return cells + [(ids["flow", name], first, 0.0) for name in system.flows if ids["flow", name] not in held]


@contextmanager
def _own_folder() -> Iterator[None]:
    """Brightway makes a project folder when it is imported: it gets one of ours."""
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = _folder().name
    try:
        yield
    finally:
        if before is None:
            del os.environ["BRIGHTWAY2_DIR"]
        else:
            os.environ["BRIGHTWAY2_DIR"] = before


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Kept while the process lives, because Brightway keeps it from its first import on, and gone with it."""
    return tempfile.TemporaryDirectory(prefix="pcf-brightway-")
