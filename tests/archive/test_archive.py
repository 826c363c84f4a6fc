"""Sealed records of every class: intact, the same digits by today's code, and proven by a script without our packages.

A record that an older version sealed and that no longer re-runs means that somebody's filed number cannot be proven.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from factordb.release import open_release
from pcr.registry import installed_rules
from scripts.archive import FOLDER, wanted
from service.records.verify import rerun

RECORDS = sorted(FOLDER.glob("*.json"))
SCRIPT = Path(__file__).with_name("verify_standalone.py")


def read(path: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return held


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_sealed_record_reruns_to_the_same_digits(path: Path) -> None:
    verdict = rerun(read(path), open_release)
    assert verdict.integrity == "intact"
    assert verdict.recomputation in ("identical", "identical by other code"), verdict


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_its_arithmetic_holds_without_our_packages(path: Path) -> None:
    done = subprocess.run([sys.executable, "-I", SCRIPT, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("equal") > 1


def test_the_archive_holds_every_class_a_draft_and_a_site_account() -> None:
    identities = [read(path)["sections"]["derivation/identity"] for path in RECORDS]
    shipped = {item.rule.id for item in installed_rules() if item.package.startswith("pcr.")}
    assert {identity["rule"]["id"] for identity in identities} == shipped
    assert {identity["kind"] for identity in identities} == {"pcf", "site_account"}
    assert "draft" in {read(path)["sections"]["result"]["status"] for path in RECORDS}
    stems = [path.stem for path in RECORDS]
    missing = [(example, regime) for example, regime in wanted() if not any(example in stem for stem in stems)]
    assert missing == []


@pytest.mark.parametrize("path", RECORDS[:1], ids=lambda path: path.stem)
def test_one_digit_changed_is_found(path: Path) -> None:
    record = read(path)
    stage = next(iter(record["sections"]["result"]["stages"]))
    record["sections"]["result"]["stages"][stage] = "1"
    assert rerun(record, open_release).integrity == "tampered"
