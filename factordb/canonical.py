"""Canonical text of a release and its SHA-256.

Items are sorted by id (code points), strings are NFC with LF, and the form is that of RFC 8785: keys sorted, no
blanks, UTF-8.  All values are strings, booleans, lists and objects with ASCII keys, so ``json.dumps`` gives exactly
the RFC's bytes: the two differ only in numbers and in the order of keys outside the basic plane.  Neither the order
of rows nor locale, platform or line ends of the files can change the hash.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from factordb.factor import Factor, Licence, Source
from factordb.unit_process import Exchange, UnitProcess


def clean(text: str) -> str:
    """NFC, LF, no blanks at the ends: what the hash sees and what is stored."""
    if text.isascii() and "\r" not in text:
        return text.strip()
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def canonical_text(
    meta: Mapping[str, str],
    factors: Iterable[Factor],
    sources: Iterable[Source],
    licences: Iterable[Licence],
    left_out: Mapping[str, str],
    unit_processes: Iterable[UnitProcess] = (),
) -> str:
    """The one text that is hashed: each table sorted by id; unit processes only where there are some."""
    content: dict[str, Any] = {
        "release": {key: clean(value) for key, value in meta.items()},
        "factors": [plain(item) for item in sorted(factors, key=lambda item: item.id)],
        "sources": [plain(item) for item in sorted(sources, key=lambda item: item.id)],
        "licences": [plain(item) for item in sorted(licences, key=lambda item: item.code)],
        "left_out": {key: clean(value) for key, value in left_out.items()},
    }
    processes = [plain(item) for item in sorted(unit_processes, key=lambda item: item.id)]
    return dumps(content | ({"unit_processes": processes} if processes else {}))


def dumps(content: Any) -> str:
    """RFC 8785 form of strings, booleans, lists and objects."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of the UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def plain(item: Factor | Source | Licence | UnitProcess | Exchange) -> dict[str, Any]:
    """A frozen item as strings, booleans, maps of strings and lists of items; empty fields are left out."""
    shown: dict[str, Any] = {}
    for name in _names(item.__class__):
        value = getattr(item, name)
        if isinstance(value, str):
            if not value:
                continue
            value = clean(value)
        elif isinstance(value, Mapping):
            value = {key: clean(inner) for key, inner in value.items()}
        elif isinstance(value, tuple):
            value = [plain(inner) for inner in value]
        if value not in ("", {}, []):
            shown[name] = value
    return shown


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a kind of item, read once: a release asks for each of its twenty thousand items."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(part.name for part in fields(kind))
    return _NAMES[kind]
