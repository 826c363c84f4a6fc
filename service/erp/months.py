"""Plant-months (工厂月度数据): meters, fuels, auxiliaries, emissions, wastes and outputs of a plant, month by month.

One meter serves many products: a line without a product is of the whole plant. A line with one is a meter of its own
and counts for that product alone; ``part_of`` says that it lies under another meter, which then shows the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.desk import Desk
from service.erp.fields import Fields
from service.erp.imports import Imported, body, refuse_or_go_on, upsert
from service.erp.models import MeterMonthRow, OutputMonthRow
from service.erp.plants import check_known, codes
from service.erp.tables import Column, Table
from service.erp.versions import next_version

KIND: Final = "months"
OUTPUT: Final = "output"
METERED: Final = ("electricity", "fuel", "heat", "consumable", "direct_emission", "waste")
KINDS: Final = {
    **{name: name for name in (*METERED, OUTPUT)},
    "电": "electricity", "用电": "electricity", "燃料": "fuel", "热力": "heat", "辅料": "consumable",
    "直接排放": "direct_emission", "废物": "waste", "产量": OUTPUT,
}  # fmt: skip
EVIDENCE: Final = ("document", "meter", "calibration_valid_to", "basis", "responsible", "note")
SUPPLY: Final = ("supply", "technology", "topology", "generation", "export", "line_loss", "supply_evidence")
COLUMNS: Final = (
    Column("plant", ("工厂", "工厂代码"), required=True),
    Column("month", ("月份", "年月"), required=True),
    Column("kind", ("类别", "类型"), required=True),
    Column("id", ("编号", "表计号")),
    Column("product", ("产品", "产品号")),
    Column("part_of", ("所属总表",)),
    Column("material", ("物料", "燃料", "品种")),
    Column("amount", ("数量", "用量"), required=True),
    Column("unit", ("单位",), required=True),
    Column("machine_hours", ("机时",)),
    Column("value", ("产值",)),
    Column("properties", ("参数",)),
    Column("supply", ("供电方式",)),
    Column("technology", ("发电类型",)),
    Column("topology", ("并网方式",)),
    Column("generation", ("发电量",)),
    Column("export", ("上网电量",)),
    Column("line_loss", ("线损",)),
    Column("supply_evidence", ("供电凭证",)),
    Column("document", ("凭证", "单据")),
    Column("meter", ("计量器具",)),
    Column("calibration_valid_to", ("检定有效期",)),
    Column("basis", ("数据来源",)),
    Column("responsible", ("责任人",)),
    Column("note", ("备注",)),
)
BASES: Final = {
    "measured": "measured", "calculated": "calculated", "estimated": "estimated", "实测": "measured",
    "计算": "calculated", "估算": "estimated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """A line as it is kept: its key in its table, and its cells without the empty ones."""

    plant: str
    month: str
    key: str
    """The plant's own id, or the product of an output."""
    kind: str
    cells: dict[str, Any]
    serial: int = 0


def load(session: Session, tenant: str, months: Iterable[str], plant: str = "") -> tuple[list[Month], list[Month]]:
    """(meters, outputs) of these months, of one plant or of all, sorted."""
    wanted = list(months)
    found = []
    for row, name in _TABLES:
        query = select(row.plant, row.month, name, row.serial, row.body).where(row.tenant_id == tenant)
        query = query.where(row.month.in_(wanted))
        if plant:
            query = query.where(row.plant == plant)
        rows = ((line, json.loads(line[4])) for line in session.execute(query))
        made = [Month(line[0], line[1], line[2], cells["kind"], cells, line[3]) for line, cells in rows]
        found.append(sorted(made, key=lambda item: (item.plant, item.key, item.month)))
    return found[0], found[1]


def import_months(desk: Desk, table: Table, *, actor: str, partial: bool = False) -> Imported:
    """Upsert lines of plant-months as one version.

    Raises:
        Refused: the faults of all rows, without ``partial``.
    """
    faults = list(table.faults)
    read: dict[tuple[bool, str, str, str], str] = {}
    plants = codes(desk)
    for line in table.lines:
        fields = Fields(line)
        made = _read(fields)
        check_known(fields, plants, made.plant)
        key = (made.kind == OUTPUT, made.plant, made.month, made.key)
        if key in read and not fields.faults.faults:
            fields.fault("erp_twice", "id", f"{made.key} {made.month}", "each id or product once in a plant-month")
        faults += fields.faults.faults
        if not fields.faults.faults:
            read[key] = body(made.cells)
    left_out = refuse_or_go_on(faults, partial=partial)
    with Session(desk.engine) as session, session.begin():
        known = _known(session, desk.tenant, read)
        fresh = {key: text for key, text in sorted(read.items()) if text != known.get(key)}
        label = ""
        if fresh:
            version = next_version(session, desk.tenant, KIND, changed=len(fresh), actor=actor, source=table.source)
            label = version.label
            _write(session, desk.tenant, fresh, version.serial)
    return Imported(KIND, len(table.lines), len(fresh), len(read) - len(fresh), label, left_out)


_TABLES: Final[tuple[tuple[Any, InstrumentedAttribute[str]], ...]] = (
    (MeterMonthRow, MeterMonthRow.id),
    (OutputMonthRow, OutputMonthRow.product),
)
Key = tuple[bool, str, str, str]
"""Whether it is an output, plant, month, id or product."""


def _known(session: Session, tenant: str, read: Iterable[Key]) -> dict[Key, str]:
    """What is kept of the plant-months that an import names."""
    found: dict[Key, str] = {}
    for output, plant, month in sorted({key[:3] for key in read}):
        row, name = _TABLES[output]
        query = select(name, row.body).where(row.tenant_id == tenant, row.plant == plant, row.month == month)
        found |= {(output, plant, month, line[0]): line[1] for line in session.execute(query)}
    return found


def _write(session: Session, tenant: str, fresh: dict[Key, str], serial: int) -> None:
    for output, (row, name) in enumerate(_TABLES):
        rows = [
            {"tenant_id": tenant, "plant": key[1], "month": key[2], name.key: key[3], "serial": serial, "body": text}
            for key, text in fresh.items()
            if key[0] == bool(output)
        ]
        if rows:
            upsert(session, row, rows)


def _read(fields: Fields) -> Month:
    kind = fields.choice("kind", KINDS)
    cells: dict[str, Any] = {"kind": kind}
    plant, month = fields.text("plant", required=True), fields.month("month")
    for name in ("product", "part_of", "material"):
        cells[name] = fields.text(name)
    amount = fields.number("amount", required=True)
    cells["amount"] = "" if amount is None else amount.text()
    cells["unit"] = fields.unit("unit", required=True)
    cells["evidence"] = _evidence(fields)
    if kind == OUTPUT:
        key = fields.text("product", required=True)
        cells["drivers"] = {
            name: number.text() for name in ("machine_hours", "value") if (number := fields.number(name)) is not None
        }
        _unused(fields, ("id", "part_of", "material", "properties", *SUPPLY), kind)
    else:
        key = fields.text("id", required=True)
        cells["properties"] = fields.properties("properties")
        cells["supply"] = _supply(fields)
        _unused(fields, ("machine_hours", "value"), kind)
        if kind != "electricity":
            _unused(fields, SUPPLY, kind)
            if not cells["material"]:
                fields.fault("erp_missing", "material", "nothing", f"what {kind} it is")
    return Month(plant, month, key, kind, cells)


def _unused(fields: Fields, columns: Iterable[str], kind: str) -> None:
    """A cell that nobody reads would be lost."""
    for column in columns:
        if fields.line.cells.get(column):
            fields.fault("erp_unread", column, fields.line.cells[column][:60], f"nothing on a line of {kind}")


def _evidence(fields: Fields) -> dict[str, str]:
    found = {name: fields.text(name, longest=500) for name in EVIDENCE if name != "basis"}
    if fields.line.cells.get("basis"):
        found["basis"] = fields.choice("basis", BASES)
    return {name: text for name, text in found.items() if text}


def _supply(fields: Fields) -> dict[str, Any]:
    """How the power came: ``grid``, ``onsite`` or ``direct_line``, with what activity data ask for."""
    kind = fields.line.cells.get("supply", "")
    if not kind:
        _unused(fields, SUPPLY[1:], "grid power")
        return {}
    found: dict[str, Any] = {"type": fields.choice("supply", ("grid", "onsite", "direct_line"))}
    found |= {name: fields.text(name) for name in ("technology", "topology")}
    for name in ("generation", "export", "line_loss"):
        number = fields.number(name)
        found[name] = "" if number is None else number.text()
    pairs = fields.properties("supply_evidence")
    found["evidence"] = {
        name: value if isinstance(value, str) else f"{value['amount']} {value['unit']}" for name, value in pairs.items()
    }
    return {name: value for name, value in found.items() if value}
