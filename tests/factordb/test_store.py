"""Databases: the same migrations, models and guards on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from factordb.factor import Source
from factordb.files import ReleaseFiles
from factordb.models import Base
from factordb.publish import open_stored, publish, published
from factordb.release import Release, frozen_hashes
from factordb.store import current_revision, downgrade, guards, migrations_path, open_store, upgrade
from factordb.unit_process import Exchange, UnitProcess
from lca.faults import Refused
from service.desk import HEAD
from tests.factordb.conftest import BOTH

TABLES = ["factor_value", "licence", "release", "source", "unit_process", "tenant"]
GUARDS = {
    "sqlite": [f"{t}_{v}_guard" for t in TABLES[:5] for v in ("delete", "insert", "update")],
    "postgresql": sorted(
        [f"{t}_{v}_guard" for t in TABLES[:5] for v in ("delete", "insert", "update", "truncate")], key=str
    ),
}
GUARDS["postgresql"].remove("release_insert_guard")  # PostgreSQL has no INSERT OR REPLACE
CHANGES = [
    "UPDATE factor_value SET value = '0' WHERE id = 'cn.cfp.national_avg.2024'",
    "UPDATE factor_value SET release_id = 'other'",
    "DELETE FROM factor_value WHERE id = 'cn.cfp.national_avg.2024'",
    "UPDATE source SET licence = 'free'",
    "DELETE FROM source",
    "UPDATE licence SET item = '{}'",
    "DELETE FROM licence",
    "UPDATE release SET sealed_at = NULL",
    "UPDATE release SET sha256 = ''",
    "DELETE FROM release",
    "INSERT INTO licence (tenant_id, release_id, code, item) VALUES ('local', 'cn-2026.1', 'x', '{}')",
]
ONLY = {
    "sqlite": [
        "INSERT OR REPLACE INTO release SELECT * FROM release",
        "INSERT OR REPLACE INTO factor_value SELECT * FROM factor_value LIMIT 1",
        "UPDATE OR REPLACE source SET id = 'gone'",
    ],
    "postgresql": ["TRUNCATE factor_value", "TRUNCATE release CASCADE"],
}


@pytest.fixture(params=BOTH)
def sealed(request: pytest.FixtureRequest, tmp_path: Path, content: ReleaseFiles) -> Iterator[tuple[Engine, Engine]]:
    """(owner, application) of a database with the sealed release; on SQLite they are the same."""
    if request.param == "sqlite":
        owner = application = open_store(tmp_path / "pcf.db")
        upgrade(owner)
    else:
        urls = request.getfixturevalue("postgres_urls")
        owner, application = open_store(urls.owner), open_store(urls.app)
        upgrade(owner)
    publish(application, content)
    yield owner, application
    owner.dispose()
    application.dispose()


def test_migrations_go_up_down_and_up_again_with_all_guards(store: Engine) -> None:
    name = store.dialect.name
    assert current_revision(store) is None and guards(store) == []
    for _ in range(2):
        upgrade(store)
        assert current_revision(store) == HEAD
        assert set(TABLES) <= set(inspect(store).get_table_names())
        assert set(GUARDS[name]) <= set(guards(store))
        downgrade(store, "base")
        assert current_revision(store) is None and guards(store) == []
        assert not set(TABLES) & set(inspect(store).get_table_names())


def test_models_and_migration_describe_the_same_tables(store: Engine) -> None:
    import service.batch.models
    import service.companies.models
    import service.erp.models
    import service.jobs.models
    import service.models
    import service.pact.models  # noqa: F401  (their tables are part of the same metadata)

    upgrade(store)
    with store.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    ours = [change for change in found if any(table in repr(change) for table in TABLES)]
    assert ours == []


def test_every_key_starts_with_the_tenant(store: Engine) -> None:
    upgrade(store)
    look = inspect(store)
    for table in ("release", "licence", "source", "factor_value", "unit_process"):
        assert look.get_pk_constraint(table)["constrained_columns"][0] == "tenant_id"
        assert look.get_foreign_keys(table)[0]["constrained_columns"][0] == "tenant_id"


def test_a_published_release_comes_back_with_the_same_hash(sealed: tuple[Engine, Engine], release: Release) -> None:
    stored = open_stored(sealed[1], "cn-2026.1")
    assert stored.sha256 == release.sha256 and stored.text == release.text
    assert published(sealed[1]) == {"cn-2026.1": frozen_hashes()["cn-2026.1"]}
    with sealed[0].connect() as connection:
        kept = connection.execute(
            text("SELECT value, value_sort FROM factor_value WHERE id = 'cn.cfp.national_avg.2024'")
        ).one()
    assert tuple(kept) == ("0.5777", 0.5777)


def test_rows_of_a_sealed_release_cannot_be_changed_even_by_the_owner(sealed: tuple[Engine, Engine]) -> None:
    owner, _ = sealed
    for statement in [*CHANGES, *ONLY[owner.dialect.name]]:
        with pytest.raises(DBAPIError, match="release_sealed"), owner.begin() as connection:
            connection.execute(text(statement))
    assert open_stored(owner, "cn-2026.1").sha256 == frozen_hashes()["cn-2026.1"]


def test_unit_processes_are_sealed_with_their_release(sealed: tuple[Engine, Engine], content: ReleaseFiles) -> None:
    owner, application = sealed
    coal = Exchange("input", "hard coal", "0.4", "kg", provider="coal", uncertainty={"distribution": "lognormal"})
    smelter = UnitProcess("smelter", "Smelter", "电解槽", "metal", "CN", "2024", "kg", "1", "own", (coal,))
    own = replace(
        content,
        meta={**content.meta, "id": "own-1", "layer": "private"},
        factors=(),
        sources=(Source("own", "Own meters", "Works", "2025", "", content.licences[0].code),),
        unit_processes=(smelter,),
        left_out={},
        same_year={},
    )
    sha256 = publish(application, own)
    stored = open_stored(application, "own-1")
    assert stored.sha256 == sha256 and dict(stored.unit_processes) == {"smelter": smelter}
    row = "INSERT INTO unit_process VALUES ('local', 'own-1', 'x', 'CN', 'own', '{}')"
    for statement in ("UPDATE unit_process SET item = '{}'", "DELETE FROM unit_process", row):
        with pytest.raises(DBAPIError, match="release_sealed"), owner.begin() as connection:
            connection.execute(text(statement))


def test_two_publishers_of_one_id_at_once(sealed: tuple[Engine, Engine], content: ReleaseFiles) -> None:
    """One wins, the other is told; nothing of the loser stays."""
    told: list[str] = []
    start = threading.Barrier(2)

    def work(title: str) -> None:
        mine = replace(content, meta={**content.meta, "id": "rival", "title_en": title})
        start.wait()
        try:
            publish(sealed[1], mine)
        except Refused as refused:
            told.append(f"{title} {refused.faults[0].code}")

    publishers = [threading.Thread(target=work, args=(title,)) for title in ("one", "two")]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    assert len(told) == 1
    winner = open_stored(sealed[1], "rival").meta["title_en"]
    assert told == [f"{'two' if winner == 'one' else 'one'} release_exists"]


def test_a_sealed_release_is_not_replaced_and_an_unknown_one_not_found(
    sealed: tuple[Engine, Engine], content: ReleaseFiles
) -> None:
    with pytest.raises(Refused) as again:
        publish(sealed[1], content)
    assert again.value.faults[0].code == "release_exists"
    with pytest.raises(Refused) as missing:
        open_stored(sealed[1], "cn-2031.1")
    assert (missing.value.faults[0].code, missing.value.faults[0].expected) == ("release_unknown", "cn-2026.1")


def test_what_slips_past_the_triggers_is_found_on_opening(sealed: tuple[Engine, Engine]) -> None:
    owner, _ = sealed
    with owner.begin() as connection:
        for trigger in ("factor_value_update_guard",):
            on = "" if owner.dialect.name == "sqlite" else " ON factor_value"
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        connection.execute(text("UPDATE factor_value SET value = '0.57' WHERE id = 'cn.cfp.national_avg.2024'"))
    with pytest.raises(Refused) as refused:
        open_stored(owner, "cn-2026.1")
    assert refused.value.faults[0].code == "release_tampered"


def test_a_failed_publication_leaves_nothing(store: Engine, content: ReleaseFiles) -> None:
    upgrade(store)
    twice = replace(content, factors=(*content.factors, content.factors[0]))
    with pytest.raises(Refused):
        publish(store, twice)
    with pytest.raises(DBAPIError):
        publish(store, content, tenant="nobody")
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM release")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM factor_value")).scalar() == 0


@pytest.mark.postgres
def test_the_application_role_can_publish_but_owns_nothing(sealed: tuple[Engine, Engine]) -> None:
    _, application = sealed
    if application.dialect.name == "sqlite":
        return
    for statement in ("DROP TABLE source", "ALTER TABLE source DISABLE TRIGGER ALL", "DELETE FROM tenant"):
        with pytest.raises(DBAPIError, match=r"must be owner|permission denied"), application.begin() as connection:
            connection.execute(text(statement))


def test_a_sqlite_file_is_made_on_first_use_with_safe_settings(tmp_path: Path) -> None:
    engine = open_store(tmp_path / "new" / "pcf 100%.db")
    upgrade(engine)
    with engine.connect() as connection:
        shown = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert shown == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000}
    with pytest.raises(DBAPIError, match="FOREIGN KEY"), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO licence VALUES ('local', 'none', 'x', '{}')")
    engine.dispose()


def test_two_writers_queue_up_instead_of_failing(tmp_path: Path) -> None:
    engine = open_store(tmp_path / "pcf.db")
    upgrade(engine)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(20):
                with engine.begin() as connection:
                    seen = connection.exec_driver_sql("SELECT count(*) FROM tenant").scalar()
                    connection.exec_driver_sql(f"INSERT INTO tenant VALUES ('{number}-{step}', '{seen}', '')")
        except (DBAPIError, sqlite3.Error) as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT title FROM tenant WHERE id <> 'local'").scalars().all()
    # each saw exactly the rows before it: the transaction began as a writer
    assert sorted(int(seen) for seen in rows) == list(range(1, 81))
    engine.dispose()


def test_the_migrations_of_a_checkout_are_found() -> None:
    assert migrations_path().joinpath("versions", "0001_releases.py").is_file()
