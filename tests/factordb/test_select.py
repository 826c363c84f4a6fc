"""What answers a request by attributes: the criterion that decides, the runner-up, proxies, disputes, nearest rows.

Rows that differ by one criterion only are made here, so that the expected criterion is known without the selector.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factordb.answer import same_place
from factordb.factor import Factor
from factordb.files import ReleaseFiles, read
from factordb.fuel import offers
from factordb.index import EQUAL
from factordb.kinds import FUEL_OFFERS, KINDS, LIFE_CYCLE, NEVER_BOUGHT
from factordb.nearness import place_rank
from factordb.rank import source_class
from factordb.release import Release, open_release
from factordb.search import find
from factordb.select import CRITERIA, Selection, Wanted, select
from lca.faults import Refused
from lca.messages import sentence
from lca.units import same_dimension
from tests.factordb.conftest import FOLDER

SHIPPED = open_release("cn-2026.1")
CONTENT = read(FOLDER)
OPC = SHIPPED.factors["gbt51366-d-003"]
ROW = replace(OPC, id="m.1", name_zh="试验料", name_en="Trial stuff", year="2022", synonyms="")
WANTED = Wanted("试验料", place="CN", year=2024)


def release(*rows: Factor, name: str = "mine", layer: str = "public") -> Release:
    return Release(
        replace(CONTENT, meta={**CONTENT.meta, "id": name, "layer": layer}, factors=rows, left_out={}, same_year={})
    )


def chosen(selection: Selection) -> str:
    assert selection.chosen is not None
    return selection.chosen.factor.id


def apart(selection: Selection) -> dict[str, list[str]]:
    return {row.factor.id: [reason for reason, *_ in row.apart] for row in selection.nearest}


@pytest.mark.parametrize(
    ("year", "factor", "value"),
    [
        (2023, "cn.cfp.national_avg.2023", "0.6205"),  # announcement No. 3 of 2025
        (2024, "cn.cfp.national_avg.2024", "0.5777"),  # announcement of 2025-09-28
        (2025, "cn.cfp.national_avg.2024", "0.5777"),  # 2025 is not published
        (None, "cn.cfp.national_avg.2024", "0.5777"),
    ],
)
def test_electricity_of_a_year_is_the_latest_published_one(year: int | None, factor: str, value: str) -> None:
    for place in ("CN", "CN-YN"):
        found = select((SHIPPED,), Wanted("电力", place=place, year=year, unit="kWh"))
        assert found.chosen is not None
        assert (found.chosen.factor.id, found.chosen.factor.value, found.proxy) == (factor, value, {})


def test_the_answer_names_what_decided_and_the_runner_up_with_its_value() -> None:
    found = select((SHIPPED,), Wanted("电力", place="CN", year=2024))
    assert found.runner_up is not None and found.runner_up.factor.shown() == "0.6205 kgCO2e/kWh"
    assert found.decided_by == "year" and [one.criterion for one in found.standing] == list(CRITERIA)
    assert [(one.chosen, one.runner_up) for one in found.standing if one.decides] == [("2024", "2023")]
    cement = select((SHIPPED,), Wanted("水泥", place="CN", year=2024, unit="t"))
    assert (chosen(cement), cement.decided_by) == ("gbt51366-d-003", "place")
    assert [notice.code for notice in cement.notices] == ["factor_without_year"]


@pytest.mark.parametrize(
    ("criterion", "worse", "wanted"),
    [
        ("kind", {"kind": "wtw"}, {}),
        ("technology", {"technology": "wet"}, {"technology": "dry"}),
        ("technology", {"technology": ""}, {"technology": "dry"}),
        ("name", {"name_zh": "试验料配件", "name_en": "Trial stuff part"}, {}),
        ("place", {"place": "GLO"}, {}),
        ("place", {"place": "Asia"}, {}),
        ("place", {"place": "CN-YN"}, {}),
        ("year", {"year": "2021"}, {}),
        ("year", {"year": ""}, {}),
        ("source", {"source": "ademe"}, {}),
        ("source", {"source": "ipcc-2006-vol-3-ch-4-table-4-10-724178"}, {}),
        ("id", {}, {}),
    ],
)
def test_the_first_criterion_that_separates_two_rows_decides(
    criterion: str, worse: dict[str, Any], wanted: dict[str, Any]
) -> None:
    """``m.2`` differs in one thing. Its id comes first, so that only that thing can put it second."""
    best = replace(ROW, technology="dry")
    other = replace(best, id="m.0" if worse else "m.2", **worse)
    found = select((release(best, other),), replace(WANTED, **wanted))
    assert (chosen(found), found.decided_by) == ("m.1", criterion)
    assert found.runner_up is not None and found.runner_up.factor.id == other.id


def test_an_earlier_criterion_outweighs_all_later_ones() -> None:
    """Each row is better than the one before it in everything but one criterion further to the front."""
    by_kind = replace(ROW, id="z", place="FR", year="", source="ademe")
    by_place = replace(ROW, id="y", kind="wtw", year="", source="ademe")
    by_year = replace(ROW, id="x", kind="wtw", place="GLO", source="ademe")
    by_source = replace(ROW, id="w", kind="wtw", place="GLO", year="2021")
    rows = [by_kind, by_place, by_year, by_source]
    for first in range(len(rows)):
        assert chosen(select((release(*rows[first:][::-1]),), WANTED)) == rows[first].id


def test_places_from_near_to_far() -> None:
    assert [place_rank(given, "CN-YN") for given in ("CN-YN", "CN", "Asia", "GLO", "CN-BJ", "DE")] == [0, 1, 2, 3, 4, 4]
    assert [place_rank(given, "DE") for given in ("DE", "EU27", "RER", "GLO", "RNA")] == [0, 2, 2, 3, 4]
    assert place_rank("CN-region:north", "CN") == 4 and place_rank("FR", "") == 0


def test_sources_from_the_ministry_to_spending() -> None:
    ranks = {name: source_class(SHIPPED.sources[name], OPC) for name in SHIPPED.sources}
    assert ranks["mee-electricity-footprint-2024"] == "cn_government" and ranks["gbt51366-d"] == "cn_standard"
    assert ranks["ademe"] == ranks["defra2025"] == ranks["uslci21"] == ranks["cbam2621"] == "other_government"
    assert ranks["ipcc-2006-vol-3-ch-4-table-4-10-724178"] == "international"
    assert source_class(SHIPPED.sources["ademe"], replace(OPC, kind="spend_based")) == "spend_based"


def test_the_upper_layer_answers_before_the_lower_one_but_not_from_another_place() -> None:
    public, own = release(ROW), release(replace(ROW, id="m.9", year="2020"), name="own", layer="private")
    found = select((public, own), WANTED)
    assert (chosen(found), found.decided_by) == ("m.9", "layer")
    abroad = release(replace(ROW, id="m.9", place="DE"), name="own", layer="private")
    assert (chosen(select((abroad, public), WANTED)), select((abroad, public), WANTED).decided_by) == ("m.1", "place")
    supplier = release(replace(ROW, id="m.9", place="DE"), name="own", layer="supplier")
    assert select((supplier,), WANTED).proxy == {}


def test_a_disputed_value_is_shown_and_never_chosen_by_itself() -> None:
    found = select((SHIPPED,), Wanted("电解铝", place="CN"))
    assert found.chosen is None and [row.factor.id for row in found.disputed] == ["gbt51366-d-030"]
    coal = select((SHIPPED,), Wanted("烟煤", ("fuel_combustion",), place="CN"))
    assert chosen(coal) == "ndrc_generic.bituminous"
    assert [row.factor.id for row in coal.disputed] == ["cets2024.bituminous"]


@pytest.mark.parametrize(
    ("change", "wanted", "reason"),
    [
        ({"kind": "gate_to_gate"}, {}, "kind"),
        ({"kind": "cbam_direct"}, {}, "kind"),
        ({"year": "2025"}, {}, "time"),
        ({"value": "", "status": "not_published"}, {}, "not_published"),
        ({"unit": "kgCO2e/m3"}, {"unit": "kg"}, "unit"),
        ({"valid_from": "2020-01-01", "valid_to": "2023-12-31"}, {}, "validity"),
        ({"valid_from": "2025-01-01"}, {}, "validity"),
        ({"admissible": {"eu_battery_cfb": "not in the node list"}}, {"regime": "eu_battery_cfb/x"}, "regime"),
        ({"flows": {"CO2|fossil": "735"}, "gwp_set": "AR5", "unlinked": "binder"}, {}, "unlinked"),
        ({"confidence": "conflict", "other_values": "800"}, {}, "conflict"),
        ({"place": "DE"}, {"proxy": False}, "place"),
        ({"technology": "wet"}, {"technology": "dry", "proxy": False}, "technology"),
        ({"name_zh": "氢（试验料）", "name_en": "Hydrogen"}, {}, "name"),
    ],
)
def test_what_cannot_answer_is_near_and_says_what_stands_between(
    change: dict[str, Any], wanted: dict[str, Any], reason: str
) -> None:
    found = select((release(replace(ROW, **change)),), replace(WANTED, **wanted))
    assert found.chosen is None and apart(found) == {"m.1": [reason]}
    answers = select((release(replace(ROW, **change), replace(ROW, id="m.2")),), replace(WANTED, **wanted))
    if "technology" not in wanted:
        assert chosen(answers) == "m.2"


def test_a_corrected_row_gives_way_to_its_correction() -> None:
    later = replace(ROW, id="m.2", value="740", corrects="m.1", reason="typing error", year="2021")
    assert chosen(select((release(ROW, later),), WANTED)) == "m.2"


def test_nothing_found_shows_the_nearest_in_time_kind_and_name() -> None:
    before = select((SHIPPED,), Wanted("电力", place="CN", year=2022))
    assert before.chosen is None
    near = apart(before)
    assert near["cn.cfp.national_avg.2024"] == ["time"] and near["cn.co2.national_fossil.2022"] == ["kind"]
    assert "name" in apart(select((SHIPPED,), Wanted("聚乳酸")))["obd2020-6fc1267a"]


def test_another_place_or_technology_is_a_proxy_and_says_so() -> None:
    found = select((SHIPPED,), Wanted("硫酸", place="CN", year=2024))
    assert (chosen(found), found.proxy) == ("ademe-20850", {"place": "CN -> FR"})
    assert "select_proxy_place" in [notice.code for notice in found.notices]
    route = select((release(ROW),), replace(WANTED, technology="dry"))
    assert route.proxy == {"technology": "dry -> ?"}
    assert [notice.code for notice in route.notices] == ["select_proxy_technology"]
    assert select((SHIPPED,), Wanted("硫酸", place="CN", proxy=False)).chosen is None


def test_a_choice_by_id_alone_says_that_it_says_nothing() -> None:
    two = release(ROW, replace(ROW, id="m.2", value="5"))
    assert [notice.code for notice in select((two,), WANTED).notices] == ["select_tie"]
    alike = release(ROW, replace(ROW, id="m.2"))
    assert select((alike,), WANTED).notices == ()


def test_age_part_of_the_words_and_a_typo_are_said() -> None:
    old = select((release(replace(ROW, year="2021")),), WANTED)
    assert [notice.code for notice in old.notices] == ["select_older"]
    power = select((SHIPPED,), Wanted("电力", place="CN", year=2027))
    assert [notice.code for notice in power.notices] == ["ELEC_FACTOR_STALE"]
    partly = select((SHIPPED,), Wanted("普通水泥", place="CN"))
    assert chosen(partly) == "gbt51366-d-003" and "select_name_partly" in [notice.code for notice in partly.notices]
    for notice in (*old.notices, *partly.notices):
        assert "{" not in sentence(notice, "zh") + sentence(notice, "en") and sentence(notice, "zh") != notice.code


def test_every_fault_of_a_request_at_once() -> None:
    with pytest.raises(Refused) as caught:
        select((SHIPPED,), Wanted(" ？", ("cbam_direct", "wtw", "fuel_properties"), unit="buckets"))
    assert [fault.code for fault in caught.value.faults] == [
        "select_nothing_asked",
        "select_kind",
        "select_kind",
        "unknown_unit",
    ]


def test_a_cbam_default_answers_a_filing_only() -> None:
    asked = Wanted("螺纹钢", ("cbam_direct",), place="CN", regime="cbam/definitive")
    assert chosen(select((SHIPPED,), asked)) == "cbam2621-cn-72142000"
    for regime in ("", "gbt24067", "cbamx"):
        with pytest.raises(Refused):
            select((SHIPPED,), replace(asked, regime=regime))


def test_a_category_without_words() -> None:
    found = select((SHIPPED,), Wanted(category="refrigerant", place="DE", unit="kg"))
    assert found.chosen is not None and found.chosen.factor.category == "refrigerant"
    assert select((SHIPPED,), Wanted("水泥", category="refrigerant")).chosen is None


BUYABLE = sorted({*KINDS, *FUEL_OFFERS} - set(NEVER_BOUGHT))
TYPED = "电力 水泥 cement steel 钢 铝 天然气 柴油 diesel 玻璃 运输 truck 光伏 氢 尿素 R32 sn 热力 废钢"
WORDS = TYPED.split()
NAMES = sorted(item.name_zh for item in SHIPPED.factors.values())
REQUESTS = st.builds(
    Wanted,
    text=st.sampled_from(WORDS)
    | st.sampled_from(sorted(SHIPPED.factors)).map(lambda one: SHIPPED.factors[one].name_zh),
    kinds=st.lists(st.sampled_from(BUYABLE), min_size=1, max_size=4, unique=True).map(tuple) | st.just(LIFE_CYCLE),
    place=st.sampled_from(["", "CN", "CN-YN", "DE", "FR", "GB", "US", "GLO"]),
    year=st.none() | st.integers(2015, 2027),
    unit=st.sampled_from(["", "t", "kWh", "m3", "t*km"]),
    proxy=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(REQUESTS)
def test_no_selection_crosses_kind_boundary_unit_or_year_and_each_value_traces_to_a_source(wanted: Wanted) -> None:
    found = select((SHIPPED,), wanted)
    for row in (found.chosen, found.runner_up):
        if row is None:
            continue
        factor = row.factor
        assert row.offer in wanted.kinds and (row.offer == factor.kind or row.offer in offers(factor))
        assert factor.kind == "fuel_properties" or factor.kind not in NEVER_BOUGHT
        assert factor.value and factor.confidence != "conflict" and not factor.unlinked
        assert not wanted.unit or same_dimension(factor.denominator, wanted.unit)
        assert wanted.year is None or not factor.year or int(factor.year) <= wanted.year
        source = SHIPPED.sources[factor.source]
        assert source.title and SHIPPED.licences[source.licence].code
        assert wanted.proxy or same_place(factor, source, wanted.place)
    if found.chosen is None:
        assert found.runner_up is None and found.decided_by == ""
    else:
        home = same_place(found.chosen.factor, found.chosen.source, wanted.place)
        assert home is ("place" not in found.proxy)
        assert (found.runner_up is None) is (found.decided_by == "only")


@settings(max_examples=100, deadline=None)
@given(REQUESTS)
def test_no_row_of_the_place_that_fits_as_well_was_passed_over(wanted: Wanted) -> None:
    """Of rows whose name is the word itself, none that may answer is nearer than the chosen one."""
    found = select((SHIPPED,), wanted)
    for hit in find((SHIPPED,), wanted.text, 1000).hits:
        factor = hit.factor
        may = (
            hit.score >= 10 * (EQUAL >> 1)
            and factor.kind == wanted.kinds[0]
            and bool(factor.value)
            and factor.confidence != "conflict"
            and factor.place == wanted.place
            and (not wanted.unit or same_dimension(factor.denominator, wanted.unit))
            and (wanted.year is None or not factor.year or int(factor.year) <= wanted.year)
        )
        if may:
            assert found.chosen is not None and found.chosen.factor.place == wanted.place
            assert found.chosen.offer == wanted.kinds[0]


def shuffled(content: ReleaseFiles, seed: int) -> Release:
    rows: Sequence[Factor] = random.Random(seed).sample(content.factors, len(content.factors))
    return Release(replace(content, factors=tuple(rows), sources=content.sources[::-1]))


MIXED = shuffled(CONTENT, 11)
LOWER = release(*(replace(item, id=f"p.{item.id}") for item in CONTENT.factors[::9]), name="p", layer="private")


@settings(max_examples=100, deadline=None)
@given(REQUESTS)
def test_the_answer_hangs_neither_on_the_order_of_rows_nor_of_layers(wanted: Wanted) -> None:
    one, two = select((LOWER, SHIPPED), wanted), select((MIXED, LOWER), wanted)
    for left, right in ((one.chosen, two.chosen), (one.runner_up, two.runner_up)):
        assert (left and left.factor) == (right and right.factor)
    assert (one.decided_by, one.standing, one.proxy, one.notices) == (
        two.decided_by,
        two.standing,
        two.proxy,
        two.notices,
    )
    assert apart(one) == apart(two)
