"""The audit log (审计日志): who did what, one chain of digests per company.

An entry is written in the transaction that does the deed: neither is there without the other. Its digest is SHA-256
over the RFC 8785 form of the entry, which holds the digest of the entry before; so an entry changed, taken out or moved
is found. Entries cut off at the end leave a chain that holds: they are missed only because a signed record names the
entry of its own signing (``docs/records.md``), and that one must be there.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from factordb.models import Base
from factordb.store import READ_ONLY, of_tenant
from service.companies.models import AuditEntryRow
from service.records.sections import canonical, sha256

SCHEMA: Final = "pcf-audit/1"
FIRST: Final = "0" * 64
"""What the first entry names as the digest before it."""
LONGEST: Final = 1000
"""Characters of one text of an entry: what a stranger typed must not fill the log."""
NEVER: Final = ("secret", "password", "passphrase", "token", "private", "cookie", "authorization")
"""Words that no key of a detail may hold: a secret has no place in a log."""

_TABLE: Final = Base.metadata.tables[AuditEntryRow.__tablename__]
Kind = Literal["changed", "missing", "moved"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``at``: UTC by this machine's clock; ``detail``: RFC 8785 text of plain words by key."""

    serial: int
    at: str
    actor: str
    action: str
    target: str
    detail: str
    request_id: str
    previous: str
    digest: str

    def plain(self) -> dict[str, Any]:
        """The entry as JSON, its detail opened where it can be."""
        try:
            detail: Any = json.loads(self.detail)
        except ValueError:
            detail = self.detail
        return {**asdict(self), "detail": detail}


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not hold, and in what way."""

    serial: int
    kind: Kind
    recorded: str
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many entries hold, the last of them, and the first that does not."""

    entries: int
    head: str
    broken: Broken | None = None


def append(
    session: Session, tenant: str, actor: str, action: str, target: str,
    detail: Mapping[str, Any] | None = None, request_id: str = "",
) -> Entry:  # fmt: skip
    """Write an entry inside the caller's transaction; the log of this company is locked until that ends.

    Args:
        session: a transaction that may write, opened for this company (``of_tenant``).
        actor: who: an account's or key's id, or ``cli:<user>``; never a secret.
        action: a word with a dot, such as ``record.signed``.
        target: the id of what it was done to.
        detail: plain words by key, a map of such words for a before and an after.

    Raises:
        ValueError: a key of the detail names a secret.
    """
    return append_all(session, tenant, actor, action, [target], detail, request_id)[0]


def append_all(
    session: Session, tenant: str, actor: str, action: str, targets: Sequence[str],
    detail: Mapping[str, Any] | None = None, request_id: str = "",
) -> list[Entry]:  # fmt: skip
    """The same for each of some targets, in their order; see :func:`append`.

    Raises:
        ValueError: a key of the detail names a secret.
    """
    told = canonical(_told(detail or {})).decode()
    if not targets:
        return []
    session.flush()
    _hold(session, tenant)
    last = session.execute(
        select(AuditEntryRow.serial, AuditEntryRow.digest)
        .where(AuditEntryRow.tenant_id == tenant)
        .order_by(AuditEntryRow.serial.desc())
        .limit(1)
    ).first()
    serial, previous = (last.serial, last.digest) if last else (0, FIRST)
    made: list[Entry] = []
    for target in targets:
        serial += 1
        texts = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "actor": clean(actor),
            "action": clean(action),
            "target": clean(target),
            "detail": told,
            "request_id": clean(request_id),
            "previous": previous,
        }
        previous = _digest(tenant, serial, texts)
        made.append(Entry(serial=serial, **texts, digest=previous))
    session.execute(insert(_TABLE), [{"tenant_id": tenant, **asdict(entry)} for entry in made])
    return made


def entries(engine: Engine, tenant: str, *, after: int = 0, limit: int = 0) -> Iterator[Entry]:
    """Entries in their order, from the one after ``after``; ``limit`` 0 for all."""
    reading = of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})
    columns = [getattr(AuditEntryRow, name) for name in Entry.__slots__]
    query = select(*columns).where(AuditEntryRow.tenant_id == tenant, AuditEntryRow.serial > after)
    query = query.order_by(AuditEntryRow.serial).execution_options(yield_per=500)
    with Session(reading) as session:
        for row in session.execute(query.limit(limit) if limit else query):
            yield Entry(*row)


def newest(engine: Engine, tenant: str, limit: int = 50) -> list[Entry]:
    """The last entries, newest first."""
    reading = of_tenant(engine, tenant).execution_options(**{READ_ONLY: True})
    columns = [getattr(AuditEntryRow, name) for name in Entry.__slots__]
    query = select(*columns).where(AuditEntryRow.tenant_id == tenant).order_by(AuditEntryRow.serial.desc())
    with Session(reading) as session:
        return [Entry(*row) for row in session.execute(query.limit(limit))]


def head(engine: Engine, tenant: str) -> Entry | None:
    """The last entry, or None where nothing was written yet."""
    return next(iter(newest(engine, tenant, 1)), None)


def verify(engine: Engine, tenant: str) -> Checked:
    """Walk the chain from its first entry; stops at the first that does not hold."""
    number, previous = 0, FIRST
    for entry in entries(engine, tenant):
        expected = number + 1
        if entry.serial != expected:
            broken = Broken(expected, "missing", f"entry {expected}", f"entry {entry.serial}")
            return Checked(number, previous, broken)
        texts = {name: value for name, value in asdict(entry).items() if name not in ("serial", "digest")}
        made = _digest(tenant, entry.serial, texts)
        if made != entry.digest:
            return Checked(number, previous, Broken(entry.serial, "changed", entry.digest, made))
        if entry.previous != previous:
            return Checked(number, previous, Broken(entry.serial, "moved", entry.previous, previous))
        number, previous = expected, entry.digest
    return Checked(number, previous)


def find(engine: Engine, tenant: str, serial: int, digest: str) -> Entry | None:
    """The entry of this serial if it has this digest: what a signed record anchors."""
    found = next(iter(entries(engine, tenant, after=serial - 1, limit=1)), None)
    return found if found is not None and (found.serial, found.digest) == (serial, digest) else None


def clean(given: str) -> str:
    """A text as the log holds it: no control characters, no half characters, not longer than :data:`LONGEST`."""
    whole = given.encode("utf-8", "replace").decode("utf-8")
    shown = "".join("\ufffd" if unicodedata.category(c) == "Cc" else c for c in whole)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _told(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail as text, maps inside it as maps; a key that names a secret is a mistake of the caller."""
    if named := [key for key in detail if any(word in str(key).lower() for word in NEVER)]:
        raise ValueError(f"a secret has no place in the audit log: {', '.join(sorted(named))}")
    return {
        clean(str(key)): _told(value) if isinstance(value, Mapping) else clean(str(value))
        for key, value in detail.items()
    }


def _digest(tenant: str, serial: int, texts: Mapping[str, str]) -> str:
    return sha256({"schema": SCHEMA, "tenant": tenant, "serial": str(serial), **texts})


def _hold(session: Session, tenant: str) -> None:
    """One writer at a time. SQLite's transactions begin as writers; PostgreSQL's wait here for each other."""
    if session.get_bind().dialect.name != "sqlite":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(lock, {"name": f"audit {tenant}"})
