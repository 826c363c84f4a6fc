"""Layers: a works' private factors over its suppliers' over a public release, asked from the top down.

One calculation names them together (``mine-2026,cn-2026.1``); a record pins each with its hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from factordb.lookup import resolve
from factordb.release import Release, open_release
from lca.faults import Collector, Fault

if TYPE_CHECKING:
    from lca.inventory import Inventory, ResolvedInventory

ORDER: Final = ("private", "supplier", "public")
"""From the top down. Releases of one layer are asked in the order in which they were named."""


class Layers:
    """Releases in the order in which they answer."""

    def __init__(self, releases: Iterable[Release]) -> None:
        self.releases: Sequence[Release] = tuple(sorted(releases, key=lambda item: ORDER.index(item.layer)))

    @property
    def id(self) -> str:
        """The ids from the top down, ``mine-2026,cn-2026.1``."""
        return ",".join(item.id for item in self.releases)

    def pinned(self) -> list[Mapping[str, str]]:
        """Id, hash and layer of each, as a record holds them."""
        return [{"id": item.id, "sha256": item.sha256, "layer": item.layer} for item in self.releases]

    def resolve(self, inventory: Inventory, draft: bool = False, regime: str = "") -> ResolvedInventory:
        """Every bought line answered by the first layer that knows its name and may answer under ``regime``.

        Raises:
            Refused: all faults at once; see :func:`factordb.lookup.resolve`.
        """
        return resolve(self.releases, inventory, draft, regime)


def open_layers(names: str | Iterable[str], opener: Callable[[str], Release] = open_release) -> Layers:
    """The releases of ``names``, a list or one text with commas.

    Raises:
        Refused: ``release_unknown`` or ``release_tampered`` for each; ``release_named_twice``; all at once.
    """
    asked = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    faults, found = Collector(), []
    for name in asked:
        if asked.count(name) > 1:
            faults.add(Fault("release_named_twice", found=name, expected="each release once"))
            continue
        with faults.catching():
            found.append(opener(name))
    faults.raise_if_any()
    return Layers(found)
