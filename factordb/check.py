"""What a release must be before it is sealed: quarantine instead of guess, all faults at once."""

from __future__ import annotations

import re

from factordb.factor import Factor
from factordb.files import ReleaseFiles
from factordb.kinds import is_kind
from lca.exact import Exact
from lca.faults import Collector, Fault, Refused

_YEAR = re.compile(r"[0-9]{4}")
_CONFIDENCE = ("seen", "derived", "conflict")
_MAY_BE_NEGATIVE = ("cradle_to_gate_with_uptake", "process_parameter")


def check(content: ReleaseFiles) -> None:
    """Refuse a release with a value that has no source, licence, kind, unit or readable number.

    Raises:
        Refused: ``release_row``, ``release_twice``, ``release_meta``.
    """
    faults = Collector()
    for key in ("id", "layer", "title_en", "title_zh", "published", "importer"):
        if not content.meta.get(key):
            faults.add(Fault("release_meta", key, found="", expected="a value"))
    if content.meta.get("layer") not in ("public", "supplier", "private"):
        faults.add(Fault("release_meta", "layer", content.meta.get("layer", ""), "public, supplier, private"))
    for names in (
        [item.id for item in content.factors],
        [item.id for item in content.sources],
        [item.code for item in content.licences],
    ):
        for name in sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else ():
            faults.add(Fault("release_twice", name, found=name, expected="each id once"))
    licences = {item.code for item in content.licences}
    for source in content.sources:
        if source.licence not in licences:
            faults.add(Fault("release_row", source.id, f"licence {source.licence}", ", ".join(sorted(licences))))
    sources = {item.id for item in content.sources}
    for factor in content.factors:
        _check_factor(factor, sources, faults)
    faults.raise_if_any()


def _check_factor(factor: Factor, sources: set[str], faults: Collector) -> None:
    expectations = (
        (factor.source in sources, f"source {factor.source}", "a source of the release"),
        (is_kind(factor.kind), f"kind {factor.kind}", "a kind of the list in factordb.kinds"),
        (factor.confidence in _CONFIDENCE, f"confidence {factor.confidence}", ", ".join(_CONFIDENCE)),
        (
            factor.status == ("published" if factor.value else "not_published"),
            f"status {factor.status}, value {factor.value!r}",
            "published with a value, not_published without",
        ),
        (
            factor.confidence != "conflict" or bool(factor.other_values),
            "conflict without the other values",
            "the other values, or that they are not recorded",
        ),
        (
            bool(factor.place and factor.name_en and factor.name_zh and factor.category),
            "a place, name or category is missing",
            "place, both names, category",
        ),
        (not factor.year or bool(_YEAR.fullmatch(factor.year)), f"year {factor.year}", "four digits or empty"),
        (bool(factor.unit) or not factor.value, "no unit", "a unit"),
    )
    for holds, found, expected in expectations:
        if not holds:
            faults.add(Fault("release_row", factor.id, found=found, expected=expected))
    if factor.value:
        _check_value(factor, faults)


def _check_value(factor: Factor, faults: Collector) -> None:
    try:
        amount = Exact.parse(factor.value, factor.id)
    except Refused as refused:
        faults.take(refused, factor.id)
        return
    if amount < 0 and factor.kind not in _MAY_BE_NEGATIVE:
        found, expected = f"negative value {factor.value}", "zero or more outside timber with uptake"
        faults.add(Fault("release_row", factor.id, found=found, expected=expected))
