"""What every import of rows does: read all, keep all faults, write all that changed as one version, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from factordb.models import Base
from lca.faults import Fault, Refused

T = TypeVar("T")
AT_ONCE = 500
"""Rows of one statement; databases limit what one may carry."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. ``version`` is empty where nothing changed."""

    kind: str
    rows: int
    changed: int
    unchanged: int
    version: str
    faults: tuple[Fault, ...] = field(default=())
    """With ``partial``: why the other rows were left out."""

    def plain(self) -> dict[str, Any]:
        """Counts and the version, without the faults."""
        return {
            "kind": self.kind, "rows": self.rows, "changed": self.changed, "unchanged": self.unchanged,
            "version": self.version, "left_out": len(self.faults),
        }  # fmt: skip


def refuse_or_go_on(faults: Sequence[Fault], *, partial: bool) -> tuple[Fault, ...]:
    """Nothing is imported by halves unless it is asked for.

    Raises:
        Refused: all faults, without ``partial``.
    """
    if faults and not partial:
        raise Refused(faults)
    return tuple(faults)


def body(value: Mapping[str, Any]) -> str:
    """A row as it is kept: JSON with sorted keys and without blanks, so that equal rows are equal text."""
    kept = {key: item for key, item in value.items() if item not in ("", None, {}, [])}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    """Lists of at most :data:`AT_ONCE`."""
    kept = list(items)
    for start in range(0, len(kept), AT_ONCE):
        yield kept[start : start + AT_ONCE]


def upsert(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows whole: one whose key is there takes its place."""
    key = [column.name for column in inspect(table).primary_key]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for part in chunks(rows):
        query = dialect.insert(table)
        rest = {name: query.excluded[name] for name in part[0] if name not in key}
        session.execute(query.on_conflict_do_update(index_elements=key, set_=rest), list(part))
