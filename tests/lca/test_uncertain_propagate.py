"""Propagation against closed forms: products, sums, reciprocals, loops; and laws that no machine may break."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lca.deferred import Allocate, Share
from lca.exact import ONE, ZERO, Exact
from lca.faults import Refused
from lca.inventory import ResolvedInventory
from lca.settle import settle
from lca.uncertain.compiled import compiled
from lca.uncertain.distributions import Distribution, Floats, Lognormal, Uniform
from lca.uncertain.draws import CHUNK, uniforms
from lca.uncertain.elimination import eliminated
from lca.uncertain.foreground import Answer, Foreground, Response, Term, answers, factor_ids, foreground, places
from lca.uncertain.gradient import elasticities, screening_gsd
from lca.uncertain.mapping import on_processes
from lca.uncertain.propagate import chunk_of, propagate, scores_at
from tests.lca._works import bought, calculate, co2, emitted, factor, own, process, reference, works

N = 4096
WIDE = Lognormal(ONE, Exact("1.3"))


def of(name: str) -> Response:
    return Response(name, ZERO, ONE)


def a(row: str, column: str, value: str, *responses: Response) -> Term:
    return Term("A", row, column, Exact(value), responses)


def b(column: str, value: str, *responses: Response) -> Term:
    return Term("B", "CO2|fossil", column, Exact(value), responses)


def system(*terms: Term, products: tuple[str, ...] = ("p",)) -> Foreground:
    demand = [Term("f", product, product, ONE) for product in products]
    return Foreground((*terms, *demand), products, {"total": {"CO2|fossil": ONE}})


def scores(made: Foreground, uncertain: Mapping[str, Distribution], draws: int = N, seed: int = 1) -> Floats:
    return propagate(made, uncertain, draws, seed)[:, 0, 0]


def x_of(name: str, distribution: Distribution, draws: int = N) -> Floats:
    return distribution.quantile(np.concatenate([uniforms(1, name, k) for k in range(-(-draws // CHUNK))]))[:draws]


def one_of(column: str) -> Term:
    return a(f"{column}-made", column, "1")


def test_a_product_of_lognormals_is_lognormal() -> None:
    """Amount times factor: median m, variance of ln the sum of the two (Limpert et al. 2001)."""
    made = system(a("p", "P", "1"), one_of("f"), a("f-made", "P", "-2", of("row")), b("f", "3", of("factor")))
    found = np.log(scores(made, {"row": WIDE, "factor": Lognormal(ONE, Exact("1.1"))}))
    sd = math.hypot(math.log(1.3), math.log(1.1))
    assert abs(found.mean() - math.log(6)) < 4 * sd / math.sqrt(N)
    assert abs(found.std(ddof=1) - sd) < 4 * sd / math.sqrt(2 * N)
    assert screening_gsd({"row": 1, "factor": 1}, {"row": WIDE, "factor": Lognormal(ONE, Exact("1.1"))}) == (
        pytest.approx(math.exp(sd), rel=1e-12)
    )


def test_one_factor_used_twice_is_one_draw() -> None:
    """Var(x + x) = 4 Var x; of two factors Var(x + y) = 2 Var x."""
    one = system(a("p", "P", "1"), b("P", "1", of("x")), b("P", "1", of("x")))
    two = system(a("p", "P", "1"), b("P", "1", of("x")), b("P", "1", of("y")))
    narrow = Lognormal(ONE, Exact("1.1"))
    variance = math.exp(math.log(1.1) ** 2) * (math.exp(math.log(1.1) ** 2) - 1)
    error = math.sqrt(2 / N) * 1.3  # of a sample variance; the kurtosis of this lognormal adds less than a third
    assert scores(one, {"x": narrow}).var(ddof=1) / variance == pytest.approx(4, rel=4 * error)
    assert scores(two, {"x": narrow, "y": narrow}).var(ddof=1) / variance == pytest.approx(2, rel=4 * error)
    np.testing.assert_allclose(scores(one, {"x": narrow}), 2 * x_of("x", narrow), rtol=1e-14)


def test_an_uncertain_output_divides() -> None:
    made = system(a("p", "P", "4", of("x")), b("P", "2"))
    np.testing.assert_allclose(scores(made, {"x": WIDE}), 0.5 / x_of("x", WIDE), rtol=1e-14)


def test_an_uncertain_loop_by_hand() -> None:
    """P takes 0.5 x of Q, Q takes 0.4 of P: s_P = 1 / (1 - 0.2 x), s_Q = 0.5 x s_P; total 3 s_P + 2 s_Q."""
    made = system(
        a("p", "P", "1"), a("q", "P", "-0.5", of("x")), a("p", "Q", "-0.4"), a("q", "Q", "1"), b("P", "3"), b("Q", "2")
    )
    x = x_of("x", WIDE)
    np.testing.assert_allclose(scores(made, {"x": WIDE}), (3 + x) / (1 - 0.2 * x), rtol=1e-13)


def test_powers_and_lines() -> None:
    """(1 - 0.25 + 0.25 x) * x^-2."""
    made = system(
        a("p", "P", "1"),
        b("P", "8", Response("x", Exact("0.75"), Exact("0.25")), Response("x", ONE, ZERO, Exact(-2))),
    )
    x = x_of("x", WIDE)
    np.testing.assert_allclose(scores(made, {"x": WIDE}), 8 * (0.75 + 0.25 * x) / x**2, rtol=1e-13)
    assert elasticities(made, ["x"])["x"][0, 0] == pytest.approx(0.25 - 2, rel=1e-14)


def test_demand_may_move() -> None:
    made = system(a("p", "P", "1"), b("P", "3"))
    moved = Foreground((*made.terms[:2], Term("f", "p", "p", ONE, (of("x"),))), ("p",), made.methods)
    np.testing.assert_allclose(scores(moved, {"x": WIDE}), 3 * x_of("x", WIDE), rtol=1e-14)
    assert elasticities(moved, ["x"])["x"][0, 0] == pytest.approx(1, rel=1e-14)


def test_several_products_share_a_draw() -> None:
    made = system(
        a("p", "P", "1"), a("r", "R", "1"), b("P", "1", of("x")), b("R", "5", of("x")), products=("p", "r")
    )  # fmt: skip
    found = propagate(made, {"x": WIDE}, N, 1)[:, :, 0]
    np.testing.assert_allclose(found[:, 1], 5 * found[:, 0], rtol=1e-14)


@pytest.mark.parametrize("moving", ["A", "B"])
def test_workers_chunks_and_number_of_draws_move_no_byte(moving: str) -> None:
    terms = (a("p", "P", "1", of("x")), b("P", "3")) if moving == "A" else (a("p", "P", "1"), b("P", "3", of("x")))
    made, uncertain = system(*terms), {"x": WIDE}
    one = propagate(made, uncertain, 1000, 11)
    assert one.shape == (1000, 1, 1)
    assert one.tobytes() == propagate(made, uncertain, 1000, 11, on_processes(2)).tobytes()
    assert one.tobytes() == propagate(made, uncertain, 5000, 11)[:1000].tobytes()
    numbers = compiled(made, uncertain)
    backwards = [chunk_of(numbers, 11, k) for k in reversed(range(4))][::-1]
    assert one.tobytes() == np.concatenate(backwards)[:1000].tobytes()
    assert one.tobytes() == propagate(made, uncertain, 1000, 11).tobytes()
    assert not np.intersect1d(one, propagate(made, uncertain, 1000, 12)).size


def test_another_variable_moves_no_draw_of_this_one() -> None:
    made = system(a("p", "P", "1"), a("q", "Q", "1"), b("P", "3", of("x")), b("Q", "1", of("y")))
    both = scores(made, {"x": WIDE, "y": WIDE})
    assert scores(made, {"x": WIDE}).tobytes() == both.tobytes()


def test_a_draw_without_a_solution_is_named() -> None:
    """P takes 0.5 x of itself through Q: above x = 2 the loop makes less than it takes."""
    made = system(a("p", "P", "1"), a("q", "P", "-0.5", of("x")), a("p", "Q", "-1"), a("q", "Q", "1"), b("P", "1"))
    x = x_of("x", Lognormal(ONE, Exact("1.5")), 512)
    with pytest.raises(Refused) as refused:
        scores(made, {"x": Lognormal(ONE, Exact("1.5"))}, 512)
    (fault,) = refused.value.faults
    assert (fault.code, fault.where) == ("draw_breaks", f"draw {int(np.flatnonzero(x > 2)[0])}")
    with pytest.raises(Refused) as refused:
        scores_at(made, {"x": Exact(2)})
    assert refused.value.faults[0].found == "no single solution"


def test_a_quantity_below_zero_is_named() -> None:
    with pytest.raises(Refused) as refused:
        scores(system(a("p", "P", "1"), b("P", "1", of("x"))), {"x": Uniform(Exact(-1), ONE)})
    assert refused.value.faults[0].found == "a quantity of zero or below"


def test_rows_and_columns_must_match() -> None:
    with pytest.raises(Refused) as refused:
        compiled(system(a("p", "P", "1"), a("q", "P", "-1"), b("P", "1")), {})
    assert refused.value.faults[0].code == "singular"


@settings(deadline=None, max_examples=60)
@given(
    arrays(np.float64, (3, 4, 4), elements=st.integers(-4, 4).map(float)),
    arrays(np.float64, (3, 4, 2), elements=st.integers(-9, 9).map(float)),
)
def test_elimination_solves(matrices: Floats, rights: Floats) -> None:
    """A x = b to round-off wherever the determinant is not zero; zeros on the diagonal included."""
    x, singular = eliminated(matrices, rights)
    for number in range(3):
        if abs(np.linalg.det(matrices[number])) > 0.5:
            np.testing.assert_allclose(matrices[number] @ x[number], rights[number], atol=1e-9)
    if singular is not None:
        assert abs(np.linalg.det(matrices[singular])) < 0.5


@pytest.mark.parametrize("draws", [1, 2])
def test_elimination_leaves_what_it_is_given(draws: int) -> None:
    """By hand: 2 x + y = 5, 4 x = 4; the pivot is in the second row, and the matrices stand as they were."""
    matrices = np.array([[[2.0, 1.0], [4.0, 0.0]]] * draws)
    rights = np.array([[[5.0], [4.0]]] * draws)
    x, singular = eliminated(matrices, rights)
    assert singular is None and x.tolist() == [[[1.0], [3.0]]] * draws
    assert matrices.tolist() == [[[2.0, 1.0], [4.0, 0.0]]] * draws and rights.tolist() == [[[5.0], [4.0]]] * draws


def loop_works() -> ResolvedInventory:
    """Two processes in a loop, one allocated to two products, one factor used in both, a fuel and an emission."""
    parts = [process("kiln", "clinker", "100"), process("mill", "cement", "120")]
    lines = [
        own("take", "mill", "clinker", "90"),
        own("back", "kiln", "cement", "1"),
        bought("power-kiln", "kiln", "300", "kWh", "grid"),
        bought("power-mill", "mill", "200", "kWh", "grid"),
        emitted("calcination", "kiln", "52"),
    ]
    factors = {"power-kiln": co2("grid", "0.6", "kWh"), "power-mill": co2("grid", "0.6", "kWh")}
    split = Allocate(
        "kiln", "mass", (Share("clinker", Exact(95), "kg", ONE), Share("dust", Exact(5), "kg", Exact(2))), "test"
    )
    return works(parts, lines, factors, [reference("cement", "119"), reference("dust", "5")], split)


def test_the_terms_of_a_works_give_its_footprints() -> None:
    held = loop_works()
    expected = calculate(held, "AR6", "one")
    made = foreground(expected.resolved, {}, {"grid": "factor:grid"}, "AR6", "one")
    assert made.products == ("cement", "dust")
    for found, name in zip(scores_at(made, {}), made.products, strict=True):
        assert found[0] == pytest.approx(float(expected.footprints[name].total.low or ZERO), rel=1e-12)


def test_a_factor_is_one_variable_in_every_line_and_its_elasticity_is_its_share() -> None:
    expected = calculate(loop_works(), "AR6", "one")
    made = foreground(expected.resolved, {}, {"grid": "factor:grid"}, "AR6", "one")
    twice = scores_at(made, {"factor:grid": Exact(2)})[:, 0]
    once = scores_at(made, {})[:, 0]
    for place, name in enumerate(made.products):
        parts = expected.footprints[name].contributions
        share = sum(float(part.co2e.low or ZERO) for part in parts if part.source == "grid")
        assert twice[place] - once[place] == pytest.approx(share, rel=1e-12)
        assert elasticities(made, ["factor:grid"])["factor:grid"][place, 0] == pytest.approx(
            share / once[place], rel=1e-12
        )
    assert set(factor_ids(expected.resolved).values()) == {"grid"}


def test_elasticities_are_those_of_small_steps() -> None:
    """Central differences of the solved system, in A, B and f at once."""
    base = settle(loop_works(), "AR6", "one")
    moving = {"x": {place: Answer(value / 3, True) for place, value in places(base).items() if place[0] != "f"}}
    made = foreground(base, moving, {"grid": "factor:grid"}, "AR6", "one")
    step = Exact(1, 10**4)
    for name in ("x", "factor:grid"):
        up, down = (scores_at(made, {name: ONE + sign * step})[:, 0] for sign in (Exact(1), Exact(-1)))
        found = elasticities(made, [name])[name][:, 0]
        np.testing.assert_allclose(found, (up - down) / scores_at(made, {})[:, 0] / 2e-4, rtol=1e-6, atol=1e-10)


def test_every_gas_of_a_factor_moves_with_it() -> None:
    """2 kg of CO2 and 0.01 kg of N2O at 273 (AR6, table 7.15): 4.73 a unit, all of it times the multiplier."""
    gas = factor("gas", CO2__fossil="2", N2O__fossil="0.01")
    held = works([process("P", "p", "1")], [bought("gas", "P", "1")], {"gas": gas}, [reference("p", "1")])
    made = foreground(settle(held, "AR6", "one"), {}, {"gas": "factor:gas"}, "AR6", "one")
    assert scores_at(made, {})[0, 0] == pytest.approx(4.73, rel=1e-12)
    assert scores_at(made, {"factor:gas": Exact("1.5")})[0, 0] == pytest.approx(7.095, rel=1e-12)


def test_a_term_that_is_zero_as_entered_appears_as_the_variable_moves() -> None:
    """Slope 5 from nothing: 3 as entered, 3 + 5 x 0.2 at 1.2."""
    held = works([process("P", "p", "1")], [emitted("e", "P", "3")], {}, [reference("p", "1")])
    new = {("B", "CO2|fossil", "P", "new"): Answer(Exact(5), True)}
    made = foreground(settle(held, "AR6", "one"), {"x": new}, {}, "AR6", "one")  # type: ignore[dict-item]
    assert scores_at(made, {})[0, 0] == pytest.approx(3, rel=1e-15)
    assert scores_at(made, {"x": Exact("1.2")})[0, 0] == pytest.approx(4, rel=1e-14)
    assert elasticities(made, ["x"])["x"][0, 0] == pytest.approx(5 / 3, rel=1e-14)


def test_how_a_term_answers() -> None:
    """Affine, reciprocal, a jump, a bend, and one that is not there as entered."""
    key = ("B", "CO2|fossil", "P", "line")
    step = Exact(1, 1000)

    def found(entered: str, up: Exact, down: Exact) -> Answer:
        base = {key: Exact(entered)} if Exact(entered) else {}
        return answers(base, [(step, {key: up}), (-step, {key: down})])[key]  # type: ignore[arg-type, dict-item, index]

    assert found("2", Exact("2.003"), Exact("1.997")) == Answer(Exact(3), True, True)
    assert found("0", Exact("0.003"), Exact("-0.003")) == Answer(Exact(3), True, True)
    reciprocal = found("1", ONE / (ONE + step), ONE / (ONE - step))
    assert (reciprocal.affine, reciprocal.smooth) == (False, True)
    assert float(reciprocal.slope) == pytest.approx(-1, rel=1e-5)
    assert not found("1", Exact(2), ONE).smooth
    assert not found("1", Exact("1.003"), ONE).smooth
    assert not answers({key: ONE}, [(step, {key: Exact("1.003")})])[key].affine  # type: ignore[dict-item, index]
