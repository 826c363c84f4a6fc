"""Exchanges with distributions of their own: quantiles by hand, shares of entries, one draw for all they move."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from lca.exact import Exact
from lca.faults import Refused
from lca.large.artefact import misses, opened, store
from lca.large.digits import Certifier, Published, Right
from lca.large.draws import Sampler, Uncertain, draws
from lca.large.factor import factor
from lca.large.order import Order
from lca.large.spread import Effects, Spread
from lca.large.system import LargeSystem, large_system
from lca.uncertain.distributions import Distribution, Lognormal, Normal, Triangular, Uniform

ONE = Exact(1)
NONE = Effects.of([])
KINDS: list[Distribution] = [
    Uniform(Exact("0.8"), Exact("1.2")),
    Lognormal(ONE, Exact("1.3")),
    Triangular(Exact("0.5"), ONE, Exact(2)),
    Normal(ONE, Exact("0.1")),
    Lognormal(ONE, Exact("1.1")),
]


def test_each_variable_has_its_own_distribution_wherever_it_stands() -> None:
    """Uniform: 0.8 + 0.4 / 4; log-normal at one sd above: the GSD; triangle: 1/3 lies below its mode."""
    one_sd = 0.841344746068543  # of the standard normal, tables
    found = Spread.of(KINDS, NONE, NONE).multipliers(np.array([0.25, one_sd, 1 / 3, 0.5, 1 - one_sd]))
    assert found == pytest.approx([0.9, 1.3, 1.0, 1.0, 1 / 1.1], rel=1e-12)


def test_an_entry_of_two_exchanges_moves_by_their_shares() -> None:
    """5 = 2 + 3: twice the first gives 7, which is 1.4 times; the entry without an exchange stays."""
    effects = Effects.of([(0, 1, 0.4), (1, 1, 0.6)])
    assert effects.factor(np.array([2.0, 1.0]), 3).tolist() == [1.0, 1.4, 1.0]
    assert NONE.factor(np.zeros(0), 2).tolist() == [1.0, 1.0]


def background(spread: Spread | None) -> tuple[LargeSystem, Uncertain]:
    """The mill takes 2 of the plant and sets 3 free, the plant sets 5 of one gas and 7 of another free."""
    system = large_system(["mill", "plant"], csr_array(np.array([[1.0, 0.0], [-2.0, 1.0]])))
    b = csr_array(np.array([[3.0, 5.0], [0.0, 7.0]]))
    plain = np.ones(system.transposed.nnz), np.ones(b.nnz)
    return system, Uncertain(system, b, np.ones(2), *plain, Order("colamd", None), spread)


def test_one_exchange_is_one_draw_in_all_it_moves() -> None:
    """Variable 0 is what the mill takes (entry 1 of A^T by rows: mill-mill, mill-plant, plant-plant), variable 1 both
    gases of the plant: y = 3 + 2 m0 x 12 m1."""
    spread = Spread.of([KINDS[2], KINDS[1]], Effects.of([(0, 1, 1.0)]), Effects.of([(1, 1, 1.0), (1, 2, 1.0)]))
    system, case = background(spread)
    assert system.transposed.indices.tolist() == [0, 1, 1]
    sampler, drawn = Sampler(case, 5), draws(case, 5, 300).intensities
    ratio = []
    for k in (0, 7, 299):
        of_a, e = sampler.entries(k)
        m0, m1 = of_a[1], e[1] / 12
        assert e[0] == 3.0 and 0.5 < m0 < 2 and m1 != 1
        assert drawn[k].tolist() == pytest.approx([3 + 2 * m0 * 12 * m1, 12 * m1], rel=1e-6)
        ratio.append(m0)
    assert len(set(ratio)) == 3
    plant = np.log(drawn[:, 1] / 12) / np.log(1.3)
    assert abs(plant.mean()) < 4 / 300**0.5 and abs(plant.std() - 1) < 4 / 600**0.5


def test_an_exchange_more_moves_none_of_those_before_it() -> None:
    first = Spread.of(KINDS[:1], Effects.of([(0, 1, 1.0)]), NONE)
    both = Spread.of(KINDS[:2], Effects.of([(0, 1, 1.0)]), Effects.of([(1, 0, 1.0)]))
    one, two = (Sampler(background(spread)[1], 5).entries(3) for spread in (first, both))
    assert one[0].tolist() == two[0].tolist()
    assert one[1].tolist() == [3.0, 12.0] and two[1][0] != 3.0


def stored(folder: Path, texts: tuple[str, ...] | None = None) -> None:
    system, case = background(None)
    e = np.asarray(case.c @ case.b).ravel()
    order = Order("colamd", None)
    right = Right.of([Exact.from_binary64(float(value)) for value in e])
    made = Certifier.of(system, factor(system, order).solve).published(right)
    assert made.texts == ("27.00000000", "12.00000000")  # 3 + 2 x 12
    made = Published(texts or made.texts, (), 128)
    store(folder, system.labels, order, {"all": made}, direct={"all": e}, system=system, about={"seed": "1"})


def test_a_folder_is_held_against_its_own_system(tmp_path: Path) -> None:
    stored(tmp_path / "good")
    found = opened(tmp_path / "good")
    assert found.about == {"seed": "1"} and found.text("all", "plant") == "12.00000000"
    assert misses(found) == {"all": 0.0}
    # a unit of the last digit is 1e-8 in both; half a unit of each, 5e-9 + 2 x 5e-9, is what the digits leave
    stored(tmp_path / "off", ("27.00000002", "12.00000000"))
    assert misses(opened(tmp_path / "off"))["all"] == pytest.approx(2e-8 / 1.5e-8, rel=1e-5)
    stored(tmp_path / "near", ("27.00000001", "12.00000000"))
    assert misses(opened(tmp_path / "near"))["all"] == pytest.approx(1e-8 / 1.5e-8, rel=1e-5)


def test_a_folder_without_its_system_or_not_empty(tmp_path: Path) -> None:
    store(tmp_path / "bare", ["a"], Order("colamd", None), {"all": Published(("1",), (), 128)})
    with pytest.raises(Refused, match="artefact_unreadable"):
        misses(opened(tmp_path / "bare"))
    with pytest.raises(Refused, match="artefact_exists"):
        store(tmp_path / "bare", ["a"], Order("colamd", None), {"all": Published(("1",), (), 128)})
    assert "about" not in json.loads((tmp_path / "bare" / "manifest.json").read_text())


def test_the_digits_have_a_hash_of_their_own(tmp_path: Path) -> None:
    stored(tmp_path / "one")
    system, case = background(None)
    e = np.asarray(case.c @ case.b).ravel()
    made = Published(("27.00000000", "12.00000000"), (), 128)
    order = Order("mmd", np.array([1, 0], dtype=np.int32))
    store(tmp_path / "two", system.labels, order, {"all": made}, direct={"all": e})
    one, two = opened(tmp_path / "one"), opened(tmp_path / "two")
    assert one.sha256 != two.sha256 and one.digits == two.digits
