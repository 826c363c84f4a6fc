"""A record store on SQLite and on PostgreSQL under the application's role: the same tests on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from factordb.store import open_store
from service.desk import prepare
from service.records.store import RecordStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    engine = open_store(tmp_path / "pcf.db")
    prepare(engine)
    yield RecordStore(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordStore]:
    if request.param == "sqlite":
        owner = app = open_store(tmp_path / "pcf.db")
    else:
        urls = request.getfixturevalue("postgres_urls")
        owner, app = open_store(urls.owner), open_store(urls.app)
    prepare(owner)
    yield RecordStore(app)
    app.dispose()
    owner.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a prepared store is: a SQLite file, or the URL of a PostgreSQL as the application's role sees it."""
    if request.param == "sqlite":
        owner = application = str(tmp_path / "pcf.db")
    else:
        urls = request.getfixturevalue("postgres_urls")
        owner, application = urls.owner, urls.app
    engine = open_store(owner)
    prepare(engine)
    engine.dispose()
    return str(application)
