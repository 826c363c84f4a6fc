"""Process factors of the guidelines: gas per unit of material, and constants of equations."""

from __future__ import annotations

import re
from pathlib import Path

from factordb.authoring.fuels import origin, publisher_of
from factordb.authoring.made import KNOWN, NOT_OPENED, Authored, rows, slug, without_pointers
from factordb.factor import Factor, Source

_GAS = re.compile(r"(kg|t) ?(CO2e|CO2|CF4|C2F6|N2O)/(t|GJ|10\^4Nm3)(?: (.+))?")


OTHER_VALUES = {
    "alu.cn.anode_net": "0.42 tC/t Al in a program of the 2013 guideline (alu.cn.anode_net_2013)",
    "alu.cn.c2f6_2013": "0.034 kg C2F6/t Al in one of two programs of that guideline, its value of CF4",
}


def processes(path: Path, wanted: tuple[str, ...] = KNOWN) -> Authored:
    """Rows of the wanted confidence; of a conflict the other value stands beside."""
    made = Authored()
    for row in rows(path):
        if row["confidence"] not in wanted:
            made.left_out[row["id"]] = NOT_OPENED
            continue
        title = without_pointers(row["source"])
        place, official, licence = origin(row["regime"].partition(";")[0])
        if row["regime"] == "cets2024_draft":
            official = ""
        publisher = publisher_of(row["regime"])
        source_id = made.source(Source(slug(title), title, publisher, "", "", licence, official))
        kind, unit, of = _kind(row)
        made.factors.append(
            Factor(
                id=row["id"],
                name_en=row["name_en"],
                name_zh=row["name_zh"],
                category=row["sector"],
                kind=kind,
                place=place,
                year="",
                value=row["value"],
                unit=unit,
                source=source_id,
                confidence=row["confidence"],
                status="published" if row["value"] else "not_published",
                guideline=row["regime"],
                gwp_set="unknown" if "CO2e" in unit else "",
                other_values=OTHER_VALUES.get(row["id"], ""),
                properties={"of": of} if of else {},
            )
        )
    return made


def _kind(row: dict[str, str]) -> tuple[str, str, str]:
    """Kind, unit with a plain denominator, and the substance the denominator names (``clinker``)."""
    name, unit = row["id"], row["unit"]
    match = _GAS.fullmatch(unit)
    if match is None or name.startswith("chem.stoich.") or unit == "t C2F6/t CF4":
        return "process_parameter", unit, ""
    amount, gas, per, of = match.groups()
    plain = f"{amount}{'' if gas.startswith('CO2') else ' '}{gas}/{per}"
    if name.startswith("heat."):
        return "heat_combustion_co2", plain, of or ""
    if row["regime"] == "cets2024_draft":
        return "plausibility_only", plain, of or ""
    if ".altraw." in name:
        return "process_deduction", plain, of or ""
    if "_credit" in name:
        return "carbon_in_product", plain, of or ""
    return "process_emission", plain, of or ""
