"""Draws of a whole background: the same bytes whatever the workers, log-normal, checked, refused where they break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import spsolve

from benchmarks.synthetic import synthetic
from lca.faults import Refused
from lca.large.draws import Sampler, Uncertain, draws
from lca.large.order import Order, order
from lca.large.system import large_system


def background(size: int = 400, gsd_a: float = 1.1, gsd_b: float = 1.3) -> Uncertain:
    made = synthetic(size)
    system = large_system(made.labels, made.a)
    spread = np.full(system.transposed.nnz, gsd_a), np.full(made.b.nnz, gsd_b)
    return Uncertain(system, made.b, made.c[0], *spread, order(system, "mmd"))


def test_the_same_bytes_whatever_the_workers() -> None:
    case = background()
    one, two = draws(case, 7, 11, 1, 4), draws(case, 7, 11, 2, 4)
    assert one.intensities.dtype == np.float32 and one.intensities.shape == (11, 400)
    assert one.intensities.tobytes() == two.intensities.tobytes()
    assert one.checked == two.checked == 3  # draws 0, 4 and 8
    assert 0 < one.largest_difference < 1e-6
    assert draws(case, 7, 5).intensities.tobytes() == one.intensities[:5].tobytes()
    assert draws(case, 8, 5).intensities.tobytes() != one.intensities[:5].tobytes()


def test_a_draw_is_the_solution_of_its_own_entries() -> None:
    case = background()
    sampler = Sampler(case, 3)
    of_a, e = sampler.entries(17)
    a = case.system.transposed
    drawn = csr_array((a.data * of_a, a.indices, a.indptr), shape=a.shape)
    assert (drawn.diagonal() == a.diagonal()).all()
    truth = spsolve(csc_array(drawn), e)
    y, _, gap = sampler.draw(17)
    assert np.abs(y / truth - 1).max() < 1e-6 and gap is None
    assert np.abs(truth / sampler.draw(18)[0] - 1).max() > 1e-3


def test_entries_are_log_normal_and_do_not_depend_on_the_indicator() -> None:
    case = background(2_000)
    of_a, _ = Sampler(case, 1).entries(5)
    moved = np.log(of_a[of_a != 1.0]) / np.log(1.1)
    count = len(moved)
    assert count == case.system.transposed.nnz - 2_000
    assert abs(moved.mean()) < 4 / count**0.5 and abs(moved.std() - 1) < 4 / (2 * count) ** 0.5
    assert abs((moved**3).mean()) < 4 * (15 / count) ** 0.5 and abs((moved**4).mean() - 3) < 4 * (96 / count) ** 0.5
    other = replace(case, c=np.roll(case.c, 1))
    assert Sampler(other, 1).entries(5)[0].tobytes() == of_a.tobytes()
    assert np.corrcoef(moved, np.log(Sampler(case, 1).entries(6)[0][of_a != 1.0]))[0, 1] < 4 / count**0.5


def test_the_emissions_of_two_indicators_share_their_draws() -> None:
    case = background()
    both = replace(case, c=case.c * 2.0)
    e, twice = Sampler(case, 9).entries(2)[1], Sampler(both, 9).entries(2)[1]
    assert np.abs(twice / e - 2).max() < 1e-12
    # a flow keeps its draws whether or not the flows before it count
    first, fifth = np.zeros_like(case.c), np.zeros_like(case.c)
    first[0], fifth[5] = 1.0, 1.0
    parts = [Sampler(replace(case, c=c), 9).entries(2)[1] for c in (first, fifth, first + fifth)]
    assert np.abs(parts[0] + parts[1] - parts[2]).max() <= 1e-12 * parts[2].max()


def test_no_spread_gives_the_mean_solution() -> None:
    case = background(gsd_a=1.0, gsd_b=1.0)
    e = np.asarray(case.c @ case.b).ravel()
    truth = spsolve(csc_array(case.system.transposed), e).astype(np.float32)
    assert np.abs(draws(case, 1, 2).intensities / truth - 1).max() < 1e-6


def loop(gsd: float) -> Uncertain:
    a = csr_array(np.array([[1.0, -0.9], [-1.0, 1.0]]))
    system = large_system(["mill", "plant"], a)
    b = csr_array(np.array([[1.0, 1.0]]))
    return Uncertain(system, b, np.ones(1), np.full(4, gsd), np.ones(2), Order("colamd", None))


def test_a_draw_whose_loop_gains_more_than_one_is_refused_by_name() -> None:
    """Elsewhere it would be a negative intensity without a word (engine notes §8.3)."""
    with pytest.raises(Refused, match=r"large_draw_breaks at draw \d+: (mill|plant)"):
        draws(loop(1.5), 1, 40)
    assert (draws(loop(1.005), 1, 40).intensities > 0).all()


def test_a_seed_out_of_range() -> None:
    for seed in (-1, 2**64):
        with pytest.raises(Refused, match="draws_seed"):
            draws(loop(1.0), seed, 1)
