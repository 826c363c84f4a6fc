"""What a release must be before it is sealed: quarantine instead of guess, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from factordb.factor import WITHHELD, Factor
from factordb.files import ReleaseFiles
from factordb.flows import NONE, STATED
from factordb.kinds import is_kind
from factordb.unit_process import KINDS as EXCHANGES
from factordb.unit_process import UnitProcess
from lca.exact import ONE, ZERO, Exact
from lca.faults import Collector, Fault, Refused
from lca.gases import LINES, is_gas

_Expectation = tuple[bool, Callable[[], str], str]
"""Whether it holds, what was found, what is expected."""
_YEAR = re.compile(r"[0-9]{4}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONFIDENCE = ("seen", "derived", "conflict", "recalled")
NUMBERS = ("gases", "flows", "lines", "properties", "uncertainty", "quality", "other_values", "note", "primary_share")
"""Fields that can hold the number of a factor beside its value: empty in a withheld row."""
_MAY_BE_NEGATIVE = ("cradle_to_gate_with_uptake", "process_parameter")


def check(content: ReleaseFiles) -> None:
    """Refuse a release with a value that has no source, licence, kind, unit or readable number.

    Raises:
        Refused: ``release_row``, ``release_twice``, ``release_meta``.
    """
    faults = Collector()
    _check_head(content, faults)
    sources = {item.id for item in content.sources}
    for process in content.unit_processes:
        _check_process(process, sources, faults)
    known = {item.id for item in content.factors}
    for factor in content.factors:
        _check_factor(factor, sources, faults)
        if factor.confidence == "recalled" and content.meta.get("holds") != "recalled":
            expected = "holds: recalled in the head of the release"
            faults.add(Fault("release_row", factor.id, found="recalled value", expected=expected))
        _check_more(factor, known, faults)
    faults.raise_if_any()


def _check_head(content: ReleaseFiles, faults: Collector) -> None:
    """The head, ids that stand twice, licences and sources."""
    for key in ("id", "layer", "title_en", "title_zh", "published", "importer"):
        if not content.meta.get(key):
            faults.add(Fault("release_meta", key, found="", expected="a value"))
    if content.meta.get("layer") not in ("public", "supplier", "private"):
        faults.add(Fault("release_meta", "layer", content.meta.get("layer", ""), "public, supplier, private"))
    for names in (
        [item.id for item in content.factors],
        [item.id for item in content.unit_processes],
        [item.id for item in content.sources],
        [item.code for item in content.licences],
    ):
        for name in sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else ():
            faults.add(Fault("release_twice", name, found=name, expected="each id once"))
    licences = {item.code for item in content.licences}
    for licence in content.licences:
        if not licence.may_store:
            expected = "a licence that allows keeping the values"
            faults.add(Fault("release_row", licence.code, found="may_store: no", expected=expected))
    for source in content.sources:
        if source.licence not in licences:
            faults.add(Fault("release_row", source.id, f"licence {source.licence}", ", ".join(sorted(licences))))


def _check_factor(factor: Factor, sources: set[str], faults: Collector) -> None:
    expectations: tuple[_Expectation, ...] = (
        (factor.source in sources, lambda: f"source {factor.source}", "a source of the release"),
        (is_kind(factor.kind), lambda: f"kind {factor.kind}", "a kind of the list in factordb.kinds"),
        (factor.confidence in _CONFIDENCE, lambda: f"confidence {factor.confidence}", ", ".join(_CONFIDENCE)),
        (
            factor.status in (("published",) if factor.value else ("not_published", WITHHELD)),
            lambda: f"status {factor.status}, value {factor.value!r}",
            "published with a value, not_published or withheld without",
        ),
        (
            factor.status != WITHHELD or not any(getattr(factor, part) for part in NUMBERS),
            lambda: f"a withheld row that still fills {', '.join(part for part in NUMBERS if getattr(factor, part))}",
            "a reference without any number",
        ),
        (
            factor.confidence != "conflict" or bool(factor.other_values) or factor.status == WITHHELD,
            lambda: "conflict without the other values",
            "the other values, or that they are not recorded",
        ),
        (
            bool(factor.place and (factor.name_en or factor.name_zh) and factor.category),
            lambda: "a place, name or category is missing",
            "place, a name in Chinese or English, category",
        ),
        (not factor.year or bool(_YEAR.fullmatch(factor.year)), lambda: f"year {factor.year}", "four digits or empty"),
        (bool(factor.unit) or not factor.value, lambda: "no unit", "a unit"),
    )
    _expect(expectations, factor, faults)
    if factor.value:
        _check_value(factor, faults)


def _expect(expectations: Iterable[_Expectation], factor: Factor, faults: Collector) -> None:
    for holds, found, expected in expectations:
        if not holds:
            faults.add(Fault("release_row", factor.id, found=found(), expected=expected))


def _check_value(factor: Factor, faults: Collector) -> None:
    try:
        amount = Exact.parse(factor.value, factor.id)
    except Refused as refused:
        faults.take(refused, factor.id)
        return
    if amount < 0 and factor.kind not in _MAY_BE_NEGATIVE:
        found, expected = f"negative value {factor.value}", "zero or more outside timber with uptake"
        faults.add(Fault("release_row", factor.id, found=found, expected=expected))


def _check_more(factor: Factor, known: set[str], faults: Collector) -> None:
    """Dates, corrections, lines, flows: what only some rows have."""
    for name, day in (("valid_from", factor.valid_from), ("valid_to", factor.valid_to)):
        if day and not _DAY.fullmatch(day):
            faults.add(Fault("release_row", factor.id, found=f"{name} {day}", expected="a date, 2026-01-31"))
    expectations: tuple[_Expectation, ...] = (
        (
            not (factor.valid_from and factor.valid_to) or factor.valid_from <= factor.valid_to,
            lambda: f"valid from {factor.valid_from} to {factor.valid_to}",
            "an end after the beginning",
        ),
        (
            not factor.corrects
            or (
                factor.corrects in known
                and factor.corrects != factor.id
                and bool(factor.reason or factor.status == WITHHELD)
            ),
            lambda: f"corrects {factor.corrects}, reason {factor.reason!r}",
            "another row of this release, and a reason",
        ),
        (
            not factor.lines or set(factor.lines) <= set(STATED),
            lambda: f"lines {', '.join(sorted(factor.lines))}",
            ", ".join(STATED),
        ),
        (not factor.unlinked or bool(factor.flows), lambda: "unlinked without flows", "flows of a solved unit process"),
    )
    _expect(expectations, factor, faults)
    for text in (*(text for text in factor.lines.values() if text != NONE), *factor.flows.values()):
        with faults.catching(factor.id):
            Exact.parse(text, factor.id)
    for flow in factor.flows:
        gas, _, line = flow.partition("|")
        if line.partition("|")[0] not in LINES or (gas != "CO2e" and not is_gas(gas)):
            faults.add(Fault("release_row", factor.id, found=f"flow {flow}", expected="a gas and line of the table"))
    if factor.primary_share:
        with faults.catching(factor.id):
            share = Exact.parse(factor.primary_share, factor.id)
            if not ZERO <= share <= ONE:
                found = f"primary share {factor.primary_share}"
                faults.add(Fault("release_row", factor.id, found=found, expected="0 to 1"))


def _check_process(process: UnitProcess, sources: set[str], faults: Collector) -> None:
    """A unit process with a source, a product and exchanges that can be read."""
    if process.source not in sources:
        faults.add(Fault("release_row", process.id, f"source {process.source}", "a source of the release"))
    if not (process.name_en or process.name_zh) or not process.unit:
        faults.add(Fault("release_row", process.id, found="a name or unit is missing", expected="a name and a unit"))
    withheld = not process.amount and not process.exchanges  # a reference: its licence forbids passing numbers on
    with faults.catching(process.id):
        if not withheld and not Exact.parse(process.amount, process.id):
            raise Refused([Fault("release_row", process.id, found="amount 0", expected="an amount other than zero")])
    for exchange in process.exchanges:
        if exchange.kind not in EXCHANGES:
            found, expected = f"{exchange.name}: {exchange.kind}", ", ".join(EXCHANGES)
            faults.add(Fault("release_row", process.id, found=found, expected=expected))
        with faults.catching(f"{process.id} / {exchange.name}"):
            Exact.parse(exchange.amount, process.id)
