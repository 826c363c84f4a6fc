"""The use-case *calculate*: one name for one works however it is typed, and all faults at once with nothing stored."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from lca.exact import Exact
from lca.faults import Refused
from service.intake import read_file
from service.records.store import RecordStore
from tests.service import _cases


def names(data: Any, store: RecordStore) -> list[str]:
    return [record["name"] for record in _cases.run(data, store).records]


def test_the_total_of_the_cement_example_by_hand(store: RecordStore) -> None:
    """Calcination of P.O 42.5: 0.75 t clinker x (0.65 x 44/56 + 0.0227 x 44/40); power of the mill 34 kWh x 0.5777."""
    records = _cases.run(_cases.example(), store).records
    result = records[0]["sections"]["result"]
    ratio = Exact(1078846) / Exact(1438462)
    calcination = ratio * (Exact("0.65") * Exact(44, 56) + Exact("0.0227") * Exact(44, 40)) * 1000

    assert result["inputs"]["calcination"] == calcination.significant(6) == "401.763"
    assert result["inputs"]["mill_electricity"] == (Exact(34) * Exact("0.5777")).significant(6) == "19.6418"
    assert result["status"] == "complete_with_proxies"


def test_stages_and_their_rounding_line_make_the_total(store: RecordStore) -> None:
    for path in (_cases.CEMENT, _cases.BATTERY):
        for record in _cases.run(_cases.example(path), store).records:
            result = record["sections"]["result"]
            whole = sum((Exact.parse(value) for value in result["stages"].values()), Exact(0))
            assert whole + Exact.parse(result["rounding"]) == Exact.parse(result["total"])


def test_the_works_total_is_reconciled(store: RecordStore) -> None:
    works = _cases.run(_cases.example(), store).records[0]["sections"]["result"]["works"]
    assert works["total"] == works["products"] and works["difference"] == "0"


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_rows_give_the_same_name(store: RecordStore, seed: int) -> None:
    """§8"""
    data = _cases.example()
    expected = names(data, store)
    random.Random(seed).shuffle(data["rows"])
    data["products"].reverse()
    assert names(data, store) == expected


def test_kg_for_t_and_chinese_units_give_the_same_name(store: RecordStore) -> None:
    """§4"""
    data = _cases.example()
    expected = names(data, store)
    for name in ("limestone", "coal", "clinker"):
        item = _cases.row(data, name)
        item["months"] = [str(int(month) * 1000) for month in item["months"]]
        item["unit"] = "千克"
    _cases.row(data, "mill-grid")["unit"] = "度"
    assert names(data, store) == expected


def test_locale_time_zone_and_hash_seed_give_the_same_name(tmp_path: Path) -> None:
    found = set()
    for environment in (
        {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"},
        {"LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "de_DE.UTF-8", "TZ": "America/New_York", "PYTHONHASHSEED": "4242"},
    ):
        done = _cases.pcf_alone("calculate", str(_cases.CEMENT), "--format", "json", cwd=tmp_path, **environment)
        assert done.returncode == 0, done.stderr
        found.add(tuple(record["name"] for record in json.loads(done.stdout)["records"]))
    assert len(found) == 1 and len(next(iter(found))) == 2


def test_all_faults_at_once_and_nothing_stored(store: RecordStore) -> None:
    data = _cases.example()
    data["rows"] = [item for item in data["rows"] if item["id"] != "raw-meal"]
    _cases.row(data, "limestone")["unit"] = "stone"
    _cases.row(data, "clay")["months"][3] = "-5"
    _cases.row(data, "coal")["months"][0] = "1E+999999"
    _cases.row(data, "gypsum-po")["months"][5] = ""
    _cases.row(data, "water")["colour"] = "blue"

    with pytest.raises(Refused) as refused:
        _cases.run(data, store)
    codes = {fault.code for fault in refused.value.faults}
    expected = {"missing_input", "unknown_unit", "negative_amount", "number_too_large", "month_missing", "unknown_key"}
    assert codes == expected
    assert store.listing() == []


def test_a_provincial_co2_factor_is_refused(store: RecordStore) -> None:
    data = _cases.example()
    _cases.row(data, "mill-grid")["factor"] = "cn.co2.province.sd.2023"
    with pytest.raises(Refused) as refused:
        _cases.run(data, store)
    assert {fault.code for fault in refused.value.faults} == {"ELEC_FACTOR_KIND_MISMATCH"}


def test_a_certificate_used_twice_in_one_file(store: RecordStore) -> None:
    data = _cases.example()
    claim = {
        "id": "GEC-1",
        "mwh": "10",
        "plant": "wind",
        "market": "CN",
        "generated_from": "2024-01-01",
        "generated_to": "2024-12-31",
        "criteria": dict.fromkeys(("attributes", "unique", "retired", "period", "market"), "EV"),
    }
    for name in ("kiln-grid", "mill-grid"):
        supply = {"type": "grid", "technology": "wind", "claim": "gec_unbundled", "instruments": [claim]}
        _cases.row(data, name)["supply"] = supply
    with pytest.raises(Refused) as refused:
        _cases.run(data, store)
    assert {fault.code for fault in refused.value.faults} == {"ELEC_DUPLICATE_INSTRUMENT"}


def test_bill_of_materials_refuses_without_draft_and_lists_every_gap(store: RecordStore) -> None:
    with pytest.raises(Refused) as refused:
        _cases.run(_cases.example(_cases.BOM), store)
    gaps = [fault for fault in refused.value.faults if fault.code == "factor_gap"]
    assert len(gaps) == 7 and store.listing() == []


def test_bill_of_materials_as_draft_says_what_is_lacking(store: RecordStore) -> None:
    done = _cases.run(_cases.example(_cases.BOM), store, draft=True)
    result = done.records[0]["sections"]["result"]
    assert result["status"] == "draft"
    assert result["total"]["high"] is None and result["classes"]["gap"] is None
    assert len(result["gaps"]) == 7
    assert "mass_topped_up_unsure" in {item["code"] for item in result["notices"]}


def test_regime_of_another_rule_is_refused(store: RecordStore) -> None:
    with pytest.raises(Refused) as refused:
        _cases.run(_cases.example(), store, regime="eu_battery_cfb/draft-2024-04")
    fault = refused.value.faults[0]
    assert fault.code == "regime_not_for_rule" and fault.expected.startswith("gbt24067, ")


def test_battery_under_both_regimes(store: RecordStore) -> None:
    """EF 3.1 and AR6 give the same here: every factor came unsplit, so nothing is characterised again."""
    data = _cases.example(_cases.BATTERY)
    eu = _cases.run(data, store).records[0]["sections"]["result"]
    cn = _cases.run(data, store, regime="gbt24067").records[0]["sections"]["result"]
    assert eu["total"] == cn["total"]
    assert {"draft_rules"} <= {item["code"] for item in eu["notices"]}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.yaml", b"a: &x [1]\nb: *x\n", "yaml_alias"),
        ("a.json", b'{"rule": NaN}', "not_a_number"),
        ("a.json", b"{", "json_unreadable"),
        ("a.yaml", "rule: 水泥".encode("gb18030"), "file_encoding"),
        ("a.xlsx", b"PK\x03\x04 no", "workbook_unreadable"),
        ("a.csv", b"a,b", "file_kind"),
        ("missing.yaml", None, "file_missing"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_file(tmp_path / name)
    assert refused.value.faults[0].code == code
