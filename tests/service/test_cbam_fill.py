"""``pcf cbam map`` and ``fill``: a workbook shaped like the Commission's, its map, its filling, and every refusal.

Long because every fault is asserted with its code and its place, and because the part that edits XML is tried on the
forms that a foreign writer may choose.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from lca.doors import cell_text, read_json, read_yaml
from lca.exact import Exact
from lca.faults import Refused
from service.cbam import rewrite as rewriting
from service.cbam.cellmap import CellMap, Entry, read_map
from service.cbam.fill import Filled, fill
from service.cbam.official import Official
from service.cbam.propose import plain, propose, to_yaml, words
from service.cbam.rewrite import Value, recalculated, rewrite
from service.cbam.schema import input_schema
from tests.service.workbook_case import reparted

FORM = Path(__file__).resolve().parents[2] / "pcr" / "regimes" / "cbam" / "data" / "form.yaml"
OPEN = Protection(locked=False)
Data = dict[str, Any]
INPUT = """
installation: {name: "Huaxin & Sons <Works>", country: CN, unlocode: CNSHA, latitude: "31.2304",
  economic_activity: Steel}
operator: {name: Huaxin Group, registration_no: "913100001234567890", address: Shanghai, country: CN}
period: {from: 2026-01-01, to: 2026-12-31}
verifier: {name: TÜV, country: DE, accreditation_no: "0012"}
streams:
  - {name: Natural gas, method: combustion, activity: 1837.5, unit: t, ncv_GJ_per_unit: 48, ef_tCO2_per_TJ: 56.1}
  - {name: Raw meal, method: process, activity: 121000, unit: t, ef_tCO2_per_t: 0.08794}
processes:
  - {id: P1, name: Screws, cn: "73181542", activity_level_t: 17000, electricity_MWh: 3400}
  - {id: P2, name: Nuts, cn: "73181692", activity_level_t: 8200, electricity_MWh: 1640}
precursors:
  - {id: PP1, name: Carbon steel, cn: "72139100"}
purchased_precursors: [{country: CN}]
"""


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets named as the Commission names them; layout ours: protected and open, merged, hidden, computed cells."""
    book = Workbook()
    book.remove(book.active)
    _general(book.create_sheet("A_InstData"))
    _streams(book.create_sheet("B_EmInst"))
    processes = book.create_sheet("D_Processes")
    for column, text in enumerate(
        ("ID", "Process name", "CN code", "Activity level (t)", "Electricity consumption"), 2
    ):
        processes.cell(3, column, text)
    processes["G3"] = "Total"
    processes["G4"] = ArrayFormula("G4:G8", "=E4:E8+0")
    bought = book.create_sheet("E_PurchPrec")
    for column, text in enumerate(("ID", "Precursor name", "CN code", "Country of origin"), 2):
        bought.cell(2, column, text)
    bought["B9"] = "End of the list"
    summary = book.create_sheet("Summary_Processes")
    summary["A1"], summary["B1"] = "Name of the installation", "=A_InstData!I20"
    summary["A2"], summary["B2"] = "Electricity", "=SUM(D_Processes!F4:F23)"
    summary["A3"], summary["B3"] = "Emissions", "=B_EmInst!F17*B_EmInst!H17*B_EmInst!J17/1000"
    hidden = book.create_sheet("c_CodeLists")
    hidden["A1"], hidden.sheet_state = "Address of the installation", "hidden"
    summary["Z1"], summary.column_dimensions["Z"].hidden = "Address of the operator", True
    summary["A9"], summary.row_dimensions[9].hidden = "Address of the verifier", True
    target = io.BytesIO()
    book.save(target)
    data = reparted(
        target.getvalue(),
        lambda name, part: part.replace(b' fullCalcOnLoad="1"', b"") if name == "xl/workbook.xml" else part,
        {
            "xl/media/image1.png": b"\x89PNG",
            "xl/ctrlProps/ctrlProp1.xml": b"<formControlPr/>",
            "xl/vba.bin": b"\x00\x01",
        },
    )
    assert b"fullCalcOnLoad" not in dict(parts(data))["xl/workbook.xml"]
    path = tmp_path_factory.mktemp("official") / "official.xlsx"
    path.write_bytes(data)
    return path


def _general(sheet: Any) -> None:
    sheet.protection.sheet = True
    lines = {
        3: "About the operator", 4: "i. Name of the operator:", 5: "Company registration number", 6: "Country:",
        17: "2 About the installation", 20: "(a) Name of the installation:", 21: "Economic activities",
        22: "Country：", 23: "UNLOCODE", 24: "Latitude", 25: "Email", 34: "Verifier of the report – if any",
        37: "Company Name:", 38: "Accreditation number", 41: "Country:",
    }  # fmt: skip
    for row, text in lines.items():
        sheet[f"E{row}"] = text
        sheet.merge_cells(f"E{row}:H{row}")
        sheet.merge_cells(f"I{row}:K{row}")
        sheet[f"I{row}"].protection = OPEN
    sheet["I25"] = "=I6"
    sheet["I6"] = "DE"
    sheet["E9"], sheet["H9"], sheet["K9"] = "Reporting period", "Start:", "End:"
    for place in ("I9", "L9"):
        sheet[place].protection, sheet[place].number_format = OPEN, "dd/mm/yyyy"
    countries = DataValidation(type="list", formula1='"CN,DE"')
    countries.add("I22")
    sheet.add_data_validation(countries)
    sheet["I20"].comment = Comment("in English", "the Commission")


def _streams(sheet: Any) -> None:
    """A table as the Commission lays it out: worked examples between the header and the first row to fill."""
    sheet.protection.sheet = True
    sheet["D8"] = "Source streams and emission sources"
    heads = {
        "D": "Method", "E": "Source stream name", "F": "Activity data (AD)", "G": "AD Unit",
        "H": "Net calorific value (NCV)", "J": "Emission factor (EF)", "N": "Oxidation factor (OxF)", "O": "OxF Unit",
    }  # fmt: skip
    for column, text in heads.items():
        sheet[f"{column}13"] = text
        for row in range(17, 30):
            sheet[f"{column}{row}"].protection = OPEN if column != "O" else Protection()
    for row in (14, 15, 16):
        sheet[f"D{row}"], sheet[f"E{row}"] = "Combustion", "Heavy fuel oil"
    for row in range(14, 30):
        sheet[f"O{row}"] = "%"


def parts(source: Path | bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def mapped(*lines: Data, **workbook: str) -> Data:
    return {"workbook": workbook, "cells": list(lines)} if workbook else {"cells": list(lines)}


def line(place: str, path: str, **more: Any) -> Data:
    sheet, _, cell = place.partition("!")
    return {"sheet": sheet, "cell": cell, "path": path} | more


def refused(call: Callable[[], object]) -> set[tuple[str, str]]:
    """Code and place of every fault; each says what was found and expected."""
    with pytest.raises(Refused) as caught:
        call()
    for fault in caught.value.faults:
        assert fault.found and fault.expected
        assert fault.rule == "CBAM cell map 1" or fault.code.startswith("number_"), "the doors of numbers know no rule"
    return {(fault.code, fault.where) for fault in caught.value.faults}


def proposed(official: Path, data: Any = None) -> dict[str, Entry]:
    return {entry.path: entry for entry in propose(official, data).entries}


def confirmed(made: CellMap) -> Any:
    """The map after a person looked at it: every line is sure."""
    return read_yaml(to_yaml(made).replace("sure: no", "sure: yes"))


# --- the proposal


def test_labels_lead_to_their_cells(official: Path) -> None:
    found = {
        path: (f"{e.sheet}!{get_column_letter(e.at[1])}{e.at[0]}", e.down, e.sure)
        for path, e in proposed(official).items()
    }
    assert found == {
        "/operator/name": ("A_InstData!I4", 0, True),
        "/operator/registration_no": ("A_InstData!I5", 0, True),
        "/operator/country": ("A_InstData!I6", 0, True),
        "/installation/name": ("A_InstData!I20", 0, True),
        "/installation/economic_activity": ("A_InstData!I21", 0, False),  # activities, not activity
        "/installation/country": ("A_InstData!I22", 0, True),
        "/installation/unlocode": ("A_InstData!I23", 0, True),
        "/installation/latitude": ("A_InstData!I24", 0, True),
        "/period/from": ("A_InstData!I9", 0, True),
        "/period/to": ("A_InstData!L9", 0, True),
        "/verifier/name": ("A_InstData!I37", 0, True),
        "/verifier/accreditation_no": ("A_InstData!I38", 0, True),
        "/verifier/country": ("A_InstData!I41", 0, True),
        "/streams/*/name": ("B_EmInst!E17", 13, True),
        "/streams/*/method": ("B_EmInst!D17", 13, True),
        "/streams/*/activity": ("B_EmInst!F17", 13, True),
        "/streams/*/unit": ("B_EmInst!G17", 13, True),
        "/streams/*/ncv_GJ_per_unit": ("B_EmInst!H17", 13, True),
        "/streams/*/ef_tCO2_per_TJ": ("B_EmInst!J17", 13, True),
        "/streams/*/oxidation_factor": ("B_EmInst!N17", 13, False),  # a share, and the column says %
        "/processes/*/id": ("D_Processes!B4", 20, True),
        "/processes/*/name": ("D_Processes!C4", 20, True),
        "/processes/*/cn": ("D_Processes!D4", 20, True),
        "/processes/*/activity_level_t": ("D_Processes!E4", 20, True),
        "/processes/*/electricity_MWh": ("D_Processes!F4", 20, True),
        "/precursors/*/id": ("E_PurchPrec!B3", 6, True),
        "/precursors/*/name": ("E_PurchPrec!C3", 6, True),
        "/precursors/*/cn": ("E_PurchPrec!D3", 6, True),
        "/purchased_precursors/*/country": ("E_PurchPrec!E3", 6, True),
    }


def test_nothing_is_proposed_that_may_not_be_written(official: Path) -> None:
    book = Official(official)
    places = [(book.layout(entry.sheet), at) for entry in propose(official).entries for at in entry.places()]
    assert len(places) > 200
    assert not [at for layout, at in places if layout.computed(at) or layout.locked(at) or layout.box(at)[0] != at]


def test_what_no_label_leads_to_is_listed(official: Path) -> None:
    """The cell beside Email is a formula; those of the addresses are hidden; longitude has no label."""
    missing = dict(propose(official).not_found)
    unseen = {f"/{part}/address" for part in ("operator", "installation", "verifier")}
    assert {"/operator/email", "/installation/longitude", *unseen} <= set(missing)
    assert len(missing) + len(proposed(official)) == len(words()["labels"])


def test_the_form_of_the_input_decides_between_paths(official: Path) -> None:
    neutral = {"inputs": {"source_streams": [{"name": "gas", "ef_tCO2_per_t": "1"}]}, "installation_country": "CN"}
    found = proposed(official, neutral)
    assert found["/source_streams/*/ef_tCO2_per_t"].others == ()
    assert {"/source_streams/*/name", "/installation_country", "/streams/*/activity"} <= set(found)
    assert found["/installation_country"].at == proposed(official)["/installation/country"].at
    assert proposed(official)["/streams/*/ef_tCO2_per_TJ"].others == ("/streams/*/ef_tCO2_per_t",)


def test_a_share_is_asked_about(official: Path) -> None:
    share = proposed(official)["/streams/*/oxidation_factor"]
    assert (share.times, share.sure) == ("100", False)


@pytest.fixture
def small(tmp_path: Path) -> Callable[[Callable[[Any], object]], Path]:
    """A workbook of one sheet, as a function fills it."""

    def made(draw: Callable[[Any], object]) -> Path:
        book = Workbook()
        book.active.title = "Sheet"
        draw(book.active)
        book.save(tmp_path / "small.xlsx")
        return tmp_path / "small.xlsx"

    return made


def test_a_label_that_stands_twice_is_not_sure(small: Any) -> None:
    def draw(sheet: Any) -> None:
        sheet["A2"] = sheet["A5"] = "Name of the installation"

    entry = proposed(small(draw))["/installation/name"]
    assert entry.sure is False and entry.choices == ("Sheet!B2", "Sheet!B5")


def test_two_paths_on_one_cell_are_not_sure(small: Any) -> None:
    """A label whose value would stand in the table of another."""

    def draw(sheet: Any) -> None:
        sheet["C1"], sheet["A3"], sheet["B3"], sheet["A30"] = "Source stream name", "Operator name", "t", "Latitude"

    found = proposed(small(draw))
    assert [(entry.at, entry.down, entry.sure) for entry in found.values()] == [
        ((3, 3), 0, False), ((30, 2), 0, True), ((2, 3), 20, False),
    ]  # fmt: skip


def test_units_are_passed_and_other_text_is_doubted(small: Any) -> None:
    def draw(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "Latitude", "-"
        sheet["A2"], sheet["B2"] = "Longitude", "filled in before"
        sheet["A3"], sheet["B3"] = "Operator name", "UNLOCODE"

    found = proposed(small(draw))
    assert (found["/installation/latitude"].at, found["/installation/latitude"].sure) == ((1, 3), True)
    assert (found["/installation/longitude"].at, found["/installation/longitude"].sure) == ((2, 3), False)
    assert "/operator/name" not in found and found["/installation/unlocode"].at == (3, 3)


def test_columns_of_one_table_begin_in_one_row(small: Any) -> None:
    """Examples of an open sheet fill some columns only: the others wait for them, and nobody is sure."""

    def draw(sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["C1"] = "Source stream name", "Activity data", "Carbon content"
        sheet["A2"], sheet["B2"], sheet["A3"] = "an example", "12", "another"
        sheet["B9"] = "a total"

    found = proposed(small(draw))
    assert [(found[f"/streams/*/{key}"].at, found[f"/streams/*/{key}"].down, found[f"/streams/*/{key}"].sure)
            for key in ("name", "activity", "carbon_content_tC_per_t")] == [
        ((4, 1), 5, False), ((4, 2), 5, False), ((4, 3), 5, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("(a) Name of  the Installation:", "name of the installation"),
        ("1.2 Name of the installation *", "Name of the installation"),
        ("ii. Ｎａｍｅ of the installation：", "name of the installation"),
        ("Net calorific value (NCV)", "net calorific value NCV"),
        ("（一）装置名称：", "装置名称"),
    ],
)
def test_labels_are_compared_by_what_tells_them_apart(text: str, same: str) -> None:
    assert plain(text) == plain(same)


def test_labels_that_differ_stay_apart() -> None:
    for one, other in (("(latitude)", "(longitude)"), ("Name (optional)", "Name (English name)"), ("ID", "I")):
        assert plain(one) != plain(other)


def test_no_phrase_belongs_to_two_values() -> None:
    """Taken anywhere, a phrase names one value; in one section as well."""
    anywhere = [plain(text) for label in words()["labels"] for text in label["labels"]]
    assert len(set(anywhere)) == len(anywhere)
    within = [(str(label["section"]), plain(text)) for label in words()["labels"] for text in label.get("within", ())]
    assert len(set(within)) == len(within)
    assert words()["confidence"] == "recalled"


def test_every_path_is_a_key_of_a_form() -> None:
    """Of the installation file or of the neutral form: a path that neither knows would never find a value."""
    known: set[str] = set()
    for name, part in read_yaml(FORM.read_text(encoding="utf-8"))["sections"].items():
        known |= {f"/{name}/{'*/' if part['kind'] == 'table' else ''}{item[0]}" for item in part["keys"]}
    for name, part in input_schema()["properties"].items():
        items = part.get("items", {})
        for one in items.get("oneOf", [items]) if items else part.get("oneOf", [{}]):
            known |= {f"/{name}/{'*/' if items else ''}{key}" for key in one.get("properties", {})} | {f"/{name}"}
    alternatives = [item for label in words()["labels"] for item in label["paths"]]
    paths = {path for item in alternatives for path in (item if isinstance(item, list) else [item])}
    assert len(paths) > 45 and paths <= known


# --- the map


def test_a_map_written_is_the_map_read(official: Path) -> None:
    made = propose(official)
    read = read_map(read_yaml(to_yaml(made)))
    assert [entry._replace(where="") for entry in read.entries] == list(made.entries)
    assert (read.sha256, read.title, read.not_found) == (made.sha256, made.title, made.not_found)
    assert to_yaml(read) == to_yaml(made)
    assert read_map(read_yaml(to_yaml(CellMap(())))).entries == ()


@given(st.lists(st.text(min_size=1, max_size=20).map(str.strip).filter(bool), max_size=4))
@settings(deadline=None)
def test_any_words_survive_the_map(texts: list[str]) -> None:
    texts = [text for text in texts if not re.search("[\ud800-\udfff]", text)]
    entries = tuple(Entry("S", (row, 1), "/a", label=text) for row, text in enumerate(texts, 1))
    read = read_map(read_yaml(to_yaml(CellMap(entries, not_found=tuple((text, "x") for text in texts)))))
    assert [entry.label for entry in read.entries] == texts and [item[0] for item in read.not_found] == texts


def test_faults_of_the_form_come_together() -> None:
    lines = [
        line("S!E0", "/a"), line("S!XFE1", "/a"), line("S!a1", "/a"), line("S!A2", "a/b"), line("S!A3", "/*/b/*"),
        line("S!A4", "/a~2"), line("S!A5", "/a", down="3"), line("S!A6", "/a/*", down="3", right="3"),
        line("S!A7", "/a/*", down="many"), line("S!A8", "/a/*", down="0"), line("S!A9", "/a", sure="perhaps"),
        line("S!A10", "/a", times="x"), line("S!A11", "/a", times="0"), line("S!A12", "/a", **{"as": "date"}),
        line("S!A13", "/a", colour="red"), {"sheet": "S", "cell": "A14"}, line("S!A15", ["/a"]),
        line("S!A16", "/a", **{"or": ["/b/*"]}), line("S!A1048576", "/a/*", down="2"), "S!A17",
        line("S!A18", "/a", times="100", **{"as": "text"}), line("S!A19", "/a", choices="x"),
    ]  # fmt: skip
    assert refused_map(lines) == {
        ("cbam_cell_address", "/cells/0/cell"), ("cbam_cell_address", "/cells/1/cell"),
        ("cbam_cell_address", "/cells/2/cell"), ("cbam_map_path", "/cells/3/path"), ("cbam_map_path", "/cells/4/path"),
        ("cbam_map_path", "/cells/5/path"), ("cbam_map_setting", "/cells/6/down"),
        ("cbam_map_setting", "/cells/7/down"), ("cbam_map_setting", "/cells/8/down"),
        ("cbam_map_setting", "/cells/9/down"), ("cbam_map_setting", "/cells/10/sure"),
        ("number_unreadable", "/cells/11/times"), ("cbam_map_setting", "/cells/12/times"),
        ("cbam_map_setting", "/cells/13/as"), ("unknown_key", "/cells/14/colour"), ("missing_key", "/cells/15/path"),
        ("shape", "/cells/16/path"), ("cbam_map_path", "/cells/17/path"), ("cbam_map_setting", "/cells/18/down"),
        ("shape", "/cells/19"), ("cbam_map_setting", "/cells/20/times"), ("shape", "/cells/21/choices"),
    }  # fmt: skip


def refused_map(lines: list[Any]) -> set[tuple[str, str]]:
    return refused(lambda: read_map({"cells": lines}))


def test_no_cell_stands_in_two_lines() -> None:
    down = line("S!B2", "/a/*", down="5")
    assert refused_map([down, line("S!B6", "/b")]) == {("cbam_cell_twice", "S!B6")}
    assert refused_map([down, line("S!A4", "/b/*", right="3")]) == {("cbam_cell_twice", "S!B4")}
    assert refused_map([down, line("S!B3", "/b/*", down="9")]) == {("cbam_cell_twice", "S!B3")}
    assert len(read_map({"cells": [down, line("S!B7", "/b"), line("T!B2", "/c")]}).entries) == 3


def test_what_is_no_map() -> None:
    assert refused(lambda: read_map("text")) == {("shape", "/")}
    assert refused(lambda: read_map({"cells": "text"})) == {("shape", "/cells")}


# --- the filling


@pytest.fixture
def filled(official: Path, tmp_path: Path) -> tuple[Path, Filled]:
    out = tmp_path / "out.xlsx"
    data = read_yaml(INPUT)
    return out, fill(official, data, confirmed(propose(official, data)), out, replace=True)


def test_values_stand_in_their_cells(filled: tuple[Path, Filled]) -> None:
    book = load_workbook(filled[0])
    general, streams, processes = book["A_InstData"], book["B_EmInst"], book["D_Processes"]
    assert general["I20"].value == "Huaxin & Sons <Works>" and general["I41"].value == "DE"
    assert (general["I6"].value, general["I5"].value, general["I38"].value) == ("CN", "913100001234567890", "0012")
    assert general["I24"].value == 31.2304
    assert [general[place].value.date() for place in ("I9", "L9")] == [date(2026, 1, 1), date(2026, 12, 31)]
    assert [streams[place].value for place in ("D17", "E18", "F17", "F18", "H17", "J17", "J18")] == [
        "combustion", "Raw meal", 1837.5, 121000, 48, 56.1, 0.08794,
    ]  # fmt: skip
    assert streams["H18"].value is None and streams["E19"].value is None
    rows = [[cell.value for cell in row] for row in processes["B4:F5"]]
    assert rows == [["P1", "Screws", "73181542", 17000, 3400], ["P2", "Nuts", "73181692", 8200, 1640]]
    assert [cell.value for cell in book["E_PurchPrec"]["B3:E3"][0]] == ["PP1", "Carbon steel", "72139100", "CN"]


def test_everything_else_stays(official: Path, filled: tuple[Path, Filled]) -> None:
    """Parts byte for byte but the sheets written and the workbook part; formulas, styles, checks and comments."""
    before, after = parts(official), parts(filled[0])
    assert [name for name, _ in before] == [name for name, _ in after]
    changed = {name for (name, old), (_, new) in zip(before, after, strict=True) if old != new}
    assert changed == {"xl/workbook.xml", *(f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3, 4))}
    assert {"xl/media/image1.png", "xl/ctrlProps/ctrlProp1.xml", "xl/vba.bin"} <= {name for name, _ in after}
    old, new = load_workbook(official), load_workbook(filled[0])
    written = {(cell.sheet, cell.cell) for cell in filled[1].cells}
    looked = 0
    for sheet in old:
        for row in sheet.iter_rows():
            for cell in row:
                twin = new[sheet.title][cell.coordinate]
                assert list(twin._style or ()) == list(cell._style or twin._style or ()), cell.coordinate
                if (sheet.title, cell.coordinate) not in written:
                    same = [getattr(c.value, "text", c.value) for c in (cell, twin)]
                    assert same[0] == same[1], (sheet.title, cell.coordinate)
                    looked += same[0] is not None
    assert looked > 60
    assert new["Summary_Processes"]["B2"].value == "=SUM(D_Processes!F4:F23)"
    assert new["A_InstData"]["I20"].comment.text == "in English"
    assert new["A_InstData"].data_validations.dataValidation[0].formula1 == '"CN,DE"'
    assert new["A_InstData"].protection.sheet and new.calculation.fullCalcOnLoad


def test_outside_the_cells_a_sheet_keeps_its_bytes(official: Path, filled: tuple[Path, Filled]) -> None:
    """Not a byte changes before and behind the rows, and no cell but those written."""
    name = "xl/worksheets/sheet1.xml"
    old, new = dict(parts(official))[name], dict(parts(filled[0]))[name]
    for cut in (lambda data: data.split(b"<sheetData>")[0], lambda data: data.split(b"</sheetData>")[1]):
        assert cut(old) == cut(new)
    places = {cell.cell for cell in filled[1].cells if cell.sheet == "A_InstData"}
    cells = [dict(re.findall(rb'<c r="([A-Z]+[0-9]+)"(.*?)(?=<c |</row>)', data)) for data in (old, new)]
    assert len(places) == 13 and set(cells[0]) == set(cells[1])
    assert {place.decode() for place in cells[0] if cells[0][place] != cells[1][place]} == places


def test_the_result_names_every_cell(filled: tuple[Path, Filled]) -> None:
    cells = {(cell.sheet, cell.cell): (cell.path, cell.text) for cell in filled[1].cells}
    assert cells["B_EmInst", "J18"] == ("/streams/1/ef_tCO2_per_t", "0.08794")
    assert cells["A_InstData", "I9"] == ("/period/from", "2026-01-01")
    assert len(cells) == len(filled[1].cells) == 13 + 11 + 10 + 4
    told = {(item.code, item.where): dict(item.values) for item in filled[1].notices}
    assert told[("cbam_not_in_input", "B_EmInst!H17")] == {"path": "/streams/*/ncv_GJ_per_unit (1)"}
    assert told[("cbam_not_in_input", "B_EmInst!N17")] == {"path": "/streams/*/oxidation_factor"}
    assert {code for code, _ in told} == {"cbam_not_in_input"}


ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
"""LibreOffice computes a foreign file anew only when told to; Excel does what the file asks for."""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_another_program_reads_and_computes_it(official: Path, tmp_path: Path) -> None:
    """A workbook as LibreOffice saves it, results and all; filled; computed anew by LibreOffice."""
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")

    def converted(path: Path, folder: str) -> Path:
        done = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to"]
        more = ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / folder), str(path)]
        subprocess.run([*done, *more], check=True, capture_output=True, timeout=120)
        return tmp_path / folder / path.name

    def shown(path: Path) -> list[Any]:
        return [cell.value for cell in load_workbook(path, data_only=True)["Summary_Processes"]["B"][:3]]

    source, out = converted(official, "saved"), tmp_path / "out.xlsx"
    data = read_yaml(INPUT)
    made = propose(source, data)
    assert [entry[:2] for entry in made.entries] == [entry[:2] for entry in propose(official, data).entries]
    fill(source, data, confirmed(made), out, replace=True)
    assert shown(source) == shown(out) == [0, 0, 0]  # nothing is computed here
    name, electricity, emissions = shown(converted(out, "computed"))
    assert (name, electricity) == ("Huaxin & Sons <Works>", 5040)
    assert emissions == pytest.approx(1837.5 * 48 * 56.1 / 1000)


def put(official: Path, out: Path, data: Any, *lines: Data, **options: Any) -> Filled:
    return fill(official, data, mapped(*lines), out, **options)


NAME = line("A_InstData!I20", "/name")


def test_faults_of_the_cells_come_together(official: Path, tmp_path: Path) -> None:
    lines = [
        line("A_InstDaat!A1", "/a"), line("A_InstData!I25", "/a"), line("A_InstData!I6", "/a"),
        line("A_InstData!B2", "/a"), line("A_InstData!J20", "/a"), line("A_InstData!I21", "/a", sure="no"),
        line("D_Processes!G6", "/a"), line("E_PurchPrec!B3", "/many/*", down="2"), line("E_PurchPrec!C3", "/many"),
        line("E_PurchPrec!D3", "/a", **{"as": "number"}), line("E_PurchPrec!E3", "/long"), line("bad", "/a"),
        line("E_PurchPrec!B5", "/a", **{"or": ["/long"]}), line("E_PurchPrec!B6", "/b"),
    ]  # fmt: skip
    data = {"a": "x", "b": "1" * 41, "many": ["1", "2", "3", "4"], "long": "x" * 32_768}
    out = tmp_path / "out.xlsx"
    assert refused(lambda: put(official, out, data, *lines)) == {
        ("cbam_sheet_unknown", "A_InstDaat!A1"), ("cbam_cell_formula", "A_InstData!I25"),
        ("cbam_cell_filled", "A_InstData!I6"), ("cbam_cell_locked", "A_InstData!B2"),
        ("cbam_cell_merged", "A_InstData!J20"), ("cbam_map_unsure", "A_InstData!I21"),
        ("cbam_cell_formula", "D_Processes!G6"), ("cbam_map_places", "E_PurchPrec!B3"),
        ("cbam_cell_value", "E_PurchPrec!C3"), ("number_unreadable", "E_PurchPrec!D3"),
        ("cbam_cell_value", "E_PurchPrec!E3"), ("missing_key", "/cells/11/cell"),
        ("cbam_cell_value", "E_PurchPrec!B5"), ("number_too_large", "E_PurchPrec!B6"),
    }  # fmt: skip
    assert not out.exists()


def fault(call: Callable[[], object]) -> Any:
    with pytest.raises(Refused) as caught:
        call()
    (only,) = caught.value.faults
    return only


def test_what_a_fault_says(official: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    near = fault(lambda: put(official, out, {"a": "x"}, line("a_instdata!A1", "/a")))
    assert "A_InstData" in near.expected
    merged = fault(lambda: put(official, out, {"a": "x"}, line("A_InstData!J20", "/a")))
    assert merged.expected == "A_InstData!I20"
    many = fault(lambda: put(official, out, {"m": ["1", "2", "", "4"]}, line("E_PurchPrec!B3", "/m/*", down="2")))
    assert many.values == {"lost": "1", "path": "/m/*"} and many.found == "4 in the input"


def test_replace_writes_over_text_and_never_over_a_formula(official: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    put(official, out, {"a": "FR"}, line("A_InstData!I6", "/a"), replace=True)
    assert load_workbook(out)["A_InstData"]["I6"].value == "FR"
    places = {"cbam_cell_formula": "I25", "cbam_cell_locked": "E20", "cbam_cell_merged": "K20"}
    for code, cell in places.items():
        call = fault(lambda at=cell: put(official, out, {"a": "x"}, line(f"A_InstData!{at}", "/a"), replace=True))
        assert (call.code, call.where) == (code, f"A_InstData!{cell}")


def test_a_cell_the_sheet_does_not_hold_is_locked_like_its_row(small: Any, tmp_path: Path) -> None:
    """A protected sheet leaves a whole column or row open: cells that are not in the file follow it."""

    def draw(sheet: Any) -> None:
        sheet.protection.sheet = True
        sheet.column_dimensions["C"].protection = sheet.row_dimensions[7].protection = OPEN
        sheet["A1"] = sheet["A7"] = "x"

    path, out = small(draw), tmp_path / "out.xlsx"
    put(path, out, {"a": "1"}, line("Sheet!C4", "/a"), line("Sheet!E7", "/a"))
    sheet = load_workbook(out)["Sheet"]
    assert (sheet["C4"].value, sheet["E7"].value) == (1, 1)
    assert not sheet["C4"].protection.locked and not sheet["E7"].protection.locked
    assert refused(lambda: put(path, out, {"a": "1"}, line("Sheet!D4", "/a"))) == {("cbam_cell_locked", "Sheet!D4")}


def test_a_list_that_ends_early_and_one_that_fits(official: Path, tmp_path: Path) -> None:
    """An element without the value leaves its cell; one beyond the places counts only if it holds the value."""
    out = tmp_path / "out.xlsx"
    data = {"m": [{"v": "1"}, {"v": " "}, {"w": "9"}, {"v": None}]}
    made = put(official, out, data, line("E_PurchPrec!B3", "/m/*/v", right="2"))
    assert [(cell.cell, cell.text) for cell in made.cells] == [("B3", "1")]
    assert [dict(item.values) for item in made.notices] == [{"path": "/m/*/v (1, 2, 3)"}]
    none = put(official, out, {"m": {"v": "1"}}, line("E_PurchPrec!B3", "/m/*/v"), line("E_PurchPrec!B4", "/x/0"))
    assert none.cells == () and [item.where for item in none.notices] == ["E_PurchPrec!B3", "E_PurchPrec!B4"]


def test_pointers_lead_through_lists_and_odd_keys(official: Path, tmp_path: Path) -> None:
    data = {"a/b": {"c~d": ["x", {"e": "found"}]}, "inputs": {"inner": "y"}}
    lines = [line("E_PurchPrec!B3", "/a~1b/c~0d/1/e"), line("E_PurchPrec!B4", "/inner")]
    assert [cell.text for cell in put(official, tmp_path / "out.xlsx", data, *lines).cells] == ["found", "y"]


def test_another_workbook_is_told_and_not_refused(official: Path, tmp_path: Path) -> None:
    sha256 = Official(official).sha256
    for given_, codes in ((sha256, []), (sha256.upper(), []), ("0" * 64, ["cbam_other_workbook"])):
        made = fill(official, {"name": "x"}, mapped(NAME, sha256=given_, title="t"), tmp_path / "out.xlsx")
        assert [item.code for item in made.notices] == codes


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.590290587903383", "0.590290587903383"),
        ("0.5902905879033833", "0.590290587903383"),
        ("123456789012345678", "123456789012346000"),
        ("1000000000000000000", "1000000000000000000"),
        ("-0.1000000000000000000000", "-0.1"),
        ("0.0000000000000000000123456789012345", "0.0000000000000000000123456789012345"),
    ],
)
def test_more_than_15_digits_are_rounded_and_told(official: Path, tmp_path: Path, text: str, written: str) -> None:
    out = tmp_path / "out.xlsx"
    made = put(official, out, {"name": text}, NAME)
    assert load_workbook(out)["A_InstData"]["I20"].value == float(written)
    expected = (
        [] if Exact.parse(text) == Exact.parse(written) else [("cbam_cell_rounded", "A_InstData!I20", text, written)]
    )
    assert [(n.code, n.where, n.values["exact"], n.values["written"]) for n in made.notices] == expected


@pytest.mark.parametrize("text", ["=1+1", "+A1", "@x", "-", "007", "1,5", "1e", "+5", " 5 %", "TRUE", "１２", "#REF!"])
def test_text_is_never_a_formula_or_a_number(official: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "out.xlsx"
    put(official, out, {"name": text}, NAME)
    cell = load_workbook(out)["A_InstData"]["I20"]
    assert cell.value == text and cell.data_type == "s"
    assert b"<f>" not in re.findall(rb'<c r="I20".*?</c>', dict(parts(out))["xl/worksheets/sheet1.xml"])[0]


def test_text_and_number_can_be_asked_for(small: Any, tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet["B2"].number_format = "@"

    lines = [
        line("Sheet!B2", "/code"), line("Sheet!B3", "/code"), line("Sheet!B4", "/code", **{"as": "text"}),
        line("Sheet!B5", "/share", times="100"), line("Sheet!B6", "/small"), line("Sheet!B7", "/day"),
    ]  # fmt: skip
    out, data = tmp_path / "out.xlsx", {"code": "73181542", "share": "0.985", "small": "1e-05", "day": "2026-02-03"}
    made = put(small(draw), out, data, *lines)
    values = [load_workbook(out)["Sheet"][f"B{row}"].value for row in range(2, 8)]
    assert values == ["73181542", 73181542, "73181542", 98.5, 0.00001, "2026-02-03"]
    assert [(item.code, item.where) for item in made.notices] == [("cbam_cell_day", "Sheet!B7")]
    assert refused(lambda: put(small(draw), out, data | {"share": "x"}, *lines)) == {("number_unreadable", "Sheet!B5")}


@pytest.mark.parametrize(("epoch", "serial"), [(False, 46054), (True, 44592)])
def test_days_are_counted_as_the_workbook_counts(tmp_path: Path, epoch: bool, serial: int) -> None:
    """2026-02-01 in both calendars; openpyxl reads it back as the day."""
    from openpyxl.utils.datetime import MAC_EPOCH

    book = Workbook()
    book.active["B2"].number_format = "yyyy-mm-dd"
    if epoch:
        book.epoch = MAC_EPOCH
    book.save(tmp_path / "days.xlsx")
    put(tmp_path / "days.xlsx", tmp_path / "out.xlsx", {"day": "2026-02-01"}, line("Sheet!B2", "/day"))
    assert b"<v>%d</v>" % serial in dict(parts(tmp_path / "out.xlsx"))["xl/worksheets/sheet1.xml"]
    assert load_workbook(tmp_path / "out.xlsx")["Sheet"]["B2"].value.date() == date(2026, 2, 1)
    for day in ("2026-02-30", "1900-02-28"):
        call = fault(
            lambda text=day: put(tmp_path / "days.xlsx", tmp_path / "o.xlsx", {"day": text}, line("Sheet!B2", "/day"))
        )
        assert (call.code, call.where, call.found) == ("cbam_cell_value", "Sheet!B2", day)


def test_half_a_character_is_refused(official: Path, tmp_path: Path) -> None:
    call = fault(lambda: put(official, tmp_path / "out.xlsx", read_json('{"name": "a\\ud800"}'), NAME))
    assert (call.code, call.where) == ("cbam_cell_value", "A_InstData!I20")


def test_numbers_of_json_and_yaml_are_the_same(official: Path, tmp_path: Path) -> None:
    for door, text in ((read_json, '{"name": 1837.50}'), (read_yaml, "name: 1837.50")):
        put(official, tmp_path / "out.xlsx", door(text), NAME)
        assert b"<v>1837.5</v>" in dict(parts(tmp_path / "out.xlsx"))["xl/worksheets/sheet1.xml"]


def test_no_input_is_written_over(official: Path, tmp_path: Path) -> None:
    source, link, other = tmp_path / "own.xlsx", tmp_path / "link.xlsx", tmp_path / "input.xlsx"
    twin = tmp_path / "twin.xlsx"
    source.write_bytes(official.read_bytes())
    link.symlink_to(source)
    twin.hardlink_to(source)
    other.write_bytes(b"an input")
    for out in (source, link, twin, tmp_path / "x" / ".." / "own.xlsx", other):
        call = refused(lambda at=out: put(source, at, {"name": "x"}, NAME, inputs=[other]))
        assert call == {("cbam_output", out.name)}
    assert refused(lambda: put(source, tmp_path / "out.xlsm", {"name": "x"}, NAME)) == {("cbam_output", "out.xlsm")}
    nowhere = tmp_path / "none" / "out.xlsx"
    assert refused(lambda: put(source, nowhere, {"name": "x"}, NAME)) == {("cbam_output", "out.xlsx")}
    assert source.read_bytes() == official.read_bytes() and other.read_bytes() == b"an input"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input.xlsx", "link.xlsx", "own.xlsx", "twin.xlsx"]


def test_a_filling_that_breaks_off_leaves_nothing(
    official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "out.xlsx").write_bytes(b"of yesterday")
    monkeypatch.setattr(rewriting.os, "replace", full)
    assert fault(lambda: put(official, tmp_path / "out.xlsx", {"name": "x"}, NAME)).found == "No space left on device"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.xlsx", b"of yesterday")]


def test_what_is_no_workbook_is_refused_plainly(official: Path, tmp_path: Path) -> None:
    bomb = reparted(official.read_bytes(), lambda name, part: part, {"xl/media/a.bin": bytes(100_000_000)})
    typed = reparted(
        official.read_bytes(),
        lambda name, part: part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1),
    )
    sources = {
        "workbook_unreadable": (b"", b"a,b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", typed),
        "workbook_too_large": (bomb,),
    }
    path, out = tmp_path / "own.xlsx", tmp_path / "out.xlsx"
    for code, contents in sources.items():
        for content in contents:
            path.write_bytes(content)
            for call in (lambda: put(path, out, {"name": "x"}, NAME), lambda: propose(path)):
                assert refused(call) == {(code, "own.xlsx")}
    assert refused(lambda: propose(tmp_path / "none.xlsx")) == {("workbook_unreadable", "none.xlsx")}
    assert not out.exists()


def test_a_workbook_with_macros_keeps_them(official: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "own.xlsm", tmp_path / "out.xlsm"
    path.write_bytes(official.read_bytes())
    put(path, out, {"name": "x"}, NAME)
    assert dict(parts(out))["xl/vba.bin"] == b"\x00\x01"


# --- the XML

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = f"""<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{SPACE}"><dimension ref="B2:D9"/><sheetData>
<!-- <row r="1"><c r="A1"/></row> --><row r="2" spans="2:4" ht="20"><c r="B2" s="1" t="s"><v>0</v></c><c r='D2'/></row>
<row r="3"/><row><c t="str"><f>"a>b"</f><v>a&gt;b</v></c><c s="2"/><c r="F4"><v>7</v></c></row>
<row r="9" spans="2:4"><c r="B9" cm="1" vm="2" t="inlineStr"><is><t>old <![CDATA[<c r="Z9">]]></t></is></c></row>
</sheetData><mergeCells/></worksheet>"""
PREFIXED = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", PLAIN).replace("xmlns=", "xmlns:x=")
EMPTY = f'<worksheet xmlns="{SPACE}"><sheetData xml:lang="en"/></worksheet>'


def cells_of(data: bytes) -> dict[tuple[int, int], tuple[dict[str, str], str, str]]:
    """Attributes, kind of content and text of every cell, by an independent reader; rows and cells are in order."""
    found: dict[tuple[int, int], tuple[dict[str, str], str, str]] = {}
    row = 0
    for line_ in ET.fromstring(data).iter(f"{{{SPACE}}}row"):
        row, column, before = int(line_.get("r", row + 1)), 0, row
        assert row > before
        for cell in line_:
            letters, digits = re.fullmatch(r"([A-Z]*)(\d*)", cell.get("r", "")).groups()  # type: ignore[union-attr]
            number = column + 1
            if letters:
                assert int(digits) == row
                number = next(n for n in range(1, 800) if get_column_letter(n) == letters)
            assert number > column
            column = number
            kinds = " ".join(child.tag.rpartition("}")[2] for child in cell)
            found[row, column] = dict(cell.attrib), kinds, "".join(cell.itertext())
    return found


ODD = ["_x0041_", "_x005F_", "_x0041_x0042_", "a\r\nb", "]]>", " \t", "\x0b\ufffe", "=1+1", "<&>"]
VALUES = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 30)),
    st.one_of(
        st.builds(Value, st.just("text"), st.text(max_size=12), st.integers(0, 3)),
        st.builds(Value, st.just("number"), st.integers(-(10**14), 10**14).map(str), st.integers(0, 3)),
        st.builds(
            Value, st.just("text"), st.sampled_from(["_x0041_", "_x005F_", "a\r\nb", "]]>", " \t", "\x0b\ufffe"])
        ),
    ),
)


@pytest.mark.parametrize("source", [PLAIN, PREFIXED, EMPTY], ids=["plain", "prefixed", "empty"])
@settings(deadline=None, max_examples=60)
@given(values=VALUES)
def test_any_values_read_back_exactly(source: str, values: dict[tuple[int, int], Value]) -> None:
    """The cells written hold the value and keep their style; all others are as they were; the order holds."""
    before, data = cells_of(source.encode()), rewrite(source.encode(), values)
    after = cells_of(data)
    assert set(after) == set(before) | set(values)
    for at, (attributes, kinds, text) in after.items():
        if at not in values:
            assert (attributes, kinds, text) == before[at]
            continue
        assert kinds == ("is" if values[at].kind == "text" else "v")
        assert unescape(text) == values[at].text
        assert attributes.get("t") == ("inlineStr" if kinds == "is" else None) and "cm" not in attributes
        style = before[at][0].get("s") if at in before else str(values[at].style or "") or None
        assert attributes.get("s") == style
    assert data.endswith(source.rpartition("sheetData")[2].partition(">")[2].encode())
    assert (data == source.encode()) is not bool(values)
    assert data.startswith(b"<?xml") or data.startswith(source.encode()[: source.index("/>")])


def test_a_cell_keeps_its_style_and_nothing_else() -> None:
    """Not its type, nor the metadata of the value that stood there."""
    after = cells_of(rewrite(PLAIN.encode(), {(9, 2): Value("number", "1"), (2, 2): Value("text", "x", 7)}))
    assert after[9, 2] == ({"r": "B9"}, "v", "1")
    assert after[2, 2] == ({"r": "B2", "s": "1", "t": "inlineStr"}, "is", "x")


def test_hints_of_a_sheet_do_not_lie() -> None:
    """The stated range and the span of a row grow with what is written outside of them."""
    data = rewrite(PLAIN.encode(), {(2, 5): Value("number", "1"), (12, 1): Value("number", "2")})
    assert b'<dimension ref="A2:E12"/>' in data and b'<row r="2" ht="20"><c r="B2"' in data
    assert b'<row r="9" spans="2:4">' in data
    inside = rewrite(PLAIN.encode(), {(2, 3): Value("number", "1")})
    assert b'<dimension ref="B2:D9"/>' in inside and b'<row r="2" spans="2:4" ht="20"><c r="B2"' in inside


@given(st.lists(st.text(min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_any_texts_read_back_through_the_workbook(texts: list[str]) -> None:
    """From the input to what another library reads; a control character comes back in the format's own escape."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "a.xlsx", Path(folder) / "b.xlsx"
        Workbook().save(source)
        put(source, out, {"m": texts}, line("Sheet!B2", "/m/*", down="8", **{"as": "text"}))
        read = [load_workbook(out)["Sheet"].cell(row, 2).value for row in range(2, 2 + len(texts))]
        assert [unescape(str(value)) for value in read] == texts


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3))
@settings(deadline=None, max_examples=200)
def test_numbers_of_15_digits_are_what_the_sheet_shows(number: Any) -> None:
    text = f"{number:f}"
    data = rewrite(EMPTY.encode(), {(1, 1): Value("number", text)})
    assert Exact.parse(cell_text(float(cells_of(data)[1, 1][2]))) == Exact.parse(text)


BOOK = f'<workbook xmlns="{SPACE}"><sheets><sheet name="a"/></sheets>%s</workbook>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '<calcPr fullCalcOnLoad="1"/>'),
        ("<oleSize/>", '<calcPr fullCalcOnLoad="1"/><oleSize/>'),
        ("<definedNames><definedName/></definedNames>", "<definedNames><definedName/></definedNames>"
         '<calcPr fullCalcOnLoad="1"/>'),
        ("<definedNames/><extLst/>", '<definedNames/><calcPr fullCalcOnLoad="1"/><extLst/>'),
        ("<extLst><definedNames/></extLst>", '<calcPr fullCalcOnLoad="1"/><extLst><definedNames/></extLst>'),
        ('<calcPr calcId="1"/>', '<calcPr calcId="1" fullCalcOnLoad="1"/>'),
        ('<calcPr fullCalcOnLoad="0" calcMode="manual"></calcPr>',
         '<calcPr fullCalcOnLoad="1" calcMode="manual"></calcPr>'),
    ],
)  # fmt: skip
def test_the_workbook_is_asked_to_compute(before: str, after: str) -> None:
    assert recalculated((BOOK % before).encode()).decode() == BOOK % after
    prefixed = [re.sub(r"<(/?)(?=[a-z])", r"<\1x:", BOOK % part).encode() for part in (before, after)]
    assert recalculated(prefixed[0]) == prefixed[1]


def test_another_encoding_is_refused(official: Path, tmp_path: Path) -> None:
    def utf16(name: str, data: bytes) -> bytes:
        return data.decode().encode("utf-16") if name == "xl/worksheets/sheet1.xml" else data

    path = tmp_path / "own.xlsx"
    path.write_bytes(reparted(official.read_bytes(), utf16))
    assert fault(lambda: put(path, tmp_path / "out.xlsx", {"name": "x"}, NAME)).code == "workbook_unreadable"


def test_a_large_sheet_is_written_in_time(tmp_path: Path) -> None:
    """40,000 rows of cells around the one that is written."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"/></row>' for n in range(1, 40_001))
    data = rewrite(
        EMPTY.replace("<sheetData/>", f"<sheetData>{rows}</sheetData>").encode(), {(39_999, 2): Value("text", "x")}
    )
    assert data.count(b"inlineStr") == 1 and b'<c r="B39999" t="inlineStr">' in data
