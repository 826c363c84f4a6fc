"""One release for all tests of the room, and stores on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from factordb.files import ReleaseFiles, read
from factordb.release import Release, open_release
from factordb.store import open_store
from lca.exact import Exact
from lca.inventory import Inventory, Line
from lca.naming import FactorName

FOLDER = Path(__file__).parents[2] / "factordb" / "data" / "releases" / "cn-2026.1"
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def release() -> Release:
    return open_release("cn-2026.1")


@pytest.fixture(scope="session")
def content() -> ReleaseFiles:
    return read(FOLDER)


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database: a SQLite file, and PostgreSQL as the owner of its tables (no superuser)."""
    if request.param == "sqlite":
        engine = open_store(tmp_path / "pcf.db")
    else:
        engine = open_store(request.getfixturevalue("postgres_urls").owner)
    yield engine
    engine.dispose()


def bought(
    name: FactorName | None,
    unit: str = "kWh",
    *,
    line: str = "l1",
    label: dict[str, str] | None = None,
    excluded: str = "",
) -> Line:
    """A bought line that asks for ``name``."""
    return Line(
        id=line,
        process="works",
        kind="bought",
        amount=Exact(1),
        unit=unit,
        target="",
        input="something",
        factor=name,
        label=label or {},
        excluded=excluded,
    )


def inventory(*lines: Line) -> Inventory:
    """An inventory that is nothing but these lines: a look-up reads no more."""
    return Inventory(processes=(), lines=lines, references=(), stages=())
