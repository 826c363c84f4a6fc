"""Tables of releases, the same for SQLite and PostgreSQL. ``service`` extends :class:`Base` with its own.

Numbers are TEXT, the publisher's digits; ``value_sort`` is a float beside them, for sorting only. ``tenant_id`` stands
first in every key. Rows of a sealed release can be neither changed nor deleted nor added to: triggers of migration
0001 see to that in both databases.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Double, ForeignKeyConstraint, Index, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LOCAL: str = "local"
"""The one tenant of an installation for one company."""


class Base(DeclarativeBase):
    """Declarative base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, float: Double}


class Tenant(Base):
    """A company whose data no other company sees."""

    __tablename__ = "tenant"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    created_at: Mapped[str] = mapped_column(default="")


class ReleaseRow(Base):
    """A release: open while it is written, sealed for ever after."""

    __tablename__ = "release"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    layer: Mapped[str]
    title_en: Mapped[str]
    title_zh: Mapped[str]
    published: Mapped[str]
    importer: Mapped[str]
    meta: Mapped[str]
    """Canonical JSON of what has no column: same-year rules, rows left out."""
    status: Mapped[str] = mapped_column(default="open")
    """``open`` or ``sealed``."""
    sha256: Mapped[str] = mapped_column(default="")
    sealed_at: Mapped[str | None]


class LicenceRow(Base):
    """A licence as the release states it."""

    __tablename__ = "licence"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "release_id"], ["release.tenant_id", "release.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    release_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]


class SourceRow(Base):
    """A document that published values."""

    __tablename__ = "source"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "release_id"], ["release.tenant_id", "release.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    release_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    licence: Mapped[str]
    item: Mapped[str]


class UnitProcessRow(Base):
    """A unit process with its exchanges; ``item`` is its canonical JSON."""

    __tablename__ = "unit_process"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "release_id"], ["release.tenant_id", "release.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    release_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    source: Mapped[str]
    item: Mapped[str]


class FactorValueRow(Base):
    """One value. ``item`` is its canonical JSON, which the hash covers; the columns beside it are for queries."""

    __tablename__ = "factor_value"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "release_id"], ["release.tenant_id", "release.id"]),
        Index(None, "tenant_id", "series", "year"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    release_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series: Mapped[str]
    place: Mapped[str]
    year: Mapped[str]
    value: Mapped[str]
    unit: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[str]
    item: Mapped[str]
    value_sort: Mapped[float | None]
