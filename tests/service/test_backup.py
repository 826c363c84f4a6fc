"""Backup, restore and check: from either database into either, whole or not at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from factordb.release import open_release
from factordb.store import downgrade, guards, open_store, upgrade
from lca.faults import Refused
from service.backup import backup, restore
from service.check_store import check, expected_guards
from service.cli import app
from service.desk import HEAD
from service.records.store import RecordStore
from service.records.verify import rerun
from tests.service import _cases
from tests.service.conftest import Places

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def full(places: Places) -> Iterator[Engine]:
    """A store with the shipped releases and two records with their attachment."""
    engine = open_store(places.owner)
    _cases.run(_cases.example(), RecordStore(engine))
    yield engine
    engine.dispose()


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A second, empty database."""
    if request.param == "sqlite":
        engine = open_store(tmp_path / "new.db")
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    urls = server.new_database()
    engine = open_store(urls.owner)
    yield engine
    engine.dispose()
    server.drop_database(urls)


def test_a_backup_comes_back_in_either_database(full: Engine, empty: Engine, tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    counts = backup(full, one)
    assert counts["record"] == 2 and counts["factor_value"] == len(open_release("cn-2026.1").factors)
    assert restore(empty, one) == counts
    assert backup(empty, two) == counts
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(two) as second:
        assert json.loads(first.read("manifest.json")) == json.loads(second.read("manifest.json"))
    found = check(empty, HEAD)
    assert found.wrong == [] and found.counts["records"] == 2 and found.counts["releases"] >= 1
    store = RecordStore(empty)
    assert store.secret() == RecordStore(full).secret()
    for name in store.all_names():
        assert rerun(store.get(name), open_release).exit_code(strict=True) == 0


def test_a_restored_release_is_sealed_again(full: Engine, empty: Engine, tmp_path: Path) -> None:
    backup(full, tmp_path / "one.zip")
    restore(empty, tmp_path / "one.zip")
    with pytest.raises(DBAPIError, match="release_sealed"), empty.begin() as connection:
        connection.execute(text("DELETE FROM factor_value"))


def test_a_broken_backup_writes_nothing(full: Engine, empty: Engine, tmp_path: Path) -> None:
    whole, broken = tmp_path / "one.zip", tmp_path / "broken.zip"
    backup(full, whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"0.5777", b"0.5778") if name == "factor_value.jsonl" else content)
    with pytest.raises(Refused) as refused:
        restore(empty, broken)
    assert [fault.code for fault in refused.value.faults] == ["backup_broken"]
    assert refused.value.faults[0].where.endswith("factor_value")
    upgrade(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM release")).scalar() == 0


@pytest.mark.parametrize("content", [b"", b"PK not a zip", b'{"format": "pcf-backup/1"}'])
def test_what_is_no_backup_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match="backup_broken"):
        restore(open_store(tmp_path / "new.db"), path)


def test_a_store_with_rows_is_not_overwritten(full: Engine, tmp_path: Path) -> None:
    backup(full, tmp_path / "one.zip")
    with pytest.raises(Refused, match="store_not_empty"):
        restore(full, tmp_path / "one.zip")


def test_a_backup_of_an_earlier_version_comes_back_at_this_revision(
    full: Engine, empty: Engine, tmp_path: Path
) -> None:
    """A store of 0004 has neither companies nor jobs: its backup names fewer tables, and they are made empty."""
    downgrade(full, "0004")
    counts = backup(full, tmp_path / "old.zip")
    assert counts["record"] == 2 and "job" not in counts and "account" not in counts
    assert restore(empty, tmp_path / "old.zip") == counts
    assert check(empty, HEAD).wrong == []


def test_check_finds_what_slipped_past_the_guards(full: Engine) -> None:
    on = "" if full.dialect.name == "sqlite" else " ON record"
    assert check(full, HEAD).wrong == []
    with full.begin() as connection:
        connection.execute(text(f"DROP TRIGGER record_update_guard{on}"))
        connection.execute(text("UPDATE record SET body = replace(body, '735.893', '635.893')"))
    wrong = check(full, HEAD).wrong
    assert ("guard", "record_update_guard is missing") in wrong
    assert [what for what, _ in wrong if what.startswith("record ")]
    assert check(full, "9999").wrong == [("revision", f"{HEAD}, expected 9999")]


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"])
def test_guards_of_each_revision_both_ways(full: Engine, revision: str, tmp_path: Path) -> None:
    """Down with data and up again: the head has every guard it must have, on the way down none is left over."""
    if revision != HEAD:
        downgrade(full, revision)
        left = {name.rsplit("_", 2)[0] for name in guards(full)}
        with full.connect() as connection:
            if full.dialect.name == "sqlite":
                query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            else:
                query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            assert left <= set(connection.execute(text(query)).scalars())
    upgrade(full)
    assert set(guards(full)) == expected_guards(full.dialect.name)


def test_the_commands(tmp_path: Path) -> None:
    run = CliRunner().invoke
    old, new, file = str(tmp_path / "old.db"), str(tmp_path / "new.db"), str(tmp_path / "b.zip")
    assert run(app, ["db", "upgrade", "--store", old]).exit_code == 0
    assert "everything holds" in run(app, ["db", "check", "--store", old, "--lang", "en"]).output
    assert run(app, ["db", "backup", file, "--store", old]).exit_code == 0
    told = run(app, ["db", "restore", file, "--store", new, "--lang", "zh"])
    assert told.exit_code == 0 and "全部通过" in told.output
    again = run(app, ["db", "restore", file, "--store", new])
    assert again.exit_code == 1 and "store_not_empty" in again.output
