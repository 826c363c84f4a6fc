"""A partner's footprints into the supplier layer: each is checked alone, the good ones enter one release.

A file with one bad footprint is refused whole (``pcf factors receive``), because a person stands there who can ask for
a better one. Here nobody does: the good are taken, the others listed with their faults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from lca.faults import Fault, Refused
from service.desk import Desk
from service.receive import LAYER, latest, publish_items
from service.received.checks import faults
from service.received.form import Received
from service.received.pact import from_pact


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of footprints: factors and the release that holds them, those that were there, those refused."""

    release: str = ""
    factors: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    refused: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Ids the partner does not know."""

    def plain(self) -> dict[str, Any]:
        """For a log: codes of the faults by footprint."""
        return {
            "release": self.release,
            "factors": list(self.factors),
            "there": list(self.there),
            "refused": {
                name: [f"{f.code} {f.where}: {f.found}"[:160] for f in why] for name, why in self.refused.items()
            },
            "missing": list(self.missing),
        }


def take_in(
    desk: Desk, documents: Sequence[Any], supplier: str, *, layer: str = LAYER, today: date | None = None,
    missing: tuple[str, ...] = (),
) -> Taken:  # fmt: skip
    """Footprints as factors ``pact:<id>`` of the supplier layer.

    Raises:
        Refused: ``release_exists`` where another process added to the layer at the same moment: try again.
    """
    day, before = today or datetime.now(UTC).date(), latest(desk, layer)
    fresh: dict[str, Received] = {}
    there: list[str] = []
    refused: dict[str, tuple[Fault, ...]] = {}
    for number, document in enumerate(documents):
        named = document.get("id") if isinstance(document, Mapping) else None
        name = named if isinstance(named, str) and named else f"number {number + 1}"
        try:
            item = from_pact(document if isinstance(document, Mapping) else {}, supplier)
        except Refused as wrong:
            refused[name] = wrong.faults
            continue
        if wrong_here := tuple(faults(item, day, before)):
            refused[name] = wrong_here
        elif before is not None and item.factor.id in before.factors:
            there.append(item.factor.id)
        elif item.factor.id in fresh and fresh[item.factor.id].factor != item.factor:
            found, expected = item.factor.shown(), fresh[item.factor.id].factor.shown()
            refused[name] = (Fault("received_twice", item.factor.id, found=found, expected=expected),)
        else:
            fresh[item.factor.id] = item
    release = publish_items(desk, list(fresh.values()), before, layer, day) if fresh else None
    return Taken(
        release or (before.id if before else ""), tuple(fresh), tuple(there), refused, missing
    )  # fmt: skip
