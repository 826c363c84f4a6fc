"""Envelopes: what exactly is signed, and what an envelope on a record is worth.

Signed are the bytes ``pcf-signature/1``, a line feed, and the RFC 8785 form of the envelope without its signature
together with ``schema`` and ``record`` (the name). The first line keeps a signature of ours from being one of anything
else. The time is what the signer says: nothing here proves it (decision 0032).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from service.records.algorithms import algorithms
from service.records.sections import SCHEMA, canonical, sha256

DOMAIN: Final = b"pcf-signature/1\n"
FIELDS: Final = frozenset({"algorithm", "key_id", "chain", "time", "audit", "extracts", "signature"})
ID: Final = re.compile("[0-9a-f]{64}")
MOST: Final = 20
"""Envelopes of one record that are looked at; more are an attack on time."""
COMPROMISED: Final = "compromised"
REASONS: Final = (COMPROMISED, "superseded", "retired")

Signature = Literal["signed", "unsigned", "unknown key", "expired key", "bad signature"]
WORST_FIRST: Final[tuple[Signature, ...]] = ("bad signature", "signed", "expired key", "unknown key")
"""One bad envelope spoils a record; of the others the best one counts."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A public key that somebody here vouches for: our own, or one pinned from a file. Times as ISO 8601 in UTC."""

    id: str
    algorithm: str
    public: str
    """Base64 of the DER form."""
    title: str
    created_at: str
    expires_at: str
    revoked_at: str = ""
    reason: str = ""
    origin: Literal["own", "pinned"] = "pinned"


@dataclass(frozen=True, slots=True)
class Judged:
    """One envelope's verdict. ``why``: a code of the closed list in ``docs/records.md``; ``time``: as claimed."""

    verdict: Signature
    key_id: str
    title: str
    time: str
    why: str = ""


def key_id(public: bytes) -> str:
    """The id of a key: SHA-256 of its public half, DER, hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def message(name: str, envelope: Mapping[str, Any]) -> bytes:
    """The bytes that are signed for a record of this name."""
    context = {key: value for key, value in envelope.items() if key != "signature"}
    return DOMAIN + canonical({"schema": SCHEMA, "record": name, **context})


def judge(record: Mapping[str, Any], known: Mapping[str, KnownKey], now: datetime | None = None) -> tuple[Judged, ...]:
    """The verdict on each envelope of a record whose sections are intact, in their order."""
    envelopes = record.get("signatures", [])
    if not isinstance(envelopes, list) or len(envelopes) > MOST:
        return (Judged("bad signature", "", "", "", "form"),)
    at = (now or datetime.now(UTC)).astimezone(UTC)
    draft = _is_draft(record)
    return tuple(_judge(str(record["name"]), envelope, known, at, draft) for envelope in envelopes)


def overall(judged: Iterable[Judged]) -> Signature:
    """The verdict on a record from those on its envelopes."""
    there = {item.verdict for item in judged}
    return next((verdict for verdict in WORST_FIRST if verdict in there), "unsigned")


def _judge(name: str, envelope: Any, known: Mapping[str, KnownKey], now: datetime, draft: bool) -> Judged:
    if not _has_form(envelope):
        return Judged("bad signature", "", "", "", "form")
    ours = known.get(envelope["key_id"])
    said = (envelope["key_id"], ours.title if ours else "", envelope["time"])
    if draft:
        return Judged("bad signature", *said, "draft")
    if why := _fits(name, envelope, ours):
        return Judged("unknown key" if why in ("algorithm", "no_key") else "bad signature", *said, why)
    if ours is None:
        return Judged("unknown key", *said, "not_pinned")
    verdict, why = _in_time(ours, _moment(envelope["time"]), now)
    return Judged(verdict, *said, why)


def _fits(name: str, envelope: Mapping[str, Any], ours: KnownKey | None) -> str:
    """Why the signature is not of this record by the key it names; empty where it is."""
    if ours is not None and ours.algorithm != envelope["algorithm"]:
        return "other_algorithm"
    if envelope["algorithm"] not in algorithms():
        return "algorithm"
    texts = [ours.public] if ours is not None else envelope["chain"][:1]
    if not texts:
        return "no_key"
    public, signature = _bytes(texts[0]), _bytes(envelope["signature"])
    if public is None or key_id(public) != envelope["key_id"]:
        return "other_key"
    good = signature is not None and algorithms()[envelope["algorithm"]].verify(
        public, message(name, envelope), signature
    )
    return "" if good else "signature"


def _in_time(key: KnownKey, at: datetime | None, now: datetime) -> tuple[Signature, str]:
    made, ends, revoked = (_moment(text) for text in (key.created_at, key.expires_at, key.revoked_at))
    if at is None:
        return "bad signature", "form"
    if made is not None and at < made:
        return "bad signature", "before_key"
    if key.revoked_at:
        if key.reason == COMPROMISED or revoked is None:
            return "bad signature", "compromised"  # a thief writes any time he likes
        return ("bad signature", "after_revocation") if at >= revoked else ("expired key", "revoked")
    if ends is None or at > ends:
        return "bad signature", "after_expiry"
    return ("expired key", "expired") if now > ends else ("signed", "")


def _has_form(envelope: Any) -> bool:
    if not isinstance(envelope, dict) or set(envelope) != FIELDS:
        return False
    texts = [envelope[key] for key in ("algorithm", "key_id", "time", "signature")]
    if not (isinstance(envelope["key_id"], str) and ID.fullmatch(envelope["key_id"])):
        return False
    chain, maps = envelope["chain"], (envelope["audit"], envelope["extracts"])
    if not isinstance(chain, list) or len(chain) > 10 or not all(isinstance(item, dict) for item in maps):
        return False
    texts += [*chain, *(text for item in maps for pair in item.items() for text in pair)]
    return all(isinstance(text, str) and len(text) <= 20_000 and _is_whole(text) for text in texts) and (
        _moment(envelope["time"]) is not None
    )


def _is_whole(text: str) -> bool:
    """No half characters: such a text has no bytes."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _moment(text: str) -> datetime | None:
    """An instant with its zone, or None for anything else."""
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return made.astimezone(UTC) if made.tzinfo is not None else None
    except OverflowError:  # year 1 east of Greenwich
        return None


def _bytes(text: str) -> bytes | None:
    """Base64 in its one form: left-over bits of the last character would be a second spelling."""
    try:
        made = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return made if base64.b64encode(made).decode() == text else None


def _is_draft(record: Mapping[str, Any]) -> bool:
    held = [record["sections"].get("result")]
    held += [item["value"]["result"] for item in record.get("extracts", ()) if isinstance(item, dict)]
    return any(isinstance(part, dict) and part.get("status") == "draft" for part in held)


def extract_faults(record: Mapping[str, Any], judged: Iterable[Judged]) -> tuple[list[str], list[str]]:
    """(extracts that no good envelope covers though there is one; extracts that nothing proves as yet)."""
    extracts = record.get("extracts", [])
    good = [
        envelope["extracts"]
        for envelope, item in zip(record.get("signatures", ()), judged, strict=False)
        if item.verdict != "bad signature" and item.why not in ("algorithm", "no_key")
    ]
    wrong: list[str] = []
    unproven: list[str] = []
    for item in extracts:
        level = str(item["value"]["level"])
        if any(covered.get(level) == sha256(item) for covered in good):
            continue
        (wrong if good else unproven).append(f"extracts/{level}")
    return wrong, unproven
