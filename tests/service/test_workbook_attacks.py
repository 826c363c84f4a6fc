"""Hostile files: each a Refused that fits in five lines, never a traceback, never a full disk of memory."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lca.faults import Refused
from lca.messages import lines
from service.workbook import archive, read_workbook, scan_workbook, sheet_xml, write_filled
from tests.service.workbook_case import plain, reparted, rule, shared

SHEET = "xl/worksheets/sheet4.xml"


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    target = io.BytesIO()
    write_filled(rule(tmp_path), plain(), target)
    return shared(target.getvalue())


def code(source: bytes | Path) -> str:
    with pytest.raises(Refused) as caught:
        read_workbook(source)
    assert all(len(lines(fault, language)) <= 5 for fault in caught.value.faults for language in ("en", "zh"))
    assert all("\n" not in fault.found and len(fault.found) <= 120 for fault in caught.value.faults)
    assert len({fault.code for fault in caught.value.faults}) == 1
    return caught.value.faults[0].code


def in_sheet(good: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return reparted(good, lambda name, data: change(data) if name == SHEET else data)


def test_what_is_no_workbook(tmp_path: Path) -> None:
    empty_zip = io.BytesIO()
    zipfile.ZipFile(empty_zip, "w").close()
    for source in (b"", b"PK", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1", empty_zip.getvalue(), b"a,b\n1,2\n"):
        assert code(source) == "workbook_unreadable"
    assert code(tmp_path / "not there.xlsx") == "workbook_unreadable"


def test_any_other_workbook_lacks_the_sheets(good: bytes) -> None:
    assert code(reparted(good, lambda name, data: data.replace(b"f-workbook/1", b"nothing"))) == "sheet_missing"


def test_a_zip_bomb_is_refused_unopened(good: bytes) -> None:
    bomb = reparted(good, lambda name, data: data, {"xl/media/a.bin": bytes(100_000_000)})
    start = time.process_time()
    assert code(bomb) == "workbook_too_large"
    assert time.process_time() - start < 0.5
    many = reparted(good, lambda name, data: data, {f"xl/media/{n}": b"" for n in range(archive.MAX_PARTS)})
    assert code(many) == "workbook_too_large"


def test_sizes_that_lie_are_not_believed(good: bytes) -> None:
    """A part that says it is small and is not: reading stops at what it says, and the checksum is wrong."""
    packed = reparted(good, lambda name, data: data, {"xl/a.xml": bytes(5_000_000)})
    lying = packed.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != packed
    assert code(lying) == "workbook_unreadable"


def test_the_file_itself_may_be_too_large(monkeypatch: pytest.MonkeyPatch, good: bytes, tmp_path: Path) -> None:
    monkeypatch.setattr(archive, "MAX_FILE", 1000)
    (tmp_path / "big.xlsx").write_bytes(good)
    assert code(tmp_path / "big.xlsx") == "workbook_too_large"


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch, good: bytes) -> None:
    monkeypatch.setattr(sheet_xml, "MAX_CELLS", 100)
    assert code(good) == "workbook_too_large"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
@pytest.mark.parametrize("coded", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_every_part(good: bytes, part: str, coded: str) -> None:
    """Entities that grow, and entities that read files."""
    laughs = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'

    def change(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        text = data.decode()
        text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        return f'<?xml version="1.0" encoding="{coded}"?>{laughs}{text}'.encode(coded)

    assert code(reparted(good, change)) == "workbook_unreadable"


def test_a_dimension_that_lies_costs_nothing(good: bytes) -> None:
    def change(data: bytes) -> bytes:
        tail = data.partition(b"<sheetData>")[2]
        return b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + (
            b'<dimension ref="A1:XFD1048576"/><sheetData>' + tail
        )

    start = time.process_time()
    data, _ = read_workbook(in_sheet(good, change))
    assert data == plain()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'r="B5"', b'r="ZZZZ5"'),
        lambda data: data.replace(b'r="B5"', b'r="XFE5"'),
        lambda data: data.replace(b'r="B5"', b'r="B9999999"'),
        lambda data: data.replace(b'<row r="5"', b'<row r="five"'),
        lambda data: data.replace(b't="s"><v>', b't="s"><v>9999'),
        lambda data: b"\x00" + data,
    ],
)
def test_damaged_xml(good: bytes, change: Callable[[bytes], bytes]) -> None:
    assert code(in_sheet(good, change)) == "workbook_unreadable"


def test_a_number_beyond_all_numbers(good: bytes) -> None:
    changed = in_sheet(good, lambda data: data.replace(b"<v>21</v>", b"<v>1e999</v>"))
    assert code(changed) == "number_unreadable"


def test_a_part_that_stands_twice(good: bytes) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = reparted(good, lambda name, data: data, {SHEET: b"<a/>"})
    assert code(twice) == "workbook_unreadable"


def test_unusual_packing(good: bytes) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert code(target.getvalue()) == "workbook_unreadable"


def test_links_outside_and_odd_path_names_are_ignored(good: bytes, tmp_path: Path) -> None:
    link = b'<Relationship Id="rX" Type="http://x/worksheet" Target="file:///etc/passwd" TargetMode="External"/>'

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"</Relationships>", link + b"</Relationships>") if name.endswith("book.xml.rels") else data

    data, _ = read_workbook(reparted(good, change, {"../../evil.txt": b"x", "/etc/cron.d/x": b"x"}))
    assert data == plain()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rule.yaml"]


def test_faults_are_counted_past_a_thousand(tmp_path: Path) -> None:
    data = plain()
    data["rows"] = [{"input": "coal", "unit": "t", "months": ["x"] * 12} for _ in range(400)]
    target = io.BytesIO()
    write_filled(rule(tmp_path), data, target)
    faults = scan_workbook(target.getvalue()).faults
    assert len(faults) == 1001
    assert (faults[-1].code, faults[-1].found) == ("workbook_more_faults", "3,800 more")
