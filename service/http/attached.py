"""The name under which a browser keeps an answer."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

_PLAIN: Final = re.compile(r"[\w.+-]+", re.ASCII)


def attached(name: str) -> str:
    """The value of ``Content-Disposition`` (RFC 6266): any letters, no folder, nothing that could end the header."""
    last = PurePosixPath(name.replace("\\", "/")).name.strip() or "file"
    if _PLAIN.fullmatch(last):
        return f'attachment; filename="{last}"'
    return f"attachment; filename*=UTF-8''{quote(last, safe='')}"
