"""From the meter's file to the record: the sums a record holds, added up again by who has the intervals."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from lca.faults import Refused
from service.calculate import Asked, calculate
from service.intake import read_file
from service.metered import metered, read_texts
from service.records.sections import make_record, value_of
from service.records.store import RecordStore
from tests.service import _cases

ALUMINIUM = _cases.EXAMPLES / "aluminium_works_2024.yaml"
WIND = _cases.EXAMPLES / "aluminium_wind_2024.csv"
TEXT = WIND.read_text("utf-8")


@pytest.fixture
def record(store: RecordStore) -> dict[str, Any]:
    return dict(calculate(read_file(ALUMINIUM), Asked(draft=True), store, caller="test").records[0])


def forged(record: dict[str, Any], **sums: str) -> dict[str, Any]:
    """The record with other sums, hashed again as its maker could."""
    values = {name: copy.deepcopy(value_of(record, name)) for name in record["sections"]}
    for row in values["given/rows"]:
        if row.get("supply", {}).get("series"):
            row["supply"]["series"] |= sums
    return make_record(values, b"x" * 32)


def test_the_file_gives_the_sums_of_the_record_however_it_is_written(record: dict[str, Any]) -> None:
    """By hand, from the CSV: 8,784 hours; own use is the smaller of both in each, 337,500 MWh of 380,280."""
    lines = [line.split(",") for line in TEXT.splitlines()[1:] if line]
    generation, load = ([int(line[k]) for line in lines] for k in (1, 2))
    own = sum(map(min, generation, load))
    series = next(row["supply"]["series"] for row in value_of(record, "given/rows")
                  if row.get("supply", {}).get("series"))  # fmt: skip
    assert (int(series["rows"]), int(series["matched"])) == (len(lines), own * 1000) == (8784, 337_500_000)
    for text in (TEXT, TEXT.replace("\n", "\r\n"), f"\ufeff{TEXT}\n\n"):
        (one,) = metered(record, [("wind.csv", text)])
        assert (one.row, one.file, one.found) == ("potline-wind", "wind.csv", "agrees")


def test_another_file_is_of_no_row(record: dict[str, Any]) -> None:
    other = TEXT.replace("2024-01-01T01:00,40", "2024-01-01T01:00,41")
    assert other != TEXT
    row, file = metered(record, [("other.csv", other)])
    assert (row.row, row.found) == ("potline-wind", "not shown")
    assert (file.file, file.found) == ("other.csv", "of no row")


def test_sums_that_the_file_does_not_give_are_found(record: dict[str, Any]) -> None:
    """A maker who keeps the digest of a true file and writes better sums beside it."""
    (one,) = metered(forged(record, matched="380280000"), [("wind.csv", TEXT)])
    assert (one.found, one.recorded, one.read) == ("differs", "matched 380280000", "matched 337500000")


def test_a_record_that_is_not_whole_is_refused(record: dict[str, Any]) -> None:
    broken = copy.deepcopy(record)
    broken["sections"]["given/works"]["value"]["end"] = "2025-12-31"
    with pytest.raises(Refused) as refused:
        metered(broken, [("wind.csv", TEXT)])
    assert refused.value.faults[0].code == "record_tampered"


@pytest.mark.parametrize(
    ("section", "value"), [("given/works", {"start": "never"}), ("given/works", []), ("given/rows", ["row"])]
)
def test_sections_that_hash_well_and_are_of_another_form_are_refused(
    record: dict[str, Any], section: str, value: Any
) -> None:
    values = {name: copy.deepcopy(value_of(record, name)) for name in record["sections"]} | {section: value}
    with pytest.raises(Refused) as refused:
        metered(make_record(values, b"x" * 32), [("wind.csv", TEXT)])
    assert refused.value.faults[0].code == "record_tampered"


def test_two_files_of_one_name_are_both_read(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "wind.csv" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(path.parent.name, "utf-8")
    assert [text for _, text in read_texts(paths)] == ["a", "b"] and len({name for name, _ in read_texts(paths)}) == 2


def test_a_works_without_series_says_so(store: RecordStore) -> None:
    assert metered(_cases.run(_cases.example(), store).records[0], []) == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_says_it_and_its_code_tells(record: dict[str, Any], tmp_path: Path, language: str) -> None:
    (tmp_path / "record.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    (tmp_path / "other.csv").write_text(TEXT.replace("T01:00,40", "T01:00,41", 1), "utf-8")
    (tmp_path / "faulty.csv").write_text(TEXT.replace("T01:00,40", "T01:00,-4", 1), "utf-8")

    def run(*words: str) -> Any:
        return _cases.pcf("rerun", "record.json", "--lang", language, *words, cwd=tmp_path)

    good, other, faulty, missing = (run("--series", name) for name in (str(WIND), "other.csv", "faulty.csv", "no.csv"))
    said = {"en": "gives its digest and its sums", "zh": "相同的摘要与合计值"}[language]
    assert good.returncode == 0 and said in good.stdout and "potline-wind" in good.stdout
    assert other.returncode == 3 and said not in other.stdout and "other.csv" in other.stdout
    assert faulty.returncode == 1 and "faulty.csv line 3" in faulty.stderr
    assert missing.returncode == 1 and "no.csv" in missing.stderr
    told = json.loads(run("--series", str(WIND), "--format", "json").stdout)
    assert [one["found"] for one in told["series"]] == ["agrees"] and told["recomputation"] == "identical"
