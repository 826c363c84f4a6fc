"""Settings of a running service, in one place: read from the environment, overruled by options of ``pcf serve``.

``docs/running.md`` lists them; a test compares the two.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from lca.faults import Collector, Fault, Refused

MOST_PORT: Final = 65_535
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def _setting(default: Any, name: str, about: str) -> Any:
    return field(default=default, metadata={"name": name, "about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service runs with."""

    store: str = _setting("", "PCF_STORE", "SQLite file or PostgreSQL URL; default pcf.db in the current folder")
    host: str = _setting("127.0.0.1", "PCF_HOST", "address to listen on")
    port: int = _setting(8000, "PCF_PORT", "TCP port")
    public_url: str = _setting("", "PCF_PUBLIC_URL", "address by which others reach the service, for links")
    tls_cert: str = _setting("", "PCF_TLS_CERT", "certificate chain, PEM")
    tls_key: str = _setting("", "PCF_TLS_KEY", "private key of the certificate, PEM")
    proxies: str = _setting("", "PCF_PROXIES", "addresses of reverse proxies whose X-Forwarded-Proto counts, commas")
    keys: str = _setting("", "PCF_KEYS", "folder of signing keys; default: keys beside the store")
    max_body: int = _setting(10_000_000, "PCF_MAX_BODY", "bytes of a request body")
    request_seconds: int = _setting(60, "PCF_REQUEST_SECONDS", "longest time of one request")
    per_minute: int = _setting(6_000, "PCF_PER_MINUTE", "requests of one key in a minute")
    embedded_workers: int = _setting(1, "PCF_EMBEDDED_WORKERS", "workers inside pcf serve; 0 with pcf worker beside it")
    webhook_networks: str = _setting("", "PCF_WEBHOOK_NETWORKS", "private networks webhooks may reach, CIDR, commas")
    log: str = _setting("info", "PCF_LOG", "debug, info, warning")

    @property
    def tls(self) -> bool:
        return bool(self.tls_cert)

    @property
    def loopback(self) -> bool:
        return self.host in LOOPBACK


def read_settings(environment: Mapping[str, str] | None = None, **options: Any) -> Settings:
    """Settings from the environment; options that are not None go first.

    Raises:
        Refused: ``setting_wrong`` for each that cannot be read, by its name.
    """
    given, faults = os.environ if environment is None else environment, Collector()
    found: dict[str, Any] = {}
    for part in fields(Settings):
        text = given.get(part.metadata["name"], "").strip()
        if not text or options.get(part.name) is not None:
            continue
        if part.type == "int":
            if text.isascii() and text.isdigit():
                found[part.name] = int(text)
            else:
                faults.add(Fault("setting_wrong", part.metadata["name"], text[:80], "a whole number"))
        else:
            found[part.name] = text
    settings = replace(Settings(), **found, **{name: value for name, value in options.items() if value is not None})
    _check(settings, faults)
    faults.raise_if_any()
    return settings


def _check(settings: Settings, faults: Collector) -> None:
    if bool(settings.tls_cert) != bool(settings.tls_key):
        faults.add(Fault("setting_wrong", "PCF_TLS_CERT, PCF_TLS_KEY", "one of the two", "both or none"))
    if not 0 <= settings.port <= MOST_PORT:
        faults.add(Fault("setting_wrong", "PCF_PORT", str(settings.port), f"0 to {MOST_PORT}; 0 takes any free one"))
    if settings.log not in ("debug", "info", "warning"):
        faults.add(Fault("setting_wrong", "PCF_LOG", settings.log, "debug, info, warning"))
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        faults.add(Fault("setting_wrong", "PCF_PUBLIC_URL", settings.public_url, "https://..."))
    for name, text, make in (
        ("PCF_PROXIES", settings.proxies, ipaddress.ip_address),
        ("PCF_WEBHOOK_NETWORKS", settings.webhook_networks, ipaddress.ip_network),
    ):
        for one in filter(None, (part.strip() for part in text.split(","))):
            try:
                make(one)
            except ValueError as error:
                faults.add(Fault("setting_wrong", name, one, str(error)))


def documented() -> list[tuple[str, str, str]]:
    """(name, default, what it is) of every setting, for ``docs/running.md`` and ``pcf serve --help``."""
    return [(part.metadata["name"], str(part.default), part.metadata["about"]) for part in fields(Settings)]


def refuse_open(settings: Settings, open_companies: bool) -> None:
    """Other addresses than loopback only with keys.

    Raises:
        Refused: ``address_refused``.
    """
    if not settings.loopback and open_companies:
        expected = "an account or a key first: pcf company invite, pcf access new"
        raise Refused([Fault("address_refused", "--host", found=settings.host, expected=expected)])
