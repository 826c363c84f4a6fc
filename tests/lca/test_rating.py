"""The data-quality rating of a study: by hand, and where it is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lca.deferred import Rate
from lca.exact import Exact
from lca.inventory import Gap, Line, ResolvedFactor
from lca.naming import FactorName
from lca.rating import CONDITIONS, conditions, rate
from lca.weigh import Band
from pcr.methods.quality.v1 import rating_term

FACTOR = ResolvedFactor(
    "f", "f", "kg", {}, "1", "2023", "CN", "cradle_to_gate", "seen", "s", "l", "public:x", {}, "official"
)  # fmt: skip
BOUGHT = Line("a/b", "a", "bought", Exact(1), "kg", "f", factor=FactorName(year=2024))
SMOKE = Line("a/c", "a", "emission", Exact(1), "kg", "CO2|fossil")
EF = rating_term("ef_dqr")


def band(value: int) -> Band:
    return Band(Exact(value), Exact(value))


def test_two_contributions_by_hand() -> None:
    """Own measured smoke (1, 1, 1, 1) at 300, an official factor a year old (2, 1, 2, 1) at 100: 3/4 + 1/4 x 6/4."""
    found = rate(EF, [(SMOKE, None, band(300)), (BOUGHT, FACTOR, band(100))])
    assert found.score == Exact(9, 8)
    assert found.criteria == {
        "technology": Exact(5, 4), "geography": Exact(1), "time": Exact(5, 4), "precision": Exact(1)
    }  # fmt: skip
    assert found.level == "excellent"


def test_a_credit_weighs_by_its_size() -> None:
    credit = rate(EF, [(SMOKE, None, band(300)), (BOUGHT, FACTOR, band(-100))])
    assert credit.score == Exact(9, 8)


@pytest.mark.parametrize(
    ("change", "criterion", "condition"),
    [
        ({"data_class": "supplier"}, "technology", "supplier"),
        ({"data_class": "proxy", "distance": {"technology": "a -> b"}}, "technology", "near"),
        ({"data_class": "proxy", "distance": {"place": "CN -> DE"}}, "geography", "other"),
        ({"year": "2021"}, "time", "up_to_3"),
        ({"year": "2020"}, "time", "up_to_6"),
        ({"year": "2018"}, "time", "up_to_6"),
        ({"year": "2014"}, "time", "up_to_10"),
        ({"year": "2013"}, "time", "over_10"),
        ({"year": ""}, "time", "unknown"),
    ],
)
def test_the_condition_of_a_factor(change: dict[str, object], criterion: str, condition: str) -> None:
    assert conditions(BOUGHT, replace(FACTOR, **change))[criterion] == condition  # type: ignore[arg-type]


def test_a_gap_is_the_worst_of_everything() -> None:
    found = conditions(BOUGHT, Gap("", "kg", None))
    assert found == {name: items[-1] for name, items in CONDITIONS.items()}
    closed = rate(EF, [(BOUGHT, Gap("", "kg", None), Band(Exact(1), Exact(4)))])
    assert closed.score == Exact(19, 4), "5, 5, 5 and 4 for an amount that nobody measured"
    assert closed.level == "poor"


def test_a_gap_open_above_leaves_the_rating_unknown() -> None:
    found = rate(EF, [(SMOKE, None, band(300)), (BOUGHT, Gap("", "kg", None), Band(Exact(0), None))])
    assert (found.score, found.level) == (None, "")


@pytest.mark.parametrize("scheme", ["ef_dqr", "pact"])
def test_a_scheme_scores_every_condition_and_never_better_for_worse(scheme: str) -> None:
    term = rating_term(scheme)
    for criterion in term.criteria:
        scores = [term.scores[f"{criterion}/{condition}"] for condition in CONDITIONS[criterion]]
        assert scores == sorted(scores)
    assert {key.partition("/")[0] for key in term.scores} == set(term.criteria)


def test_a_scheme_without_levels_names_none() -> None:
    term = Rate("plain", ("time",), {"time/own": Exact(1)}, (), "test", "测试")
    assert rate(term, [(SMOKE, None, band(1))]).level == ""
