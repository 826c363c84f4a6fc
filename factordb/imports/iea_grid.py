"""Grid factors of the IEA from a customer's own licensed copy. None is shipped: the statistics are not free.

A CSV with the columns ``country`` (ISO 3166), ``year``, ``value`` and ``unit`` (``gCO2/kWh`` or ``kgCO2/kWh``). The
values are CO2 of generation: a kind that no product footprint is answered with. The licence keeps them out of every
export.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from factordb.factor import Factor, Licence, Source
from factordb.imports.intake import Intake
from factordb.imports.rows import records

COLUMNS: Final = ("country", "year", "value", "unit")
UNITS: Final = ("gCO2/kWh", "kgCO2/kWh")


def about() -> tuple[Source, Licence]:
    """The document as far as a customer's licence names it; values stay in the customer's store."""
    source = Source("iea-emission-factors", "Emission Factors (licensed copy)", "IEA", "", "www.iea.org", "iea-licence")
    terms = "IEA terms: own use under the customer's licence; passing on is forbidden"
    return source, Licence("iea-licence", terms, True, False, False, False, "IEA")


def read(path: Path, intake: Intake) -> None:
    """Every row of the customer's table."""
    for where, row in records(path, intake, COLUMNS):
        place, year, unit = row["country"].strip(), row["year"].strip(), row["unit"].strip()
        if unit not in UNITS:
            intake.reject(where, "unit_unknown" if unit else "unit_missing", unit)
            continue
        name = f"Grid electricity {place}, CO2 of generation"
        intake.accept(
            Factor(
                id=f"iea.co2.{place.lower()}.{year}",
                name_en=name,
                name_zh=f"{place} 电网发电 CO2",
                category="electricity",
                kind="combustion_co2",
                place=place,
                year=year,
                value=row["value"].strip(),
                unit=unit,
                source=intake.source.id,
                confidence="seen",
                series=f"iea.co2.{place.lower()}",
            ),
            where,
        )
