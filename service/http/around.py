"""What goes around every request: an id, a log line, a count, headers that keep browsers safe.

A log line holds the method, the route's template, the status, milliseconds and the id; never a body, a query, a key.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import MutableMapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("pcf.http")
_ID: Final = re.compile(r"[0-9A-Za-z_.:-]{8,80}")
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
POLICY: Final = (
    b"default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    b" font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy where a page states none of its own: nothing from elsewhere, nothing inline."""


class Counts:
    """What ``/metrics`` shows. No label names a company."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "pcf_request_seconds", "Seconds of a request", ("method", "route", "status"), registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )  # fmt: skip
        self.sealed = Counter("pcf_records_sealed", "New records", registry=self.registry)
        self.refused = Counter("pcf_faults", "Faults answered, by code", ("code",), registry=self.registry)
        self.calculation = Histogram("pcf_calculation_seconds", "Seconds of a calculation", registry=self.registry)
        self.jobs = Gauge("pcf_queued_jobs", "Jobs that nobody has taken", registry=self.registry)
        self.oldest_job = Gauge("pcf_oldest_queued_job_seconds", "Age of the oldest queued job", registry=self.registry)


class Around:
    """ASGI middleware: id, timing, log, headers. Nothing is buffered."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app, self._counts = app, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        name = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope["pcf.request_id"] = name
        start, seen = time.perf_counter(), {"status": 500}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message["headers"] = _with_headers(message, name)
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            self._note(scope, name, seen["status"], time.perf_counter() - start)

    def _note(self, scope: Scope, name: str, status: int, seconds: float) -> None:
        template = _template(scope)
        self._counts.requests.labels(scope["method"], template, str(status)).observe(seconds)
        line = {"method": scope["method"], "route": template, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("request", extra={"request_id": name, **line})


def _template(scope: Scope) -> str:
    """The route's path with its parameters' names, its prefix included; one name for all that are unknown."""
    found = getattr(scope.get("route"), "path", None)
    if found is None:
        return "unknown route"
    prefix = next((part for part in ("/v1", "/3") if scope["path"].startswith(f"{part}/")), "")
    return str(found) if str(found).startswith(f"{prefix}/") else f"{prefix}{found}"


def _with_headers(message: MutableMapping[str, Any], name: str) -> list[tuple[bytes, bytes]]:
    headers = [*message["headers"], (b"x-request-id", name.encode())]
    there = {key.lower() for key, _ in headers}
    headers += [(key, value) for key, value in HEADERS if key not in there]
    if b"content-security-policy" not in there:
        headers.append((b"content-security-policy", POLICY))
    return headers


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message and what a line says beside."""

    KNOWN: Final = ("request_id", "method", "route", "status", "ms", "job", "kind", "state")

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname.lower(),
            "logger": record.name, "message": record.getMessage(),
        }  # fmt: skip
        line |= {name: getattr(record, name) for name in self.KNOWN if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start_logs(level: str) -> None:
    """Our own loggers to standard error, as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger("pcf")
    root.handlers, root.propagate = [handler], False
    root.setLevel(level.upper())
