"""A sealed release as a read-only value: what a record names, and what an empty folder can re-run it from."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from factordb import search as searching
from factordb.canonical import canonical_text, sha256
from factordb.check import check
from factordb.factor import Factor, Licence, Source
from factordb.files import ReleaseFiles, read
from factordb.lookup import resolve
from factordb.unit_process import UnitProcess
from lca.faults import Fault, Refused

if TYPE_CHECKING:
    from lca.inventory import Inventory, ResolvedInventory


RECEIVED: Final = ("record:", "pact:")
SHORTEST: Final = 12


class Release:
    """Factors with sources and licences under one hash. Made by :func:`open_release`, never changed."""

    def __init__(self, content: ReleaseFiles) -> None:
        check(content)
        self.meta: Mapping[str, str] = MappingProxyType(dict(content.meta))
        self.factors: Mapping[str, Factor] = MappingProxyType(
            {item.id: item for item in sorted(content.factors, key=lambda item: item.id)}
        )
        self._ids = tuple(self.factors)
        self.sources: Mapping[str, Source] = MappingProxyType({item.id: item for item in content.sources})
        self.licences: Mapping[str, Licence] = MappingProxyType({item.code: item for item in content.licences})
        self.left_out: Mapping[str, str] = MappingProxyType(dict(content.left_out))
        self.same_year: Mapping[str, str] = MappingProxyType(dict(content.same_year))
        by_series: defaultdict[str, list[Factor]] = defaultdict(list)
        for factor in self.factors.values():
            if factor.series:
                by_series[factor.series].append(factor)
        self.series: Mapping[str, tuple[Factor, ...]] = MappingProxyType(
            {name: tuple(sorted(items, key=lambda item: item.year)) for name, items in by_series.items()}
        )
        self.corrected: Mapping[str, str] = MappingProxyType(
            {item.corrects: item.id for item in self.factors.values() if item.corrects}
        )
        """Rows that another row corrects, with the id of that: a series passes them over, a name does not."""
        self.unit_processes: Mapping[str, UnitProcess] = MappingProxyType(
            {item.id: item for item in sorted(content.unit_processes, key=lambda item: item.id)}
        )
        self.text = canonical_of(content)
        self.sha256 = sha256(self.text)

    @property
    def id(self) -> str:
        """Name of the release: ``cn-2026.1``."""
        return self.meta["id"]

    @property
    def layer(self) -> str:
        """``public``, ``supplier`` or ``private``."""
        return self.meta["layer"]

    def find(self, name: str) -> Factor | None:
        """The factor of an id; of a received footprint the first twelve characters of its name are enough."""
        if name in self.factors or not name.startswith(RECEIVED) or len(name.partition(":")[2]) < SHORTEST:
            return self.factors.get(name)
        first = bisect_left(self._ids, name)
        found = [key for key in self._ids[first : first + 2] if key.startswith(name)]
        return self.factors[found[0]] if len(found) == 1 else None

    def source_of(self, factor: Factor) -> Source:
        """The document the value stands in."""
        return self.sources[factor.source]

    def licence_of(self, factor: Factor) -> Licence:
        """What may be done with the value."""
        return self.licences[self.sources[factor.source].licence]

    def search(self, text: str, limit: int = 10) -> list[Factor]:
        """Factors by name, id or category, best first; the same order everywhere."""
        return searching.search((self,), text, limit)

    def resolve(self, inventory: Inventory, draft: bool = False) -> ResolvedInventory:
        """Every bought line and every sensitivity case answered from this release alone.

        Raises:
            Refused: all faults at once; see :func:`factordb.lookup.resolve`.
        """
        return resolve((self,), inventory, draft)


def content_of(release: Release) -> ReleaseFiles:
    """The content a release was made of, to make the next one from."""
    return ReleaseFiles(
        dict(release.meta),
        tuple(release.factors.values()),
        tuple(release.sources.values()),
        tuple(release.licences.values()),
        dict(release.left_out),
        dict(release.same_year),
        tuple(release.unit_processes.values()),
    )


def canonical_of(content: ReleaseFiles) -> str:
    """The hashed text of a release's content."""
    meta = {**content.meta, **{f"same_year:{name}": other for name, other in content.same_year.items()}}
    tables = (content.factors, content.sources, content.licences, content.left_out, content.unit_processes)
    return canonical_text(meta, *tables)


def from_files(folder: Traversable) -> Release:
    """The release in ``folder``, checked for form but against no hash: for authors and importers."""
    return Release(read(folder))


def frozen_hashes() -> Mapping[str, str]:
    """Release id to SHA-256 of every release this package ships (``factordb/data/frozen.toml``)."""
    data: dict[str, Any] = tomllib.loads(files("factordb").joinpath("data/frozen.toml").read_text("utf-8"))
    return {name: entry["sha256"] for name, entry in data["release"].items()}


def shipped() -> Sequence[str]:
    """Ids of the shipped releases, sorted."""
    return sorted(frozen_hashes())


def open_release(release_id: str) -> Release:
    """A shipped release from package files; no database is needed. The hash is checked again on every opening.

    Raises:
        Refused: ``release_unknown``, or ``release_tampered`` when the content is not what was sealed.
    """
    frozen = frozen_hashes()
    if release_id not in frozen:
        raise Refused([Fault("release_unknown", found=release_id, expected=", ".join(sorted(frozen)))])
    folder = files("factordb").joinpath(f"data/releases/{release_id}")
    return verified(from_files(folder), frozen[release_id])


def verified(release: Release, expected: str) -> Release:
    """``release`` if its hash is ``expected``.

    Raises:
        Refused: ``release_tampered``.
    """
    if release.sha256 != expected:
        raise Refused([Fault("release_tampered", release.id, found=release.sha256, expected=expected)])
    return release
