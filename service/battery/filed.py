"""A record that may become a battery document, or all reasons why it may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lca.faults import Fault, Refused
from service.battery.lists import lists, miit_lists, refusal
from service.records.sections import CONFIDENTIAL, ITEMISED, integrity_faults, leave_out, value_of
from service.report.view import View, view_of
from service.text.words import Language

RULE: Final = "li_ion_battery"
DELIVERED: Final = "kWh delivered"
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
NOT_COVERED: Final = ("preset_not_covered", "capacity_not_covered")
EU: Final = "regimes"
MIIT: Final = "miit_regimes"
"""Families of documents: the list of regimes, in ``data/lists.yaml``, that each rests on."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The public part of an admissible record, seen in both languages."""

    name: str
    result: Mapping[str, Any]
    identity: Mapping[str, Any]
    views: Mapping[Language, View]
    family: str = EU

    @property
    def regime(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = lists()[self.family][self.identity["regime"]["id"]]
        return found

    def stage(self, stage_id: str) -> str | None:
        """The figure of a stage; None where the record has none."""
        figure = self.result["stages"].get(stage_id)
        return figure if isinstance(figure, str) else None

    def both(self, say: Any) -> dict[str, str]:
        """A text in both languages, from a function of the view."""
        return {language: str(say(view)) for language, view in self.views.items()}


def filed(record: Mapping[str, Any], family: str = EU) -> Filed:
    """The record, if it is intact, complete, of a battery, under a regime of the family and per kWh delivered.

    Only the public sections are looked at, so a disclosed copy gives the same documents byte by byte.

    Raises:
        Refused: all that is wrong; of a tampered record only that, since nothing else in it can be believed.
    """
    name = str(record.get("name", ""))
    wrong = integrity_faults(record)
    if wrong:
        raise Refused([refusal("tampered", name[:16], ", ".join(wrong), "sections that give their digests")])
    disclosed = leave_out(record, CONFIDENTIAL | ITEMISED)
    result, identity = value_of(disclosed, "result"), value_of(disclosed, "derivation/identity")
    try:
        views = {language: view_of(disclosed, language) for language in LANGUAGES}
        faults = list(_faults(name[:16], result, identity, views, family))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise Refused([Fault("record_form", name[:16], found, "a record of schema 1")]) from error
    if faults:
        raise Refused(faults if family == EU else [replace(fault, rule=miit_lists()["source"]) for fault in faults])
    return Filed(name, result, identity, views, family)


def _faults(
    at: str, result: Mapping[str, Any], identity: Mapping[str, Any], views: Mapping[Language, View], family: str
) -> Iterator[Fault]:
    data, known = lists(), lists()[family]
    regime, kind, rule = identity["regime"]["id"], identity["kind"], identity["rule"]["id"]
    if rule != RULE:
        yield refusal("rule", at, rule, RULE)
    if kind != "pcf":
        yield refusal("not_a_footprint", at, kind, "pcf")
    elif regime in data["no_method"]:
        yield refusal("no_method", at, regime, ", ".join(known))
    elif regime not in known and family == MIIT:
        yield refusal("miit_regime", at, regime, ", ".join(known))
    elif regime not in known:
        yield refusal("regime", at, regime, ", ".join(known))
    if result["status"] == "draft" or not isinstance(result["total"], str):
        yield refusal("draft", at, result["status"], "complete, complete_with_proxies")
    unit = f"{result['unit']['amount']} {result['unit']['unit']}"
    if kind == "pcf" and rule == RULE and unit != f"1 {DELIVERED}":
        yield refusal("unit", at, unit, f"1 {DELIVERED}")
    for notice in result["notices"]:
        if notice["code"] in NOT_COVERED:
            said = {language: view.sentence(notice) for language, view in views.items()}
            settings = result["settings"]
            yield refusal("class", at, settings.get("preset", ""), regime, why=said["en"], why_zh=said["zh"])
    unknown = [stage for stage in result["stages"] if stage not in data["stages"]]
    if kind == "pcf" and rule == RULE and unknown:
        yield refusal("stage", at, ", ".join(unknown), ", ".join(data["stages"]))
