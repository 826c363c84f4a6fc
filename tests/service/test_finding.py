"""``pcf factors search`` and ``select``: what stands on the screen in both languages, JSON, layers from a store."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from factordb.files import read
from factordb.index import COMBUSTION
from factordb.publish import publish
from factordb.select import CRITERIA
from factordb.store import open_store, upgrade
from service.commands.factors import app
from service.text.finding import WORDS
from tests.factordb.conftest import FOLDER


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, done.output
    return done.output


def rows(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json"))


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PCF_STORE", str(tmp_path / "pcf.db"))
    monkeypatch.setenv("COLUMNS", "200")


def test_search_in_three_spellings_finds_the_same() -> None:
    first = [rows("search", text)[0] for text in ("水泥", "shuini", "cement")]
    assert {row["id"] for row in first} == {"gbt51366-d-003"} and {row["match"] for row in first} == {"found"}
    assert "普通硅酸盐水泥" in run("search", "sn", "--lang", "zh")
    assert "Portland" in run("search", "sn", "--lang", "en")


def test_search_by_kind_and_place() -> None:
    found = rows("search", "电力", "--kind", "combustion_co2", "--place", "CN-YN", "--limit", "50")
    assert {(row["kind"], row["place"]) for row in found} == {("combustion_co2", "CN-YN")} and len(found) == 3
    parts = rows("search", "电力", "--kind", "combustion_co2", "--place", "CN", "--limit", "500")
    assert {"CN", "CN-YN"} < {row["place"] for row in parts} and {row["kind"] for row in parts} <= set(COMBUSTION)


def test_nothing_found_says_so_with_the_nearest_and_is_no_error() -> None:
    assert run("search", "聚乳酸", "--lang", "zh").startswith("未找到: 聚乳酸\n名称最接近")
    assert "Nothing found for: soybean\nNo name is near it either." in run("search", "soybean", "--lang", "en")
    assert {row["match"] for row in rows("search", "聚乳酸")} == {"nearest"} and rows("search", "soybean") == []


def test_select_says_what_decided_and_every_standing() -> None:
    shown = run("select", "电力", "--place", "CN", "--year", "2025", "--unit", "kWh", "--lang", "en")
    for text in ("cn.cfp.national_avg.2024", "0.5777 kgCO2e/kWh", "Decided by: year", "0.6205 kgCO2e/kWh", "* year"):
        assert text in shown
    chinese = run("select", "电力", "--place", "CN", "--year", "2025", "--lang", "zh")
    assert "决定因素: 年份" in chinese and "中国政府" in chinese and "次选: cn.cfp.national_avg.2023" in chinese
    answer = rows("select", "dianli", "--place", "CN", "--year", "2025")
    assert (answer["chosen"]["value"], answer["decided_by"], answer["runner_up"]["value"]) == (
        "0.5777",
        "year",
        "0.6205",
    )
    assert [one["criterion"] for one in answer["standing"]] == list(CRITERIA)


def test_select_shows_proxies_disputes_and_what_is_near() -> None:
    assert "PROXY" in run("select", "硫酸", "--place", "CN", "--lang", "en")
    assert "Sources disagree" in run("select", "电解铝", "--place", "CN", "--lang", "en")
    none = run("select", "电力", "--place", "CN", "--year", "2022", "--lang", "zh")
    assert "没有可直接采用的因子" in none and "晚于使用年份: 2024" in none
    assert rows("select", "硫酸", "--place", "CN", "--no-proxy")["chosen"] is None
    assert "No name is near" in run("select", "soybean", "--lang", "en")


def test_select_refuses_a_wrong_request_with_every_fault() -> None:
    shown = run("select", "--kind", "cbam_direct", "--unit", "bucket", "--format", "json", code=1)
    assert [fault["code"] for fault in json.loads(shown)["errors"]] == [
        "select_nothing_asked",
        "select_kind",
        "unknown_unit",
    ]
    assert "release_unknown" in run("search", "x", "--release", "nobody", "--format", "json", code=1)


def test_a_layer_of_the_store_answers_first(tmp_path: Path) -> None:
    content = read(FOLDER)
    row = next(item for item in content.factors if item.id == "gbt51366-d-003")
    own = replace(
        content,
        meta={**content.meta, "id": "mine", "layer": "private"},
        factors=(replace(row, id="mine.opc", value="700"),),
        left_out={},
        same_year={},
    )
    engine = open_store(tmp_path / "pcf.db")
    upgrade(engine)
    publish(engine, own)
    engine.dispose()
    for order in ("mine,cn-2026.1", "cn-2026.1,mine"):
        assert [row["id"] for row in rows("search", "水泥", "--release", order)][:2] == ["mine.opc", "gbt51366-d-003"]
        answer = rows("select", "水泥", "--place", "CN", "--release", order)
        assert (answer["chosen"]["id"], answer["decided_by"]) == ("mine.opc", "layer")
    assert "mine" in run("search", "水泥", "--release", "mine,cn-2026.1", "--lang", "zh")


def test_every_word_is_there_in_both_languages() -> None:
    assert set(CRITERIA) <= WORDS.keys()
    for key, (english, chinese) in WORDS.items():
        assert english.isascii() and re.search("[\u4e00-\u9fff]", chinese), key
