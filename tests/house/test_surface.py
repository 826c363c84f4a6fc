"""``pcr/api`` 1 and record schema 1 are frozen: what a third party's rule or an old record rests on stays."""

from __future__ import annotations

import pytest

from tests.house.surface import API, SCHEMA, api, broken, held, schema


@pytest.mark.parametrize(("path", "now"), [(API, api()), (SCHEMA, schema())], ids=["api 1", "schema 1"])
def test_no_promise_is_broken_and_none_is_unwritten(path: object, now: list[str]) -> None:
    """A new line is written down deliberately: ``python -m tests.house.surface --write``."""
    kept = held(path)  # type: ignore[arg-type]
    assert len(kept) > 100
    assert broken(kept, now) == []
    assert sorted(set(now) - set(kept)) == []


FROZEN = ["Row.id", "Row.note (optional)", "pcr.api.buy()", "pcr.api.buy() rows", "rule.yaml inputs/ kind"]


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        (FROZEN, []),
        ([*FROZEN, "Row.place (optional)", "pcr.api.sell()", "pcr.api.sell() rows", "pcr.api.NEW"], []),
        (FROZEN[1:], ["gone: Row.id"]),
        (["Row.id", "Row.note", *FROZEN[2:]], ["required now: Row.note"]),
        ([*FROZEN, "Row.place"], ["new and required: Row.place"]),
        ([*FROZEN, "pcr.api.buy() kinds"], ["new and required: pcr.api.buy() kinds"]),
        ([*FROZEN, "rule.yaml inputs/ unit"], ["new and required: rule.yaml inputs/ unit"]),
    ],
)
def test_what_counts_as_broken(now: list[str], wrong: list[str]) -> None:
    assert broken(FROZEN, now) == wrong
