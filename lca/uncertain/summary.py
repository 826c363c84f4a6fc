"""The figures that are told of a set of draws, each with its Monte Carlo error.

Percentiles are linear between order statistics (type 7 of Hyndman and Fan 1996: place (n - 1) p).  Sums are
correctly rounded (``math.fsum``), so that no order of addition moves a digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lca.uncertain.distributions import Floats

PERCENTS: Final = ("2.5", "5", "50", "95", "97.5")
Z95: Final = 1.959963984540054
"""97.5 % point of the standard normal."""
Verdict = Literal["lower", "higher", "not decided"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its standard error from the number of draws."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one product. ``percentiles`` by their name in per cent; ``50`` is the median."""

    draws: int
    mean: Figure
    percentiles: dict[str, Figure]
    gsd: float | None
    """exp of the standard deviation of ln x; None where a draw is zero or below."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two products on the same draws. ``probability`` that the first is lower, ties counted half."""

    draws: int
    probability: float
    error: float
    ties: int
    verdict: Verdict
    """What the first is; ``not decided`` where one half is within 1.96 standard errors."""

    @property
    def at_most(self) -> float | None:
        """Where every draw agrees the standard error is zero and says nothing: the 95 % bound 3/n of the other outcome
        (rule of three, Hanley and Lippman-Hand 1983)."""
        return 3 / self.draws if self.probability in (0.0, 1.0) else None


def summarise(values: Floats) -> Summary:
    """Figures of ``values``, shape (draws,), at least two."""
    ordered = np.sort(values)
    count = len(ordered)
    mean = math.fsum(ordered) / count
    sd = _sd(ordered, mean)
    percentiles = {name: _percentile(ordered, float(name) / 100) for name in PERCENTS}
    gsd = None
    if ordered[0] > 0:
        logs = np.log(ordered)
        gsd = math.exp(_sd(logs, math.fsum(logs) / count))
    return Summary(count, Figure(mean, sd / math.sqrt(count)), percentiles, gsd)


def compare(first: Floats, second: Floats) -> Comparison:
    """Paired: draw k of the one against draw k of the other; error sqrt(p (1 - p) / n)."""
    count = len(first)
    ties = int(np.count_nonzero(first == second))
    p = (int(np.count_nonzero(first < second)) + ties / 2) / count
    error = math.sqrt(p * (1 - p) / count)
    decided = abs(p - 0.5) > Z95 * error
    verdict: Verdict = "not decided" if not decided else "lower" if p > 0.5 else "higher"
    return Comparison(count, p, error, ties, verdict)


def _sd(values: Floats, mean: float) -> float:
    return math.sqrt(math.fsum((values - mean) ** 2) / (len(values) - 1))


def _percentile(ordered: Floats, p: float) -> Figure:
    """Type 7, and half the width between the order statistics one binomial standard deviation to each side.

    The number of draws below the true percentile is binomial (n, p), whatever the distribution (David and Nagaraja
    2003, section 7.1), so no density has to be guessed.
    """
    last = len(ordered) - 1
    half = math.sqrt(len(ordered) * p * (1 - p))
    low, high = _between(ordered, last * p - half), _between(ordered, last * p + half)
    return Figure(_between(ordered, last * p), (high - low) / 2)


def _between(ordered: Floats, place: float) -> float:
    place = min(max(place, 0.0), float(len(ordered) - 1))
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    share = place - below
    return float(ordered[below]) * (1 - share) + float(ordered[above]) * share
