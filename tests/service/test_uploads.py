"""A data file and the series sent with it: names match files that were sent and nothing else; all faults at once."""

from __future__ import annotations

import io
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lca.faults import Fault, Refused
from pcr.intervals import read_series
from pcr.registry import find_rule
from service.calculate import Asked, derive
from service.intake import read_file
from service.series import MOST, in_folder, with_series
from service.uploads import read_upload
from service.workbook import write_filled
from tests.service import _cases

ALUMINIUM = _cases.EXAMPLES / "aluminium_works_2024.yaml"
WIND = "aluminium_wind_2024.csv"
SERIES = (_cases.EXAMPLES / WIND).read_bytes()
DRAFT = Asked(draft=True)


def faults(name: str, content: bytes, *series: tuple[str, bytes]) -> list[Fault]:
    with pytest.raises(Refused) as refused:
        read_upload(name, content, series, DRAFT)
    return list(refused.value.faults)


def codes(found: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in found]


def workbook(data: Any) -> bytes:
    target = io.BytesIO()
    write_filled(find_rule("aluminium").rule, data, target)
    return target.getvalue()


def test_a_text_file_with_its_series_is_what_the_command_reads() -> None:
    sent = read_upload("works.yaml", ALUMINIUM.read_bytes(), [(WIND, SERIES)], DRAFT)
    here = read_file(ALUMINIUM)
    assert sent.data == here.data and sent.attachments == here.attachments
    assert sent.attachments[0].content == SERIES
    totals = [{name: item.total for name, item in derive(one, DRAFT).works.footprints.items()} for one in (sent, here)]
    assert totals[0] == totals[1]


def test_a_workbook_names_its_series_in_a_cell() -> None:
    data = _cases.example(ALUMINIUM)
    book = workbook(data)
    sent = read_upload("works.xlsx", book, [(WIND, SERIES)], DRAFT)
    assert sent.data["rows"] and sent.attachments[0].content == SERIES
    (fault,) = faults("works.xlsx", book)
    assert fault.code == "series_missing" and fault.found == WIND
    sheet, _, cell = fault.where.rpartition("!")
    assert openpyxl.load_workbook(io.BytesIO(book))[sheet.strip("'")][cell].value == WIND, "at the cell that names it"


@pytest.mark.parametrize(
    "named", ["../../etc/hostname", "/etc/hostname", "sub/wind.csv", "WIND.csv", "wind.csv ", "\x00", "a" * 5000, "."]
)
def test_a_name_finds_an_uploaded_file_by_every_letter_or_none(tmp_path: Path, named: str) -> None:
    """Also not one that lies where the service runs: no path of the server is ever opened."""
    data = _cases.example(ALUMINIUM)
    _cases.row(data, "potline-wind")["supply"]["series"]["file"] = named
    found = faults("works.json", _cases.sent(data).content, ("wind.csv", SERIES))
    assert {fault.code for fault in found} == {"series_missing", "series_unused"}
    assert [fault.code for fault in with_series(data, in_folder(tmp_path))[2]] == ["series_missing"]


def test_a_file_of_the_servers_folder_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / WIND).write_bytes(SERIES)
    monkeypatch.chdir(tmp_path)
    (fault,) = faults("works.yaml", ALUMINIUM.read_bytes())
    assert fault.code == "series_missing" and fault.where.endswith("/supply/series/file")


def test_one_accent_spelt_in_two_ways_is_one_name() -> None:
    data = _cases.example(ALUMINIUM)
    called = "Wínd 风.csv"
    _cases.row(data, "potline-wind")["supply"]["series"]["file"] = unicodedata.normalize("NFC", called)
    content = _cases.sent(data).content
    assert read_upload("w.json", content, [(unicodedata.normalize("NFD", called), SERIES)], DRAFT).attachments


def test_faults_of_series_cells_and_data_come_at_once() -> None:
    """A bad line of the series, a file nobody names, a unit, an unknown input, and a missing second series."""
    data = _cases.example(ALUMINIUM)
    rows = data["rows"]
    second = dict(_cases.row(data, "potline-wind"), id="second")
    second["supply"] = {**second["supply"], "series": {"file": "gone.csv"}}
    rows.append(second)
    rows[0]["unit"] = "stone"
    rows[1]["input"] = "pixie dust"
    lines = SERIES.split(b"\n")
    lines[17] = b"2024-01-01T16:00,-5,96"
    found = codes(faults("w.json", _cases.sent(data).content, (WIND, b"\n".join(lines)), ("extra.csv", SERIES)))
    assert ("series_unused", "extra.csv") in found
    assert ("series_value", f"{WIND} line 18") in found
    assert ("series_missing", f"/rows/{len(rows) - 1}/supply/series/file") in found
    places = {where for _, where in found}
    assert "/rows/0/unit" in places and "/rows/1/input" in places, found


def test_files_of_one_name_other_kinds_and_too_many() -> None:
    content = ALUMINIUM.read_bytes()
    assert ("series_twice", WIND) in codes(faults("w.yaml", content, (WIND, SERIES), (WIND, SERIES)))
    assert ("file_kind", "wind.xlsx") in codes(faults("w.yaml", content, (WIND, SERIES), ("wind.xlsx", b"PK")))
    many = [(f"{number}.csv", b"") for number in range(MOST + 1)]
    assert [fault.code for fault in faults("w.yaml", content, *many)] == ["series_many"]
    assert [fault.code for fault in faults("w.exe", content)] == ["file_kind"]


def test_a_row_that_names_a_missing_file_is_named_each_time() -> None:
    data = _cases.example(ALUMINIUM)
    second = dict(_cases.row(data, "potline-wind"), id="second")
    data["rows"].append(second)
    found = faults("w.json", _cases.sent(data).content)
    assert [fault.code for fault in found].count("series_missing") == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("time,generation,load\n" + "1" * 200_000, "series_value"),
        ("time,generation,load\n2024-01-01T00:00+08:00,1,2\n2024-01-01T01:00,1,2", "series_interval"),
        ("time,generation,load\n" + "1\n" * 1_000_000, "series_interval"),
        ("", "series_head"),
        ("\x00", "series_head"),
    ],
)
def test_hostile_series_are_faults(text: str, code: str) -> None:
    """A field without end, a zone in half of the times, a million lines: words, no break."""
    with pytest.raises(Refused) as refused:
        read_series(text, date(2024, 1, 1), date(2024, 12, 31), "x.csv")
    assert code in {fault.code for fault in refused.value.faults}
