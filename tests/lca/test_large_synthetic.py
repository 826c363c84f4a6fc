"""The made-up background has the measured shape of engine.md, within 5 %, and is the same every time."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from benchmarks.synthetic import SEED, SIZE, Synthetic, synthetic
from lca.large.factor import factor
from lca.large.order import Order
from tests.fixtures._need import missing
from tests.lca._large import small


@pytest.fixture(scope="module")
def whole() -> Synthetic:
    return synthetic()


def test_figures_of_the_calibrated_system(whole: Synthetic) -> None:
    """Figures of engine.md, table *Systems*."""
    entries = np.bincount(whole.a.indices, minlength=SIZE)
    _, part_of = connected_components(whole.a, directed=True, connection="strong")
    found = {"n": whole.a.shape[0], "nnz(A)": whole.a.nnz, "loop": np.bincount(part_of).max(), "nnz(B)": whole.b.nnz}
    wanted = {"n": 21_000, "nnz(A)": 236_965, "loop": 15_071, "nnz(B)": 338_424}
    assert {name: abs(found[name] / value - 1) <= 0.05 for name, value in wanted.items()} == dict.fromkeys(wanted, True)
    assert 11 <= np.median(entries) <= 12
    assert abs(whole.markets / SIZE - 0.38) <= 0.02 and whole.b.shape[0] == 2_500
    taken = np.diff(whole.a.indptr)
    assert (taken > 2_000).sum() >= 5  # electricity and transport in thousands of columns
    assert (whole.a.diagonal() == -1).mean() == pytest.approx(0.05, abs=0.01)  # treatments


def test_the_same_seed_gives_the_same_bytes(whole: Synthetic) -> None:
    assert synthetic(SIZE, SEED).sha256 == whole.sha256
    assert synthetic(500, 1).sha256 != synthetic(500, 2).sha256


@pytest.fixture(scope="module")
def brightway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if any(importlib.util.find_spec(name) is None for name in ("bw_processing", "bw2calc")):
        missing("bw2calc is not installed", "sh scripts/setup.sh dev")
    folder: Path = tmp_path_factory.mktemp("brightway")
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = str(folder)
    from benchmarks.engine_peer import packages

    yield packages
    if before is None:
        del os.environ["BRIGHTWAY2_DIR"]
    else:
        os.environ["BRIGHTWAY2_DIR"] = before


@pytest.mark.brightway
def test_intensities_are_brightways_scores(brightway: Any) -> None:
    """bw2calc solves forward, one demand at a time; ours are all intensities of one adjoint solve."""
    import bw2calc

    made, system, e = small()
    y = factor(system, Order("colamd", None)).refined(e)
    data = brightway(made)
    for j in (0, 11, 700, 1_999):
        lca = bw2calc.LCA(demand={1 + j: 1.0}, data_objs=[data])
        lca.lci()
        lca.lcia()
        assert lca.score == pytest.approx(float(y[j]), rel=1e-8)
