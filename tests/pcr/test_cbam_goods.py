"""The list of CBAM goods: found by code, never decided by a heading."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from lca.faults import Refused
from pcr.regimes.cbam.goods import find, goods, source
from service.cli import app


@pytest.mark.parametrize(
    ("code", "digits", "count", "good"),
    [
        ("2523 29 00", 8, 1, "25232900"),
        ("2523290010", 8, 1, "25232900"),  # TARIC subdivisions are of the good with eight digits
        ("7601.10.10", 8, 1, "76011010"),
        ("7601", 4, 5, None),
        ("260112", 6, 1, None),  # one good below a heading of six digits: still a heading
        ("7204490000", 0, 0, None),  # scrap is no good of the list, nor is anything below 7204
        ("0101", 0, 0, None),
    ],
)
def test_a_code_with_as_many_digits_as_the_list_knows(code: str, digits: int, count: int, good: str | None) -> None:
    found = find(code)
    assert (found.digits, len(found.goods)) == (digits, count)
    assert (found.good.cn if found.good else None) == good


@pytest.mark.parametrize("code", ["", "76", "7601 10 10 000", "76O1", "steel", "-7601"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Refused, match="cn_code_form"):
        find(code)


def test_the_list_as_it_was_counted() -> None:
    """572 goods in six sectors; aluminium with PFC, fertilisers with N2O; 35 with indirect emissions counted."""
    assert len(goods()) == 572
    assert Counter(good.sector for good in goods()) == {
        "iron_steel": 478, "aluminium": 58, "fertilisers": 28, "cement": 6, "electricity": 1, "hydrogen": 1,
    }  # fmt: skip
    assert sum(good.indirect for good in goods()) == 35
    assert all("PFC" in good.gases for good in goods() if good.sector == "aluminium")
    assert len({good.cn for good in goods()}) == 572


def test_every_category_and_sector_has_a_chinese_word() -> None:
    for good in goods():
        for label in (good.category_label, good.sector_label):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in label["zh"]), good.category
    assert source()["confidence"] == "seen" and "2011/833" in source()["licence"]


def test_the_command_shows_what_is_counted_and_the_default_in_force() -> None:
    """Grey clinker of China: 2025/2621 as replaced; indirect emissions are counted for cement."""
    run = CliRunner().invoke
    shown = run(app, ["factors", "goods", "2523 10 00", "--lang", "zh", "--on", "2026-03-01", "--known", "2026-08-01"])
    assert shown.exit_code == 0 and "水泥熟料" in shown.output and "间接排放: 计入" in shown.output
    assert "cbam-2026-1740-cn-25231000" in shown.output
    before = run(
        app, ["factors", "goods", "25231000", "--on", "2026-03-01", "--known", "2026-04-01", "--format", "json"]
    )
    assert {item["published"] for item in json.loads(before.output)["defaults"]} == {"2025-12-31"}
    heading = run(app, ["factors", "goods", "7601", "--lang", "en"]).output
    assert "A heading of 4 digits with 5 goods" in heading and "tCO2e/t" not in heading
    ingot = run(app, ["factors", "goods", "7601 10 90", "--lang", "en"]).output
    assert "cn-7601" in ingot and "tCO2e/t" in ingot  # the default of the heading
