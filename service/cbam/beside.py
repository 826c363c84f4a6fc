"""What an installation file names and does not hold: hourly CSV, suppliers' packages, factors, the grid table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from factordb.factor import Factor
from factordb.release import open_release
from lca.doors import read_json
from lca.exact import ONE, Exact
from lca.faults import Collector, Fault, Refused
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.build import Beside
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.streams import Reading
from pcr.regimes.cbam.v1.streams import CARBON

MAX_BYTES: Final = 20_000_000
RELEASE: Final = "cn-2026.1"
HOURS: Final = ("hour", "concentration_g_per_m3", "volume_m3", "valid_share")
GRID: Final = ("country", "ef_tCO2_per_MWh", "source")
_QA: Final = "Commission Q&A 4.24 (27.5.2026, transcription)"


def gather(form: Form, folder: Path, *, grid: Path | None = None, known: str = "", release: str = RELEASE) -> Beside:
    """Everything the file names, read from its own folder.

    Raises:
        Refused: all at once: ``cbam_file`` for what is missing, outside the folder or unreadable;
            ``cbam_lca_factor`` for a factor that may not be used here; ``factor_unknown``; ``cbam_grid_absent``.
    """
    faults = Collector()
    hours = _each(form, "streams", "hourly", folder, faults, _hours)
    packages = _each(form, "lots", "package", folder, faults, read_json)
    fuels: dict[str, Mapping[str, Exact]] = {}
    powers: dict[str, Exact] = {}
    named = [row for name in ("streams", "power_sources") for row in form.tables[name] if row.text("factor")]
    factors = open_release(release).factors if named else {}
    for row in named:
        with faults.catching(f"{row.where}/factor"):
            if row.where.startswith("/streams"):
                fuels[row.text("factor")] = _fuel(factors, row)
            else:
                powers[row.text("factor")] = _power(factors, row, form.mode)
    table: dict[str, Exact] = {}
    if grid is not None:
        with faults.catching(str(grid)):
            table = read_grid(grid)
    faults.raise_if_any()
    return Beside(known or datetime.now(UTC).date().isoformat(), hours, packages, table, fuels, powers)


def read_grid(file: Path) -> dict[str, Exact]:
    """t CO2/MWh by country from the user's own copy of the act's table: columns country, ef_tCO2_per_MWh, source.

    The table is of the IEA under a non-commercial licence and is not shipped.

    Raises:
        Refused: ``cbam_grid_absent`` for a file that is not there or has no such columns; ``number_unreadable``.
    """
    if not file.is_file():
        raise Refused([Fault("cbam_grid_absent", str(file), "no such file", f"a CSV with {', '.join(GRID)}", RULE)])
    rows = list(csv.DictReader(io.StringIO(_text(file))))
    if not rows or set(GRID) - set(rows[0]):
        found = ", ".join(rows[0]) if rows else "no rows"
        raise Refused([Fault("cbam_grid_absent", str(file), found, f"a CSV with {', '.join(GRID)}", RULE)])
    return {row["country"].strip().upper(): Exact.parse(row["ef_tCO2_per_MWh"], str(file)) for row in rows}


def _each(
    form: Form, table: str, key: str, folder: Path, faults: Collector, read: Callable[[str], Any]
) -> dict[str, Any]:
    """Files named in a column, each read once; a path that leaves the folder of the installation is none."""
    found: dict[str, Any] = {}
    for row in form.tables[table]:
        name = row.text(key)
        if not name or name in found:
            continue
        with faults.catching(f"{row.where}/{key}"):
            base = folder.resolve()
            path = (base / name).resolve()
            expected = f"a file of at most {MAX_BYTES:,} bytes in the folder of the installation file"
            if not path.is_relative_to(base) or not path.is_file() or path.stat().st_size > MAX_BYTES:
                raise Refused([Fault("cbam_file", found=name, expected=expected, rule=RULE)])
            found[name] = read(_text(path))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([Fault("cbam_file", found=f"{path.name}: {error}", expected="UTF-8 text", rule=RULE)]) from None


def _hours(text: str) -> list[Reading]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or set(HOURS[1:3]) - set(rows[0]):
        found = ", ".join(rows[0]) if rows else "no rows"
        raise Refused([Fault("cbam_file", found=found, expected=", ".join(HOURS), rule=RULE)])
    return [
        Reading(
            Exact.parse(row[HOURS[1]], f"line {number}"),
            Exact.parse(row[HOURS[2]], f"line {number}"),
            Exact.parse(row[HOURS[3]], f"line {number}") if row.get(HOURS[3]) else ONE,
        )
        for number, row in enumerate(rows, 2)
    ]


def _fuel(factors: Mapping[str, Factor], row: Row) -> dict[str, Exact]:
    """A national inventory's fuel or process factor, type II; a life-cycle factor is refused with the reason."""
    factor = _admitted(factors, row, ("fuel_properties", "process_emission"))
    if factor.kind == "process_emission":
        if not factor.unit.startswith("tCO2/t"):
            raise Refused(
                [Fault("cbam_factor_unit", found=f"{factor.id}: {factor.unit}", expected="tCO2/t", rule=RULE)]
            )
        return {"ef_tCO2_per_t": factor.amount}
    given = factor.properties
    if given.get("ncv_unit") != "GJ/t" or not given.get("carbon_content"):
        found = f"{factor.id}: {given.get('ncv_unit')}, carbon {given.get('carbon_content') or 'not given'}"
        raise Refused([Fault("cbam_factor_unit", found=found, expected="GJ/t and t C/GJ", rule=RULE)])
    made = {"ncv_GJ_per_unit": Exact(given["ncv"]), "ef_tCO2_per_TJ": Exact(given["carbon_content"]) * CARBON * 1000}
    return made | ({"oxidation_factor": Exact(given["oxidation"])} if given.get("oxidation") else {})


def _power(factors: Mapping[str, Factor], row: Row, mode: str) -> Exact:
    """A factor of the grid from a database: in the transitional period only, and of burning only."""
    factor = _admitted(factors, row, ("combustion_co2", "combustion_co2e"))
    if mode == "definitive":
        expected = "the Commission's own grid factor: --grid FILE, or ef_tCO2_per_MWh with factor_source"
        raise Refused([Fault("cbam_grid_absent", found=factor.id, expected=expected, rule=RULE)])
    if factor.unit not in ("tCO2/MWh", "kgCO2/kWh", "tCO2e/MWh", "kgCO2e/kWh"):
        raise Refused([Fault("cbam_factor_unit", found=f"{factor.id}: {factor.unit}", expected="tCO2/MWh", rule=RULE)])
    return factor.amount


def _admitted(factors: Mapping[str, Factor], row: Row, kinds: tuple[str, ...]) -> Factor:
    name = row.text("factor")
    factor = factors.get(name)
    if factor is None:
        raise Refused([Fault("factor_unknown", found=name, expected="pcf factors search", rule=RULE)])
    said = factor.admissible.get("cbam", "")
    if factor.kind not in kinds or said not in ("", "yes"):
        found = f"{name}, {factor.kind}" + (f": {said}" if said else "")
        raise Refused([Fault("cbam_lca_factor", found=found, expected=", ".join(kinds), rule=_QA)])
    return factor
