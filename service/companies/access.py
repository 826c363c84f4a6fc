"""Who is calling: a credential looked up in the company it names, proved, and turned into a caller.

Refusals of a credential that is wrong, unknown or of another company read the same, so that nobody can ask which exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.companies.models import AccountRow, CredentialRow
from service.companies.roles import SCOPES, Role, role_named
from service.companies.secrets import Shown, digest, same, taken_apart

SEEN_EVERY: Final = timedelta(hours=1)
"""How often the time of last use is written: a look-up should not cost a write."""
_NOBODY: Final = digest("")
MISSING: Final = "no key"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, for which company, and what they may do."""

    tenant: str
    actor: str
    """As the audit log names them: ``account anna@acme.cn``, ``key 12ab… ERP``."""
    role: Role
    scopes: frozenset[str]
    records: frozenset[str] = field(default_factory=frozenset)
    """Names of records an auditor's key is limited to; empty: all of the company."""
    account_id: str = ""
    credential_id: str = ""
    language: str = ""

    def needs(self, scope: str) -> None:
        """Refuse a caller without a scope.

        Raises:
            Refused: ``scope_missing``.
        """
        if scope not in self.scopes:
            held = ", ".join(sorted(self.scopes)) or "none"
            raise Refused([Fault("scope_missing", found=held, expected=scope, values={"scope": scope})])

    def may_read(self, record: str) -> bool:
        """Whether this caller may see a record of the company, by its full name."""
        return not self.records or record in self.records


def caller_of(engine: Engine, text: str, kinds: tuple[str, ...] = ("key", "token", "session")) -> Caller:
    """The caller who shows a credential.

    Raises:
        Refused: ``not_signed_in`` (nothing shown, or not of this installation), ``credential_expired``,
            ``credential_revoked``, ``account_disabled``.
    """
    shown = taken_apart(text)
    if shown is None or shown.kind not in kinds:
        raise _unknown(MISSING if not text else "no credential of this installation")
    with Session(of_tenant(engine, shown.tenant).execution_options(**{READ_ONLY: True})) as session:
        row = proved(session, shown)
        account = session.get(AccountRow, (shown.tenant, row.account_id)) if row.account_id else None
        if row.account_id and (account is None or account.state != "active"):
            raise Refused([Fault("account_disabled", found=account.email if account else "", expected="active")])
        role = role_named(account.role if account else row.role)
        caller = Caller(
            tenant=shown.tenant,
            actor=f"account {account.email}" if account else f"{shown.kind} {row.id} {row.title}".strip(),
            role=role,
            scopes=frozenset(row.scopes.split()) & frozenset(SCOPES[role]),
            records=frozenset(row.records.split()),
            account_id=row.account_id,
            credential_id=row.id,
            language=account.language if account else "",
        )
        stale = not row.last_used_at or row.last_used_at < _text(_now() - SEEN_EVERY)
    if stale:
        with Session(of_tenant(engine, shown.tenant)) as session, session.begin():
            mine = (CredentialRow.tenant_id == shown.tenant) & (CredentialRow.id == shown.id)
            session.execute(update(CredentialRow).where(mine).values(last_used_at=_text(_now())))
    return caller


def proved(session: Session, shown: Shown) -> CredentialRow:
    """The row of a credential whose secret is the one shown, neither expired nor revoked.

    Raises:
        Refused: ``not_signed_in``, ``credential_expired``, ``credential_revoked``.
    """
    row = session.get(CredentialRow, (shown.tenant, shown.id))
    # A digest is compared in every case: an unknown id answers no faster than a wrong secret.
    right = same(row.digest if row else _NOBODY, shown.digest)
    if row is None or not right:
        raise _unknown("no credential of this installation")
    if row.revoked_at:
        raise Refused([Fault("credential_revoked", found=f"revoked at {row.revoked_at}", expected="a valid one")])
    if row.expires_at and row.expires_at <= _text(_now()):
        raise Refused([Fault("credential_expired", found=f"expired at {row.expires_at}", expected="a valid one")])
    return row


def _unknown(found: str) -> Refused:
    return Refused([Fault("not_signed_in", found=found, expected="Authorization: Bearer pcf_key_...")])


def _now() -> datetime:
    return datetime.now(UTC)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
