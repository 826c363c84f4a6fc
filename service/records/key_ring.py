"""The company's own signing keys: made, listed, revoked; public halves in the store, every step in the audit log."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.companies.audit import append
from service.companies.models import SigningKeyRow
from service.desk import Desk, open_desk, store_place
from service.records.algorithms import ED25519, algorithm_named
from service.records.envelope import COMPROMISED, REASONS, KnownKey, key_id
from service.records.keys import KeyFolder, by_id, instant, key_folder, pinned, write_private

DAYS: Final = 731
"""How long a new key is good where nobody says otherwise: two years."""


def new_key(
    desk: Desk, folder: KeyFolder, title: str, actor: str, *, passphrase: bytes = b"", algorithm: str = ED25519,
    expires: date | None = None,
) -> KnownKey:  # fmt: skip
    """Make a key: its private half as a file, its public half in the store.

    ``expires``: the last day, in UTC, on which the key is good.

    Raises:
        Refused: ``algorithm_unknown``, ``key_title``, ``key_expiry`` for a day that has passed, ``key_file_there``.
    """
    if not (title.isprintable() and 0 < len(title.strip()) <= 200):
        raise Refused([Fault("key_title", "title", found=title[:40] or "nothing", expected="who signs with it")])
    private, public = algorithm_named(algorithm).new(passphrase)
    now = datetime.now(UTC)
    last = expires or (now + timedelta(days=DAYS)).date()
    if last < now.date():
        raise Refused([Fault("key_expiry", "expires", found=last.isoformat(), expected="a day to come")])
    ends = datetime(last.year, last.month, last.day, 23, 59, 59, 999000, tzinfo=UTC)
    made = KnownKey(
        key_id(public), algorithm, base64.b64encode(public).decode(), title, instant(now), instant(ends), origin="own"
    )
    path = write_private(folder, desk.tenant, made.id, private)
    try:
        with Session(desk.engine) as session, session.begin():
            session.add(
                SigningKeyRow(
                    tenant_id=desk.tenant, id=made.id, public_key=f"{algorithm} {made.public}", title=title,
                    created_at=made.created_at, expires_at=made.expires_at, revoked_at="", reason="",
                )
            )  # fmt: skip
            detail = {"algorithm": algorithm, "title": title, "expires_at": made.expires_at}
            append(session, desk.tenant, actor, "signing_key.made", made.id, detail)
    except BaseException:
        path.unlink()
        raise
    return made


def own_keys(desk: Desk) -> list[KnownKey]:
    """The company's keys, oldest first."""
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        query = select(SigningKeyRow).where(SigningKeyRow.tenant_id == desk.tenant)
        return [_of(row) for row in session.scalars(query.order_by(SigningKeyRow.created_at, SigningKeyRow.id))]


def known_keys(desk: Desk, folder: KeyFolder | None) -> dict[str, KnownKey]:
    """Every key that this company vouches for: its own, and those pinned from files."""
    return by_id(own_keys(desk), pinned(folder) if folder else ())


def keys_here(given: str = "") -> dict[str, KnownKey]:
    """Keys that are vouched for where a verb runs: the store's own, if a store is there, and pinned ones.

    Nothing is made by looking.
    """
    place = store_place(given)
    folder = key_folder(place) if os.environ.get("PCF_KEYS") or "://" not in place else None
    if "://" not in place and not Path(place).is_file():
        return by_id(pinned(folder) if folder else ())
    with open_desk(given) as desk:
        return known_keys(desk, folder)


def own_key(desk: Desk, beginning: str = "") -> KnownKey:
    """The key by the beginning of its id; without one the newest that is neither revoked nor expired.

    Raises:
        Refused: ``signing_key_unknown``, ``signing_key_ambiguous``.
    """
    known = own_keys(desk)
    now = instant()
    found = [key for key in known if (key.id.startswith(beginning) if beginning else usable(key, now))]
    if not found:
        shown = ", ".join(key.id[:16] for key in known if usable(key, now)) or "none: pcf key new"
        raise Refused([Fault("signing_key_unknown", found=beginning or "none that is good", expected=shown)])
    if beginning and len(found) > 1:
        shown = ", ".join(key.id[:16] for key in found)
        raise Refused([Fault("signing_key_ambiguous", found=shown, expected="more characters of the id")])
    return found[-1]


def revoke(desk: Desk, beginning: str, reason: str, note: str, actor: str) -> KnownKey:
    """Revoke a key from this moment; it stays revoked. A revoked key may still be found to be *compromised*.

    Raises:
        Refused: ``revocation_reason``, ``signing_key_unknown``, ``signing_key_ambiguous``, ``signing_key_revoked``.
    """
    if reason not in REASONS:
        raise Refused([Fault("revocation_reason", "reason", found=reason[:60], expected=", ".join(REASONS))])
    named = own_key(desk, beginning or "-")
    with Session(desk.engine) as session, session.begin():
        row = session.get_one(SigningKeyRow, (desk.tenant, named.id))
        if row.revoked_at and (reason != COMPROMISED or row.reason == COMPROMISED):
            found = f"revoked at {row.revoked_at}, {row.reason}"
            raise Refused([Fault("signing_key_revoked", named.id[:16], found=found, expected="a key in use")])
        row.revoked_at, row.reason = row.revoked_at or instant(), reason
        append(session, desk.tenant, actor, "signing_key.revoked", row.id, {"reason": reason, "note": note})
        return _of(row)


def usable(key: KnownKey, now: str) -> bool:
    """Whether a key may sign now."""
    return not key.revoked_at and key.expires_at > now


def shown(key: KnownKey) -> Mapping[str, str]:
    """A key for a listing, with its state."""
    state = "revoked" if key.revoked_at else "in_use" if key.expires_at > instant() else "expired"
    names = ("id", "algorithm", "title", "created_at", "expires_at", "revoked_at", "reason", "origin")
    return {name: str(getattr(key, name)) for name in names} | {"state": state}


def _of(row: SigningKeyRow) -> KnownKey:
    algorithm, _, public = row.public_key.partition(" ")
    return KnownKey(
        row.id, algorithm, public, row.title, row.created_at, row.expires_at, row.revoked_at, row.reason, "own"
    )  # fmt: skip
