"""Releases of a product graph: kept as members, opened under their hash, never changed, shared between items."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from factordb.factor import Factor, Source
from factordb.publish import publish, published
from factordb.release import Release, content_of
from lca.faults import Refused
from service.batch.kept import keep, open_kept
from service.batch.models import GraphFactorRow, GraphReleaseRow
from service.batch.supply import Supply, graph_release
from service.check_store import check
from service.desk import HEAD, Desk
from service.received.form import OWN_USE
from service.records.store import RecordStore


def supply(number: int, value: str = "1.25") -> Supply:
    """A product as a factor, by hand: what ``own_record`` makes, with the least it needs."""
    name = f"record:{number:064x}"
    source = Source(f"record-{number:012x}", "Works: part", "Works", "2024-12-31", "", OWN_USE.code)
    factor = Factor(
        id=name, name_en="part", name_zh="零件", category="supplier", kind="cradle_to_gate", place="CN", year="2024",
        value=value, unit="kgCO2e/piece", source=source.id, confidence="derived", gwp_set="AR6",
        boundary="to the supplier's gate", flows={"CO2|fossil": value}, published="2024-12-31",
    )  # fmt: skip
    return Supply(factor, source, (), sealed=True)


def release(*numbers: int) -> Release:
    return graph_release([supply(number) for number in numbers])


def test_what_is_kept_opens_with_the_same_text_and_hash(either_store: RecordStore) -> None:
    made = release(1, 2, 3)
    keep(either_store.engine, made)
    keep(either_store.engine, made)
    opened = Desk(either_store.engine, either_store).release(made.id)
    assert (opened.text, opened.sha256, opened.layer) == (made.text, made.sha256, "supplier")
    assert open_kept(either_store.engine, "graph-of-nobody") is None
    assert published(either_store.engine).keys() == {"cn-2026.1"}  # the list of releases is not flooded


def test_a_factor_is_kept_once_for_all_that_use_it(either_store: RecordStore) -> None:
    for numbers in ((1, 2), (2, 3), (1, 2, 3), (3, 2, 1)):
        keep(either_store.engine, release(*numbers))
    with Session(either_store.engine) as session:
        counts = [session.scalar(select(func.count()).select_from(row)) for row in (GraphFactorRow, GraphReleaseRow)]
    assert counts == [3, 3]  # three products; the last two are one release


def test_a_factor_that_a_later_version_makes_otherwise_stands_beside_the_first(either_store: RecordStore) -> None:
    before, after = release(1), graph_release([supply(1, "1.26")])
    keep(either_store.engine, before)
    keep(either_store.engine, after)
    for made in (before, after):
        opened = open_kept(either_store.engine, made.id)
        assert opened is not None and opened.text == made.text


def test_rows_cannot_be_changed(either_store: RecordStore) -> None:
    keep(either_store.engine, release(1))
    for statement in (
        "UPDATE graph_factor SET item = '{}'",
        "DELETE FROM graph_release",
        "UPDATE graph_release SET sha256 = ''",
        "DELETE FROM graph_factor",
    ):
        with pytest.raises(DBAPIError), either_store.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_member_that_slipped_past_the_guards_is_found_on_opening(store: RecordStore) -> None:
    made = release(1, 2)
    keep(store.engine, made)
    assert check(store.engine, HEAD).wrong == []
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER graph_factor_update_guard"))
        connection.execute(text("UPDATE graph_factor SET item = replace(item, '1.25', '1.24')"))
    with pytest.raises(Refused, match="release_tampered"):
        open_kept(store.engine, made.id)
    assert f"release {made.id}" in {what for what, _ in check(store.engine, HEAD).wrong}


def test_two_processes_that_keep_the_same_at_once(either_store: RecordStore) -> None:
    start = threading.Barrier(4)
    wrong: list[Exception] = []

    def work(number: int) -> None:
        start.wait()
        try:
            keep(either_store.engine, release(1, 2, number))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(3 + number // 2,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    for number in (3, 4):
        assert open_kept(either_store.engine, release(1, 2, number).id) is not None


def test_a_release_that_an_earlier_version_published_still_opens(either_store: RecordStore) -> None:
    made = release(7)
    publish(either_store.engine, content_of(made))
    opened = Desk(either_store.engine, either_store).release(made.id)
    assert opened.sha256 == made.sha256


def test_members_are_ids_with_a_digest(store: RecordStore) -> None:
    made = release(1)
    keep(store.engine, made)
    with Session(store.engine) as session:
        (members,) = session.scalars(select(GraphReleaseRow.members)).all()
    (member,) = json.loads(members)
    assert member.partition("#")[0] == f"record:{1:064x}" and len(member.partition("#")[2]) == 16
