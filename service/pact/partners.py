"""Partners: companies we exchange footprints with, their client here, and ours there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Collector, Fault, Refused
from service.companies.access import Caller
from service.companies.audit import append
from service.companies.keys import Wanted, new_key, revoke_key
from service.companies.models import CredentialRow
from service.desk import Desk
from service.jobs.addresses import Networks, check_url
from service.pact.models import PactPartnerRow
from service.pact.profile import check_base
from service.pact.sealing import sealed
from service.records.keys import KeyFolder

ACTIVE: Final = "active"
REMOVED: Final = "removed"
CLIENT_DAYS: Final = 5 * 365
Folder = Callable[[], KeyFolder]
"""The folder of key files, asked for when a secret is to be kept: a store without partners may have none."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner without secrets."""

    id: str
    title: str
    base_url: str
    auth_url: str
    client_id: str
    credential_id: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Access:
    """Our credentials at a partner's service, as they gave them to us."""

    base_url: str = ""
    auth_url: str = ""
    """Where tokens are asked for; blank: the base address."""
    client_id: str = ""
    secret: str = ""


def add(
    desk: Desk, folder: Folder, title: str, access: Access, *, actor: str, allowed: Networks = (),
    request_id: str = "",
) -> tuple[Partner, str, str]:  # fmt: skip
    """Register a partner. Returns it with the client id and secret that its system signs in with here; the secret is
    shown once.

    A partner without a base address asks us and is sent nothing.

    Raises:
        Refused: ``pact_partner_form``, ``pact_base_url``, ``webhook_url``, ``webhook_address``; all at once.
    """
    wrong = Collector()
    name = title.strip()
    if not name or len(name) > 200 or not name.isprintable():
        wrong.add(Fault("pact_partner_form", "title", found=name[:60] or "blank", expected="1 to 200 characters"))
    clean = _checked(access, allowed, wrong)
    wrong.raise_if_any()
    made_id = uuid.uuid4().hex
    kept = sealed(folder(), desk.tenant, made_id, clean.secret) if clean.secret else ""
    made = new_key(desk.engine, desk.tenant, Wanted(name, "partner", days=CLIENT_DAYS, kind="client"), actor)
    row = PactPartnerRow(
        tenant_id=desk.tenant, id=made_id, title=name, base_url=clean.base_url, auth_url=clean.auth_url,
        client_id=clean.client_id, sealed=kept, credential_id=made.id, state=ACTIVE,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    with Session(desk.engine) as session, session.begin():
        session.add(row)
        append(
            session,
            desk.tenant,
            actor,
            "pact.partner_added",
            made_id,
            {"title": name, "base_url": clean.base_url},
            request_id,
        )
        partner = _of(row)
    return partner, f"{desk.tenant}.{made.id}", made.text.split("_", 4)[4]


def connect(
    desk: Desk, folder: Folder, partner_id: str, access: Access, *, actor: str, allowed: Networks = (),
    request_id: str = "",
) -> Partner:  # fmt: skip
    """Our access to the service of a partner that is registered already: two companies that register each other need
    the other's client first. Also for a changed secret or address; their client here stays.

    Raises:
        Refused: ``pact_partner_unknown``, and as :func:`add`.
    """
    partner, wrong = named(desk, partner_id), Collector()
    clean = _checked(access, allowed, wrong)
    if not clean.secret and not wrong.faults:
        wrong.add(Fault("pact_partner_form", "base_url, client_id, secret", "nothing", "all three"))
    wrong.raise_if_any()
    kept = sealed(folder(), desk.tenant, partner.id, clean.secret)
    with Session(desk.engine) as session, session.begin():
        row = session.get_one(PactPartnerRow, (desk.tenant, partner.id))
        row.base_url, row.auth_url, row.client_id, row.sealed = clean.base_url, clean.auth_url, clean.client_id, kept
        detail = {"before": partner.base_url, "after": clean.base_url, "client": clean.client_id}
        append(session, desk.tenant, actor, "pact.partner_connected", partner.id, detail, request_id)
        return _of(row)


def remove(desk: Desk, partner_id: str, *, actor: str, request_id: str = "") -> None:
    """Send nothing more to a partner and end its access here; what was exchanged stays.

    Raises:
        Refused: ``pact_partner_unknown``.
    """
    partner = named(desk, partner_id)
    revoke_key(desk.engine, desk.tenant, partner.credential_id, actor, request_id)
    with Session(desk.engine) as session, session.begin():
        row = session.get_one(PactPartnerRow, (desk.tenant, partner.id))
        row.state, row.sealed = REMOVED, ""
        append(session, desk.tenant, actor, "pact.partner_removed", partner.id, {"title": row.title}, request_id)


def partners(desk: Desk) -> list[Partner]:
    """Active partners by title."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        query = select(PactPartnerRow).where(PactPartnerRow.tenant_id == desk.tenant, PactPartnerRow.state == ACTIVE)
        return [_of(row) for row in session.scalars(query.order_by(PactPartnerRow.title, PactPartnerRow.id))]


def named(desk: Desk, given: str) -> Partner:
    """A partner by its id, the beginning of it, or its title.

    Raises:
        Refused: ``pact_partner_unknown`` for none or several.
    """
    found = [item for item in partners(desk) if given and (item.id.startswith(given) or item.title == given)]
    if len(found) != 1:
        expected = ", ".join(f"{item.id[:8]} {item.title}" for item in partners(desk))[:200] or "a registered partner"
        raise Refused([Fault("pact_partner_unknown", found=given[:60] or "blank", expected=expected)])
    return found[0]


def asking(desk: Desk, caller: Caller) -> Partner | None:
    """The partner whose client a caller's token was given to; None for a client that belongs to no partner.

    A client that was replaced names the one before as its parent.
    """
    known = {item.credential_id: item for item in partners(desk)}
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        name, seen = caller.credential_id, set[str]()
        while name and name not in seen:
            if name in known:
                return known[name]
            seen.add(name)
            row = session.get(CredentialRow, (desk.tenant, name))
            name = row.parent if row else ""
    return None


def kept_secret(desk: Desk, partner_id: str) -> str:
    """Our secret at a partner, still encrypted."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        row: Any = session.get_one(PactPartnerRow, (desk.tenant, partner_id))
        return str(row.sealed)


def _checked(access: Access, allowed: Networks, wrong: Collector) -> Access:
    """Addresses without a slash at their end; all three parts of an access, or none of them."""
    base, auth = access.base_url.strip().rstrip("/"), access.auth_url.strip().rstrip("/")
    for where, url in (("base_url", base), ("auth_url", auth)):
        if url:
            check_base(url, where, wrong)
            with wrong.catching(where):
                check_url(url, allowed)
    whole = (bool(base), bool(access.client_id), bool(access.secret))
    if any(whole) != all(whole) or (auth and not base):
        expected = "base address, client id and secret of the partner's service, or none of them"
        wrong.add(Fault("pact_partner_form", "base_url, client_id, secret", "a part of them", expected))
    return Access(base, auth or base, access.client_id, access.secret)


def _of(row: PactPartnerRow) -> Partner:
    return Partner(row.id, row.title, row.base_url, row.auth_url, row.client_id, row.credential_id, row.created_at)
