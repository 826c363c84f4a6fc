"""The national factor database (国家产品碳足迹因子库): not released yet; what its importer waits for.

Plans of MEE and NDRC name a first build by 2027 and broad coverage by 2030. No file, form or licence was seen, so
nothing here guesses one: whoever gets a release maps its table with ``pcf factors mapping`` until this reader exists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from factordb.factor import Licence, Source
from factordb.imports.intake import Intake
from lca.faults import Fault, Refused

WAITS_FOR: Final = (
    "a downloadable release of the database",
    "its columns, units and boundary words",
    "its licence: storing, passing on, commercial use",
    "its numbering of versions and corrections",
)


def about() -> tuple[Source, Licence]:
    """What is known of it: the name and the bodies that plan it."""
    source = Source(
        "cn-national-factors", "国家产品碳足迹因子库", "MEE with ministries", "", "www.mee.gov.cn", "cn-national", "CN"
    )
    return source, Licence("cn-national", "Not published", False, False, False, False, "国家产品碳足迹因子库")


def read(path: Path, intake: Intake) -> None:
    """Says what is missing.

    Raises:
        Refused: ``import_waiting``, always.
    """
    expected = "; ".join(WAITS_FOR)
    raise Refused([Fault("import_waiting", str(path), found=intake.source.title, expected=expected)])
