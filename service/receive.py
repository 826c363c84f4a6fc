"""The use-case *receive*: a supplier's footprint becomes a factor of the supplier layer, in a new release of it.

A release is sealed, so a layer grows by releases: ``suppliers.3`` holds what ``suppliers.2`` held and the new factor.
What was sent is kept as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from factordb.files import ReleaseFiles
from factordb.publish import publish, published
from factordb.release import Release, content_of
from lca.doors import read_json
from lca.faults import Collector, Fault, Notice, Refused
from service.calculate import Asked, calculate
from service.desk import DEFAULT_RELEASE, Desk
from service.intake import read_file
from service.received.checks import faults, notices
from service.received.form import OWN_USE, Received
from service.received.own_record import from_record
from service.received.pact import from_pact
from service.records.envelope import KnownKey

LAYER: Final = "suppliers"
ACTIVITY: Final = (".xlsx", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was received, and the release that now holds it."""

    release: str
    sha256: str
    items: tuple[Received, ...]
    notices: tuple[Notice, ...]


def receive(
    desk: Desk, path: Path, *, supplier: str = "", layer: str = LAYER, today: date | None = None,
    keys: Mapping[str, KnownKey] | None = None,
) -> Taken:  # fmt: skip
    """Read, check and publish the footprints of a file: a record, a PACT 3 footprint or list, a filled workbook.

    ``keys``: public keys that are vouched for here, for signatures on records.

    Raises:
        Refused: everything that is wrong with any footprint of the file; nothing is published then.
    """
    day = today or datetime.now(UTC).date()
    items = _read(desk, path, supplier, keys or {})
    before = latest(desk, layer)
    public = desk.release(DEFAULT_RELEASE)
    wrong = Collector()
    for item in items:
        wrong.faults += list(faults(item, day, before))
    wrong.raise_if_any()
    told = tuple(notice for item in items for notice in notices(item, [public]))
    fresh = [item for item in items if before is None or item.factor.id not in before.factors]
    if not fresh and before is not None:
        return Taken(before.id, before.sha256, tuple(items), told)
    name = publish_items(desk, fresh, before, layer, day)
    return Taken(name, desk.release(name).sha256, tuple(items), told)


def publish_items(desk: Desk, fresh: Sequence[Received], before: Release | None, layer: str, day: date) -> str:
    """Add checked footprints to a layer: its next release, whose name is returned. What was sent is kept.

    Raises:
        Refused: ``release_exists`` where another process added to the layer at the same moment.
    """
    number = int(before.id.rpartition(".")[2]) + 1 if before else 1
    content = _grown(before, fresh, f"{layer}.{number}", day)
    publish(desk.engine, content, desk.tenant)
    for item in fresh:
        desk.records.keep_received(item.factor.id, item.supplier, item.document)
    return str(content.meta["id"])


def latest(desk: Desk, layer: str) -> Release | None:
    """The newest release of a growing layer."""
    own = re.compile(re.escape(layer) + r"\.([0-9]+)")
    numbers = [int(match[1]) for name in published(desk.engine, desk.tenant) if (match := own.fullmatch(name))]
    return desk.release(f"{layer}.{max(numbers)}") if numbers else None


def _read(desk: Desk, path: Path, supplier: str, keys: Mapping[str, KnownKey]) -> list[Received]:
    if path.suffix.lower() in ACTIVITY:
        done = calculate(read_file(path), Asked(), desk.records, caller="pcf factors receive", releases=desk.release)
        return [from_record(record, supplier) for record in done.records]
    try:
        text = path.read_text(encoding="utf-8")
        sent: Any = read_json(text)  # refuses what is too large, too deep or doubled
        if isinstance(sent, dict) and "schema" in sent:
            sent = json.loads(text)  # a record is hashed as it is
    except (UnicodeDecodeError, ValueError, OSError) as error:
        expected = "a record, a PACT 3 footprint or a filled workbook"
        raise Refused([Fault("received_form", str(path), found=str(error), expected=expected)]) from None
    documents: Sequence[Any] = sent.get("data", [sent]) if isinstance(sent, dict) else sent
    documents = documents if isinstance(documents, list) else [documents]
    wrong, found = Collector(), []
    for number, document in enumerate(documents):
        with wrong.catching(f"/{number}" if len(documents) > 1 else ""):
            found.append(_one(document, supplier, keys))
    wrong.raise_if_any()
    return found


def _one(document: Any, supplier: str, keys: Mapping[str, KnownKey]) -> Received:
    if isinstance(document, dict) and str(document.get("schema", "")).startswith("pcf-record/"):
        return from_record(document, supplier, keys=keys)
    if isinstance(document, dict) and "pcf" in document:
        return from_pact(document, supplier)
    shown = json.dumps(document, ensure_ascii=False)[:80]
    expected = "schema pcf-record/1, or a PACT 3 footprint with its pcf"
    raise Refused([Fault("received_form", found=shown, expected=expected)])


def _grown(before: Release | None, fresh: Sequence[Received], name: str, day: date) -> ReleaseFiles:
    title = {"title_en": "Footprints received from suppliers", "title_zh": "供应商提供的产品碳足迹"}
    meta = {"id": name, "layer": "supplier", "published": day.isoformat(), "importer": "pcf factors receive", **title}
    base = content_of(before) if before else ReleaseFiles(meta, (), (), (OWN_USE,), {}, {})
    sources = {item.id: item for item in (*base.sources, *(item.source for item in fresh))}
    factors = (*base.factors, *(item.factor for item in fresh))
    return replace(base, meta=meta, factors=factors, sources=tuple(sources.values()))
