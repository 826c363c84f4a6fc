"""``pcf batch``: the product graph, restarts, failed items, loops solved against hand fractions, and its sources.

Long because loops, restarts and failures are tried on the same few graphs.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openpyxl import Workbook
from sqlalchemy import text
from typer.testing import CliRunner

import service.batch.bench
import service.jobs.held
from lca.exact import Exact
from lca.faults import Fault, Refused
from service.batch.bench import make_bench
from service.batch.graph import make_graph, parts
from service.batch.items import Facts, read_items
from service.batch.pointers import put
from service.batch.results import columns, result_schema, write_parquet
from service.batch.run import batch
from service.batch.state import open_state
from service.batch.turn import Done
from service.calculate import Asked, calculate, derive
from service.cli import app
from service.desk import Desk, open_desk
from service.jobs.queue import Queue, waiting
from service.receive import receive
from service.records.verify import rerun
from service.text.batch import lines_of_progress, pace
from service.through import through, unexplained
from tests.service import _cases

EXAMPLE = _cases.EXAMPLES / "batch"
TABLES = ("record", "run", "release", "received", "attachment", "factor_value")


def kiln(**changed: Any) -> dict[str, Any]:
    return _named(_cases.example(EXAMPLE / "kiln.yaml"), changed)


def mill(**changed: Any) -> dict[str, Any]:
    return _named(_cases.example(EXAMPLE / "mill_ordinary.yaml"), changed)


def _named(data: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """``bought={"factor": ...}`` changes the row *bought*."""
    for name, parts_ in changed.items():
        _cases.row(data, name).update(parts_)
    return data


def lines(path: Path, documents: dict[str, Any]) -> Path:
    path.write_text(
        "".join(json.dumps({"id": name, **data}, ensure_ascii=False) + "\n" for name, data in documents.items()),
        encoding="utf-8",
    )
    return path


def buys(reference: str) -> dict[str, Any]:
    return {"bought": {"factor": reference}}


@pytest.fixture
def desk(store_file: Path) -> Iterator[Desk]:
    with open_desk(str(store_file)) as opened:
        yield opened


@pytest.fixture
def either(place: str) -> Iterator[Desk]:
    """On SQLite and on PostgreSQL."""
    with open_desk(place) as opened:
        yield opened


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files of every calculation that really ran."""
    ran: list[str] = []

    def counting(sent: Any, *rest: Any, **more: Any) -> Any:
        ran.append(sent.name)
        return derive(sent, *rest, **more)

    monkeypatch.setattr(service.batch.bench, "derive", counting)
    return ran


def run(desk: Desk, path: Path, out: Path, mode: str = "changed", **asked: Any) -> Done:
    store = None if mode == "none" else desk.records
    return batch(path, out, make_bench(Asked(**asked), mode, desk.release, store))


def written(out: Path, name: str = "results.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text("utf-8").splitlines()]


def totals(done: Done) -> dict[str, str]:
    return {line["item"]: line["total"] for line in done.lines}


def rows(desk: Desk) -> dict[str, int]:
    with desk.engine.connect() as connection:
        return {name: int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in TABLES}


def codes(done: Done, item: str) -> list[str]:
    return [fault.code for fault in done.failed[item]]


# -- the graph ------------------------------------------------------------------------------------------------


def test_shared_clinker_is_calculated_once_and_first(desk: Desk, tmp_path: Path, counted: list[str]) -> None:
    done = run(desk, EXAMPLE, tmp_path)
    assert counted == ["kiln.yaml", "mill_ordinary.yaml", "mill_slag.yaml"]
    assert done.failed == {} and done.sealed == 3


def test_the_mill_by_hand(desk: Desk, tmp_path: Path) -> None:
    """0.95 t of clinker at the kiln's published gases; 36 kWh at 0.5777 and 0.05 t of gypsum at 32.8 kg/t."""
    done = run(desk, EXAMPLE, tmp_path)
    line = {line["item"]: line for line in done.lines}["mill_ordinary"]
    record = desk.records.get(line["record"])
    assert line["stages"]["grinding"] == (Exact(36) * Exact("0.5777") + Exact("0.05") * Exact("32.8")).significant(6)
    clinker = Exact("0.95") * sum(
        (Exact.from_published(gas["co2e"]) for gas in _result(desk, done, "kiln")["gases"].values()), Exact(0)
    )
    assert abs(Exact.parse(line["stages"]["clinker"]) / clinker - 1) < Exact("0.000001")
    pinned = record["sections"]["derivation/identity"]["releases"]
    assert [item["layer"] for item in pinned] == ["supplier", "public"]
    assert desk.release(pinned[0]["id"]).sha256 == pinned[0]["sha256"]


def _result(desk: Desk, done: Done, item: str) -> dict[str, Any]:
    name = next(line["record"] for line in done.lines if line["item"] == item)
    result: dict[str, Any] = desk.records.get(name)["sections"]["result"]
    return result


def test_two_steps_by_hand_through_receive_give_the_same(either: Desk, tmp_path: Path) -> None:
    done = run(either, EXAMPLE, tmp_path / "out")
    record = calculate(_cases.sent(kiln()), Asked(), either.records, caller="test").records[0]
    path = tmp_path / "kiln.json"
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    taken = receive(either, path)
    data = mill(**buys(taken.items[0].factor.id))
    asked = Asked(release=f"{taken.release},cn-2026.1")
    by_hand = calculate(_cases.sent(data), asked, either.records, caller="test", releases=either.release).records[0]
    assert by_hand["sections"]["result"] == _result(either, done, "mill_ordinary")


def test_a_record_of_a_batch_is_re_run_and_opened(either: Desk, tmp_path: Path) -> None:
    done = run(either, EXAMPLE, tmp_path)
    record = either.records.get(next(line["record"] for line in done.lines if line["item"] == "mill_slag"))
    assert rerun(record, either.release).exit_code(strict=True) == 0
    opened = [branch for branch in through(record, either.records) if branch.below]
    assert [branch.supplier for branch in opened] == ["Works by hand, kiln"]
    assert abs(unexplained(opened[0]) / opened[0].co2e) < Exact("0.00001")


def test_the_order_of_files_and_lines_moves_no_byte(desk: Desk, tmp_path: Path) -> None:
    """The kiln's id sorts last, and its line stands first or last: the same results, names of records included."""
    documents = {"a": mill(**buys("batch:z/CLK")), "b": mill(**buys("batch:z/CLK")), "z": kiln()}
    documents["b"]["works"]["name"]["en"] = "another"
    first, second = tmp_path / "one", tmp_path / "two"
    run(desk, lines(tmp_path / "1.jsonl", documents), first, "all")
    run(desk, lines(tmp_path / "2.jsonl", dict(reversed(documents.items()))), second, "all")
    one, two = written(first), written(second)
    assert [line.pop("unchanged") for line in one] == [False] * 3
    assert [line.pop("unchanged") for line in two] == [True] * 3
    assert one == two


def test_an_unknown_reference_is_named_with_the_nearest(desk: Desk, tmp_path: Path) -> None:
    path = lines(tmp_path / "b.jsonl", {"kiln": kiln(), "mill": mill(**buys("batch:klin/CLK"))})
    done = run(desk, path, tmp_path / "out")
    (fault,) = done.failed["mill"]
    assert (fault.code, fault.found) == ("batch_reference_unknown", "batch:klin/CLK")
    assert (
        fault.expected.startswith("batch:kiln/CLK")
        and fault.where == "/rows/11/factor"
        and list(totals(done)) == ["kiln"]
    )


def test_a_draft_is_no_factor(desk: Desk, tmp_path: Path) -> None:
    """Bought clinker without a factor: a draft with a band; what refers to it is told so."""
    draft = mill()
    del _cases.row(draft, "bought")["factor"]
    documents = {"draft": draft, "user": mill(**buys("batch:draft/P.O"))}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out", draft=True)
    assert codes(done, "user") == ["received_draft"]
    assert [line["status"] for line in done.lines] == ["draft"] and done.lines[0]["total"]["low"] == "639.937"


# -- failed items ---------------------------------------------------------------------------------------------


def test_a_failed_item_stops_nobody_and_its_dependants_are_named(desk: Desk, tmp_path: Path) -> None:
    bad = kiln(cao={"unit": "stone"}, coal={"amount": "-1"})
    documents = {
        "bad": bad, "mill": mill(**buys("batch:bad/CLK")), "far": mill(**buys("batch:mill/P.O")), "good": kiln(),
    }  # fmt: skip
    path = lines(tmp_path / "b.jsonl", documents)
    path.write_text(path.read_text("utf-8") + '{"id": "torn", \n[]\n', encoding="utf-8")
    done = run(desk, path, tmp_path / "out")
    assert list(totals(done)) == ["good"]
    assert set(codes(done, "bad")) == {"unknown_unit", "negative_amount"}
    assert [(f.code, f.found) for f in done.failed["mill"]] == [("batch_supplier_failed", "bad")]
    assert [(f.code, f.found) for f in done.failed["far"]] == [("batch_supplier_failed", "mill")]
    assert codes(done, "5") == ["json_unreadable"] and codes(done, "6") == ["batch_form"]
    listed = {line["item"]: line for line in written(tmp_path / "out", "failed.jsonl")}
    assert set(listed) == {"bad", "mill", "far", "5", "6"}
    assert {error["code"] for error in listed["bad"]["errors"]} == {"unknown_unit", "negative_amount"}


def test_a_reference_into_an_unreadable_item_passes_the_failure_on(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "kiln.yaml").write_text("rule: [", encoding="utf-8")
    shutil.copy(EXAMPLE / "mill_slag.yaml", tmp_path / "in")
    done = run(desk, tmp_path / "in", tmp_path / "out")
    assert codes(done, "kiln") == ["yaml_unreadable"]
    assert [(f.code, f.found) for f in done.failed["mill_slag"]] == [("batch_supplier_failed", "kiln")]


def test_an_id_that_stands_twice_names_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("kiln.yaml", "kiln.json"):
        (tmp_path / "in" / name).write_text(json.dumps(kiln()), encoding="utf-8")
    (tmp_path / "in" / "other.json").write_text(json.dumps(kiln()), encoding="utf-8")
    done = run(desk, tmp_path / "in", tmp_path / "out")
    assert codes(done, "kiln") == ["batch_id_twice"] and list(totals(done)) == ["other"]


def test_a_rule_that_breaks_fails_one_item(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(sent: Any, *rest: Any, **more: Any) -> Any:
        if sent.name == "kiln.yaml":
            raise KeyError("a rule of somebody else")
        return derive(sent, *rest, **more)

    (tmp_path / "in").mkdir()
    shutil.copy(EXAMPLE / "kiln.yaml", tmp_path / "in")
    shutil.copy(EXAMPLE / "kiln.yaml", tmp_path / "in" / "twin.yaml")
    monkeypatch.setattr(service.batch.bench, "derive", breaking)
    done = run(desk, tmp_path / "in", tmp_path / "out")
    assert codes(done, "kiln") == ["batch_item_broke"] and list(totals(done)) == ["twin"]


def test_two_items_with_certificates_are_not_one_study(desk: Desk, tmp_path: Path) -> None:
    """The same works and period twice: the second would free what the first draws. A name of its own is enough."""
    criteria = dict.fromkeys(("attributes", "unique", "retired", "period", "market"), "EV")
    claim = {
        "id": "GEC-1", "mwh": "10", "holds": "20", "plant": "wind", "market": "CN", "generated_from": "2024-01-01",
        "generated_to": "2024-12-31", "criteria": criteria,
    }  # fmt: skip

    def green(name: str, coal: str) -> dict[str, Any]:
        supply = {"type": "grid", "technology": "wind", "claim": "gec_unbundled", "instruments": [claim]}
        data = kiln(coal={"amount": coal}, power={"supply": supply, "amount": "10000"})
        data["works"]["name"]["en"] = name
        return data

    path, out = tmp_path / "b.jsonl", tmp_path / "out"
    documents = {"a": green("one", "120"), "b": green("one", "121"), "c": green("two", "121")}
    for _ in range(2):  # the first from the state the second time
        done = run(desk, lines(path, documents), out)
        assert [(f.code, f.found) for f in done.failed["b"]] == [("batch_same_study", "a")]
        assert sorted(totals(done)) == ["a", "c"]
    documents["d"] = green("three", "122")
    done = run(desk, lines(path, documents), out)
    assert codes(done, "d") == ["ELEC_DUPLICATE_INSTRUMENT"] and sorted(totals(done)) == ["a", "c"]


# -- again ----------------------------------------------------------------------------------------------------


def test_text_that_no_file_can_hold_fails_one_item(desk: Desk, tmp_path: Path) -> None:
    """Half a surrogate pair is JSON and no Unicode text."""
    spoiled = kiln()
    spoiled["works"]["name"]["en"] = "\ud800"
    path = tmp_path / "b.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, **d}) for i, d in (("s", spoiled), ("k", kiln()))), "ascii")
    done = run(desk, path, tmp_path / "out")
    assert list(totals(done)) == ["k"] and codes(done, "s") == ["not_text"]
    assert done.calculated == ["k"] and [line["item"] for line in written(tmp_path / "out", "failed.jsonl")] == ["s"]


def test_an_unchanged_second_run_calculates_and_writes_nothing(
    either: Desk, tmp_path: Path, counted: list[str]
) -> None:
    first = run(either, EXAMPLE, tmp_path / "out")
    before, counted[:] = rows(either), []
    second = run(either, EXAMPLE, tmp_path / "out")
    assert counted == [] and rows(either) == before and second.sealed == 0
    assert [line["unchanged"] for line in second.lines] == [True] * 3
    assert [{**line, "unchanged": False} for line in second.lines] == first.lines


def test_another_folder_finds_the_records_that_are_there(either: Desk, tmp_path: Path, counted: list[str]) -> None:
    first = run(either, EXAMPLE, tmp_path / "one")
    before, counted[:] = rows(either), []
    second = run(either, EXAMPLE, tmp_path / "two")
    assert len(counted) == 3 and rows(either) == before and second.sealed == 0
    assert [line["record"] for line in second.lines] == [line["record"] for line in first.lines]
    assert all(line["unchanged"] for line in second.lines)


def test_one_changed_item_recomputes_exactly_what_stands_on_it(desk: Desk, tmp_path: Path) -> None:
    documents = {
        "kiln": kiln(), "other": kiln(power={"amount": "50000"}),
        "m1": mill(**buys("batch:kiln/CLK")), "m2": mill(**buys("batch:other/CLK")), "m3": mill(**buys("batch:m1/P.O")),
    }  # fmt: skip
    path, out = tmp_path / "b.jsonl", tmp_path / "out"
    before = run(desk, lines(path, documents), out)
    assert before.calculated == ["kiln", "m1", "m3", "other", "m2"]
    documents["kiln"]["about"] = {"note": "said otherwise"}
    _cases.row(documents["kiln"], "coal")["amount"] = "121"
    after = run(desk, lines(path, documents), out)
    assert after.calculated == ["kiln", "m1", "m3"] and after.sealed == 3
    moved = {item for item, total in totals(after).items() if totals(before)[item] != total}
    assert moved == {"kiln", "m1", "m3"}
    assert {line["item"] for line in after.lines if line["unchanged"]} == {"other", "m2"}


def test_a_repaired_item_is_all_that_is_done(desk: Desk, tmp_path: Path) -> None:
    documents = {"kiln": kiln(cao={"unit": "stone"}), "mill": mill(), "good": kiln()}
    path, out = tmp_path / "b.jsonl", tmp_path / "out"
    assert set(run(desk, lines(path, documents), out).failed) == {"kiln", "mill"}
    done = run(desk, lines(path, {**documents, "kiln": kiln()}), out)
    assert done.calculated == ["kiln", "mill"] and done.failed == {}
    assert written(out, "failed.jsonl") == []


def test_another_release_regime_or_store_is_no_unchanged_item(desk: Desk, tmp_path: Path, counted: list[str]) -> None:
    run(desk, EXAMPLE, tmp_path / "out")
    with open_desk(str(tmp_path / "other.db")) as other:
        assert len(run(other, EXAMPLE, tmp_path / "out").calculated) == 3
    assert len(run(desk, EXAMPLE, tmp_path / "out", regime="iso14067").calculated) == 3
    assert len(run(desk, EXAMPLE, tmp_path / "out", regime="iso14067", draft=True).calculated) == 3
    assert len(counted) == 12


def test_a_record_that_is_no_longer_in_the_store_is_made_again(desk: Desk, tmp_path: Path) -> None:
    """A store brought back from an older backup has the same secret and lacks the newest records."""
    old = tmp_path / "old.db"
    desk.records.secret()
    desk.engine.dispose()
    shutil.copy(tmp_path / "pcf.db", old)
    run(desk, EXAMPLE, tmp_path / "out")
    with open_desk(str(old)) as restored:
        done = run(restored, EXAMPLE, tmp_path / "out")
        assert len(done.calculated) == 3 and done.sealed == 3


def test_seal_all_does_everything_again_and_adds_runs(either: Desk, tmp_path: Path, counted: list[str]) -> None:
    run(either, EXAMPLE, tmp_path / "out")
    before = rows(either)
    done = run(either, EXAMPLE, tmp_path / "out", "all")
    after = rows(either)
    assert len(counted) == 6 and done.sealed == 0
    assert {name: after[name] - before[name] for name in TABLES} == {**dict.fromkeys(TABLES, 0), "run": 3}


def test_seal_none_stores_nothing_and_gives_the_same_totals(tmp_path: Path) -> None:
    runner, out, store = CliRunner(), tmp_path / "out", tmp_path / "pcf.db"
    words = ["batch", str(EXAMPLE), "-o", str(out), "--store", str(store), "--format", "json"]
    told = json.loads(runner.invoke(app, [*words, "--seal", "none"]).stdout)
    assert told["not_sealed"] == {"seal_none": 3} and told["new_records"] == 0 and not store.exists()
    unsealed = {line["item"]: line["total"] for line in written(out)}
    told = json.loads(runner.invoke(app, words).stdout)
    assert told["calculated"] == 3 and told["new_records"] == 3
    assert {line["item"]: line["total"] for line in written(out)} == unsealed


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_in_the_middle_and_started_again(tmp_path: Path, workers: str) -> None:
    """Loses what was not settled; what comes out is what an undisturbed run gives. A record and its item are one
    transaction: no record is calculated again."""
    documents: dict[str, Any] = {"kiln": kiln()}
    for number in range(120):
        documents[f"m{number:03d}"] = mill(mill={"amount": str(36000 + number)})
    path, store, out = lines(tmp_path / "b.jsonl", documents), tmp_path / "pcf.db", tmp_path / "out"
    words = [sys.executable, "-m", "service.cli", "batch", str(path), "-o", str(out), "--store", str(store)]
    words += ["--workers", workers]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, env={**os.environ, "PCF_LANG": "en"})
    until = time.monotonic() + 60
    while _sealed(store) < 20 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    sealed = _sealed(store)
    assert 20 <= sealed < 121 and not (out / "results.jsonl").exists()
    again = _cases.pcf_alone(*words[3:], "--format", "json", cwd=tmp_path)
    told = json.loads(again.stdout)
    assert told["ok"] and told["calculated"] == 121 - sealed
    assert told["new_records"] == 121 - sealed == 121 - told["unchanged"]
    with open_desk(str(store)) as opened:
        undisturbed = run(opened, path, tmp_path / "fresh")
        assert rows(opened)["record"] == 121
    same = [{**line, "unchanged": True} for line in written(out)]
    assert same == undisturbed.lines


def _sealed(store: Path) -> int:
    import sqlite3

    if not store.exists():
        return 0
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5)
    try:
        return int(db.execute("SELECT count(*) FROM record").fetchone()[0])
    except sqlite3.OperationalError:  # the table is not made yet
        return 0
    finally:
        db.close()


def test_a_run_of_all_that_was_broken_off_goes_on(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(desk, EXAMPLE, tmp_path / "out")
    ran: list[str] = []

    def stopping(sent: Any, *rest: Any, **more: Any) -> Any:
        if len(ran) == 2:
            raise KeyboardInterrupt
        ran.append(sent.name)
        return derive(sent, *rest, **more)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(service.batch.bench, "derive", stopping)
        run(desk, EXAMPLE, tmp_path / "out", "all")
    assert run(desk, EXAMPLE, tmp_path / "out", "all").calculated == ["mill_slag"]
    assert len(run(desk, EXAMPLE, tmp_path / "out", "all").calculated) == 3


def test_two_batches_do_not_share_a_folder(desk: Desk, tmp_path: Path) -> None:
    with open_state(tmp_path, "changed"), pytest.raises(Refused, match="batch_output"):
        run(desk, EXAMPLE, tmp_path)
    assert run(desk, EXAMPLE, tmp_path).failed == {}


def test_a_batch_is_a_job_of_the_store(either: Desk, tmp_path: Path) -> None:
    """Its row tells how far it came; a second run is a second job of the same series."""
    queue = Queue(either.engine)
    for _ in range(2):
        run(either, EXAMPLE, tmp_path / "out")
    second, first = queue.listing()
    assert (first.kind, first.state, first.done, first.total) == ("batch", "succeeded", 3, 3)
    assert json.loads(first.result) == {"items": 3, "results": 3, "failed": 0}
    assert first.series == second.series and first.id != second.id
    assert first.asked["folder"] == str((tmp_path / "out").resolve()) and first.asked["seal"] == "changed"
    assert waiting(either.engine) == []


def test_a_batch_that_was_broken_off_stays_one_job(
    either: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopping(sent: Any, *rest: Any, **more: Any) -> Any:
        if sent.name == "mill_ordinary.yaml":
            raise KeyboardInterrupt
        return derive(sent, *rest, **more)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(service.batch.bench, "derive", stopping)
        run(either, EXAMPLE, tmp_path / "out")
    (job,) = Queue(either.engine).listing()
    assert job.state == "queued" and job.worker == "" and waiting(either.engine) == []  # nobody else takes it
    assert run(either, EXAMPLE, tmp_path / "out").calculated == ["mill_ordinary", "mill_slag"]
    (again,) = Queue(either.engine).listing()
    assert (again.id, again.state) == (job.id, "succeeded")


def test_a_cancelled_batch_ends_after_its_item_and_goes_on_later(
    either: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(either.engine)

    def cancelling(sent: Any, *rest: Any, **more: Any) -> Any:
        queue.cancel(queue.listing()[0].id)
        return derive(sent, *rest, **more)

    monkeypatch.setattr(service.jobs.held, "EVERY", 0.0)
    with monkeypatch.context() as patched, pytest.raises(Refused, match="batch_cancelled"):
        patched.setattr(service.batch.bench, "derive", cancelling)
        run(either, EXAMPLE, tmp_path / "out")
    assert queue.listing()[0].state == "cancelled" and not (tmp_path / "out" / "results.jsonl").exists()
    assert run(either, EXAMPLE, tmp_path / "out").calculated == ["mill_ordinary", "mill_slag"]


def test_a_folder_with_the_state_of_an_earlier_version_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"")
    with pytest.raises(Refused, match="batch_state_before"):
        run(desk, EXAMPLE, tmp_path)


def test_any_number_of_processes_writes_the_same_bytes(tmp_path: Path) -> None:
    """Twins of which one is *unchanged*, three studies for one certificate, a loop, failed items and their users."""
    with open_desk(str(tmp_path / "one.db")) as opened:
        opened.records.secret()
    shutil.copy(tmp_path / "one.db", tmp_path / "two.db")
    criteria = dict.fromkeys(("attributes", "unique", "retired", "period", "market"), "EV")
    claim = {
        "id": "GEC-1", "mwh": "10", "holds": "10", "plant": "wind", "market": "CN", "generated_from": "2024-01-01",
        "generated_to": "2024-12-31", "criteria": criteria,
    }  # fmt: skip
    documents: dict[str, Any] = {"z": kiln(), "twin": kiln(), "bad": kiln(cao={"unit": "stone"})}
    for number in range(3):
        green = kiln(power={"supply": {"type": "grid", "technology": "wind", "claim": "gec_unbundled",
                                       "instruments": [claim]}, "amount": "10000"})  # fmt: skip
        green["works"]["name"]["en"] = f"works {number}"
        documents[f"g{number}"] = green
    documents |= {"a": swapping("b"), "b": swapping("a", power=90000), "of_loop": mill(**buys("batch:a/CLK"))}
    documents |= {
        f"m{number}": mill(**buys("batch:z/CLK"), mill={"amount": str(36000 + number)}) for number in range(6)
    }
    documents |= {"far": mill(**buys("batch:m3/P.O")), "of_bad": mill(**buys("batch:bad/CLK"))}
    path = lines(tmp_path / "b.jsonl", documents)
    for name, workers in (("one", 1), ("two", 3)):
        with open_desk(str(tmp_path / f"{name}.db")) as opened:
            bench = make_bench(Asked(), "changed", opened.release, opened.records)
            done = batch(path, tmp_path / name, bench, workers=workers)
            assert len(done.lines) == 13 and rows(opened)["record"] == 9
    for file in ("results.jsonl", "failed.jsonl"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert sorted(done.failed) == ["bad", "g1", "g2", "of_bad"]
    assert [line["item"] for line in done.lines if line["unchanged"]] == ["z"]


# -- loops ----------------------------------------------------------------------------------------------------


def swapping(other: str, made: int = 1000, power: int = 60000) -> dict[str, Any]:
    """A kiln that buys 200 t of another's clinker and sells the mixture."""
    data = kiln(power={"amount": str(power)}, sold={"amount": str(made + 200)}, out={"amount": str(made + 200)})
    bought = {"id": "bought", "input": "clinker_bought", "amount": "200", "unit": "t", "factor": f"batch:{other}/CLK"}
    data["rows"].append(bought)
    return data


def alone(power: int) -> F:
    """kg per t of clinker of the kiln by itself, unrounded."""
    footprint = derive(_cases.sent(kiln(power={"amount": str(power)})), Asked(), bits=0).works.footprints["CLK"]
    assert footprint.total.point is not None
    return F(footprint.total.point.numerator, footprint.total.point.denominator)


def shown(value: F) -> str:
    return Exact(value.numerator, value.denominator).significant(6)


def test_a_loop_against_hand_fractions(desk: Desk, tmp_path: Path) -> None:
    """a = (1000 x + 200 b) / 1200, b = (1000 y + 200 a) / 1200, so a = (6 x + y) * 5 / 35 and b alike."""
    documents = {"a": swapping("b"), "b": swapping("a", power=90000), "mill": mill(**buys("batch:a/CLK"))}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out")
    x, y = alone(60000), alone(90000)
    a, b = (6 * x + y) / 7, (6 * y + x) / 7
    assert a == (1000 * x + 200 * b) / 1200 and b == (1000 * y + 200 * a) / 1200
    assert totals(done) | {"mill": ""} == {"a": shown(a), "b": shown(b), "mill": ""}
    assert {line["item"]: line["not_sealed"] for line in done.lines} == {
        "a": "loop", "b": "loop", "mill": "supplier_not_sealed",
    }  # fmt: skip
    assert rows(desk)["record"] == 0 and all(line["record"] == "" for line in done.lines)


def test_a_loop_is_one_item_of_the_restart(desk: Desk, tmp_path: Path) -> None:
    documents = {"a": swapping("b"), "b": swapping("a"), "mill": mill(**buys("batch:a/CLK")), "other": kiln()}
    path, out = tmp_path / "b.jsonl", tmp_path / "out"
    first = run(desk, lines(path, documents), out)
    assert run(desk, path, out).calculated == []
    documents["b"] = swapping("a", power=90000)
    second = run(desk, lines(path, documents), out)
    assert second.calculated == ["a", "b", "mill"]
    assert totals(first)["a"] != totals(second)["a"]


def test_a_loop_of_three_is_the_limit_of_going_round(desk: Desk, tmp_path: Path) -> None:
    """a buys of b and c, b of c, c of a: 60 rounds in fractions, each 200 t in 1,200 or 1,400 t, come as near."""
    both = swapping("b")
    third = {**_cases.row(both, "bought"), "id": "third", "factor": "batch:c/CLK"}
    both["rows"].append(third)
    for name in ("sold", "out"):
        _cases.row(both, name)["amount"] = "1400"
    documents = {"a": both, "b": swapping("c", power=90000), "c": swapping("a", power=30000)}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out")
    x, y, z = alone(60000), alone(90000), alone(30000)
    a = b = c = F(0)
    for _ in range(60):
        a, b, c = (1000 * x + 200 * b + 200 * c) / 1400, (1000 * y + 200 * c) / 1200, (1000 * z + 200 * a) / 1200
    assert totals(done) == {"a": shown(a), "b": shown(b), "c": shown(c)}


def test_a_draft_in_a_loop_is_no_factor(desk: Desk, tmp_path: Path) -> None:
    open_ = swapping("a")
    open_["rows"].append({"id": "gap", "input": "consumable", "material": "refractory", "amount": "1", "unit": "t"})
    documents = {"a": swapping("b"), "b": open_}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out", draft=True)
    assert codes(done, "a") == codes(done, "b") == ["received_draft"]
    assert done.failed["a"][0].where == "batch:b/CLK"


def test_what_does_not_come_out_again_is_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solution that is off by a millionth in one gas does not pass for one."""
    from service.batch import loops

    solve = loops._solve

    def off(*given: Any) -> Any:
        found = solve(*given)
        product = sorted(found)[0]
        found[product]["CO2|fossil"] = found[product]["CO2|fossil"] * Exact("1.000001")
        return found

    monkeypatch.setattr(loops, "_solve", off)
    documents = {"a": swapping("b"), "b": swapping("a", power=90000)}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out")
    assert codes(done, "a") == codes(done, "b") == ["batch_loop_not_linear"] and done.lines == []


def test_a_product_that_takes_itself(desk: Desk, tmp_path: Path) -> None:
    """a = (1000 x + 200 a) / 1200: the same as the kiln alone."""
    done = run(desk, lines(tmp_path / "b.jsonl", {"a": swapping("a")}), tmp_path / "out")
    assert totals(done) == {"a": shown(alone(60000))} and done.lines[0]["not_sealed"] == "loop"


def test_a_loop_that_takes_in_what_it_makes_is_refused(desk: Desk, tmp_path: Path) -> None:
    """Two dealers sell each other all they sell."""

    def dealer(other: str) -> dict[str, Any]:
        data = mill(**buys(f"batch:{other}/CLK"), mill={"product": "CLK"}, ground={"product": "CLK"})
        data["products"][0]["id"] = "CLK"
        data["rows"] = [row for row in data["rows"] if row["id"] not in ("gypsum", "sold")]
        sold = {"id": "sold", "input": "cement_produced", "product": "CLK", "material": "clinker"}
        data["rows"].append({**sold, "amount": "950", "unit": "t"})
        return data

    documents = {"a": dealer("b"), "b": dealer("a"), "good": kiln()}
    done = run(desk, lines(tmp_path / "b.jsonl", documents), tmp_path / "out")
    assert codes(done, "a") == codes(done, "b") == ["batch_loop_gain"]
    assert "batch:a/CLK takes 1.000 of batch:b/CLK" in done.failed["a"][0].found
    assert list(totals(done)) == ["good"]


def test_a_fault_in_a_loop_fails_all_of_it_and_says_where(desk: Desk, tmp_path: Path) -> None:
    broken = swapping("a")
    _cases.row(broken, "sold")["factor"] = "batch:nobody/X"
    done = run(desk, lines(tmp_path / "b.jsonl", {"a": swapping("b"), "b": broken}), tmp_path / "out")
    assert codes(done, "b") == ["batch_reference_unknown"]
    assert [(f.code, f.found) for f in done.failed["a"]] == [("batch_supplier_failed", "b")]


@given(st.dictionaries(st.integers(0, 12), st.sets(st.integers(0, 12), max_size=4), min_size=1, max_size=13))
@settings(max_examples=150, deadline=None)
def test_suppliers_come_first_and_loops_are_closed(uses: dict[int, set[int]]) -> None:
    """Any graph: every item once; a supplier in the same part exactly if it is reachable back, else in an earlier."""
    named = {f"i{item}": [f"i{other}" for other in others if other in uses] for item, others in uses.items()}
    facts = {
        item: Facts("", ("", "", ""), ("p",), tuple(("", f"batch:{other}/p") for other in others))
        for item, others in named.items()
    }
    made = parts(make_graph(facts, ()))
    place = {item: number for number, part in enumerate(made) for item in part.items}
    assert sorted(item for part in made for item in part.items) == sorted(facts)

    def reaches(item: str, goal: str) -> bool:
        seen, waiting = set(), list(named[item])
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += named[at]
        return goal in seen

    for item, others in named.items():
        assert made[place[item]].loop == reaches(item, item)
        for other in others:
            assert (place[other] == place[item]) == reaches(other, item)
            assert place[other] <= place[item]


# -- sources --------------------------------------------------------------------------------------------------


def table_csv(folder: Path, rows_: list[list[str]]) -> Path:
    import csv

    for name in ("kiln.yaml", "mill_ordinary.yaml"):
        shutil.copy(EXAMPLE / name, folder)
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows_)
    return path


def table_xlsx(folder: Path, rows_: list[list[str]]) -> Path:
    for name in ("kiln.yaml", "mill_ordinary.yaml"):
        shutil.copy(EXAMPLE / name, folder)
    book = Workbook()
    for row in rows_:
        book.active.append([float(cell) if _number(cell) else cell or None for cell in row])
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


def _number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


TABLE = [
    ["id", "file", "rows/coal/amount", "/rows/12/amount", "rows/bought/factor"],
    ["k1", "kiln.yaml", "", "", ""],
    ["k2", "kiln.yaml", "121.1", "", ""],
    ["m", "mill_ordinary.yaml", "", "37000.5", "batch:k2/CLK"],
]


@pytest.mark.parametrize("make", [table_csv, table_xlsx])
def test_a_table_of_templates_and_pointers(
    desk: Desk, tmp_path: Path, make: Callable[[Path, list[list[str]]], Path]
) -> None:
    """The same as three documents written out; 121.1 and 37000.5 keep their digits."""
    done = run(desk, make(tmp_path, TABLE), tmp_path / "out")
    documents = {
        "k1": kiln(), "k2": kiln(coal={"amount": "121.1"}),
        "m": mill(**buys("batch:k2/CLK"), mill={"amount": "37000.5"}),
    }  # fmt: skip
    assert done.failed == {}
    written_out = run(desk, lines(tmp_path / "same.jsonl", documents), tmp_path / "same")
    assert written_out.sealed == 0
    assert [{**line, "unchanged": True} for line in done.lines] == written_out.lines


def test_faults_of_a_table_stand_at_their_rows(desk: Desk, tmp_path: Path) -> None:
    rows_ = [
        ["id", "file", "rows/coal/amount", "/rows/99/amount", "rows/coall/amount"],
        ["pointers", "kiln.yaml", "1", "2", "3"],
        ["away", "../kiln.yaml", "", "", ""],
        ["kiln", "kiln.yaml", "", "", ""],
        ["kind", "table.csv", "", "", ""],
    ]
    done = run(desk, table_csv(tmp_path, rows_), tmp_path / "out")
    assert [(f.code, f.where, f.found) for f in done.failed["pointers"]] == [
        ("batch_pointer", "/rows/99/amount", "99"), ("batch_pointer", "rows/coall/amount", "coall"),
    ]  # fmt: skip
    assert done.failed["pointers"][1].expected.startswith("coal")
    assert codes(done, "away") == ["file_missing"] and codes(done, "kind") == ["file_kind"]
    assert list(totals(done)) == ["kiln"]


@pytest.mark.parametrize("head", [["id"], ["file", "x"], ["id", "file", "a", "a"], ["id", "file", "", "a"], []])
def test_a_table_without_its_head_is_refused(desk: Desk, tmp_path: Path, head: list[str]) -> None:
    with pytest.raises(Refused, match="batch_table"):
        run(desk, table_csv(tmp_path, [head, ["k", "kiln.yaml"]]), tmp_path / "out")


def test_a_formula_that_was_never_calculated_is_no_empty_cell(desk: Desk, tmp_path: Path) -> None:
    rows_ = [["id", "file", "rows/coal/amount"], ["k", "kiln.yaml", "=1+1"]]
    with pytest.raises(Refused, match="cell_formula_without_result"):
        run(desk, table_xlsx(tmp_path, rows_), tmp_path / "out")


@pytest.mark.parametrize(
    ("pointer", "code"),
    [("rows", "list"), ("rows/coal", "object"), ("works/country/x", "x"), ("rows/0/amount", "0"), ("", "")],
)
def test_pointers_that_lead_to_no_value(pointer: str, code: str) -> None:
    data = kiln()
    with pytest.raises(Refused) as refused:
        put(data, pointer, "1")
    assert [fault.code for fault in refused.value.faults] == ["batch_pointer"]
    assert code in refused.value.faults[0].found and data == kiln()


def test_a_folder_is_read_to_its_depth_and_not_its_own_output(desk: Desk, tmp_path: Path) -> None:
    inner = tmp_path / "in" / "deep"
    inner.mkdir(parents=True)
    shutil.copy(EXAMPLE / "kiln.yaml", inner)
    shutil.copy(EXAMPLE / "kiln.yaml", tmp_path / "in" / ".hidden.yaml")
    (tmp_path / "in" / "mill.json").write_text(json.dumps(mill(**buys("batch:deep/kiln/CLK"))), encoding="utf-8")
    out = tmp_path / "in" / "out"
    out.mkdir()
    shutil.copy(EXAMPLE / "kiln.yaml", out)
    done = run(desk, tmp_path / "in", out)
    assert sorted(totals(done)) == ["deep/kiln", "mill"] and done.failed == {}


@pytest.mark.parametrize(("name", "code"), [("x.txt", "file_kind"), ("x.jsonl", "batch_empty"), ("no", "file_missing")])
def test_what_is_no_batch_is_refused(desk: Desk, tmp_path: Path, name: str, code: str) -> None:
    if name != "no":
        (tmp_path / name).write_text("\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        run(desk, tmp_path / name, tmp_path / "out")
    assert [fault.code for fault in refused.value.faults] == [code] and not (tmp_path / "out").exists()


def test_a_filled_workbook_is_an_item(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "works.xlsx"
    CliRunner().invoke(app, ["rules", "template", "cement", "--example", str(_cases.CEMENT), "-o", str(path)])
    done = run(desk, tmp_path / "in", tmp_path / "out")
    assert next((line["product"], line["total"]) for line in done.lines) == ("P.O-42.5", "735.893")


def test_items_hold_bytes_and_no_objects(tmp_path: Path) -> None:
    items = read_items(lines(tmp_path / "b.jsonl", {"k": kiln()}), tmp_path)
    assert isinstance(items[0].content, bytes) and len(items[0].content) < 5000


# -- what is written and said ---------------------------------------------------------------------------------


def test_every_line_fits_the_schema_in_the_docs(desk: Desk, tmp_path: Path) -> None:
    held = json.loads((_cases.ROOT / "docs" / "schemas" / "batch-result.json").read_text("utf-8"))
    assert held == result_schema()
    draft = mill()
    del _cases.row(draft, "bought")["factor"]
    path = lines(tmp_path / "b.jsonl", {"draft": draft, "kiln": kiln(), "loop": swapping("loop")})
    done = run(desk, path, tmp_path / "out", draft=True)
    validator = Draft202012Validator(held)
    assert len(done.lines) == 3 and done.lines[0]["total"]["high"] is not None
    for line in written(tmp_path / "out"):
        validator.validate(line)
    assert not validator.is_valid({**done.lines[1], "total": 735.893})


def test_parquet_needs_its_extra_and_says_so_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    words = ["batch", str(EXAMPLE), "-o", str(tmp_path / "out"), "--store", str(tmp_path / "pcf.db"), "--parquet"]
    told = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert told.exit_code == 1 and "pcf-engine[parquet]" in told.output and not (tmp_path / "out").exists()


def test_columns_keep_totals_as_text(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, EXAMPLE, tmp_path / "out")
    made = columns(done.lines)
    assert made["total_low"] == made["total_high"] == ["899.819", "877.265", "607.320"]
    assert made["total_low_float"] == [899.819, 877.265, 607.32]
    assert {len(column) for column in made.values()} == {3}


def test_parquet_is_read_back(desk: Desk, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    done = run(desk, EXAMPLE, tmp_path / "out")
    write_parquet((arrow, parquet), tmp_path / "r.parquet", done.lines)
    assert parquet.read_table(tmp_path / "r.parquet").to_pydict() == columns(done.lines)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["3 items, 2 results", "not sealed: 0", "failed: 1", "torn: The unit is not known", "-> "]),
        ("zh", ["3 项, 2 个结果", "失败: 1", "torn: ", "-> "]),
    ],
)
def test_the_summary_in_both_languages(tmp_path: Path, lang: str, words: list[str]) -> None:
    documents = {"kiln": kiln(), "mill": mill(), "torn": kiln(cao={"unit": "stone"})}
    path, out = lines(tmp_path / "b.jsonl", documents), tmp_path / "out"
    call = ["batch", str(path), "-o", str(out), "--store", str(tmp_path / "pcf.db"), "--lang", lang]
    told = CliRunner().invoke(app, call)
    assert told.exit_code == 1
    for word in words:
        assert (word in told.stdout) == (word != "not sealed: 0"), told.stdout
    assert written(out, "failed.jsonl")[0]["errors"][0]["code"] == "unknown_unit"


def test_exit_codes_and_wrong_usage(tmp_path: Path) -> None:
    call = ["batch", str(EXAMPLE), "-o", str(tmp_path / "out"), "--store", str(tmp_path / "pcf.db")]
    assert CliRunner().invoke(app, call).exit_code == 0
    assert CliRunner().invoke(app, [*call, "--seal", "some"]).exit_code == 2
    refused = CliRunner().invoke(app, [*call, "--release", "nobody.1", "--format", "json"])
    assert refused.exit_code == 1 and json.loads(refused.stdout)["errors"][0]["code"] == "release_unknown"


def test_progress_tells_rate_and_time_left() -> None:
    assert pace(0, 10, 0.0, "en") == "0/10"
    assert pace(120, 1000, 3.0, "en") == "120/1000, 40.0/s, 22 s left"
    assert pace(120, 1000, 3.0, "zh") == "120/1000, 40.0项/秒, 22 秒后完成"
    said: list[str] = []
    times = iter([0.0, 1.0, 5.0, 6.0, 10.5])
    told = lines_of_progress(said.append, "en", lambda: next(times))
    for done in (1, 10, 12, 21):
        told(done, 30)
    assert said == ["10/30, 2.0/s, 10 s left", "21/30, 2.0/s, 4 s left"]


def test_progress_counts_every_item_once(desk: Desk, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = lines(tmp_path / "b.jsonl", {"kiln": kiln(), "mill": mill(), "torn": {"rule": "nobody"}})
    bench = make_bench(Asked(), "none", desk.release, None)
    batch(path, tmp_path / "out", bench, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_fault_of_a_supply_survives_the_state() -> None:
    from service.batch.supply import Supply

    kept = Supply(None, None, (Fault("received_draft", "x", "draft", "complete", values={"a": "b"}),), sealed=False)
    assert Supply.of(json.loads(json.dumps(kept.plain()))) == kept
