"""Plants (工厂): their name and place, the regime they are calculated under, what their meters are shared by."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pcr.regime import regime_folders
from service.desk import Desk
from service.erp.fields import Fields
from service.erp.imports import Imported, body, refuse_or_go_on, upsert
from service.erp.models import PlantRow
from service.erp.tables import Column, Table
from service.erp.versions import next_version

KIND: Final = "plants"
DRIVERS: Final = ("mass", "pieces", "machine_hours", "value")
COLUMNS: Final = (
    Column("plant", ("工厂", "工厂代码"), required=True),
    Column("name_en", ("英文名称",)),
    Column("name_zh", ("名称", "中文名称")),
    Column("country", ("国家",), required=True),
    Column("province", ("省份", "省")),
    Column("operator", ("运营方", "企业")),
    Column("shared_by", ("分配依据",), required=True),
    Column("regime", ("核算制度",)),
)
_COUNTRY: Final = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant; ``country`` decides whose grid its power comes from."""

    plant: str
    name_en: str
    name_zh: str
    country: str
    province: str
    operator: str
    shared_by: str
    regime: str
    """Empty: the rule's first."""

    @property
    def label(self) -> dict[str, str]:
        """Names in both languages; its code where it has none."""
        some = self.name_en or self.name_zh or self.plant
        return {"en": self.name_en or some, "zh": self.name_zh or some}


def load(session: Session, tenant: str) -> dict[str, Plant]:
    """The plants of a company by code."""
    rows = session.execute(select(PlantRow.plant, PlantRow.body).where(PlantRow.tenant_id == tenant))
    empty = {column.name: "" for column in COLUMNS}
    return {plant: Plant(**{**empty, **json.loads(text)}) for plant, text in rows}


def check_known(fields: Fields, known: Collection[str], plant: str) -> None:
    """A line of a plant that is not there would be read by nobody."""
    if plant and plant not in known:
        expected = ", ".join(sorted(known)[:20]) or "none yet: pcf erp plants import"
        fields.fault("erp_plant_unknown", "plant", plant, expected)


def codes(desk: Desk) -> set[str]:
    """Codes of the company's plants."""
    with Session(desk.engine) as session:
        return set(session.scalars(select(PlantRow.plant).where(PlantRow.tenant_id == desk.tenant)))


def import_plants(desk: Desk, table: Table, *, actor: str, partial: bool = False) -> Imported:
    """Upsert plants as one version.

    Raises:
        Refused: the faults of all rows, without ``partial``.
    """
    faults, read = list(table.faults), {}
    for line in table.lines:
        fields = Fields(line)
        cells = _read(fields)
        if cells["plant"] in read and not fields.faults.faults:
            fields.fault("erp_twice", "plant", cells["plant"], "each plant once")
        faults += fields.faults.faults
        if not fields.faults.faults:
            read[cells["plant"]] = body(cells)
    left_out = refuse_or_go_on(faults, partial=partial)
    with Session(desk.engine) as session, session.begin():
        of_company = PlantRow.tenant_id == desk.tenant
        known: dict[str, str] = {
            row[0]: row[1] for row in session.execute(select(PlantRow.plant, PlantRow.body).where(of_company))
        }
        fresh = {plant: text for plant, text in sorted(read.items()) if known.get(plant) != text}
        label = ""
        if fresh:
            version = next_version(session, desk.tenant, KIND, changed=len(fresh), actor=actor, source=table.source)
            label = version.label
            rows: list[dict[str, Any]] = [
                {"tenant_id": desk.tenant, "plant": plant, "serial": version.serial, "body": text}
                for plant, text in fresh.items()
            ]
            upsert(session, PlantRow, rows)
    return Imported(KIND, len(table.lines), len(fresh), len(read) - len(fresh), label, left_out)


def _read(fields: Fields) -> dict[str, str]:
    cells = {column.name: fields.text(column.name, required=column.required) for column in COLUMNS}
    if cells["country"] and not _COUNTRY.fullmatch(cells["country"]):
        fields.fault("erp_choice", "country", cells["country"], "a code of ISO 3166: CN")
    if cells["shared_by"]:
        cells["shared_by"] = fields.choice("shared_by", DRIVERS)
    if cells["regime"] and cells["regime"] not in regime_folders():
        fields.fault("erp_choice", "regime", cells["regime"], ", ".join(regime_folders()))
    if "/" in cells["plant"] or "@" in cells["plant"]:
        fields.fault("erp_text", "plant", cells["plant"], "a code without / and @")
    return cells
