"""Sections, names, salts, disclosed copies (conventions §13), and the store on both databases."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from factordb.release import Release, open_release
from lca.faults import Fault, Refused
from service.records import sections
from service.records.store import RecordStore
from service.records.verify import rerun
from tests.service import _cases


@pytest.fixture
def record(store: RecordStore) -> dict[str, Any]:
    return dict(_cases.run(_cases.example(), store).records[0])


def test_canonical_form_is_that_of_rfc_8785() -> None:
    """RFC 8785, 3.2.3: keys by UTF-16 code units. U+1F600 (surrogates D83D...) sorts before U+FB33."""
    assert sections.canonical({"\ufb33": "1", "\U0001f600": "2", "a": "\n"}) == (
        '{"a":"\\n","\U0001f600":"2","\ufb33":"1"}'.encode()
    )


def test_record_holds_no_number(record: dict[str, Any]) -> None:
    found: list[Any] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
            found.append(value)

    walk({key: value for key, value in record["sections"].items() if key != "derivation/inventory"})
    assert found == []


def test_every_section_enters_the_name(record: dict[str, Any]) -> None:
    for name in sections.ALL:
        digests = dict(record["digests"]) | {name: "0" * 64}
        assert sections.record_name(digests) != record["name"]


def test_a_disclosed_copy_keeps_the_name_and_hides_the_rows(record: dict[str, Any]) -> None:
    hidden = frozenset(sections.ALL) - sections.PUBLIC
    copy_ = sections.leave_out(record, hidden)

    assert sections.integrity_faults(copy_) == []
    assert copy_["name"] == record["name"]
    assert "1873950" not in json.dumps(copy_) and "Limestone" not in json.dumps(copy_["sections"]["given/rows"])
    verdict = rerun(copy_, open_release)
    assert (verdict.integrity, verdict.recomputation, verdict.exit_code()) == ("intact", "not possible", 6)
    assert verdict.reason[0].code == "section_left_out"


def test_one_factor_can_be_left_out(record: dict[str, Any]) -> None:
    partial = copy.deepcopy(record)
    items = partial["sections"]["derivation/factors"]
    items[0] = {"digest": sections.sha256(items[0])}

    assert sections.integrity_faults(partial) == []
    verdict = rerun(partial, open_release)  # whoever holds the release makes the factor again from what was given
    assert (verdict.recomputation, verdict.unseen) == ("identical", (f"derivation/factors (1 of {len(items)})",))
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 5)

    def none(release_id: str) -> Release:
        raise Refused([Fault("release_unknown", found=release_id)])

    without = rerun(partial, none)
    assert (without.recomputation, without.exit_code()) == ("not possible", 6)
    assert [fault.code for fault in without.reason] == ["section_left_out", "release_unknown"]


@pytest.mark.parametrize("section", ["given/works", "derivation/system", "derivation/inventory"])
def test_confidential_sections_are_salted(record: dict[str, Any], section: str) -> None:
    held = record["sections"][section]
    assert set(held) == {"salt", "value"} and len(held["salt"]) == 64
    assert record["digests"][section] != sections.sha256(held["value"])


def test_equal_input_finds_the_record_that_is_there(either_store: RecordStore) -> None:
    first = _cases.run(_cases.example(), either_store)
    again = _cases.run(_cases.example(), either_store)

    assert [r["name"] for r in first.records] == [r["name"] for r in again.records]
    assert (first.new, again.new) == ((True, True), (False, False))
    name = first.records[0]["name"]
    assert either_store.get(name[:12]) == first.records[0]
    assert [run["kind"] for run in either_store.runs(name)] == ["calculation", "calculation"]
    assert len(either_store.listing()) == 2


def test_records_cannot_be_changed_or_deleted(either_store: RecordStore) -> None:
    _cases.run(_cases.example(_cases.BATTERY), either_store)
    for table in ("record", "run", "attachment", "store_secret"):
        for statement in (f"UPDATE {table} SET tenant_id = 'other'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError), either_store.engine.begin() as connection:
                connection.execute(text(statement))
    assert len(either_store.listing()) == 1


def test_upload_and_typed_values_stand_in_the_run(store: RecordStore) -> None:
    done = _cases.run(_cases.example(), store)
    body = store.runs(done.records[0]["name"])[0]

    assert _cases.row(body["typed"], "coal")["unit"] == "t"
    assert float.fromhex(body["binary64"]["total"]) == pytest.approx(735.893, rel=1e-6)
    assert body["environment"]["python"].startswith("3.")
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT content FROM attachment")).scalar_one()
    assert json.loads(found)["rule"] == "cement"


def test_unknown_and_ambiguous_names(store: RecordStore) -> None:
    with pytest.raises(Refused) as refused:
        store.get("00000000")
    assert refused.value.faults[0].code == "record_unknown"
    with pytest.raises(Refused):
        store.get("")


def test_another_store_gives_another_name_and_the_same_digits(store: RecordStore, tmp_path: Any) -> None:
    from factordb.store import open_store
    from service.desk import prepare

    engine = open_store(tmp_path / "other.db")
    prepare(engine)
    here, there = _cases.run(_cases.example(), store), _cases.run(_cases.example(), RecordStore(engine))
    engine.dispose()

    assert here.records[0]["name"] != there.records[0]["name"]
    assert here.records[0]["sections"]["result"] == there.records[0]["sections"]["result"]


TEXTS = st.text(max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_the_short_way_to_canonical_bytes_is_the_librarys(value: Any) -> None:
    """RFC 8785 by its own library, an independent implementation: the same bytes, or both refuse."""
    try:
        expected = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError):
        with pytest.raises((rfc8785.CanonicalizationError, UnicodeError)):
            sections.canonical(value)
    else:
        assert sections.canonical(value) == expected


def test_sections_shared_by_products_are_the_same_as_made_alone(store: RecordStore) -> None:
    from service.records.sections import ALL, digest, make_records, section

    values = [
        {name: [{"a": "1"}, {"b": "é"}] if name in sections.ITEMISED else {"x": name, "y": number} for name in ALL}
        for number in ("1", "2")
    ]
    values[1]["given/rows"] = values[0]["given/rows"]
    for one, record in zip(values, make_records(values, b"secret"), strict=True):
        for name in ALL:  # by the published definition, section by section
            held = section(name, one[name], b"secret")
            assert record["sections"][name] == held and record["digests"][name] == digest(name, held)
        assert sections.integrity_faults(record) == []
