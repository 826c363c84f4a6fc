"""The nights of an ERP: 40,000 products in 5 levels on 2,000 shared parts, 12 plants: first, unchanged, one part moved.

    python -m benchmarks.erp [--products 40000] [--workers 2] [--keep FOLDER]

Everything goes the way a company's data go: CSV files through the importers into a SQLite store, then ``pcf erp
calculate``. What a changed purchase factor may move is worked out here by a walk over the generator's own lists.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import platform
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LEVELS: Final = 5
PARTS_OF_A_PRODUCT: Final = 4
OWN_OF_A_PRODUCT: Final = 3
MONTHS: Final = tuple(f"2026-{month:02}" for month in range(1, 13))
PERIOD: Final = "2026"


@dataclass(frozen=True)
class Company:
    """A made-up company: ``uses`` is what each product takes, own products and parts alike."""

    plants: tuple[str, ...]
    parts: tuple[str, ...]
    plant_of: dict[str, str]
    uses: dict[str, tuple[str, ...]]


def company(products: int, parts: int, plants: int, seed: int) -> Company:
    """Levels of equal size; a product takes four shared parts and, above the lowest level, three of the level below."""
    pick = random.Random(seed)
    shared = tuple(f"PART-{number:05}" for number in range(parts))
    codes = tuple(f"P{number:02}" for number in range(1, plants + 1))
    levels = [[f"L{level}-{number:05}" for number in range(products // LEVELS)] for level in range(1, LEVELS + 1)]
    uses, plant_of = {}, {}
    for level, names in enumerate(levels):
        for name in names:
            own = pick.sample(levels[level - 1], OWN_OF_A_PRODUCT) if level else []
            uses[name] = (*pick.sample(shared, PARTS_OF_A_PRODUCT), *own)
            plant_of[name] = pick.choice(codes)
    return Company(codes, shared, plant_of, uses)


def descendants(made: Company, part: str) -> set[str]:
    """Products that a part goes into, directly or inside another product: a walk over the lists alone."""
    used_by: defaultdict[str, list[str]] = defaultdict(list)
    for product, components in made.uses.items():
        for component in components:
            used_by[component].append(product)
    found: set[str] = set()
    open_ = list(used_by[part])
    while open_:
        product = open_.pop()
        if product not in found:
            found.add(product)
            open_ += used_by[product]
    return found


def factor_ids() -> list[str]:
    """Factors per mass of the public release that a material may map to."""
    from factordb.release import open_release

    found = open_release("cn-2026.1").factors.values()
    good = [item for item in found if item.kind == "cradle_to_gate" and item.value and item.confidence == "seen"]
    return [item.id for item in good if item.denominator in ("kg", "t")]


def write(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """A CSV file."""
    out = io.StringIO()
    file = csv.writer(out, lineterminator="\n")
    file.writerow(head)
    file.writerows(rows)
    return out.getvalue().encode()


def files(made: Company, factors: list[str]) -> Iterator[tuple[str, bytes]]:
    """The four tables, by kind, in the order in which they are imported."""
    yield "plants", write(("plant", "country", "shared_by"), ((code, "CN", "pieces") for code in made.plants))
    parts = ((part, "kg", factors[number % len(factors)], "", "") for number, part in enumerate(made.parts))
    own = ((name, "ST", "", "1", "piece") for name in made.uses)
    yield "materials", write(("number", "unit", "maps_to", "per_unit", "in_unit"), (*parts, *own))
    shared = set(made.parts)
    lines = (
        (name, made.plant_of[name], "1", "piece", used, *(("0.25", "kg") if used in shared else ("1", "ST")))
        for name, components in made.uses.items()
        for used in components
    )
    yield "boms", write(("product", "plant", "per", "per_unit", "component", "amount", "unit"), lines)
    head = ("plant", "month", "kind", "id", "product", "material", "amount", "unit", "properties")
    yield "months", write(head, _months(made))


def _months(made: Company) -> Iterator[tuple[str, ...]]:
    gas = "ncv=0.0389 GJ/Nm3; density=0.7174"
    for month in MONTHS:
        for number, code in enumerate(made.plants):
            yield code, month, "electricity", "M-1", "", "", str(900000 + 1000 * number), "kWh", ""
            yield code, month, "fuel", "G-1", "", "natural_gas", str(20000 + 100 * number), "Nm3", gas
        for name, code in made.plant_of.items():
            yield code, month, "output", "", name, "", "100", "piece", ""


@contextmanager
def timed(rows: dict[str, Any], name: str) -> Iterator[None]:
    """Seconds of a step by the clock, and of all processors, workers that have ended included; printed and kept."""
    start, used = time.perf_counter(), _processors()
    yield
    rows[name] = round(time.perf_counter() - start, 1)
    print(f"{name:<44} {rows[name]:>9.1f} s {_processors() - used:>9.1f} s of processors", flush=True)


def _processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print a line for each step, and what was held against what."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--products", type=int, default=40_000)
    asked.add_argument("--parts", type=int, default=0)
    asked.add_argument("--plants", type=int, default=12)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    parts = given.parts or max(40, given.products // 20)
    made = company(given.products, parts, given.plants, given.seed)
    print(f"{platform.machine()}, Python {platform.python_version()}, {given.workers} workers, seed {given.seed}")
    print(f"{len(made.uses):,} products, {LEVELS} levels, {parts:,} parts, {given.plants} plants")
    with tempfile.TemporaryDirectory() as folder:
        run(made, given.workers, given.keep or Path(folder))


def run(made: Company, workers: int, folder: Path) -> None:
    """Import, three nights, and the comparison."""
    from service.desk import open_desk
    from service.erp import boms, materials, months, plants
    from service.erp.job import run_here
    from service.erp.night import Wanted, opened
    from service.erp.tables import read_csv

    rows: dict[str, Any] = {}
    factors = factor_ids()
    wanted = Wanted(PERIOD, workers=workers)
    with open_desk(str(folder / "erp.db")) as desk:
        found = opened(desk, "")
        releases = (*found.picked, *found.pinned)
        columns = {"plants": plants, "materials": materials, "boms": boms, "months": months}
        for kind, content in files(made, factors):
            with timed(rows, f"import {kind}, {len(content) / 1e6:.1f} MB"):
                table = read_csv(content, columns[kind].COLUMNS, f"{kind}.csv")
                if kind == "materials":
                    materials.import_materials(desk, table, actor="benchmark", releases=releases)
                else:
                    getattr(columns[kind], f"import_{kind}")(desk, table, actor="benchmark")
        with timed(rows, "first night"):
            first = run_here(desk, wanted, lambda done, total: None)
        told = first.plain()
        print(f"  {told['new_records']:,} records, {told['failed']} failed")
        with timed(rows, "second night, unchanged"):
            second = run_here(desk, wanted, lambda done, total: None).plain()
        print(f"  {second['new_records']:,} records, {second['calculated']} calculated")
        part = made.parts[len(made.parts) // 2]
        table = read_csv(write(("number", "unit", "maps_to"), [(part, "kg", factors[0])]), materials.COLUMNS, "one.csv")
        materials.import_materials(desk, table, actor="benchmark", releases=releases)
        with timed(rows, "third night, one purchase factor changed"):
            third = run_here(desk, wanted, lambda done, total: None)
        moved = {item.partition("/")[2] for item in third.done.calculated}
        expected = descendants(made, part)
        verdict = "equal" if moved == expected else "NOT EQUAL"
        print(f"  {len(moved):,} calculated, {len(expected):,} descendants by the generator's lists: {verdict}")
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"store {size:,.0f} MB; memory at most {memory:,.0f} MB, a worker {children:,.0f} MB")
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
