"""``pcf jobs``: what runs and ran. ``pcf worker``: a process that does jobs on PostgreSQL."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.shared import Format, Lang, Store, check_format, console, language, print_json, refusing

if TYPE_CHECKING:
    from service.jobs.job import Job

app = typer.Typer(no_args_is_help=True, help="Jobs: what is queued, runs and ran. 任务。")


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help="queued, running, succeeded, failed or cancelled; default: all.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many.")] = 50,
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """Jobs of the store, the newest first. 任务列表，最新在前。"""
    check_format(format_)
    from service.desk import open_desk
    from service.jobs.queue import Queue
    from service.text.jobs import print_jobs

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        queue = Queue(desk.engine, desk.tenant)
        found = queue.listing(state=state, limit=limit)
        silent = queue.silent(found)
    if format_ == "json":
        print_json({"ok": True, "jobs": [_told(job, lang, job.id in silent) for job in found]})
    else:
        print_jobs(console(), found, silent, language(lang))


@app.command()
def show(
    job: Annotated[str, typer.Argument(help="The id of a job.")],
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """One job: state, progress, times, who holds it, faults. 任务详情。"""
    check_format(format_)
    from service.desk import open_desk
    from service.jobs.queue import Queue
    from service.text.jobs import print_job

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        queue = Queue(desk.engine, desk.tenant)
        found = queue.get(job)
        silent = bool(queue.silent([found]))
    if format_ == "json":
        print_json({"ok": True, **_told(found, lang, silent)})
    else:
        print_job(console(), found, silent, language(lang))


@app.command()
def cancel(
    job: Annotated[str, typer.Argument(help="The id of a job.")],
    format_: Format = "text",
    store: Store = "",
    lang: Lang = "",
) -> None:
    """End a job: a queued one now, a running one after its present item; what is done stays. 取消任务。"""
    check_format(format_)
    from service.desk import open_desk
    from service.jobs.queue import Queue
    from service.text.jobs import print_job

    with refusing(lang, as_json=format_ == "json"), open_desk(store) as desk:
        found = Queue(desk.engine, desk.tenant).cancel(job)
    if format_ == "json":
        print_json({"ok": True, **_told(found, lang, False)})
    else:
        print_job(console(), found, False, language(lang))


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


def _told(job: Job, lang: str, silent: bool) -> dict[str, object]:
    more = {"caller": job.caller, "worker": job.worker, "no_sign_of_life": silent}
    return job.status(language(lang)) | more
