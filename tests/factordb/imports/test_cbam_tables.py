"""CBAM tables: two vintages of one annex side by side, and what was in force and known on two dates."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from factordb.as_of import standing
from factordb.factor import Factor
from factordb.imports import cbam_tables
from factordb.imports.intake import Intake
from factordb.imports.rows import table as words
from factordb.kinds import NEVER_BOUGHT
from lca.faults import Refused
from tests.factordb.imports._raw import counts, raw, sealed, shuffled, table, take, write

HEAD = ["country", "iso2", "cn_code", "description", "production_route", "direct", "indirect", "total", "period"]


@cache
def everything() -> Intake:
    """Both vintages: the originals of ``raw`` and the collection one folder up."""
    folder = raw("cbam_2025_2621")
    intake = Intake(*cbam_tables.about())
    for path in (folder, folder.parents[1] / "cbam_defaults.csv", folder.parents[1] / "cbam_benchmarks.csv"):
        cbam_tables.read(path, intake)
    return intake


def original(intake: Intake, correction: Factor) -> Factor:
    return intake.factors[correction.corrects]


def corrections(intake: Intake) -> list[Factor]:
    return [item for item in intake.factors.values() if item.corrects]


def test_all_records_of_both_vintages_are_accounted_for() -> None:
    """Raw: 11,391 + 260 records and 2,465 benchmark values; collection: 1,257 rows and 2,465 benchmarks."""
    made = counts(everything())
    assert made["read"] == 11_391 + 260 + 2_465 + 1_257 + 2_465
    # Of the collection, 445 original rows, Annex IV and every benchmark repeat the raw tables word for word.
    assert made["same"] == 445 + 260 + 2_465
    assert everything().reasons() == {"value_missing": made["rejected"]}


def test_a_dash_is_no_value() -> None:
    records = cbam_tables._items(raw("cbam_2025_2621") / "default_values_2621.json")
    dashes = sum(item["total"] in ("DASH", "NA", "") for _, item in records)
    assert everything().reasons()["value_missing"] == dashes == 465


def test_five_totals_changed_and_none_of_china() -> None:
    """README of the raw folder: no total of China changed, five others did."""
    changed = [item for item in corrections(everything()) if item.value != original(everything(), item).value]
    assert len(changed) == 5
    assert {item.place for item in changed} == {"ZZ"}


def test_every_correction_names_one_row_of_its_own() -> None:
    found = corrections(everything())
    assert len(found) == 519 == len({item.corrects for item in found})
    for item in found:
        before = original(everything(), item)
        assert (item.place, item.codes, item.kind) == (before.place, before.codes, before.kind), item.id
        assert item.reason and item.published > before.published


def test_as_of_tells_what_was_in_force_and_what_was_known() -> None:
    """March 2026 as March saw it, and as September sees it: the acceptance case of the release issue."""
    changed = next(item for item in corrections(everything()) if item.value != original(everything(), item).value)
    pair = (original(everything(), changed), changed)

    def states(in_force: str, known: str) -> dict[str, str]:
        return {item.factor.id: item.state for item in standing(pair, in_force, known)}

    assert states("2026-03-01", "2026-03-01") == {pair[0].id: "in force", changed.id: "not yet known"}
    assert states("2026-03-01", "2026-09-01") == {pair[0].id: "corrected", changed.id: "in force"}
    assert states("2025-12-31", "2026-09-01")[changed.id] == "not yet in force"


def test_the_transitional_defaults_end_with_2025() -> None:
    world = [item for item in everything().factors.values() if item.source == "cbam-transitional-2023"]
    assert len(world) == 33
    assert {(item.valid_from, item.valid_to, item.place) for item in world} == {("2023-10-01", "2025-12-31", "GLO")}


def test_what_was_not_compared_says_so() -> None:
    for item in everything().factors.values():
        if item.source == "cbam-2025-2621":
            assert ("vintage not compared" in item.note) == (item.place not in ("CN", "ZZ")), item.id


def test_nothing_of_it_can_enter_a_footprint() -> None:
    assert {item.kind for item in everything().factors.values()} <= set(NEVER_BOUGHT)


@pytest.mark.parametrize(
    ("country", "cn", "name", "direct", "indirect", "total"),
    [
        ("China", "2523 10 00", "White clinker", "1.240", "0.060", "1.300"),
        ("China", "2523 10 00", "Grey clinker", "1.350", "0.040", "1.390"),
        ("China", "2523 90 00", "White hydraulic cements", "1.290", "0.180", "1.460"),
        ("China", "2523 30 00", "Aluminous cement", "1.980", "0.200", "2.180"),
        ("Albania", "2523 10 00", "Grey clinker", "0.870", "0", "0.870"),
    ],
)
def test_values_are_the_annexs_own(country: str, cn: str, name: str, direct: str, indirect: str, total: str) -> None:
    """Read by eye in ``default_values_2621.json``."""
    iso = {"China": "CN", "Albania": "AL"}[country]
    found = [
        item
        for item in everything().factors.values()
        if item.source == "cbam-2025-2621" and item.place == iso and item.codes["cn"] == cn.replace(" ", "")
    ]
    item = next(item for item in found if item.name_en == name)
    assert (item.value, item.properties["direct"], item.properties["indirect"]) == (total, direct, indirect)
    assert (item.kind, item.unit) == ("cbam_direct_indirect", "tCO2e/t")


def test_every_tenth_thousand_of_the_collection_is_its_rows_own() -> None:
    by_key = {
        (item.source, item.place, item.codes["cn"], item.properties.get("route", "")): item
        for item in everything().factors.values()
    }
    path = raw("cbam_2025_2621").parents[1] / "cbam_defaults.csv"
    rows = [row for row in table(path) if "as replaced by 2026/1740" in row["basis"]][::40]
    assert len(rows) >= 10
    for row in rows:
        item = by_key["cbam-2026-1740", row["iso2"], row["cn_code"], row["production_route"]]
        assert item.value == row["total"]


def test_the_order_of_rows_seals_the_same(tmp_path: Path) -> None:
    path = raw("cbam_2025_2621").parents[1] / "cbam_defaults.csv"
    mixed = shuffled(path, tmp_path / "cbam_defaults.csv")
    one, two = (take(cbam_tables.read, cbam_tables.about, item) for item in (path, mixed))
    assert sealed(one) == sealed(two)


def test_the_collection_alone_corrects_only_what_it_holds() -> None:
    """Without the originals there is nothing to correct; that is counted, and the release can still be sealed."""
    path = raw("cbam_2025_2621").parents[1] / "cbam_defaults.csv"
    intake = take(cbam_tables.read, cbam_tables.about, path)
    assert counts(intake)["accepted"] == 1_257
    assert intake.notes["correction whose original row is not in the file"] == 519
    assert not corrections(intake) and sealed(intake)


def row(total: str, basis: str = "2025/2621 Annex I original text", cn: str = "72071111", iso: str = "IN") -> list[str]:
    return ["India", iso, cn, "Semi-finished", "C", total, "", total, "definitive 2026+", basis]


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    body = [
        row("2.1"),
        row("2.2"),
        row("-"),
        row("", cn="72071112"),
        row("NaN", cn="72071113"),
        row("-1", cn="72071114"),
    ]
    body += [row("2.1", basis="somewhere"), row("2.1", cn=""), row("2.1")]
    path = write(tmp_path / "cbam_defaults.csv", [[*HEAD, "basis"], *body])
    intake = take(cbam_tables.read, cbam_tables.about, path)
    assert counts(intake) == {"read": 9, "accepted": 1, "rejected": 7, "same": 1}
    reasons = {"duplicate_id": 1, "value_missing": 2, "value_unreadable": 1, "negative": 1}
    assert intake.reasons() == {**reasons, "needs_review": 1, "row_broken": 1}


def test_a_country_without_a_code_waits_for_a_person(tmp_path: Path) -> None:
    path = tmp_path / "default_values_2621.json"
    path.write_text('[{"country": "Atlantis", "cn_code": "7201", "total": "1.0"}]', encoding="utf-8")
    assert take(cbam_tables.read, cbam_tables.about, path).reasons() == {"needs_review": 1}


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("grid_annex_ii.json", "[]", "import_unreadable"),
        ("default_values_2621.json", '{"a": 1}', "import_unreadable"),
        ("default_values_2621.json", "[1", "json_unreadable"),
        ("cbam_defaults.csv", "a,b\n1,2\n", "import_columns"),
    ],
)
def test_files_that_are_none_of_these_are_refused(tmp_path: Path, name: str, text: str, code: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        take(cbam_tables.read, cbam_tables.about, path)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="import_unreadable"):
        take(cbam_tables.read, cbam_tables.about, tmp_path)


def test_every_country_has_a_code_of_its_own() -> None:
    codes = Counter(words("cbam")["countries"].values())
    assert len(codes) == 119 and set(codes.values()) == {1}
    assert all(len(code) == 2 and code.isupper() for code in codes)
