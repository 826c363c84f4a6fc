"""Read what a user calls an installation, in any of its forms, and calculate it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lca.faults import Collector, Fault, Refused
from pcr.regimes.cbam.v1.plant.build import build
from pcr.regimes.cbam.v1.plant.form import Form, is_installation, read_form
from service.cbam.beside import gather
from service.cbam.defaults import InForce
from service.cbam.see import Seen, see, seen
from service.workbook.cellmap import CellMap, relocate


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be calculated."""

    regime: str = ""
    """``definitive`` or ``transitional``; empty: what the file says."""
    grid: Path | None = None
    """The user's own copy of the Commission's grid factors."""
    known: str = ""
    """Day on which the tables are asked; empty: today."""


def calculated(data: Any, folder: Path, asked: Asked) -> Seen:
    """Specific embedded emissions of an installation file or of the neutral form.

    Raises:
        Refused: all faults of the form, or all of the installation, at once.
    """
    if not is_installation(data):
        return see(data, asked.regime)
    form = read_form(data)
    if asked.regime:
        period = form.records["period"]
        told = replace(period, values={**period.values, "regime": asked.regime})
        form = replace(form, records={**form.records, "period": told})
    return of_form(form, folder, asked)


def of_form(form: Form, folder: Path, asked: Asked) -> Seen:
    """The same of a form that was read; faults of its files and of its rows together."""
    known = asked.known or datetime.now(UTC).date().isoformat()
    faults = Collector()
    with faults.catching():
        beside = gather(form, folder, grid=asked.grid, known=known)
        faults.raise_if_any()
        built = build(form, InForce(f"{form.year}-12-31", known), beside)
        return seen(built.installation, built)
    raise Refused(faults.faults)


def see_file(file: Path, asked: Asked) -> Seen:
    """Specific embedded emissions of a file; of a workbook the faults name cells.

    Raises:
        Refused: all faults of reading, or all of the installation, at once.
    """
    data, cells = read_placed(file)
    try:
        return calculated(data, file.parent, asked)
    except Refused as refused:
        raise Refused(relocate(refused.faults, cells)) from None


def read_placed(file: Path) -> tuple[Any, CellMap]:
    """Plain data of a file, and for a workbook the cell of every value; of text files an empty map.

    Raises:
        Refused: what :func:`read_file` refuses; of a workbook all faults of its cells at once.
    """
    if file.suffix.lower() != ".xlsx" or not file.is_file():
        return read_file(file), CellMap({})
    from service.cbam.book import read_book  # waits until a workbook comes: openpyxl is slow to import

    return read_book(file)


def read_file(file: Path) -> Any:
    """Plain data with every number as text, of a .yaml or .json file.

    Raises:
        Refused: ``file_missing``, ``file_encoding`` and what the doors refuse.
    """
    from lca.doors import read_json, read_yaml

    if not file.is_file():
        raise Refused([Fault("file_missing", str(file), found="no such file", expected="a file")])
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused([Fault("file_encoding", str(file), found=str(error), expected="UTF-8")]) from None
    return read_yaml(text) if file.suffix.lower() in (".yaml", ".yml") else read_json(text)
