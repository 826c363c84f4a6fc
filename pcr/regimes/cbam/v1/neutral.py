"""Read the neutral CBAM input: one object with streams, processes and precursors; all faults at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from pcr.intake import refuse_offsets
from pcr.intake_tools import Reader
from pcr.regimes.cbam.goods import find, goods
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.installation import Installation, Mode, Precursor, Process, Stream, Taken

METHODS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "combustion": (
        ("activity", "ncv_GJ_per_unit", "ef_tCO2_per_TJ"),
        ("oxidation_factor", "biomass_fraction"),
    ),
    "process": (("activity", "ef_tCO2_per_t"), ("conversion_factor",)),
    "mass_balance": (("activity", "carbon_content_tC_per_t"), ("biomass_fraction",)),
    "pfc_slope": (
        ("production_t", "frequency_per_cell_day", "duration_min", "sef_cf4_kg_per_t_per_AEmin", "f_c2f6"),
        ("collection_efficiency",),
    ),
    "pfc_overvoltage": (
        ("production_t", "overvoltage_mV", "current_efficiency_percent", "ovc_cf4_kg_per_t_per_mV", "f_c2f6"),
        ("collection_efficiency",),
    ),
    "measured": (("co2e_t",), ("biogenic_t",)),
}
"""Method to the numbers it needs and those it may have."""
SHARES: Final = ("oxidation_factor", "biomass_fraction", "conversion_factor", "collection_efficiency")
PROCESS: Final[Mapping[str, str]] = {
    "dir_em_star_tCO2e": "direct",
    "electricity_MWh": "electricity",
    "electricity_ef_tCO2_per_MWh": "electricity_factor",
    "heat_imported_TJ": "heat_imported",
    "heat_import_ef": "heat_import_factor",
    "heat_exported_TJ": "heat_exported",
    "heat_export_ef": "heat_export_factor",
    "waste_gas_imported_TJ": "gas_imported",
    "waste_gas_exported_TJ": "gas_exported",
    "electricity_exported_MWh": "power_exported",
    "electricity_export_ef": "power_export_factor",
}
"""Numbers of a process by their neutral names; what is not given is zero, as the form defines it."""
PAIRS: Final = (
    ("electricity_MWh", "electricity_ef_tCO2_per_MWh"),
    ("heat_imported_TJ", "heat_import_ef"),
    ("heat_exported_TJ", "heat_export_ef"),
    ("electricity_exported_MWh", "electricity_export_ef"),
)
"""An energy without its factor has no emissions, and nobody may make it zero by leaving it out."""
STATED: Final = ("see_indirect", "default_direct", "default_indirect")
"""Of a precursor, ours: indirect emissions stated as such, and the parts of both that rest on default values."""
OUTER: Final = ("installation_country", "reporting_period", "regime")


def read_neutral(data: Any, mode: str = "") -> Installation:
    """The installation; ``data`` is the object itself or one that holds it under ``inputs``.

    ``mode``: ``definitive`` or ``transitional``; empty: the first word of ``regime``, else definitive.

    Raises:
        Refused: every fault of the form at once: ``unknown_key``, ``missing_key``, ``number_unreadable``,
            ``cbam_method``, ``cbam_share``, ``cbam_level``, ``cbam_source_unknown``, ``cbam_own_product``,
            ``cbam_id_twice``, ``cbam_cn_unknown``, ``cbam_more_used``, ``offset_in_input``; alone ``cbam_footprint``.
    """
    outer = data if isinstance(data, dict) else {}
    refuse_footprint(outer)
    faults = Collector()
    reader = Reader(faults, RULE)
    inner = outer.get("inputs", data)
    refuse_offsets(inner, faults)
    given = reader.mapping(inner, "", ("source_streams", "processes", "purchased_precursors", *OUTER), ("processes",))
    told = {key: given.get(key) or outer.get(key) or "" for key in OUTER}
    streams = tuple(
        _stream(reader, item, f"/source_streams/{n}") for n, item in _items(reader, given, "source_streams")
    )
    processes = tuple(_process(reader, item, f"/processes/{n}") for n, item in _items(reader, given, "processes"))
    precursors = tuple(
        _precursor(reader, item, f"/purchased_precursors/{n}")
        for n, item in _items(reader, given, "purchased_precursors")
    )
    start, end = _period(told["reporting_period"])
    check_links(faults, processes, precursors)
    faults.raise_if_any()
    return Installation(
        streams, processes, precursors, str(told["installation_country"]), start, end, _mode(mode, told["regime"])
    )


def refuse_footprint(outer: Mapping[str, Any]) -> None:
    """A footprint is never an installation, whatever form was meant.

    Raises:
        Refused: ``cbam_footprint``.
    """
    if str(outer.get("schema", "")).startswith("pcf-record/") or "pcf" in outer:
        found, expected = "a product carbon footprint", "an installation with its streams and processes"
        raise Refused([Fault("cbam_footprint", "/", found, expected, RULE)])


def _mode(asked: str, told: Any) -> Mode:
    word = asked or str(told).partition(" ")[0].strip("(,;:")
    return "transitional" if word == "transitional" else "definitive"


def _items(reader: Reader, given: Mapping[str, Any], name: str) -> list[tuple[int, Any]]:
    return list(enumerate(reader.sequence(given[name], f"/{name}"))) if name in given else []


def _period(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return str(value.get("from", "")), str(value.get("to", ""))
    start, _, end = str(value).partition("/")
    return start, end


def _stream(reader: Reader, value: Any, where: str) -> Stream:
    method = str(value.get("method", "")) if isinstance(value, dict) else ""
    if method not in METHODS:
        reader.faults.add(Fault("cbam_method", f"{where}/method", method or "nothing", ", ".join(METHODS), RULE))
        return Stream("", "", {})
    needed, optional = METHODS[method]
    words = ("name", "method", "unit", "cell_type")
    part = reader.mapping(value, where, (*words, *needed, *optional), ("name", *needed))
    numbers = {key: _number(reader, part, key, where) for key in (*needed, *optional) if key in part}
    return Stream(str(part.get("name", "")), method, numbers, str(part.get("unit", "")), str(part.get("cell_type", "")))


def _process(reader: Reader, value: Any, where: str) -> Process:
    words = ("id", "name", "category", "cn", "route", "joint_with", "inputs", "parameters")
    levels = ("activity_level_t", "produced_for_market_t")
    part = reader.mapping(value, where, (*words, *levels, *PROCESS), ("id", "activity_level_t"))
    for amount, factor in PAIRS:
        if amount in part and factor not in part:
            reader.faults.add(Fault("missing_key", f"{where}/{factor}", "nothing", f"the factor of {amount}", RULE))
    numbers = {ours: _number(reader, part, key, where) for key, ours in PROCESS.items() if key in part}
    level = _number(reader, part, "activity_level_t", where) if "activity_level_t" in part else ONE
    if level <= ZERO:
        reader.faults.add(Fault("cbam_level", f"{where}/activity_level_t", level.text(), "above zero", RULE))
        level = ONE
    taken = []
    for number, item in _items(reader, part, "inputs"):
        at = f"{where}/inputs/{number}"
        entry = reader.mapping(item, at, ("from", "mass_t"), ("from", "mass_t"))
        taken.append(Taken(str(entry.get("from", "")), _number(reader, entry, "mass_t", at)))
    joint = [str(word) for word in part["joint_with"]] if isinstance(part.get("joint_with"), list) else []
    parameters = {key: str(text) for key, text in (part.get("parameters") or {}).items()}
    category, cn = str(part.get("category", "")), _cn(reader, part, where)
    return Process(
        id=str(part.get("id", "")), name=str(part.get("name", part.get("id", ""))), category=category, cn=cn,
        level=level, market=_number(reader, part, levels[1], where) if levels[1] in part else None,
        route=str(part.get("route", "")), joint_with=tuple(joint), inputs=tuple(taken), parameters=parameters,
        **numbers,
    )  # fmt: skip


def _precursor(reader: Reader, value: Any, where: str) -> Precursor:
    words = ("id", "name", "category", "country", "basis", "cn", "verification")
    numbers = ("see_direct", "specific_electricity_MWh_per_t", "electricity_ef", *STATED)
    part = reader.mapping(value, where, (*words, *numbers), ("id", "see_direct"))
    if numbers[1] in part and numbers[2] not in part:
        reader.faults.add(Fault("missing_key", f"{where}/{numbers[2]}", "nothing", f"the factor of {numbers[1]}", RULE))
    basis = str(part.get("basis", "actual"))
    if basis not in ("actual", "default"):
        reader.faults.add(Fault("cbam_basis", f"{where}/basis", basis, "actual or default", RULE))
    read = {key: _number(reader, part, key, where) for key in numbers if key in part}
    return Precursor(
        id=str(part.get("id", "")), name=str(part.get("name", part.get("id", ""))),
        category=str(part.get("category", "")), country=str(part.get("country", "")),
        direct=read.get(numbers[0], ZERO), electricity=read.get(numbers[1], ZERO),
        electricity_factor=read.get(numbers[2], ONE), basis="default" if basis == "default" else "actual",
        cn=_cn(reader, part, where), verification=str(part.get("verification", "")),
        stated_indirect=read.get(STATED[0]),
        on_default=(read[STATED[1]], read.get(STATED[2], ZERO)) if STATED[1] in read else None,
    )  # fmt: skip


def _number(reader: Reader, part: Mapping[str, Any], key: str, where: str) -> Exact:
    found = reader.number(part.get(key), f"{where}/{key}")
    if found is None:
        return ZERO
    most = ONE if key in SHARES else None
    negative = found < ZERO and key not in ("activity", "co2e_t", "dir_em_star_tCO2e", "see_direct")
    if negative or (most is not None and found > most):
        expected = "0 to 1" if most is not None else "zero or more"
        reader.faults.add(Fault("cbam_share", f"{where}/{key}", found.text(), expected, RULE))
    return found


def _cn(reader: Reader, part: Mapping[str, Any], where: str) -> str:
    """The digits of a code; one that begins no good of the list is a fault, whatever its length."""
    given = re.sub(r"[\s.]", "", str(part.get("cn", "")))
    if given:
        with reader.faults.catching(f"{where}/cn"):
            if not find(given).goods:
                expected = f"a code of the list of {len(goods())} goods"
                reader.faults.add(Fault("cbam_cn_unknown", f"{where}/cn", str(part["cn"]), expected, RULE))
    return given


def check_links(faults: Collector, processes: tuple[Process, ...], precursors: tuple[Precursor, ...]) -> None:
    """Ids once, inputs that exist, no process fed by itself, no more used and sold than made."""
    names = [item.id for item in processes] + [item.id for item in precursors]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(Fault("cbam_id_twice", name, found=name, expected="each id once", rule=RULE))
    used: dict[str, Exact] = {}
    for process in processes:
        for item in process.inputs:
            used[item.source] = used.get(item.source, ZERO) + item.mass
            where = f"{process.id} / {item.source}"
            if item.source == process.id:
                expected = "the returned mass taken off the activity level"
                faults.add(Fault("cbam_own_product", where, item.mass.text(), expected, RULE))
            elif item.source not in names:
                faults.add(Fault("cbam_source_unknown", where, item.source, ", ".join(names), RULE))
    for process in processes:
        out = used.get(process.id, ZERO) + (process.market or ZERO)
        if process.id in used and out > process.level:
            found, expected = f"{out} t used and sold", f"at most the {process.level} t made"
            faults.add(Fault("cbam_more_used", process.id, found, expected, RULE))
