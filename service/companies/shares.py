"""Shares (分享): a record shown to somebody outside the company, at a level, by a token, until it ends or is revoked.

What is shown is the disclosed copy of the level and nothing else. The token is shown once and only its digest is kept;
making, opening and revoking each leave an entry in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.companies.audit import append
from service.companies.models import ShareRow
from service.companies.secrets import digest, make, same, taken_apart
from service.desk import Desk
from service.models import WithdrawalRow
from service.records.disclose import disclose
from service.records.levels import level_named
from service.records.sections import value_of

DAYS: Final = 90
MOST_DAYS: Final = 3653
_NOBODY: Final = digest("")


@dataclass(frozen=True, slots=True)
class Share:
    """One share; without its token, which nobody can make again."""

    id: str
    record_name: str
    level: str
    title: str
    created_at: str
    expires_at: str
    revoked_at: str
    made_by: str

    @property
    def state(self) -> str:
        """``open``, ``expired`` or ``revoked``."""
        return "revoked" if self.revoked_at else "expired" if self.expires_at <= _now() else "open"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a token shows: the disclosed copy, and why its record was withdrawn since, if it was."""

    share: Share
    copy: Mapping[str, Any]
    withdrawn: str = ""


def new_share(
    desk: Desk, beginning: str, level: str, title: str, actor: str, *, days: int = DAYS, request_id: str = ""
) -> tuple[Share, str]:  # fmt: skip
    """Share a record of the company: the share, and its token, which is shown once.

    Args:
        beginning: the record's name or eight or more characters of it.
        title: who it is for.
        days: how long it stays open.

    Raises:
        Refused: ``level_unknown``, ``share_title``, ``share_days``, ``draft_not_disclosed``, ``record_withdrawn``,
            ``record_unknown``; the first three at once.
    """
    shown = level_named(level)
    faults = []
    if not 0 < len(title.strip()) <= 200:
        faults.append(Fault("share_title", "title", found=title[:60] or "nothing", expected="who it is for"))
    if not 1 <= days <= MOST_DAYS:
        faults.append(Fault("share_days", "days", found=str(days), expected=f"1 to {MOST_DAYS}"))
    if faults:
        raise Refused(faults)
    record = desk.records.get(beginning)
    name = str(record["name"])
    if value_of(record, "result")["status"] == "draft" and not shown.draft:
        raise Refused([Fault("draft_not_disclosed", "level", found=level, expected="auditor")])
    made = make("share", desk.tenant)
    with Session(desk.engine) as session, session.begin():
        gone = session.get(WithdrawalRow, (desk.tenant, name))
        if gone is not None:
            raise Refused([Fault("record_withdrawn", name[:16], found=gone.reason, expected="a record in force")])
        row = ShareRow(
            tenant_id=desk.tenant, id=made.id, record_name=name, level=level, title=title.strip(), digest=made.digest,
            created_at=_now(), expires_at=_now(days), revoked_at="", made_by=actor,
        )  # fmt: skip
        session.add(row)
        detail = {"level": level, "title": title.strip(), "record": name, "expires_at": row.expires_at}
        append(session, desk.tenant, actor, "share.made", made.id, detail, request_id)
        return _of(row), made.text


def open_share(desk: Desk, token: str, request_id: str = "") -> Opened:
    """What a token shows. The company stands in the token; ``desk`` may be of any.

    Raises:
        Refused: ``share_unknown`` for a token that is wrong in any way; ``share_ended`` for one that was right.
    """
    shown = taken_apart(token)
    if shown is None or shown.kind != "share":
        raise _unknown()
    there = desk.of(shown.tenant)
    with Session(there.engine) as session, session.begin():
        row = session.get(ShareRow, (shown.tenant, shown.id))
        # A digest is compared in every case: an unknown id answers no faster than a wrong secret.
        right = same(row.digest if row else _NOBODY, shown.digest)
        if row is None or not right:
            raise _unknown()
        share = _of(row)
        if share.state != "open":
            found = f"{share.state} at {share.revoked_at or share.expires_at}"
            raise Refused([Fault("share_ended", found=found, expected="a share that is open")])
        gone = session.get(WithdrawalRow, (shown.tenant, share.record_name))
        withdrawn = gone.reason if gone else ""
        detail = {"record": share.record_name, "level": share.level}
        append(session, shown.tenant, f"share {share.id} {share.title}", "share.opened", share.id, detail, request_id)
    record = there.records.get(share.record_name)
    return Opened(share, disclose(record, share.level, there.records.secret()), withdrawn)


def revoke_share(desk: Desk, share_id: str, actor: str, request_id: str = "") -> Share:
    """End a share from this moment; a second time changes nothing.

    Raises:
        Refused: ``share_unknown``.
    """
    with Session(desk.engine) as session, session.begin():
        row = session.get(ShareRow, (desk.tenant, share_id))
        if row is None:
            raise _unknown()
        if not row.revoked_at:
            row.revoked_at = _now()
            detail = {"record": row.record_name, "level": row.level}
            append(session, desk.tenant, actor, "share.revoked", row.id, detail, request_id)
        return _of(row)


def list_shares(desk: Desk, record_name: str = "") -> list[Share]:
    """Shares of the company, newest first; of one record where its full name is given."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        query = select(ShareRow).where(ShareRow.tenant_id == desk.tenant)
        if record_name:
            query = query.where(ShareRow.record_name == record_name)
        return [_of(row) for row in session.scalars(query.order_by(ShareRow.created_at.desc(), ShareRow.id))]


def _unknown() -> Refused:
    return Refused([Fault("share_unknown", found="no share of this installation", expected="pcf_share_...")])


def _of(row: ShareRow) -> Share:
    return Share(
        row.id, row.record_name, row.level, row.title, row.created_at, row.expires_at, row.revoked_at, row.made_by
    )  # fmt: skip


def _now(days: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")
