"""Jobs on both databases: accepted once, held by one, taken again when a lease ran out, ended once.

Long because every way a lease can end is tried on both databases.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from factordb.models import Base, Tenant
from factordb.store import of_tenant, open_store
from lca.faults import Fault, Refused
from service.calculate import Asked, calculate
from service.companies.audit import entries
from service.desk import Desk, open_desk
from service.intake import read_file
from service.jobs import requests
from service.jobs.clearing import Cleared, clear
from service.jobs.clock import now
from service.jobs.events import Webhooks
from service.jobs.held import CancelAsked, Held, Stopped
from service.jobs.job import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, Job
from service.jobs.kinds import CALCULATIONS, KINDS, checked
from service.jobs.memory import page
from service.jobs.queue import PAUSE, LeaseLost, Queue, waiting
from service.jobs.worker import Worker, do
from service.records.uploads import uploads
from service.text.words import language_of
from tests.service import _cases
from tests.service.conftest import Places

EN, ZH = language_of("en"), language_of("zh")
KIND = "test"


@pytest.fixture
def desk(place: str) -> Iterator[Desk]:
    with open_desk(place) as opened:
        yield opened


@pytest.fixture
def queue(desk: Desk) -> Queue:
    return Queue(desk.engine)


def put(queue: Queue, name: str = "", **more: Any) -> Job:
    return queue.put(KIND, {"n": name}, caller="test", job_id=name, **more)


def run_out(queue: Queue, job: Job) -> None:
    """As if the holder had been silent for longer than its lease."""
    jobs = Base.metadata.tables["job"]
    with queue.engine.begin() as connection:
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(lease_until=now(connection) - 1))


def due(queue: Queue) -> None:
    jobs = Base.metadata.tables["job"]
    with queue.engine.begin() as connection:
        connection.execute(update(jobs).values(due_at=0.0))


def works(power: int = 60000) -> dict[str, Any]:
    data = _cases.example(_cases.EXAMPLES / "batch" / "kiln.yaml")
    _cases.row(data, "power")["amount"] = str(power)
    return data


def asked(*powers: int) -> dict[str, Any]:
    return {"items": [{"id": f"k{power}", "data": works(power)} for power in powers]}


# -- the queue ------------------------------------------------------------------------------------------------


def test_models_and_migration_describe_the_same_tables(request: pytest.FixtureRequest, place: str) -> None:
    names = {"job", "batch_item", "webhook", "delivery"}
    engine = open_store(place)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert [change for change in found if any(name in repr(change) for name in names)] == []


def test_a_job_is_taken_once_and_ends_once(queue: Queue) -> None:
    there = put(queue, "a")
    assert (there.state, queue.get("a")) == (QUEUED, there)
    held = queue.take([KIND], "w1")
    assert held is not None and (held.id, held.state, held.attempts) == ("a", RUNNING, 1)
    assert queue.take([KIND], "w2") is None and queue.take(["other"], "w2") is None
    assert queue.renew(held, 3, 7) is False
    ended = queue.end(held, SUCCEEDED, {"n": 1})
    assert (ended.state, ended.done, ended.total, ended.result, ended.worker) == (SUCCEEDED, 3, 7, '{"n": 1}', "")
    assert ended.created_at <= ended.started_at <= ended.finished_at
    with pytest.raises(LeaseLost):
        queue.end(held, FAILED)
    assert queue.take([KIND], "w2") is None and queue.get("a").state == SUCCEEDED


def test_the_same_request_under_the_same_id_is_one_job(queue: Queue) -> None:
    assert put(queue, "a") == put(queue, "a")
    with pytest.raises(Refused, match="job_exists"):
        queue.put(KIND, {"n": "other"}, caller="test", job_id="a")
    assert len(queue.listing()) == 1


def test_what_stands_beside_a_job_is_there_exactly_when_it_is(queue: Queue) -> None:
    def beside(session: Session, job: Job) -> None:
        session.execute(insert(Base.metadata.tables["batch_item"]).values(
            tenant_id="local", series=job.id, item="x", key="", run="", body="{}",
        ))  # fmt: skip
        if job.id == "b":
            raise RuntimeError("the answer cannot be written")

    put(queue, "a", beside=beside)
    put(queue, "a", beside=beside)  # there already: not called again
    with pytest.raises(RuntimeError):
        put(queue, "b", beside=beside)
    assert [job.id for job in queue.listing()] == ["a"]
    with queue.engine.connect() as connection:
        assert connection.execute(text("SELECT series FROM batch_item")).scalars().all() == ["a"]


def test_a_lease_that_ran_out_is_another_workers_and_the_first_cannot_end_it(queue: Queue) -> None:
    put(queue, "a")
    first = queue.take([KIND], "w")
    assert first is not None
    run_out(queue, first)
    assert waiting(queue.engine) == ["local"]
    second = queue.take([KIND], "w")
    assert second is not None and second.id == "a" and second.attempts == 2 and second.worker != first.worker
    for late in (lambda: queue.renew(first, 1, 1), lambda: queue.end(first, FAILED), lambda: queue.give_back(first)):
        with pytest.raises(LeaseLost):
            late()
    assert queue.get("a").worker == second.worker
    assert queue.end(second, SUCCEEDED).state == SUCCEEDED


def test_the_clock_of_a_worker_does_not_count(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose clock is a day ahead takes nothing that another holds."""
    put(queue, "a")
    held = queue.take([KIND], "w1", lease=60)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86400)
    assert queue.take([KIND], "w2") is None and waiting(queue.engine) == []
    monkeypatch.setattr(time, "time", lambda: real() - 86400)
    assert held is not None and queue.renew(held, 0, 1) is False
    assert queue.take([KIND], "w2") is None


def test_many_takers_hold_each_job_once(queue: Queue) -> None:
    for number in range(40):
        put(queue, f"j{number:02d}")
    taken: list[str] = []
    lock = threading.Lock()

    def taker(name: str) -> None:
        while (job := queue.take([KIND], name)) is not None:
            with lock:
                taken.append(job.id)
            queue.end(job, SUCCEEDED)

    threads = [threading.Thread(target=taker, args=(f"w{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == [f"j{number:02d}" for number in range(40)]
    assert queue.count(SUCCEEDED) == 40 and {job.attempts for job in queue.listing()} == {1}


def test_the_oldest_first_and_a_locked_row_is_passed_over(queue: Queue, place: str) -> None:
    for name in ("a", "b"):
        put(queue, name)
        time.sleep(0.002)
    if "://" in place:
        with queue.engine.begin() as connection:
            connection.execute(text("SELECT id FROM job WHERE id = 'a' FOR UPDATE"))
            job = queue.take([KIND], "w")
            assert job is not None and job.id == "b"
    else:
        assert [job.id for _ in "ab" if (job := queue.take([KIND], "w"))] == ["a", "b"]


def test_giving_back_does_not_count_and_breaking_does(queue: Queue) -> None:
    put(queue, "a")
    for _ in range(7):
        job = queue.take([KIND], "w")
        assert job is not None and job.attempts == 1
        queue.give_back(job)
    fault = Fault("job_broke", "a", found="KeyError: 'x'", expected="a result or a fault")
    for attempt in range(1, 6):
        job = queue.take([KIND], "w")
        assert job is not None and job.attempts == attempt
        queue.give_back(job, fault)
        waits = queue.get("a")
        if attempt < 5:
            with queue.engine.connect() as connection:
                left = waits.due_at - now(connection)
            assert waits.state == QUEUED and 0.9 * PAUSE < left / 4 ** (attempt - 1) <= PAUSE
            assert queue.take([KIND], "w") is None and waiting(queue.engine) == []
            due(queue)
    assert (waits.state, waits.faults) == (FAILED, (fault,))


def test_a_job_that_kills_its_workers_ends_as_failed(queue: Queue) -> None:
    put(queue, "a")
    for _ in range(5):
        job = queue.take([KIND], "w")
        assert job is not None
        run_out(queue, job)
    assert queue.take([KIND], "w") is None
    ended = queue.get("a")
    assert ended.state == FAILED and [fault.code for fault in ended.faults] == ["job_attempts"]
    assert ended.faults[0].found.startswith("5 attempts")


def test_cancel_in_every_state(queue: Queue) -> None:
    for name in ("queued", "held", "silent", "over"):
        put(queue, name)
    assert queue.cancel("queued").state == CANCELLED and queue.cancel("queued").state == CANCELLED
    jobs = {}
    for _ in range(3):
        job = queue.take([KIND], "w")
        assert job is not None
        jobs[job.id] = job
    queue.end(jobs["over"], SUCCEEDED)
    with pytest.raises(Refused, match="job_ended"):
        queue.cancel("over")
    asked_for = queue.cancel("held")
    assert (asked_for.state, asked_for.cancel_asked) == (RUNNING, 1)
    assert queue.renew(jobs["held"], 1, 2) is True
    run_out(queue, jobs["silent"])
    assert queue.cancel("silent").state == CANCELLED
    run_out(queue, jobs["held"])
    assert queue.take([KIND], "w") is None and queue.get("held").state == CANCELLED
    with pytest.raises(Refused, match="job_unknown"):
        queue.cancel("nobody")


def test_pages_of_the_list_miss_none(queue: Queue) -> None:
    names = [put(queue, f"j{number}").id for number in range(7)]
    seen: list[str] = []
    before = None
    while page := queue.listing(limit=3, before=before):
        seen += [job.id for job in page]
        before = (page[-1].created_at, page[-1].id)
    assert sorted(seen) == names and len(seen) == 7
    assert [job.created_at for job in queue.listing()] == sorted((j.created_at for j in queue.listing()), reverse=True)
    assert queue.listing(state=SUCCEEDED) == []
    with pytest.raises(Refused, match="job_state"):
        queue.listing(state="done")


# -- companies ------------------------------------------------------------------------------------------------


def test_companies_share_workers_and_see_only_their_own(desk: Desk) -> None:
    for tenant in ("acme", "zenith"):
        with Session(of_tenant(desk.engine, tenant)) as session, session.begin():
            session.add(Tenant(id=tenant))
    for tenant in ("acme", "acme", "acme", "zenith"):
        Queue(desk.engine, tenant).put(KIND, {"of": tenant}, caller="test")
    assert waiting(desk.engine) == ["acme", "zenith"]
    assert Queue(desk.engine).listing() == []
    zenith = Queue(desk.engine, "zenith").listing()[0].id
    with pytest.raises(Refused, match="job_unknown"):
        Queue(desk.engine, "acme").get(zenith)
    served: list[tuple[str, str]] = []

    def kind(at: Desk, job: Job, progress: Any) -> dict[str, Any]:
        served.append((at.tenant, job.asked["of"]))
        return {}

    worker = Worker(desk, {KIND: kind})
    while worker.turn():
        pass
    assert served == [("acme", "acme"), ("zenith", "zenith"), ("acme", "acme"), ("acme", "acme")]
    assert waiting(desk.engine) == []


# -- the worker -----------------------------------------------------------------------------------------------


def test_what_a_kind_does_becomes_the_state_of_the_job(desk: Desk, queue: Queue) -> None:
    def kind(at: Desk, job: Job, progress: Any) -> dict[str, Any]:
        progress(1, 2)
        if job.id == "refused":
            raise Refused([Fault("negative_amount", "/rows/0", "-1", "0 or more")])
        if job.id == "broken":
            raise KeyError("x")
        progress(2, 2)
        return {"made": job.id}

    for name in ("broken", "good", "refused"):
        put(queue, name)
    worker = Worker(desk, {KIND: kind})
    assert [worker.turn() for _ in range(4)] == [True, True, True, False]
    good, refused, broken = (queue.get(name) for name in ("good", "refused", "broken"))
    assert (good.state, json.loads(good.result), good.done, good.total) == (SUCCEEDED, {"made": "good"}, 2, 2)
    assert (refused.state, [fault.code for fault in refused.faults]) == (FAILED, ["negative_amount"])
    assert (broken.state, broken.attempts, broken.faults[0].found) == (QUEUED, 1, "KeyError: 'x'")
    told = refused.status(ZH)
    assert told["state"] == "failed" and told["error"]["errors"][0]["code"] == "negative_amount"
    assert told["progress"] == {"done": 1, "total": 2, "unit": "items"} and "request" not in json.dumps(told)


def test_a_worker_that_is_to_stop_gives_its_job_back(desk: Desk, queue: Queue) -> None:
    put(queue, "a")
    stop = threading.Event()

    def kind(at: Desk, job: Job, progress: Any) -> dict[str, Any]:
        stop.set()
        progress(1, 3)
        raise AssertionError("went on")

    Worker(desk, {KIND: kind}, stop=stop).run()
    job = queue.get("a")
    assert (job.state, job.attempts, job.worker, job.done, job.total) == (QUEUED, 0, "", 1, 3)


def test_a_holder_hears_of_a_cancellation_and_of_a_lost_lease(queue: Queue) -> None:
    for name in ("a", "b", "c"):
        put(queue, name)
    jobs = {job.id: job for _ in "abc" if (job := queue.take([KIND], "w"))}
    queue.cancel("a")
    with pytest.raises(CancelAsked), Held(queue, jobs["a"]) as held:
        held.progress(1, 9)
    run_out(queue, jobs["b"])
    queue.take([KIND], "other")
    with pytest.raises(LeaseLost), Held(queue, jobs["b"]) as held:
        held.progress(1, 9)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped), Held(queue, jobs["c"], stop) as held:
        held.progress(1, 9)


def test_a_lease_is_renewed_while_one_item_takes_long(queue: Queue) -> None:
    """Three leases long nothing is said by the work itself."""
    put(queue, "a")
    job = queue.take([KIND], "w", lease=0.5)
    assert job is not None
    with Held(queue, job, lease=0.5):
        for _ in range(15):
            time.sleep(0.1)
            assert queue.take([KIND], "other") is None


# -- calculations ---------------------------------------------------------------------------------------------


def test_calculations_are_accepted_done_and_read_page_by_page(desk: Desk) -> None:
    request = asked(60000, 90000)
    wrong = works()
    _cases.row(wrong, "cao")["unit"] = "stone"
    request["items"].append({"id": "bad", "data": wrong})
    job = requests.submit(desk, request, caller="key 1")
    assert requests.status(desk, job.id, EN)["state"] == QUEUED and requests.counts(desk) == {QUEUED: 1, RUNNING: 0}
    assert Worker(desk, KINDS).turn()
    told = requests.status(desk, job.id, EN)
    assert told["state"] == SUCCEEDED and told["progress"] == {"done": 3, "total": 3, "unit": "items"}
    assert told["result"] == {"ok": False, "items": 3, "results": 2, "failed": 1, "new_records": 2}
    first = requests.results(desk, job.id, EN, limit=2)
    rest = requests.results(desk, job.id, EN, after=first[-1]["item"], limit=2)
    assert [(one["item"], one["ok"]) for one in first + rest] == [("bad", False), ("k60000", True), ("k90000", True)]
    line = first[1]["results"][0]
    single = _cases.run(works(60000), desk.records)  # as pcf calculate does it: the record is there already
    assert single.new == (False,) and line["record"] == single.records[0]["name"] and line["unchanged"] is False
    assert line["total"] == single.records[0]["sections"]["result"]["total"]
    assert {error["code"] for error in first[0]["errors"]} == {"unknown_unit"}
    assert requests.results(desk, job.id, ZH, limit=1)[0]["detail"] != first[0]["detail"]
    assert [shown["id"] for shown, _ in requests.listing(desk, EN)] == [job.id]


def test_an_item_brings_the_series_that_its_rows_name(desk: Desk) -> None:
    """The same record as by a file with its CSV beside it; a series that is not named, or faulty, fails its item."""
    path = _cases.EXAMPLES / "aluminium_works_2024.yaml"
    wind = (_cases.EXAMPLES / "aluminium_wind_2024.csv").read_text("utf-8")
    data = _cases.example(path)
    brought = {"aluminium_wind_2024.csv": wind}
    other = data | {"works": data["works"] | {"name": {"en": "Works B"}}}
    items = [
        {"id": "a", "data": data, "series": brought},
        {"id": "b", "data": other, "series": brought | {"more.csv": wind}},
        {"id": "c", "data": other, "series": {"aluminium_wind_2024.csv": wind.replace(",96", ",-96", 1)}},
        {"id": "d", "data": other},
    ]
    job = requests.submit(desk, {"items": items, "draft": True}, caller="key 1")
    assert Worker(desk, KINDS).turn()
    made, *failed = requests.results(desk, job.id, EN)
    single = calculate(read_file(path), Asked(draft=True), desk.records, caller="test")
    assert {line["record"] for line in made["results"]} == {record["name"] for record in single.records}
    assert single.new == (False, False)
    assert [{error["code"] for error in one["errors"]} for one in failed] == [
        {"series_unused"}, {"series_value"}, {"series_missing"},
    ]  # fmt: skip
    kept = uploads(desk.records, single.records[0]["name"])
    assert "aluminium_wind_2024.csv" in {item.name for item in kept}


@pytest.mark.parametrize("series", [[], {"a.csv": 1}, {f"{n}.csv": "" for n in range(21)}, None], ids=str)
def test_series_of_another_form_are_refused_when_the_job_is_sent(desk: Desk, series: object) -> None:
    with pytest.raises(Refused) as refused:
        requests.submit(desk, {"items": [{"id": "a", "data": works(), "series": series}]}, caller="key 1")
    assert [(fault.code, fault.where) for fault in refused.value.faults] == [("job_request", "/items/0/series")]


def test_a_request_of_a_job_reads_no_file_of_the_server(desk: Desk, tmp_path: Path) -> None:
    (Path.cwd() / "pyproject.toml").stat()
    data = works()
    _cases.row(data, "power")["supply"] = {"type": "grid", "series": {"file": "pyproject.toml"}}
    job = requests.submit(desk, {"items": [{"id": "a", "data": data}]}, caller="key 1")
    assert Worker(desk, KINDS).turn()
    (found,) = requests.results(desk, job.id, EN)
    (error,) = found["errors"]
    assert (error["code"], error["expected"]) == ("series_missing", "one of the files sent with it: no CSV")


@pytest.mark.parametrize(
    ("request_", "places"),
    [
        ([], ["/"]),
        ({}, ["/items"]),
        ({"items": [], "seal": "some", "draft": "yes", "regime": 1, "x": 1},
         ["/draft", "/items", "/regime", "/seal", "/x"]),
        ({"items": [{"id": "a", "data": {}}, {"id": "a", "data": {}}]}, ["/items/1/id"]),
        ({"items": [{"id": "", "data": {}}, {"id": "\x00", "data": {}}, {"id": "c"}, 7]},
         ["/items/0/id", "/items/1/id", "/items/2", "/items/3"]),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_with_all_its_faults(request_: Any, places: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        checked(request_)
    assert sorted(fault.where for fault in refused.value.faults) == places
    assert {fault.code for fault in refused.value.faults} == {"job_request"}


def test_a_job_taken_again_goes_on_and_doubles_nothing(desk: Desk, queue: Queue) -> None:
    """The first worker falls silent after the second item; the next one calculates what is left."""
    job = requests.submit(desk, asked(60000, 70000, 80000), caller="key 1")
    first = queue.take([CALCULATIONS], "w")
    assert first is not None

    class Silent(Exception):
        pass

    def silent(done: int, total: int) -> None:
        if done == 2:
            raise Silent

    with pytest.raises(Silent):
        KINDS[CALCULATIONS](desk, first, silent)
    assert len(requests.results(desk, job.id, EN)) == 2
    run_out(queue, first)
    assert Worker(desk, KINDS).turn()
    told = requests.status(desk, job.id, EN)
    assert (told["state"], told["attempts"], told["result"]["new_records"]) == (SUCCEEDED, 2, 3)
    assert [line["results"][0]["unchanged"] for line in requests.results(desk, job.id, EN)] == [False] * 3
    with desk.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM run")).scalar() == 3


def test_cancelled_between_two_items_and_what_is_done_stays(desk: Desk, queue: Queue) -> None:
    job = requests.submit(desk, asked(60000, 70000, 80000), caller="key 1")
    taken = queue.take([CALCULATIONS], "w")
    assert taken is not None

    def kind(at: Desk, job: Job, progress: Any) -> Any:
        def told(done: int, total: int) -> None:
            if done == 1:
                requests.cancel(desk, job.id)
                time.sleep(1.1)  # progress is told once a second
            progress(done, total)

        return KINDS[CALCULATIONS](at, job, told)

    do(queue, taken, kind, desk)
    assert requests.status(desk, job.id, EN)["state"] == CANCELLED
    assert [one["item"] for one in requests.results(desk, job.id, EN)] == ["k60000"]
    assert len(desk.records.listing()) == 1


def test_nothing_is_sealed_where_nothing_is_to_be(desk: Desk) -> None:
    job = requests.submit(desk, {**asked(60000), "seal": "none"}, caller="key 1")
    Worker(desk, KINDS).turn()
    assert requests.results(desk, job.id, EN)[0]["results"][0]["not_sealed"] == "seal_none"
    assert desk.records.listing() == []


def test_the_end_of_a_job_and_its_event_are_one_transaction(desk: Desk, queue: Queue) -> None:
    hooks = Webhooks(desk.engine)
    hook = hooks.add("https://example.org/hook")
    with pytest.raises(Refused, match="webhook_unknown"):
        put(queue, "x", webhook="nobody")
    put(queue, "a", webhook=hook["id"])
    job = queue.take([KIND], "w")
    assert job is not None and hooks.deliveries(hook["id"]) == []
    queue.renew(job, 4, 4)
    queue.end(job, SUCCEEDED, {"results": 4})
    (delivery,) = hooks.deliveries(hook["id"])
    assert (delivery["state"], delivery["type"], delivery["job_id"]) == ("pending", "pcf.job.succeeded", "a")
    with desk.engine.connect() as connection:
        event = json.loads(str(connection.execute(text("SELECT body FROM delivery")).scalar()))
    assert {key: event[key] for key in ("specversion", "id", "source", "type", "subject")} == {
        "specversion": "1.0", "id": delivery["id"], "source": "/v1/jobs", "type": "pcf.job.succeeded", "subject": "a",
    }  # fmt: skip
    assert event["data"]["progress"]["done"] == 4 and event["data"]["result"] == {"results": 4}
    assert "request" not in event["data"]


def test_old_jobs_go_with_their_results_and_nothing_else(desk: Desk, places: Places) -> None:
    old = requests.submit(desk, asked(60000), caller="key 1")
    new = requests.submit(desk, asked(60001), caller="key 1")
    worker = Worker(desk, KINDS)
    assert worker.turn() and worker.turn()
    queue = Queue(desk.engine)
    waiting_ = put(queue, "waits")
    night = put(queue, "night", series="erp 2024")
    assert queue.take([KIND], "w") is not None
    jobs, items = Base.metadata.tables["job"], Base.metadata.tables["batch_item"]
    with queue.engine.begin() as connection:
        ancient = {"created_at": 0.0, "finished_at": 1.0}
        connection.execute(update(jobs).where(jobs.c.id.in_([old.id, waiting_.id])).values(ancient))
        connection.execute(update(jobs).where(jobs.c.id == night.id).values(ancient | {"state": "succeeded"}))
        kept_ = {"tenant_id": "local", "series": "erp 2024", "item": "i", "key": "k", "run": "night", "body": "{}"}
        connection.execute(insert(items).values(kept_))
    records = desk.records.listing()

    assert clear(queue.engine, "local", 30, actor="cli:me", only_count=True) == Cleared(2, 1, 0)
    engine = queue.engine
    if engine.dialect.name == "postgresql":
        with pytest.raises(Refused, match="clear_role"):
            clear(engine, "local", 30, actor="cli:me")
        engine = open_store(places.owner)
    assert clear(engine, "local", 30, actor="cli:me") == Cleared(2, 1, 0)
    assert clear(engine, "local", 30, actor="cli:me") == Cleared(0, 0, 0)
    if engine is not queue.engine:
        engine.dispose()

    assert {job.id for job in queue.listing()} == {new.id, waiting_.id}
    assert [item for item, _ in page(desk.engine, "local", "erp 2024")] == ["i"], "the next night goes on from it"
    assert len(requests.results(desk, new.id, EN)) == 1 and desk.records.listing() == records
    (entry,) = [entry for entry in entries(desk.engine, "local") if entry.action == "jobs.cleared"]
    assert entry.actor == "cli:me" and json.loads(entry.detail) == {"jobs": "2", "results": "1", "deliveries": "0"}
