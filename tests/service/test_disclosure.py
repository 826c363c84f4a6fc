"""Disclosed copies: what each level shows, what it must not tell, and what it still proves."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from factordb.release import Release, open_release
from lca.faults import Refused
from service.calculate import Asked, calculate
from service.intake import read_file
from service.receive import receive
from service.records import key_ring
from service.records.disclose import disclose, result_of
from service.records.levels import extract_of, levels
from service.records.sections import ALL, integrity_faults, is_left_out, sha256, value_of
from service.records.sign import sign
from service.records.store import RecordStore
from service.records.verify import rerun
from service.report.page import render_report
from tests.service import _cases
from tests.service._signing import desk_of, folder_of, sealed
from tests.service.test_receive import PACT, TODAY, works_that_buys

SIGNED = _cases.ROOT / "tests" / "archive" / "signed"


def archived(name: str = "cement_works_2024-P.O-42.5.json") -> dict[str, Any]:
    held: dict[str, Any] = json.loads((SIGNED / name).read_text(encoding="utf-8"))
    return held


def known() -> dict[str, Any]:
    from service.records.keys import read_key_file

    key = read_key_file((SIGNED / "key.json").read_bytes())
    return {key.id: key}


def texts(value: Any) -> list[str]:
    """Every text of a value, keys too."""
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in (key, *texts(part))]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


# --- the table


def test_the_documented_table_is_the_data() -> None:
    text = (_cases.ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` ([^|]*) \| ([^|]*) \| ([^|]*) \|$", text, re.M)
    found = {row[0]: row[1:] for row in rows if row[0] in levels()}
    assert list(found) == list(levels())
    for name, level in levels().items():
        label, sections, result = found[name]
        assert label.strip() == level.label["zh"]
        assert set(re.findall(r"`([^`]+)`", sections)) == level.sections
        assert set(re.findall(r"`([^`]+)`", result)) == (set() if level.result == ("all",) else set(level.result))


def test_levels_grow_and_say_so_in_both_languages() -> None:
    public, customer, auditor = levels().values()
    assert public.sections < customer.sections < auditor.sections == set(ALL)
    assert set(public.result) < set(customer.result)
    assert auditor.result == ("all",) and not auditor.withhold
    assert all(level.says["en"] and level.says["zh"] for level in levels().values())
    fields = set(archived()["sections"]["result"])
    assert set(customer.result) <= fields


# --- what a copy shows


@pytest.mark.parametrize("level", ["public", "customer"])
def test_a_copy_tells_no_amount_of_the_works(level: str) -> None:
    """Not a row, a meter, a recipe, a total of the works; nor a figure from which a factor or an amount divides out."""
    record = archived()
    told = set(texts(disclose(record, level)))
    result = record["sections"]["result"]
    secret = {item["value"]["amount"] for item in record["sections"]["given/rows"] if len(item["value"]["amount"]) > 3}
    secret |= {part["amount"] for part in result["contributions"]} - {"1.00000"}
    secret |= {row["kwh"] for row in result["electricity"]} | {result["works"]["total"]}
    secret |= {item["value"] for item in result["indicators"].values() if len(item["value"]) > 5}
    secret |= {text for row in result["electricity"] for text in row["evidence"]}
    public = {result["total"], *result["stages"].values(), *texts(result["gases"]), *texts(result["lines"])}
    factors = set(texts(value_of(record, "derivation/factors"))) if level == "customer" else set()
    assert len(secret - public - factors) > 50
    assert told & (secret - public - factors) == set()
    assert result["total"] in told and "Clinker" not in told


@pytest.mark.parametrize("level", ["public", "customer", "auditor"])
def test_a_copy_proves_name_signature_and_result(level: str) -> None:
    record = archived()
    held = disclose(record, level)
    assert integrity_faults(held) == [] and held["name"] == record["name"]
    verdict = rerun(json.loads(json.dumps(held)), open_release, known())
    expected = "identical" if level == "auditor" else "not possible"
    assert (verdict.signature, verdict.recomputation.removesuffix(" by other code")) == ("signed", expected)
    assert verdict.unproven == ()
    result, shown = result_of(held)
    assert result["total"] == record["sections"]["result"]["total"] and shown == ("" if level == "auditor" else level)
    forged = copy.deepcopy(held)
    target = forged["sections"]["result"] if level == "auditor" else forged["extracts"][0]["value"]["result"]
    target["total"] = "1.00000"
    assert rerun(forged, open_release, known()).exit_code() == 4


def test_a_copy_names_all_that_it_leaves_out() -> None:
    verdict = rerun(disclose(archived(), "customer"), open_release, known())
    (fault,) = verdict.reason
    missing = "derivation/inventory, derivation/system, given/meters, given/rows, given/works, result"
    assert (fault.code, fault.where, verdict.exit_code()) == ("section_left_out", missing, 6)


def test_a_copy_without_what_was_given_proves_the_arithmetic() -> None:
    record = archived()
    for name in ("given/works", "given/rows", "given/meters"):
        record["sections"][name] = {"digest": record["digests"][name]}
    verdict = rerun(record, open_release, known())
    assert (verdict.recomputation, verdict.exit_code(), verdict.exit_code(strict=True)) == ("arithmetic only", 0, 5)
    assert verdict.reason[0].where == "given/meters, given/rows, given/works"


def test_the_extract_of_an_unsigned_record_is_proven_by_nobody(store: RecordStore) -> None:
    held = disclose(sealed(store), "public", store.secret())
    verdict = rerun(held, open_release)
    assert (verdict.signature, verdict.unproven) == ("unsigned", ("extracts/public",))
    assert disclose(sealed(store), "public", store.secret()) == held  # the same salt: the same copy


def test_an_extract_that_says_something_else_than_the_result_is_different(store: RecordStore, tmp_path: Path) -> None:
    """A holder who signs a finer extract than the sealed result is found by whoever sees the whole record."""
    record = sealed(store)
    record["extracts"] = disclose(record, "public", store.secret())["extracts"]
    assert rerun(record, open_release).recomputation == "identical"
    record["extracts"][0]["value"]["result"]["total"] = "1.00000"
    verdict = rerun(record, open_release)
    assert (verdict.recomputation, verdict.step, verdict.where) == ("different", "extracts/public", "/total")
    assert (verdict.recorded, verdict.found) == ("1.00000", "735.893")


def test_an_extract_that_no_signature_covers_is_tampered_with() -> None:
    held = disclose(archived(), "public")
    held["extracts"][0]["salt"] = "0" * 64
    verdict = rerun(held, open_release, known())
    assert (verdict.integrity, verdict.where, verdict.exit_code()) == ("tampered", "extracts/public", 4)


@pytest.mark.parametrize("junk", [5, [5], [{}], [{"value": {}}], [{"value": {"level": [], "result": 5}}], {"a": "b"}])
def test_extracts_of_another_form_break_nothing(junk: Any) -> None:
    assert rerun({**archived(), "extracts": junk}, open_release, known()).exit_code() in (3, 4, 6)


def test_a_draft_is_shown_to_auditors_only(store: RecordStore) -> None:
    draft = dict(_cases.run(_cases.example(_cases.BOM), store, draft=True).records[0])
    for level in ("public", "customer"):
        with pytest.raises(Refused) as refused:
            disclose(draft, level)
        assert [fault.code for fault in refused.value.faults] == ["draft_not_disclosed"]
    assert rerun(disclose(draft, "auditor"), open_release).recomputation == "identical"


@pytest.mark.parametrize(
    ("change", "level", "code"),
    [
        (lambda r: None, "everybody", "level_unknown"),
        (lambda r: r["sections"]["result"].update(total="1"), "public", "record_tampered"),
        (lambda r: r["sections"].update(result={"digest": r["digests"]["result"]}), "public", "section_left_out"),
    ],
)
def test_what_cannot_be_disclosed_is_refused(change: Any, level: str, code: str) -> None:
    record = archived()
    change(record)
    with pytest.raises(Refused) as refused:
        disclose(record, level)
    assert [fault.code for fault in refused.value.faults] == [code]


# --- factors that may not be passed on


@pytest.fixture
def bought(store: RecordStore, tmp_path: Path) -> tuple[dict[str, Any], Any]:
    """A record that uses a supplier's footprint, which may not be passed on; and how its store opens releases."""
    desk = desk_of(store)
    (tmp_path / "sent.json").write_text(json.dumps(PACT | {"companyName": "Secret Kiln"}), encoding="utf-8")
    taken = receive(desk, tmp_path / "sent.json", today=TODAY)
    data = {"format": "pcf-activity/1", **works_that_buys(f"pact:{PACT['id']}")}
    (tmp_path / "buyer.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    asked = Asked(release=f"{taken.release},cn-2026.1")
    done = calculate(read_file(tmp_path / "buyer.json"), asked, store, caller="test", releases=desk.release)
    (record,) = done.records
    key_ring.new_key(desk, folder_of(tmp_path), "Buyer", "test")
    return sign(desk, folder_of(tmp_path), str(record["name"]), "test"), desk


@pytest.mark.parametrize("level", ["public", "customer", "auditor"])
def test_a_suppliers_factor_is_at_no_level(bought: tuple[dict[str, Any], Any], level: str) -> None:
    """Its value, its flows, its source; the system that holds it; its contribution, which divided by its amount is
    it; and the key in the inventory, whose piece of a hash would let anybody try values."""
    record, _ = bought
    factor = next(item["factor"] for item in value_of(record, "derivation/factors") if "pact" in str(item))
    part = next(part for part in record["sections"]["result"]["contributions"] if part["source"] == factor["key"])
    held = disclose(record, level)
    text = json.dumps(held, ensure_ascii=False)
    assert "Secret Kiln" in json.dumps(record) and "Secret Kiln" not in text
    assert part["co2e"] not in text and factor["source"] not in text
    assert factor["flows"]["CO2e|fossil|AR6"] == "0.789" and '"0.789"' not in text and '"0.78"' not in text
    for name in ("derivation/system", "derivation/inventory", "result"):
        assert is_left_out(held["sections"][name])
    page = render_report(held, "en")
    assert "Secret Kiln" not in page and part["co2e"] not in page


def test_an_auditor_with_the_release_makes_it_anew_and_one_without_is_told_what_is_lacking(
    bought: tuple[dict[str, Any], Any],
) -> None:
    record, desk = bought
    held = disclose(record, "auditor")
    rows = held["sections"]["derivation/factors"]
    assert sum(map(is_left_out, rows)) == 1 and value_of(held, "given/rows")
    unseen = f"derivation/factors (1 of {len(rows)}), derivation/inventory, derivation/system, result"
    there = rerun(held, desk.release)
    assert (there.recomputation, there.unseen, there.exit_code(strict=True)) == ("identical", (unseen,), 5)
    elsewhere = rerun(held, open_release)
    assert (elsewhere.recomputation, elsewhere.exit_code()) == ("not possible", 6)
    assert [fault.code for fault in elsewhere.reason] == ["section_left_out", "release_unknown"]


def test_what_is_made_anew_is_compared_with_the_extract(bought: tuple[dict[str, Any], Any]) -> None:
    record, desk = bought
    held = disclose({**record, "signatures": [], "extracts": []}, "auditor", b"s")
    held["extracts"][0]["value"]["result"]["total"] = "1.00000"
    verdict = rerun(held, desk.release)
    assert (verdict.recomputation, verdict.step, verdict.where) == ("different", "extracts/auditor", "/total")


def test_another_release_under_the_recorded_name_is_told(bought: tuple[dict[str, Any], Any]) -> None:
    """A release of that name with the same digits and another hash: the verdict names it."""
    record, desk = bought

    class Other:
        def __init__(self, release: Release) -> None:
            self._release = release

        def __getattr__(self, name: str) -> Any:
            return "0" * 64 if name == "sha256" else getattr(self._release, name)

    verdict = rerun(disclose(record, "auditor"), lambda name: Other(desk.release(name)))  # type: ignore[arg-type,return-value]
    assert verdict.recomputation == "identical by other code"
    assert any(note.startswith("release suppliers.1: recorded") for note in verdict.notes)


def test_a_line_of_a_hidden_factor_keeps_its_place_without_its_figure() -> None:
    record = archived()
    result, items = value_of(record, "result"), value_of(record, "derivation/factors")
    hidden = items[0]["factor"]
    made = extract_of(result, levels()["auditor"], [hidden])
    parts = [part for part in made["result"]["contributions"] if part["source"] == hidden["key"]]
    assert parts and all("co2e" not in part and "amount" in part for part in parts)
    assert made["left_out"] == ["cut_off", "inputs", "processes"]
    assert not [notice for notice in made["result"]["notices"] if hidden["id"] in texts(notice)]


# --- reports and suppliers


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("level", ["public", "customer"])
def test_a_report_at_a_level_shows_and_embeds_no_more(level: str, language: Any) -> None:
    record = archived()
    page = render_report(disclose(record, level), language)
    embedded = json.loads(re.search(r'id="pcf-record">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert rerun(embedded, open_release, known()).signature == "signed"
    works = record["sections"]["result"]["works"]["total"]
    kwh = record["sections"]["result"]["electricity"][0]["kwh"]
    visible = page.replace(" ", "").replace("\u202f", "").replace("\u2009", "")
    assert works not in visible and kwh not in visible
    assert record["sections"]["result"]["total"] in page
    assert {"en": "Disclosed copy, level", "zh": "披露副本"}[language] in page


def test_a_customer_copy_becomes_a_suppliers_factor_where_it_is_signed(store: RecordStore, tmp_path: Path) -> None:
    desk, path = desk_of(store), tmp_path / "sent.json"

    def sent(document: Any, keys: Any = None) -> Any:
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return receive(desk, path, today=TODAY, keys=keys)

    held = disclose(archived(), "customer")
    unsigned = {**held, "signatures": []}
    forged = copy.deepcopy(held)
    forged["signatures"][0]["time"] = "2026-01-01T00:00:00+00:00"
    for document, code in (
        (unsigned, "received_tampered"), (forged, "received_tampered"),
        (disclose(archived(), "public"), "section_left_out"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            sent(document, known())
        assert [fault.code for fault in refused.value.faults] == [code]
    taken = sent(held, known())
    assert (taken.items[0].signature, taken.items[0].factor.value) == ("signed", "735.893")
    assert "received_unsigned" not in {notice.code for notice in taken.notices}
    assert sent(held).items[0].signature == "unknown key"


def test_the_digest_of_an_extract_tells_nothing_of_the_one_beside_it() -> None:
    """The envelope lists a digest per level: a salt inside each keeps a short field from being guessed."""
    record = archived()
    digests = record["signatures"][0]["extracts"]
    for item in record["extracts"]:
        assert len(item["salt"]) == 64 and digests[item["value"]["level"]] != sha256(item["value"])
    assert len({item["salt"] for item in record["extracts"]}) == 3
    assert [item["value"]["level"] for item in disclose(record, "public")["extracts"]] == ["public"]
