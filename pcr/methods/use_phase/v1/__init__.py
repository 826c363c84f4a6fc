"""Use phase (使用阶段), version 1: electricity over a service life, market by market, at one fixed year's factor.

A path of falling grid factors is not built: the factor is that of the period's year, and the result says so.
"""

from __future__ import annotations

from dataclasses import replace

from lca.exact import Exact
from pcr.activity import ActivityData, Row
from pcr.builder import Process
from pcr.equations import equation
from pcr.methods.electricity.v1 import power


@equation(
    "use.electricity",
    text="kWh = E_a n share units",
    source="structure (AC-USE)",
    confidence="recalled",
    clause="units sold to one market, each of them n years",
    inputs={"annual": "kWh", "years": "1", "share": "1", "units": "piece"},
    results={"electricity": "kWh"},
)
def electricity(annual: Exact, years: Exact, share: Exact, units: Exact) -> Exact:
    """kWh drawn over the service life by the units of a market; ``annual`` is of one unit and year."""
    return annual * years * share * units


def seen_from(data: ActivityData, country: str) -> ActivityData:
    """The same data as a works of another country would hold them: its grid average, and none where none is known."""
    return replace(data, given=replace(data.given, works=replace(data.given.works, country=country)))


def in_market(data: ActivityData, row: Row, process_id: str, *, stage: str, years: Exact, units: Exact) -> Process:
    """A model in one market. The row: kWh a year of one unit, ``share`` of the units, ``material`` the country.

    A market whose average the regime does not name is a gap unless the row names a factor.
    """
    sold = units * row.properties["share"]
    market = seen_from(data, row.material)
    used = Process(process_id, stage=stage, product=process_id, amount=units, unit="piece", data=market)
    power(used, [replace(row, amount=electricity(row.amount, years, row.properties["share"], units))] if sold else [])
    return used
