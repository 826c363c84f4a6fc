"""Tables of jobs: jobs, what a batch has done, webhooks and their deliveries (migration 0006).

Times are seconds since 1970 by the clock of the database (:func:`service.jobs.clock.now`), 0 where there is none yet:
leases of all workers are held against one clock. Rows change; nothing here is a record.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base

_TENANT = (["tenant_id"], ["tenant.id"])


class JobRow(Base):
    """Work that was accepted."""

    __tablename__ = "job"
    __table_args__ = (
        ForeignKeyConstraint(*_TENANT),
        Index(None, "state", "due_at"),
        Index(None, "tenant_id", "created_at", "id"),
        Index(None, "tenant_id", "series"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    series: Mapped[str]
    """Whose ``batch_item`` the job goes by: its own id, or the id in the folder of ``pcf batch``."""
    request: Mapped[str]
    """Canonical JSON."""
    request_sha256: Mapped[str]
    state: Mapped[str]
    """``queued``, ``running``, ``succeeded``, ``failed`` or ``cancelled``."""
    caller: Mapped[str]
    created_at: Mapped[float]
    due_at: Mapped[float]
    """A queued job is not taken before; later than its making after an attempt that broke."""
    started_at: Mapped[float]
    finished_at: Mapped[float]
    done: Mapped[int]
    total: Mapped[int]
    attempts: Mapped[int]
    worker: Mapped[str]
    """Who holds it; empty where nobody does."""
    lease_until: Mapped[float]
    cancel_asked: Mapped[int]
    error: Mapped[str]
    """JSON list of faults, or empty."""
    result: Mapped[str]
    """JSON object, or empty."""
    webhook_id: Mapped[str]
    """Who is told of its end, or empty."""


class BatchItemRow(Base):
    """What came of one item of a batch: the answer to the same item under the same key."""

    __tablename__ = "batch_item"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    series: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    """All its result depends on; empty for an item that failed, which is always tried again."""
    run: Mapped[str]
    """The job that made it."""
    body: Mapped[str]


class WebhookRow(Base):
    """An address that is told when a job ends. Secrets are kept as they are: a signature is made with them."""

    __tablename__ = "webhook"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    old_secret: Mapped[str]
    """The secret before the last change; empty where there was none."""
    old_until: Mapped[float]
    state: Mapped[str]
    """``active`` or ``removed``."""
    created_at: Mapped[float]


class DeliveryRow(Base):
    """One event for one webhook, with all that was tried."""

    __tablename__ = "delivery"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhook.tenant_id", "webhook.id"]),
        Index(None, "state", "due_at"),
        Index(None, "tenant_id", "webhook_id", "created_at"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str]
    job_id: Mapped[str]
    type: Mapped[str]
    body: Mapped[str]
    """The bytes that are signed and sent, the same in every attempt."""
    state: Mapped[str]
    """``pending``, ``delivered`` or ``given_up``."""
    created_at: Mapped[float]
    since: Mapped[float]
    """When the present round of attempts began: its making, or the last redelivery."""
    due_at: Mapped[float]
    attempts: Mapped[int]
    """Of the present round."""
    worker: Mapped[str]
    last_status: Mapped[int]
    """HTTP status of the last attempt; 0 where no answer came."""
    log: Mapped[str]
    """JSON list of attempts: at, status, error."""
