"""Totals in columns of text: a figure, or the band of a draft as its JSON."""

from __future__ import annotations

import json
from typing import Any


def to_column(total: Any) -> str:
    """A total of a result as the text of a column."""
    return total if isinstance(total, str) else json.dumps(total)


def of_column(column: str) -> Any:
    """A total as the result had it: a figure, or ``{"low": ..., "high": ...}`` with null for an open end."""
    return json.loads(column) if column.startswith("{") else column
