"""A stored record's works derived once more, to try changes on: by the recorded rule, regime and releases."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from factordb.layers import open_layers
from lca.exact import ONE, Exact
from lca.faults import Fault, Refused
from lca.footprint import Footprint, Works, calculate
from pcr.activity import ActivityData
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.http.pages.visit import Visit
from service.intake import MEDIA, Sent
from service.records.sections import value_of
from service.records.statement import Derived, given_of
from service.tornado import Bar, inputs_of, tornado_of, works_with

KEPT: Final = 32
SLIDERS: Final = 8
TRIED: Final = 24
"""Strongest inputs that are looked at to find those that can move alone."""
TRIAL: Final = Exact(1, 10)


@dataclass(frozen=True, slots=True)
class Ready:
    """A works to try changes on. ``tied``: strong inputs that a rule's balances keep from moving by a tenth alone."""

    base: Derived
    product: str
    draft: bool
    sliders: tuple[Bar, ...]
    tied: tuple[tuple[Bar, Fault], ...]

    @property
    def footprint(self) -> Footprint:
        return self.base.works.footprints[self.product]

    def with_changes(self, percents: Mapping[str, Exact]) -> Works:
        """The works with inputs changed by per cent, each named as :class:`service.tornado.Bar` names it.

        Raises:
            Refused: ``what_if_input`` for an input there is not; what the rule refuses.
        """
        data = self.base.data
        for where, percent in percents.items():
            found = next((item for item in inputs_of(data) if item.bar.where == where), None)
            if found is None:
                raise Refused([Fault("what_if_input", found=where[:80], expected="an input of this works")])
            data = found.times(ONE + percent / 100)
        return works_with(self.base, data, self.base.layers, self.draft)


class Tries:
    """Works made ready, by company and record; the one longest unused goes first. One is made at a time: it takes
    seconds of a large works, and two visitors of one record need it once."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), OrderedDict[tuple[str, str], Ready]()
        self._making = threading.Lock()

    def ready(self, visit: Visit, record: Mapping[str, Any]) -> Ready:
        """The works of a record, derived once and kept: a record never changes.

        Raises:
            Refused: where its rule, regime or a release is not installed, or a section is left out.
        """
        key = (visit.desk.tenant, str(record["name"]))
        if (found := self._kept(key)) is not None:
            return found
        with self._making:
            if (found := self._kept(key)) is not None:
                return found
            made = _ready(visit, record)
            with self._lock:
                self._held[key] = made
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
        return made

    def _kept(self, key: tuple[str, str]) -> Ready | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)


def tries(visit: Visit) -> Tries:
    """The works that this process holds ready."""
    state = visit.request.app.state
    if not hasattr(state, "tries"):
        state.tries = Tries()
    made: Tries = state.tries
    return made


def _ready(visit: Visit, record: Mapping[str, Any]) -> Ready:
    identity = value_of(record, "derivation/identity")
    installed = find_rule(identity["rule"]["id"], identity["rule"]["version"])
    regime = load_regime(identity["regime"]["id"])
    opened = partial(visit.request.app.state.shelf.release, visit.desk)
    layers = open_layers([item["id"] for item in identity["releases"]], opened)
    given = given_of(*(value_of(record, part) for part in ("given/works", "given/rows", "given/meters")))
    data = ActivityData(given, installed.rule, regime, identity["strict"] == "true")
    draft = value_of(record, "result")["status"] == "draft"
    resolved = layers.resolve(installed.build(data), draft=draft, regime=regime.id)
    works = calculate(resolved, regime.gwp_set, regime.biogenic_co2, 0)
    base, product = Derived(data, installed, resolved, works, layers), str(identity["product"])
    return _chosen(Ready(base, product, draft, (), ()))


def _chosen(ready: Ready) -> Ready:
    """The strongest inputs that move alone by a tenth both ways, and the strong ones that do not."""
    free: list[Bar] = []
    tied: list[tuple[Bar, Fault]] = []
    for bar in tornado_of(ready.base, product=ready.product, draft=ready.draft).strongest[:TRIED]:
        if len(free) == SLIDERS:
            break
        try:
            for step in (TRIAL, -TRIAL):
                ready.with_changes({bar.where: step * 100})
        except Refused as refused:
            tied.append((bar, refused.faults[0]))
        else:
            free.append(bar)
    return Ready(ready.base, ready.product, ready.draft, tuple(free), tuple(tied))


def typed(visit: Visit, name: str) -> Any:
    """The activity data of a record as they were typed, from its first calculation here; None where there are none."""
    runs = visit.desk.records.runs(name)
    return next((run["typed"] for run in runs if run["kind"] == "calculation" and "typed" in run), None)


def sent_again(visit: Visit, name: str) -> Sent:
    """The same as it was sent.

    Raises:
        Refused: ``activity_not_here``.
    """
    data = typed(visit, name)
    if data is None:
        raise Refused([Fault("activity_not_here", found=name[:16], expected="a record calculated in this store")])
    return Sent(data, b"", MEDIA[".json"], "stored activity data")
