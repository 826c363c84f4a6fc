"""Ratings: of a data set, and of a study weighted by absolute contribution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lca.exact import ZERO, Exact
from lca.faults import Collector, Fault
from pcr.equations import equation, find
from pcr.methods.quality.v1.scheme import Scheme

Ratings = Mapping[str, Exact]


@equation(
    "dqr.dataset",
    text="DQR = (TeR + GeR + TiR + P) / 4",
    source="EU PEF data-quality rating, each score 1 (best) to 5",
    confidence="recalled",
    inputs={"technology": "1", "geography": "1", "time": "1", "precision": "1"},
    results={"dqr": "1"},
)
def dataset(technology: Exact, geography: Exact, time: Exact, precision: Exact) -> Exact:
    """Rating of one data set, 1 to 5, lower is better."""
    return (technology + geography + time + precision) / 4


@equation(
    "dqr.term",
    text="t = |c| DQR",
    source="EU PEF, contribution-weighted rating; the absolute value on credits is a convention of this project",
    confidence="recalled",
    inputs={"contribution": "kgCO2e", "rating": "1"},
    results={"term": "kgCO2e"},
)
def term(contribution: Exact, rating: Exact) -> Exact:
    """What one contribution adds to the weighted sum."""
    return abs(contribution) * rating


@equation(
    "dqr.study",
    text="DQR = sum(|c_i| DQR_i) / sum(|c_i|)",
    source="EU PEF, contribution-weighted rating; the absolute value on credits is a convention of this project",
    confidence="recalled",
    clause="weighted: the sum of dqr.term; whole: the sum of absolute contributions",
    inputs={"weighted": "kgCO2e", "whole": "kgCO2e"},
    results={"dqr": "1"},
)
def study(weighted: Exact, whole: Exact) -> Exact:
    """Rating of a study."""
    return weighted / whole


@dataclass(frozen=True, slots=True)
class Study:
    """Rating of a study. ``score`` None: nothing that was rated contributes; ``rated``: share of the absolute
    contributions that had a rating, None where nothing contributes."""

    score: Exact | None
    rated: Exact | None


def score(scheme: Scheme, given: Ratings) -> Exact | None:
    """Rating of one data set by the scheme's own equation; None where the scheme gives no single score.

    Raises:
        Refused: every criterion that is missing, unknown or off the scale.
    """
    check(scheme, given)
    if not scheme.formula:
        return None
    answer = find(scheme.formula).function(**given)
    return answer[0] if isinstance(answer, tuple) else answer


def check(scheme: Scheme, given: Ratings) -> None:
    """Exactly the scheme's criteria, each on its scale.

    Raises:
        Refused: ``missing_key``, ``unknown_key``, ``above_most``; all at once.
    """
    faults, names = Collector(), [item.id for item in scheme.criteria]
    for name in names:
        if name not in given:
            faults.add(Fault("missing_key", name, "nothing", f"{scheme.best} to {scheme.worst}", scheme.id))
    for name, value in given.items():
        if name not in names:
            faults.add(Fault("unknown_key", name, name, ", ".join(names), scheme.id))
        elif not scheme.best <= value <= scheme.worst:
            faults.add(Fault("above_most", name, value.text(), f"{scheme.best} to {scheme.worst}", scheme.id))
    faults.raise_if_any()


def study_rating(parts: Iterable[tuple[Exact, Exact | None]]) -> Study:
    """Rating from (contribution, rating) pairs; a rating of None is not known and lowers ``rated``."""
    weighted = known = whole = ZERO
    for contribution, rating in parts:
        whole += abs(contribution)
        if rating is not None:
            known += abs(contribution)
            weighted += term(contribution, rating)
    return Study(study(weighted, known) if known else None, known / whole if whole else None)


def by_criterion(scheme: Scheme, parts: Iterable[tuple[Exact, Ratings | None]]) -> dict[str, Study]:
    """Each criterion of a scheme on its own, as PACT reports them.

    Raises:
        Refused: as :func:`check`.
    """
    kept = list(parts)
    for _, given in kept:
        if given is not None:
            check(scheme, given)
    names = [item.id for item in scheme.criteria]
    return {name: study_rating((part, given[name] if given else None) for part, given in kept) for name in names}
