"""SIGKILL in the middle of an import and its publication: whole or absent, and the store goes on.

``make soak`` does it a hundred times on each database (``PCF_KILLS``).
"""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.kills import kill

KILLS = int(os.environ.get("PCF_KILLS", "4"))


def test_a_killed_import_leaves_a_usable_store(place: str, tmp_path: Path) -> None:
    found = kill(tmp_path, place, kills=KILLS, seed=7)
    assert found.wrong == []
    assert found.whole + found.absent == KILLS and found.absent > 0
