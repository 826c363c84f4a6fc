"""What a name is answered with: golden official figures, kinds never crossed, proxies, conflicts, gaps.

Official figures: MEE, NBS and NEA announcements on electricity carbon footprint factors of 2023 (2025-01-17, No. 3 of
2025) and 2024 (2025-09-28); MEE and NBS announcements on electricity CO2 factors of 2021-2023.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factordb.files import ReleaseFiles
from factordb.kinds import KINDS, NEVER_BOUGHT
from factordb.lookup import resolve
from factordb.release import Release, open_release
from lca.deferred import Alternative
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.inventory import Gap, ResolvedFactor
from lca.messages import lines as five_lines
from lca.naming import FactorName, Range
from tests.factordb.conftest import bought, inventory

LIFE_CYCLE = ("lifecycle_co2e",)
SHIPPED = open_release("cn-2026.1")


def one(release: Release, name: FactorName, unit: str = "kWh", **more: str) -> ResolvedFactor:
    found = release.resolve(inventory(bought(name, unit, **more)))  # type: ignore[arg-type]
    factor = found.factors["l1"]
    assert isinstance(factor, ResolvedFactor)
    return factor


def refused(release: Release, name: FactorName, unit: str = "kWh", draft: bool = False) -> tuple[Fault, ...]:
    with pytest.raises(Refused) as caught:
        release.resolve(inventory(bought(name, unit)), draft)
    return caught.value.faults


def series(name: str, year: int | None, **more: object) -> FactorName:
    return FactorName(series=name, year=year, kinds=LIFE_CYCLE, place="CN", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "year", "value", "given"),
    [
        ("cn.cfp.national_avg", 2023, "0.6205", "2023"),
        ("cn.cfp.national_avg", 2024, "0.5777", "2024"),
        ("cn.cfp.national_avg", 2025, "0.5777", "2024"),  # 2025 is in the release as not published
        ("cn.cfp.national_avg", None, "0.5777", "2024"),
        ("cn.cfp.gen.coal", 2023, "0.9440", "2023"),
        ("cn.cfp.gen.coal", 2024, "0.9240", "2024"),
        ("cn.cfp.gen.gas", 2024, "0.4503", "2024"),
        ("cn.cfp.gen.hydro", 2024, "0.0141", "2024"),
        ("cn.cfp.gen.nuclear", 2024, "0.0065", "2024"),
        ("cn.cfp.gen.wind", 2024, "0.0324", "2024"),
        ("cn.cfp.gen.pv", 2024, "0.0520", "2024"),
        ("cn.cfp.gen.csp", 2024, "0.0312", "2024"),
        ("cn.cfp.gen.biomass", 2024, "0.0404", "2024"),
        ("cn.cfp.td_incl_loss", 2024, "0.0327", "2024"),
        ("cn.cfp.td_incl_loss", 2026, "0.0327", "2024"),
        ("cn.cfp.td_excl_loss", 2023, "0.0036", "2023"),
    ],
)
def test_official_life_cycle_electricity(release: Release, name: str, year: int | None, value: str, given: str) -> None:
    found = one(release, series(name, year))
    assert (found.value, found.year, found.unit, found.data_class) == (value, given, "kWh", "official")
    assert found.flows == {"CO2e|unsplit|unknown": Exact(value)}
    assert (found.licence, found.layer, found.distance) == ("gov-notice-cn", "public:cn-2026.1", {})
    assert found.key == f"{name}@{year}" and found.source.endswith(("2025-01-17", "2025-09-28"))


@pytest.mark.parametrize(
    ("factor", "value"),
    [
        ("cn.co2.national_avg.2021", "0.5568"),
        ("cn.co2.national_avg.2022", "0.5366"),
        ("cn.co2.national_avg.2023", "0.5306"),
        ("cn.co2.province.yn.2023", "0.1333"),
        ("cn.ets.grid.2022", "0.5703"),
    ],
)
def test_official_generation_co2(release: Release, factor: str, value: str) -> None:
    found = one(release, FactorName(id=factor, kinds=("combustion_co2",)))
    assert (found.value, found.flows) == (value, {"CO2|fossil": Exact(value)})


def test_the_answer_names_the_rule_that_chose_and_the_runner_up(release: Release) -> None:
    found = one(release, series("cn.cfp.national_avg", 2025))
    assert found.chosen_by == (
        "series, latest published year <= 2025; runner-up cn.cfp.national_avg.2023 = 0.6205 kgCO2e/kWh"
    )
    assert one(release, FactorName(id="gbt51366-d-001", named_by="user", place="CN"), "m3").chosen_by == (
        "named by the user"
    )


@pytest.mark.parametrize(("year", "stale"), [(2024, []), (2026, []), (2027, ["ELEC_FACTOR_STALE"])])
def test_more_than_two_years_of_age_warn(release: Release, year: int, stale: list[str]) -> None:
    assert [notice.code for notice in one(release, series("cn.cfp.national_avg", year)).notices] == stale


def test_no_transmission_factor_of_another_year_stands_in(release: Release) -> None:
    fault = refused(release, series("cn.cfp.td_incl_loss", 2023))[0]
    assert fault.code == "ELEC_FACTOR_NOT_PUBLISHED"
    assert fault.expected == "a published year: cn.cfp.td_incl_loss.2024 0.0327 kgCO2e/kWh"
    by_id = FactorName(id="cn.cfp.td_incl_loss.2023", kinds=LIFE_CYCLE)
    assert refused(release, by_id)[0].code == "ELEC_FACTOR_NOT_PUBLISHED"
    named = FactorName(id="cn.cfp.td_incl_loss.2024", kinds=LIFE_CYCLE, year=2023, place="CN", named_by="user")
    assert [notice.code for notice in one(release, named).notices] == ["factor_later_than_use"]


def test_transmission_of_the_year_of_the_newest_generation_factor(content: ReleaseFiles) -> None:
    wind = next(item for item in content.factors if item.id == "cn.cfp.gen.wind.2024")
    newer = replace(wind, id="cn.cfp.gen.wind.2025", year="2025", value="0.03")
    later = Release(replace(content, factors=(*content.factors, newer)))
    assert refused(later, series("cn.cfp.td_incl_loss", 2025))[0].code == "ELEC_FACTOR_NOT_PUBLISHED"


def test_before_the_first_published_year_there_is_nothing(release: Release) -> None:
    fault = refused(release, series("cn.cfp.national_avg", 2022))[0]
    assert fault.code == "ELEC_FACTOR_NOT_PUBLISHED" and "nothing for 2022 or before" in fault.found


@pytest.mark.parametrize("asked", ["cn.cfp.province.yunnan", "cn.cfp.region.south"])
def test_a_provincial_life_cycle_factor_is_not_published(release: Release, asked: str) -> None:
    assert [f.code for f in refused(release, series(asked, 2024))] == ["ELEC_SUBNATIONAL_NOT_PUBLISHED"]
    by_id = FactorName(id=f"{asked}.2024", kinds=LIFE_CYCLE)
    assert [f.code for f in refused(release, by_id, draft=True)] == ["ELEC_SUBNATIONAL_NOT_PUBLISHED"]


def test_the_national_average_is_of_a_works_in_a_province_and_not_the_other_way_round(release: Release) -> None:
    name = FactorName(series="cn.cfp.national_avg", year=2024, kinds=LIFE_CYCLE, place="CN-YN")
    assert one(release, name).data_class == "official"
    province = FactorName(id="cn.co2.province.yn.2023", kinds=("combustion_co2",), place="CN")
    assert [f.code for f in refused(release, province)] == ["factor_proxy_unnamed"]


def test_generation_co2_offered_to_a_footprint_is_refused_also_in_a_draft(release: Release) -> None:
    for factor in ("cn.co2.province.gd.2023", "cn.co2.national_avg.2023"):
        name = FactorName(id=factor, kinds=LIFE_CYCLE, named_by="user", place="CN", proxy=True)
        fault = refused(release, name, draft=True)[0]
        assert fault.code == "ELEC_FACTOR_KIND_MISMATCH"
        assert (fault.found, fault.expected) == (f"{factor}: combustion_co2", "lifecycle_co2e")
    back = FactorName(id="cn.cfp.national_avg.2024", kinds=("combustion_co2",))
    assert refused(release, back)[0].code == "ELEC_FACTOR_KIND_MISMATCH"
    steel = FactorName(id="cn.cfp.national_avg.2024", kinds=("cradle_to_gate",))
    assert refused(release, steel)[0].code == "factor_kind_mismatch"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SHIPPED.factors)), st.sets(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
def test_no_look_up_crosses_a_kind(factor_id: str, kinds: set[str]) -> None:
    factor = SHIPPED.factors[factor_id]
    name = FactorName(id=factor_id, kinds=tuple(sorted(kinds)), named_by="user", proxy=True)
    try:
        found = SHIPPED.resolve(inventory(bought(name, "kg"))).factors["l1"]
    except Refused as error:
        admissible = factor.kind in kinds and factor.kind not in NEVER_BOUGHT and factor.value
        assert not admissible
        assert {fault.code for fault in error.faults} <= {
            "factor_kind_mismatch",
            "ELEC_FACTOR_KIND_MISMATCH",
            "ELEC_FACTOR_NOT_PUBLISHED",
            "factor_not_published",
        }
    else:
        assert isinstance(found, ResolvedFactor)
        assert found.kind == factor.kind and found.kind in kinds and found.kind not in NEVER_BOUGHT
        assert sum(found.flows.values(), Exact(0)) >= 0


@pytest.mark.parametrize("kind", NEVER_BOUGHT)
def test_some_kinds_answer_nothing_even_when_asked_for(release: Release, kind: str) -> None:
    factor = next(item for item in release.factors.values() if item.kind == kind)
    name = FactorName(id=factor.id, kinds=(kind,), named_by="user", proxy=True)
    assert [fault.code for fault in refused(release, name)] == ["factor_kind_mismatch"]


def test_a_disputed_value_is_used_only_when_the_user_names_it(release: Release) -> None:
    name = FactorName(id="gbt51366-d-013", place="CN", proxy=True)
    fault = refused(release, name)[0]
    assert fault.code == "factor_conflict_unnamed" and fault.found.startswith("gbt51366-d-013 = 3030 kgCO2e/t; ")
    found = one(release, replace(name, named_by="user"), "t")
    assert [notice.code for notice in found.notices] == ["factor_conflict", "factor_without_year"]
    assert (found.confidence, found.data_class) == ("conflict", "proxy")


def test_a_factor_of_another_place_is_a_proxy_that_somebody_must_name(release: Release) -> None:
    name = FactorName(id="ademe-26731", place="CN", year=2025)
    fault = refused(release, name, "t")[0]
    assert (fault.code, fault.found) == ("factor_proxy_unnamed", "ademe-26731 of FR")
    listed = one(release, replace(name, proxy=True, proxy_for="primary aluminium"), "t")
    assert listed.data_class == "proxy"
    assert listed.distance == {
        "place": "CN -> FR",
        "year": "2025 -> ?",
        "technology": "primary aluminium -> Aluminium, primary (French supply)",
    }
    assert one(release, replace(name, named_by="user"), "t").distance["place"] == "CN -> FR"
    assert one(release, replace(name, place="FR"), "t").data_class == "official"


def test_both_faults_of_one_line_are_told(release: Release) -> None:
    codes = [fault.code for fault in refused(release, FactorName(id="ademe-26733", place="CN"), "t")]
    assert codes == ["factor_conflict_unnamed", "factor_proxy_unnamed"]


def test_a_chinese_standard_value_is_official_unless_it_stands_for_another_technology(release: Release) -> None:
    name = FactorName(id="gbt51366-d-001", place="CN")
    assert one(release, name, "m3").data_class == "official"
    other = one(release, replace(name, proxy_for="C80 concrete", proxy=True), "m3")
    assert (other.data_class, other.distance) == ("proxy", {"technology": "C80 concrete -> C30 concrete"})


def test_a_global_value_is_a_proxy_for_china(release: Release) -> None:
    factor = next(i for i in release.factors.values() if i.place == "GLO" and i.kind == "cradle_to_gate")
    assert refused(release, FactorName(id=factor.id, place="CN"))[0].code == "factor_proxy_unnamed"


@pytest.mark.parametrize(
    ("asked", "found", "near"),
    [
        ("cn.cfp.national_avg.2042", "cn.cfp.national_avg.2042", "cn.cfp.national_avg.2024"),
        ("iai-2022-primary-glo", "left out of the release: licence not cleared", ""),
        ("ipcc2006.ethane", "left out of the release: recalled: source not opened", "ipcc2006."),
    ],
)
def test_an_unknown_id_shows_the_nearest_or_why_it_was_left_out(
    release: Release, asked: str, found: str, near: str
) -> None:
    fault = refused(release, FactorName(id=asked, kinds=(*LIFE_CYCLE, "fuel_combustion")), draft=True)[0]
    assert fault.code == "factor_unknown" and found in fault.found and near in fault.expected


def test_nothing_named_is_a_fault_or_in_a_draft_a_gap_with_the_inputs_own_range(release: Release) -> None:
    span = Range(Exact("0.7"), Exact("1.2"), "t", "GB 175 survey", "seen")
    line = bought(FactorName(place="CN", range=span), "t", label={"en": "Lime", "zh": "石灰"})
    with pytest.raises(Refused) as caught:
        release.resolve(inventory(line))
    fault = caught.value.faults[0]
    assert fault.code == "factor_gap" and "gbt51366-d-004" in fault.expected and fault.where == "works / something"
    gap = release.resolve(inventory(line), draft=True).factors["l1"]
    assert isinstance(gap, Gap)
    assert (gap.unit, gap.range, gap.why) == ("t", span, "factor_gap") and "gbt51366-d-004" in gap.nearest


def test_an_unpublished_year_is_a_gap_in_a_draft(release: Release) -> None:
    found = release.resolve(inventory(bought(series("cn.cfp.td_incl_loss", 2023))), draft=True).factors["l1"]
    assert isinstance(found, Gap) and found.why == "ELEC_FACTOR_NOT_PUBLISHED"


def test_an_excluded_line_that_names_nothing_is_left_to_the_cut_off_check(release: Release) -> None:
    found = release.resolve(inventory(bought(None, "kg", excluded="below 1 %"))).factors["l1"]
    assert isinstance(found, Gap) and (found.key, found.range) == ("l1", None)


def test_all_faults_of_all_lines_and_cases_come_at_once(release: Release) -> None:
    lines = [
        bought(FactorName(id="nobody"), line="a"),
        bought(FactorName(), line="b"),
        bought(FactorName(id="cn.co2.national_avg.2023", kinds=LIFE_CYCLE), line="c"),
        bought(series("cn.cfp.national_avg", 2024), line="d"),
    ]
    case = Alternative("average", {"d": series("cn.cfp.national_avg", 2020)}, "row 5")
    with pytest.raises(Refused) as caught:
        release.resolve(replace(inventory(*lines), deferred=(case,)))
    assert [fault.code for fault in caught.value.faults] == [
        "factor_unknown",
        "factor_gap",
        "ELEC_FACTOR_KIND_MISMATCH",
        "ELEC_FACTOR_NOT_PUBLISHED",
    ]
    assert caught.value.faults[3].where == "works / something (average)"
    for fault in caught.value.faults:
        for language in ("en", "zh"):
            shown = five_lines(fault, language)
            assert 4 <= len(shown) <= 5 and fault.code in shown[0] and "<" not in shown[0]


def test_sensitivity_cases_are_answered_beside_the_lines(release: Release) -> None:
    line = bought(series("cn.cfp.gen.pv", 2024))
    case = Alternative("average", {"l1": series("cn.cfp.national_avg", 2024)}, "row 5")
    found = release.resolve(replace(inventory(line), deferred=(case,)))
    replaced = found.alternatives["average"]["l1"]
    assert isinstance(replaced, ResolvedFactor) and replaced.value == "0.5777"


def test_the_upper_layer_answers_and_says_so(release: Release, content: ReleaseFiles) -> None:
    own = next(item for item in content.factors if item.id == "gbt51366-d-003")
    supplier = Release(
        replace(
            content,
            meta={**content.meta, "id": "works-7", "layer": "supplier"},
            factors=(replace(own, value="612.5", place="DE"),),
        )
    )
    asked = inventory(bought(FactorName(id=own.id, place="CN"), "t"))
    found = resolve((supplier, release), asked).factors["l1"]
    assert isinstance(found, ResolvedFactor)
    assert (found.value, found.layer, found.data_class) == ("612.5", "supplier:works-7", "supplier")
    public = resolve((release,), asked).factors["l1"]
    assert isinstance(public, ResolvedFactor) and (public.value, public.layer) == ("735", "public:cn-2026.1")


def test_a_process_factor_gives_its_own_gas(release: Release) -> None:
    clinker = one(release, FactorName(id="cement.cn.clinker.portland", kinds=("process_emission",), place="CN"), "t")
    assert (clinker.flows, clinker.unit, clinker.notices) == ({"CO2|fossil": Exact(535)}, "t", ())
    cf4 = one(release, FactorName(id="alu.cn.cf4", kinds=("process_emission",)), "t")
    assert cf4.flows == {"CF4|fossil": Exact("0.02")}
    acid = one(release, FactorName(id="chem.cn.hno3.high", kinds=("process_emission",)), "t")
    assert acid.flows == {"N2O|fossil": Exact("13.9")}


def test_search_is_by_name_in_both_languages_and_always_in_the_same_order(release: Release) -> None:
    assert [item.id for item in release.search("烟煤", 2)] == ["cets2024.bituminous", "ndrc_generic.bituminous"]
    assert release.search("电解铝", 1)[0].id == "gbt51366-d-030"
    assert {item.id for item in release.search("Nickel", 2)} == {"ademe-20533", "cbam2621-cn-72026000"}
    assert release.search("cn.cfp.national_avg.2024", 1)[0].value == "0.5777"
    assert release.search("qqqq") == [] and release.search("") == []
    assert release.search("ｃｏｋｅ", 5) == release.search("coke", 5) != []
