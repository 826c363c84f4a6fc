"""An installation file in the neutral form: what ``pcf cbam see`` reads back to the same numbers."""

from __future__ import annotations

from typing import Any

from lca.exact import Exact
from pcr.regimes.cbam.v1.installation import Precursor, Process
from pcr.regimes.cbam.v1.neutral import PROCESS
from service.cbam.see import Seen, shown


def neutral(found: Seen) -> dict[str, Any]:
    """Streams, processes and precursors as decimal text, all digits where they end, else twenty.

    The form holds one factor per heat and electricity and one basis per precursor: what those mix is resolved, and
    functional units stand where it says tonnes.
    """
    made = found.installation
    return {
        "installation_country": made.country,
        "reporting_period": {"from": made.start, "to": made.end},
        "regime": made.mode,
        "source_streams": [
            {"name": stream.name, "method": stream.method}
            | ({"unit": stream.unit} if stream.unit else {})
            | ({"cell_type": stream.cell_type} if stream.cell_type else {})
            | {key: shown(number) for key, number in stream.values.items()}
            for stream in made.streams
        ],
        "processes": [_process(item) for item in made.processes],
        "purchased_precursors": [_precursor(item) for item in made.precursors],
    }


def _process(item: Process) -> dict[str, Any]:
    told = {key: getattr(item, name) for key, name in PROCESS.items()}
    numbers: dict[str, Exact] = {key: number for key, number in told.items() if number}
    held: dict[str, Any] = {"id": item.id, "name": item.name, "category": item.category, "cn": item.cn}
    if item.route:
        held["route"] = item.route
    if item.joint_with:
        held["joint_with"] = list(item.joint_with)
    pairs = {"electricity_MWh": "electricity_ef_tCO2_per_MWh", "heat_imported_TJ": "heat_import_ef",
             "heat_exported_TJ": "heat_export_ef", "electricity_exported_MWh": "electricity_export_ef"}  # fmt: skip
    written = {key: shown(number) for key, number in numbers.items()}
    written |= {pair: "0" for key, pair in pairs.items() if key in written and pair not in written}
    return held | {
        "activity_level_t": shown(item.level),
        **({"produced_for_market_t": shown(item.market)} if item.market is not None else {}),
        **written,
        "inputs": [{"from": taken.source, "mass_t": shown(taken.mass)} for taken in item.inputs],
    }


def _precursor(item: Precursor) -> dict[str, Any]:
    power: dict[str, Any] = {"specific_electricity_MWh_per_t": shown(item.electricity)}
    power["electricity_ef"] = shown(item.electricity_factor)
    if item.stated_indirect is not None:
        power |= {"electricity_ef": "0", "see_indirect": shown(item.stated_indirect)}
    if item.on_default is not None:
        power |= {"default_direct": shown(item.on_default[0]), "default_indirect": shown(item.on_default[1])}
    return {
        "id": item.id,
        "name": item.name,
        "category": item.category,
        "country": item.country,
        "cn": item.cn,
        "see_direct": shown(item.direct),
        **power,
        "basis": item.basis,
        **({"verification": item.verification} if item.verification else {}),
    }
