"""Import from end to end on both databases: read, sealed, listed, reported; the real sets where they lie."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factordb.publish import open_stored
from factordb.store import open_store
from lca.faults import Refused
from service.cli import app
from service.desk import prepare
from service.importing import import_file
from tests.factordb.imports._raw import raw

TABLE = (
    "id,name,value,unit\na,Alpha,1.5,kgCO2e/kg\nb,Beta,,kgCO2e/kg\nc,=Gamma,NaN,kgCO2e/kg\nd,Delta,2,kgCO2e/lightyear\n"
)
MAPPING = """
source: {id: made, title: Made, publisher: A test, date: 2026-01-01, address: "", official_in: ""}
licence: {code: own, title: Own, may_store: yes, may_redistribute: no, may_use_commercially: yes, share_alike: no,
  attribution: Somebody}
file: {encoding: utf-8, separator: ",", decimal: "."}
columns: {id: id, name_en: name, value: value, unit: unit}
fixed: {kind: cradle_to_gate, category: test, place: CN, year: "2024"}
units: {}
kinds: {}
places: {}
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    (tmp_path / "made.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path / "made.csv"


def test_what_can_be_used_is_sealed_and_every_other_row_is_listed(place: str, made: Path, tmp_path: Path) -> None:
    listed = tmp_path / "rejected.csv"
    words = ["factors", "import", str(made), "--as", "generic", "--mapping", str(tmp_path / "m.yaml")]
    told = CliRunner().invoke(app, [*words, "--rejected", str(listed), "--format", "json", "--store", place])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert (found["read"], found["accepted"], found["layer"]) == (4, 1, "private")
    assert found["rejected"] == {"value_missing": 1, "value_unreadable": 1, "unit_unknown": 1}
    rows = list(csv.DictReader(listed.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["reason"] for row in rows] == ["value_missing", "value_unreadable", "unit_unknown"]
    assert all(row["reason_zh"] and row["where"] for row in rows)
    engine = open_store(place)
    opened = open_stored(engine, "made")
    assert opened.sha256 == found["sha256"] and set(opened.factors) == {"a"}
    engine.dispose()
    again = CliRunner().invoke(app, [*words, "--store", place])
    assert again.exit_code == 1 and "release_exists" in again.output


def test_the_same_file_gives_the_same_hash_in_every_store(made: Path, tmp_path: Path) -> None:
    hashes = set()
    for name in ("one.db", "two.db"):
        engine = open_store(tmp_path / name)
        prepare(engine)
        hashes.add(import_file(made, "generic", engine, mapping=tmp_path / "m.yaml").sha256)
        engine.dispose()
    assert len(hashes) == 1 and "" not in hashes


def test_a_dry_run_reads_and_publishes_nothing(place: str, made: Path, tmp_path: Path) -> None:
    words = ["factors", "import", str(made), "--as", "generic", "--mapping", str(tmp_path / "m.yaml"), "--dry-run"]
    told = CliRunner().invoke(app, [*words, "--store", place, "--lang", "zh"])
    assert told.exit_code == 0 and "未发布" in told.output and "缺少数值" in told.output
    engine = open_store(place)
    with pytest.raises(Refused, match="release_unknown"):
        open_stored(engine, "made")
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "file", "read", "accepted"),
    [
        ("base_carbone", "base_carbone/Base_Carbone_V23.6.csv", 18616, 2261),
        ("uslci", "uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip", 639, 503),
    ],
)
def test_the_large_public_sets_are_published_on_both_databases(
    place: str, name: str, file: str, read: int, accepted: int
) -> None:
    engine = open_store(place)
    done = import_file(raw(file), name, engine)
    assert (done.intake.read, len(done.intake.factors) + len(done.intake.processes)) == (read, accepted)
    opened = open_stored(engine, done.release)
    assert opened.sha256 == done.sha256
    assert len(opened.factors) == accepted - len(done.left_out)
    engine.dispose()


def test_where_nothing_is_left_the_list_of_refused_rows_is_written_all_the_same(made: Path, tmp_path: Path) -> None:
    made.write_text("\n".join([*TABLE.splitlines()[:1], *TABLE.splitlines()[2:]]), encoding="utf-8")
    listed = tmp_path / "rejected.csv"
    words = ["factors", "import", str(made), "--as", "generic", "--mapping", str(tmp_path / "m.yaml")]
    told = CliRunner().invoke(app, [*words, "--rejected", str(listed), "--store", str(tmp_path / "x.db")])
    assert told.exit_code == 1 and "import_empty" in told.output
    assert len(listed.read_text(encoding="utf-8-sig").splitlines()) == 4
