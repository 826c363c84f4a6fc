"""What a newer release would make of stored records; differences and the records that use them. Nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from typer.testing import CliRunner

from factordb.publish import publish
from factordb.release import content_of, open_release
from lca.exact import Exact
from lca.faults import Refused
from service.cli import app
from service.desk import Desk, open_desk
from service.impact import impact
from tests.service import _cases

AVERAGE = "cn.cfp.national_avg.2024"


@pytest.fixture
def works(place: str) -> str:
    """A store with a sealed works and two newer releases: one with another average, one without it."""
    content = content_of(open_release("cn-2026.1"))
    higher = tuple(
        replace(item, value="0.5977", reason="checked again") if item.id == AVERAGE else item
        for item in content.factors
    )
    fewer = tuple(item for item in content.factors if not item.id.startswith("cn.cfp.national_avg."))
    with open_desk(place) as desk:
        _cases.run(_cases.example(), desk.records)
        publish(desk.engine, replace(content, meta={**content.meta, "id": "higher"}, factors=higher))
        publish(desk.engine, replace(content, meta={**content.meta, "id": "fewer"}, factors=fewer))
    return place


@pytest.fixture
def desk(works: str) -> Iterator[Desk]:
    with open_desk(works) as opened:
        yield opened


def grid_kwh(record: dict[str, Any]) -> Exact:
    """kWh of the national average per unit of the product, from the record's own table."""
    rows = record["sections"]["result"]["electricity"]
    used = [Exact.from_published(row["kwh"]) for row in rows if row["factor_id"] == AVERAGE]
    return sum(used, Exact(0))


def test_a_higher_average_moves_each_product_by_its_own_kwh(desk: Desk) -> None:
    """By hand: 0.5977 - 0.5777 = 0.02 kg for every kWh of the average; the largest change comes first."""
    moved = impact(desk.records, "cn-2026.1", "higher", desk.release)
    assert len(moved) == 2 and all(item.faults == () for item in moved)
    for item in moved:
        record = desk.records.get(item.name)
        before = Exact.from_published(record["sections"]["result"]["total"])
        expected = grid_kwh(record) * Exact("0.02")
        change = Exact.from_published(item.new) - Exact.from_published(item.old)
        assert item.old == record["sections"]["result"]["total"]
        assert abs(change - expected) < Exact("0.001")
        assert item.percent == f"+{(change * 100 / before).places(2)}"
    shares = [Exact.parse(item.percent.lstrip("+")) for item in moved]
    assert shares == sorted(shares, reverse=True) and shares[0] > 0


def test_a_release_that_cannot_answer_comes_first_with_its_fault(desk: Desk) -> None:
    moved = impact(desk.records, "cn-2026.1", "fewer", desk.release)
    assert {item.status[1] for item in moved} == {"refused"}
    assert {fault.code for item in moved for fault in item.faults} == {"factor_unknown"}


def test_records_of_another_release_and_withdrawn_ones_are_not_asked(desk: Desk) -> None:
    assert impact(desk.records, "higher", "cn-2026.1", desk.release) == []
    desk.records.withdraw(desk.records.all_names()[0], "test")
    assert len(impact(desk.records, "cn-2026.1", "higher", desk.release)) == 1
    with pytest.raises(Refused, match="release_unknown"):
        impact(desk.records, "cn-2026.1", "nowhere", desk.release)


def test_nothing_stored_changes(desk: Desk) -> None:
    def rows() -> list[Any]:
        with desk.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT name, body FROM record ORDER BY name"))]

    before = rows()
    impact(desk.records, "cn-2026.1", "higher", desk.release)
    assert rows() == before


def test_the_lines_of_diff_carry_all_seven_fields(works: str, tmp_path: Path) -> None:
    run = CliRunner().invoke
    told = run(app, ["factors", "diff", "cn-2026.1", "higher", "--format", "json", "--store", works])
    (line,) = json.loads(told.output)
    assert (line["id"], line["old"], line["new"]) == (AVERAGE, "0.5777 kgCO2e/kWh", "0.5977 kgCO2e/kWh")
    assert (line["percent"], line["reason"]) == ("+3.5", "checked again")
    assert "2024" in line["source"] and len(line["records"]) == 2
    book, page = tmp_path / "diff.xlsx", tmp_path / "diff.json"
    assert run(app, ["factors", "diff", "cn-2026.1", "higher", "-o", str(book), "--store", works]).exit_code == 0
    assert run(app, ["factors", "diff", "cn-2026.1", "higher", "-o", str(page), "--store", works]).exit_code == 0
    assert json.loads(page.read_text(encoding="utf-8")) == [line]
    head, row = load_workbook(book).worksheets[0].iter_rows(values_only=True)
    assert len(head) == len(row) == 9 and row[1] == AVERAGE and row[8] == ", ".join(line["records"])
    assert all(isinstance(cell, str) for cell in row)
    zh = run(app, ["factors", "diff", "cn-2026.1", "higher", "--lang", "zh", "--store", works]).output
    assert "数值变更" in zh and "checked again" in zh and "+3.5 %" in zh


def test_impact_on_a_terminal_and_as_json(works: str) -> None:
    run = CliRunner().invoke
    shown = run(app, ["factors", "impact", "cn-2026.1", "higher", "--store", works, "--lang", "en"]).output
    assert "P.O-42.5" in shown and "No record was changed" in shown
    rows = json.loads(
        run(app, ["factors", "impact", "cn-2026.1", "fewer", "--store", works, "--format", "json"]).output
    )
    assert rows[0]["status"] == {"old": "complete_with_proxies", "new": "refused"} and rows[0]["faults"]
