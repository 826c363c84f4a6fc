"""json, csv and xlsx give back the content they were given, to the hash; no cell is a formula."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from factordb.canonical import clean
from factordb.exports.door import export, from_place
from factordb.exports.layout import from_cell, in_cell
from factordb.factor import Factor, Licence
from factordb.files import ReleaseFiles, guarded, unguarded
from factordb.release import Release
from factordb.unit_process import Exchange, UnitProcess
from lca.faults import Refused
from tests.factordb._made import SOURCE, content, factor
from tests.factordb.exports._help import mixed

EXACT = {"json": "a.json", "csv": "folder", "xlsx": "a.xlsx"}
AWKWARD = [
    "", "=1+1", "'=1+1", "''=x", "+x", "-", "-x", "@SUM(A1)", "\t=x", "#N/A", "#remark", "＝1", "a\nb", "a\r\nb", '"q"',
    "a,b;c", "\\u0041", "\\u005cu0041", "_x0041_", "_x005F_x0041_", "x005F_", "a\x0b\x85\u2028b",
    "\x00\x07", "\ufeffx", "\ufffe",
    "水泥（P·O）", "é", "e\u0301", "🌍", "TRUE", "2024-01-01", "1E5", "007", "'", "<a>&", " ", "null", "~", "{}",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))
WORD = TEXT.map(clean).filter(bool)
MAP = st.dictionaries(WORD, TEXT, max_size=2)
NUMBER = st.sampled_from(["0", "1", "0.5777", "1E-7", "12345678901234567890.123", "+3"])
_FREE = (
    "category",
    "boundary",
    "gwp_set",
    "locator",
    "published",
    "note",
    "synonyms",
    "technology",
    "guideline",
    "series",
)
_MAPS = ("gases", "properties", "codes", "uncertainty", "quality", "admissible")


@st.composite
def factors(draw: st.DrawFn, name: str) -> Factor:
    free = {part: draw(TEXT) for part in _FREE} | {part: draw(MAP) for part in _MAPS}
    free["category"] = draw(WORD)
    return factor(name, draw(NUMBER), name_zh=draw(WORD), name_en=draw(TEXT), place=draw(WORD), unit=draw(WORD), **free)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    words = [draw(TEXT) for _ in range(6)]
    kind = draw(st.sampled_from(["input", "emission", "resource"]))
    return Exchange(kind, words[0], draw(NUMBER), *words[1:5], uncertainty=draw(MAP), note=words[5])


@st.composite
def processes(draw: st.DrawFn, name: str) -> UnitProcess:
    words = {part: draw(TEXT) for part in ("name_zh", "category", "place", "year", "product", "allocation", "cut_off")}
    rows = tuple(draw(st.lists(exchanges(), max_size=3)))
    return UnitProcess(
        name, draw(WORD), unit=draw(WORD), amount="2", source="meters", exchanges=rows, quality=draw(MAP), **words
    )


@st.composite
def contents(draw: st.DrawFn) -> ReleaseFiles:
    names = draw(st.lists(WORD, unique=True, min_size=1, max_size=4))
    cut = draw(st.integers(1, len(names)))
    made = content(
        *(draw(factors(name)) for name in names[:cut]),
        processes=tuple(draw(processes(name)) for name in names[cut:]),
        left_out=draw(st.dictionaries(WORD, TEXT, max_size=2)),
        same_year=draw(st.dictionaries(WORD, TEXT, max_size=2)),
    )
    licence = Licence("own", draw(TEXT), True, True, draw(st.booleans()), draw(st.booleans()), draw(TEXT))
    source = replace(SOURCE, **{part: draw(TEXT) for part in ("title", "publisher", "date", "address", "official_in")})
    meta = {**made.meta, "title_zh": draw(WORD), draw(WORD.filter(lambda key: key not in made.meta)): draw(TEXT)}
    return replace(made, meta=meta, licences=(licence,), sources=(source,))


def round_trip(content: ReleaseFiles, form: str) -> None:
    before = Release(content)
    with TemporaryDirectory() as folder:
        path = Path(folder) / EXACT[form]
        export(before, form, path)
        after = Release(from_place(path))
    assert after.text == before.text and after.sha256 == before.sha256


@pytest.mark.parametrize("form", EXACT)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=contents())
def test_any_content_comes_back(form: str, content: ReleaseFiles) -> None:
    round_trip(content, form)


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_comes_back(form: str, text: str) -> None:
    """Each awkward word once in every place, whatever hypothesis draws."""
    row = factor("f" + clean(text), name_zh="名" + text, name_en=text, note=text, properties={"k" + clean(text): text})
    made = UnitProcess(
        "p", clean(text) or "p", text, "", "", "", "kg", "1", "meters", (Exchange("input", text, "1", text),)
    )
    round_trip(content(row, processes=(made,), left_out={"x": text}, same_year={"s": text}), form)


@pytest.mark.parametrize("form", EXACT)
def test_the_shipped_release_comes_back(form: str, release: Release, tmp_path: Path) -> None:
    export(release, form, tmp_path / EXACT[form])
    assert Release(from_place(tmp_path / EXACT[form])).sha256 == release.sha256


@given(text=st.text())
def test_the_apostrophe_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(text=TEXT)
def test_a_cell_gives_back_its_text(text: str) -> None:
    assert from_cell(in_cell(clean(text))) == clean(text)


DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def test_no_cell_runs(tmp_path: Path) -> None:
    """A formula in every field; numbers with a sign stay numbers."""
    evil = '=HYPERLINK("http://x","y")'
    words = {part.name: evil for part in fields(Factor) if part.type == "str"}
    fixed = {"kind": "cradle_to_gate_with_uptake", "value": "-1.5", "source": "meters", "confidence": "seen"}
    fixed |= {"status": "published", "year": "", "valid_from": "", "valid_to": "", "corrects": "", "unlinked": ""}
    row = Factor(**{**words, **fixed, "primary_share": ""})
    release = Release(content(row, left_out={"@x": "+y"}, same_year={"-s": "=t"}))
    for form, name in EXACT.items():
        export(release, form, tmp_path / name)
    for file in (tmp_path / "folder").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            cells = [cell for line in csv.reader(text) for cell in line]
        assert [cell for cell in cells if cell.startswith(DANGEROUS) and cell != "-1.5"] == []
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(cell.value == "-1.5" for cell in cells)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert all(b"<f>" not in data and b"<f " not in data for data in sheets)


def test_a_text_longer_than_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    release = Release(content(factor("f", note="🌍" * 16_384, technology="x" * 32_768)))
    with pytest.raises(Refused) as refused:
        export(release, "xlsx", tmp_path / "a.xlsx")
    assert [(fault.code, fault.found) for fault in refused.value.faults] == [
        ("export_not_held", "32,768 characters"),
        ("export_not_held", "32,768 characters"),
    ]
    round_trip(content(factor("f", note="🌍" * 16_383)), "xlsx")


def test_a_json_that_our_reader_would_refuse_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factordb.exports.text.MAX_TEXT", 1_000)
    with pytest.raises(Refused, match="export_not_held"):
        export(Release(content(factor("f", note="x" * 1_000))), "json", tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


def test_a_changed_json_is_tampered(tmp_path: Path) -> None:
    export(Release(mixed(frozenset())), "json", tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    (tmp_path / "a.json").write_text(text.replace('"value":"2"', '"value":"3"'), encoding="utf-8")
    with pytest.raises(Refused, match="release_tampered"):
        from_place(tmp_path / "a.json")


@pytest.mark.parametrize("text", ["{}", "[]", '{"format":"pcf-release/1"}', '{"format":"pcf-release/2"}', "x"])
def test_another_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=r"import_unreadable|json_unreadable"):
        from_place(tmp_path / "a.json")
