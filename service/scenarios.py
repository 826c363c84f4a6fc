"""The use-case *scenarios*: the same works with some of its numbers changed, side by side; nothing is sealed.

A file of scenarios stands beside the activity data, which stay what they are: named parameters, what they set, and one
line per scenario with the parameters it changes. A target that is not there is refused, never wrapped round or added.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final

from factordb.release import Release, open_release
from lca.exact import Exact
from lca.expressions import evaluated
from lca.faults import Collector, Fault, Refused
from lca.footprint import Footprint
from lca.large.artefact import Artefact
from pcr.intake_tools import Reader
from service.background_whatif import Change, WhatIf, read_changes, releases_if, unused
from service.calculate import Asked, derive, rule_of
from service.desk import DEFAULT_RELEASE
from service.intake import Sent

RULE: Final = "scenarios 1"
VALUE: Final = "value"
"""In a formula: the number that stands at the target."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One column of the table."""

    id: str
    label: Mapping[str, str]
    parameters: Mapping[str, Exact]
    sets: Mapping[str, str]
    """Target to text, or to a formula that begins with ``=``."""
    background: Mapping[str, Change] = field(default_factory=dict)
    """Processes inside a published background that take other inputs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario calculated: footprints by product, or why not."""

    scenario: Scenario
    footprints: Mapping[str, Footprint]
    faults: tuple[Fault, ...] = ()
    what_if: tuple[WhatIf, ...] = ()
    """Backgrounds with replaced columns: such a figure is no footprint of the release."""


def read_scenarios(data: Any) -> tuple[Scenario, ...]:
    """Scenarios of a file; the first is what the others are compared with.

    Raises:
        Refused: all at once: ``unknown_key``, ``missing_key``, ``shape``, ``number_unreadable``, ``parameter_unknown``
            for one that the file does not name, ``scenario_twice``.
    """
    faults = Collector()
    reader = Reader(faults, RULE)
    top = reader.mapping(data, "", ("title", "parameters", "set", "scenarios"), ("scenarios",))
    named = reader.mapping(top.get("parameters", {}), "/parameters")
    base = {name: reader.number(text, f"/parameters/{name}") for name, text in named.items()}
    sets = {key: str(text) for key, text in reader.mapping(top.get("set", {}), "/set").items()}
    made = []
    for k, item in enumerate(reader.sequence(top.get("scenarios", []), "/scenarios")):
        where = f"/scenarios/{k}"
        part = reader.mapping(item, where, ("id", "label", "parameters", "set", "background"), ("id",))
        own = {}
        for name, text in reader.mapping(part.get("parameters", {}), f"{where}/parameters").items():
            if name not in base:
                near = ", ".join(get_close_matches(name, base, n=3, cutoff=0.4)) or ", ".join(base) or "none"
                faults.add(Fault("parameter_unknown", f"{where}/parameters/{name}", name, near, RULE))
            own[name] = reader.number(text, f"{where}/parameters/{name}")
        more = {key: str(text) for key, text in reader.mapping(part.get("set", {}), f"{where}/set").items()}
        numbers = {name: number for name, number in {**base, **own}.items() if number is not None}
        label = reader.words(part.get("label", part.get("id", "")), f"{where}/label")
        changes = read_changes(reader, part.get("background", {}), f"{where}/background")
        made.append(Scenario(str(part.get("id", "")), label, numbers, {**sets, **more}, changes))
    names = [item.id for item in made]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.add(Fault("scenario_twice", "/scenarios", name, "each id once", RULE))
    faults.raise_if_any()
    return tuple(made)


def scenarios(
    sent: Sent,
    listed: Sequence[Scenario],
    asked: Asked,
    releases: Callable[[str], Release] = open_release,
    backgrounds: Sequence[Artefact] = (),
) -> tuple[Outcome, ...]:
    """Every scenario calculated; one that is refused stands with its faults and does not stop the others.
    ``backgrounds``: published ones, for scenarios that replace what a process of theirs takes.

    Raises:
        Refused: the faults of all targets of all scenarios at once: ``scenario_target``, ``expression_unreadable``,
            ``expression_zero``, ``parameter_unknown``; ``background_unused``.
    """
    names = [name.strip() for name in (asked.release or DEFAULT_RELEASE).split(",")]
    unused(backgrounds, names)
    faults, changed = Collector(), []
    for item in listed:
        with faults.catching(item.id):
            changed.append(replace(sent, data=_changed(sent.data, item)))
    faults.raise_if_any()
    made = []
    for item, data in zip(listed, changed, strict=True):
        try:
            opener = releases
            told: tuple[WhatIf, ...] = ()
            if item.background:
                gwp_set = rule_of(data.data, asked)[1].gwp_set
                opener, told = releases_if(releases, backgrounds, item.background, item.parameters, gwp_set, names)
            made.append(Outcome(item, derive(data, asked, opener, bits=0).works.footprints, (), told))
        except Refused as refused:
            made.append(Outcome(item, {}, refused.faults))
    return tuple(made)


def _changed(data: Any, scenario: Scenario) -> Any:
    made, faults = copy.deepcopy(data), Collector()
    for target, text in scenario.sets.items():
        with faults.catching():
            _set(made, target, text, scenario.parameters, f"{scenario.id}: {target}")
    faults.raise_if_any()
    return made


def _set(data: Any, target: str, text: str, parameters: Mapping[str, Exact], where: str) -> None:
    holder, key = _found(data, target, where)
    if not text.startswith("="):
        holder[key] = text
        return
    there = holder.get(key) if isinstance(holder, dict) else holder[key]
    if there is None and re.search(rf"\b{VALUE}\b", text):
        expected = f"one of {', '.join(str(name) for name in holder)}"
        raise Refused([Fault("scenario_target", where, f"nothing stands at {key}", expected, RULE)])
    if isinstance(there, list):
        holder[key] = [_worth(text, item, parameters, where) for item in there]
    else:
        holder[key] = _worth(text, there, parameters, where)


def _worth(text: str, there: Any, parameters: Mapping[str, Exact], where: str) -> str:
    names = dict(parameters)
    if isinstance(there, str) and there:
        try:
            names[VALUE] = Exact.parse(there)
        except Refused:
            names.pop(VALUE, None)
    found = evaluated(text[1:], names, where)
    written = found.text()
    # The doors of activity data take decimals: what does not end is cut at 30 digits, far below any published one.
    return found.significant(30) if "/" in written else written


def _found(data: Any, target: str, where: str) -> tuple[Any, Any]:
    """The mapping or list that holds a target, and its key: ``rows/<row id>/amount``, ``settings/<name>``, or a JSON
    pointer. Settings and properties may be new; rows and list places may not."""
    *path, last = target.strip("/").split("/")
    at = data
    for depth, part in enumerate(path):
        if isinstance(at, list):
            ids = {str(item.get("id")): item for item in at if isinstance(item, dict)}
            if part in ids and not target.startswith("/"):
                at = ids[part]
                continue
            if not part.isdigit() or int(part) >= len(at):
                names = get_close_matches(part, ids, n=3, cutoff=0.4) or list(ids)[:8]
                raise Refused([Fault("scenario_target", where, part, ", ".join(names), RULE)])
            at = at[int(part)]
        elif isinstance(at, dict) and part in at:
            at = at[part]
        elif isinstance(at, dict) and depth == 0 and part == "settings":
            at = at.setdefault(part, {})
        else:
            expected = ", ".join(str(key) for key in at)[:120] if isinstance(at, dict) else "a mapping"
            raise Refused([Fault("scenario_target", where, part, expected, RULE)])
    if isinstance(at, list):
        if not last.isdigit() or int(last) >= len(at):
            raise Refused([Fault("scenario_target", where, last, f"0 to {len(at) - 1}", RULE)])
        return at, int(last)
    if not isinstance(at, dict):
        raise Refused([Fault("scenario_target", where, last, "a mapping", RULE)])
    return at, last
