"""Sealed records of every class: intact, the same digits by today's code, and proven by a script without our packages.

A record that an older version sealed and that no longer re-runs means that somebody's filed number cannot be proven.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factordb.release import open_release
from pcr.registry import installed_rules
from scripts.archive import FOLDER, wanted
from service.records.sections import ALL, make_record, value_of
from service.records.statement import item_key
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


def resealed(
    path: Path,
    change: Callable[[dict[str, Any]], None],
    shorter: Callable[[dict[str, Any]], None] = lambda result: None,
) -> dict[str, Any]:
    """The record with its factors changed and sealed again: what another version of the code might have written."""
    record = read(path)
    values = {name: value_of(record, name) for name in ALL}
    for item in values["derivation/factors"]:
        before = item_key(item)
        change(item)
        text = json.dumps(values["derivation/inventory"]).replace(json.dumps(before), json.dumps(item_key(item)))
        values["derivation/inventory"] = json.loads(text)
    shorter(values["result"])
    return make_record(values, bytes(32))


def test_words_that_explain_may_change_and_the_digits_are_still_proven() -> None:
    """Which rows a search finds near a gap, and how a proxy's distance is told, decide nothing."""

    def told_otherwise(item: dict[str, Any]) -> None:
        if "gap" in item:
            item["gap"]["nearest"] = "something else"
        else:
            item["factor"]["chosen_by"] = "another sentence"

    def shorter(result: dict[str, Any]) -> None:
        """A result of a version that had fewer fields and another label."""
        del result["sensitivity_labels"]
        for row in result["electricity"]:
            del row["factor_id"]
        result["label"] = {"en": "other", "zh": "其他"}

    draft = next(path for path in RECORDS if path.stem.startswith("aluminium_works_2024-ingot"))
    verdict = rerun(resealed(draft, told_otherwise, shorter), open_release)
    assert (verdict.integrity, verdict.recomputation) == ("intact", "identical by other code")
    assert any("told otherwise" in note for note in verdict.notes)


def test_another_value_of_a_factor_is_different_however_it_is_told() -> None:
    def another_place(item: dict[str, Any]) -> None:
        if "factor" in item:
            item["factor"]["place"] = "XX"

    path = next(path for path in RECORDS if path.stem.startswith("cement"))
    verdict = rerun(resealed(path, another_place), open_release)
    assert (verdict.recomputation, verdict.step) == ("different", "derivation/factors")
    assert verdict.where.endswith("/place") and verdict.recorded == "XX"


@pytest.mark.parametrize("part", ["stages", "gases", "inputs"])
def test_an_entry_too_few_in_a_map_is_different(part: str) -> None:
    def fewer(result: dict[str, Any]) -> None:
        del result[part][next(iter(result[part]))]

    path = next(path for path in RECORDS if path.stem.startswith("cement"))
    verdict = rerun(resealed(path, lambda item: None, fewer), open_release)
    assert (verdict.recomputation, verdict.step, verdict.recorded) == ("different", "result", "absent")
