"""Where a webhook may point: public addresses, looked up once, and the connection goes to the one that was checked.

A name can answer with a public address when it is checked and with a private one when it is used; so it is asked
once, every address it gives must be public, and the socket is opened to the first of them. What a company's network
needs beside that (tests, a receiver in the same data centre) is allowed by networks in ``PCF_WEBHOOK_NETWORKS``.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from lca.faults import Fault, Refused

SETTING: Final = "PCF_WEBHOOK_NETWORKS"
LOOK_UP_SECONDS: Final = 5.0
MAX_URL: Final = 2_000
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
_EMBEDDING: Final = (("64:ff9b::/96", 0), ("2002::/16", 80), ("::/96", 0))
"""IPv6 networks that carry an IPv4 address, and the bits right of it."""
_NUMERIC: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
"""A last label that old look-ups take for an IPv4 address: 0x7f000001, 2130706433, 127.1."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and whom to ask for there."""

    address: str
    port: int
    host: str
    tls: bool
    path: str
    """With the query."""

    @property
    def authority(self) -> str:
        """The Host header: the port only where it is not the scheme's."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == (443 if self.tls else 80) else f"{shown}:{self.port}"


def allowed_networks(given: str | None = None) -> Networks:
    """The networks of ``PCF_WEBHOOK_NETWORKS``, e.g. ``127.0.0.0/8, 10.1.2.0/24``.

    Raises:
        Refused: ``webhook_setting`` for text that is no network.
    """
    words = (os.environ.get(SETTING, "") if given is None else given).replace(",", " ").split()
    try:
        return [ipaddress.ip_network(word) for word in words]
    except ValueError as error:
        raise Refused([Fault("webhook_setting", SETTING, str(error), "networks with commas, 10.1.2.0/24")]) from None


def check_url(url: str, allowed: Networks = ()) -> SplitResult:
    """The address of a webhook, taken apart; nothing is looked up.

    Raises:
        Refused: ``webhook_url`` for another scheme than https (http to an allowed network's address excepted), a user
            or a fragment in it, no host, or an address written as a number that is not public.
    """
    expected = "https://host/path, without a user, at most 2,000 ASCII characters"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused([Fault("webhook_url", found=str(error), expected=expected)]) from None
    literal = _literal(host)
    inside = literal is not None and any(literal in network for network in allowed)
    wrong = (
        not url.isascii() or not url.isprintable() or " " in url or len(url) > MAX_URL
        or parts.scheme not in (("https", "http") if inside else ("https",))
        or not host or parts.username is not None or parts.fragment or port == 0
        or (literal is None and _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]))
    )  # fmt: skip
    if wrong:
        raise Refused([Fault("webhook_url", found=url[:200], expected=expected)])
    if literal is not None:
        _refuse_private([literal], allowed, host)
    elif host.rstrip(".").rpartition(".")[2] == "localhost":  # RFC 6761: loopback, whatever a name server says
        _refuse_private([ipaddress.ip_address("127.0.0.1")], allowed, host)
    return parts


def resolve(url: str, allowed: Networks = (), look_up: Callable[..., Sequence[Any]] = socket.getaddrinfo) -> Target:
    """Look a webhook's host up, once; every address it has must be public.

    Raises:
        Refused: ``webhook_url``; ``webhook_address`` for a host with an address that is not public;
            ``webhook_unknown_host``.
    """
    parts = check_url(url, allowed)
    tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    addresses, why = _looked_up(host, port, look_up)
    if not addresses:
        raise Refused([Fault("webhook_unknown_host", found=f"{host}: {why}", expected="a host with an address")])
    _refuse_private(addresses, allowed, host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(addresses[0]), port, host, tls, path)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet; an IPv4 address inside an IPv6 one counts itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        for network, right in _EMBEDDING:
            if address in ipaddress.ip_network(network):
                return is_public(ipaddress.IPv4Address((int(address) >> right) & 0xFFFFFFFF)) and address.is_global
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _looked_up(host: str, port: int, look_up: Callable[..., Sequence[Any]]) -> tuple[list[Address], str]:
    """The addresses of a host, or why there are none. In a thread: a look-up takes no limit of time."""
    found: list[Address] = []
    why = ["no answer"]

    def ask() -> None:
        try:
            entries = look_up(host, port, type=socket.SOCK_STREAM)
            found.extend(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries)
        except (OSError, UnicodeError, ValueError) as error:
            why[0] = str(error)

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(LOOK_UP_SECONDS)
    return ([] if thread.is_alive() else found), why[0]


def _refuse_private(addresses: Sequence[Address], allowed: Networks, host: str) -> None:
    wrong = [
        str(address) for address in addresses
        if not is_public(address) and not any(address in network for network in allowed)
    ]  # fmt: skip
    if wrong:
        found = host if wrong == [host] else f"{host} is {', '.join(wrong)}"
        raise Refused([Fault("webhook_address", found=found, expected="public addresses only")])


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
