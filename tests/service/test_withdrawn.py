"""A withdrawal stands beside a record; whatever shows the record says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.calculate import Asked, calculate
from service.cli import app
from service.companies.audit import entries
from service.desk import open_desk
from service.intake import read_file
from tests.service import _cases

REASON = "meter 3 was read twice"


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "pcf.db")


@pytest.fixture
def name(place: str) -> str:
    with open_desk(place) as desk:
        done = calculate(read_file(_cases.EXAMPLES / "cement_works_2024.yaml"), Asked(), desk.records, caller="test")
        return str(done.records[0]["name"])


def withdraw(place: str, name: str) -> None:
    with open_desk(place) as desk:
        desk.records.withdraw(name, REASON)


@pytest.mark.parametrize(("language", "said"), [("en", "This record is withdrawn."), ("zh", "该记录已撤回。")])
def test_a_report_says_it_at_its_head(place: str, name: str, tmp_path: Path, language: str, said: str) -> None:
    page = tmp_path / "page.html"
    words = ["report", name[:12], "-o", str(page), "--store", place, "--lang", language]
    assert CliRunner().invoke(app, words).exit_code == 0
    before = page.read_text("utf-8")
    assert said not in before
    withdraw(place, name)
    assert CliRunner().invoke(app, words).exit_code == 0
    after = page.read_text("utf-8")
    banner = after[after.index('<p class="banner withdrawn"') : after.index("<header")]
    assert said in banner and REASON in banner
    assert after.replace(banner, "") == before


def test_a_rerun_says_it_and_the_digits_stay(place: str, name: str) -> None:
    withdraw(place, name)
    words = ["rerun", name[:12], "--store", place]
    shown = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert shown.exit_code == 0 and "This record is withdrawn: " in shown.output and REASON in shown.output
    told = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert told["recomputation"] == "identical" and told["withdrawn_at"][:2] == "20"


def test_the_log_says_by_which_request(place: str, name: str) -> None:
    with open_desk(place) as desk:
        desk.records.withdraw(name, REASON, "key 7 ERP", "erp-0001")
        (entry,) = [item for item in entries(desk.engine, desk.tenant) if item.action == "record.withdrawn"]
    assert (entry.actor, entry.target, entry.request_id) == ("key 7 ERP", name, "erp-0001")
