"""Data quality (数据质量), version 1: the European rating of a data set."""

from __future__ import annotations

from lca.exact import Exact
from pcr.equations import equation


@equation(
    "dqr.dataset",
    text="DQR = (TeR + GeR + TiR + P) / 4",
    source="EU PEF data-quality rating, each score 1 (best) to 5",
    confidence="recalled",
    inputs={"technology": "1", "geography": "1", "time": "1", "precision": "1"},
    results={"dqr": "1"},
)
def dataset(technology: Exact, geography: Exact, time: Exact, precision: Exact) -> Exact:
    """Rating of one data set, 1 to 5, lower is better."""
    return (technology + geography + time + precision) / 4
