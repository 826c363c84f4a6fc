"""The layer ``demo-inventories``: batteries and PV from open inventories, read from a folder the user has.

The amounts are not cleared for shipping (a part also sits in a commercial database), so none of them is in this
package: ``inventory_battery.csv`` and ``inventory_pv.csv`` are read where they lie, and the licence of the layer
forbids passing values on. Electricity is that of China, 2024, whatever voltage the literature names; every other input
that the files do not make stays open, and its factor a gap, unless ``stand_ins.csv`` in the same folder names a factor
for it. Only for showing how a chain works, never for a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from factordb.factor import Licence, Source
from factordb.imports.intake import Intake
from factordb.imports.lci import PRODUCT, DataSet, Row, settle
from factordb.imports.rows import records, unreadable

FILES: Final = ("inventory_battery.csv", "inventory_pv.csv")
STAND_INS: Final = "stand_ins.csv"
STAND_IN_COLUMNS: Final = ("flow", "factor", "because")
COLUMNS: Final = ("product", "process", "flow", "direction", "amount", "unit", "stage", "source", "confidence")
ELECTRICITY: Final = "cn.cfp.national_avg.2024"
NOTE: Final = "demonstration: amounts from literature, not verified for any works; never for a claim"
META: Final[Mapping[str, str]] = {
    "id": "demo-inventories",
    "layer": "private",
    "title_en": "Demonstration inventories: batteries and PV",
    "title_zh": "演示清单：电池与光伏",
    "published": "2026-11-21",
    "importer": "demo_inventories 1",
}
_KINDS: Final = {
    "output": PRODUCT,
    "input": "input",
    "waste_to_treatment": "input",
    "resource_in": "resource",
    "emission_air": "emission",
    "emission_water": "emission",
}
_COMPARTMENTS: Final = {"resource_in": "resource", "emission_air": "air", "emission_water": "water"}
_MIX: Final = "polysilicon Siemens ["
"""The supply mix names its suppliers by region; one process is carried, and all four are linked to it."""


def about() -> tuple[Source, Licence]:
    """The collection; each process names its own literature beside it."""
    title = "Open unit-process inventories of batteries and PV modules (demonstration)"
    source = Source("demo-inventories", title, "see the source of each process", "2026-08", "", "demo-not-cleared")
    attribution = "Literature inventories; not cleared for passing on"
    return source, Licence("demo-not-cleared", "Own use only, not cleared", True, False, False, False, attribution)


def read(folder: Path, intake: Intake) -> None:
    """Both files of ``folder``; a process without an output (parameters, bounds) is counted and is none.

    ``stand_ins.csv``, where it is there: flow, id of a factor of a release linked beside, and why it may stand in.

    Raises:
        Refused: ``import_unreadable``, ``import_columns``.
    """
    paths = [folder / name for name in FILES if (folder / name).is_file()]
    if not paths:
        raise unreadable(folder, "none of the files", ", ".join(FILES))
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    stand_ins = _stand_ins(folder / STAND_INS, intake)
    for path in paths:
        for where, row in records(path, Intake(intake.source, intake.licence), COLUMNS):
            groups.setdefault((row["product"], row["process"]), []).append({**row, "where": f"{path.stem}, {where}"})
    literature = sorted({rows[0]["source"] for rows in groups.values()})
    ids = {text: f"demo-{number:02}" for number, text in enumerate(literature, 1)}
    for text, name in ids.items():
        intake.more_sources[name] = Source(name, text, "as cited", "", "", intake.licence.code)
    settle(_data_sets(groups, ids, intake, stand_ins), intake, outside=(ELECTRICITY, *stand_ins.values()))


def _stand_ins(path: Path, intake: Intake) -> dict[str, str]:
    """Flow to factor id; empty without the file. A flow named twice is refused."""
    found: dict[str, str] = {}
    held = records(path, Intake(intake.source, intake.licence), STAND_IN_COLUMNS) if path.is_file() else iter(())
    for where, row in held:
        if row["flow"] in found:
            raise unreadable(path, f"{where}: {row['flow']} again", "each flow once")
        found[row["flow"]] = row["factor"]
    return found


def _data_sets(
    groups: Mapping[tuple[str, str], list[dict[str, str]]],
    ids: Mapping[str, str],
    intake: Intake,
    stand_ins: Mapping[str, str],
) -> Iterator[DataSet]:
    makers = {
        (row["flow"], row["unit"]): process
        for (_, process), rows in groups.items()
        for row in rows
        if row["direction"] == "output"
    }
    for (product, process), rows in groups.items():
        if not any(row["direction"] == "output" for row in rows):
            intake.notes["parameters, bounds or a bill without a product: no process"] += 1
            continue
        unknown = sorted({row["direction"] for row in rows} - set(_KINDS))
        made = [_row(row, number, makers, stand_ins) for number, row in enumerate(rows) if row["direction"] in _KINDS]
        stood = sorted({f"{row.name}: {row.provider}" for row in made if row.provider in stand_ins.values()})
        yield DataSet(
            id=_slug(process),
            name=process,
            rows=tuple(made),
            place="CN" if "China datasets" in rows[0]["source"] else "GLO",
            category="demonstration",
            locator=f"{rows[0]['where']}: {product}",
            note="; stand-ins: ".join(filter(None, (NOTE, "; ".join(stood)))),
            source=ids[rows[0]["source"]],
            quality={"scheme": "demonstration", "evidence": "literature, not checked against a works"},
            refused=f"needs_review|a credit beyond the product: {', '.join(unknown)}" if unknown else "",
        )


def _row(
    row: Mapping[str, str], number: int, makers: Mapping[tuple[str, str], str], stand_ins: Mapping[str, str]
) -> Row:
    flow = row["flow"]
    made = Row(
        kind=_KINDS[row["direction"]],
        name=flow,
        amount=row["amount"],
        unit=row["unit"],
        compartment=_COMPARTMENTS.get(row["direction"], ""),
        key=str(number),
        note="waste to treatment" if row["direction"] == "waste_to_treatment" else "",
    )
    if row["direction"] != "input":
        return made
    if flow.startswith("electricity, ") and row["unit"] == "kWh":
        return replace(made, provider=ELECTRICITY)
    flow = flow.partition(" [")[0] if flow.startswith(_MIX) else flow
    maker = makers.get((flow, row["unit"]), "")
    # Emissions begin with a capital (Ammonia), products do not: names are compared as they are written.
    return replace(made, provider=_slug(maker) if maker else stand_ins.get(flow, ""))


def _slug(text: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())
