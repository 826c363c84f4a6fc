"""What a person types and what stands first: Chinese, pinyin, initials, English with a typo, codes, layers.

The table of queries says what a works' clerk would pick in the shipped release; it was written by reading the release,
not by asking the search.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from factordb.factor import Factor
from factordb.files import ReleaseFiles
from factordb.fold import _data, fold, head, one_typo, readings, spoken, syllables
from factordb.index import COMBUSTION, index_of
from factordb.kinds import LIFE_CYCLE
from factordb.release import Release, open_release
from factordb.search import find, search
from tests.factordb.conftest import FOLDER

ROOT = FOLDER.parents[3]
SHIPPED = open_release("cn-2026.1")

TABLE = [
    ("水泥", "gbt51366-d-003"),  # ordinary Portland cement, China, GB/T 51366
    ("shuini", "gbt51366-d-003"),
    ("shui ni", "gbt51366-d-003"),
    ("sn", "gbt51366-d-003"),
    ("cement", "gbt51366-d-003"),
    ("cemnt", "gbt51366-d-003"),
    ("普通水泥", "gbt51366-d-003"),
    ("水泥 42.5", "obd2020-08d59fb4"),  # the only strength class printed is German
    ("水泥42.5", "obd2020-08d59fb4"),
    ("铝锭", "gbt51366-d-030"),
    ("鋁錠", "gbt51366-d-030"),
    ("lvding", "gbt51366-d-030"),
    ("luding", "gbt51366-d-030"),
    ("aluminum", "gbt51366-d-030"),
    ("电解铝", "gbt51366-d-030"),
    ("再生铝", "ademe-26732"),
    ("电力", "cn.cfp.national_avg.2024"),  # the newest published year; 2025 is in the release without a value
    ("電力", "cn.cfp.national_avg.2024"),
    ("dianli", "cn.cfp.national_avg.2024"),
    ("电网 平均", "cn.cfp.national_avg.2024"),
    ("全国电力平均", "cn.cfp.national_avg.2024"),
    ("grid average", "cn.cfp.national_avg.2024"),
    ("electricity", "cn.cfp.national_avg.2024"),
    ("electrcity", "cn.cfp.national_avg.2024"),
    ("电力 2023", "cn.cfp.national_avg.2023"),
    ("光伏", "cn.cfp.gen.pv.2024"),
    ("pv", "cn.cfp.gen.pv.2024"),
    ("guangfu", "cn.cfp.gen.pv.2024"),
    ("水电", "cn.cfp.gen.hydro.2024"),
    ("风力发电", "cn.cfp.gen.wind.2024"),
    ("石灰石", "steel.cn.limestone"),
    ("烟煤", "cets2024.bituminous"),
    ("yanmei", "cets2024.bituminous"),
    ("柴油", "cets2024.diesel"),
    ("diesel", "cets2024.diesel"),
    ("重油", "cets2024.fuel_oil"),
    ("zhongyou", "cets2024.fuel_oil"),
    ("天然气", "cets2024.natural_gas"),
    ("natural gas", "cets2024.natural_gas"),
    ("尿素", "ademe-34931"),  # CBAM has one too; it is for filings
    ("urea", "ademe-34931"),
    ("钢材", "gbt51366-d-014"),
    ("螺纹钢", "gbt51366-d-019"),
    ("rebar", "gbt51366-d-019"),
    ("72142000", "cbam2621-cn-72142000"),
    ("铜", "ademe-26733"),
    ("copper", "ademe-26733"),
    ("R32", "obd2020-d05ec06c"),
    ("ｒ３２", "obd2020-d05ec06c"),
    ("C30", "gbt51366-d-001"),
    ("混凝土 m3", "gbt51366-d-001"),
    ("硫酸", "ademe-20850"),
    ("纯碱", "carbonate.na2co3"),
    ("磷酸铁锂", "obd2020-10c531c8"),
    ("焦炭", "cets2024.coke"),
    ("rezha gangjin", "gbt51366-d-019"),  # 轧 has three readings
    ("cn.cfp.national_avg", "cn.cfp.national_avg.2024"),
    ("CN.CO2.national_avg.2023", "cn.co2.national_avg.2023"),
    ("全国电力平均二氧化碳排放因子", "cn.co2.national_avg.2023"),  # its own name finds it
]
NOTHING = [
    "聚乳酸",
    "PLA",
    "大豆",
    "soybean",
    "石墨",
    "graphite",
    "多晶硅",
    "polysilicon",
    "咖啡",
    "coffee",
    "qqqq",
    "？",
    "",
]


def first(text: str) -> str:
    return next((hit.factor.id for hit in find((SHIPPED,), text, 1).hits), "nothing")


def test_the_table_has_the_forty_queries_of_the_issue() -> None:
    assert len(TABLE) >= 40 and len({query for query, _ in TABLE}) == len(TABLE)


@pytest.mark.parametrize(("query", "expected"), TABLE)
def test_the_first_hit_is_what_a_person_would_pick(query: str, expected: str) -> None:
    assert first(query) == expected


@pytest.mark.parametrize("query", NOTHING)
def test_what_the_release_does_not_have_is_not_found(query: str) -> None:
    assert list(find((SHIPPED,), query).hits) == []


def test_nothing_found_names_what_is_near() -> None:
    assert {hit.factor.name_zh for hit in find((SHIPPED,), "聚乳酸").nearest} >= {"聚碳酸酯板"}
    assert find((SHIPPED,), "大豆").nearest == []


def test_a_bare_word_never_shows_combustion_before_a_life_cycle_value() -> None:
    """Every pair of characters in the names of the electricity rows."""
    names = {item.name_zh for item in SHIPPED.factors.values() if item.category == "electricity"}
    pairs = {name[place : place + 2] for name in names for place in range(len(name) - 1)}
    both = 0
    for pair in sorted(pairs):
        kinds = [hit.factor.kind for hit in find((SHIPPED,), pair, 2000).hits]
        life_cycle = [place for place, kind in enumerate(kinds) if kind in LIFE_CYCLE]
        combustion = [place for place, kind in enumerate(kinds) if kind in COMBUSTION]
        if life_cycle and combustion:
            both += 1
            assert max(life_cycle) < min(combustion), pair
    assert both > 5


def test_two_characters_initials_and_the_alternatives_of_a_reading() -> None:
    assert spoken(syllables("银行")) == ["yinhang"] and "chongqing" in spoken(syllables("重庆"))
    assert spoken(syllables("热轧钢")) == ["rezhagang"] and {"reya", "rezha"} <= set(spoken(syllables("热轧")))
    assert set(spoken(syllables("铝"))) == {"lv", "lu"}
    known = frozenset({"xi", "an", "xian", "shui", "ni"})
    assert readings("xian", known) == [("xian",), ("xi", "an")]
    assert readings("shuini", known) == [("shui", "ni")] and readings("shuinx", known) == []
    assert first("chongqing") == "cn.co2.province.cq.2023"


def test_folding_keeps_what_names_the_thing() -> None:
    assert fold("ＰＡ６６　鋼") == "pa66 钢" and fold("t·km") == "t*km" and fold("m²") == "m2"
    assert head(fold("R32生产")) == "r32" and head(fold("铜（原生）")) == "铜"
    assert head(fold("Average cement, German industry")) == "average cement"


def test_traditional_pairs_are_read_alike() -> None:
    """Each pair shares a reading in an independent dictionary, but for silicon, which Taiwan calls by another word."""
    for pair in _data()["simplified"].split():
        one, two = (set(pinyin(char, style=Style.NORMAL, heteronym=True)[0]) for char in pair)
        assert len(pair) == 2 and (one & two or pair == "矽硅"), pair


def test_search_words_belong_to_rows_of_the_release() -> None:
    assert [name for name in _data()["words"] if name not in SHIPPED.factors and name not in SHIPPED.series] == []


@settings(max_examples=400, deadline=None)
@given(st.text("abc", min_size=1, max_size=5), st.text("abc", min_size=1, max_size=5))
def test_one_typo_is_a_distance_of_one(one: str, two: str) -> None:
    """Against the textbook table of insertions, deletions, substitutions and exchanges of neighbours."""
    cost = {(row, 0): row for row in range(len(one) + 1)} | {(0, column): column for column in range(len(two) + 1)}
    for row in range(1, len(one) + 1):
        for column in range(1, len(two) + 1):
            other = one[row - 1] != two[column - 1]
            steps = [cost[row - 1, column] + 1, cost[row, column - 1] + 1, cost[row - 1, column - 1] + other]
            if row > 1 and column > 1 and one[row - 2 : row] == two[column - 2 : column][::-1]:
                steps.append(cost[row - 2, column - 2] + 1)
            cost[row, column] = min(steps)
    assert one_typo(one, two) is (cost[len(one), len(two)] <= 1)


def layer(content: ReleaseFiles, name: str, kind: str, rows: Sequence[Factor]) -> Release:
    meta = {**content.meta, "id": name, "layer": kind}
    return Release(replace(content, meta=meta, factors=tuple(rows), left_out={}, same_year={}))


def test_the_top_layer_stands_first_among_equals_and_hides_its_id_below(content: ReleaseFiles) -> None:
    public = SHIPPED.factors["gbt51366-d-003"]
    own = layer(content, "mine", "private", [replace(public, id="mine.opc", value="700")])
    assert [hit.factor.id for hit in find((own, SHIPPED), "水泥", 2).hits] == ["mine.opc", "gbt51366-d-003"]
    same = layer(content, "mine", "private", [replace(public, value="700")])
    found = [hit for hit in find((same, SHIPPED), "水泥", 50).hits if hit.factor.id == public.id]
    assert [(hit.factor.value, hit.entry.release.id) for hit in found] == [("700", "mine")]


def test_synonyms_and_codes_find_a_row(content: ReleaseFiles) -> None:
    row = replace(
        SHIPPED.factors["gbt51366-d-019"],
        id="mine.bar",
        synonyms="带肋筋; ribbed bar",
        codes={"cn": "7214 20 00", "hs": "721420"},
        technology="短流程",
    )
    own = layer(content, "mine", "private", [row])
    for query in ("带肋筋", "dailei jin", "dlj", "ribbed bar", "7214", "7214 2000", "7214200000", "721420", "短流程"):
        assert [hit.factor.id for hit in find((own,), query).hits] == ["mine.bar"], query
    assert list(find((own,), "8544").hits) == []


def test_kind_and_place_can_be_asked_for() -> None:
    of = find((SHIPPED,), "电力", 50, lambda factor: factor.place == "CN-YN").hits
    assert of and {hit.factor.place for hit in of} == {"CN-YN"}


def test_the_order_does_not_hang_on_the_order_of_rows(content: ReleaseFiles) -> None:
    rows = list(content.factors)
    random.Random(7).shuffle(rows)
    other = Release(replace(content, factors=tuple(rows)))
    index_of((other,))
    for query in ("水泥", "sn", "steel", "电力 平均", "聚"):
        one, two = (find((release,), query, 40).hits for release in (SHIPPED, other))
        assert [(hit.factor.id, hit.score) for hit in one] == [(hit.factor.id, hit.score) for hit in two]
        assert [hit.score for hit in one] == sorted((hit.score for hit in one), reverse=True) or query == "电力 平均"


def test_one_index_for_one_content() -> None:
    assert index_of((SHIPPED,)) is index_of((open_release("cn-2026.1"),))


def test_part_of_the_words_is_found_by_the_look_up_for_near_rows() -> None:
    assert search((SHIPPED,), "熟料 硅酸盐 qqqq", 3) and list(find((SHIPPED,), "熟料 硅酸盐 qqqq").hits) == []


def test_a_pasted_page_and_every_printable_character_are_harmless() -> None:
    pasted = find((SHIPPED,), "水泥 cement " * 5000).hits
    assert [hit.factor.id for hit in pasted] == [hit.factor.id for hit in find((SHIPPED,), "水泥 cement").hits] != []
    every = find((SHIPPED,), "".join(map(chr, range(32, 0x3000))), 5).hits
    assert len(every) <= 5 and all(hit.score > 0 for hit in every)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_searched(text: str) -> None:
    hits = find((SHIPPED,), text, 5).hits
    assert len(hits) <= 5 and all(hit.score > 0 for hit in hits)


def test_importing_the_room_does_not_load_pinyin() -> None:
    code = "import sys, factordb, factordb.search; print('pypinyin' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER.parents[3]
    )
    assert done.stdout.strip() == "False"
