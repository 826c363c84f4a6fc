"""``pcf jobs``: what runs and ran. ``pcf worker``: a process that does jobs on PostgreSQL."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

if TYPE_CHECKING:
    from service.jobs.job import Job
    from service.jobs.queue import Queue

app = typer.Typer(no_args_is_help=True, help="Jobs: what is queued, runs and ran. 任务。")


JobId = Annotated[str, typer.Argument(help="The id of a job.")]


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="queued, running, succeeded, failed or cancelled; default: all.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Jobs of the store, the newest first. 任务列表，最新在前。"""
    from service.text.jobs import print_jobs

    with _queue(store, lang, format_) as queue:
        found = queue.listing(state=state, limit=limit)
        silent = queue.silent(found)
    if format_ == "json":
        print_json({"ok": True, "jobs": [_told(job, lang, job.id in silent) for job in found]})
    else:
        print_jobs(console(), found, silent, language(lang))


@app.command()
def show(job: JobId, format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """One job: state, progress, times, who holds it, faults. 任务详情。"""
    with _queue(store, lang, format_) as queue:
        found = queue.get(job)
        silent = bool(queue.silent([found]))
    _print(found, silent, lang, format_)


@app.command()
def cancel(job: JobId, format_: Format = "text", store: Store = "", lang: Lang = "") -> None:
    """End a job: a queued one now, a running one after its present item; what is done stays. 取消任务。"""
    with _queue(store, lang, format_) as queue:
        found = queue.cancel(job)
    _print(found, False, lang, format_)


@app.command()
def clear(
    days: Annotated[int, typer.Option(min=1, max=100_000, help="Those that ended more than so many days ago.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Drop old jobs with their results and deliveries; records and runs stay. 清除早已结束的任务，记录不受影响。"""
    from dataclasses import asdict

    from service.commands.company import actor
    from service.jobs.clearing import clear as run
    from service.text.jobs import said

    with _queue(store, lang, format_) as queue:
        cleared = run(queue.engine, queue.tenant, days, actor=actor(), only_count=dry_run)
    if format_ == "json":
        print_json({"ok": True, "dry_run": dry_run, **asdict(cleared)})
    else:
        words = said("would_clear" if dry_run else "cleared", language(lang))
        console().print(words.format(**asdict(cleared)))


def worker(
    store: Store = "",
    networks: Annotated[
        str, typer.Option(help="Private networks webhooks may reach, with commas; default: PCF_WEBHOOK_NETWORKS.")
    ] = "",
    lang: Lang = "",
) -> None:
    """Do jobs from a PostgreSQL store, as many processes as you start. 任务工作进程（PostgreSQL）。"""
    from lca.faults import Fault, Refused
    from service.desk import open_desk, store_place
    from service.jobs.addresses import allowed_networks
    from service.jobs.kinds import KINDS
    from service.jobs.worker import Worker
    from service.pact.courier import senders
    from service.text.jobs import said

    words = language(lang)
    with refusing(lang), open_desk(store) as desk:
        if desk.engine.dialect.name == "sqlite":
            place = desk.engine.url.render_as_string()
            raise Refused([Fault("worker_sqlite", "--store", found=place, expected="postgresql+psycopg://...")])
        sender = senders(desk, store_place(store), allowed_networks(networks or None))
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        made = Worker(desk, KINDS, stop=stop, sender=sender)
        console(error=True).print(f"{made.name}: {said('working', words)}")
        made.run()
        console(error=True).print(f"{made.name}: {said('stopped', words)}")


@contextmanager
def _queue(store: str, lang: str, format_: str) -> Iterator[Queue]:
    """The queue of the store; what is refused is printed in the format asked for."""
    check_format(format_)
    from service.desk import open_desk
    from service.jobs.queue import Queue

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        yield Queue(desk.engine, desk.tenant)


def _print(job: Job, silent: bool, lang: str, format_: str) -> None:
    from service.text.jobs import print_job

    if format_ == "json":
        print_json({"ok": True, **_told(job, lang, silent)})
    else:
        print_job(console(), job, silent, language(lang))


def _told(job: Job, lang: str, silent: bool) -> dict[str, object]:
    more = {"caller": job.caller, "worker": job.worker, "no_sign_of_life": silent}
    return job.status(language(lang)) | more
