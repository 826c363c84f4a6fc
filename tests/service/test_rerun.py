"""Verdicts of a re-run (conventions §13): identical, other code, arithmetic only, different, tampered."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from factordb.release import open_release
from service.records import sections
from service.records.store import RecordStore
from service.records.verify import rerun
from tests.service import _cases


@pytest.fixture
def record(store: RecordStore) -> dict[str, Any]:
    return dict(_cases.run(_cases.example(), store).records[0])


def rehashed(record: dict[str, Any]) -> dict[str, Any]:
    """What a forger would do: edit, then make every digest and the name fit again."""
    held = record["sections"]
    digests = {name: sections.digest(name, held[name]) for name in sections.ALL}
    return {**record, "digests": digests, "name": sections.record_name(digests)}


@pytest.mark.parametrize("path", [_cases.CEMENT, _cases.BATTERY, _cases.BOM], ids=lambda path: path.stem)
def test_every_example_reruns_to_the_same_digits(store: RecordStore, path: Path) -> None:
    done = _cases.run(_cases.example(path), store, draft=path == _cases.BOM)
    for record in done.records:
        verdict = rerun(json.loads(json.dumps(record)), open_release)
        assert (verdict.integrity, verdict.signature, verdict.recomputation) == ("intact", "unsigned", "identical")
        assert verdict.exit_code(strict=True) == 0


@pytest.mark.parametrize("section", sections.ALL)
def test_one_changed_byte_is_tampered(record: dict[str, Any], section: str) -> None:
    text = json.dumps(record["sections"][section], ensure_ascii=False)
    place = next(i for i, c in enumerate(text) if c.isdigit())
    changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    forged = copy.deepcopy(record)
    forged["sections"][section] = json.loads(changed)

    verdict = rerun(forged, open_release)
    assert verdict.integrity == "tampered" and section in verdict.where
    assert verdict.exit_code() == 4


@pytest.mark.parametrize("field", ["name", "digests", "schema"])
def test_changed_envelope_is_tampered(record: dict[str, Any], field: str) -> None:
    forged = copy.deepcopy(record)
    forged[field] = {} if field == "digests" else "0" * 64
    assert rerun(forged, open_release).exit_code() == 4


@pytest.mark.parametrize("junk", [{}, {"name": "x"}, {"sections": 3, "digests": {}, "schema": "a", "name": "b"}])
def test_what_is_no_record_is_tampered(junk: dict[str, Any]) -> None:
    assert rerun(junk, open_release).exit_code() == 4


def test_edited_and_rehashed_result_is_different(record: dict[str, Any]) -> None:
    forged = copy.deepcopy(record)
    forged["sections"]["result"]["total"] = "700.000"

    verdict = rerun(rehashed(forged), open_release)
    assert (verdict.integrity, verdict.recomputation, verdict.exit_code()) == ("intact", "different", 3)
    assert (verdict.step, verdict.where) == ("result", "/total")
    assert (verdict.recorded, verdict.found) == ("700.000", "735.893")


def test_edited_and_rehashed_row_is_different_at_the_inventory(record: dict[str, Any]) -> None:
    forged = copy.deepcopy(record)
    rows = forged["sections"]["given/rows"]
    leg = next(item for item in rows if item["value"]["input"] == "transport_in")
    leg["value"]["amount"] = "1"

    verdict = rerun(rehashed(forged), open_release)
    assert (verdict.recomputation, verdict.step) == ("different", "derivation/inventory")
    assert verdict.recorded != verdict.found


def test_a_row_that_the_recorded_rule_refuses_is_different_and_says_so(record: dict[str, Any]) -> None:
    """A result stands in the record that its own rule would not have given: that is no *not possible*."""
    forged = copy.deepcopy(record)
    for item in forged["sections"]["given/rows"]:
        if item["value"]["input"] == "clinker_to_mill":
            item["value"]["amount"] = "90000000"
    verdict = rerun(rehashed(forged), open_release)
    assert (verdict.recomputation, verdict.step, verdict.exit_code()) == ("different", "derivation/inventory", 3)
    assert verdict.found.startswith("refused: ")


def test_edited_and_rehashed_system_is_different(record: dict[str, Any]) -> None:
    forged = copy.deepcopy(record)
    forged["sections"]["derivation/system"]["value"]["B"][0][2] = "1"
    verdict = rerun(rehashed(forged), open_release)
    assert (verdict.recomputation, verdict.step) == ("different", "derivation/system")
    assert verdict.where == "/B/0/2"


def test_a_consistently_forged_factor_is_found_in_the_release(store: RecordStore, record: dict[str, Any]) -> None:
    """A forger who also recomputes system and result still meets the sealed release."""
    from service.records.statement import factor_items, recalculate, resolved_of

    forged = copy.deepcopy(record)
    parts = forged["sections"]
    items = [item["value"] for item in parts["derivation/factors"]]
    for item in items:
        if item.get("factor", {}).get("id") == "cn.cfp.national_avg.2024":
            item["factor"]["flows"] = {flow: "0.1" for flow in item["factor"]["flows"]}
    before = [item["value"] for item in record["sections"]["derivation/factors"]]
    inventory = parts["derivation/inventory"]["value"]
    from lca.codec import decode
    from lca.inventory import Gap, ResolvedFactor
    from service.records.statement import _Keyed

    def key(item: dict[str, Any]) -> str:
        factor = decode(Gap, item["gap"]) if "gap" in item else decode(ResolvedFactor, item["factor"])
        return _Keyed().of(factor)[0]

    renamed = {key(old): key(new) for old, new in zip(before, items, strict=True)}
    inventory["answers"] = {line: renamed[old] for line, old in inventory["answers"].items()}
    resolved = resolved_of(inventory, items)
    identity = parts["derivation/identity"]
    system, result = recalculate(resolved, identity["regime"], identity["product"])
    secret = store.secret()
    parts["derivation/factors"] = [sections.salted(item, secret) for item in factor_items(resolved)]
    parts["derivation/system"] = sections.salted(system, secret)
    parts["result"] = result

    verdict = rerun(rehashed(forged), open_release)
    assert verdict.recomputation == "different"
    assert verdict.step in ("derivation/inventory", "derivation/factors")
    assert result["total"] != record["sections"]["result"]["total"]


def test_other_code_and_missing_rule(store: RecordStore, record: dict[str, Any]) -> None:
    identity = record["sections"]["derivation/identity"]
    other = copy.deepcopy(record)
    other["sections"]["derivation/identity"]["rule"]["sha256"] = "0" * 64
    verdict = rerun(rehashed(other), open_release)
    assert verdict.recomputation == "identical by other code"
    assert verdict.notes[0].startswith(f"rule {identity['rule']['id']} {identity['rule']['version']}: recorded 0000")
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 5)

    gone = copy.deepcopy(record)
    gone["sections"]["derivation/identity"]["rule"]["version"] = "0.9.0"
    verdict = rerun(rehashed(gone), open_release)
    assert verdict.recomputation == "arithmetic only"
    assert (verdict.reason[0].code, verdict.reason[0].found) == ("rule_version_missing", "cement 0.9.0")
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 5)


def test_rerun_in_another_folder_with_an_empty_database(
    store: RecordStore, record: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "elsewhere" / "record.json"
    file.parent.mkdir()
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")

    done = _cases.pcf("rerun", "record.json", "--strict", cwd=file.parent)
    assert done.returncode == 0, done.stderr
    assert "intact" in done.stdout and "identical" in done.stdout
    assert sorted(path.name for path in file.parent.iterdir()) == ["record.json"]


def test_a_rule_version_added_and_removed(tmp_path: Path) -> None:
    """1.0.0 re-runs beside 1.1.0 and, once it is removed, only its arithmetic does: with a real installed package."""
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    package = site / "cement_copy"
    source = _cases.ROOT / "pcr" / "classes" / "cement"
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
    rule = package / "v1_0_0" / "rule.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("id: cement\n", "id: cement_copy\n", 1), encoding="utf-8")
    info = site / "cement_copy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cement-copy\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[pcr.rules]\ncement_copy = cement_copy\n", encoding="utf-8")
    data = _cases.example()
    data["rule"] = "cement_copy"
    (work / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    path = {"PYTHONPATH": str(site)}
    done = _cases.pcf_alone("calculate", "data.json", "-o", "out", cwd=work, **path)
    assert done.returncode == 0, done.stderr
    record = str(next((work / "out").glob("P.O*.json")))

    newer = package / "v1_1_0"
    shutil.copytree(package / "v1_0_0", newer)
    text = (newer / "rule.yaml").read_text(encoding="utf-8")
    (newer / "rule.yaml").write_text(text.replace("version: 1.0.0", "version: 1.1.0", 1), encoding="utf-8")
    listed = _cases.pcf_alone("rules", "list", cwd=work, **path).stdout
    assert "1.1.0" in listed
    beside = _cases.pcf_alone("rerun", record, "--strict", "--format", "json", cwd=work, **path)
    assert (beside.returncode, json.loads(beside.stdout)["recomputation"]) == (0, "identical")

    shutil.rmtree(package / "v1_0_0")
    alone = _cases.pcf_alone("rerun", record, "--format", "json", cwd=work, **path)
    shown = json.loads(alone.stdout)
    assert (alone.returncode, shown["recomputation"]) == (0, "arithmetic only")
    assert "cement_copy 1.0.0" in shown["reason"][0]


@pytest.mark.parametrize("path", [_cases.CEMENT, _cases.BATTERY, _cases.BOM], ids=lambda path: path.stem)
def test_a_script_without_our_packages_proves_the_arithmetic(store: RecordStore, tmp_path: Path, path: Path) -> None:
    script = _cases.ROOT / "tests" / "archive" / "verify_standalone.py"
    for record in _cases.run(_cases.example(path), store, draft=path == _cases.BOM).records:
        file = tmp_path / "record.json"
        file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", str(script), str(file)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "name and digests: hold" in done.stdout and "DIFFERENT" not in done.stdout

        forged = json.loads(file.read_text(encoding="utf-8"))
        forged["sections"]["derivation/system"]["value"]["B"][0][2] = "12345"
        file.write_text(json.dumps(forged), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", str(script), str(file)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 1
