"""Made-up companies for the tests of own products: short tables, imported the way files are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from factordb.models import Tenant
from service.desk import Desk
from service.erp import boms, materials, months, plants
from service.erp.imports import Imported
from service.erp.job import run_here
from service.erp.network import Releases
from service.erp.night import Night, Wanted, opened
from service.erp.tables import of_rows, read_csv
from service.records.store import RecordStore

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "erp"
KINDS = {"plants": plants, "materials": materials, "boms": boms, "months": months}
STEEL, PLASTIC = "ademe-26729", "ademe-20845"
"""2211 and 2000 kg CO2e per t."""
Row = dict[str, str]


def desk_of(store: RecordStore, tenant: str = "") -> Desk:
    """The store for one company, made where it is new."""
    desk = Desk(store.engine, store)
    if not tenant:
        return desk
    other = desk.of(tenant)
    with Session(other.engine) as session, session.begin():
        if session.get(Tenant, tenant) is None:
            session.add(Tenant(id=tenant))
    return other


def put(desk: Desk, kind: str, content: bytes | Sequence[Mapping[str, Any]], **more: Any) -> Imported:
    """Import a table, as a file or as rows of a request."""
    module = KINDS[kind]
    file = isinstance(content, bytes)
    table = read_csv(content, module.COLUMNS, f"{kind}.csv") if file else of_rows(content, module.COLUMNS)
    if kind == "materials":
        found: Releases = opened(desk, "")
        more = {"releases": (*found.picked, *found.pinned), **more}
    done: Imported = getattr(module, f"import_{kind}")(desk, table, actor="test", **more)
    return done


def example(desk: Desk) -> None:
    """The three products of ``examples/erp``."""
    for kind in KINDS:
        put(desk, kind, (EXAMPLE / f"{kind}.csv").read_bytes())


def night(desk: Desk, period: str = "2026", **more: Any) -> Night:
    """A night in this process."""
    return run_here(desk, Wanted(period, **more), lambda done, total: None)


def company(
    desk: Desk, uses: Mapping[str, Sequence[str]], parts: Mapping[str, str], plant: str = "P1", month: str = "2026-01"
) -> None:
    """A plant that makes 100 pieces of every product in a month: each takes one of every component."""
    put(desk, "plants", [{"plant": plant, "country": "CN", "shared_by": "pieces"}])
    put(desk, "materials", [part(number, factor) for number, factor in parts.items()])
    put(desk, "boms", [line for product, used in uses.items() for line in bill(product, used, parts, plant)])
    meter = {"plant": plant, "month": month, "kind": "electricity", "id": "M", "amount": "1000", "unit": "kWh"}
    put(desk, "months", [meter, *(output(product, plant, month) for product in uses)])


def part(number: str, factor: str) -> Row:
    return {"number": number, "unit": "kg", "maps_to": factor}


def bill(product: str, used: Iterable[str], parts: Mapping[str, str], plant: str = "P1") -> list[Row]:
    head = {"product": product, "plant": plant, "per": "1", "per_unit": "piece"}
    return [
        {**head, "component": number, "amount": "1", "unit": "kg" if number in parts else "piece"} for number in used
    ]


def output(product: str, plant: str = "P1", month: str = "2026-01", amount: str = "100") -> Row:
    return {"plant": plant, "month": month, "kind": "output", "product": product, "amount": amount, "unit": "piece"}
