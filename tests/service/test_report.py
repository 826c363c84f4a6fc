"""The report page: what stands on it, that nothing breaks out of it, and that it says what the record says.

Long because every part of the page is read back from one parse of the same records.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

from lca.faults import Fault, Refused
from service.calculate import Asked, derive
from service.intake import read_file
from service.records.sections import ALL, PUBLIC, integrity_faults, leave_out, make_record, value_of
from service.records.statement import section_values
from service.records.verify import Verdict
from service.report.bars import bars, stacked
from service.report.embed import disclosed
from service.report.figures import exact, grouped, percent, quiet, share
from service.report.markup import Html, escaped, tag
from service.report.page import render_report
from service.report.view import words

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ("cement_works_2024", "li_ion_battery_lfp_2024", "li_ion_battery_bom_2024")
DRAFT = "li_ion_battery_bom_2024"
SECRET = b"a secret of the tests"
Language = Literal["zh", "en"]
BOTH: tuple[Language, Language] = ("en", "zh")


@cache
def _values(example: str) -> dict[str, Any]:
    derived = derive(read_file(ROOT / "examples" / f"{example}.yaml"), Asked(draft=example == DRAFT))
    return section_values(derived, sorted(derived.works.footprints)[0])


def record_of(example: str, change: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """A sealed record of an example, its sections changed before sealing."""
    values = deepcopy(_values(example))
    if change is not None:
        change(values)
    return make_record(values, SECRET)


def result_with(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda values: values["result"].update(changes)


class Page(HTMLParser):
    """Elements with their attributes, and all text outside style and script."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside = ""
        self.held: dict[str, str] = {"style": "", "script": ""}
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.held:
            self.held[self._inside] += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(record: dict[str, Any], language: Language = "en", verdict: Verdict | None = None) -> Page:
    return Page(render_report(record, language, verdict))


# --- markup


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "a < b & \"c\" 'd'", tag("b", "x"), title='"') == (
        '<p title="&quot;">a &lt; b &amp; &quot;c&quot; &#x27;d&#x27;<b>x</b></p>'
    )
    assert escaped(None) == ""
    assert tag("p", None, class_=None) == "<p></p>"


def test_markup_joined_with_text_is_text_again() -> None:
    """A slip is seen on the page; it opens nothing."""
    assert escaped(tag("b", "x") + "<i>") == "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;"
    assert not isinstance(f"{tag('b', 'x')}", Html)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\u202e", "\u2067", "\ufeff", "\x85"])
def test_controls_are_shown_not_obeyed(character: str) -> None:
    assert escaped(f"a{character}b") == f"a[U+{ord(character):04X}]b"


HOSTILE = "<script>alert(1)</script> \"'&</title></style><!-- \u202etnemec\u2028 ]]> אבג"


@pytest.mark.parametrize("language", BOTH)
def test_a_hostile_name_stays_a_name(language: Language) -> None:
    def change(values: dict[str, Any]) -> None:
        _fill(values["result"])
        values["given/works"]["works"]["name"] = {"en": HOSTILE, "zh": HOSTILE}

    def _fill(value: Any) -> None:
        """Every label and free text of the result is hostile."""
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, dict | list):
                _fill(item)
            elif key in ("en", "zh", "what", "reason", "statement", "technology", "nearest", "where", "row", "source"):
                value[key] = HOSTILE

    source = render_report(record_of(DRAFT, change), language)
    page = Page(source)
    assert [attributes["type"] for attributes in page.named("script")] == ["application/json"]
    assert source.count("<script") == 1
    assert source.count("</script") == 1
    assert source.count("</style") == 1
    assert "\u202e" not in source
    assert "\u2028" not in page.held["script"]
    assert "<script>alert(1)</script>" in page.text, "the name is shown as it was typed"
    assert "[U+202E]tnemec" in page.text
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on") or key == "style"]
    assert json.loads(page.held["script"])["sections"]["result"]["label"]["en"] == HOSTILE


def test_a_typed_name_keeps_its_own_direction() -> None:
    source = render_report(record_of("cement_works_2024", result_with(label={"en": "אבג 42.5"})), "en")
    assert "<h1><bdi>אבג 42.5</bdi></h1>" in source


# --- policy


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("language", BOTH)
def test_the_page_asks_nothing_of_anybody(example: str, language: Language) -> None:
    source = render_report(record_of(example), language)
    page = Page(source)
    assert "http://" not in source
    assert "https://" not in source
    asked = {"href", "src", "srcset", "action", "xlink:href", "background", "poster", "data", "style"}
    assert not [(name, attributes) for name, attributes in page.elements if asked & set(attributes)]
    assert set(re.findall(r"url\([^)]*\)", source)) == {"url(#hatch)"}
    assert "@import" not in source
    assert not {"link", "iframe", "object", "embed", "img", "form", "base"} & {name for name, _ in page.elements}


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    page = page_of(record_of("cement_works_2024"))
    policies = [m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(page.held["style"].encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    first = [name for name, _ in page.elements][:5]
    assert first == ["html", "head", "meta", "meta", "meta"], "the policy comes before anything it governs"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "paper", 4.5), ("soft", "paper", 4.5), ("soft", "wash", 4.5), ("green", "paper", 4.5),
        ("red", "paper", 4.5), ("red", "red-wash", 4.5), ("amber", "amber-wash", 4.5), ("credit", "paper", 3.0),
    ],
)  # fmt: skip
def test_contrast_is_enough(ink: str, ground: str, least: float) -> None:
    css = page_of(record_of("cement_works_2024")).held["style"]
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", css))
    whole = {key: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:]) for key, value in named.items()}
    high, low = sorted((_luminance(whole[ink]), _luminance(whole[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= least


# --- form


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("language", BOTH)
def test_headings_tables_and_language_are_sound(example: str, language: Language) -> None:
    page = page_of(record_of(example), language)
    assert page.named("html") == [{"lang": {"zh": "zh-Hans", "en": "en"}[language]}]
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {attributes.get("scope") for attributes in page.named("th")} == {"col", "row"}
    assert len(page.named("caption")) == len(page.named("table"))
    drawings = [a for a in page.named("svg") if a.get("role") == "img"]
    assert len(drawings) == len(page.named("title")) - 1 == len(page.named("desc"))
    assert "{" not in page.text, "every word found its values"


def test_all_words_are_in_both_languages_and_used() -> None:
    code = "".join(path.read_text("utf-8") for path in sorted((ROOT / "service/report").glob("*.py")))
    asked = set(re.findall(r'word\(\s*"(\w+)"', code))
    groups = tuple(
        f"{group}_" for group in set(re.findall(r'known\(\s*"(\w+)"', code)) | {"per", "kind", "works", "legend"}
    )
    quoted = set(re.findall(r'"(\w+)"', code))
    for key, entry in words().items():
        assert set(entry) == {"en", "zh"}, key
        assert re.search("[\u3400-\u9fff]|^[–：，；1]", entry["zh"]), f"{key}: {entry['zh']} is not Chinese"
        assert key in quoted or key.startswith(groups), f"{key} is not used"
    assert not asked - set(words())


def test_the_same_record_gives_the_same_bytes_whatever_the_order_of_its_keys() -> None:
    """The store keeps records with sorted keys; the page shows the stages in the order of the life cycle."""
    record = record_of("cement_works_2024")
    stored = json.loads(json.dumps(record, sort_keys=True))
    assert next(iter(stored["sections"]["result"]["stages"])) == "clinker"
    first = render_report(record, "en")
    assert render_report(stored, "en") == first
    assert first.index("Raw materials") < first.index("Clinker burning") < first.index("Cement grinding")


# --- content


@pytest.mark.parametrize("language", BOTH)
def test_a_whole_page(language: Language) -> None:
    record = record_of("cement_works_2024")
    result, identity = value_of(record, "result"), value_of(record, "derivation/identity")
    page = page_of(record, language)
    assert result["label"][language] in page.text
    assert result["unit"]["text"][language] in page.text
    assert f"{result['total']} kg CO2e" in page.text
    assert value_of(record, "given/works")["works"]["name"][language] in page.text
    for figure in [*result["stages"].values(), result["works"]["difference"], result["rounding"]]:
        assert figure in page.text
    hashes = [record["name"], *(identity[key]["sha256"] for key in ("rule", "regime", "gwp", "units"))]
    hashes += [item["sha256"] for item in identity["releases"]]
    for digest in [*hashes, identity["rule"]["methods_sha256"]]:
        assert digest in page.text
    assert f"pcf rerun {record['name']}" in page.text
    expected = {
        "en": ["CN-SD, CN", "2024-01-01 to 2024-12-31", "draft text", "in force", "Complete, with proxies", "unsigned",
               "Clinker burning", "Not confirmed", "cement 1.0.0 is a draft rule set.", "Cradle to gate"],
        "zh": ["2024-01-01 至 2024-12-31", "草案", "现行有效", "完整（含代理数据）", "未签名", "熟料煅烧", "未核实",
               "cement 1.0.0 为草案规则。", "从摇篮到大门"],
    }  # fmt: skip
    for text in expected[language]:
        assert text in page.text
    unconfirmed = [n["values"]["what"] for n in result["notices"] if n["code"] == "unconfirmed"]
    assert len(unconfirmed) >= 5
    assert all(what in page.text for what in unconfirmed)


def test_every_warning_has_its_sentence() -> None:
    page = page_of(record_of("cement_works_2024"))
    assert "states no reference year." in page.text
    assert "fly_ash enters without burden" in page.text
    unknown = [{"code": "never_heard", "where": "row-7", "values": {}}]
    page = page_of(record_of("cement_works_2024", result_with(notices=unknown)))
    assert "never_heard at row-7" in page.text


def test_units_are_never_mixed_up() -> None:
    record = record_of("li_ion_battery_lfp_2024")
    also = value_of(record, "result")["also"]
    text = page_of(record).text
    assert f"1 kWh of rated capacity shown beside it {also['kWh capacity']}" in text
    assert f"1 piece shown beside it {also['piece']}" in text
    assert f"1 kg of product shown beside it {also['kg']}" in text
    assert f"functional unit of the rule {value_of(record, 'result')['total']}" in text


def test_the_ten_largest_contributions_in_order() -> None:
    record = record_of("cement_works_2024")
    parts = value_of(record, "result")["contributions"]
    table = render_report(record, "en").split("Largest contributions</h2>")[1].split("</table>")[0]
    shown = re.findall(r'data-label="kg CO2e"><div>([^<]*)', table)
    ranked = sorted((part["co2e"] for part in parts), key=lambda text: abs(exact(text)), reverse=True)
    assert shown == ranked[:10]
    assert f"Smaller lines, not listed: {len(parts) - 10}." in page_of(record).text


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["value 5.00000", "zero by statement 0 no forest was cleared", "not known known part 7.00000"]),
        ("zh", ["数值 5.00000", "声明为零 0 no forest was cleared", "未知 已知部分 7.00000"]),
    ],
)
def test_a_line_has_three_states(language: Language, shown: list[str]) -> None:
    lines = {
        "fossil": {"state": "value", "value": "5.00000"},
        "dluc": {"state": "zero_by_statement", "value": "0", "statement": "no forest was cleared"},
        "biogenic": {"state": "not_known", "value": "7.00000"},
    }
    text = page_of(record_of("cement_works_2024", result_with(lines=lines)), language).text
    assert all(part in text for part in shown), text


def test_electricity_says_why() -> None:
    slice_ = {
        "row": "mill-green", "process": "kiln", "supply": "claim", "kwh": "34.0000", "table_row": "5",
        "factor": "cn.cfp.national_avg@2024", "factor_value": "0.5777", "co2e": "19.6418",
        "codes": ["ELEC_INSTRUMENT_NOT_ACCEPTED", "ELEC_NEW_CODE"], "worth": "cn.wind@2024", "evidence": ["gec: GEC-1"],
    }  # fmt: skip
    text = page_of(record_of("cement_works_2024", result_with(electricity=[slice_]))).text
    for part in ("Grid with instruments mill-green 34.0000 Row 5", "0.5777 cn.cfp.national_avg@2024", "19.6418",
                 "gbt24067 1.0.0 does not look at instruments: row mill-green takes the average",
                 "ELEC_NEW_CODE", "The claim would have been worth: cn.wind@2024", "gec: GEC-1"):  # fmt: skip
        assert part in text, part


def test_cut_off_sensitivity_and_small_figures() -> None:
    def change(values: dict[str, Any]) -> None:
        result = values["result"]
        result["cut_off"] = [{"line": "a/b", "reason": "below 1 %", "co2e": "0.123456", "share": "0.00123456"}]
        result["sensitivities"] = {"electricity_average": "740.000", "other": {"low": "1", "high": "2"}}
        result["gases"]["SF6|fossil"] = {"kg": "0.00000000000000000001", "co2e": "0.0000000000000000012"}

    text = page_of(record_of("cement_works_2024", change)).text
    assert "a/b below 1 % 0.123456 0.123456 %" in text
    assert "Average mix in place of accepted instruments 740.000" in text
    assert "other 1 to 2" in text
    assert "SF6, fossil 0.00000000000000000001 0 " in text, "below 1e-12 of the largest contribution"


# --- drafts


@pytest.mark.parametrize(
    ("language", "banner", "opened", "at_least"),
    [
        ("en", "Draft result. Gaps: 7.", "open above: no upper end is known", "at least {}, open above"),
        ("zh", "草稿结果。 存在 7 处数据缺口", "上限未知", "至少 {}，上限未知"),
    ],
)
def test_a_draft_cannot_be_taken_for_a_result(language: Language, banner: str, opened: str, at_least: str) -> None:
    record = record_of(DRAFT)
    result = value_of(record, "result")
    page = page_of(record, language)
    assert banner in page.text
    assert opened in page.text
    assert at_least.format(result["total"]["low"]) in page.text
    assert at_least.format(result["stages"]["raw_material"]["low"]) in page.text
    assert {"class": "watermark", "aria-hidden": "true"} in page.named("div")
    assert page.text.lstrip().startswith({"en": "DRAFT", "zh": "草稿"}[language]), "also in the window's title"
    assert "is-draft" in str(page.named("body")[0]["class"])
    assert {"en": "gap not known", "zh": "缺口 未知"}[language] in page.text
    gap = result["gaps"][0]["label"][language]
    assert gap in page.text
    css = page.held["style"]
    assert ".watermark" in css.split("@media print")[1], "and on paper"


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example != DRAFT])
def test_a_result_is_not_called_a_draft(example: str) -> None:
    page = page_of(record_of(example))
    assert "DRAFT" not in page.text
    assert "Draft result" not in page.text
    assert {"class": "watermark", "aria-hidden": "true"} not in page.named("div")


@pytest.mark.parametrize(("language", "words_"), [("en", "0.0650495 to 12345.6"), ("zh", "0.0650495 至 12345.6")])
def test_a_closed_band(language: Language, words_: str) -> None:
    def change(values: dict[str, Any]) -> None:
        values["result"]["total"] = {"low": "0.0650495", "high": "12345.6"}
        values["result"]["stages"]["raw_material"] = {"low": "0.0350126", "high": "12345.6"}
        values["result"]["gaps"][0]["range"] = {"low": "1", "high": "9", "unit": "kgCO2e/kg", "source": "a table"}
        values["result"]["gaps"][1]["range"] = {"low": "2", "high": None, "unit": "kgCO2e/kg", "source": "half a table"}

    page = page_of(record_of(DRAFT, change), language)
    assert words_.replace("12345.6", "12\u202f345.6").replace("\u202f", " ") in page.text, "the total, grouped"
    assert words_ in page.text, "the table, digit by digit"
    ranges = {
        "en": ["1 to 9 kgCO2e/kg", "at least 2, open above kgCO2e/kg"],
        "zh": ["1 至 9 kgCO2e/kg", "上限未知 kgCO2e/kg"],
    }
    assert all(text in page.text for text in ranges[language])


# --- drawings


def _boxes(drawing: Html) -> list[tuple[str | None, str | None, str | None]]:
    return [(a.get("class"), a.get("x"), a.get("width")) for a in Page(drawing).named("rect")]


def test_bars_share_one_scale_and_credits_go_left() -> None:
    drawn = bars({"a": ("3", "A", "3 kg"), "b": ("-1", "B", "-1 kg"), "c": ("0", "C", "0 kg")})
    assert _boxes(drawn["a"]) == [("sure", "25.000%", "75.000%")]
    assert _boxes(drawn["b"]) == [("credit", "0.000%", "25.000%")]
    assert _boxes(drawn["c"]) == []
    assert {line["x1"] for d in drawn.values() for line in Page(d).named("line")} == {"25.000%"}
    assert drawn["b"].startswith('<svg role="img" class="bar" height="22"><title>B</title><desc>-1 kg</desc>')


def test_bands_are_solid_then_hatched_and_open_ends_have_an_arrow() -> None:
    drawn = bars({
        "band": ({"low": "2", "high": "8"}, "", ""),
        "open": ({"low": "4", "high": None}, "", ""),
        "down": ({"low": "-2", "high": "2"}, "", ""),
        "none": (None, "", ""),
    })  # fmt: skip
    # from -2 to 8, and a fifth of the span more for the open end: 12 wide, zero at 1/6
    assert _boxes(drawn["band"]) == [("sure", "16.667%", "16.667%"), ("maybe", "33.333%", "50.000%")]
    assert _boxes(drawn["open"]) == [("sure", "16.667%", "33.333%"), ("maybe open", "50.000%", "50.000%")]
    assert _boxes(drawn["down"]) == [("maybe", "0.000%", "33.333%")]
    assert _boxes(drawn["none"]) == []
    arrows = {key: len(Page(drawing).named("path")) for key, drawing in drawn.items()}
    assert arrows == {"band": 0, "open": 1, "down": 0, "none": 0}
    below = bars({"x": ({"low": None, "high": "-1"}, "", "")})["x"]
    assert _boxes(below)[0][0] == "credit"
    assert Page(below).named("svg")[1]["x"] == "0%"


def test_the_example_with_credits_draws_them() -> None:
    source = render_report(record_of("li_ion_battery_lfp_2024"), "en")
    assert source.count('class="credit"') == 2, "the bar and its legend"
    assert "credit, left of the axis" in source
    assert "legend" in source and "range of a gap" not in source


def test_stacked_shares() -> None:
    whole = {"measured": exact("0.25"), "proxy": exact("0.75"), "supplier": exact("0")}
    assert _boxes(stacked(whole, "t", "w")) == [("c-measured", "0.000%", "25.000%"), ("c-proxy", "25.000%", "75.000%")]
    opened = _boxes(stacked({"proxy": exact("1"), "gap": None}, "t", "w"))
    assert opened == [("c-proxy", "0.000%", "86.957%"), ("c-gap", "86.957%", "13.043%")]


# --- figures


def test_figures_keep_their_digits() -> None:
    assert grouped("735.893") == "735.893"
    assert grouped("1234.5") == "1234.5"
    assert grouped("-1532240000.5") == "-1\u202f532\u202f240\u202f000.5"
    assert percent("0.123456") == "12.3456 %"
    assert percent("1.00000") == "100.000 %"
    assert percent("0") == "0 %"
    assert percent("0.0000123456") == "0.00123456 %"
    assert exact("-1.5E-3").text() == "-0.0015"
    assert exact("2E+2").text() == "200"
    assert share("1", "3") == "33.3 %"
    assert share("0.0001", "1") == "< 0.1 %"
    assert share("-0.0001", "1") == "> -0.1 %"
    assert share("1", {"low": "1", "high": None}) == ""
    assert share("1", "0") == ""
    assert quiet("0.0000000000009", exact("1")) == "0"
    assert quiet("0.000000000001", exact("1")) == "0.000000000001"


@pytest.mark.parametrize("text", ["1E+99999", "nan", "", "1,5", "0x10"])
def test_what_is_no_figure_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact(text)
    with pytest.raises(Refused) as caught:
        render_report(record_of("cement_works_2024", result_with(total=text)), "en")
    assert [fault.code for fault in caught.value.faults] == ["record_form"]


# --- proof


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_copy_inside_proves_the_name_and_discloses_nothing_else(example: str) -> None:
    record = record_of(example)
    page = page_of(record, "zh")
    assert page.named("script") == [{"type": "application/json", "id": "pcf-record"}]
    copy = json.loads(page.held["script"])
    assert integrity_faults(copy) == []
    assert copy["name"] == record["name"]
    assert value_of(copy, "result") == value_of(record, "result")
    for name in ALL:
        if name not in PUBLIC:
            assert copy["sections"][name] == {"digest": record["digests"][name]}
    assert "salt" not in page.held["script"]
    assert not set("<>&\u2028\u2029") & set(page.held["script"])


def test_a_copy_holds_only_what_is_public_by_name() -> None:
    """A key or a section that nobody decided on is not passed on."""
    record = record_of("cement_works_2024")
    record["note"] = "between us"
    record["sections"]["given/new"] = {"salt": "s", "value": "secret"}
    record["digests"]["given/new"] = "d"
    copy = disclosed(record)
    assert set(copy) == {"schema", "name", "digests", "sections", "signatures"}
    assert copy["sections"]["given/new"] == {"digest": "d"}


@pytest.mark.parametrize("language", BOTH)
def test_a_report_of_a_disclosed_copy(language: Language) -> None:
    """Who received only the public parts can still make the page; what is not there is said to be left out."""
    record = record_of("cement_works_2024")
    copy = leave_out(record, frozenset(ALL) - PUBLIC)
    page = page_of(copy, language)
    assert {"en": "left out of this copy", "zh": "此副本未包含"}[language] in page.text
    assert value_of(record, "result")["total"] in page.text
    assert {"en": "Clinker burning", "zh": "熟料煅烧"}[language] in page.text, "labels of the installed rule"
    assert "示例水泥厂" not in page.text and "Example cement works" not in page.text


def test_another_rule_lends_no_words() -> None:
    """Where the installed rule has another hash, ids stand alone."""

    def change(values: dict[str, Any]) -> None:
        values["derivation/identity"]["rule"]["sha256"] = "0" * 64
        values["derivation/identity"]["regime"]["sha256"] = "0" * 64

    page = page_of(record_of("cement_works_2024", change))
    assert "Cradle to gate" not in page.text
    assert "Electricity of cement mills" not in page.text
    assert "kiln_oxidation" in page.text


def test_a_changed_record_says_so_first() -> None:
    record = record_of("cement_works_2024")
    record["sections"]["result"]["total"] = "1.00000"
    page = page_of(record)
    assert "This record was changed after it was sealed." in page.text
    assert "Does not fit: result." in page.text
    assert "tampered" in page.text
    assert "intact" not in page.text


def test_result_left_out_or_unreadable_is_refused() -> None:
    record = record_of("cement_works_2024")
    for broken, code in ((leave_out(record, frozenset({"result"})), "section_left_out"), ({}, "record_form")):
        with pytest.raises(Refused) as caught:
            render_report(broken, "en")
        assert [fault.code for fault in caught.value.faults] == [code]


def test_a_verdict_is_shown_as_it_is() -> None:
    record = record_of("cement_works_2024")
    assert "not run for this page" in page_of(record).text
    assert "Re-run identical" in page_of(record, "en", Verdict("n", "intact", "unsigned", "identical")).text
    verdict = Verdict("n", "intact", "unknown key", "different", "result", "/total", "1.0", "2.0")
    text = page_of(record, "en", verdict).text
    assert "different : result /total recorded 1.0, found 2.0" in text.replace("different:", "different :")
    assert "unknown key" in text
    reason = (Fault("rule_version_missing", "/rule"),)
    text = page_of(record, "zh", Verdict("n", "intact", "unsigned", "arithmetic only", reason=reason)).text
    assert "仅验证算术 rule_version_missing /rule" in text
