"""Nights over a company's products: by hand, unchanged, what changed and nothing else, failing, on both databases.

Long because every night is held against one company worked out by hand.
"""

from __future__ import annotations

import json
from fractions import Fraction as F
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from factordb.models import Base
from factordb.publish import publish
from factordb.release import content_of
from lca.exact import Exact
from lca.faults import Refused
from service.calculate import Asked
from service.calculate import calculate as calculate_one
from service.desk import Desk
from service.erp import footprints
from service.erp.job import run_here, submit
from service.erp.models import FootprintRow
from service.erp.night import Wanted, what_moves
from service.erp.show import show
from service.intake import MEDIA, read_bytes, read_file
from service.models import RecordRow, RunRow
from service.receive import receive
from service.records.sections import value_of
from service.records.store import RecordStore
from service.records.verify import rerun
from tests.service.erp_company import PLASTIC, STEEL, bill, company, desk_of, example, night, part, put

GRID, LORRY, MOTOR, BOARD = F("0.5777"), F("0.129"), F("2.93"), F("0.39")
ROOT = Path(__file__).resolve().parents[2]
numbers = count(1)


def total(desk: Desk, number: str, **more: str) -> F:
    (row,), _ = footprints.find(desk, number=number, **more)
    return F(row["total"])


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table has."""
    with Session(desk.engine) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_three_products_by_hand(either_store: RecordStore) -> None:
    """Two plants, a sub-meter, two drivers, a dozen, a product inside a product inside a product.

    Gas: 0.01532 tC/GJ oxidised to 0.99 (CETS), CH4 and N2O of IPCC 2006 by AR6, supply of DEFRA 2025. By mass the
    brackets are 60,000 x 0.8 kg of 88,200 kg, the pumps 12,000 x 3.35. A product that is used counts with its
    published six digits, so a millionth is the most that a tier may be off.
    """
    desk = desk_of(either_store)
    example(desk)
    done = night(desk).plain()
    assert (done["items"], done["new_records"], done["failed"], done["ok"]) == (3, 3, 0, True)

    heat = 12 * 1000 * F("0.0389")
    burned = heat * (1000 * F("0.01532") * F("0.99") * F(44, 12) + F("0.001") * F("29.8") + F("0.0001") * 273)
    gas = burned + 12 * 1000 * F("0.7174") / 1000 * F("423.16368")
    plant = 12 * (50000 - 5000) * GRID + gas
    kg = {"BR-1": 60000 * F("0.8"), "PU-100": 12000 * F("3.35")}
    shared = {name: plant * mass / sum(kg.values()) for name, mass in kg.items()}
    bracket = F("0.8") * F("1.05") * F("2.211") + shared["BR-1"] / 60000
    pump = 2 * bracket + F("1.5") * MOTOR + F("0.25") * F("1.02") * 2 + F("1.2") * LORRY + F("0.4") * BOARD
    pump += (12 * 5000 * GRID + shared["PU-100"]) / 12000
    pumps = 2 * pump + bracket + 12 * 3000 * GRID / 4800
    for number, expected in (("BR-1", bracket), ("PU-100", pump), ("SET-9", pumps)):
        assert abs(total(desk, number) / expected - 1) < F(3, 10**6), number


def test_every_record_reruns_and_names_its_versions(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    example(desk)
    night(desk)
    for number in ("BR-1", "PU-100", "SET-9"):
        (row,), _ = footprints.find(desk, number=number)
        record = desk.records.get(row["record"])
        assert rerun(record, desk.release).exit_code(strict=True) == 0
        lines = {line["id"]: line for line in value_of(record, "given/rows")}
        bought = [line for name, line in lines.items() if name.startswith("component")]
        assert all(line["evidence"]["document"].startswith("boms 20") for line in bought)
        notes = {line["evidence"].get("note", "") for line in bought}
        assert notes and all(note.startswith("materials 20") and note.endswith("#2") for note in notes)
        assert row["materials"].endswith("#2")
        codes = {notice["code"] for notice in value_of(record, "result")["notices"]}
        assert {"no_product_rule", "bom_amounts", "plant_shared"} <= codes


def test_a_second_night_writes_nothing(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    example(desk)
    first = night(desk)
    before = rows(desk)
    second = night(desk).plain()
    assert (second["calculated"], second["unchanged"], second["new_records"]) == (0, 3, 0)
    assert second["footprints_changed"] == 0
    after = rows(desk)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"job": 1}
    again = night(desk, mode="all").plain()
    assert (again["calculated"], again["new_records"], again["footprints_changed"]) == (3, 0, 0)
    assert first.plain()["new_records"] == 3


def closure(uses: dict[str, list[str]], part_: str) -> set[str]:
    """Products that a part is in, at any depth: repeated until nothing is added."""
    found: set[str] = set()
    while True:
        more = {name for name, used in uses.items() if part_ in used or found & set(used)}
        if more == found:
            return found
        found = more


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[str, list[str]], str]:
    """Up to seven products, each of parts and of products before it, and the part that changes."""
    names = [f"X{number}" for number in range(draw(st.integers(2, 7)))]
    parts = ["A", "B", "C"]
    uses = {}
    for number, name in enumerate(names):
        own = draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=3)) if number else []
        bought = draw(st.lists(st.sampled_from(parts), unique=True, min_size=0 if own else 1, max_size=2))
        uses[name] = [*own, *bought]
    return uses, draw(st.sampled_from(parts))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(companies())
def test_a_changed_factor_moves_its_descendants_and_nothing_else(
    store: RecordStore, made: tuple[dict[str, list[str]], str]
) -> None:
    uses, changed = made
    desk = desk_of(store, f"company-{next(numbers)}")
    company(desk, uses, dict.fromkeys(("A", "B", "C"), STEEL))
    assert night(desk, "2026-01").plain()["new_records"] == len(uses)
    before = {name: total(desk, name) for name in uses}
    put(desk, "materials", [part(changed, PLASTIC)])
    done = night(desk, "2026-01")
    expected = closure(uses, changed)
    assert {item.partition("/")[2] for item in done.done.calculated} == expected
    assert done.plain()["new_records"] == len(expected)
    assert {name for name in uses if total(desk, name) != before[name]} == expected


def test_a_failing_product_and_what_is_made_of_it_stop_nobody(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    uses = {"A1": ["S"], "B1": ["S", "?"], "C1": ["B1"], "D1": ["A1"]}
    company(desk, uses, {"S": STEEL})
    done = night(desk, "2026-01")
    assert set(done.done.failed) == {"P1/B1", "P1/C1"}
    (unmapped,) = done.done.failed["P1/B1"]
    assert (unmapped.code, unmapped.found) == ("erp_unmapped", "?")
    assert [fault.code for fault in done.done.failed["P1/C1"]] == ["batch_supplier_failed"]
    assert done.plain()["new_records"] == 2
    put(desk, "materials", [{"number": "?", "unit": "piece", "mass": "0.5", "maps_to": PLASTIC}])
    mended = night(desk, "2026-01")
    assert sorted(mended.done.calculated) == ["P1/B1", "P1/C1"] and not mended.done.failed


def test_all_faults_of_a_product_at_once(store: RecordStore) -> None:
    desk = desk_of(store)
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    (line,) = bill("A1", ["S"], {"S": STEEL})
    units = {"S": "ST", "?": "kg", "??": "kg"}
    put(desk, "boms", [{**line, "component": number, "unit": unit} for number, unit in units.items()])
    failed = night(desk, "2026-01").done.failed["P1/A1"]
    assert sorted((fault.code, fault.where) for fault in failed) == [
        ("erp_unit", "A1, P1, S"),
        ("erp_unmapped", "A1, P1, ?"),
        ("erp_unmapped", "A1, P1, ??"),
    ]


def test_products_that_are_made_of_each_other_are_told_and_not_sealed(store: RecordStore) -> None:
    desk = desk_of(store)
    company(desk, {"A1": ["S", "B1"], "B1": ["S"], "C1": ["S"]}, {"S": STEEL})
    bought, own = bill("B1", ["S", "A1"], {"S": STEEL})
    put(desk, "boms", [bought, {**own, "amount": "0.1"}])
    done = night(desk, "2026-01")
    told = done.plain()
    assert (told["failed"], told["not_sealed"], told["new_records"]) == (0, 2, 1)
    (row,), _ = footprints.find(desk, number="A1")
    assert (row["record"], row["not_sealed"]) == ("", "loop")
    # a = s + e + b, b = s + e + a/10: a = 20/9 (s + e), with s 2.211 and e a third of 1000 kWh over 100 pieces
    own = F("2.211") + 1000 * GRID / 300
    assert abs(F(row["total"]) / (own * F(20, 9)) - 1) < F(1, 10**5)


def supplier_record(tmp_path: Path, name: str, amount: str) -> Path:
    """A record of another company's store, as its file comes: the pump of the examples, lighter or heavier."""
    from service.desk import open_desk

    text = (ROOT / "examples" / "pump_2024.yaml").read_text("utf-8").replace("amount: 2.6", f"amount: {amount}")
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with open_desk(str(tmp_path / f"{name}.db")) as other:
        done = calculate_one(read_file(tmp_path / f"{name}.yaml"), Asked(), other.records, caller="test")
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(done.records[0]), encoding="utf-8")
    return path


def test_a_suppliers_footprint_answers_and_another_suppliers_moves_nobody(store: RecordStore, tmp_path: Path) -> None:
    desk = desk_of(store)
    first = receive(desk, supplier_record(tmp_path, "one", "2.6"))
    (received,) = first.items
    company(desk, {"A1": ["S"], "B1": ["A1"], "C1": ["S"]}, {"S": STEEL})
    put(desk, "materials", [{"number": "PUMP", "unit": "ST", "per_unit": "1", "in_unit": "piece",
                             "maps_to": received.factor.id[:30]}])  # fmt: skip
    piece = {**bill("A1", ["PUMP"], {})[0], "unit": "ST"}
    put(desk, "boms", [piece])
    assert night(desk, "2026-01").plain()["new_records"] == 3
    (row,), _ = footprints.find(desk, number="A1")
    record = desk.records.get(row["record"])
    layers = {factor["factor"]["layer"].partition(":")[0] for factor in value_of(record, "derivation/factors")}
    assert layers == {"supplier", "public"}
    pinned = [release["id"] for release in value_of(record, "derivation/identity")["releases"]]
    assert [name.partition("-")[0] for name in pinned] == ["graph", "cn"]  # not the whole layer of suppliers
    assert rerun(record, desk.release).exit_code(strict=True) == 0
    # one piece of the pump, and a third of 1000 kWh over 100 pieces
    assert abs(F(row["total"]) - (F(received.factor.value) + 1000 * GRID / 300)) < F(1, 10**4)

    second = receive(desk, supplier_record(tmp_path, "two", "2.7"))
    assert second.release == "suppliers.2"
    assert night(desk, "2026-01").plain()["calculated"] == 0
    (heavier,) = second.items
    put(desk, "materials", [{"number": "PUMP", "unit": "ST", "per_unit": "1", "in_unit": "piece",
                             "maps_to": heavier.factor.id}])  # fmt: skip
    assert sorted(night(desk, "2026-01").done.calculated) == ["P1/A1", "P1/B1"]


def test_what_another_release_would_move_and_nothing_is_stored(store: RecordStore) -> None:
    """Steel 10 % up in a private layer: a product of steel and its buyer move, one of plastic does not."""
    desk = desk_of(store)
    company(desk, {"A1": ["S"], "B1": ["A1"], "C1": ["P"]}, {"S": STEEL, "P": PLASTIC})
    night(desk, "2026-01")
    public = desk.release("cn-2026.1")
    steel = public.factors[STEEL]
    content = content_of(public)
    from dataclasses import replace

    dearer = replace(
        content, meta={**content.meta, "id": "mine.1", "layer": "private"},
        factors=(replace(steel, value="2432.1"),), sources=(public.source_of(steel),),
        licences=(public.licence_of(steel),), left_out={}, same_year={}, unit_processes=(),
    )  # fmt: skip
    publish(desk.engine, dearer, desk.tenant)
    before = rows(desk)
    wanted = Wanted("2026-01", release="mine.1,cn-2026.1")
    told = what_moves(desk, wanted, threshold=Exact(1))
    assert rows(desk) == before
    assert {move["number"] for move in told["moves"]} == {"A1", "B1"}
    moved = {move["number"]: F(move["per_cent"]) for move in told["moves"]}
    own = 1000 * GRID / 300
    assert abs(moved["A1"] - 100 * F("0.2211") / (F("2.211") + own)) < F(1, 100)
    assert (told["compared"], told["new"], told["failed"]) == (3, [], {})
    assert [move["number"] for move in what_moves(desk, wanted, threshold=Exact(4))["moves"]] == ["A1"]


def test_a_night_that_breaks_off_goes_on_and_doubles_nothing(either_store: RecordStore) -> None:
    desk = desk_of(either_store)
    uses = {f"X{number}": ["S", *([f"X{number - 1}"] if number else [])] for number in range(6)}
    company(desk, uses, {"S": STEEL})

    class Broken(Exception):
        pass

    def break_off(done: int, total: int) -> None:
        if done == 3:
            raise Broken

    with pytest.raises(Broken):
        run_here(desk, Wanted("2026-01"), break_off)
    assert footprints.find(desk) == ([], [])  # what is in force changes at the end of a night
    with Session(desk.engine) as session:
        assert session.scalar(select(func.count()).select_from(RecordRow)) == 3
    rest = night(desk, "2026-01")
    assert sorted(rest.done.calculated) == ["P1/X3", "P1/X4", "P1/X5"]
    with Session(desk.engine) as session:
        counts = [session.scalar(select(func.count()).select_from(row)) for row in (RecordRow, RunRow, FootprintRow)]
    assert counts == [6, 6, 6]


def test_a_night_that_is_killed_goes_on_and_doubles_nothing(place: str) -> None:
    """SIGKILL in the middle, on both databases; the lease of the dead is let run out by hand."""
    import signal
    import subprocess
    import sys
    import time

    from service.desk import open_desk

    uses = {f"X{number:02}": ["S", *([f"X{number - 1:02}"] if number else [])] for number in range(40)}
    with open_desk(place) as desk:
        company(desk, uses, {"S": STEEL})
        command = [sys.executable, "-m", "service.cli", "erp", "calculate", "--period", "2026-01", "--store", place]
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while counted(desk, RecordRow) < 3 and killed.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        there = counted(desk, RecordRow)
        assert 3 <= there < 40, "it was to be killed in the middle"
        with pytest.raises(Refused, match="erp_running"):
            night(desk, "2026-01")
        with desk.engine.begin() as connection:
            connection.execute(text("UPDATE job SET lease_until = 0"))
        rest = night(desk, "2026-01")
        assert rest.plain()["new_records"] == 40 and len(rest.done.calculated) == 40 - there
        assert [counted(desk, row) for row in (RecordRow, RunRow, FootprintRow)] == [40, 40, 40]


def counted(desk: Desk, row: Any) -> int:
    with Session(desk.engine) as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_several_processes_make_the_same_records(store: RecordStore) -> None:
    uses = {f"X{number}": ["S", *([f"X{number // 2}"] if number else [])] for number in range(9)}
    names = []
    for workers in (1, 2):
        desk = desk_of(store)
        company(desk, uses, {"S": STEEL})
        night(desk, "2026-01", mode="all", workers=workers)
        names.append({row["number"]: row["record"] for row in footprints.find(desk)[0]})
    assert names[0] == names[1] and len(names[0]) == 9


def test_one_night_of_a_period_at_a_time(store: RecordStore) -> None:
    desk = desk_of(store)
    company(desk, {"A1": ["S"]}, {"S": STEEL})
    inside: list[str] = []

    def another(done: int, total: int) -> None:
        with pytest.raises(Refused) as refused:
            night(desk, "2026-01")
        inside.append(refused.value.faults[0].code)

    run_here(desk, Wanted("2026-01"), another)
    assert set(inside) == {"erp_running"}
    job = submit(desk, {"period": "2026-01"}, caller="test")
    assert (job.kind, job.state) == ("erp", "queued")
    with pytest.raises(Refused, match="erp_running"):
        submit(desk, {"period": "2026-01"}, caller="test")
    with pytest.raises(Refused, match="job_request"):
        submit(desk, {"period": "2026-01", "threshold": 1}, caller="test")


def test_a_worker_does_a_night(store: RecordStore) -> None:
    from service.jobs.kinds import KINDS
    from service.jobs.queue import Queue
    from service.jobs.worker import Worker

    desk = desk_of(store)
    company(desk, {"A1": ["S"], "B1": ["A1"]}, {"S": STEEL})
    job = submit(desk, {"period": "2026-01"}, caller="test")
    assert Worker(desk, KINDS).turn()
    ended = Queue(desk.engine, desk.tenant).get(job.id)
    assert ended.state == "succeeded" and json.loads(ended.result)["new_records"] == 2


def test_what_is_shown_is_what_is_calculated(either_store: RecordStore) -> None:
    """The printed document with its releases gives the very record of the night."""
    desk = desk_of(either_store)
    example(desk)
    night(desk)
    told = show(desk, "SET-9", "W1", Wanted("2026"))
    assert told["open"] == [] and told["release"].startswith("graph-")
    sent = read_bytes(json.dumps(told["data"]).encode(), MEDIA[".json"], "shown")
    done = calculate_one(sent, Asked(release=told["release"]), desk.records, caller="test", releases=desk.release)
    assert [record["name"] for record in done.records] == [told["in_force"]["record"]] and done.new == (False,)
    with pytest.raises(Refused, match="erp_product_unknown"):
        show(desk, "SET-9", "E1", Wanted("2026"))


def test_another_company_sees_nothing(either_store: RecordStore) -> None:
    mine, theirs = desk_of(either_store, "acme"), desk_of(either_store, "zenith")
    company(mine, {"A1": ["S"]}, {"S": STEEL})
    night(mine, "2026-01")
    assert [row["number"] for row in footprints.find(mine)[0]] == ["A1"]
    assert footprints.find(theirs) == ([], [])
    with pytest.raises(Refused, match="erp_nothing"):
        night(theirs, "2026-01")
    company(theirs, {"A1": ["S"]}, {"S": PLASTIC})
    night(theirs, "2026-01")
    assert total(mine, "A1") != total(theirs, "A1")


def test_a_component_of_a_plant_that_did_not_make_it_names_the_plants(store: RecordStore) -> None:
    desk = desk_of(store)
    company(desk, {"A1": ["S"]}, {"S": STEEL}, plant="P1")
    company(desk, {"A1": ["S"]}, {"S": STEEL}, plant="P2")
    company(desk, {"B1": ["A1"]}, {"S": STEEL}, plant="P3")
    (fault,) = night(desk, "2026-01").done.failed["P3/B1"]
    assert (fault.code, fault.found) == ("erp_product_plant", "A1: P1, P2")
    put(desk, "materials", [{"number": "A1", "unit": "piece", "maps_to": "product:A1@P2"}])
    put(desk, "boms", bill("B1", ["A1"], {}, "P3"))
    assert not night(desk, "2026-01").done.failed
