"""Distributions of a multiplier: what an uncertain quantity is, as a multiple of the value that was entered.

Parameters are exact; floats exist only inside :meth:`quantile`, the inverse of the distribution function, by which
uniform draws become draws of the distribution (Devroye 1986, ch. II.2).  Every quantity stays above zero: a meter
that reads less than nothing is no uncertainty but a fault.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lca.exact import ONE, ZERO, Exact
from lca.faults import Fault

Floats = NDArray[np.float64]
Of = float | Floats
"""A parameter: one for all draws, or one for each."""
NORMAL_LIMIT: Final = Exact(1, 5)
"""Largest sd of a normal multiplier, relative to its mean: five sd to zero, below it with 3e-7."""


@dataclass(frozen=True, slots=True)
class Lognormal:
    """ln x is normal with mean ln ``median`` and sd ln ``gsd`` (Limpert et al. 2001)."""

    median: Exact
    gsd: Exact

    def faults(self, where: str) -> list[Fault]:
        """``distribution_invalid`` unless median > 0 and gsd > 1."""
        wrong = _unless(self.median > ZERO, where, f"median {self.median}", "a median above zero")
        return wrong + _unless(self.gsd > ONE, where, f"gsd {self.gsd}", "a geometric standard deviation above 1")

    def quantile(self, u: Floats) -> Floats:
        """median * gsd^z with z the standard normal quantile of ``u`` in (0, 1)."""
        return lognormal_at(u, float(self.median), math.log(float(self.gsd)))

    def spread(self) -> float:
        """First-order relative standard deviation: ln gsd."""
        return math.log(float(self.gsd))


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with ``mean`` and ``sd``; at most a fifth of the mean, because a quantity does not turn negative."""

    mean: Exact
    sd: Exact

    def faults(self, where: str) -> list[Fault]:
        """``distribution_invalid`` unless mean > 0 and 0 <= sd <= mean/5."""
        wrong = _unless(self.mean > ZERO, where, f"mean {self.mean}", "a mean above zero")
        most = self.mean * NORMAL_LIMIT
        expected = f"sd from 0 to {most} (20 % of the mean; a wider one is lognormal)"
        return wrong + _unless(ZERO <= self.sd <= most, where, f"sd {self.sd}", expected)

    def quantile(self, u: Floats) -> Floats:
        """mean + sd * z."""
        return normal_at(u, float(self.mean), float(self.sd))

    def spread(self) -> float:
        """sd / mean."""
        return float(self.sd / self.mean)


@dataclass(frozen=True, slots=True)
class Triangular:
    """Triangular on ``low`` to ``high`` with its peak at ``mode``."""

    low: Exact
    mode: Exact
    high: Exact

    def faults(self, where: str) -> list[Fault]:
        """``distribution_invalid`` unless 0 < low <= mode <= high and low < high."""
        right = ZERO < self.low <= self.mode <= self.high and self.low < self.high
        found = f"low {self.low}, mode {self.mode}, high {self.high}"
        return _unless(right, where, found, "0 < low <= mode <= high, low below high")

    def quantile(self, u: Floats) -> Floats:
        """low + sqrt(u w (mode-low)) up to the mode, high - sqrt((1-u) w (high-mode)) above it; w = high-low."""
        return triangular_at(u, float(self.low), float(self.mode), float(self.high))

    def spread(self) -> float:
        """sd / mean, with sd^2 = (a^2 + b^2 + c^2 - ab - ac - bc) / 18 and mean (a + b + c) / 3."""
        a, b, c = self.low, self.high, self.mode
        variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18
        return math.sqrt(float(variance)) / float((a + b + c) / 3)


@dataclass(frozen=True, slots=True)
class Uniform:
    """Uniform from ``low`` to ``high``."""

    low: Exact
    high: Exact

    def faults(self, where: str) -> list[Fault]:
        """``distribution_invalid`` unless 0 < low < high."""
        found = f"low {self.low}, high {self.high}"
        return _unless(ZERO < self.low < self.high, where, found, "0 < low < high")

    def quantile(self, u: Floats) -> Floats:
        """low + u (high - low)."""
        return uniform_at(u, float(self.low), float(self.high - self.low))

    def spread(self) -> float:
        """sd / mean: (high - low) / sqrt(12) over the middle."""
        return float(self.high - self.low) / math.sqrt(12) / float((self.high + self.low) / 2)


def lognormal_at(u: Floats, median: Of, log_gsd: Of) -> Floats:
    """``median gsd^z`` at the quantiles ``u`` in (0, 1)."""
    made: Floats = median * np.exp(ndtri(u) * log_gsd)
    return made


def normal_at(u: Floats, mean: Of, sd: Of) -> Floats:
    """``mean + sd z``."""
    made: Floats = mean + sd * ndtri(u)
    return made


def triangular_at(u: Floats, low: Of, mode: Of, high: Of) -> Floats:
    """The inverse of a distribution function of two parabolas."""
    width = high - low
    up = low + np.sqrt(u * width * (mode - low))
    down = high - np.sqrt((1 - u) * width * (high - mode))
    made: Floats = np.where(u * width < mode - low, up, down)
    return made


def uniform_at(u: Floats, low: Of, width: Of) -> Floats:
    """``low + u width``."""
    made: Floats = low + u * width
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A multiplier whose draws are there already: of a factor of a solved background, draw k in world k of it."""

    values: Floats
    """One for each draw, finite."""
    world: str
    """What the draws are of: two of one world move together, of two worlds independently."""

    def chunk(self, index: int, size: int) -> Floats:
        """Draws ``index * size`` and on; 1 where a chunk goes on beyond the last, which nobody reads."""
        made = np.ones(size)
        part = self.values[index * size : (index + 1) * size]
        made[: len(part)] = part
        return made

    def spread(self) -> float:
        """sd / mean of the draws."""
        return float(self.values.std(ddof=1) / self.values.mean())


Distribution = Lognormal | Normal | Triangular | Uniform
Drawable = Distribution | Given


def _unless(right: bool, where: str, found: str, expected: str) -> list[Fault]:
    return [] if right else [Fault("distribution_invalid", where, found=found, expected=expected)]
