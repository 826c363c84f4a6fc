"""The use-case *alternatives*: the same works under every admissible way of sharing, side by side; nothing is sealed.

Where several ways are admissible, ISO 14044 (4.3.4.1, recalled) asks for the sensitivity. Which they are is the rule's
word: the settings that its allocation names, each with its choices. One is changed at a time, or all together.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from factordb.release import Release, open_release
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.footprint import Works
from pcr.activity import ActivityData
from service.calculate import Asked, derive
from service.intake import Sent

MOST: Final = 256
"""Combinations that are calculated together; each is a whole works."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something shared, and the ways the rule admits. ``fixed_by``: a regime that leaves none, else empty."""

    setting: str
    what: str
    label: Mapping[str, str]
    own: str
    ways: tuple[str, ...]
    fixed_by: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The works with some settings changed, or why that is refused."""

    settings: Mapping[str, str]
    works: Works | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Extremes:
    """Least and most of a product's totals over all combinations, and the settings that give them.

    ``low_end``: some totals are bands, so low ends are compared."""

    least: Exact
    least_by: Mapping[str, str]
    most: Exact
    most_by: Mapping[str, str]
    low_end: bool


@dataclass(frozen=True, slots=True)
class Together:
    """All combinations: how many there are and how many the rule refuses. ``extremes``: without a product whose total
    is open below in one of them; empty where there are more than :data:`MOST`."""

    count: int
    refused: int
    extremes: Mapping[str, Extremes]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """``own``: as the data have it. ``ways``: one setting changed at a time, in the order of the rule."""

    choices: tuple[Choice, ...]
    own: Works
    ways: tuple[Way, ...]
    together: Together | None = None


def alternatives(
    sent: Sent, asked: Asked, releases: Callable[[str], Release] = open_release, *, together: bool = False
) -> Alternatives:
    """Calculate the works in every admissible way; one that is refused stands with its faults.

    Raises:
        Refused: what :func:`service.calculate.derive` refuses of the data as they are.
    """
    base = derive(sent, asked, releases, bits=0)
    choices = _choices(base.data)

    def way(settings: Mapping[str, str]) -> Way:
        given = sent.data.get("settings") or {}
        try:
            changed = replace(sent, data={**sent.data, "settings": {**given, **settings}})
            return Way(settings, derive(changed, asked, releases, bits=0).works)
        except Refused as refused:
            return Way(settings, None, refused.faults)

    open_ = [choice for choice in choices if not choice.fixed_by]
    single = [way({choice.setting: name}) for choice in open_ for name in choice.ways if name != choice.own]
    every = _together(open_, way) if together else None
    return Alternatives(choices, base.works, tuple(single), every)


def _choices(data: ActivityData) -> tuple[Choice, ...]:
    found = {}
    for allocation in data.rule.allocation:
        for name in allocation.settings:
            setting = data.rule.settings[name]
            fixed = data.regime.id if name in data.regime.parameters else ""
            own = data.regime.parameters.get(name) or data.setting(name)
            found[name] = Choice(name, allocation.what, setting.label, str(own), setting.choices, fixed)
    return tuple(found.values())


def _together(choices: Iterable[Choice], way: Callable[[Mapping[str, str]], Way]) -> Together:
    names = {choice.setting: choice.ways for choice in choices}
    count = math.prod(len(ways) for ways in names.values())
    if count > MOST:
        return Together(count, 0, {})
    made = [way(dict(zip(names, ways, strict=True))) for ways in itertools.product(*names.values())]
    done = [(item.settings, item.works.footprints) for item in made if item.works is not None]
    extremes = {}
    for product in sorted({name for _, footprints in done for name in footprints}):
        totals = [(footprints[product].total, settings) for settings, footprints in done if product in footprints]
        lows = [(total.low, settings) for total, settings in totals if total.low is not None]
        if len(lows) == len(totals):
            least, most = min(lows, key=lambda item: item[0]), max(lows, key=lambda item: item[0])
            extremes[product] = Extremes(*least, *most, any(total.point is None for total, _ in totals))
    return Together(count, len(made) - len(done), extremes)
