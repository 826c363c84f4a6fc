"""SIGKILL in the middle of an import and its publication: whole or absent, and the store goes on.

``make soak`` does it a hundred times on each database (``PCF_KILLS``).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.kills import kill
from factordb.store import open_store
from service.desk import prepare

KILLS = int(os.environ.get("PCF_KILLS", "4"))


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_import_leaves_a_usable_store(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if database == "sqlite":
        owner = application = str(tmp_path / "pcf.db")
    else:
        urls = request.getfixturevalue("postgres_urls")
        owner, application = urls.owner, urls.app
    engine = open_store(owner)
    prepare(engine)
    engine.dispose()
    found = kill(tmp_path, application, kills=KILLS, seed=7)
    assert found.wrong == []
    assert found.whole + found.absent == KILLS and found.absent > 0
