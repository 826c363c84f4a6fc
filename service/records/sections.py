"""Sections of a statement: canonical bytes, salts, digests, and the name over all of them.

Canonical form is RFC 8785 (JCS), hash SHA-256.  A record holds no number: every figure is text, so no float formatting
of any language can move a byte.  A confidential section carries a salt inside, HMAC-SHA256 of the section under the
store's secret: equal input in one store gives an equal name, and nobody can guess a value from its digest.  An itemised
section hashes each item on its own, so that a disclosed copy can leave single rows or factors out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import rfc8785

from lca.faults import Fault, Refused

SCHEMA: Final = "pcf-record/1"
CONFIDENTIAL: Final = frozenset({"given/works", "given/meters", "derivation/inventory", "derivation/system"})
ITEMISED: Final = frozenset({"given/rows", "derivation/factors"})
"""Also confidential, item by item."""
PUBLIC: Final = frozenset({"derivation/identity", "result"})
MEMBERS: Final = frozenset({"schema", "name", "digests", "sections", "signatures", "extracts"})
"""What a record file may hold: anything else would stand in it with no digest over it."""
ALL: Final = tuple(sorted(CONFIDENTIAL | ITEMISED | PUBLIC))


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of plain JSON.

    orjson writes the same bytes several times faster where nothing is a float (its digits differ), no whole number
    leaves the range of a double, and no character stands outside the basic plane (keys sort by UTF-16 there). What may
    be a number is read back to see; what may be a null is written by the standard library too, which refuses the float
    that is no number where orjson makes a null of it. Anything else goes through the library.
    """
    try:
        text = orjson.dumps(value, option=_PLAIN)
        signs = text.translate(_SIGNS)
        if _ASTRAL not in signs:
            if _may_hold(signs, b"0"):
                if _may_hold(text, b"n"):
                    json.dumps(value, allow_nan=False)
                _NUMBERS.decode(text.decode())
            return text
    except (TypeError, ValueError, RecursionError):
        pass  # whatever it is, the library says it in its own words
    return rfc8785.dumps(value)


def _may_hold(text: bytes, sign: bytes) -> bool:
    """Whether a value that begins with ``sign`` may stand in JSON without spaces.

    Inside a string no quote stands alone, so what follows ``":`` is a value; the other two are found in strings too.
    """
    return b'":' + sign in text or b"," + sign in text or b"[" + sign in text or text.startswith(sign)


def _no_float(text: str) -> None:
    raise ValueError(text)


def _safe(text: str) -> int:
    if len(text) > 15:
        raise ValueError(text)
    return 0


_PLAIN: Final = (
    orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)  # fmt: skip
_ASTRAL: Final = b"\xf0"
_SIGNS: Final = bytes(48 if chr(k) in "0123456789-n" else 0xF0 if 0xF0 <= k <= 0xF4 else k for k in range(256))
"""All that begins a number or a null as 0, all that begins a character outside the basic plane as one byte."""
_NUMBERS: Final = json.JSONDecoder(parse_float=_no_float, parse_int=_safe)


def sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def salted(value: Any, secret: bytes) -> dict[str, Any]:
    """A confidential value with its salt inside."""
    return {"salt": hmac.new(secret, canonical(value), hashlib.sha256).hexdigest(), "value": value}


def section(name: str, value: Any, secret: bytes) -> Any:
    """A section as it stands in a record."""
    if name in ITEMISED:
        return [salted(item, secret) for item in value]
    return salted(value, secret) if name in CONFIDENTIAL else value


def digest(name: str, held: Any) -> str:
    """Digest of a section as held; an item or section left out stands as ``{"digest": ...}``."""
    if is_left_out(held):
        return str(held["digest"])
    if name in ITEMISED:
        return sha256([item["digest"] if is_left_out(item) else sha256(item) for item in held])
    return sha256(held)


def is_left_out(held: Any) -> bool:
    """Whether a section or an item stands as its digest only."""
    return isinstance(held, dict) and set(held) == {"digest"} and isinstance(held["digest"], str)


def record_name(digests: Mapping[str, str]) -> str:
    """The record's name: the hash over its sections' digests."""
    return sha256({"schema": SCHEMA, "digests": dict(digests)})


def make_record(values: Mapping[str, Any], secret: bytes) -> dict[str, Any]:
    """A record from the plain values of all its sections."""
    return make_records([values], secret)[0]


def make_records(values: Sequence[Mapping[str, Any]], secret: bytes) -> list[dict[str, Any]]:
    """Records of several products; a value that several share (the same object) is hashed once."""
    made: dict[tuple[str, int], tuple[Any, str]] = {}
    records = []
    for one in values:
        for name in ALL:
            if (name, id(one[name])) not in made:
                made[name, id(one[name])] = _held_and_digest(name, one[name], secret)
        parts = {name: made[name, id(one[name])] for name in ALL}
        digests = {name: sha for name, (_, sha) in parts.items()}
        sections = {name: held for name, (held, _) in parts.items()}
        whole = {"schema": SCHEMA, "name": record_name(digests), "digests": digests, "sections": sections}
        records.append({**whole, "signatures": []})
    return records


def _held_and_digest(name: str, value: Any, secret: bytes) -> tuple[Any, str]:
    """:func:`section` and its :func:`digest`, each value written out once."""
    if name in PUBLIC:
        return value, sha256(value)
    if name in ITEMISED:
        pairs = [_salted_and_digest(item, secret) for item in value]
        return [held for held, _ in pairs], sha256([sha for _, sha in pairs])
    return _salted_and_digest(value, secret)


def _salted_and_digest(value: Any, secret: bytes) -> tuple[dict[str, Any], str]:
    text = canonical(value)
    salt = hmac.digest(secret, text, hashlib.sha256).hex()
    whole = b'{"salt":"' + salt.encode() + b'","value":' + text + b"}"
    return {"salt": salt, "value": value}, hashlib.sha256(whole).hexdigest()


def value_of(record: Mapping[str, Any], name: str) -> Any:
    """The plain value of a section.

    Raises:
        Refused: ``section_left_out`` where a disclosed copy does not hold it.
    """
    held = record["sections"].get(name, {"digest": ""})
    missing = is_left_out(held) or (name in ITEMISED and any(is_left_out(item) for item in held))
    if missing:
        raise Refused([Fault("section_left_out", name, found="left out", expected=name, values={"section": name})])
    if name in ITEMISED:
        return [item["value"] for item in held]
    return held["value"] if name in CONFIDENTIAL else held


def leave_out(record: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """A disclosed copy without some sections; it still proves name, signatures and what it holds."""
    sections = {
        name: {"digest": record["digests"][name]} if name in names else held
        for name, held in record["sections"].items()
    }
    return {**record, "sections": sections}


def integrity_faults(record: Any) -> list[str]:
    """What does not fit: sections whose digest is not the one listed, a name that is not theirs. Empty: intact."""
    try:
        listed, sections = record["digests"], record["sections"]
        wrong = [name for name in sorted(set(listed) | set(sections)) if _wrong(name, listed, sections)]
        if set(listed) != set(ALL):
            wrong.append("digests: not the sections of " + SCHEMA)
        wrong += [f"{member}: not a member of a record" for member in sorted(set(record) - MEMBERS)]
        if record["schema"] != SCHEMA:
            wrong.append(f"schema: {record['schema']}")
        if record["name"] != record_name(listed):
            wrong.append("name")
    except (KeyError, TypeError, AttributeError, ValueError, rfc8785.CanonicalizationError) as error:
        return [f"form: {error}"]
    return wrong


def _wrong(name: str, listed: Mapping[str, str], sections: Mapping[str, Any]) -> bool:
    return name not in listed or name not in sections or digest(name, sections[name]) != listed[name]
