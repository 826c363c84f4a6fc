"""The clock of the database: leases of workers on several machines are held against one clock, not against theirs."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Double, literal_column, select

_NOW: Final = {
    # the time of the statement, not of the beginning of the transaction, which may have waited for a lock
    "postgresql": "extract(epoch FROM clock_timestamp())::double precision",
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
}


def now_in(connection: Connection) -> ColumnElement[float]:
    """The present as SQL: seconds since 1970 by the database's clock (to a millisecond or better)."""
    return literal_column(_NOW[connection.dialect.name], Double)


def now(connection: Connection) -> float:
    """The present by the database's clock, in seconds since 1970."""
    return float(connection.execute(select(now_in(connection))).scalar_one())


def shown(at: float) -> str:
    """A time of a row as ISO 8601 in UTC, to the millisecond; empty for a time that has not come."""
    if not at or not math.isfinite(at):
        return ""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def times(row: Any, *names: str) -> dict[str, str]:
    """Times of a row as they are shown, by column."""
    return {name: shown(getattr(row, name)) for name in names}
