"""lca.codec: what a record holds is what was computed with (architecture §5)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lca.codec import decode, encode
from lca.deferred import Allocate, Alternative, CutOff, Share, TopUp
from lca.exact import Exact
from lca.faults import Notice
from lca.inventory import (
    Electricity,
    Gap,
    Indicator,
    Inventory,
    Line,
    Reference,
    ResolvedFactor,
    ResolvedInventory,
    UnitProcess,
)
from lca.naming import FactorName, Range
from tests.lca._works import mill

words = st.text("abcz万度|@ ", max_size=5)
exacts = st.fractions(max_denominator=10**6).map(lambda q: Exact(q.numerator, q.denominator))
labels = st.dictionaries(st.sampled_from(["en", "zh"]), words, max_size=2)
ranges = st.builds(Range, exacts, st.none() | exacts, words, words, words)
names = st.builds(
    FactorName,
    id=words,
    series=words,
    year=st.none() | st.integers(1990, 2050),
    kinds=st.lists(words, max_size=2).map(tuple),
    named_by=st.sampled_from(["rule", "user", "policy"]),
    proxy=st.booleans(),
    range=st.none() | ranges,
    parameters=labels,
)
lines = st.builds(
    Line,
    id=words,
    process=words,
    kind=st.sampled_from(["own", "bought", "emission"]),
    amount=exacts,
    unit=words,
    target=words,
    basis=st.sampled_from(["measured", "calculated", "estimated"]),
    factor=st.none() | names,
    label=labels,
    excluded=words,
)
terms = st.one_of(
    st.builds(
        Allocate, words, words, st.lists(st.builds(Share, words, exacts, words, exacts), max_size=2).map(tuple), words
    ),
    st.builds(TopUp, words, exacts, words, st.lists(words, max_size=2).map(tuple), words),
    st.builds(CutOff, exacts, exacts, words),
    st.builds(
        Alternative, words, st.dictionaries(words, names, max_size=2), words, st.lists(words, max_size=2).map(tuple)
    ),
)
inventories = st.builds(
    Inventory,
    processes=st.lists(st.builds(UnitProcess, words, words, words, exacts, words, labels), max_size=2).map(tuple),
    lines=st.lists(lines, max_size=3).map(tuple),
    references=st.lists(
        st.builds(Reference, words, exacts, words, labels, exacts, st.sampled_from(["declared", "functional"])),
        max_size=2,
    ).map(tuple),
    stages=st.lists(st.tuples(words, labels), max_size=2).map(tuple),
    deferred=st.lists(terms, max_size=3).map(tuple),
    indicators=st.lists(st.builds(Indicator, words, exacts, words, labels), max_size=2).map(tuple),
    electricity=st.lists(
        st.builds(
            Electricity, words, words, words, words, exacts, words, words, st.lists(words, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    statements=labels,
    notices=st.lists(st.builds(Notice, words, words, labels), max_size=2).map(tuple),
    checks=st.dictionaries(words, st.tuples(exacts, exacts), max_size=2),
)
factors = st.builds(
    ResolvedFactor,
    *[words] * 3,
    st.dictionaries(words, exacts, max_size=3),
    *[words] * 8,
    labels,
    st.sampled_from(["supplier", "official", "proxy"]),
    notices=st.lists(st.builds(Notice, words), max_size=1).map(tuple),
    may_redistribute=st.booleans(),
)
gaps = st.builds(Gap, words, words, st.none() | ranges, words, words)
answers = st.dictionaries(words, st.one_of(factors, gaps), max_size=3)


def plain(value: Any) -> bool:
    """No float, no tuple, no dataclass: what JSON holds."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(part) for key, part in value.items())
    return all(map(plain, value)) if isinstance(value, list) else value is None or type(value) in (str, int, bool)


@given(inventories)
def test_inventories_there_and_back(inventory: Inventory) -> None:
    shown = json.loads(json.dumps(encode(inventory)))
    assert plain(shown)
    assert decode(Inventory, shown) == inventory


@given(st.builds(ResolvedInventory, inventories, answers, st.dictionaries(words, answers, max_size=2)))
def test_resolved_inventories_there_and_back(resolved: ResolvedInventory) -> None:
    back = decode(ResolvedInventory, json.loads(json.dumps(encode(resolved))))
    assert back == resolved
    assert {key: type(value) for key, value in back.factors.items()} == {
        key: type(value) for key, value in resolved.factors.items()
    }


def test_the_mill_there_and_back() -> None:
    assert decode(ResolvedInventory, encode(mill())) == mill()


def test_fields_at_their_default_are_left_out() -> None:
    """So that a later version with one more field gives the same bytes for old data."""
    line = Line("l", "p", "bought", Exact("0.50"), "kg", "t")
    assert encode(line) == {"id": "l", "process": "p", "kind": "bought", "amount": "0.5", "unit": "kg", "target": "t"}
    assert encode(FactorName(id="x", year=2024, proxy=True)) == {"id": "x", "year": 2024, "proxy": True}


def test_an_exact_is_its_canonical_text() -> None:
    assert encode({"a": Exact(1, 3), "b": (Exact("1.50"), [Exact(-2)])}) == {"a": "1/3", "b": ["1.5", ["-2"]]}


@dataclass(frozen=True)
class Sample:
    flag: bool = False
    count: int = 0
    values: tuple[str, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    kind: Literal["a", "b"] = "a"
    number: Exact = field(default_factory=Exact)
    anything: Any = None


def test_false_and_zero_are_two_things() -> None:
    assert encode(Sample(count=0, flag=False)) == {}
    assert encode(Sample(count=False)) == {"count": False}
    assert encode(Sample(flag=True, number=Exact(0))) == {"flag": True}
    assert decode(Sample, {"values": ["x"], "pairs": [["y", 2]], "number": "1/7", "anything": [1]}) == Sample(
        values=("x",), pairs=(("y", 2),), number=Exact(1, 7), anything=[1]
    )


@pytest.mark.parametrize("value", [0.5, {1, 2}, b"x", object(), float("nan")])
def test_a_record_holds_nothing_else(value: Any) -> None:
    with pytest.raises(TypeError, match=f"a record holds no {type(value).__name__}"):
        encode({"x": [value]})


@pytest.mark.parametrize("kind", [Line, FactorName, Inventory, ResolvedFactor, Gap, Range])
def test_unknown_fields_are_refused(kind: type[Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown fields \['surprise'\]"):
        decode(kind, {"surprise": "x"})


def test_unknown_fields_are_refused_deep_inside() -> None:
    shown = encode(mill())
    shown["inventory"]["lines"][0]["offset"] = "1"
    with pytest.raises(ValueError, match=r"unknown fields \['offset'\]"):
        decode(ResolvedInventory, shown)


@pytest.mark.parametrize("name", [f.name for f in fields(Line)][:6])
def test_required_fields_are_required(name: str) -> None:
    shown = encode(Line("l", "p", "bought", Exact(1), "kg", "t"))
    del shown[name]
    with pytest.raises(TypeError, match=name):
        decode(Line, shown)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "given"),
        ("basis", "guessed"),
        ("unit", 5),
        ("unit", None),
        ("amount", "many"),
        ("amount", "1/0"),
        ("amount", 1),
        ("amount", None),
        ("factor", "grid"),
        ("factor", []),
        ("label", []),
        ("label", "en"),
    ],
)
def test_values_of_another_form_are_refused(name: str, value: Any) -> None:
    """A record's reader calls ValueError, KeyError and TypeError tampered: no other error may come out."""
    shown = encode(Line("l", "p", "bought", Exact(1), "kg", "t")) | {name: value}
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(Line, shown)


@pytest.mark.parametrize("data", [None, [], "x", 5, ["id"]])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(Line, data)


def test_a_list_written_as_one_word_is_refused() -> None:
    """``kinds: "abc"`` must not become the three kinds a, b and c."""
    with pytest.raises((ValueError, TypeError)):
        decode(FactorName, {"kinds": "abc"})


def test_true_is_no_year() -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(FactorName, {"year": True})


def test_tuples_of_a_fixed_length_keep_it() -> None:
    with pytest.raises(ValueError, match="zip"):
        decode(Sample, {"pairs": [["y"]]})


def test_the_kind_of_a_deferred_term_is_told_by_its_fields() -> None:
    for term in (
        Allocate("p", "mass", (Share("a", Exact(1), "kg", Exact(2)),), "why"),
        TopUp("p", Exact(1), "kg", ("l",), "why"),
        CutOff(Exact("0.01"), Exact("0.05"), "why"),
        Alternative("average", {"l": FactorName(id="x")}, "why", ("m",)),
    ):
        inventory = Inventory((), (), (), (), (term,))
        (back,) = decode(Inventory, encode(inventory)).deferred
        assert type(back) is type(term)
        assert back == term


def test_no_form_fits() -> None:
    with pytest.raises(ValueError, match="no form of"):
        decode(Inventory, {"processes": [], "lines": [], "references": [], "stages": [], "deferred": [{"id": "x"}]})
