"""People of a company: invited by a one-time link, signed in with a password, a few attempts at a time.

Passwords are hashed with Argon2id by the reference binding's own parameters (RFC 9106, low-memory profile).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from factordb.models import Tenant
from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault, Refused
from service.companies.access import proved
from service.companies.audit import append
from service.companies.keys import now
from service.companies.models import AccountRow, CredentialRow, LoginAttemptRow
from service.companies.roles import SCOPES, role_named
from service.companies.secrets import Made, company_id, make, taken_apart

ATTEMPTS: Final = 5
WINDOW: Final = timedelta(minutes=15)
SESSION_DAYS: Final = 7
LINK_DAYS: Final = 3
LEAST: Final = 12
"""Characters of a password; length counts, not kinds of characters (NIST SP 800-63B, recalled)."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new browser session."""

    token: str
    account_id: str
    days: int = SESSION_DAYS


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to verify against where no account is there: an unknown address takes as long as a wrong password."""
    return _hasher().hash("nobody")


def new_company(engine: Engine, tenant: str, title: str) -> None:
    """Make a company.

    Raises:
        Refused: ``company_id``, ``company_exists``.
    """
    name = company_id(tenant)
    with Session(of_tenant(engine, name)) as session, session.begin():
        if session.get(Tenant, name) is not None:
            raise Refused([Fault("company_exists", "company", found=name, expected="an id that is not in use")])
        session.add(Tenant(id=name, title=title, created_at=now()))


def company_exists(engine: Engine, tenant: str) -> bool:
    """Whether a company is there."""
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        return session.get(Tenant, tenant) is not None


def is_open(engine: Engine, tenant: str) -> bool:
    """Whether nobody has an account or a key yet: until then a service on loopback asks for none."""
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        accounts = select(AccountRow.id).where(AccountRow.tenant_id == tenant, AccountRow.password != "")
        keys = select(CredentialRow.id).where(CredentialRow.tenant_id == tenant, CredentialRow.kind != "link")
        return session.scalar(accounts.limit(1)) is None and session.scalar(keys.limit(1)) is None


def invite(engine: Engine, tenant: str, email: str, role: str, actor: str, request_id: str = "") -> Made:
    """An account without a password and a one-time link to choose one; a second invitation makes a new link.

    Raises:
        Refused: ``role_unknown``, ``email_form``, ``company_unknown``.
    """
    address = email.strip().lower()
    named = role_named(role)
    if address.count("@") != 1 or not all(address.split("@")) or len(address) > 200 or any(map(str.isspace, address)):
        raise Refused([Fault("email_form", "email", found=email[:80], expected="name@company.example")])
    made = make("link", tenant)
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        if session.get(Tenant, tenant) is None:
            raise Refused([Fault("company_unknown", "company", found=tenant, expected="a company of this store")])
        row = _by_email(session, tenant, address)
        if row is None:
            row = AccountRow(
                tenant_id=tenant, id=uuid.uuid4().hex, email=address, title="", role=named, password="",
                state="active", language="", created_at=now(),
            )  # fmt: skip
            session.add(row)
            session.flush()
        session.execute(
            update(CredentialRow)
            .where(CredentialRow.tenant_id == tenant, CredentialRow.kind == "link", CredentialRow.account_id == row.id)
            .values(revoked_at=now())
        )
        session.add(_credential(tenant, made, "link", row, days=LINK_DAYS))
        append(session, tenant, actor, "account.invited", address, {"role": named}, request_id)
    return made


def accept(engine: Engine, link: str, password: str, request_id: str = "") -> SignedIn:
    """Choose a password by a one-time link, and be signed in; the link is used up, older sessions end.

    Raises:
        Refused: ``link_used``, ``password_length``.
    """
    shown = taken_apart(link)
    if shown is None or shown.kind != "link":
        raise _link()
    if not LEAST <= len(password) <= MOST:
        raise Refused([Fault("password_length", "password", f"{len(password)} characters", f"{LEAST} to {MOST}")])
    hashed = _hasher().hash(password)
    with Session(of_tenant(engine, shown.tenant)) as session, session.begin():
        try:
            row = proved(session, shown)
        except Refused:
            raise _link() from None
        account = session.get_one(AccountRow, (shown.tenant, row.account_id))
        row.revoked_at = now()
        account.password, account.state = hashed, "active"
        _end_sessions(session, shown.tenant, account.id)
        append(session, shown.tenant, f"account {account.email}", "account.accepted", account.email, {}, request_id)
        return _session(session, account)


def sign_in(engine: Engine, tenant: str, email: str, password: str, request_id: str = "") -> SignedIn:
    """A browser session for an address and its password.

    Raises:
        Refused: ``sign_in_failed`` (whatever of the three was wrong), ``sign_in_often``.
    """
    address = email.strip().lower()[:200]
    company = tenant.strip().lower()
    try:
        company_id(company)
    except Refused:
        raise _failed() from None
    with Session(of_tenant(engine, company)) as session, session.begin():
        known = session.get(Tenant, company) is not None
        if known:
            _limit(session, company, address)
        account = _by_email(session, company, address)
        hashed = account.password if account and account.state == "active" and account.password else _nobody()
        account_id = account.id if account else ""
    right = _matches(hashed, password[: MOST + 1]) and hashed != _nobody()
    if not known:
        raise _failed()
    with Session(of_tenant(engine, company)) as session, session.begin():
        outcome = "in" if right else "failed"
        session.add(LoginAttemptRow(tenant_id=company, id=uuid.uuid4().hex, who=address, at=now(), outcome=outcome))
        append(session, company, f"account {address}", f"sign_in.{outcome}", address, {}, request_id)
        if right:
            session.execute(
                delete(LoginAttemptRow).where(
                    LoginAttemptRow.tenant_id == company,
                    LoginAttemptRow.who == address,
                    LoginAttemptRow.outcome == "failed",
                )
            )
            return _session(session, session.get_one(AccountRow, (company, account_id)))
    raise _failed()


def sign_out(engine: Engine, tenant: str, session_id: str) -> None:
    """End a browser session."""
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        mine = (
            (CredentialRow.tenant_id == tenant) & (CredentialRow.id == session_id) & (CredentialRow.kind == "session")
        )
        session.execute(delete(CredentialRow).where(mine))


def change_account(
    engine: Engine, tenant: str, account_id: str, *, role: str = "", state: str = "", actor: str, request_id: str = ""
) -> None:
    """Another role, or disabled and enabled again; sessions of a disabled account end. The last owner stays.

    Raises:
        Refused: ``account_unknown``, ``role_unknown``, ``account_state``, ``last_owner``.
    """
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        row = session.get(AccountRow, (tenant, account_id))
        if row is None:
            raise Refused([Fault("account_unknown", found=account_id, expected="an account of this company")])
        new_role, new_state = role_named(role) if role else row.role, state or row.state
        if new_state not in ("active", "disabled"):
            raise Refused([Fault("account_state", "state", found=new_state, expected="active, disabled")])
        if row.role == "owner" and (new_role, new_state) != ("owner", "active") and _owners(session, tenant) == 1:
            raise Refused([Fault("last_owner", found=row.email, expected="another owner first")])
        before = f"{row.role}, {row.state}"
        row.role, row.state = new_role, new_state
        _end_sessions(session, tenant, account_id)
        detail = {"before": before, "after": f"{new_role}, {new_state}"}
        append(session, tenant, actor, "account.changed", row.email, detail, request_id)


def list_accounts(engine: Engine, tenant: str) -> list[dict[str, str]]:
    """Accounts of a company by address, without their passwords."""
    columns = ("id", "email", "title", "role", "state", "created_at")
    with Session(of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})) as session:
        query = select(AccountRow).where(AccountRow.tenant_id == tenant).order_by(AccountRow.email)
        return [
            {name: getattr(row, name) for name in columns} | {"invited": "" if row.password else "yes"}
            for row in session.scalars(query)
        ]


def _limit(session: Session, tenant: str, who: str) -> None:
    since = (datetime.now(UTC) - WINDOW).isoformat(timespec="seconds")
    session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.tenant_id == tenant, LoginAttemptRow.at < since))
    query = select(func.count()).where(
        LoginAttemptRow.tenant_id == tenant, LoginAttemptRow.who == who, LoginAttemptRow.outcome == "failed"
    )
    if (session.scalar(query) or 0) >= ATTEMPTS:
        minutes = f"{int(WINDOW.total_seconds()) // 60}"
        expected = f"{ATTEMPTS} attempts in {minutes} minutes"
        raise Refused(
            [Fault("sign_in_often", found=f"{ATTEMPTS} failed", expected=expected, values={"minutes": minutes})]
        )


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _by_email(session: Session, tenant: str, email: str) -> AccountRow | None:
    query = select(AccountRow).where(AccountRow.tenant_id == tenant, AccountRow.email == email)
    return session.scalars(query).one_or_none()


def _owners(session: Session, tenant: str) -> int:
    mine = (AccountRow.tenant_id == tenant) & (AccountRow.role == "owner") & (AccountRow.state == "active")
    return int(session.scalar(select(func.count()).select_from(AccountRow).where(mine)) or 0)


def _session(session: Session, account: AccountRow) -> SignedIn:
    made = make("session", account.tenant_id)
    over = (CredentialRow.tenant_id == account.tenant_id) & (CredentialRow.kind == "session")
    session.execute(delete(CredentialRow).where(over & (CredentialRow.expires_at < now())))
    session.add(_credential(account.tenant_id, made, "session", account, days=SESSION_DAYS))
    return SignedIn(made.text, account.id)


def _credential(tenant: str, made: Made, kind: str, account: AccountRow, *, days: int) -> CredentialRow:
    scopes = " ".join(SCOPES[role_named(account.role)]) if kind == "session" else ""
    return CredentialRow(
        tenant_id=tenant, id=made.id, kind=kind, account_id=account.id, title=account.email, role=account.role,
        scopes=scopes, records="", digest=made.digest, parent="", created_at=now(), expires_at=now(days=days),
        revoked_at="", last_used_at="",
    )  # fmt: skip


def _end_sessions(session: Session, tenant: str, account_id: str) -> None:
    mine = (CredentialRow.tenant_id == tenant) & (CredentialRow.account_id == account_id)
    session.execute(delete(CredentialRow).where(mine & (CredentialRow.kind == "session")))


def _failed() -> Refused:
    return Refused(
        [Fault("sign_in_failed", found="not these three together", expected="company, address and password")]
    )


def _link() -> Refused:
    return Refused([Fault("link_used", found="used, replaced or expired", expected="a link that was not used yet")])
