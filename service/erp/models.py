"""Tables of what an ERP system sends and of the footprints that came of it (migration 0007).

``body`` is canonical JSON of one row as it was taken; numbers in it are text. ``serial`` is the version in which a row
was last changed (:mod:`service.erp.versions`). Dates and months are ISO text; an empty end is open.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base

_TENANT = (["tenant_id"], ["tenant.id"])


class VersionRow(Base):
    """One import or change: the number that rows carry and records show."""

    __tablename__ = "erp_version"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    """``materials``, ``boms``, ``months`` or ``plants``."""
    label: Mapped[str]
    """``2026-11-21#17``."""
    at: Mapped[str]
    actor: Mapped[str]
    source: Mapped[str]
    """Name and digest of the file, or empty."""
    changed: Mapped[int]


class PlantRow(Base):
    """A plant: name, place, what its meters are shared by."""

    __tablename__ = "erp_plant"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    plant: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int]
    body: Mapped[str]


class MaterialRow(Base):
    """A material's mapping from a day on, as a version has it: a change is a new row, the old one stays."""

    __tablename__ = "erp_material"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    number: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_to: Mapped[str]
    maps_to: Mapped[str]
    """A factor id, ``record:`` or ``pact:``, ``product:NUMBER@PLANT``; empty: not mapped."""
    body: Mapped[str]


class BomRow(Base):
    """A bill of materials of a product in a plant from a day on."""

    __tablename__ = "erp_bom"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    product: Mapped[str] = mapped_column(primary_key=True)
    plant: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int]
    body: Mapped[str]


class MeterMonthRow(Base):
    """A month of a meter, a fuel, an auxiliary, a direct emission or a waste of a plant, by the plant's own id."""

    __tablename__ = "erp_meter_month"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    plant: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int]
    body: Mapped[str]


class OutputMonthRow(Base):
    """What a plant made of a product in a month, with what else its meters may be shared by."""

    __tablename__ = "erp_output_month"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    plant: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int]
    body: Mapped[str]


class FootprintRow(Base):
    """A footprint of a product, plant and period, in force from one calculation to the next."""

    __tablename__ = "erp_footprint"
    __table_args__ = (ForeignKeyConstraint(*_TENANT), Index(None, "tenant_id", "changed_at", "number", "plant"))
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    number: Mapped[str] = mapped_column(primary_key=True)
    plant: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    """First and last month, ``2026-01..2026-12``."""
    valid_from: Mapped[str] = mapped_column(primary_key=True)
    """When it came into force, UTC."""
    valid_to: Mapped[str]
    """When another took its place, UTC; empty: in force."""
    record: Mapped[str]
    """Name of the sealed record; empty where it is not sealed."""
    total: Mapped[str]
    """kg CO2e per unit, the published digits."""
    per: Mapped[str]
    """The unit: ``1 piece``."""
    status: Mapped[str]
    not_sealed: Mapped[str]
    materials: Mapped[str]
    """Newest version of the materials that the calculation knew."""
    stale: Mapped[str]
    """Why its inputs have moved on and it has not: the code of the fault; empty: it stands for today's inputs."""
    changed_at: Mapped[str]
    """When it came into force, became stale, or was calculated again after that."""
