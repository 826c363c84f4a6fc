"""Fixtures for every test, and the rule that no test talks to another machine."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.browser"]

# The same examples in every run, so that a red build comes from a change. `make soak` searches with new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", print_blob=True, max_examples=2000)
settings.load_profile("repeatable")


def _is_here(host: object) -> bool:
    """Is this host this machine? `host` as `connect` and `getaddrinfo` take it."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _loopback_only(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        # (socket, address); a Unix socket's address is a path, an IP one a tuple
        host = args[1][0] if isinstance(args[1], tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if not _is_here(host):
        raise RuntimeError(f"a test tried to reach {host!r}: tests talk to this machine only")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_loopback_only)
