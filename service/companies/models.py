"""Tables of companies: accounts, credentials, audit, idempotency, shares and signing keys (migration 0005)."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from factordb.models import LOCAL, Base

_TENANT = (["tenant_id"], ["tenant.id"])
_RECORD = (["tenant_id", "record_name"], ["record.tenant_id", "record.name"])


class AccountRow(Base):
    """A person of a company, who signs in with a password."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(*_TENANT),
        Index("uq_account_tenant_id", "tenant_id", "email", unique=True),
    )
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    title: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]
    """Argon2id; empty until the person has chosen one by a one-time link."""
    state: Mapped[str]
    """``active`` or ``disabled``."""
    language: Mapped[str]
    created_at: Mapped[str]


class CredentialRow(Base):
    """What a caller shows: an API key, an OAuth client, its token, a browser session, a one-time link."""

    __tablename__ = "credential"
    __table_args__ = (ForeignKeyConstraint(*_TENANT), Index(None, "tenant_id", "kind"))
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account_id: Mapped[str]
    title: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[str]
    """Scopes with blanks between."""
    records: Mapped[str]
    """Names of records with blanks between: what an auditor's key is limited to; empty for no limit."""
    digest: Mapped[str]
    """SHA-256 of the secret, which is 32 random bytes and shown once."""
    parent: Mapped[str]
    """The client a token was given to, or the key a newer one replaces."""
    created_at: Mapped[str]
    expires_at: Mapped[str]
    revoked_at: Mapped[str]
    last_used_at: Mapped[str]


class LoginAttemptRow(Base):
    """A sign-in that failed or succeeded, by what was typed: what the limit counts."""

    __tablename__ = "login_attempt"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    at: Mapped[str]
    outcome: Mapped[str]


class AuditEntryRow(Base):
    """Who did what; each entry names the digest of the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    detail: Mapped[str]
    request_id: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


class IdempotencyRow(Base):
    """The answer to a POST that carried a key, written with what the POST did."""

    __tablename__ = "idempotency"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str]
    status: Mapped[int]
    headers: Mapped[str]
    body: Mapped[str]
    at: Mapped[str]


class ShareRow(Base):
    """A record shown to somebody outside the company, at a level, until it is revoked."""

    __tablename__ = "share"
    __table_args__ = (ForeignKeyConstraint(*_RECORD),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    record_name: Mapped[str]
    level: Mapped[str]
    """``public``, ``customer`` or ``auditor``."""
    title: Mapped[str]
    digest: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    revoked_at: Mapped[str]
    made_by: Mapped[str]


class SigningKeyRow(Base):
    """The public half of a signing key of the company; the private half is a file, never here."""

    __tablename__ = "signing_key"
    __table_args__ = (ForeignKeyConstraint(*_TENANT),)
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[str]
    expires_at: Mapped[str]
    revoked_at: Mapped[str]
    reason: Mapped[str]


class SignatureRow(Base):
    """An envelope over a record's name; records themselves are never changed."""

    __tablename__ = "signature"
    __table_args__ = (ForeignKeyConstraint(*_RECORD), Index(None, "tenant_id", "record_name"))
    tenant_id: Mapped[str] = mapped_column(primary_key=True, server_default=LOCAL)
    id: Mapped[str] = mapped_column(primary_key=True)
    record_name: Mapped[str]
    key_id: Mapped[str]
    envelope: Mapped[str]
    at: Mapped[str]
