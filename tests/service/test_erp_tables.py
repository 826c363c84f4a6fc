"""Tables of an ERP: encodings and delimiters, faults by line and column, versions, units, plant-months, questions.

Long because each fault of each of the four tables has its own line and column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from lca.exact import Exact
from lca.faults import Refused
from service.cli import app
from service.desk import Desk
from service.erp import footprints, materials
from service.erp.compose import document
from service.erp.materials import Material, counted
from service.erp.network import company_of
from service.erp.night import opened
from service.erp.period import period_of
from service.erp.reading import list_materials, list_plants, list_versions
from service.erp.tables import read_csv
from service.erp.unmapped import unmapped
from service.records.store import RecordStore
from tests.service.erp_company import EXAMPLE, PLASTIC, STEEL, bill, company, desk_of, example, night, output, part, put

HEADS = "number,name_zh,unit,maps_to"
GRID = F("0.5777")


@pytest.fixture
def desk(store: RecordStore) -> Iterator[Desk]:
    yield desk_of(store)


def faults(call: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(fault.code, fault.where) for fault in refused.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_as_erp_systems_write_them(encoding: str, delimiter: str) -> None:
    """物料号 and 物料描述 are heads in Chinese; a full-width digit is a digit, a quoted delimiter is none."""
    lines = ["物料号,物料描述,单位,因子", f'1001,"钢板{delimiter}冷轧",kg,{STEEL}', "１００２,聚丙烯,千克,"]
    content = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
    table = read_csv(content, materials.COLUMNS, "m.csv")
    assert [dict(line.cells) for line in table.lines] == [
        {"number": "1001", "name_zh": f"钢板{delimiter}冷轧", "unit": "kg", "maps_to": STEEL},
        {"number": "１００２", "name_zh": "聚丙烯", "unit": "千克", "maps_to": ""},
    ]
    assert [line.where for line in table.lines] == ["m.csv line 2", "m.csv line 3"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [("erp_column", "m.csv line 1"), ("erp_column", "m.csv line 1")]),
        (b"number,unit\n", [("erp_file", "m.csv")]),
        (b"number,unti\n1,kg", [("erp_column", "m.csv line 1, column 2"), ("erp_column", "m.csv line 1")]),
        (b"number,unit,unit\n1,kg,kg", [("erp_column", "m.csv line 1, column 3")]),
        (b"number,unit\n1,k\x00g", [("erp_file", "m.csv")]),
        (b"\xff\xff\xff,unit\n1,kg", [("erp_file", "m.csv")]),
    ],
)
def test_files_that_are_none(content: bytes, found: list[tuple[str, str]]) -> None:
    assert faults(lambda: read_csv(content, materials.COLUMNS, "m.csv")) == found


FAULTY = f"""{HEADS},per_unit,in_unit,valid_from,valid_to
1,ok,kg,{STEEL},,,,
,no number,kg,,,,,
3,no such factor,kg,steel-9,,,,
4,half a ratio,ST,{STEEL},0.5,,,
5,per mass,m2,{STEEL},,,,
6,backwards,kg,{STEEL},,,2026-07-01,2026-01-01
7,no day,kg,{STEEL},,,31.12.2026,
1,again,kg,{STEEL},,,,
9,too many,kg,{STEEL},,,,,,x
10,no number,ST,{STEEL},-1,kg,,
11,fuel,kg,cets2024.diesel,,,,
"""


def test_every_fault_by_line_and_column_and_nothing_is_imported(desk: Desk) -> None:
    found = faults(lambda: put(desk, "materials", FAULTY.encode()))
    assert found == [
        ("erp_form", "materials.csv line 10"),
        ("erp_missing", "materials.csv line 3, number"),
        ("erp_factor_unknown", "materials.csv line 4, maps_to"),
        ("erp_missing", "materials.csv line 5, in_unit"),
        ("erp_unit_fit", "materials.csv line 6, unit"),
        ("erp_range", "materials.csv line 7, valid_to"),
        ("erp_day", "materials.csv line 8, valid_from"),
        ("erp_twice", "materials.csv line 9, number"),
        ("erp_range", "materials.csv line 11, per_unit"),
        ("erp_factor_kind", "materials.csv line 12, maps_to"),
    ]
    assert list_materials(desk) == ([], "") and list_versions(desk) == []


def test_partial_imports_what_is_right_and_tells_the_rest(desk: Desk) -> None:
    done = put(desk, "materials", FAULTY.encode(), partial=True)
    assert (done.rows, done.changed, len(done.faults)) == (10, 1, 10)
    assert [row["number"] for row in list_materials(desk)[0]] == ["1"]


def test_a_line_of_an_unknown_plant_would_be_read_by_nobody(desk: Desk) -> None:
    put(desk, "plants", [{"plant": "P2", "country": "CN", "shared_by": "mass"}])
    for kind, lines in (("boms", bill("A1", ["S"], {})), ("months", [output("A1")])):
        with pytest.raises(Refused) as refused:
            put(desk, kind, lines)
        assert [(f.code, f.where, f.expected) for f in refused.value.faults] == [
            ("erp_plant_unknown", "/0, plant", "P2"),
        ]  # fmt: skip


def test_a_bill_with_a_faulty_line_is_left_out_whole(desk: Desk) -> None:
    put(desk, "plants", [{"plant": "P1", "country": "CN", "shared_by": "mass"}])
    lines = [*bill("A1", ["S", "T"], {}), *bill("B1", ["S", "T"], {})]
    lines[1]["amount"] = "two"
    done = put(desk, "boms", lines, partial=True)
    assert (done.changed, [(fault.code, fault.where) for fault in done.faults]) == (
        1, [("number_unreadable", "/1, amount")],
    )  # fmt: skip
    lines[1]["amount"], lines[1]["per"] = "2", "10"
    assert faults(lambda: put(desk, "boms", lines)) == [("erp_bom_differs", "/1, per")]


def test_only_a_change_is_a_version_and_the_old_row_stays(desk: Desk) -> None:
    first = put(desk, "materials", [part("1", STEEL), part("2", STEEL)])
    assert (first.version[-2:], first.changed, first.unchanged) == ("#1", 2, 0)
    same = put(desk, "materials", [part("2", STEEL), part("1", STEEL)])
    assert (same.version, same.changed, same.unchanged) == ("", 0, 2)
    second = put(desk, "materials", [part("1", PLASTIC), part("2", STEEL)])
    assert (second.version[-2:], second.changed) == ("#2", 1)
    with Session(desk.engine) as session:
        now, before = materials.load(session, desk.tenant), materials.load(session, desk.tenant, 1)
    found = [known.at("1", "2026-01-31") for known in (now, before)]
    assert [row.maps_to for row in found if row] == [PLASTIC, STEEL]
    assert [known.version_of(row)[-2:] for known, row in zip((now, before), found, strict=True) if row] == ["#2", "#1"]
    with Session(desk.engine) as session:
        actions = list(session.execute(text("SELECT action, target FROM audit_entry ORDER BY serial")))
    assert [(action, target[-2:]) for action, target in actions] == [("erp.materials", "#1"), ("erp.materials", "#2")]


def test_a_mapping_holds_from_a_day_on(desk: Desk) -> None:
    put(desk, "materials", [
        {**part("1", STEEL), "valid_from": "2025-01-01", "valid_to": "2026-06-30"},
        {**part("1", PLASTIC), "valid_from": "2026/4/1"},
    ])  # fmt: skip
    with Session(desk.engine) as session:
        known = materials.load(session, desk.tenant)
    days = ("2024-12-31", "2025-01-01", "2026-03-31", "2026-04-01", "2027-01-01")
    found = [known.at("1", day) for day in days]
    assert [row and row.maps_to for row in found] == [None, STEEL, STEEL, PLASTIC, PLASTIC]


ROLL = Material("R", "roll", per_unit=Exact(1, 3), in_unit="m2", mass=Exact("4.5"), density=None)
OIL = Material("O", "l", density=Exact(850))
SCREW = Material("N", "百件", per_unit=Exact(100), in_unit="piece", mass=Exact("0.75"))


@pytest.mark.parametrize(
    ("material", "amount", "unit", "wanted", "expected"),
    [
        (Material("S", "kg"), "250", "kg", "t", ("250", "kg")),  # one dimension: the factor's unit is for the solve
        (Material("S", "t"), "250", "kg", "kg", ("0.25", "t")),
        (ROLL, "3", "roll", "m2", ("1", "m2")),
        (ROLL, "2", "m2", "m2", ("2", "m2")),
        (ROLL, "2", "roll", "kg", ("9", "kg")),
        (ROLL, "1", "m2", "t", ("13.5", "kg")),  # 3 rolls
        (OIL, "2", "l", "kg", ("1.7", "kg")),  # 0.002 m3 x 850 kg/m3
        (OIL, "2", "l", "t", ("0.0017", "t")),
        (SCREW, "2", "百件", "piece", ("200", "piece")),
        (SCREW, "50", "件", "kg", ("0.375", "kg")),
    ],
)
def test_units_of_the_company_by_hand(
    material: Material, amount: str, unit: str, wanted: str, expected: tuple[str, str]
) -> None:
    value, given = counted(material, Exact.parse(amount), unit, wanted)
    assert (value.text(), given) == expected


@pytest.mark.parametrize(
    ("material", "unit", "wanted", "code"),
    [
        (Material("S", "ST"), "ST", "kg", "erp_unit_fit"),
        (Material("S", "ST"), "kg", "kg", "erp_unit"),
        (Material("S", "kg"), "piece", "kg", "erp_unit"),
        (OIL, "l", "kWh", "erp_unit_fit"),
    ],
)
def test_units_that_nothing_leads_to(material: Material, unit: str, wanted: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        counted(material, Exact(1), unit, wanted)


@pytest.mark.parametrize(
    ("name", "key", "end", "months"),
    [
        ("2026", "2026-01..2026-12", "2026-12-31", 12),
        ("2024-02", "2024-02..2024-02", "2024-02-29", 1),
        ("2026-Q2", "2026-04..2026-06", "2026-06-30", 3),
        ("2025-11..2026-02", "2025-11..2026-02", "2026-02-28", 4),
    ],
)
def test_periods(name: str, key: str, end: str, months: int) -> None:
    period = period_of(name)
    assert (period.key, period.end, len(period.months)) == (key, end, months)


@pytest.mark.parametrize("name", ["", "26", "2026-13", "2026-06..2026-01", "2020..2026", "2026-Q5", "0000-01", "٢٠٢٦"])
def test_no_periods(name: str) -> None:
    assert faults(lambda: period_of(name)) == [("erp_period", "/period")]


def meter(name: str, month: str, amount: str, **more: str) -> dict[str, str]:
    return {"plant": "P1", "month": month, "kind": "electricity", "id": name, "amount": amount, "unit": "kWh", **more}


def composed(desk: Desk, product: str = "A1", period: str = "2026-01..2026-02") -> dict[str, Any]:
    return document(company_of(desk, period_of(period), opened(desk, "")), "P1", product)


def test_a_meter_shows_what_the_meters_under_it_leave(desk: Desk) -> None:
    company(desk, {"A1": ["S"], "B1": ["S"]}, {"S": STEEL})
    put(desk, "months", [
        output("A1", month="2026-02"), output("B1", month="2026-02", amount="300"), meter("M", "2026-02", "2000"),
        *(meter("M-7", month, "0.3", unit="MWh", product="A1", part_of="M") for month in ("2026-01", "2026-02")),
    ])  # fmt: skip
    rows = {row["id"]: row for row in composed(desk)["rows"]}
    assert rows["meter M"]["months"] == ["700", "1700"] and "product" not in rows["meter M"]
    assert rows["meter M"]["evidence"]["source"] == "M less M-7"
    assert (rows["meter M-7"]["months"], rows["meter M-7"]["product"]) == (["0.3", "0.3"], "A1")
    assert (rows["driver"]["amount"], rows["plant driver"]["amount"]) == ("200", "600")
    assert "meter M-7" not in {row["id"] for row in composed(desk, "B1")["rows"]}
    put(desk, "months", [meter("M", "2026-02", "200")])
    assert faults(lambda: composed(desk)) == [("erp_meter_negative", "P1, M, 2026-02")]


def test_a_month_without_a_line_is_a_fault_and_never_a_zero(desk: Desk) -> None:
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    assert faults(lambda: composed(desk)) == [("erp_month_missing", "P1, output"), ("erp_month_missing", "P1, M")]
    put(desk, "months", [output("B1", month="2026-02"), meter("M", "2026-02", "0")])
    rows = {row["id"]: row for row in composed(desk)["rows"]}
    assert rows["output"]["months"] == ["100", "0"]  # February's list of outputs is there, and A1 is not on it
    assert rows["meter M"]["months"] == ["1000", "0"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"product": "A1"}, "erp_meter_differs"),
        ({"supply": "onsite", "technology": "pv"}, "erp_meter_differs"),
        ({"id": "M-8", "part_of": "M-9"}, "erp_part_of"),
        ({"id": "M-8", "product": "Z9"}, "erp_meter_product"),
    ],
)
def test_meters_that_contradict_themselves(desk: Desk, line: dict[str, str], code: str) -> None:
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    put(desk, "months", [output("A1", month="2026-02"), meter("M", "2026-02", "2000")])
    months = ("2026-01", "2026-02") if "id" in line else ("2026-02",)
    put(desk, "months", [{**meter("M", month, "2000"), **line} for month in months])
    assert code in {found for found, _ in faults(lambda: composed(desk))}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ({"kind": "output", "product": "A1", "id": "7", "unit": "piece"}, "id"),
        ({"kind": "fuel", "material": "natural_gas", "supply": "grid", "unit": "Nm3"}, "supply"),
        ({"technology": "pv"}, "technology"),
        ({"machine_hours": "7"}, "machine_hours"),
    ],
)
def test_a_cell_that_nobody_reads_is_a_fault(desk: Desk, line: dict[str, str], column: str) -> None:
    found = {**meter("M", "2026-01", "1"), **line}
    if line.get("kind") == "output":
        found["id"] = "7"
    assert ("erp_unread", f"/0, {column}") in faults(lambda: put(desk, "months", [found]))


@pytest.mark.parametrize(
    ("shared_by", "given", "expected"),
    [("mass", {"mass": "2"}, ("200", "kg")), ("machine_hours", {}, ("12", "h")), ("value", {}, ("5000", "1"))],
)
def test_what_a_plant_is_shared_by(
    desk: Desk, shared_by: str, given: dict[str, str], expected: tuple[str, str]
) -> None:
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    put(desk, "plants", [{"plant": "P1", "country": "CN", "shared_by": shared_by}])
    assert faults(lambda: composed(desk, period="2026-01")) == [("erp_driver_missing", "P1")]
    put(desk, "materials", [{"number": "A1", "unit": "piece", **given}])
    put(desk, "months", [{**output("A1"), "machine_hours": "12", "value": "5000"}])
    rows = {row["id"]: row for row in composed(desk, period="2026-01")["rows"]}
    assert (rows["driver"]["amount"], rows["driver"]["unit"], rows["driver"]["material"]) == (*expected, shared_by)


def test_a_third_of_a_roll_scales_its_bill(desk: Desk) -> None:
    """A roll of 1/3 t has no end as a decimal: the bill is for three pieces then, and its amounts are exact."""
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    put(desk, "materials", [{"number": "R", "unit": "roll", "per_unit": "1/3", "in_unit": "t", "maps_to": STEEL}])
    (line,) = bill("A1", ["S"], {"S": STEEL})
    put(desk, "boms", [{**line, "component": "R", "amount": "0.5", "unit": "roll"}, line])
    rows = {row["id"]: row for row in composed(desk, period="2026-01")["rows"]}
    assert (rows["bill"]["amount"], rows["component R"]["amount"], rows["component S"]["amount"]) == ("3", "0.5", "3")
    night(desk, "2026-01")
    (row,), _ = footprints.find(desk)
    assert abs(F(row["total"]) - (F(2211, 6) + F("2.211") + 10 * GRID)) < F(1, 1000)


def test_auxiliaries_and_heat_are_mapped_like_components(desk: Desk) -> None:
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    oil = {"plant": "P1", "month": "2026-01", "kind": "consumable", "id": "OIL", "material": "O-5", "amount": "20",
           "unit": "l"}  # fmt: skip
    put(desk, "months", [oil])
    assert faults(lambda: composed(desk, period="2026-01")) == [("erp_unmapped", "P1, OIL")]
    put(desk, "materials", [{"number": "O-5", "unit": "l", "density": "850", "maps_to": PLASTIC}])
    rows = {row["id"]: row for row in composed(desk, period="2026-01")["rows"]}
    assert (rows["meter OIL"]["months"], rows["meter OIL"]["unit"]) == (["0.017"], "t")
    assert rows["meter OIL"]["factor"] == PLASTIC and "#" in rows["meter OIL"]["evidence"]["source"]


def test_what_nothing_answers_for_with_suggestions_in_both_languages(desk: Desk) -> None:
    company(desk, {"A1": ["S", "9001"], "B1": ["S", "9001", "9002"]}, {"S": STEEL})
    put(desk, "materials", [{"number": "9001", "name_zh": "聚丙烯", "name_en": "Polypropylene", "unit": "kg"}])
    releases = opened(desk, "").pinned
    rows, after = unmapped(desk, period_of("2026-01"), releases)
    assert after == "" and [(row["number"], row["used"], row["known"]) for row in rows] == [
        ("9001", 2, True), ("9002", 1, False),
    ]  # fmt: skip
    found = rows[0]["suggestions"]
    assert PLASTIC in {hint["factor"] for hint in found} and 1 <= len(found) <= 5
    best = found[0]
    assert best["fits"] and best["score"] >= 100 and best["why"][0] == "name"
    assert "the name itself" in best["why_en"] and "名称一致" in best["why_zh"]
    assert rows[1]["suggestions"] == []
    first, key = unmapped(desk, period_of("2026-01"), releases, limit=1)
    rest, end = unmapped(desk, period_of("2026-01"), releases, limit=1, after=key)
    assert [row["number"] for row in (*first, *rest)] == ["9001", "9002"] and (key, end) == ("9001", "")
    put(desk, "materials", [part(number, PLASTIC) for number in ("9001", "9002")])
    assert unmapped(desk, period_of("2026-01"), releases) == ([], "")


def test_footprints_in_force_on_a_day_and_changed_since(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    company(desk, {"A1": ["S"], "B1": ["P"]}, {"S": STEEL, "P": PLASTIC})
    night(desk, "2026-01")
    (before,), _ = footprints.find(desk, number="A1", plant="P1", period="2026-01")
    assert before["sealed_at"][:19] <= before["valid_from"][:19]
    today = datetime.now(UTC).date()
    put(desk, "materials", [part("S", PLASTIC)])
    night(desk, "2026-01")
    changed, _ = footprints.find(desk, changed_since=before["valid_from"])
    assert [row["number"] for row in changed] == ["A1"] and changed[0]["record"] != before["record"]
    assert footprints.find(desk, changed_since=changed[0]["changed_at"]) == ([], [])
    on = {day: footprints.find(desk, number="A1", valid_on=day.isoformat())[0] for day in (today, today - timedelta(2))}
    assert [[row["record"] for row in rows] for rows in on.values()] == [[changed[0]["record"]], []]
    with Session(desk.engine) as session, session.begin():  # yesterday's night, told so
        yesterday = f"{(today - timedelta(1)).isoformat()}T02:00:00.000Z"
        session.execute(text("UPDATE erp_footprint SET valid_from = :at WHERE valid_to <> ''"), {"at": yesterday})
    (old,), _ = footprints.find(desk, number="A1", valid_on=(today - timedelta(1)).isoformat())
    assert (old["record"], old["valid_to"]) == (before["record"], changed[0]["valid_from"])
    for wrong in ({"valid_on": "yesterday"}, {"changed_since": "x"}, {"after": ("A1",)}):
        with pytest.raises(Refused, match="erp_query"):
            footprints.find(desk, **wrong)  # type: ignore[arg-type]


def test_pages_hold_every_footprint_once(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    names = [f"X{number}" for number in range(7)]
    company(desk, {name: ["S"] for name in names}, {"S": STEEL})
    night(desk, "2026-01")
    for asked in ({}, {"changed_since": "2026-01-01"}):
        seen, after = [], []
        for _ in range(4):
            page, after = footprints.find(desk, limit=2, after=after, **asked)
            seen += [row["number"] for row in page]
        assert (seen, after) == (names, [])


def test_a_footprint_that_cannot_be_brought_up_to_date_says_so(desk: Desk) -> None:
    company(desk, {"A1": ["S"], "B1": ["S"]}, {"S": STEEL})
    night(desk, "2026-01")
    with Session(desk.engine) as session, session.begin():
        session.execute(text("DELETE FROM erp_meter_month"))
    told = night(desk, "2026-01").plain()
    assert (told["failed"], told["footprints_changed"]) == (2, 2)
    (stale,), _ = footprints.find(desk, number="A1")
    assert (stale["stale"], stale["valid_to"]) == ("erp_no_electricity", "")
    assert night(desk, "2026-01").plain()["footprints_changed"] == 0
    put(desk, "months", [meter("M", "2026-01", "1000")])
    assert night(desk, "2026-01").plain()["new_records"] == 0
    (mended,), _ = footprints.find(desk, number="A1")
    assert (mended["stale"], mended["record"]) == ("", stale["record"])
    assert mended["changed_at"] > stale["changed_at"]
    with Session(desk.engine) as session, session.begin():
        session.execute(text("DELETE FROM erp_output_month WHERE product = 'B1'"))
    night(desk, "2026-01")
    (gone,), _ = footprints.find(desk, number="B1")
    assert gone["stale"] == "erp_not_made"


def test_the_commands(place: str) -> None:
    """The verbs on both databases, from the files of the examples to a footprint."""
    runner = CliRunner()

    def run(*words: str) -> Any:
        return runner.invoke(app, ["erp", *words, "--store", place])

    for kind in ("plants", "materials", "boms", "months"):
        done = run(kind, "import", str(EXAMPLE / f"{kind}.csv"), "--format", "json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["changed"] > 0
    assert "聚丙烯" in run("materials", "list", "--lang", "zh").output
    assert run("materials", "unmapped", "--period", "2026").exit_code == 0
    night_ = run("calculate", "--period", "2026", "--format", "json")
    assert (night_.exit_code, json.loads(night_.output)["new_records"]) == (0, 3)
    dry = run("calculate", "--period", "2026", "--dry-run", "--format", "json")
    assert (dry.exit_code, json.loads(dry.output)["moves"]) == (0, [])
    listed = json.loads(run("footprints", "--number", "SET-9", "--format", "json").output)
    assert [(row["plant"], row["per"]) for row in listed["footprints"]] == [("W1", "1 piece")]
    shown = run("show", "SET-9", "--plant", "W1", "--period", "2026")
    assert shown.exit_code == 0 and '"rule": "general_product 1.0.0"' in shown.output
    refused = run("calculate", "--period", "26", "--lang", "zh")
    assert refused.exit_code == 1 and "erp_period" in refused.output
    gone = run("boms", "import", "no-such-file.csv")
    assert gone.exit_code == 1 and "file_missing" in gone.output


def test_a_partial_import_says_so_in_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(FAULTY, encoding="gb18030")
    store = str(tmp_path / "pcf.db")
    words = ["erp", "materials", "import", str(tmp_path / "m.csv"), "--store", store, "--lang", "en"]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 1 and "m.csv line 4, maps_to" in refused.output
    done = CliRunner().invoke(app, [*words, "--partial"])
    assert done.exit_code == 1 and "left out: 10" in done.output


def test_plants_are_checked_and_listed(desk: Desk) -> None:
    wrong = [{"plant": "P/1", "country": "China", "shared_by": "kilos", "regime": "gbt"}]
    assert sorted(faults(lambda: put(desk, "plants", wrong))) == [
        ("erp_choice", "/0, country"), ("erp_choice", "/0, regime"), ("erp_choice", "/0, shared_by"),
        ("erp_text", "/0, plant"),
    ]  # fmt: skip
    example(desk)
    assert [(row["plant"], row["province"], row["shared_by"]) for row in list_plants(desk)] == [
        ("E1", "CN-ZJ", "mass"), ("W1", "CN-SC", "pieces"),
    ]  # fmt: skip


def test_rows_of_a_request_are_text_with_known_names(desk: Desk) -> None:
    rows: list[Any] = [{"number": "1", "unit": "kg", "mapsto": "x"}, {"number": 2, "unit": "kg"}, "three"]
    found = faults(lambda: put(desk, "materials", rows))
    assert [where for code, where in found if code == "erp_form"] == ["/0/mapsto", "/1/number", "/2"]
