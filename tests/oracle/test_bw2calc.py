"""Brightway's bw2calc on the same matrices: a check of the solve, never of a rule (architecture §8).

The systems enter as data packages in memory; Brightway's own folder, which it makes at import, goes to a temporary
place.
Tolerance: 1e-12 relative to the largest level or contribution, since bw2calc computes in binary64.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lca.bare import solve_bare
from lca.exact import ZERO, Exact
from lca.solve import binary64_levels, solve
from lca.system import LinearSystem
from lca.units import convert
from tests.fixtures._need import missing
from tests.lca._systems import TEXTBOOK, Drawn, Textbook, drawn_systems, fraction
from tests.lca.test_solve import chain
from tests.pcr._help import run
from tests.pcr.test_mutations import WORKS_YEAR, works_year

pytestmark = pytest.mark.brightway
LIMIT = Q(1, 10**12)


@pytest.fixture(scope="module")
def brightway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """(bw_processing, bw2calc); the module's systems need no project, no database and no disk."""
    if any(importlib.util.find_spec(name) is None for name in ("bw_processing", "bw2calc")):
        missing("bw2calc is not installed", "sh scripts/setup.sh dev")
    folder: Path = tmp_path_factory.mktemp("brightway")
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = str(folder)
    import bw2calc
    import bw_processing

    yield bw_processing, bw2calc
    if before is None:
        del os.environ["BRIGHTWAY2_DIR"]
    else:
        os.environ["BRIGHTWAY2_DIR"] = before


def second_opinion(brightway: Any, case: Textbook, method: str) -> tuple[dict[str, float], dict[str, float], float]:
    """Levels, inventory and score by bw2calc. Identifiers: products 1.., processes 1001.., flows 2001.."""
    import numpy as np

    processing, calc = brightway
    package = processing.create_datapackage(sum_intra_duplicates=True)

    def matrix(name: str, cells: list[tuple[int, int, float]]) -> None:
        indices = np.array([(i, j) for i, j, _ in cells], dtype=processing.INDICES_DTYPE)
        data = np.array([value for _, _, value in cells], dtype=float)
        package.add_persistent_vector(matrix=name, name=name, indices_array=indices, data_array=data)

    def cells(rows: tuple[tuple[Q | int, ...], ...], start: int) -> list[tuple[int, int, float]]:
        return [
            (start + i, 1001 + j, float(value)) for i, row in enumerate(rows) for j, value in enumerate(row) if value
        ]

    matrix("technosphere_matrix", cells(case.a, 1))
    # every flow and process is there, also where it is all zero
    emissions = cells(case.b, 2001)
    held = {(i, j) for i, j, _ in emissions}
    emissions += [(2001 + i, 1001, 0.0) for i in range(len(case.b)) if (2001 + i, 1001) not in held]
    matrix("biosphere_matrix", emissions)
    factors = case.methods[method]
    matrix("characterization_matrix", [(2001 + i, 2001 + i, float(value)) for i, value in enumerate(factors)])
    demand = {1 + case.products.index(name): float(amount) for name, amount in case.demand.items()}
    lca = calc.LCA(demand=demand, data_objs=[package])
    lca.lci()
    lca.lcia()
    levels = {name: float(lca.supply_array[lca.dicts.activity[1001 + j]]) for j, name in enumerate(case.processes)}
    sums = np.asarray(lca.inventory.sum(axis=1)).ravel()
    inventory = {name: float(sums[lca.dicts.biosphere[2001 + i]]) for i, name in enumerate(case.flows)}
    return levels, inventory, float(lca.score)


def near(theirs: float, ours: Q, most: Q) -> bool:
    return abs(Q(theirs) - ours) <= LIMIT * most


def compare(brightway: Any, case: Textbook) -> None:
    system = case.system()
    solution = solve(system, case.wanted())
    for method in case.methods:
        levels, inventory, score = second_opinion(brightway, case, method)
        most = max(abs(fraction(level)) for level in solution.scaling.values())
        for name, level in solution.scaling.items():
            assert near(levels[name], fraction(level), most), f"{case.name}: level of {name}"
        for flow, amount in solution.inventory.items():
            parts = [fraction(v) * fraction(solution.scaling[p]) for (f, p), v in system.b.items() if f == flow]
            largest = max((abs(part) for part in parts), default=Q(0))
            assert near(inventory[flow], fraction(amount), largest), f"{case.name}: {flow}"
        shares: Mapping[str, Any] = solution.contributions[method]
        largest = max(
            abs(fraction(v) * fraction(solution.scaling[p]) * fraction(system.methods[method][f]))
            for (f, p), v in system.b.items()
        )
        assert near(score, fraction(solution.scores[method]), largest), f"{case.name}: score of {method}"
        assert len(shares) == len(case.processes)


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_textbook_systems(brightway: Any, case: Textbook) -> None:
    compare(brightway, case)


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case.name)
def test_the_oracle_itself_reaches_the_hand_solution(brightway: Any, case: Textbook) -> None:
    """bw2calc against paper, without our solver between: guards the translation into data packages."""
    method = next(iter(case.methods))
    levels, inventory, _ = second_opinion(brightway, case, method)
    most = max(abs(Q(level)) for level in case.levels.values())
    assert all(near(levels[name], Q(level), most) for name, level in case.levels.items())
    largest = max(abs(Q(amount)) for amount in case.inventory.values())
    assert all(near(inventory[name], Q(amount), largest) for name, amount in case.inventory.items())


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(case=drawn_systems(most=8))
def test_random_systems(brightway: Any, case: Drawn) -> None:
    book = case.textbook()
    if book.system().b and any(case.c):
        compare(brightway, book)


CLASSES = sorted(WORKS_YEAR)


@pytest.mark.parametrize("rule", CLASSES)
def test_the_works_year_of_each_class(brightway: Any, rule: str) -> None:
    """Brightway solves the system of every product of every class's example alike: the solve, not the rule."""
    derived = run(works_year(rule), draft=True)
    system = derived.works.system
    for product, footprint in derived.works.footprints.items():
        unit = next(item.unit for item in derived.works.resolved.inventory.processes if item.product == product)
        reference = footprint.reference
        demand = {product: fraction(convert(reference.amount, reference.unit, unit))}
        compare(brightway, as_book(system, f"{rule}: {product}", demand))


def as_book(system: LinearSystem, name: str, demand: Mapping[str, Q]) -> Textbook:
    """A labelled system as dense rows, without a hand solution."""

    def rows(entries: Mapping[tuple[str, str], Exact], names: tuple[str, ...]) -> tuple[tuple[Q | int, ...], ...]:
        return tuple(
            tuple(fraction(entries.get((name, process), ZERO)) for process in system.processes) for name in names
        )

    methods = {
        method: tuple(fraction(factors.get(flow, ZERO)) for flow in system.flows)
        for method, factors in system.methods.items()
    }
    a, b = rows(system.a, system.products), rows(system.b, system.flows)
    return Textbook(name, system.products, system.processes, system.flows, a, b, demand, {}, {}, methods)


def test_a_chain_of_a_hundred_and_fifty_with_feedback(brightway: Any) -> None:
    """Levels from 1 down to 2^-149: compared with the largest, as agreed."""
    case = chain(150)
    compare(brightway, Textbook(**{**{f: getattr(case, f) for f in case.__dataclass_fields__}, "methods": {"m": (1,)}}))


def test_both_binary64_solvers_agree_above_the_rational_limit(brightway: Any) -> None:
    book = chain(300)
    case = Textbook(**{**{f: getattr(book, f) for f in book.__dataclass_fields__}, "methods": {"m": (1,)}})
    theirs, _, score = second_opinion(brightway, case, "m")
    ours, _ = binary64_levels(case.system(), case.wanted())
    most = max(map(abs, ours.values()))
    assert all(abs(theirs[name] - level) <= 1e-12 * most for name, level in ours.items())
    assert abs(score - float(solve_bare(case.bare())["scores"]["m"])) <= 1e-12 * abs(score)
