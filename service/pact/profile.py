"""The company as its partners see it: name, identifiers, issuer of its own URNs, address of its service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Collector, Fault, Refused
from service.companies.audit import append
from service.desk import Desk
from service.pact.form import Company
from service.pact.models import PactProfileRow
from service.pact.stated import issued, urns

DOMAIN: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def set_profile(
    desk: Desk, *, name: str, ids: Sequence[str] = (), domain: str = "", base_url: str, actor: str, request_id: str = ""
) -> Company:
    """Say who the company is. Published footprints keep what they said.

    Without ``ids`` a domain gives one: ``urn:pact:<domain>:supplier-id:<company>``.

    Raises:
        Refused: ``pact_profile``, ``pact_urn``, ``pact_base_url``; all at once.
    """
    wrong = Collector()
    title, issuer, base = name.strip(), domain.strip().lower(), base_url.strip().rstrip("/")
    if not title or len(title) > 500:
        wrong.add(Fault("pact_profile", "name", found=title[:60] or "blank", expected="1 to 500 characters"))
    if issuer and not DOMAIN.fullmatch(issuer):
        wrong.add(Fault("pact_profile", "domain", found=issuer[:80], expected="a domain of the company, acme.example"))
    given = list(ids) or ([issued(issuer, "supplier-id", desk.tenant)] if issuer and not wrong.faults else [])
    if not given:
        wrong.add(Fault("pact_profile", "ids", found="none", expected="one or more URNs, or a domain"))
    urns(given, "ids", wrong)
    check_base(base, "base_url", wrong)
    wrong.raise_if_any()
    with Session(desk.engine) as session, session.begin():
        row = session.get(PactProfileRow, desk.tenant) or PactProfileRow(tenant_id=desk.tenant)
        row.name, row.ids, row.domain, row.base_url = title, " ".join(given), issuer, base
        row.changed_at = datetime.now(UTC).isoformat(timespec="seconds")
        session.add(row)
        detail = {"name": title, "ids": row.ids, "domain": issuer, "base_url": base}
        append(session, desk.tenant, actor, "pact.profile", desk.tenant, detail, request_id)
    return Company(title, tuple(given), issuer, base)


def profile(desk: Desk) -> Company:
    """The company.

    Raises:
        Refused: ``pact_no_profile``.
    """
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        row = session.get(PactProfileRow, desk.tenant)
        if row is None:
            expected = "name, identifiers and address of the service: pcf pact company"
            raise Refused([Fault("pact_no_profile", found="nothing", expected=expected)])
        return Company(row.name, tuple(row.ids.split()), row.domain, row.base_url)


def check_base(base: str, where: str, wrong: Collector) -> None:
    """Add a fault for an address that is not ``https://host[/path]``: the exchange is over TLS only."""
    try:
        parts = urlsplit(base)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
        parts = urlsplit("")
    if not good or parts.query or parts.fragment or not base.isascii() or any(map(str.isspace, base)):
        expected = "https://host or https://host/path, without a user, a query or a fragment"
        wrong.add(Fault("pact_base_url", where, found=base[:120] or "blank", expected=expected))
