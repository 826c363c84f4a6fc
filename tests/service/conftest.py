"""A record store on SQLite and on PostgreSQL under the application's role: the same tests on both.

Migrations and the shipped release are written once a session; each test gets a copy of its own. What they write is the
subject of tests that call :func:`service.desk.prepare` themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from factordb.store import open_store
from service.desk import prepare
from service.records.store import RecordStore
from tests.fixtures.postgres import PostgresServer

EITHER = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class Places:
    """Where one store is: by which name its tables are owned, and by which the application works."""

    owner: str
    app: str


def _prepared(place: str) -> None:
    engine = open_store(place)
    prepare(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "pcf.db"
    _prepared(str(path))
    return path


@pytest.fixture(scope="session")
def prepared_database(postgres_server: PostgresServer) -> str:
    urls = postgres_server.new_database()
    _prepared(urls.owner)
    return urls.database


@pytest.fixture
def store_file(prepared_file: Path, tmp_path: Path) -> Path:
    """A prepared SQLite store of the test's own."""
    return Path(shutil.copy(prepared_file, tmp_path / "pcf.db"))


@pytest.fixture(params=EITHER)
def places(request: pytest.FixtureRequest) -> Iterator[Places]:
    """A prepared store of the test's own on either database."""
    if request.param == "sqlite":
        path = str(request.getfixturevalue("store_file"))
        yield Places(path, path)
        return
    server = request.getfixturevalue("postgres_server")
    urls = server.new_database(request.getfixturevalue("prepared_database"))
    yield Places(urls.owner, urls.app)
    server.drop_database(urls)


@pytest.fixture
def store(store_file: Path) -> Iterator[RecordStore]:
    engine = open_store(store_file)
    yield RecordStore(engine)
    engine.dispose()


@pytest.fixture
def either_store(places: Places) -> Iterator[RecordStore]:
    engine = open_store(places.app)
    yield RecordStore(engine)
    engine.dispose()


@pytest.fixture
def place(places: Places) -> str:
    """Where a prepared store is: a SQLite file, or the URL of a PostgreSQL as the application's role sees it."""
    return places.app
