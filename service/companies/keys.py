"""API keys, OAuth clients and their tokens: made, listed, replaced, revoked. A secret is shown once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.companies.access import proved
from service.companies.audit import append
from service.companies.models import CredentialRow
from service.companies.roles import role_named, scopes_within
from service.companies.secrets import Made, make, taken_apart

KEY_DAYS: Final = 365
TOKEN_SECONDS: Final = 3600
OVERLAP_DAYS: Final = 7
"""How long a replaced key still works, so that an ERP can be switched over without an outage."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key as it is asked for."""

    title: str
    role: str = "calculator"
    scopes: tuple[str, ...] = ()
    days: int = KEY_DAYS
    records: tuple[str, ...] = ()
    """Full names of the records an auditor's key is limited to."""
    kind: str = "api_key"
    """``api_key``, or ``client`` for OAuth2 client credentials."""


def new_key(engine: Engine, tenant: str, wanted: Wanted, actor: str, request_id: str = "", parent: str = "") -> Made:
    """Make a key; its text is in the answer and nowhere else.

    Raises:
        Refused: ``role_unknown``, ``scope_not_of_role``, ``key_title``, ``key_days``.
    """
    role = role_named(wanted.role)
    scopes = scopes_within(role, wanted.scopes)
    if not wanted.title.strip():
        raise Refused([Fault("key_title", "title", found="blank", expected="who or what uses the key")])
    if not 0 < wanted.days <= 5 * KEY_DAYS:
        raise Refused([Fault("key_days", "days", found=str(wanted.days), expected=f"1 to {5 * KEY_DAYS}")])
    made = make(wanted.kind, tenant)
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        session.add(
            CredentialRow(
                tenant_id=tenant, id=made.id, kind=wanted.kind, account_id="", title=wanted.title.strip(), role=role,
                scopes=" ".join(scopes), records=" ".join(sorted(wanted.records)), digest=made.digest, parent=parent,
                created_at=now(), expires_at=now(days=wanted.days), revoked_at="", last_used_at="",
            )
        )  # fmt: skip
        detail = {"title": wanted.title.strip(), "role": role, "scopes": " ".join(scopes), "replaces": parent}
        append(session, tenant, actor, "key.made", made.id, detail, request_id)
    return made


def replace_key(engine: Engine, tenant: str, key_id: str, actor: str, request_id: str = "") -> Made:
    """A new key with the rights of an old one, which goes on for :data:`OVERLAP_DAYS`.

    Raises:
        Refused: ``key_unknown``, ``credential_revoked``.
    """
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        row = _row(session, tenant, key_id)
        if row.revoked_at:
            raise Refused([Fault("credential_revoked", found=f"revoked at {row.revoked_at}", expected="a valid key")])
        wanted = Wanted(row.title, row.role, tuple(row.scopes.split()), KEY_DAYS, tuple(row.records.split()), row.kind)
        row.expires_at = min(row.expires_at, now(days=OVERLAP_DAYS))
    return new_key(engine, tenant, wanted, actor, request_id, parent=key_id)


def revoke_key(engine: Engine, tenant: str, key_id: str, actor: str, request_id: str = "") -> None:
    """Revoke a key, and the tokens that were given for it.

    Raises:
        Refused: ``key_unknown``.
    """
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        row = _row(session, tenant, key_id)
        children = select(CredentialRow).where(
            CredentialRow.tenant_id == tenant, CredentialRow.parent == key_id, CredentialRow.kind == "token"
        )
        for each in (row, *session.scalars(children)):
            each.revoked_at = each.revoked_at or now()
        append(session, tenant, actor, "key.revoked", key_id, {"title": row.title}, request_id)


def list_keys(engine: Engine, tenant: str) -> list[dict[str, str]]:
    """API keys and clients of a company, newest first, without anything that could open a door."""
    columns = ("id", "kind", "title", "role", "scopes", "records", "parent", "created_at", "expires_at", "revoked_at",
               "last_used_at")  # fmt: skip
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        query = select(CredentialRow).where(
            CredentialRow.tenant_id == tenant, CredentialRow.kind.in_(("api_key", "client"))
        )
        rows = session.scalars(query.order_by(CredentialRow.created_at.desc(), CredentialRow.id)).all()
        return [{name: getattr(row, name) for name in columns} for row in rows]


def client_token(engine: Engine, client_id: str, secret: str, wanted: Iterable[str] = ()) -> tuple[str, int, str]:
    """OAuth2 client credentials (RFC 6749 §4.4): an access token, the seconds it lives, and its scopes.

    ``client_id`` is ``<company>.<id>`` as ``pcf access client`` prints it.

    Raises:
        Refused: ``not_signed_in`` and the like for a client that is not proved; ``scope_not_of_role``.
    """
    tenant, _, name = client_id.partition(".")
    shown = taken_apart(f"pcf_client_{tenant}_{name}_{secret}")
    if shown is None:
        raise Refused([Fault("not_signed_in", found="no client of this installation", expected="client credentials")])
    with Session(of_tenant(engine, shown.tenant)) as session, session.begin():
        row = proved(session, shown)
        if row.kind != "client":
            raise Refused([Fault("not_signed_in", found=row.kind, expected="client credentials")])
        held = tuple(row.scopes.split())
        asked = tuple(wanted)
        if wrong := [name for name in asked if name not in held]:
            raise Refused([Fault("scope_not_of_role", "scope", found=", ".join(wrong), expected=", ".join(held))])
        made = make("token", shown.tenant)
        session.add(
            CredentialRow(
                tenant_id=shown.tenant, id=made.id, kind="token", account_id="", title=row.title, role=row.role,
                scopes=" ".join(asked or held), records=row.records, digest=made.digest, parent=row.id,
                created_at=now(), expires_at=now(seconds=TOKEN_SECONDS), revoked_at="", last_used_at=now(),
            )
        )  # fmt: skip
        old = select(CredentialRow).where(
            CredentialRow.tenant_id == shown.tenant, CredentialRow.kind == "token", CredentialRow.expires_at < now()
        )
        for gone in session.scalars(old.limit(100)):
            session.delete(gone)
    return made.text, TOKEN_SECONDS, " ".join(asked or held)


def now(*, days: int = 0, seconds: int = 0) -> str:
    """This moment, or one some days or seconds from it, as text that sorts by time."""
    return (datetime.now(UTC) + timedelta(days=days, seconds=seconds)).isoformat(timespec="seconds")


def _row(session: Session, tenant: str, key_id: str) -> CredentialRow:
    row = session.get(CredentialRow, (tenant, key_id))
    if row is None or row.kind not in ("api_key", "client"):
        raise Refused([Fault("key_unknown", found=key_id, expected="a key of this company")])
    return row
