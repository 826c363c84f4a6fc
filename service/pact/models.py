"""Tables of the exchange by PACT (migration 0008).

A footprint's body is never changed; its status may go from ``Active`` to ``Deprecated``, once. Times of events are
seconds since 1970 by the clock of the database, as those of jobs are.
"""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base

_TENANT = (["tenant_id"], ["tenant.id"])


class PactProfileRow(Base):
    """Who the company is to its partners; one row a company."""

    __tablename__ = "pact_profile"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    name: Mapped[str]
    ids: Mapped[str]
    """URNs with blanks between."""
    domain: Mapped[str]
    """Issuer of ``urn:pact:<domain>:...``; empty for none."""
    base_url: Mapped[str]
    """By which partners reach this service, without a slash at its end."""
    changed_at: Mapped[str]


class PactFootprintRow(Base):
    """A published footprint."""

    __tablename__ = "pact_footprint"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "record_name"], ["record.tenant_id", "record.name"]),
        Index(None, "tenant_id", "created_at", "id"),
        Index(None, "tenant_id", "record_name"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    record_name: Mapped[str]
    status: Mapped[str]
    """``Active`` or ``Deprecated``; stands here and not in the body."""
    valid_from: Mapped[str]
    valid_to: Mapped[str]
    """As stated, or the default of three years from the end of the reference period."""
    created_at: Mapped[str]
    deprecated_at: Mapped[str]
    body: Mapped[str]


class PactTermRow(Base):
    """What a footprint is found by: identifiers, classifications and places in small letters; partners who may see it.

    Without a term ``partner`` all partners may.
    """

    __tablename__ = "pact_term"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "footprint_id"], ["pact_footprint.tenant_id", "pact_footprint.id"]),
        Index(None, "tenant_id", "name", "value"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    footprint_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class PactPartnerRow(Base):
    """A company we exchange footprints with."""

    __tablename__ = "pact_partner"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    base_url: Mapped[str]
    """Of their service; empty where they only ask us."""
    auth_url: Mapped[str]
    client_id: Mapped[str]
    """Ours, as they know us."""
    sealed: Mapped[str]
    """Our secret at theirs, encrypted under a key file of this company (:mod:`service.pact.sealing`)."""
    credential_id: Mapped[str]
    """Their OAuth client here."""
    state: Mapped[str]
    """``active`` or ``removed``."""
    created_at: Mapped[str]


class PactEventRow(Base):
    """An event that was received or is sent, and how far it is."""

    __tablename__ = "pact_event"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "partner_id"], ["pact_partner.tenant_id", "pact_partner.id"]),
        Index(None, "state", "due_at"),
        Index(None, "tenant_id", "created_at", "id"),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    """Of a received one: a digest of the partner, its source and its id, so that a second delivery is known."""
    partner_id: Mapped[str]
    direction: Mapped[str]
    """``in`` or ``out``."""
    type: Mapped[str]
    """``RequestCreated``, ``RequestFulfilled``, ``RequestRejected`` or ``Published``."""
    event_id: Mapped[str]
    """As CloudEvents has it."""
    answers: Mapped[str]
    """The event id of the request this answers; empty for none."""
    body: Mapped[str]
    """The CloudEvents document."""
    state: Mapped[str]
    """``pending``, ``done`` or ``given_up``."""
    outcome: Mapped[str]
    """What came of it, JSON."""
    created_at: Mapped[float]
    since: Mapped[float]
    due_at: Mapped[float]
    attempts: Mapped[int]
    worker: Mapped[str]
    log: Mapped[str]
    """JSON list of attempts: at, status, error."""
