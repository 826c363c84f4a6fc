"""Replaced columns against rationals: own mixes, loops that close, treatments, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import csr_array

from lca.faults import Refused
from lca.large.artefact import Artefact, Indicator, opened, store
from lca.large.digits import Published
from lca.large.factor import factor
from lca.large.krylov import Krylov
from lca.large.order import Order
from lca.large.system import LargeSystem, large_system
from lca.large.whatif import Column, replaced
from tests.lca._large import Floats, drawn, fractions, rational, small

COLAMD = Order("colamd", None)


def artefact(system: LargeSystem, e: Floats, y: Floats) -> Artefact:
    """As it is opened; ``y`` per unit made or treated."""
    return Artefact(system.labels, COLAMD, {"all": Indicator(y, None, "", e)}, "", {}, system)


def mix() -> Artefact:
    """Steel takes 2 of the mix and sets 1 free; the mix is 3/4 coal (1) and 1/4 wind (0); wind takes 0.1 of steel."""
    a = np.array([[1.0, 0, 0, -0.1], [-2, 1, 0, 0], [0, -0.75, 1, 0], [0, -0.25, 0, 1]])
    system = large_system(["steel", "mix", "coal", "wind"], csr_array(a))
    # s = 1 + 2 m, m = 0.75 + 0.025 s: s = 2.5 / 0.95, m = 0.775 / 0.95
    y = np.array([2.5 / 0.95, 0.775 / 0.95, 1.0, 0.25 / 0.95])
    return artefact(system, np.array([1.0, 0.0, 1.0, 0.0]), y)


def test_an_own_mix_by_hand() -> None:
    """Wind alone: s = 1 + 2 m, m = w = 0.1 s: s = 1.25, m = 0.125, w = 0.125; coal is not touched."""
    found = replaced(mix(), {"mix": Column({"wind": 1.0}, keeps_direct=True)}, ["all"])["all"]
    assert found.after == pytest.approx([1.25, 0.125, 1.0, 0.125], rel=1e-11)
    assert found.before[0] == pytest.approx(2.5 / 0.95) and found.error <= 1e-12
    # two columns, the steel without its own kilogram: s = 2 m, m = 0.5 c + 0.5 w, w = 0, c = 1
    both = {
        "mix": Column({"wind": 0.5, "coal": 0.5}, True),
        "wind": Column({}, True),
        "steel": Column({"mix": 2.0}, False),
    }
    found = replaced(mix(), both, ["all"])["all"]
    assert found.after == pytest.approx([1.0, 0.5, 1.0, 0.0], rel=1e-11, abs=1e-12)


def test_the_same_column_takes_no_step() -> None:
    same = replaced(mix(), {"mix": Column({"coal": 0.75, "wind": 0.25}, True)}, ["all"])["all"]
    assert same.iterations == 0 and same.after.tolist() == same.before.tolist()


def test_a_treatment_is_given_what_it_treats() -> None:
    """Burning 1 kg of waste sets 2 free; the works gives it 0.5 kg instead of 0.25: 1 + 0.5 x 2."""
    system = large_system(["burn", "works"], csr_array(np.array([[-1.0, 0.25], [0.0, 1.0]])))
    stored = artefact(system, np.array([2.0, 1.0]), np.array([2.0, 1.5]))
    found = replaced(stored, {"works": Column({"burn": 0.5}, True)}, ["all"])["all"]
    assert found.after == pytest.approx([2.0, 2.0], rel=1e-12)


@settings(max_examples=40)
@given(drawn())
def test_every_replaced_column_is_that_of_the_rational_solve(case: tuple[LargeSystem, Floats]) -> None:
    """The last process takes a quarter of the first instead of what it took, and nothing else; amounts in units of
    the makers' own output."""
    system, e = case
    if system.size < 2:
        return
    first, last = system.labels[0], system.labels[-1]
    size, own = abs(system.diagonal[0]), system.diagonal[-1]
    sign = np.sign(system.diagonal)
    before = np.array([float(v) for v in fractions(rational(system, e))])
    dense = system.transposed.toarray()
    dense[-1] = 0.0
    dense[-1, -1] = own
    dense[-1, 0] = -0.25 * size / abs(own) * abs(own) * sign[0]
    column = Column({first: 0.25 * size / abs(own)}, True)
    try:
        found = replaced(artefact(system, e, before * sign), {last: column}, ["all"])["all"]
    except Refused as refused:  # by way of the first's inputs it may take all it makes
        assert {fault.code for fault in refused.faults} == {"large_gain"}
        return
    changed = LargeSystem(system.labels, csr_array(dense))
    truth = np.array([float(value) for value in fractions(rational(changed, e))]) * sign
    scale = changed.comparison(e)
    # The restart begins at the old intensities, so what they were bounds how far a sum of old and step can be off.
    size_of = max(np.abs(found.before).max(), 0.0 if scale is None else np.abs(scale).max())
    assert scale is None or np.abs(found.after - truth).max() <= 1e-11 * size_of


def test_two_thousand_processes_start_where_they_were() -> None:
    """A replaced hub moves most of the others; fewer steps than from nothing, to the same intensities."""
    made, system, e = small()
    y = factor(system, COLAMD).refined(e)
    hub = made.labels[0]
    row = slice(system.transposed.indptr[0], system.transposed.indptr[1])
    takes = zip(system.transposed.indices[row].tolist(), system.transposed.data[row].tolist(), strict=True)
    sign = np.sign(system.diagonal)
    own = abs(system.diagonal[0])
    inputs = {made.labels[i]: -0.9 * amount / own * float(sign[i]) for i, amount in takes if i}
    found = replaced(artefact(system, e, y * sign), {hub: Column(inputs, True)}, ["all"])["all"]
    dense = system.transposed.tolil()
    for i in inputs:
        k = made.labels.index(i)
        dense[0, k] = dense[0, k] * 0.9
    truth = factor(LargeSystem(system.labels, csr_array(dense)), COLAMD).refined(e) * sign
    assert np.abs(found.after / truth - 1).max() < 1e-10
    assert (np.abs(found.after / found.before - 1) > 1e-9).sum() > 1000
    cold = Krylov(LargeSystem(system.labels, csr_array(dense))).intensities(e)
    assert 0 < found.iterations < cold.iterations


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        replaced(mix(), {"mxi": Column({"coal": 1.0, "sun": 1.0}, True)}, ["all"])
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("large_unknown", "mxi"), ("large_unknown", "sun"),
    ]  # fmt: skip
    with pytest.raises(Refused, match=r"large_gain at (steel > mix|mix > steel)"):
        replaced(mix(), {"mix": Column({"steel": 0.5}, True)}, ["all"])
    with pytest.raises(Refused, match="large_not_finite at mix / coal"):
        replaced(mix(), {"mix": Column({"coal": float("nan")}, True)}, ["all"])
    store(tmp_path / "b", ["a"], COLAMD, {"all": Published(("1",), (), 128)})
    with pytest.raises(Refused, match="artefact_unreadable"):
        replaced(opened(tmp_path / "b"), {"a": Column({}, True)}, ["all"])


def test_the_base_case_is_the_rational_one() -> None:
    """What the hand numbers above start from: s = 50/19."""
    stored = mix()
    assert stored.system is not None
    found = fractions(rational(stored.system, np.array([1.0, 0.0, 1.0, 0.0])))
    assert abs(found[0] - Fraction(50, 19)) < Fraction(1, 10**15)
