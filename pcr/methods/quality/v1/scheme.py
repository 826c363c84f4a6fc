"""Schemes of data quality, loaded from the YAML beside the method: one file per scheme, its name the scheme's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is rated; ``symbol`` as the scheme prints it."""

    id: str
    symbol: str
    label: Words


@dataclass(frozen=True, slots=True)
class Level:
    """A word for ratings up to ``most``."""

    id: str
    most: Exact
    label: Words


@dataclass(frozen=True, slots=True)
class Need:
    """The highest rating a kind of data set may have; ``other``: what another edition prints, or None."""

    id: str
    most: Exact
    other: Exact | None
    label: Words


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme. ``formula``: equation id of a data set's rating, empty where there is no single one."""

    id: str
    label: Words
    source: str
    confidence: str
    best: Exact
    worst: Exact
    formula: str
    study: str
    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]
    needs: Mapping[str, Need]
    unconfirmed: tuple[Words, ...]

    def level(self, rating: Exact) -> Level | None:
        """The first level the rating does not exceed; None where the scheme has no levels.

        Raises:
            Refused: ``above_most`` off the scale.
        """
        if not self.best <= rating <= self.worst:
            expected = f"{self.best} to {self.worst}"
            raise Refused([Fault("above_most", "rating", rating.text(), expected, self.id)])
        return next((level for level in self.levels if rating <= level.most), None)

    def meets(self, need: str, rating: Exact, *, most: Exact | None = None) -> bool:
        """Whether a rating is good enough for a kind of data set; ``most``: the limit of another edition."""
        return rating <= (self.needs[need].most if most is None else most)


@cache
def schemes() -> tuple[str, ...]:
    """Ids of the schemes there are."""
    folder = files(__package__).joinpath("schemes")
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


@cache
def load_scheme(scheme_id: str) -> Scheme:
    """A scheme by id.

    Raises:
        Refused: ``choice_unknown`` with the ids there are.
    """
    if scheme_id not in schemes():
        raise Refused([Fault("choice_unknown", "scheme", scheme_id, ", ".join(schemes()))])
    data: Any = read_yaml(files(__package__).joinpath(f"schemes/{scheme_id}.yaml").read_text(encoding="utf-8"))
    return Scheme(
        id=data["id"],
        label=data["label"],
        source=data["source"],
        confidence=data["confidence"],
        best=Exact.parse(data["best"]),
        worst=Exact.parse(data["worst"]),
        formula=data["formula"],
        study=data["study"],
        criteria=tuple(Criterion(item["id"], item["symbol"], item["label"]) for item in data["criteria"]),
        levels=tuple(Level(item["id"], Exact.parse(item["most"]), item["label"]) for item in data["levels"]),
        needs={name: _need(name, item) for name, item in data["needs"].items()},
        unconfirmed=tuple(data["unconfirmed"]),
    )


def _need(name: str, item: Any) -> Need:
    other = Exact.parse(item["other"]) if item["other"] else None
    return Need(name, Exact.parse(item["most"]), other, item["label"])
