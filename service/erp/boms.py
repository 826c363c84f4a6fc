"""Bills of materials (物料清单): what a quantity of a product takes in a plant, from a day on.

A bill is replaced whole: all its lines of a file make it, and with a fault in one line none of it is taken. Components
may be products of the company.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lca.exact import Exact
from service.desk import Desk
from service.erp.fields import Fields
from service.erp.imports import Imported, body, chunks, refuse_or_go_on, upsert
from service.erp.models import BomRow
from service.erp.plants import check_known, codes
from service.erp.tables import Column, Table
from service.erp.versions import next_version

KIND: Final = "boms"
ROLES: Final = {
    "component": "component", "packaging": "packaging", "transport": "transport_in", "transport_in": "transport_in",
    "零部件": "component", "包装": "packaging", "运输": "transport_in",
}  # fmt: skip
"""What a line may be, and the input of the rule it becomes."""
COLUMNS: Final = (
    Column("product", ("产品", "产品号", "父件"), required=True),
    Column("plant", ("工厂", "工厂代码"), required=True),
    Column("valid_from", ("生效日", "有效期从")),
    Column("per", ("基准数量",), required=True),
    Column("per_unit", ("基准单位",), required=True),
    Column("component", ("组件", "子件", "物料号"), required=True),
    Column("amount", ("用量", "数量"), required=True),
    Column("unit", ("单位", "用量单位"), required=True),
    Column("scrap_percent", ("损耗率", "损耗率%")),
    Column("role", ("类别",)),
)


@dataclass(frozen=True, slots=True)
class BomLine:
    """One component: its number, its amount in ``unit`` for the quantity of the bill, scrap in per cent on top."""

    component: str
    amount: Exact
    unit: str
    scrap_percent: Exact | None
    role: str


@dataclass(frozen=True, slots=True)
class Bom:
    """The bill of a product in a plant: its lines are for ``per`` of ``per_unit``."""

    product: str
    plant: str
    valid_from: str
    per: Exact
    per_unit: str
    lines: tuple[BomLine, ...]
    serial: int = 0

    def plain(self) -> dict[str, Any]:
        """As it is kept: lines in the order of role, number and amount, so that the order of a file means nothing."""
        lines = [
            {
                "component": line.component, "amount": line.amount.text(), "unit": line.unit, "role": line.role,
                "scrap_percent": "" if line.scrap_percent is None else line.scrap_percent.text(),
            }
            for line in self.lines
        ]  # fmt: skip
        lines = [{key: text for key, text in line.items() if text} for line in lines]
        lines.sort(key=lambda line: (line["role"], line["component"], line["unit"], line["amount"], str(line)))
        return {"per": self.per.text(), "per_unit": self.per_unit, "lines": lines}


class Bills:
    """The bill in force on a day of every product and plant: the one that began last. Read when it is asked for."""

    def __init__(self, rows: Mapping[tuple[str, str], tuple[str, int, str]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, product: str, plant: str) -> Bom | None:
        """The bill of a product in a plant."""
        row = self._rows.get((product, plant))
        return None if row is None else _typed(product, plant, *row)

    def __iter__(self) -> Iterator[Bom]:
        return (_typed(key[0], key[1], *row) for key, row in sorted(self._rows.items()))


def load(session: Session, tenant: str, day: str) -> Bills:
    """All bills in force on a day."""
    newest: dict[tuple[str, str], tuple[str, int, str]] = {}
    query = select(BomRow.product, BomRow.plant, BomRow.valid_from, BomRow.serial, BomRow.body)
    query = query.where(BomRow.tenant_id == tenant, BomRow.valid_from <= day)
    for product, plant, start, serial, text in session.execute(query):
        if (product, plant) not in newest or start > newest[product, plant][0]:
            newest[product, plant] = (start, serial, text)
    return Bills(newest)


def _typed(product: str, plant: str, start: str, serial: int, text: str) -> Bom:
    kept = json.loads(text)
    lines = tuple(
        BomLine(
            line["component"], Exact.from_record(line["amount"]), line["unit"],
            Exact.from_record(line["scrap_percent"]) if "scrap_percent" in line else None, line["role"],
        )
        for line in kept["lines"]
    )  # fmt: skip
    return Bom(product, plant, start, Exact.from_record(kept["per"]), kept["per_unit"], lines, serial)


def import_boms(desk: Desk, table: Table, *, actor: str, partial: bool = False) -> Imported:
    """Replace the bills that a file names, as one version.

    Raises:
        Refused: the faults of all rows, without ``partial``; with it a bill with a faulty line is left out whole.
    """
    faults = list(table.faults)
    rows: defaultdict[tuple[str, str, str], list[tuple[Fields, Exact, str, BomLine]]] = defaultdict(list)
    spoiled = set()
    known = codes(desk)
    for line in table.lines:
        fields = Fields(line)
        key, per, per_unit, made = _read(fields)
        check_known(fields, known, key[1])
        if made is None or per is None or fields.faults.faults:
            spoiled.add(key)
        else:
            rows[key].append((fields, per, per_unit, made))
        faults += fields.faults.faults
    made_boms = {}
    for key, parts in rows.items():
        _, per, per_unit, _ = parts[0]
        for fields, other, unit, _ in parts[1:]:
            if (other, unit) != (per, per_unit):
                fields.fault("erp_bom_differs", "per", f"{other} {unit}", f"{per} {per_unit}, as the first line")
                faults += fields.faults.faults
                spoiled.add(key)
        if key not in spoiled:
            made_boms[key] = Bom(*key, per, per_unit, tuple(line for *_, line in parts))
    left_out = refuse_or_go_on(faults, partial=partial)
    fresh, label = _write(desk, {key: body(bom.plain()) for key, bom in made_boms.items()}, actor, table.source)
    return Imported(KIND, len(table.lines), fresh, len(made_boms) - fresh, label, left_out)


def _read(fields: Fields) -> tuple[tuple[str, str, str], Exact | None, str, BomLine | None]:
    product, plant = fields.text("product", required=True), fields.text("plant", required=True)
    key = (product, plant, fields.day("valid_from"))
    per, per_unit = fields.number("per", required=True, positive=True), fields.unit("per_unit", required=True)
    component, unit = fields.text("component", required=True), fields.text("unit", required=True)
    amount, scrap = fields.number("amount", required=True), fields.number("scrap_percent")
    role = fields.choice("role", ROLES, default="component")
    line = None if amount is None else BomLine(component, amount, unit, scrap, role)
    return key, per, per_unit, line


def _write(desk: Desk, read: dict[tuple[str, str, str], str], actor: str, source: str) -> tuple[int, str]:
    """Write the bills that differ from what is kept; how many, and the version's label."""
    with Session(desk.engine) as session, session.begin():
        known: dict[tuple[str, str, str], str] = {}
        for part in chunks(sorted({key[0] for key in read})):
            query = select(BomRow.product, BomRow.plant, BomRow.valid_from, BomRow.body)
            query = query.where(BomRow.tenant_id == desk.tenant, BomRow.product.in_(part))
            known |= {(row[0], row[1], row[2]): row[3] for row in session.execute(query)}
        fresh = {name: text for name, text in sorted(read.items()) if known.get(name) != text}
        if not fresh:
            return 0, ""
        version = next_version(session, desk.tenant, KIND, changed=len(fresh), actor=actor, source=source)
        rows = [
            {
                "tenant_id": desk.tenant, "product": name[0], "plant": name[1], "valid_from": name[2],
                "serial": version.serial, "body": text,
            }
            for name, text in fresh.items()
        ]  # fmt: skip
        upsert(session, BomRow, rows)
        return len(fresh), version.label
