"""Hash, form and provenance of the shipped release."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factordb.as_of import standing
from factordb.build import RELEASES
from factordb.canonical import canonical_text, clean, dumps, sha256
from factordb.files import ReleaseFiles, read
from factordb.kinds import KINDS, NEVER_BOUGHT, is_kind, sentence
from factordb.layers import open_layers
from factordb.release import Release, canonical_of, from_files, frozen_hashes, open_release, shipped
from lca.exact import Exact
from lca.faults import Refused
from lca.inventory import Inventory, ResolvedFactor
from lca.messages import LANGUAGES, catalogue
from lca.naming import FactorName
from lca.units import unit
from tests.factordb.conftest import FOLDER, bought

ELEMENTS = {"t N", "t P2O5", "t K2O"}
"""Denominators that the unit table must not know: nutrient mass is not product mass, kW is not energy."""


def test_building_from_the_files_gives_the_committed_hash() -> None:
    for name in shipped():
        assert from_files(FOLDER.with_name(name)).sha256 == frozen_hashes()[name] == open_release(name).sha256
    assert shipped() == ["cbam-2026.1", "cn-2026.1", "recalled-2026.1"]
    assert sorted(RELEASES) == shipped()


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_hash(order: random.Random) -> None:
    content = read(FOLDER)
    shuffled = replace(
        content,
        **{  # type: ignore[arg-type]
            part: tuple(order.sample(getattr(content, part), len(getattr(content, part))))
            for part in ("factors", "sources", "licences")
        },
        left_out=dict(order.sample(sorted(content.left_out.items()), len(content.left_out))),
    )
    assert canonical_of(shuffled) == canonical_of(content)


def test_line_ends_and_composition_of_characters_do_not_change_the_hash(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    for table in folder.glob("*.csv"):
        text = table.read_text(encoding="utf-8").replace("Ö", "O\u0308")
        table.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    assert from_files(folder).sha256 == frozen_hashes()["cn-2026.1"]


@pytest.mark.parametrize(("seed", "locale"), [("1", "C"), ("2", "C.UTF-8")])
def test_locale_and_hash_seed_do_not_change_the_hash(seed: str, locale: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "0", "TZ": "Asia/Shanghai"}
    command = [sys.executable, "-m", "factordb.build", "--hash"]
    room = Path(__file__).parents[2]
    shown = subprocess.run(command, env=environment, cwd=room, capture_output=True, text=True, check=True)
    assert dict(line.split() for line in shown.stdout.splitlines()) == frozen_hashes()


def test_one_changed_digit_changes_the_hash_and_is_refused(content: ReleaseFiles) -> None:
    factors = tuple(
        replace(item, value="0.5778") if item.id == "cn.cfp.national_avg.2024" else item for item in content.factors
    )
    changed = Release(replace(content, factors=factors))
    assert changed.sha256 != frozen_hashes()["cn-2026.1"]


def test_opening_refuses_a_tampered_or_unknown_release(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as unknown:
        open_release("cn-1999.1")
    assert (unknown.value.faults[0].code, unknown.value.faults[0].expected) == ("release_unknown", ", ".join(shipped()))
    monkeypatch.setattr("factordb.release.frozen_hashes", lambda: {"cn-2026.1": "0" * 64})
    with pytest.raises(Refused) as tampered:
        open_release("cn-2026.1")
    assert tampered.value.faults[0].code == "release_tampered"
    assert tampered.value.faults[0].expected == "0" * 64


def test_the_canonical_text_is_sorted_compact_utf8(release: Release) -> None:
    data = json.loads(release.text)
    assert [item["id"] for item in data["factors"]] == sorted(release.factors)
    assert dumps(data) == release.text == clean(release.text)
    assert "\\u" not in release.text and "全国电力平均碳足迹因子" in release.text
    assert sha256(canonical_text({}, [], [], [], {})) == sha256(
        '{"factors":[],"left_out":{},"licences":[],"release":{},"sources":[]}'
    )


def test_every_value_traces_to_a_source_and_a_licence(release: Release) -> None:
    assert len(release.factors) == 794
    for factor in release.factors.values():
        source, licence = release.source_of(factor), release.licence_of(factor)
        assert source.title and source.publisher, factor.id
        assert licence.may_store and licence.may_redistribute, factor.id


def test_recalled_and_uncleared_rows_are_left_out_with_a_reason(release: Release) -> None:
    assert {item.confidence for item in release.factors.values()} == {"seen", "derived", "conflict"}
    assert len(release.left_out) == 30
    assert not set(release.left_out) & set(release.factors)
    assert release.left_out["iai-2022-primary-glo"].startswith("licence not cleared")
    assert release.left_out["mee_power2022.coal_default_cc"].startswith("recalled: source not opened")


def test_units_are_in_the_unit_table_or_deliberately_outside(release: Release) -> None:
    outside = set()
    for factor in release.factors.values():
        if factor.kind in ("process_parameter", "fuel_properties") or not factor.value:
            continue
        try:
            unit(factor.denominator)
        except Refused:
            outside.add(factor.denominator)
    assert outside == ELEMENTS


def test_kinds_have_sentences_in_both_languages() -> None:
    for kind in KINDS:
        assert sentence(kind, "en").endswith(".") and sentence(kind, "zh").endswith("。")
    assert is_kind("en15804_module:C3") and not is_kind("en15804_module:") and not is_kind("cradle-to-gate")
    assert sentence("en15804_module:C3", "zh") == "仅 EN 15804 模块 C3。"


def test_every_timber_row_with_uptake_is_of_the_kind_that_is_never_bought(release: Release) -> None:
    negative = {item.id for item in release.factors.values() if item.value and item.amount < 0}
    uptake = {item.id for item in release.factors.values() if item.kind == "cradle_to_gate_with_uptake"}
    assert len(uptake) == 11 and negative <= uptake


def test_gas_splits_are_carried_as_printed_and_add_up_to_the_total_within_two_per_cent(release: Release) -> None:
    split = [item for item in release.factors.values() if item.gases and not item.kind.startswith("cbam")]
    assert len(split) == 65
    for factor in split:
        parts = sum((Exact(text) for gas, text in factor.gases.items() if "outside" not in gas), Exact(0))
        assert abs(parts - factor.amount) <= abs(factor.amount) / 50, factor.id


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"source": "nobody"}, "source nobody"),
        ({"kind": "cradle-to-gate"}, "kind cradle-to-gate"),
        ({"confidence": "recalled"}, "recalled value"),
        ({"confidence": "certain"}, "confidence certain"),
        ({"value": ""}, "status published, value ''"),
        ({"unit": ""}, "no unit"),
        ({"value": "-1"}, "negative value -1"),
        ({"value": "DASH"}, "DASH"),
        ({"year": "24"}, "year 24"),
        ({"name_zh": "", "name_en": ""}, "a place, name or category is missing"),
        ({"confidence": "conflict"}, "conflict without the other values"),
    ],
)
def test_a_row_that_is_not_in_order_is_kept_out(content: ReleaseFiles, change: dict[str, str], found: str) -> None:
    row = next(item for item in content.factors if item.id == "gbt51366-d-001")
    wrong = replace(row, **change)  # type: ignore[arg-type]
    factors = tuple(wrong if item is row else item for item in content.factors)
    with pytest.raises(Refused) as refused:
        Release(replace(content, factors=factors))
    assert [(fault.where, fault.found) for fault in refused.value.faults] == [("gbt51366-d-001", found)]


def test_doubled_ids_and_a_missing_licence_are_named_together(content: ReleaseFiles) -> None:
    broken = replace(
        content,
        meta={**content.meta, "layer": "cloud"},
        factors=(*content.factors, content.factors[0]),
        licences=content.licences[1:],
    )
    with pytest.raises(Refused) as refused:
        Release(broken)
    codes = [fault.code for fault in refused.value.faults]
    assert codes[:2] == ["release_meta", "release_twice"] and set(codes[2:]) == {"release_row"}


def test_every_code_of_the_room_has_sentences_in_both_languages() -> None:
    room = Path(__file__).parents[2] / "factordb"
    texts = "\n".join(path.read_text(encoding="utf-8") for path in room.glob("*.py"))
    used = set(re.findall(r'(?:Fault|Notice)\(\s*"(\w+)"', texts)) | set(re.findall(r'"(ELEC_\w+)"', texts))
    assert len(used) >= 20
    for code in used | {"factor_kind_mismatch", "factor_not_published"}:
        for part in ("what", "fix"):
            assert set(catalogue()[code][part]) == set(LANGUAGES), code


def test_recalled_values_stand_apart_and_say_so() -> None:
    """A layer to be switched on: each value is recalled, none is official, each use is told."""
    recalled = open_release("recalled-2026.1")
    assert {item.confidence for item in recalled.factors.values()} == {"recalled"}
    assert not set(recalled.factors) & set(open_release("cn-2026.1").factors)
    asked = FactorName(id="recalled-01", named_by="user", place="CN", year=2024)
    layers = open_layers("recalled-2026.1,cn-2026.1")
    found = layers.resolve(Inventory((), (bought(asked, "kg"),), (), ())).factors["l1"]
    assert isinstance(found, ResolvedFactor)
    assert found.data_class == "proxy" and "factor_recalled" in {notice.code for notice in found.notices}


def test_the_cbam_defaults_of_two_vintages_answer_by_two_dates() -> None:
    """(EU) 2026/1740 of July 2026 replaced the annex of December 2025 with effect from January 2026."""
    cbam = open_release("cbam-2026.1")
    corrections = [item for item in cbam.factors.values() if item.corrects]
    assert len(corrections) == 519
    changed = [item for item in corrections if item.value != cbam.factors[item.corrects].value]
    assert len(changed) == 5 and all(item.place != "CN" for item in changed)
    for new in changed:
        pair = (cbam.factors[new.corrects], new)
        april = {item.factor.id: item.state for item in standing(pair, "2026-03-01", "2026-04-01")}
        august = {item.factor.id: item.state for item in standing(pair, "2026-03-01", "2026-08-01")}
        assert april == {pair[0].id: "in force", new.id: "not yet known"}
        assert august == {pair[0].id: "corrected", new.id: "in force"}


def test_no_cbam_default_answers_for_a_footprint() -> None:
    cbam = open_release("cbam-2026.1")
    assert {item.kind for item in cbam.factors.values()} <= set(NEVER_BOUGHT)
    assert {licence.code for licence in cbam.licences.values()} == {"eu-reuse"}
