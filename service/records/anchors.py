"""Heads of the audit log that signatures name: whether this log still holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from lca.faults import Fault, Refused
from service.companies.audit import find, head
from service.records.envelope import KnownKey, judge
from service.records.keys import by_id
from service.records.sections import integrity_faults


@dataclass(frozen=True, slots=True)
class Anchor:
    """The entry that a signature of ours names. ``short``: the log ends before it."""

    serial: int
    digest: str
    there: bool
    short: bool


def anchors(engine: Engine, tenant: str, record: Mapping[str, Any], own: Iterable[KnownKey]) -> list[Anchor]:
    """One for each signature on a record that fits one of the company's own keys, expired and revoked ones too: who
    holds a signed record can show that entries were cut off the log, whatever became of the key.

    Raises:
        Refused: ``record_tampered``.
    """
    if wrong := integrity_faults(record):
        raise Refused([Fault("record_tampered", "record", ", ".join(wrong), "sections that give their digests")])
    known = by_id(own)
    last = head(engine, tenant)
    found = []
    for envelope, judged in zip(record.get("signatures", ()), judge(record, known), strict=False):
        forged = judged.why in ("form", "draft", "signature", "other_key", "other_algorithm", "algorithm", "no_key")
        if judged.key_id not in known or forged:
            continue
        serial, digest = _named(envelope["audit"])
        entry = find(engine, tenant, serial, digest)
        there = entry is not None and (entry.action, entry.target) == ("record.signed", str(record["name"]))
        found.append(Anchor(serial, digest, there, last is None or last.serial < serial))
    return found


def _named(audit: Mapping[str, str]) -> tuple[int, str]:
    serial = audit.get("serial", "")
    return (int(serial) if serial.isascii() and serial.isdigit() and len(serial) < 16 else 0), audit.get("digest", "")
