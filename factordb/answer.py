"""A chosen factor as the engine takes it: flows per unit, class of data, distance of a proxy, warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from factordb import fuel
from factordb.choose import Choice, nearest
from factordb.factor import Factor, Source
from factordb.flows import flows_of, on_line
from factordb.kinds import FUEL_OFFERS
from lca.exact import Exact
from lca.faults import Fault, Notice, Refused
from lca.inventory import Gap, Line, ResolvedFactor
from lca.naming import FactorName, Range

if TYPE_CHECKING:
    from factordb.release import Release

STALE_YEARS: Final = 2
"""Electricity §1.2: a factor more than two years older than the period warns."""
TIMELESS: Final = (
    "fuel_properties",
    "process_emission",
    "process_deduction",
    "carbon_in_product",
    "heat_combustion_co2",
)
"""Guideline defaults: they have a generation, not a reference year."""


def answer(
    choice: Choice, releases: Sequence[Release], line: Line, name: FactorName, about: str, regime: str = ""
) -> ResolvedFactor:
    """The factor for one line, as asked under ``regime``.

    Raises:
        Refused: ``factor_conflict_unnamed``, ``factor_proxy_unnamed``, ``factor_not_admissible`` and
            ``factor_unlinked`` together, or a fault of the flows.
    """
    factor, source = choice.factor, choice.release.source_of(choice.factor)
    _admit(choice, source, releases, name, about, regime)
    burned = choice.offer in FUEL_OFFERS
    if name.parameters and not burned:
        found, expected = ", ".join(sorted(name.parameters)), "parameters only with a fuel"
        raise Refused([Fault("fuel_parameter", found=found, expected=expected)])
    notices = _notices(factor, name)
    if factor.id in choice.release.corrected:
        values = {"factor": factor.id, "by": choice.release.corrected[factor.id]}
        notices.append(Notice("factor_corrected", factor.id, values))
    if burned:
        made = fuel.burn(factor, choice.offer, line.unit, name.parameters)
        unit, value, notices = made.unit, made.value, [*notices, *made.notices]
        flows: Mapping[str, Exact] = made.flows
        # The same fuel burned with another oxidation, or counted per tonne, is another process of the system.
        settings = "".join(f";{key}={text}" for key, text in sorted(name.parameters.items()))
        key = f"{factor.id}#{choice.offer}{settings};per={unit}"
    else:
        unit, value, flows, key = factor.denominator, factor.value, flows_of(factor), name.key()
    if name.line:
        flows, key = on_line(flows, name.line), f"{key};line={name.line}"
    licence = choice.release.licence_of(factor)
    grade = data_class(choice, source, name)
    return ResolvedFactor(
        key=key,
        id=factor.id,
        unit=unit,
        flows=flows,
        value=value,
        year=factor.year,
        place=factor.place,
        kind=choice.offer,
        confidence=factor.confidence,
        source="; ".join(part for part in (source.title, factor.locator, source.publisher, source.date) if part),
        licence=licence.code,
        layer=f"{choice.release.layer}:{choice.release.id}",
        label=factor.label,
        data_class=grade,
        distance=_distance(factor, source, name) if grade == "proxy" else {},
        chosen_by=choice.chosen_by,
        notices=tuple(notices),
        may_redistribute=licence.may_redistribute,
    )


def same_place(factor: Factor, source: Source, asked: str) -> bool:
    """Whether the factor is of the asked place: equal, its country, or an international guideline's default."""
    return not asked or asked == factor.place or asked.startswith(f"{factor.place}-") or source.official_in == "*"


def data_class(choice: Choice, source: Source, name: FactorName) -> Literal["supplier", "official", "proxy"]:
    """``supplier`` by layer; ``official`` for a government's or standard's value of the asked place; else ``proxy``."""
    if choice.release.layer == "supplier":
        return "supplier"
    factor = choice.factor
    of_place = source.official_in in ("*", factor.place) or factor.place.startswith(f"{source.official_in}-")
    official = bool(source.official_in) and of_place and factor.confidence not in ("conflict", "recalled")
    return "official" if official and same_place(factor, source, name.place) and not name.proxy_for else "proxy"


def open_gap(choice: Choice, name: FactorName) -> Gap:
    """A solved unit process with inputs that nothing answers: what is known of it is the lower end of a gap."""
    factor = choice.factor
    source = choice.release.source_of(factor).title
    known = Range(factor.amount, None, factor.unit, f"{source}; not linked: {factor.unlinked}", factor.confidence)
    return Gap(name.key(), factor.denominator, known, f"{factor.id} ({factor.shown()})", "factor_unlinked")


def _admit(
    choice: Choice, source: Source, releases: Sequence[Release], name: FactorName, about: str, regime: str
) -> None:
    factor, faults = choice.factor, []
    # A fuel set in a regime file or rule setting is printed with the result and can be overridden: it is a name.
    named = ("user", "policy") if choice.offer in FUEL_OFFERS else ("user",)
    if factor.confidence == "conflict" and name.named_by not in named:
        values = {"factor": factor.id, "value": factor.shown(), "others": factor.other_values}
        found = f"{factor.id} = {factor.shown()}; {factor.other_values}"
        faults.append(Fault("factor_conflict_unnamed", found=found, expected="named by the user", values=values))
    accepted = name.proxy or name.proxy_for or (name.named_by == "user" and name.id)
    if choice.release.layer != "supplier" and not accepted and not same_place(factor, source, name.place):
        near = nearest(releases, name, about)
        expected = f"a factor of {name.place}, or this one named as a proxy" + (f"; nearest: {near}" if near else "")
        found = f"{factor.id} of {factor.place}"
        values = {"factor": factor.id, "given": factor.place, "asked": name.place, "nearest": near}
        faults.append(Fault("factor_proxy_unnamed", found=found, expected=expected, values=values))
    said = "yes"
    if factor.admissible:
        said = factor.admissible.get(regime) or factor.admissible.get(regime.partition("/")[0], "yes")
    if said != "yes":
        values = {"factor": factor.id, "regime": regime, "why": said}
        faults.append(Fault("factor_not_admissible", found=factor.id, expected=said, rule=regime, values=values))
    if factor.unlinked:
        values = {"factor": factor.id, "inputs": factor.unlinked}
        found, expected = f"{factor.id}: {factor.unlinked}", "a factor for each input, or a draft"
        faults.append(Fault("factor_unlinked", found=found, expected=expected, values=values))
    if faults:
        raise Refused(faults)


def _distance(factor: Factor, source: Source, name: FactorName) -> dict[str, str]:
    """Asked and given of place, year and technology where they differ: ``CN -> DE``; of a conflict the other values."""
    distance = {}
    if not same_place(factor, source, name.place):
        distance["place"] = f"{name.place} -> {factor.place}"
    if name.year is not None and factor.kind not in TIMELESS and factor.year != str(name.year):
        distance["year"] = f"{name.year} -> {factor.year or '?'}"
    if name.proxy_for:
        distance["technology"] = f"{name.proxy_for} -> {factor.name_en}"
    if factor.confidence == "conflict":
        distance["value"] = f"{factor.other_values} -> {factor.shown()}"
    return distance


def _notices(factor: Factor, name: FactorName) -> list[Notice]:
    notices = []
    if factor.confidence == "recalled":
        values = {"factor": factor.id, "value": factor.shown()}
        notices.append(Notice("factor_recalled", factor.id, values))
    if factor.confidence == "conflict":
        values = {"factor": factor.id, "value": factor.shown(), "others": factor.other_values}
        notices.append(Notice("factor_conflict", factor.id, values))
    if not factor.year and factor.kind not in TIMELESS:
        notices.append(Notice("factor_without_year", factor.id, {"factor": factor.id}))
    elif factor.year and name.year is not None and factor.category == "electricity":
        age = name.year - int(factor.year)
        values = {"factor": factor.id, "given": factor.year, "asked": str(name.year), "age": str(age)}
        if age > STALE_YEARS:
            notices.append(Notice("ELEC_FACTOR_STALE", factor.id, values))
        elif age < 0:
            notices.append(Notice("factor_later_than_use", factor.id, values))
    if factor.valid_to and name.year is not None and factor.valid_to < f"{name.year}-01-01":
        values = {"factor": factor.id, "until": factor.valid_to, "asked": str(name.year)}
        notices.append(Notice("factor_expired", factor.id, values))
    return notices
