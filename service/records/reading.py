"""Read a record from bytes that anybody may have sent: JSON as it is hashed, and nothing that reads in two ways.

Records hold whole numbers in places, so the text door of activity data (:mod:`lca.doors`) would change their digests.
A key given twice is refused: of two programs one would hash the first and the other the second.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from lca.faults import Fault, Refused

MAX_BYTES: Final = 20_000_000
MAX_DEPTH: Final = 40
LONGEST: Final = 15
"""Digits of a whole number: what every reader of JSON holds exactly (RFC 8785 goes by binary64)."""


def read_record(content: bytes, where: str = "") -> dict[str, Any]:
    """The record in a file.

    Raises:
        Refused: ``file_too_large``, ``file_encoding``, ``json_unreadable``, ``key_twice``, ``too_deep``,
            ``record_form`` for a number that no record holds, or for anything but an object.
    """
    if len(content) > MAX_BYTES:
        raise _refused("file_too_large", where, f"{len(content):,} bytes", f"{MAX_BYTES:,}")
    try:
        value = json.loads(
            content.decode("utf-8-sig"),
            parse_int=_whole, parse_float=_no_number, parse_constant=_no_number, object_pairs_hook=_once,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise _refused("file_encoding", where, error.reason, "UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _refused("json_unreadable", f"{where} {place}".strip(), error.msg, "JSON text") from None
    except RecursionError:
        raise _refused("too_deep", where, "deeper than the reader goes", f"{MAX_DEPTH}") from None
    except Refused as refused:
        raise Refused([fault if fault.where else fault.at(where) for fault in refused.faults]) from None
    if not isinstance(value, dict):
        raise _refused("record_form", where, type(value).__name__, "a record file")
    _check_depth(value, where)
    return value


def _whole(text: str) -> int:
    return int(text) if len(text.lstrip("-")) <= LONGEST else _no_number(text)


def _no_number(text: str) -> int:
    raise _refused("record_form", "", text[:60], "figures as text")


def _once(items: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(items)
    if len(made) != len(items):
        twice = sorted(key for key, count in Counter(key for key, _ in items).items() if count > 1)
        raise _refused("key_twice", "", ", ".join(twice)[:120], "each key once")
    return made


def _check_depth(value: Any, where: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise _refused("too_deep", where, f"more than {MAX_DEPTH} levels", f"{MAX_DEPTH}")


def _refused(code: str, where: str, found: str, expected: str) -> Refused:
    return Refused([Fault(code, where, found=found, expected=expected)])
