"""Distributions, pedigree and draws, against scipy.stats, closed forms and hand calculation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.random import Philox
from scipy import stats

from lca.exact import Exact
from lca.faults import Refused
from lca.uncertain.distributions import Distribution, Lognormal, Normal, Triangular, Uniform
from lca.uncertain.draws import CHUNK, uniforms
from lca.uncertain.pedigree import INDICATORS, from_pedigree, shipped_table, table_faults

ONE = Exact(1)
CASES: list[tuple[Distribution, Any]] = [
    (Lognormal(Exact("2"), Exact("1.5")), stats.lognorm(s=math.log(1.5), scale=2)),
    (Normal(Exact("3"), Exact("0.25")), stats.norm(3, 0.25)),
    (Triangular(Exact("1"), Exact("2"), Exact("4")), stats.triang(c=1 / 3, loc=1, scale=3)),
    (Triangular(Exact("1"), Exact("1"), Exact("4")), stats.triang(c=0, loc=1, scale=3)),
    (Triangular(Exact("1"), Exact("4"), Exact("4")), stats.triang(c=1, loc=1, scale=3)),
    (Uniform(Exact("0.5"), Exact("1.5")), stats.uniform(0.5, 1)),
]
IDS = ["lognormal", "normal", "triangular", "mode low", "mode high", "uniform"]


@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=IDS)
def test_quantiles_are_those_of_the_distribution(ours: Distribution, theirs: Any) -> None:
    u = np.array([1e-9, 0.001, 0.025, 0.2, 1 / 3, 0.5, 0.7, 0.975, 0.999, 1 - 1e-9])
    assert ours.faults("") == []
    np.testing.assert_allclose(ours.quantile(u), theirs.ppf(u), rtol=1e-9)


@pytest.mark.parametrize(("ours", "theirs"), CASES, ids=IDS)
def test_draws_have_its_mean_and_its_quarters(ours: Distribution, theirs: Any) -> None:
    """Within four standard errors, at a fixed seed."""
    x = ours.quantile(np.concatenate([uniforms(7, "x", chunk) for chunk in range(64)]))
    assert abs(x.mean() - theirs.mean()) < 4 * theirs.std() / math.sqrt(len(x))
    for p in (0.1, 0.5, 0.9):
        below = np.count_nonzero(x < theirs.ppf(p)) / len(x)
        assert abs(below - p) < 4 * math.sqrt(p * (1 - p) / len(x))


def test_exact_points() -> None:
    """F(2) = 1/3 of the triangle 1, 2, 4; F = (x-1)^2/3 below it, 1 - (4-x)^2/6 above it."""
    found = Triangular(Exact(1), Exact(2), Exact(4)).quantile(np.array([1 / 12, 1 / 3, 5 / 6]))
    np.testing.assert_allclose(found, [1.5, 2, 3], rtol=1e-12)
    np.testing.assert_allclose(Uniform(Exact(1), Exact(3)).quantile(np.array([0.25, 0.5])), [1.5, 2], rtol=1e-15)
    np.testing.assert_allclose(Lognormal(Exact(5), Exact(2)).quantile(np.array([0.5])), [5], rtol=1e-15)


@pytest.mark.parametrize(("ours", "theirs"), CASES[1:], ids=IDS[1:])
def test_the_first_order_spread_is_sd_over_mean(ours: Distribution, theirs: Any) -> None:
    assert ours.spread() == pytest.approx(theirs.std() / theirs.mean(), rel=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        Lognormal(ONE, ONE),
        Lognormal(ONE, Exact("0.9")),
        Lognormal(Exact(0), Exact(2)),
        Normal(ONE, Exact("-0.01")),
        Normal(ONE, Exact("0.21")),
        Normal(Exact(0), Exact(0)),
        Triangular(Exact(2), Exact(1), Exact(3)),
        Triangular(Exact(1), Exact(4), Exact(3)),
        Triangular(ONE, ONE, ONE),
        Triangular(Exact(0), ONE, Exact(2)),
        Uniform(ONE, ONE),
        Uniform(Exact(2), ONE),
        Uniform(Exact(-1), ONE),
    ],
    ids=repr,
)
def test_what_describes_no_quantity_is_a_fault(wrong: Distribution) -> None:
    assert {fault.code for fault in wrong.faults("here")} == {"distribution_invalid"}


def test_edges_that_are_right() -> None:
    assert Normal(ONE, Exact(0)).faults("") == Normal(ONE, Exact("0.2")).faults("") == []
    np.testing.assert_array_equal(Normal(ONE, Exact(0)).quantile(np.array([0.01, 0.99])), [1, 1])


def test_pedigree_by_hand() -> None:
    """Scores 5 1 1 1 5, basic 1: ln^2 1.5 + ln^2 2 = 0.164402 + 0.480453; its root 0.803029; half of it 0.401514."""
    made = from_pedigree(["5", "1", "1", "1", "5"], ONE)
    assert float(made.gsd) == pytest.approx(math.exp(0.4015144), rel=1e-6)
    assert made.median == ONE
    assert float(from_pedigree(["1"] * 5, Exact("1.05")).gsd) == pytest.approx(math.sqrt(1.05), rel=1e-12)


# Weidema et al. 2013, table 10.5, as public code repeats it: variances of ln x, printed digits.
PUBLISHED = {
    "reliability": ("0", "0.0006", "0.002", "0.008", "0.04"),
    "completeness": ("0", "0.0001", "0.0006", "0.002", "0.008"),
    "time": ("0", "0.0002", "0.002", "0.008", "0.04"),
    "geography": ("0", "0.000025", "0.0001", "0.0006", "0.002"),
    "technology": ("0", "0.0006", "0.008", "0.04", "0.12"),
}


def test_the_table_agrees_with_the_published_variances_to_their_digits() -> None:
    table, source, confidence = shipped_table()
    assert confidence == "recalled" and "Frischknecht" in source
    for name in INDICATORS:
        for factor, text in zip(table[name], PUBLISHED[name], strict=True):
            half_a_digit = 0.5 * 10 ** -len(text.partition(".")[2])
            assert (math.log(float(factor)) / 2) ** 2 == pytest.approx(float(text), abs=half_a_digit)


@pytest.mark.parametrize(
    ("scores", "basic"),
    [(["1"] * 4, "1.05"), (["1", "1", "1", "1", "6"], "1.05"), (["1"] * 5, "0.99"), (["1"] * 5, "1"), ([], "1.1")],
)
def test_pedigree_faults(scores: list[str], basic: str) -> None:
    with pytest.raises(Refused) as refused:
        from_pedigree(scores, Exact(basic), "here")
    assert {fault.code for fault in refused.value.faults} == {"pedigree_invalid"}


def test_a_table_of_ones_own() -> None:
    own = {name: [ONE, ONE, ONE, ONE, Exact(4)] for name in INDICATORS}
    assert table_faults(own, "") == []
    assert float(from_pedigree(["5", "1", "1", "1", "1"], ONE, table=own).gsd) == pytest.approx(2, rel=1e-12)
    assert len(table_faults(own | {"time": [ONE]}, "")) == 1
    assert len(table_faults(own | {"time": [Exact("0.9")] * 5}, "")) == 1


def test_a_draw_depends_on_seed_index_and_name_alone() -> None:
    one = uniforms(1, "a", 3)
    uniforms(9, "other", 0)
    np.testing.assert_array_equal(one, uniforms(1, "a", 3))
    for other in (uniforms(2, "a", 3), uniforms(1, "b", 3), uniforms(1, "a", 4)):
        assert not np.intersect1d(one, other).size


def test_chunks_are_one_stream() -> None:
    """The counter of a chunk continues where the one before ended: four words a step (Salmon et al. 2011)."""
    import hashlib

    name = int.from_bytes(hashlib.sha256(b"a").digest()[:8], "big")
    words = Philox(key=np.array([5, name], dtype=np.uint64)).random_raw(3 * CHUNK)
    expected = ((words >> np.uint64(12)).astype(float) + 0.5) / 2**52
    np.testing.assert_array_equal(np.concatenate([uniforms(5, "a", k) for k in range(3)]), expected)


def test_draws_are_uniform_and_variables_independent() -> None:
    a, b = (np.concatenate([uniforms(1, name, chunk) for chunk in range(64)]) for name in ("a", "b"))
    assert a.min() > 0 and a.max() < 1
    assert stats.kstest(a, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(len(a))
