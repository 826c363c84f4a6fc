"""Reading: the same data come back, every bad cell is named, and all of them at once."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lca.faults import Fault, Refused
from pcr.intake import read_activity
from pcr.regime import load_regime
from service.workbook import CellMap, read_workbook, relocate, scan_workbook, write_filled
from service.workbook.book import format_kind
from tests.service.workbook_case import MAKE, MONTHS, at, edited, plain, reparted, rule, shared

RAW = "原材料 Raw materials clay shale"


def filled(folder: Path, data: dict[str, Any] | None = None) -> bytes:
    target = io.BytesIO()
    write_filled(rule(folder), data or plain(), target)
    return target.getvalue()


def refused(source: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        read_workbook(source)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def one(folder: Path, value: Any, key: str = "months/3", number_format: str = "") -> tuple[str, str]:
    """The only fault of a workbook with this value in a cell of the coal row."""
    data = plain()
    data["rows"][2] = {"input": "coal", "unit": "%" if number_format == "0%" else "t", "months": MONTHS}
    place = []

    def change(book: openpyxl.Workbook) -> None:
        cell = at(book[MAKE], "coal", key)
        cell.value = value
        cell.number_format = number_format or cell.number_format
        place.append(f"{MAKE}!{cell.coordinate}")

    faults = refused(edited(filled(folder, data), change))
    assert faults == [(faults[0][0], place[0])]
    return faults[0]


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    data, cells = read_workbook(filled(tmp_path))
    assert data == plain()
    assert cells.notices == ()
    assert cells.cells["/rows/0/months/5"] == f"{RAW}!O5"
    assert cells.cells["/works/country"] == "基本信息 Works!C7"
    assert cells.cells["/products/1/name/en"] == "产品 Products!D5"


def test_what_another_program_saved_comes_back(tmp_path: Path) -> None:
    """Texts shared, in runs, with phonetic readings; elements with a prefix; rows without a number."""
    data = plain()
    data["works"]["operator"] = " <a> & b"
    read = read_workbook(shared(filled(tmp_path, data), prefixed=True))[0]
    assert read == plain() | {"works": data["works"] | {"operator": "<a> & b"}}


def test_the_intake_reads_the_same_from_both(tmp_path: Path) -> None:
    data = plain()
    del data["about"]["ticket"], data["rows"][1]["exclude"]
    regime = load_regime("gbt24067")
    direct = read_activity(data, rule(tmp_path), regime).given
    assert read_activity(read_workbook(filled(tmp_path, data))[0], rule(tmp_path), regime).given == direct


def test_numbers_are_number_cells_where_the_cell_holds_them(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled(tmp_path)))
    assert at(book[RAW], "clay", "months/1").value == 10
    assert at(book[MAKE], "coal", "amount").value == 0.1
    assert at(book[RAW], "clay", "amount", nth=1).value == "0.30000000000000004"


def test_binary_noise_of_a_cell_is_cut_at_15_digits(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        at(book[MAKE], "coal", "amount").value = 0.1 + 0.2

    assert read_workbook(edited(filled(tmp_path), change))[0]["rows"][2]["amount"] == "0.3"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("12", "cell_text_number"), ("1,234.5", "cell_text_number"), ("１２", "cell_text_number"),
        ("35%", "cell_text_number"), ("about 12", "number_unreadable"), (True, "cell_boolean"),
        (datetime(2024, 3, 1), "cell_date"), ("#DIV/0!", "cell_error"), ("=1+1", "cell_formula_without_result"),
        (None, "month_missing"),
    ],
)  # fmt: skip
def test_a_bad_amount_cell(tmp_path: Path, value: Any, code: str) -> None:
    assert one(tmp_path, value)[0] == code


def test_a_percent_format_with_a_percent_unit(tmp_path: Path) -> None:
    assert one(tmp_path, 0.35, number_format="0%")[0] == "cell_percent"


def test_dates_that_only_a_chinese_excel_knows(tmp_path: Path) -> None:
    """Built-in format 31 is yyyy年m月d日 there and stands in no table of formats."""
    source = edited(filled(tmp_path), lambda book: setattr(at(book[MAKE], "coal", "amount"), "number_format", "0.00%"))
    where = f"{MAKE}!{at(openpyxl.load_workbook(io.BytesIO(source))[MAKE], 'coal', 'amount').coordinate}"
    changed = reparted(source, lambda name, data: data.replace(b'numFmtId="10"', b'numFmtId="31"'))
    assert refused(changed) == [("cell_date", where)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [("yyyy-mm-dd", "date"), ('0.0"%"', ""), ("0.0%", "percent"), ("General", ""), ("#,##0.00", ""), ("[Red]0", "")],
)
def test_number_formats(code: str, kind: str) -> None:
    assert format_kind(code) == kind


def computed(source: bytes, key: str, cached: bytes) -> bytes:
    """The coal row with a formula in a cell and the result that a spreadsheet program would have saved."""
    source = edited(source, lambda book: setattr(at(book[MAKE], "coal", key), "value", "=40+2"))
    pattern = re.compile(rb"(<c [^>]*)><f>40\+2</f><v ?/?>(?:</v>)?</c>")
    done = []

    def change(name: str, data: bytes) -> bytes:
        data, count = pattern.subn(lambda match: match[1] + cached, data)
        done.append(count)
        return data

    changed = reparted(source, change)
    assert sum(done) == 1
    return changed


def test_a_computed_amount_is_taken_and_noticed(tmp_path: Path) -> None:
    source = computed(filled(tmp_path), "amount", b"><f>40+2</f><v>42.000000000000007</v></c>")
    data, cells = read_workbook(source)
    assert data["rows"][2]["amount"] == "42"
    assert [(item.code, item.where) for item in cells.notices] == [("cell_computed", cells.cells["/rows/2/amount"])]


def test_a_computed_error(tmp_path: Path) -> None:
    source = computed(filled(tmp_path), "amount", b' t="e"><f>40+2</f><v>#DIV/0!</v></c>')
    reading = scan_workbook(source)
    assert [(item.code, item.found) for item in reading.faults] == [("cell_error", "#DIV/0!")]
    assert reading.faults[0].where == reading.cells.cells["/rows/2/amount"]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    source = computed(filled(tmp_path), "factor", b' t="str"><f>40+2</f><v></v></c>')
    assert "factor" not in read_workbook(source)[0]["rows"][2]


def summed(folder: Path, value: Any, months: list[str] | None) -> bytes:
    data = plain()
    data["rows"][2] = {"input": "coal", "unit": "t"} | ({"months": months} if months else {"amount": "1"})

    def change(book: openpyxl.Workbook) -> None:
        at(book[MAKE], "coal", "sum").value = value
        if not months:
            at(book[MAKE], "coal", "amount").value = None

    return edited(filled(folder, data), change)


def test_the_sum_is_checked_and_never_used(tmp_path: Path) -> None:
    assert "amount" not in read_workbook(summed(tmp_path, 186, MONTHS))[0]["rows"][2]
    assert read_workbook(summed(tmp_path, 1.2000000000000002, ["0.1"] * 12))[0]["rows"][2]["months"] == ["0.1"] * 12
    assert [code for code, _ in refused(summed(tmp_path, 187, MONTHS))] == ["sum_of_months"]


def test_a_figure_typed_into_the_sum_does_not_vanish(tmp_path: Path) -> None:
    assert [code for code, _ in refused(summed(tmp_path, 500, None))] == ["sum_of_months"]
    assert len(read_workbook(summed(tmp_path, 0, None))[0]["rows"]) == 9


def test_ten_faults_at_their_cells(tmp_path: Path) -> None:
    wanted: list[tuple[str, str]] = []

    def bad(sheet: Any, name: str, key: str, value: Any, code: str, nth: int = 0) -> None:
        cell = at(sheet, name, key, nth)
        cell.value = value
        wanted.append((code, f"{sheet.title}!{cell.coordinate}"))

    def change(book: openpyxl.Workbook) -> None:
        raw, make, general = book[RAW], book[MAKE], book["总体 General"]
        bad(raw, "clay", "evidence/calibration_valid_to", "soon", "date_unreadable")
        bad(raw, "clay", "months/2", "=SUM(1,2)", "cell_formula_without_result")
        bad(raw, "clay", "amount", "#REF!", "cell_error", nth=1)
        bad(make, "coal", "properties/ncv [GJ/t]", "26.7 GJ", "number_unreadable")
        bad(make, "gas", "amount", True, "cell_boolean")
        bad(make, "electricity", "instrument/mwh", "12.5", "cell_text_number")
        bad(make, "electricity", "amount", datetime(2024, 1, 5), "cell_date", nth=3)
        bad(make, "dry_share", "months/12", None, "month_missing")
        bad(general, "output", "sum", 99, "sum_of_months")
        bad(general, "output", "months/7", "１", "cell_text_number", nth=1)

    assert sorted(refused(edited(filled(tmp_path), change))) == sorted(wanted)
    assert len(wanted) == 10


def test_a_figure_in_a_hidden_or_merged_cell_is_refused(tmp_path: Path) -> None:
    """What enters a certificate is seen by who reads the sheet, and one cell is one figure."""
    wanted: list[tuple[str, str]] = []

    def change(book: openpyxl.Workbook) -> None:
        raw, make = book[RAW], book[MAKE]
        row = at(raw, "clay", "amount", nth=1).row
        raw.row_dimensions[row].hidden = True
        first = at(raw, "clay", "input", nth=1)
        wanted.append(("cell_hidden", f"{raw.title}!{first.coordinate}"))
        one, two = at(make, "dry_share", "months/3"), at(make, "dry_share", "months/4")
        make.merge_cells(f"{one.coordinate}:{two.coordinate}")
        wanted.append(("cell_merged", f"{make.title}!{one.coordinate}"))
        wanted.append(("month_missing", f"{make.title}!{two.coordinate}"))

    assert sorted(refused(edited(filled(tmp_path), change))) == sorted(wanted)


def test_a_hidden_column_or_sheet_with_figures_is_refused(tmp_path: Path) -> None:
    def hide_column(book: openpyxl.Workbook) -> None:
        raw = book[RAW]
        raw.column_dimensions[at(raw, "clay", "unit").column_letter].hidden = True

    def hide_sheet(book: openpyxl.Workbook) -> None:
        book[RAW].sheet_state = "hidden"

    for change in (hide_column, hide_sheet):
        found = refused(edited(filled(tmp_path), change))
        assert {code for code, _ in found} == {"cell_hidden"}
        assert all(where.startswith(f"{RAW}!") for _, where in found)


def test_hiding_and_merging_where_no_figure_stands_is_nobodys_business(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        raw = book[RAW]
        unused = raw.max_row + 3
        raw.row_dimensions[unused].hidden = True
        raw.merge_cells(start_row=unused, end_row=unused + 1, start_column=2, end_column=4)

    assert read_workbook(edited(filled(tmp_path), change))[0] == read_workbook(filled(tmp_path))[0]


def test_the_intake_does_not_repeat_the_door(tmp_path: Path) -> None:
    """A text number is one fault, not also an unreadable number and a missing input; other faults stay."""

    def change(book: openpyxl.Workbook) -> None:
        at(book["总体 General"], "output", "months/1").value = "12"
        at(book[RAW], "clay", "unit").value = "m3"
        at(book[RAW], "clay", "months/1").value = "1,0"

    reading = scan_workbook(edited(filled(tmp_path), change))
    with pytest.raises(Refused) as caught:
        read_activity(reading.data, rule(tmp_path), load_regime("gbt24067"))
    together = [(fault.code, fault.where) for fault in reading.with_intake(caught.value.faults)]
    cells = reading.cells.cells
    assert together[:2] == [("cell_text_number", f"{RAW}!J5"), ("cell_text_number", cells["/rows/8/months/0"])]
    assert {where.partition("!")[0] for code, where in together[2:]} <= {RAW}
    assert "missing_input" not in [code for code, _ in together]


def test_rows_may_be_added_and_own_sheets_are_left_alone(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book[RAW]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for key, value in {"input": "clay 粘土", "amount": 3, "unit": "t", "material": "shale 页岩 shale"}.items():
            sheet.cell(row=500, column=columns[key], value=value)
        sheet.cell(row=501, column=columns["amount"], value=4)
        book.create_sheet("mine")["A1"] = "#DIV/0!"

    data, cells = read_workbook(edited(filled(tmp_path), change))
    assert data["rows"][2] == {"input": "clay", "amount": "3", "unit": "t", "material": "shale"}
    assert data["rows"][3] == {"amount": "4"}
    assert cells.find("/rows/3/input") == f"{RAW}!B501"


def test_faults_of_later_steps_find_their_cells(tmp_path: Path) -> None:
    _, cells = read_workbook(filled(tmp_path))
    known = cells.cells
    paths = {
        "/rows/0/properties/moisture/amount": known["/rows/0/properties/moisture"],
        "/rows/2": known["/rows/2"],
        "/rows/1/months": f"{RAW}!J6",
        "/rows (gas)": f"{MAKE}!B11",
        "/rows (output, p2)": known["/rows/8/input"],
        "rows/e/supply/instruments/1 (B)": known["/rows/4/supply/instruments/1"],
        "/settings/way": known["/settings/way"],
        "/period": "基本信息 Works!C10",
        "solver": "solver",
    }
    faults = relocate([Fault("x", where) for where in paths], cells)
    assert [fault.where for fault in faults] == list(paths.values())
    assert known["/rows/4/supply/instruments/1"] != known["/rows/4/supply/instruments/0"]
    assert CellMap({}).find("/rows/0") == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda book: book.remove(book["产品 Products"]), "sheet_missing"),
        (lambda book: book.remove(book[RAW]), "sheet_missing"),
        (lambda book: book.copy_worksheet(book[MAKE]), "sheet_twice"),
        (lambda book: setattr(book[RAW]["A1"], "value", "pcf-workbook/2 rows:raw"), "format_unknown"),
        (lambda book: setattr(book[RAW]["E1"], "value", "product"), "key_twice"),
        (lambda book: setattr(book[RAW]["E1"], "value", "supply/evidence"), "unknown_key"),
        (lambda book: setattr(at(book[MAKE], "coal", "supply/type"), "value", "same_as_above"), "continuation_row"),
        (lambda book: setattr(book["基本信息 Works"]["C10"], "value", "2024"), "date_unreadable"),
    ],
)  # fmt: skip
def test_a_damaged_template(tmp_path: Path, change: Callable[[openpyxl.Workbook], None], code: str) -> None:
    assert code in [found for found, _ in refused(edited(filled(tmp_path), change))]


def test_ways_to_write_a_date(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["基本信息 Works"]["C10"], book["基本信息 Works"]["C11"] = "2024年1月1日", datetime(2024, 6, 30)

    faulty = scan_workbook(edited(filled(tmp_path), change))
    assert faulty.data["period"] == {"start": "2024-01-01", "end": "2024-06-30"}
    assert faulty.faults == ()


def test_a_half_year_needs_six_months(tmp_path: Path) -> None:
    data = plain()
    data["period"]["end"] = "2024-06-30"
    data["rows"] = [{"input": "coal", "unit": "t", "months": MONTHS[:6]}]
    data["meters"] = [{"id": "m", "input": "electricity", "unit": "MWh", "months": [*MONTHS[:2], "", *MONTHS[:3]]}]
    assert refused(filled(tmp_path, data)) == [("month_missing", "电表 Meters!I4")]
    del data["meters"]
    assert read_workbook(filled(tmp_path, data))[0]["rows"] == data["rows"]


def test_two_years_have_24_columns(tmp_path: Path) -> None:
    data = plain()
    data["period"]["end"] = "2025-12-31"
    data["rows"] = [{"input": "coal", "unit": "t", "months": MONTHS * 2}]
    data["meters"] = [{"id": "m", "input": "electricity", "unit": "MWh", "amount": "1"}]
    assert read_workbook(filled(tmp_path, data))[0] == data


def test_two_thousand_rows_read_in_three_seconds(tmp_path: Path) -> None:
    data = plain()
    kinds = [row for row in data["rows"] if row["input"] != "output"]
    data["rows"] = [row | {"id": f"{row['input']}-{number}"} for row in kinds for number in range(250)]
    source = filled(tmp_path, data)
    start = time.process_time()
    found, _ = read_workbook(source)
    assert len(found["rows"]) == 2000
    assert time.process_time() - start < 3
