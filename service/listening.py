"""The address a service listens on and the certificate it shows: tried before anything is started, refused in words;
told once it answers.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from typing import Final

import uvicorn

from lca.faults import Collector, Fault, Refused
from service.settings import Settings

_WHY: Final = {
    errno.EADDRINUSE: ("in use by another program", "a free port"),
    errno.EACCES: ("not allowed to this user", "a port above 1023, or the right to bind it"),
    errno.EADDRNOTAVAIL: ("no address of this machine", "an address of this machine, or 0.0.0.0"),
}


def bound(settings: Settings) -> socket.socket:
    """A socket bound to the address of the settings, not yet listening.

    Raises:
        Refused: ``address_taken`` where it cannot be bound; ``certificate_unreadable``.
    """
    faults = Collector()
    with faults.catching(""):
        check_certificate(settings)
    made = None
    try:
        family, kind, proto, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, proto)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
    except OSError as error:
        found, expected = _WHY.get(
            getattr(error, "errno", None) or 0, (str(error), "a host and a port of this machine")
        )
        where = f"{settings.host}:{settings.port}"
        faults.add(Fault("address_taken", "PCF_HOST, PCF_PORT", found=f"{where} is {found}", expected=expected))
    if faults.faults:
        if made is not None:
            made.close()
        raise Refused(faults.faults)
    assert made is not None
    return made


class Announced(uvicorn.Server):
    """A server that says when it answers, not that it will: who is told the address types it at once."""

    def __init__(self, config: uvicorn.Config, say: Callable[[], None]) -> None:
        super().__init__(config)
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._say()


def address(place: socket.socket, *, tls: bool) -> str:
    """What to type into a browser on this machine; the port that was given where 0 asked for any."""
    host, port = place.getsockname()[:2]
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if tls else 'http'}://{named}:{port}"


def check_certificate(settings: Settings) -> None:
    """Read the certificate and its key as a server would.

    Raises:
        Refused: ``certificate_unreadable``.
    """
    if not settings.tls:
        return
    try:
        # without a callback OpenSSL asks the terminal for the passphrase of an encrypted key
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key, lambda: b"")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        found = f"{settings.tls_cert}, {settings.tls_key}: {error}"
        expected = "a certificate chain and its key, PEM, not encrypted, of this user to read"
        raise Refused([Fault("certificate_unreadable", "PCF_TLS_CERT, PCF_TLS_KEY", found, expected)]) from None
