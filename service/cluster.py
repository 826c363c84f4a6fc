"""Chunks of draws on a Dask scheduler that is already there. Optional: the extra ``cluster``.

Nothing depends on who computes a chunk, so a result is the same on one machine and on many, as far as workers run the
code, numpy and kind of processor that this process runs: the first two are asked for before any work is sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lca.faults import Fault, Refused
from lca.uncertain.distributions import Floats
from lca.uncertain.mapping import Mapper
from pcr.hashing import rule_hash

SECONDS: Final = 10
"""To wait for the scheduler."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files of the certificate authority, and of this client's certificate and key."""

    ca: str = ""
    cert: str = ""
    key: str = ""


def identity() -> dict[str, str]:
    """What must be the same where chunks are computed."""
    return {"lca": rule_hash(files("lca"))[:16], "numpy": version("numpy")}


@contextmanager
def cluster(address: str, tls: Tls | None = None) -> Iterator[Mapper]:
    """A mapper onto the workers of a scheduler; the connection ends with the context.

    Raises:
        Refused: ``cluster_missing`` without the extra, ``cluster_address`` for one that is neither TLS with its three
            files nor on this machine, ``cluster_unreachable``, ``cluster_differs`` where a worker runs other code.
    """
    if find_spec("distributed") is None:
        raise Refused([Fault("cluster_missing", "--cluster", "distributed", "pip install 'pcf-engine[cluster]'")])
    _check(address, tls or Tls())
    client = _connected(address, tls or Tls())
    try:
        _same_code(client, address)
        yield _mapper(client)
    finally:
        client.close()


def _check(address: str, tls: Tls) -> None:
    parts = urlsplit(address)
    if parts.scheme == "tls" and parts.port:
        given = {"--cluster-ca": tls.ca, "--cluster-cert": tls.cert, "--cluster-key": tls.key}
        missing = [name for name, path in given.items() if not Path(path or "-").is_file()]
        if missing:
            found = ", ".join(f"{name} {given[name] or 'not given'}" for name in missing)
            raise Refused([Fault("cluster_address", address, found, "three files in PEM")])
        return
    if not (parts.scheme == "tcp" and parts.port and _local(parts.hostname or "")):
        expected = "tls://host:port, or tcp://127.0.0.1:port on this machine"
        raise Refused([Fault("cluster_address", address, address, expected)])


def _local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _connected(address: str, tls: Tls) -> Any:
    distributed: Any = import_module("distributed")
    security = None
    if address.startswith("tls:"):
        security = distributed.Security(
            tls_ca_file=tls.ca, tls_client_cert=tls.cert, tls_client_key=tls.key, require_encryption=True
        )
    try:
        return distributed.Client(address, security=security, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Refused([Fault("cluster_unreachable", address, str(error)[:200], "a Dask scheduler")]) from None


def _same_code(client: Any, address: str) -> None:
    mine = identity()
    try:
        found = client.run(identity)
    except Exception as error:  # whatever a worker without our package raises, by name
        raise Refused(
            [Fault("cluster_differs", address, f"{type(error).__name__}: {error}"[:200], str(mine))]
        ) from None
    if not found:
        raise Refused([Fault("cluster_unreachable", address, "no worker", "at least one worker")])
    other = {name: told for name, told in sorted(found.items()) if told != mine}
    if other:
        raise Refused([Fault("cluster_differs", name, str(told), str(mine)) for name, told in other.items()])


def _mapper(client: Any) -> Mapper:
    def mapped(work: Callable[[int], Floats], count: int) -> list[Floats]:
        found: list[Floats] = client.gather(client.map(work, range(count), pure=False))
        return found

    return mapped
