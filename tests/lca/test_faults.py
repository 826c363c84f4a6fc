"""lca.faults: all faults of a request at once, each placed once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from lca.exact import Exact
from lca.faults import Collector, Fault, Notice, Refused


def test_refused_names_every_fault() -> None:
    refused = Refused([Fault("one", "/a", "1", "2"), Fault("two", found="x")])
    assert [fault.code for fault in refused.faults] == ["one", "two"]
    assert str(refused) == "one at /a: found 1; two at -: found x"


def test_a_fault_is_placed_without_being_changed() -> None:
    fault = Fault("number_unreadable", found="x")
    assert fault.at("sheet!B2") == Fault("number_unreadable", "sheet!B2", "x")
    assert fault.where == ""
    with pytest.raises(FrozenInstanceError):
        fault.code = "other"  # type: ignore[misc]


def test_the_collector_keeps_going_and_raises_once() -> None:
    faults = Collector()
    faults.raise_if_any()
    for place, text in (("/a", "1,5"), ("/b", "2.5"), ("/c", "1E99")):
        try:
            Exact.parse(text)
        except Refused as refused:
            faults.take(refused, place)
    with pytest.raises(Refused) as caught:
        faults.raise_if_any()
    found = [(fault.code, fault.where) for fault in caught.value.faults]
    assert found == [("number_unreadable", "/a"), ("number_too_large", "/c")]


def test_the_collector_does_not_move_a_fault_that_knows_its_place() -> None:
    faults = Collector()
    faults.take(Refused([Fault("x", "/own"), Fault("y")]), "/given")
    assert [fault.where for fault in faults.faults] == ["/own", "/given"]


def test_the_collector_keeps_one_of_two_equal_faults() -> None:
    faults = Collector()
    for _ in range(3):
        faults.add(Fault("x", "/a"))
    faults.add(Fault("x", "/b"))
    assert [fault.where for fault in faults.faults] == ["/a", "/b"]


def test_notices_compare_by_value() -> None:
    assert Notice("stale", "/a", {"year": "2021"}) == Notice("stale", "/a", {"year": "2021"})
    assert Notice("stale", "/a", {"year": "2021"}) != Notice("stale", "/a", {"year": "2022"})
