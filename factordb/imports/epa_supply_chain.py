"""US EPA supply chain factors (from USEEIO): kg CO2e per dollar of a sector, for screening only."""

from __future__ import annotations

import re
from pathlib import Path

from factordb.factor import Factor, Licence, Source
from factordb.imports.intake import Intake
from factordb.imports.rows import joined, records

WITH, WITHOUT = "Supply Chain Emission Factors with Margins", "Supply Chain Emission Factors without Margins"
MARGINS = "Margins of Supply Chain Emission Factors"
CODE, TITLE = "2017 NAICS Code", "2017 NAICS Title"
COLUMNS = (CODE, TITLE, "GHG", "Unit", WITHOUT, MARGINS, WITH)
_UNIT = re.compile(r"kg CO2e/(\d{4}) (USD), purchaser price")


def about() -> tuple[Source, Licence]:
    """The document and its licence."""
    title = "Supply Chain Greenhouse Gas Emission Factors v1.3, NAICS-6, CO2e, USD 2022"
    source = Source("epa-supply-chain-1.3", title, "US EPA, Office of Research and Development", "", "www.epa.gov",
                    "us-public-domain", "US")  # fmt: skip
    attribution = "US EPA, Supply Chain GHG Emission Factors v1.3.0"
    return source, Licence("us-public-domain", "US government work", True, True, True, False, attribution)


def read(path: Path, intake: Intake) -> None:
    """Every sector: with margins, from the cradle to the shelf, because the money is a purchaser's."""
    for where, row in records(path, intake, COLUMNS):
        where = f"{where}, NAICS {row[CODE]}"
        unit = _UNIT.fullmatch(row["Unit"].strip())
        if not row["Unit"].strip():
            intake.reject(where, "unit_missing", row[TITLE])
        elif unit is None:
            intake.reject(where, "unit_unknown", row["Unit"])
        elif row["GHG"] != "All GHGs":
            # One gas of a sector is a part of the sector's total, which has a row of its own.
            intake.reject(where, "part_of_another", row["GHG"])
        else:
            year = unit[1]
            intake.accept(
                Factor(
                    id=f"epa-supply-chain-{row[CODE]}-usd{year}",
                    name_en=joined(row[TITLE]),
                    name_zh="",
                    category=f"spend > NAICS {row[CODE][:2]}",
                    kind="spend_based",
                    place="US",
                    year=year,
                    value=row[WITH].strip(),
                    unit=f"kgCO2e/USD{year}",
                    source=intake.source.id,
                    confidence="seen",
                    boundary="cradle to shelf, with margins of trade and transport; purchaser price",
                    gwp_set="unknown",
                    locator=f"NAICS {row[CODE]}",
                    codes={"naics": row[CODE]},
                    note=f"cradle to gate, without margins: {row[WITHOUT]}; margins: {row[MARGINS]}",
                ),
                where,
            )
