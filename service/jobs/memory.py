"""What a batch has done, item by item: a restart goes on there, and what did not change is not done again.

A row per item, each committed before the next item begins: a process that is killed loses the item it was at. A row
answers only to the key it was made under (:meth:`service.batch.bench.Bench.key`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from factordb.models import LOCAL, Base
from factordb.store import READ_ONLY, of_tenant
from lca.faults import Fault
from service.jobs.job import plain
from service.jobs.models import BatchItemRow

ITEMS: Final = Base.metadata.tables[BatchItemRow.__tablename__]
_KEEP: Final = text(
    "INSERT INTO batch_item (tenant_id, series, item, key, run, body)"
    " VALUES (:tenant_id, :series, :item, :key, :run, :body)"
    " ON CONFLICT (tenant_id, series, item) DO UPDATE SET key = excluded.key, run = excluded.run, body = excluded.body"
)
_FAILED: Final = ""
"""The key of an item that failed: none asks for it."""
_AT_ONCE: Final = 500


class Memory:
    """The items of one series. ``run``: the job that goes on; ``again``: only what it did itself answers."""

    def __init__(self, engine: Engine, series: str, run: str, *, tenant: str = LOCAL, again: bool = False) -> None:
        self._engine, self._tenant, self._series = of_tenant(engine, tenant), tenant, series
        self._run, self._again = run, again
        self._of = (ITEMS.c.tenant_id == tenant, ITEMS.c.series == series)
        with self._engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            rows = connection.execute(select(ITEMS.c.item, ITEMS.c.key, ITEMS.c.run).where(*self._of))
            self._there = {row.item: (row.key, row.run) for row in rows}

    def find(self, item: str, key: str) -> dict[str, Any] | None:
        """What came of an item under this key, or None."""
        there, run = self._there.get(item, (_FAILED, ""))
        if there != key or (self._again and run != self._run):
            return None
        with self._engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            query = select(ITEMS.c.body).where(*self._of, ITEMS.c.item == item, ITEMS.c.key == key)
            body = connection.execute(query).scalar()
        found: dict[str, Any] | None = json.loads(body) if body else None
        return found

    def is_own(self, item: str) -> bool:
        """Whether what is kept of an item was made by the job that goes on, in an earlier attempt or now."""
        return bool(self._there.get(item, ("", ""))[1] == self._run)

    def keep(self, item: str, key: str, body: Mapping[str, Any], session: Session | None = None) -> None:
        """Keep what came of an item; it is on the disk when this returns, or when the transaction of ``session``,
        which seals its records, ends: then both are there or neither."""
        if session is None:
            self._keep([(item, key, body)])
            return
        session.connection().execute(_KEEP, [self._row(item, key, body)])
        self._there[item] = (key, self._run)

    def fail(self, failed: Mapping[str, Iterable[Fault]]) -> None:
        """Keep why items failed, for who asks for results; they are tried again all the same."""
        self._keep([(item, _FAILED, {"errors": [plain(fault) for fault in faults]}) for item, faults in failed.items()])

    def forget_others(self, items: Iterable[str]) -> None:
        """Drop what is kept of items that are no longer in the batch."""
        gone = sorted(set(self._there) - set(items))
        for start in range(0, len(gone), _AT_ONCE):
            with self._engine.begin() as connection:
                connection.execute(delete(ITEMS).where(*self._of, ITEMS.c.item.in_(gone[start : start + _AT_ONCE])))

    def _keep(self, made: list[tuple[str, str, Mapping[str, Any]]]) -> None:
        rows = [self._row(*one) for one in made]
        for start in range(0, len(rows), _AT_ONCE):
            with self._engine.begin() as connection:
                connection.execute(_KEEP, rows[start : start + _AT_ONCE])
        self._there.update({item: (key, self._run) for item, key, _ in made})

    def _row(self, item: str, key: str, body: Mapping[str, Any]) -> dict[str, str]:
        named = {"tenant_id": self._tenant, "series": self._series, "item": item, "key": key, "run": self._run}
        return named | {"body": json.dumps(body, sort_keys=True)}


def page(
    engine: Engine, tenant: str, series: str, *, after: str = "", limit: int = 50
) -> list[tuple[str, dict[str, Any]]]:
    """(item, what is kept of it) by item, those that follow ``after``: ``lines`` of results, or ``errors``."""
    query = select(ITEMS.c.item, ITEMS.c.body).where(ITEMS.c.tenant_id == tenant, ITEMS.c.series == series)
    query = query.where(ITEMS.c.item > after).order_by(ITEMS.c.item).limit(limit)
    with of_tenant(engine, tenant).connect().execution_options(**{READ_ONLY: True}) as connection:
        return [(row.item, json.loads(row.body)) for row in connection.execute(query)]
