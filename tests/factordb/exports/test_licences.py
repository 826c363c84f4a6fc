"""No export holds a number whose licence forbids passing it on (issue 4: a test greps every export)."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factordb.check import check
from factordb.exports.door import WRITERS, export, from_place
from factordb.exports.passable import passable, withheld
from factordb.factor import Factor
from factordb.lookup import resolve
from factordb.release import Release
from lca.faults import Refused
from lca.inventory import Gap
from lca.naming import FactorName
from tests.factordb._made import CLOSED, LICENCE, content, factor
from tests.factordb.conftest import bought, inventory
from tests.factordb.exports._help import SECRET, SOURCES, every_byte, full, mixed, source

NAMES = {"json": "a.json", "csv": "a", "xlsx": "a.xlsx", "brightway": "b.zip", "jsonld": "j.zip"}
FEW = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("form", WRITERS)
@FEW
@given(closed=st.sets(st.sampled_from(SOURCES)).map(frozenset))
def test_what_is_closed_is_in_no_byte_and_what_is_open_is(form: str, closed: frozenset[str]) -> None:
    release = Release(mixed(closed))
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAMES[form]
        export(release, form, path)
        everything = b"\n".join(every_byte(path))
    for index, name in enumerate(SOURCES):
        assert (f"{SECRET}{index}".encode() in everything) == (name not in closed)
    for text in ("Somebody", "相同方式共享", "Share alike", "Own use only", "Document a"):
        assert text.encode() in everything


@given(closed=st.sets(st.sampled_from(SOURCES), min_size=1).map(frozenset))
@FEW
def test_a_reference_says_what_and_where_and_can_be_sealed(closed: frozenset[str]) -> None:
    before = Release(mixed(closed))
    after = passable(before)
    check(after)
    kept = ("id", "name_en", "name_zh", "unit", "kind", "place", "year", "source")
    for row in after.factors:
        whole = before.factors[row.id]
        assert all(getattr(row, name) == getattr(whole, name) for name in kept)
        assert (row.status == "withheld") == (row.source in closed)
        assert row == whole or row.source in closed
    assert set(withheld(after).unit_processes) == {f"p-{name}" for name in closed}
    assert after.meta["id"] == "made-1-open" and before.sha256 not in str(after)
    assert passable(Release(after)) == replace(after, factors=after.factors)


def test_nothing_withheld_is_the_release_itself() -> None:
    release = Release(mixed(frozenset()))
    assert Release(passable(release)).sha256 == release.sha256


def test_a_withheld_row_with_a_number_is_refused() -> None:
    for part in ("note", "gases", "flows", "lines", "properties", "uncertainty", "other_values"):
        filled = getattr(full("f", "meters", "1"), part)
        with pytest.raises(Refused) as refused:
            Release(content(factor("f", "", status="withheld", **{part: filled})))
        assert "withheld" in str(refused.value)


def test_a_field_added_to_the_model_is_not_passed_on() -> None:
    """The reference names its fields; this list grows only by a decision."""
    given = passable(Release(content(full("f", "x", "1", series="s"), sources=(source("meters"), source("x", "closed")),
                                     licences=(LICENCE, CLOSED))))  # fmt: skip
    filled = {part.name for part in fields(Factor) if getattr(given.factors[0], part.name)}
    assert filled == {
        "id", "name_en", "name_zh", "category", "kind", "place", "year", "unit", "source", "confidence", "status",
        "series",
    }  # fmt: skip


def with_series(*rows: tuple[str, str]) -> Release:
    """Factors of one series: year and source."""
    factors = [factor(f"s.{year}", "5", year=year, source=of, series="s") for year, of in rows]
    sources = (source("meters"), source("shut", "closed"))
    return Release(passable(Release(content(*factors, sources=sources, licences=(LICENCE, CLOSED)))))


ASKED = {"kinds": ("cradle_to_gate",), "place": "CN", "named_by": "user"}


def test_a_look_up_of_a_withheld_row_says_so() -> None:
    release = with_series(("2023", "shut"))
    line = bought(FactorName(id="s.2023", **ASKED), unit="kg")
    with pytest.raises(Refused) as refused:
        resolve((release,), inventory(line))
    (fault,) = refused.value.faults
    assert fault.code == "factor_withheld" and fault.values["source"] == "Document shut"
    drafted = resolve((release,), inventory(line), draft=True).factors["l1"]
    assert isinstance(drafted, Gap)


@pytest.mark.parametrize(("year", "answer"), [(2022, "s.2022"), (2023, "")])
def test_a_series_does_not_pass_over_a_withheld_year(year: int, answer: str) -> None:
    """2022 in place of a withheld 2023 would be another value, and nobody would know."""
    release = with_series(("2022", "meters"), ("2023", "shut"))
    line = bought(FactorName(series="s", year=year, **ASKED), unit="kg")
    if answer:
        found = resolve((release,), inventory(line)).factors["l1"]
        assert not isinstance(found, Gap) and found.id == answer
    else:
        with pytest.raises(Refused, match="factor_withheld"):
            resolve((release,), inventory(line))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    release = Release(mixed(frozenset()))
    for form, name in NAMES.items():
        export(release, form, tmp_path / name)
        with pytest.raises(Refused, match="export_place"):
            export(release, form, tmp_path / name)
    with pytest.raises(Refused, match="export_place"):
        export(release, "json", tmp_path / "nowhere" / "a.json")
    with pytest.raises(Refused, match="release_meta"):
        from_place(tmp_path / "nowhere")
