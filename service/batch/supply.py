"""What an item supplies to others: its record as a factor, and the release in which the factors of an item stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Final

from factordb.canonical import sha256
from factordb.factor import Factor, Source
from factordb.files import ReleaseFiles
from factordb.release import Release, canonical_of
from lca.faults import Fault, Refused
from service.batch.kept import PREFIX, keep
from service.received.checks import faults
from service.received.form import OWN_USE
from service.received.own_record import from_record
from service.records.store import RecordStore

META: Final = {
    "layer": "supplier",
    "title_en": "Footprints of other products of the same batch",
    "title_zh": "同一批次中其他产品的碳足迹",
    "importer": "pcf batch",
}


@dataclass(frozen=True, slots=True)
class Supply:
    """A product of an item as others may use it: a factor, or why it is none."""

    factor: Factor | None
    source: Source | None
    faults: tuple[Fault, ...]
    sealed: bool

    def plain(self) -> dict[str, Any]:
        """As JSON, for the state of a batch."""
        faults = [asdict(fault) for fault in self.faults]
        return {"factor": _plain(self.factor), "source": _plain(self.source), "faults": faults, "sealed": self.sealed}

    @staticmethod
    def of(plain: Mapping[str, Any]) -> Supply:
        """Back from :meth:`plain`."""
        factor = Factor(**plain["factor"]) if plain["factor"] else None
        source = Source(**plain["source"]) if plain["source"] else None
        return Supply(factor, source, tuple(Fault(**fault) for fault in plain["faults"]), plain["sealed"])


def _plain(item: Factor | Source | None) -> dict[str, Any] | None:
    """Fields of text and of maps of text."""
    if item is None:
        return None
    held = ((part.name, getattr(item, part.name)) for part in fields(item))
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in held}


def supply_of(record: Mapping[str, Any], *, sealed: bool) -> Supply:
    """The record as a factor, by the rules for a supplier's record; its age does not count, it is the batch's own."""
    try:
        received = from_record(record, own=True)
    except Refused as refused:
        return Supply(None, None, refused.faults, sealed)
    told = tuple(faults(received, date.fromisoformat(received.end), None))
    return Supply(None if told else received.factor, received.source, told, sealed)


def no_product(reference: str) -> Fault:
    """The fault of a reference to a product that its item names and its rule makes no footprint of."""
    expected = "a product with a result"
    return Fault("batch_reference_unknown", reference, reference, expected, values={"reference": reference})


def graph_release(supplies: Iterable[Supply]) -> Release:
    """A release of the layer *supplier* that holds these factors, named by its content; the same in every batch."""
    return Release(_content(supplies))


def _content(supplies: Iterable[Supply]) -> ReleaseFiles:
    found = {item.factor.id: item for item in supplies if item.factor is not None}
    factors = tuple(item.factor for _, item in sorted(found.items()) if item.factor is not None)
    sources = {item.source.id: item.source for item in found.values() if item.source is not None}
    published = max((factor.published for factor in factors), default="") or "1970-01-01"
    made = ReleaseFiles(
        {"id": PREFIX, "published": published, **META}, factors, tuple(sources.values()), (OWN_USE,), {}, {}
    )
    return replace(made, meta={**made.meta, "id": f"{PREFIX}{sha256(canonical_of(made))[:16]}"})


def publish_graph(store: RecordStore, release: Release) -> None:
    """Keep a release of the graph in the store; one that is there must be the same.

    Raises:
        Refused: ``release_tampered``.
    """
    keep(store.engine, release, store.tenant)
