"""Work in a process of its own: what comes back, what is refused, and that it really ends with its time."""

from __future__ import annotations

import os
import time

import pytest

from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.limited import limited
from lca.solve import rational_levels
from lca.system import make_system

LOOP = make_system(
    {("x", "p"): Exact(1), ("y", "p"): Exact(-1, 3), ("y", "q"): Exact(1), ("x", "q"): Exact(-1, 2)}, {}, {}
)
"""By hand: p - q/2 = 1 and q = p/3, so p = 6/5 and q = 2/5."""


def test_numbers_come_back_exact_and_from_elsewhere() -> None:
    found = limited(rational_levels, LOOP, {"x": Exact(1)}, where="x", found="2 processes")
    assert found == {"p": Exact(6, 5), "q": Exact(2, 5)}
    assert limited(os.getpid, where="x", found="") != os.getpid()


def test_what_is_refused_there_is_refused_here() -> None:
    singular = make_system(
        {("x", "p"): Exact(1), ("x", "q"): Exact(1), ("y", "p"): Exact(1), ("y", "q"): Exact(1)}, {}, {}
    )
    with pytest.raises(Refused) as refused:
        limited(rational_levels, singular, {"x": Exact(1)}, where="x", found="2 processes")
    assert [fault.code for fault in refused.value.faults] == ["singular"]


def test_it_ends_with_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PCF_SOLVE_SECONDS", "0.5")
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        limited(time.sleep, 3600, where="steel", found="300 processes")
    assert time.monotonic() - start < 60  # an hour was asked for
    assert refused.value.faults == (Fault("solve_too_long", "steel", "300 processes", "0.5 s (PCF_SOLVE_SECONDS)"),)


@pytest.mark.parametrize("text", ["0", "-1", "soon", "inf", "nan"])
def test_a_limit_that_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCF_SOLVE_SECONDS", text)
    with pytest.raises(Refused) as refused:
        limited(os.getpid, where="x", found="")
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [("solve_limit", text)]


def test_a_break_is_told_with_its_last_words() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        limited(divmod, 1, 0, where="x", found="")
