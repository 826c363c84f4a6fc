"""What every received footprint becomes before it is checked: a factor with its source, and what was noticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factordb.factor import Factor, Licence, Source
from lca.faults import Notice

OWN_USE = Licence(
    code="supplier-own-use",
    title="Sent by a supplier for the receiver's own calculations; not to be passed on",
    may_store=True,
    may_redistribute=False,
    may_use_commercially=True,
    share_alike=False,
    attribution="",
)


@dataclass(frozen=True, slots=True)
class Received:
    """One footprint of a supplier."""

    factor: Factor
    source: Source
    supplier: str
    start: str
    """First day of the data."""
    end: str
    """Last day of the data."""
    signature: str
    """``unsigned``, or the verdict on the signature; PACT has none."""
    document: Mapping[str, Any]
    """What was sent."""
    notices: tuple[Notice, ...] = field(default=())
