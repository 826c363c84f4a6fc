"""One product's document as it would be calculated now, and the footprint in force beside it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.batch.graph import rewritten
from service.batch.items import references
from service.batch.supply import Supply
from service.desk import Desk
from service.erp import footprints
from service.erp.compose import document, item_id
from service.erp.network import company_of, product_of, release_of
from service.erp.night import Wanted, bench_of, opened, series_of
from service.erp.period import period_of
from service.jobs.models import BatchItemRow
from service.records.store import RecordStore


def show(desk: Desk, number: str, plant: str, wanted: Wanted) -> dict[str, Any]:
    """The activity data of a product, what ``pcf calculate`` takes: own products stand as ``record:<name>`` of what
    was calculated last, ``release`` says where all ids are found. ``open``: own products that are not calculated yet.

    Raises:
        Refused: ``erp_product_unknown``; everything that keeps the product from being composed.
    """
    period = period_of(wanted.period)
    releases = opened(desk, wanted.release)
    company = company_of(desk, period, releases)
    if not company.makes(plant, number):
        made = ", ".join(company.makers(number)) or "no plant"
        raise Refused([Fault("erp_product_unknown", found=f"{number}, {plant}", expected=f"made by {made}")])
    data = document(company, plant, number)
    supplies: dict[str, Supply] = {}
    lacking = []
    for _, reference in references(data):
        supply = _last(desk, series_of(period), reference)
        if supply is None or supply.factor is None:
            lacking.append(reference)
        else:
            supplies[reference] = supply
    for row in data["rows"]:
        name = row.get("factor", "")
        if name not in supplies and (bought := releases.supply(name)) is not None:
            supplies[name] = bought
    bench = bench_of(desk, wanted, releases)
    ids = {name: supply.factor.id for name, supply in supplies.items() if supply.factor is not None}
    if supplies and isinstance(bench.store, RecordStore):
        bench.publish(bench.store, bench.graph_release(supplies.values()))
    return {
        "item": item_id(plant, number),
        "period": period.key,
        "release": release_of(bench, supplies),
        "open": lacking,
        "in_force": footprints.in_force(desk, period.key).get((number, plant), {}),
        "data": rewritten(data, ids),
    }


def _last(desk: Desk, series: str, reference: str) -> Supply | None:
    """What a product became when it was calculated last; None where it was not, or failed."""
    item, product = product_of(reference)
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        row = session.get(BatchItemRow, (desk.tenant, series, item))
    found = json.loads(row.body).get("supplies", {}).get(product) if row is not None else None
    return Supply.of(found) if found else None
