"""Talking to a partner's service: tokens, footprints, events; over TLS, to the address that was checked.

As with webhooks the host is looked up once a request, every address it has must be public, and the connection goes to
the one that was checked; no redirect is followed and an answer has a limit of size and time.
"""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from lca.doors import read_json
from lca.faults import Fault, Refused
from service.jobs.addresses import Networks, resolve
from service.jobs.webhooks import Pinned

SECONDS: Final = 20.0
MOST: Final = 20_000_000
"""Bytes of an answer."""
PAGES: Final = 1_000
EARLY: Final = 60.0
"""Seconds before its end at which a token is no longer used."""
CLOUD: Final = "application/cloudevents+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or 0 and why there is none."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def told(self) -> str:
        """For a log: the status, and the beginning of what came with it."""
        text = self.error or self.content[:120].decode("utf-8", "replace")
        return f"{self.status} {text}".strip()


@dataclass(frozen=True, slots=True)
class Network:
    """How this machine reaches others."""

    allowed: Networks = ()
    look_up: Callable[..., Sequence[Any]] = socket.getaddrinfo
    context: ssl.SSLContext | None = None
    seconds: float = SECONDS


def exchange(network: Network, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
    """One request to a checked address over TLS."""
    began = time.monotonic()
    if not url.startswith("https://"):
        return Reply(0, error="pact_base_url: not https")
    try:
        target = resolve(url, network.allowed, network.look_up)
    except Refused as refused:
        return Reply(0, error="; ".join(f"{fault.code}: {fault.found}" for fault in refused.faults)[:200])
    left = max(network.seconds - (time.monotonic() - began), 1.0)
    connection = Pinned(target, network.context or ssl.create_default_context(), left)
    watch = threading.Timer(left, connection.cut)  # a partner that answers byte by byte
    watch.daemon = True
    watch.start()
    try:
        sent = {"Host": target.authority, "User-Agent": f"pcf-engine/{version('pcf-engine')}", **headers}
        connection.request(method, target.path, body, sent)
        answer = connection.getresponse()
        content = answer.read(MOST + 1)
    except (OSError, HTTPException, ValueError) as error:
        late = "no answer in time" if connection.was_cut else ""
        return Reply(0, error=late or f"{type(error).__name__}: {error}"[:200])
    finally:
        watch.cancel()
        connection.close()
    if len(content) > MOST:
        return Reply(0, error=f"an answer of more than {MOST:,} bytes")
    return Reply(answer.status, content, {name.lower(): value for name, value in answer.getheaders()})


class Line:
    """The way to one partner; its token is kept as long as it lives."""

    def __init__(self, base_url: str, auth_url: str, client_id: str, secret: str, network: Network) -> None:
        self.base_url, self._auth_url, self._network = base_url, auth_url, network
        # As they were given: RFC 6749 would encode reserved signs first, the conformance service and others do not.
        self._basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._token, self._until = "", 0.0

    def footprints(self, filters: Mapping[str, Sequence[str]], limit: int = 0) -> Iterator[dict[str, Any]]:
        """All footprints that match, page by page along the partner's ``Link``.

        Raises:
            Refused: ``pact_answer``.
        """
        pairs = [(name, value) for name, values in filters.items() for value in values]
        pairs += [("limit", str(limit))] if limit else []
        url = f"{self.base_url}/3/footprints" + (f"?{urlencode(pairs)}" if pairs else "")
        for _ in range(PAGES):
            reply = self._get(url)
            data = _object(reply, url).get("data")
            if not isinstance(data, list):
                raise _wrong(url, Reply(reply.status, error="data is no list"))
            yield from (item for item in data if isinstance(item, dict))
            following = next_of(reply.headers.get("link", ""))
            if not following:
                return
            url = urljoin(url, following)
            if urlsplit(url)[:2] != urlsplit(self.base_url)[:2]:  # a token goes to its own service only
                raise _wrong(url, Reply(reply.status, error="its Link names another host"))
        raise _wrong(url, Reply(0, error=f"more than {PAGES:,} pages"))

    def footprint(self, footprint_id: str) -> dict[str, Any] | None:
        """One footprint, or None where the partner does not know it.

        Raises:
            Refused: ``pact_answer``.
        """
        url = f"{self.base_url}/3/footprints/{quote(footprint_id, safe='')}"
        reply = self._get(url, missing=True)
        if reply.status == 404:
            return None
        data = _object(reply, url).get("data")
        if not isinstance(data, dict):
            raise _wrong(url, Reply(reply.status, error="data is no object"))
        return data

    def send(self, body: bytes) -> Reply:
        """Post an event. The answer says how it went; nothing is raised but a refused token."""
        return self._asked("POST", f"{self.base_url}/3/events", {"Content-Type": CLOUD}, body)

    def _get(self, url: str, *, missing: bool = False) -> Reply:
        reply = self._asked("GET", url, {"Accept": "application/json"})
        if not reply.good and not (missing and reply.status == 404):
            raise _wrong(url, reply)
        return reply

    def _asked(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """With a token; once more with a new one where the old one was refused."""
        for fresh in (False, True):
            token = self._bearer(fresh)
            reply = exchange(self._network, method, url, {"Authorization": f"Bearer {token}", **headers}, body)
            if reply.status != 401:
                break
        return reply

    def _bearer(self, fresh: bool) -> str:
        if fresh or not self._token or time.monotonic() >= self._until:
            url = self._token_url()
            headers = {
                "Authorization": f"Basic {self._basic}", "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
            }  # fmt: skip
            reply = exchange(self._network, "POST", url, headers, b"grant_type=client_credentials")
            if not reply.good:
                raise _wrong(url, reply)
            given = _object(reply, url)
            token, lives = given.get("access_token"), str(given.get("expires_in", "0"))
            if not isinstance(token, str) or not token.isascii() or not token.isprintable():
                raise _wrong(url, Reply(reply.status, error="no access_token"))
            self._token = token
            self._until = time.monotonic() + max(float(lives) - EARLY if lives.isdigit() else 0.0, 0.0)
        return self._token

    def _token_url(self) -> str:
        """Of the partner's OpenID configuration where it has one, else ``/auth/token``."""
        usual = f"{self._auth_url}/auth/token"
        reply = exchange(self._network, "GET", f"{self._auth_url}/.well-known/openid-configuration", {})
        if not reply.good:
            return usual
        try:
            found = _object(reply, usual).get("token_endpoint")
        except Refused:
            return usual
        return found if isinstance(found, str) and found.startswith("https://") else usual


def next_of(header: str) -> str:
    """The target of ``rel="next"`` in a Link header (RFC 8288); empty for none."""
    for part in header.split("<")[1:]:
        target, _, parameters = part.partition(">")
        if any(word.strip().lower() in ('rel="next"', "rel=next") for word in parameters.split(";")):
            return target.strip()
        if 'rel="next"' in parameters.partition(",")[0].lower():
            return target.strip()
    return ""


def _object(reply: Reply, url: str) -> dict[str, Any]:
    try:
        found = read_json(reply.content.decode("utf-8"))
    except (UnicodeDecodeError, Refused, json.JSONDecodeError):
        found = None
    if not isinstance(found, dict):
        raise _wrong(url, Reply(reply.status, error="no JSON object"))
    return found


def _wrong(url: str, reply: Reply) -> Refused:
    return Refused([Fault("pact_answer", url.partition("?")[0][:200], found=reply.told()[:200], expected="200")])
