"""What a batch has done, kept beside its results: a restart goes on, and what did not change is not done again.

One SQLite file in the folder of the results, one row per item, each committed before the next item begins: a process
that is killed loses the item it was at. An entry answers only to the key it was made under (:mod:`service.batch.run`).
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from lca.faults import Fault, Refused

NAME: Final = "state.sqlite"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS done (item TEXT PRIMARY KEY, key TEXT NOT NULL, run TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS open_run (run TEXT NOT NULL, mode TEXT NOT NULL)",
)


class State:
    """Entries of one folder of results."""

    def __init__(self, connection: sqlite3.Connection, mode: str) -> None:
        self._db = connection
        self._again = mode == "all"
        row = connection.execute("SELECT run, mode FROM open_run").fetchone()
        self._run = row[0] if row is not None and row[1] == mode else uuid.uuid4().hex
        with connection:
            connection.execute("DELETE FROM open_run")
            connection.execute("INSERT INTO open_run VALUES (?, ?)", (self._run, mode))

    def find(self, item: str, key: str) -> dict[str, Any] | None:
        """What came of an item under this key; with ``--seal all`` only if it was done in the run that goes on."""
        row = self._db.execute("SELECT run, body FROM done WHERE item = ? AND key = ?", (item, key)).fetchone()
        if row is None or (self._again and row[0] != self._run):
            return None
        body: dict[str, Any] = json.loads(row[1])
        return body

    def keep(self, item: str, key: str, body: dict[str, Any]) -> None:
        """Keep what came of an item; it is on the disk when this returns."""
        with self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?)",
                (item, key, self._run, json.dumps(body, ensure_ascii=False, sort_keys=True)),
            )

    def finish(self, items: Iterable[str]) -> None:
        """The run came to its end: entries of items that are no longer in the batch go."""
        kept = set(items)
        gone = [(name,) for (name,) in self._db.execute("SELECT item FROM done").fetchall() if name not in kept]
        with self._db:
            self._db.executemany("DELETE FROM done WHERE item = ?", gone)
            self._db.execute("DELETE FROM open_run")


@contextmanager
def open_state(folder: Path, mode: str) -> Iterator[State]:
    """The state of a folder, held by this process alone until the end.

    Raises:
        Refused: ``batch_output`` for a folder that cannot be written, is in use by another batch, or holds another
            file of that name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(folder / NAME, timeout=1)
    except (OSError, sqlite3.Error) as error:
        raise _refused(folder, error) from None
    try:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")  # one write to the disk per item instead of several
            db.execute("PRAGMA synchronous = FULL")
            for table in _TABLES:
                db.execute(table)
            state = State(db, mode)
        except sqlite3.Error as error:
            raise _refused(folder, error) from None
        yield state
    finally:
        db.close()


def _refused(folder: Path, error: Exception) -> Refused:
    expected = "a folder that can be written and that no other batch is using"
    return Refused([Fault("batch_output", str(folder), found=str(error), expected=expected)])
