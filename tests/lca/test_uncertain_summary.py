"""Figures of draws and paired comparisons, against numpy's definitions and normal theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from lca.exact import Exact
from lca.uncertain.distributions import Floats, Lognormal
from lca.uncertain.draws import uniforms
from lca.uncertain.summary import compare, summarise


def drawn(name: str, median: str, gsd: str, chunks: int = 64) -> Floats:
    u = np.concatenate([uniforms(3, name, chunk) for chunk in range(chunks)])
    return Lognormal(Exact(median), Exact(gsd)).quantile(u)


def test_percentiles_are_type_7() -> None:
    x = drawn("x", "1", "2", 1)
    found = summarise(x)
    for name, figure in found.percentiles.items():
        assert figure.value == pytest.approx(np.percentile(x, float(name), method="linear"), rel=1e-14)
    assert found.mean.value == pytest.approx(x.mean(), rel=1e-14)
    assert found.mean.error == pytest.approx(x.std(ddof=1) / 16, rel=1e-12)
    assert found.gsd == pytest.approx(math.exp(np.log(x).std(ddof=1)), rel=1e-12)


def test_the_order_of_draws_moves_no_bit() -> None:
    x = drawn("x", "1", "2", 4)
    assert summarise(x) == summarise(x[::-1])


@pytest.mark.parametrize("name", ["2.5", "5", "50", "95", "97.5"])
def test_the_error_of_a_percentile_is_that_of_theory(name: str) -> None:
    """Asymptotic: sqrt(p (1 - p) / n) / density at the percentile (David and Nagaraja 2003, 10.2)."""
    x = drawn("x", "1", "1.2")
    law = stats.lognorm(s=math.log(1.2))
    p = float(name) / 100
    theory = math.sqrt(p * (1 - p) / len(x)) / law.pdf(law.ppf(p))
    figure = summarise(x).percentiles[name]
    assert figure.error == pytest.approx(theory, rel=0.3)
    assert abs(figure.value - law.ppf(p)) < 4 * theory


def test_no_geometric_figure_of_what_is_not_positive() -> None:
    assert summarise(np.array([-1.0, 1.0, 2.0])).gsd is None


@pytest.mark.parametrize(("a", "b", "verdict"), [("1", "1.05", "lower"), ("1.05", "1", "higher")])
def test_shifted_lognormals(a: str, b: str, verdict: str) -> None:
    """ln A - ln B is normal: P(A < B) = Phi((ln b - ln a) / sqrt(s^2 + t^2))."""
    found = compare(drawn("a", a, "1.1"), drawn("b", b, "1.2"))
    theory = ndtr(math.log(float(b) / float(a)) / math.hypot(math.log(1.1), math.log(1.2)))
    error = math.sqrt(theory * (1 - theory) / found.draws)
    assert abs(found.probability - theory) < 4 * error
    assert found.error == pytest.approx(error, rel=0.05)
    assert (found.verdict, found.ties, found.at_most) == (verdict, 0, None)


def test_pairing_decides_what_two_intervals_cannot() -> None:
    """One per cent apart, spreads of half: on the same draws the second is always higher."""
    a = drawn("a", "1", "1.5", 4)
    found = compare(a, a * 1.01)
    assert (found.probability, found.verdict) == (1, "lower")
    assert found.at_most == pytest.approx(3 / 1024)
    assert compare(a * 1.01, a).verdict == "higher"


def test_identical_products_are_ties_and_not_decided() -> None:
    a = drawn("a", "1", "1.5", 4)
    found = compare(a, a.copy())
    assert (found.probability, found.ties, found.verdict) == (0.5, 1024, "not decided")


def test_within_the_error_nothing_is_decided() -> None:
    """506 of 1000 lower: 0.006 from one half, standard error 0.0158."""
    a, b = np.zeros(1000), np.where(np.arange(1000) < 506, 1.0, -1.0)
    found = compare(a, b)
    assert found.probability == 0.506 and found.error == pytest.approx(0.01581, rel=1e-3)
    assert found.verdict == "not decided"
    assert compare(a, np.where(np.arange(1000) < 540, 1.0, -1.0)).verdict == "lower"
