"""Sign a stored record: an envelope over its name, its extracts and the head of the audit log, beside the record."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.companies.audit import append
from service.companies.models import SignatureRow, SigningKeyRow
from service.desk import Desk
from service.models import WithdrawalRow
from service.records.algorithms import algorithm_named
from service.records.envelope import message
from service.records.key_ring import own_key
from service.records.keys import KeyFolder, instant, is_locked, read_private
from service.records.levels import digests_of, extracts_of
from service.records.sections import value_of
from service.records.verify import rerun


def sign(
    desk: Desk,
    folder: KeyFolder,
    beginning: str,
    actor: str,
    *,
    key: str = "",
    passphrase: Callable[[], bytes] = bytes,
    request_id: str = "",
) -> dict[str, Any]:
    """Sign a record of the store and return it with all its signatures.

    It is re-run first: a number that does not come out again is not signed. The entry in the audit log is written in
    the same transaction and is what the envelope names as the head of the log.

    Args:
        beginning: the record's name or eight or more characters of it.
        key: the beginning of a key's id; empty for the newest good one.
        passphrase: asked only where the key's file wants one, and before anything is locked.

    Raises:
        Refused: ``draft_not_signed``, ``record_withdrawn``, ``signed_already``, ``sign_not_proven``,
            ``signing_key_unknown``, ``signing_key_not_good``, ``key_passphrase``, ``key_file_missing``, ...
    """
    record = desk.records.get(beginning)
    name = str(record["name"])
    chosen = own_key(desk, key)
    if value_of(record, "result")["status"] == "draft":
        raise Refused([Fault("draft_not_signed", name[:16], found="draft", expected="a complete result")])
    with Session(desk.engine.execution_options(**{READ_ONLY: True})) as session:
        _check(session, desk.tenant, name, chosen.id)
    verdict = rerun({**record, "signatures": [], "extracts": []}, desk.release)
    if verdict.recomputation not in ("identical", "identical by other code"):
        found = " ".join((verdict.integrity, verdict.recomputation, verdict.step, verdict.where)).strip()
        raise Refused([Fault("sign_not_proven", name[:16], found=found, expected="identical")])
    result, items = value_of(record, "result"), value_of(record, "derivation/factors")
    extracts = extracts_of(result, items, desk.records.secret())
    private = read_private(folder, desk.tenant, chosen.id)
    opened = passphrase() if is_locked(private) else b""
    with Session(desk.engine) as session, session.begin():
        _check(session, desk.tenant, name, chosen.id)  # once more: the passphrase may have taken its time
        entry = append(session, desk.tenant, actor, "record.signed", name, {"key": chosen.id}, request_id)
        envelope: dict[str, Any] = {
            "algorithm": chosen.algorithm,
            "key_id": chosen.id,
            "chain": [chosen.public],
            "time": instant(),
            "audit": {"serial": str(entry.serial), "digest": entry.digest},
            "extracts": digests_of(extracts),
        }
        made = algorithm_named(chosen.algorithm).sign(private, opened, message(name, envelope))
        envelope["signature"] = base64.b64encode(made).decode()
        held = json.dumps({"envelope": envelope, "extracts": extracts}, ensure_ascii=False, sort_keys=True)
        session.add(
            SignatureRow(
                tenant_id=desk.tenant, id=uuid.uuid4().hex, record_name=name, key_id=chosen.id, envelope=held,
                at=envelope["time"],
            )
        )  # fmt: skip
    return desk.records.get(name)


def _check(session: Session, tenant: str, name: str, key: str) -> None:
    """The record is in force and not signed with this key, and the key is good."""
    gone = session.get(WithdrawalRow, (tenant, name))
    if gone is not None:
        raise Refused([Fault("record_withdrawn", name[:16], found=gone.reason, expected="a record in force")])
    mine = select(SignatureRow.at).where(SignatureRow.tenant_id == tenant, SignatureRow.record_name == name)
    at = session.scalars(mine.where(SignatureRow.key_id == key)).first()
    if at is not None:
        raise Refused([Fault("signed_already", name[:16], found=f"signed at {at}", expected="another key")])
    row = session.get_one(SigningKeyRow, (tenant, key))
    if row.revoked_at or row.expires_at <= instant():
        found = f"revoked at {row.revoked_at}" if row.revoked_at else f"expired at {row.expires_at}"
        raise Refused([Fault("signing_key_not_good", key[:16], found=found, expected="a key in use")])
