"""Pages of lists: a cursor that says after which row to go on, signed, so that it can only be one of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any, Final

from fastapi import Request

from lca.faults import Fault, Refused

MOST: Final = 200
USUAL: Final = 50


def cursor_of(after: Sequence[str], secret: bytes) -> str:
    """An opaque cursor for the key of the last row shown."""
    text = json.dumps(list(after), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sum(text, secret) + text).decode().rstrip("=")


def after_of(cursor: str, secret: bytes, parts: int) -> list[str] | None:
    """The key a cursor stands for; None for no cursor.

    Raises:
        Refused: ``cursor_wrong``.
    """
    if not cursor:
        return None
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        mark, text = content[:16], content[16:]
        if hmac.compare_digest(mark, _sum(text, secret)):
            found = json.loads(text)
            if isinstance(found, list) and len(found) == parts:
                return [str(part) for part in found]
    except ValueError:
        pass
    raise Refused([Fault("cursor_wrong", "query/cursor", found=cursor[:60], expected="a cursor of this list")])


def link_next(request: Request, cursor: str) -> dict[str, str]:
    """The header ``Link`` (RFC 8288) to the next page; none on the last."""
    return {"Link": f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'} if cursor else {}


def page(items: Sequence[Any], limit: int, key: Any, secret: bytes) -> tuple[list[Any], str]:
    """The first ``limit`` of up to ``limit + 1`` rows, and the cursor behind them where there are more.

    ``key``: a row to the texts it is sorted by.
    """
    shown = list(items[:limit])
    return shown, cursor_of(key(shown[-1]), secret) if len(items) > limit else ""


def _sum(text: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"cursor" + text, hashlib.sha256)[:16]
