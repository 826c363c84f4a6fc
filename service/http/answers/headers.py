"""Headers that answers carry; those for browsers, the same on every answer, stand in docs/api.md."""

from __future__ import annotations

from typing import Any, Final

from service.http.answers.notation import AT


def _header(says: str, example: str, *, always: bool = True) -> dict[str, Any]:
    return {"description": says, "required": always, "schema": {"type": "string"}, "example": example}


REQUEST: Final = "X-Request-Id"
REPLAYED: Final = "Idempotent-Replayed"
NEXT: Final = "Link"
RETRY: Final = "Retry-After"
CACHE: Final = "Cache-Control"
LANGUAGE: Final = "Content-Language"
SIGN_IN: Final = "WWW-Authenticate"
WITHDRAWN: Final = "X-Record-Withdrawn"
ATTACHED: Final = "Content-Disposition"
OF_RECORD: Final = ("ETag", CACHE, "X-Content-Hash", WITHDRAWN)
ACCEPTED: Final = ("Location", RETRY)
HEADERS: Final = {
    REQUEST: _header("Id of the request, as sent or made; it stands in the logs.", "erp-2026-0001"),
    REPLAYED: _header("Says true where this Idempotency-Key was answered before.", "true", always=False),
    NEXT: _header("The next page (RFC 8288), absent on the last.", '</v1/records?cursor=x>; rel="next"', always=False),
    RETRY: _header("Seconds after which to ask again; for a job that is open, and for 429 and 503.", "2", always=False),
    CACHE: _header("Who may keep the answer, and whether it must be asked for again.", "no-store"),
    LANGUAGE: _header("Language of the sentences, zh or en.", "en"),
    SIGN_IN: _header("How to prove who calls (RFC 9110).", 'Bearer realm="pcf-engine"'),
    WITHDRAWN: _header("Since when the record is withdrawn; absent for one in force.", AT, always=False),
    ATTACHED: _header("Under which name to keep it (RFC 6266).", "attachment; filename*=UTF-8''wind_2024.csv"),
    "Location": _header("Where the job is read.", "/v1/jobs/3ff4eebd094444779163cfffd9951ac6"),
    "ETag": _header("Digest of this answer, for If-None-Match.", '"7d66d8bead18faac80519a447c986c70"'),
    "X-Content-Hash": _header(
        "Name of the record, the hash over its sections.",
        "968eb5fe00349dd7de967d9fa266f933329f32b3f526e36fcc4f226c22d58aee",
    ),
}
