"""The disclosed copy that travels inside the page: identity and result, everything else by its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from service.records.sections import PUBLIC, is_left_out, leave_out
from service.report.markup import Html

ID: Final = "pcf-record"
KEYS: Final = ("schema", "name", "digests", "sections", "signatures")
_RISKY: Final = (*map(ord, "<>&\u2028\u2029"), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES: Final = {code: f"\\u{code:04x}" for code in _RISKY}


def disclosed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record at the public level; it still proves its name, and the result it holds."""
    copy = leave_out(record, frozenset(record["sections"]) - PUBLIC)
    return {key: copy[key] for key in KEYS if key in copy}


def embedded(record: Mapping[str, Any]) -> Html:
    """The copy as a data block: browsers do not run ``application/json``, and no text in it can end the block.

    A record that is a copy at a level already is embedded as it is.
    """
    copy = record if is_left_out(record["sections"].get("result")) else disclosed(record)
    text = json.dumps(copy, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Html(f'<script type="application/json" id="{ID}">{text.translate(_ESCAPES)}</script>')
