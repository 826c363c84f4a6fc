"""Draws of factors out of published backgrounds: one factor one draw, and draw k the same world for all of them.

A background belongs to one release by hash. The multiplier of a factor in draw k is its total in draw k over its
published total, under the GWP set and the biogenic rule of the regime: so the total of the product moves as it would
if the factor's own flows were drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lca.faults import Collector, Fault, Refused
from lca.inventory import ResolvedFactor
from lca.large.artefact import Artefact, opened
from lca.uncertain.distributions import Given
from service.background_folder import indicator, refuse_other_release, release_of
from service.records.statement import Derived

STILL: Final = 1e-6
"""Relative spread below which draws are the round-off of single precision: nothing upstream states a spread."""


@dataclass(frozen=True, slots=True)
class World:
    """The draws of one factor."""

    draws: Given
    text: str


@dataclass(frozen=True, slots=True)
class Background:
    """One background that answers, as the annex names it."""

    release: str
    release_sha256: str
    sha256: str
    draws: int
    seed: str


class Worlds:
    """The backgrounds of the releases of a calculation, for one GWP set and biogenic rule."""

    def __init__(self, artefacts: Sequence[Artefact], derived: Derived) -> None:
        """Hold each against the release it says it is of.

        Raises:
            Refused: ``background_other_release``, ``background_unused`` for one of a release that does not answer here,
                ``background_no_indicator``, ``background_no_draws``; all at once.
        """
        regime = derived.data.regime
        releases = {item.id: item for item in derived.layers.releases}
        self._of: dict[str, tuple[Artefact, str]] = {}
        self._places: dict[str, dict[str, int]] = {}
        faults = Collector()
        for artefact in artefacts:
            with faults.catching():
                name, where = release_of(artefact)["id"], str(artefact.folder or "")
                if name not in releases:
                    raise Refused([Fault("background_unused", where, name, ", ".join(releases))])
                refuse_other_release(artefact, releases[name])
                found = indicator(artefact, regime.gwp_set, regime.biogenic_co2)
                if artefact.indicators[found].draws is None:
                    raise Refused([Fault("background_no_draws", where, "0 draws", "pcf background publish --draws")])
                self._of[name] = artefact, found
                self._places[name] = {label: k for k, label in enumerate(artefact.labels)}
        faults.raise_if_any()

    @property
    def most(self) -> int | None:
        """Draws that all of them have; None without a background."""
        return min((item.draws for item in self.backgrounds()), default=None)

    def backgrounds(self) -> tuple[Background, ...]:
        """As the annex names them, by release."""
        made = []
        for name, (artefact, _) in sorted(self._of.items()):
            about = artefact.about
            told = (release_of(artefact)["sha256"], artefact.sha256, int(about["draws"]), str(about["seed"]))
            made.append(Background(name, *told))
        return tuple(made)

    def of(self, factor_id: str, answer: ResolvedFactor) -> World | str | None:
        """Draws of a factor; ``background_silent`` where nothing upstream states a spread; None of another release.

        Raises:
            Refused: ``draw_breaks`` where a draw of the factor is zero or below.
        """
        name = answer.layer.partition(":")[2]
        if name not in self._of or factor_id not in self._places[name]:
            return None
        artefact, key = self._of[name]
        item, place = artefact.indicators[key], self._places[name][factor_id]
        assert item.draws is not None
        published = float(item.intensities[place])
        values = np.asarray(item.draws[:, place], dtype=float)
        if not published or float(values.std()) <= STILL * abs(published):
            return "background_silent"
        multipliers = values / published
        if (multipliers <= 0).any():
            draw = int(np.argmax(multipliers <= 0))
            raise Refused([Fault("draw_breaks", f"{factor_id}: draw {draw}", "zero or below", "a factor above zero")])
        text = f"{len(values)} draws of background {name}"
        return World(Given(multipliers, artefact.sha256), text)


def open_backgrounds(folders: Sequence[Path]) -> list[Artefact]:
    """Each by its hashes.

    Raises:
        Refused: ``artefact_unreadable``, ``artefact_changed``; all at once.
    """
    faults, found = Collector(), []
    for folder in folders:
        with faults.catching(str(folder)):
            found.append(opened(folder))
    faults.raise_if_any()
    return found
