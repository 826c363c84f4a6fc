"""Materials (物料): the company's own number and unit, mapped to what answers for it, from a day on and by version.

``maps_to`` is a factor id of a release, a supplier's footprint (``record:``, ``pact:``), a product of the company
(``product:NUMBER`` or ``product:NUMBER@PLANT``), or empty: known and not mapped. A change never replaces a row: it is
one of the next version, and what a calculation took is what its record says, ``materials 2026-11-21#17``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from factordb.kinds import NEVER_BOUGHT
from factordb.release import Release
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.units import convert, same_dimension
from lca.units import unit as known_unit
from service.desk import Desk
from service.erp.fields import Fields
from service.erp.imports import Imported, body, chunks, refuse_or_go_on
from service.erp.models import MaterialRow
from service.erp.tables import Column, Table
from service.erp.versions import labels, next_version

KIND: Final = "materials"
PRODUCT: Final = "product:"
SUPPLIER: Final = ("record:", "pact:")
COLUMNS: Final = (
    Column("number", ("物料号", "物料编码", "料号"), required=True),
    Column("name_en", ("英文名称",)),
    Column("name_zh", ("名称", "中文名称", "物料名称", "物料描述")),
    Column("unit", ("单位", "基本单位", "计量单位"), required=True),
    Column("maps_to", ("对应", "因子", "对应因子")),
    Column("per_unit", ("换算", "换算系数")),
    Column("in_unit", ("换算单位",)),
    Column("density", ("密度",)),
    Column("mass", ("单重", "单位重量")),
    Column("proxy_for", ("代理说明",)),
    Column("valid_from", ("生效日", "有效期从")),
    Column("valid_to", ("失效日", "有效期至")),
)


@dataclass(frozen=True, slots=True)
class Material:
    """A material as one version has it. Numbers are exact; None: not stated."""

    number: str
    unit: str
    """The company's own word: ``ST``, ``卷``, ``kg``."""
    maps_to: str = ""
    name_en: str = ""
    name_zh: str = ""
    per_unit: Exact | None = None
    """How many ``in_unit`` one of its own units is."""
    in_unit: str = ""
    density: Exact | None = None
    """kg per m3 or Nm3: bridges mass and volume."""
    mass: Exact | None = None
    """kg of one of its own units."""
    proxy_for: str = ""
    valid_from: str = ""
    valid_to: str = ""
    serial: int = 0

    @property
    def label(self) -> dict[str, str]:
        """Names in both languages; its number where it has none."""
        some = self.name_en or self.name_zh or self.number
        return {"en": self.name_en or some, "zh": self.name_zh or some}

    @property
    def product(self) -> tuple[str, str]:
        """(number, plant or empty) of a product of the company that it maps to; empty texts where it does not."""
        number, _, plant = self.maps_to.removeprefix(PRODUCT).partition("@")
        return (number, plant) if self.maps_to.startswith(PRODUCT) else ("", "")

    def plain(self) -> dict[str, str]:
        """As an import takes it, numbers as text."""
        numbers = {name: getattr(self, name) for name in ("per_unit", "density", "mass")}
        texts = {column.name: getattr(self, column.name) for column in COLUMNS if column.name not in numbers}
        return texts | {name: "" if number is None else number.text() for name, number in numbers.items()}


class Materials:
    """All materials of a company as a version has them."""

    def __init__(self, rows: Iterable[Material], versions: Mapping[int, str]) -> None:
        self._of: defaultdict[str, list[Material]] = defaultdict(list)
        for row in rows:
            self._of[row.number].append(row)
        for kept in self._of.values():
            kept.sort(key=lambda row: row.valid_from)
        self._versions = versions
        serials = [row.serial for kept in self._of.values() for row in kept]
        self.version = versions.get(max(serials, default=0), "")
        """Label of the newest version that a row of these has."""

    def __iter__(self) -> Any:
        return (row for number in sorted(self._of) for row in self._of[number])

    def at(self, number: str, day: str) -> Material | None:
        """The mapping in force on a day: the one that began last; None where none covers it."""
        kept = [row for row in self._of.get(number, ()) if row.valid_from <= day]
        return kept[-1] if kept and (not kept[-1].valid_to or day <= kept[-1].valid_to) else None

    def version_of(self, material: Material) -> str:
        """``materials 2026-11-21#17``: what a record says of where a mapping comes from."""
        return f"materials {self._versions[material.serial]}"


def load(session: Session, tenant: str, upto: int | None = None) -> Materials:
    """The materials as they are, or as the version of serial ``upto`` had them."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    query = select(MaterialRow.number, MaterialRow.valid_from, MaterialRow.serial, MaterialRow.body)
    for number, start, serial, text in session.execute(query.where(MaterialRow.tenant_id == tenant)):
        if (upto is None or serial <= upto) and serial > newest.get((number, start), (0, ""))[0]:
            newest[number, start] = (serial, text)
    rows = [_typed(json.loads(text), serial) for serial, text in newest.values()]
    return Materials(rows, labels(session, tenant))


def _typed(cells: Mapping[str, str], serial: int) -> Material:
    numbers = {
        name: Exact.from_record(cells[name]) if cells.get(name) else None for name in ("per_unit", "density", "mass")
    }
    texts = {name: text for name, text in cells.items() if name not in numbers}
    return Material(**texts, **numbers, serial=serial)  # type: ignore[arg-type]


def import_materials(
    desk: Desk, table: Table, *, actor: str, releases: Sequence[Release], partial: bool = False
) -> Imported:
    """Upsert materials as one version; rows that say what is known already change nothing.

    ``releases``: where factor ids are looked up. ``partial``: import what is right and tell the rest.

    Raises:
        Refused: the faults of all rows, without ``partial``.
    """
    faults, read = list(table.faults), {}
    for line in table.lines:
        fields = Fields(line)
        made = _read(fields, releases)
        key = (made.number, made.valid_from)
        if key in read and not fields.faults.faults:
            fields.fault("erp_twice", "number", f"{made.number} {made.valid_from}".strip(), "each number once per day")
        faults += fields.faults.faults
        if not fields.faults.faults:
            read[key] = made
    left_out = refuse_or_go_on(faults, partial=partial)
    with Session(desk.engine) as session, session.begin():
        known = {(row.number, row.valid_from): body(row.plain()) for row in load(session, desk.tenant)}
        fresh = [(key, row) for key, row in sorted(read.items()) if known.get(key) != body(row.plain())]
        version = ""
        if fresh:
            made_version = next_version(
                session, desk.tenant, KIND, changed=len(fresh), actor=actor, source=table.source
            )
            version = made_version.label
            for part in chunks(fresh):
                session.execute(
                    insert(MaterialRow), [_row(desk.tenant, key, row, made_version.serial) for key, row in part]
                )
    return Imported(KIND, len(table.lines), len(fresh), len(read) - len(fresh), version, left_out)


def _row(tenant: str, key: tuple[str, str], row: Material, serial: int) -> dict[str, Any]:
    number, start = key
    return {
        "tenant_id": tenant, "number": number, "valid_from": start, "serial": serial, "valid_to": row.valid_to,
        "maps_to": row.maps_to, "body": body(row.plain()),
    }  # fmt: skip


def _read(fields: Fields, releases: Sequence[Release]) -> Material:
    made = Material(
        number=fields.text("number", required=True),
        unit=fields.text("unit", required=True),
        maps_to=fields.text("maps_to"),
        name_en=fields.text("name_en"),
        name_zh=fields.text("name_zh"),
        per_unit=fields.ratio("per_unit"),
        in_unit=fields.unit("in_unit"),
        density=fields.number("density", positive=True),
        mass=fields.number("mass", positive=True),
        proxy_for=fields.text("proxy_for"),
        valid_from=fields.day("valid_from"),
        valid_to=fields.day("valid_to"),
    )
    if made.valid_to and made.valid_to < made.valid_from:
        fields.fault("erp_range", "valid_to", made.valid_to, f"{made.valid_from} or later")
    if fields.line.cells.get("per_unit") and not fields.line.cells.get("in_unit"):
        fields.fault("erp_missing", "in_unit", "nothing", "the unit that per_unit counts")
    if fields.line.cells.get("in_unit") and not fields.line.cells.get("per_unit"):
        fields.fault("erp_missing", "per_unit", "nothing", f"how many {made.in_unit} one is")
    return made if fields.faults.faults else _with_target(fields, made, releases)


def _with_target(fields: Fields, made: Material, releases: Sequence[Release]) -> Material:
    """The target is there, may be bought, and the material's unit can be counted in its unit; its whole id."""
    if not made.maps_to or made.product[0]:
        return made
    if made.maps_to.startswith(PRODUCT):
        fields.fault("erp_text", "maps_to", made.maps_to, "product:NUMBER or product:NUMBER@PLANT")
        return made
    factor = next((found for release in releases if (found := release.find(made.maps_to))), None)
    if factor is None:
        expected = "a factor id of " + ", ".join(release.id for release in releases)
        fields.fault("erp_factor_unknown", "maps_to", made.maps_to, expected)
        return made
    if factor.kind in NEVER_BOUGHT:
        fields.fault("erp_factor_kind", "maps_to", f"{factor.id}: {factor.kind}", "a life-cycle factor")
        return made
    try:
        counted(made, Exact(1), made.unit, factor.denominator)
    except Refused as refused:
        for fault in refused.faults:
            fields.faults.add(fault.at(fields.line.at("unit")))
    return replace(made, maps_to=factor.id)


def counted(material: Material, amount: Exact, unit: str, wanted: str) -> tuple[Exact, str]:
    """An amount of a material in a unit of the dimension of ``wanted``, and that unit.

    ``unit`` is the material's own word, or a unit of the table of the same dimension. Pieces become mass by ``mass``,
    volume becomes mass by ``density``; nothing else bridges.

    Raises:
        Refused: ``erp_unit`` for a unit that is neither; ``erp_unit_fit`` where nothing leads to ``wanted``.
    """
    own = amount if unit == material.unit else _own_units(material, amount, unit)
    steps = [(own * material.per_unit, material.in_unit)] if material.per_unit is not None else []
    if material.per_unit is None and _is_unit(material.unit):
        steps.append((own, known_unit(material.unit).id))
    if material.mass is not None:
        steps.append((own * material.mass, "kg"))
    for value, given in steps:
        if _alike(given, wanted):
            return value, given
    for value, given in steps:
        try:
            target = known_unit(wanted).id
            return convert(value, given, target, density=material.density), target
        except Refused:
            continue  # the next step may lead there
    found = ", ".join(given for _, given in steps) or material.unit
    values = {"number": material.number, "unit": wanted}
    raise Refused([Fault("erp_unit_fit", found=f"{material.number} in {found}", expected=wanted, values=values)])


def _own_units(material: Material, amount: Exact, unit: str) -> Exact:
    """An amount in another unit than the material's own, in its own units."""
    if _is_unit(unit):
        if _is_unit(material.unit) and same_dimension(unit, material.unit):
            return convert(amount, unit, material.unit)
        if material.per_unit is not None and same_dimension(unit, material.in_unit):
            return convert(amount, unit, material.in_unit) / material.per_unit
    values = {"number": material.number, "unit": material.unit}
    raise Refused([Fault("erp_unit", found=f"{material.number} in {unit}", expected=material.unit, values=values)])


def _is_unit(text: str) -> bool:
    try:
        known_unit(text)
    except Refused:
        return False
    return True


def _alike(given: str, wanted: str) -> bool:
    return given == wanted or (_is_unit(given) and _is_unit(wanted) and same_dimension(given, wanted))
