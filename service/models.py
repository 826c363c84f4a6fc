"""Tables of records: statements, their runs, attachments, and the store's secret.

A statement is never changed; a run is appended. ``total_sort`` is a float beside the text, for sorting only.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base


class StoreSecretRow(Base):
    """The secret that salts confidential sections: same input and same store give the same record name."""

    __tablename__ = "store_secret"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    secret: Mapped[str]


class RecordRow(Base):
    """A sealed record, whole, with what lists and look-ups need beside it."""

    __tablename__ = "record"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        Index("ix_record_tenant_id_sealed_at", "tenant_id", "sealed_at", "name"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    rule: Mapped[str]
    regime: Mapped[str]
    release: Mapped[str]
    product: Mapped[str]
    status: Mapped[str]
    total: Mapped[str]
    body: Mapped[str]
    sealed_at: Mapped[str]
    total_sort: Mapped[float | None]


class RecordFactorRow(Base):
    """Which factor of which release a record uses: asked when a factor changes."""

    __tablename__ = "record_factor"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "record_name"], ["record.tenant_id", "record.name"]),
        Index(None, "factor_id"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    record_name: Mapped[str] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(primary_key=True)
    factor_id: Mapped[str] = mapped_column(primary_key=True)


class RunRow(Base):
    """One calculation or re-run of a record: where, when, with what, and what came out."""

    __tablename__ = "run"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "record_name"], ["record.tenant_id", "record.name"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    record_name: Mapped[str]
    kind: Mapped[str]
    at: Mapped[str]
    body: Mapped[str]


class ReceivedRow(Base):
    """A supplier's footprint as it was sent, by the id of the factor it became."""

    __tablename__ = "received"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    supplier: Mapped[str]
    body: Mapped[str]
    at: Mapped[str]


class AttachmentRow(Base):
    """A file by its digest: an upload, later an interval series."""

    __tablename__ = "attachment"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class InstrumentDrawRow(Base):
    """MWh of an instrument that a sealed record draws; the latest serial of a study is in force."""

    __tablename__ = "instrument_draw"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "record_name"], ["record.tenant_id", "record.name"]),
        Index(None, "instrument"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    study: Mapped[str]
    product: Mapped[str]
    record_name: Mapped[str]
    instrument: Mapped[str]
    drawn_mwh: Mapped[str]
    holds_mwh: Mapped[str]
    at: Mapped[str]
    serial: Mapped[int]


class WithdrawalRow(Base):
    """A record its owner has withdrawn: it stays, it frees what it drew, and nobody should rely on it."""

    __tablename__ = "withdrawal"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "record_name"], ["record.tenant_id", "record.name"]),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    record_name: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[str]
