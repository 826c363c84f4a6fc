"""ListFootprints over 40,000 published footprints, a line per question. ``python -m benchmarks.pact``.

The conformance service allows two seconds for an answer over the network; here is the time of the list itself, SQLite.
"""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import Table, insert

from lca.faults import Collector
from service.calculate import Asked, calculate
from service.desk import Desk, examples_path, open_desk
from service.intake import read_file
from service.pact.filters import of_query
from service.pact.listing import listed
from service.pact.models import PactFootprintRow, PactTermRow
from service.pact.profile import set_profile
from service.pact.publish import publish
from service.pact.stated import Stated

MANY = 40_000
QUESTIONS = (
    "", "limit=500", "productId=urn:x:p:39999", "productId=urn:x:none", "companyId=urn:x:none", "geography=CN-SD",
    "geography=XX", "status=none", "validOn=2026-01-01T00:00:00Z", "validOn=1900-01-01T00:00:00Z",
)  # fmt: skip


def fill(desk: Desk) -> None:
    """One real footprint, and copies of it with ids of their own."""
    set_profile(desk, name="Acme", domain="acme.example", base_url="https://pcf.acme.example", actor="bench")
    done = calculate(read_file(examples_path("cement_works_2024.yaml")), Asked(), desk.records, caller="bench")
    record = done.records[0]["name"]
    shown = publish(desk, record, Stated(fossil_carbon="0", unsplit="fossil"), actor="bench")
    body = {name: value for name, value in shown.items() if name != "status"}
    rows, terms = [], []
    for number in range(MANY):
        made = {"tenant_id": "local", "id": str(uuid.uuid4()), "record_name": record, "status": "Active"}
        made |= {"valid_from": "2025-01-01T00:00:00.000000Z", "valid_to": "2028-01-01T00:00:00.000000Z"}
        text = json.dumps({**body, "id": made["id"], "productIds": [f"urn:x:p:{number}"]}, ensure_ascii=False)
        rows.append(made | {"created_at": f"2026-12-01T00:00:00.{number:06d}Z", "deprecated_at": "", "body": text})
        for name, value in (("productId", f"urn:x:p:{number}"), ("companyId", "urn:x:c"), ("geography", "cn-sd")):
            terms.append({"tenant_id": "local", "footprint_id": made["id"], "name": name, "value": value})
    for model, values in ((PactFootprintRow, rows), (PactTermRow, terms)):
        table = model.__table__
        assert isinstance(table, Table)
        with desk.engine.begin() as connection:
            connection.execute(insert(table), values)


def main() -> None:
    """Print a line per question: found on the first page, whether there are more, median of five in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, open_desk(str(Path(folder) / "pcf.db")) as desk:
        fill(desk)
        print(f"{MANY:,} footprints")
        for question in QUESTIONS:
            name, _, value = question.partition("=")
            limit = int(value) if name == "limit" else 100
            filters = of_query([] if name in ("", "limit") else [(name, value)], Collector())
            taken = []
            for _ in range(5):
                began = time.perf_counter()
                found, following = listed(desk, filters, partner="", limit=limit)
                taken.append((time.perf_counter() - began) * 1000)
            more = "more follow" if following else ""
            print(f"{sorted(taken)[2]:8.1f} ms  {len(found):4} found  {more:12} {question or 'all'}")


if __name__ == "__main__":
    main()
