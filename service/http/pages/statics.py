"""Style sheet, script and mark: served under names that hold their hash, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Response

from lca.faults import Fault, Refused

router = APIRouter(include_in_schema=False, tags=["pages"])
MEDIA: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
SHIPPED: Final = {
    "report.css": ("service.report", "data/report.css"),
    "pages.css": ("service.http.pages", "static/pages.css"),
    "parts.css": ("service.http.pages", "static/parts.css"),
    "pages.js": ("service.http.pages", "static/pages.js"),
    "mark.svg": ("service.http.pages", "static/mark.svg"),
}
"""Name to package and file: the report's own style sheet is served as it is."""


@cache
def _held() -> dict[str, tuple[str, bytes]]:
    """Name with hash to media type and content."""
    found = {}
    for name, (package, path) in SHIPPED.items():
        content = files(package).joinpath(path).read_bytes()
        stem, _, ending = name.partition(".")
        found[f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{ending}"] = (MEDIA[ending], content)
    return found


@cache
def address(name: str) -> str:
    """Where a file is served: ``pages.css`` at ``/static/pages.<hash>.css``."""
    stem, _, ending = name.partition(".")
    return next(f"/static/{key}" for key in _held() if key.startswith(f"{stem}.") and key.endswith(f".{ending}"))


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """One of the files, for a year; an older hash is gone."""
    held = _held().get(name)
    if held is None:
        raise Refused([Fault("route_unknown", found=f"GET /static/{name}"[:120], expected="a file of this version")])
    return Response(held[1], media_type=held[0], headers={"Cache-Control": "public, max-age=31536000, immutable"})
