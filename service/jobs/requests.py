"""What a door (HTTP, a page) asks of jobs, for one company's desk: submit, status, cancel, results page by page."""

from __future__ import annotations

from typing import Any, Final

from lca.faults import Fault
from lca.messages import sentence
from service.desk import Desk
from service.jobs import memory
from service.jobs.job import OPEN, Job
from service.jobs.kinds import CALCULATIONS, checked
from service.jobs.queue import Beside, Queue
from service.text.faults import problem
from service.text.words import Language

RETRY_SECONDS: Final = 2
"""What a 202 or a status of an open job says in ``Retry-After``."""


def submit(
    desk: Desk, request: Any, *, caller: str, webhook: str = "", job_id: str = "", beside: Beside | None = None
) -> Job:
    """Accept a request for calculations; it is kept when this returns. ``beside`` writes into the same transaction.

    Raises:
        Refused: ``job_request`` with all its faults; ``webhook_unknown``; ``job_exists`` (409).
    """
    queue = Queue(desk.engine, desk.tenant)
    return queue.put(CALCULATIONS, checked(request), caller=caller, webhook=webhook, job_id=job_id, beside=beside)


def status(desk: Desk, job_id: str, language: Language) -> dict[str, Any]:
    """State, progress, times, counts or faults of a job.

    Raises:
        Refused: ``job_unknown`` (404).
    """
    return Queue(desk.engine, desk.tenant).get(job_id).status(language)


def cancel(desk: Desk, job_id: str) -> Job:
    """Ask for the end of a job. What is done of it stays.

    Raises:
        Refused: ``job_unknown`` (404), ``job_ended`` (409).
    """
    return Queue(desk.engine, desk.tenant).cancel(job_id)


def listing(
    desk: Desk, language: Language, *, state: str = "", limit: int = 50, after: tuple[float, str] | None = None
) -> list[tuple[dict[str, Any], tuple[float, str]]]:
    """Jobs, the newest first, each with the key to go on after it.

    Raises:
        Refused: ``job_state``.
    """
    jobs = Queue(desk.engine, desk.tenant).listing(state=state, limit=limit, before=after)
    return [(job.status(language), (job.created_at, job.id)) for job in jobs]


def results(desk: Desk, job_id: str, language: Language, *, after: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """A page of what came of the items, by item, those that follow ``after``: its ``results`` (a line per product, as
    ``docs/schemas/batch-result.json`` has them) or its ``errors``. Failed items are listed once the job has ended.

    Raises:
        Refused: ``job_unknown`` (404).
    """
    job = Queue(desk.engine, desk.tenant).get(job_id)
    found = []
    for item, body in memory.page(desk.engine, desk.tenant, job.series, after=after, limit=limit):
        if "errors" in body:
            faults = [Fault(**fault) for fault in body["errors"]]
            told = problem(faults, language)["errors"]
            found.append({"item": item, "ok": False, "detail": sentence(faults[0], language), "errors": told})
        else:
            found.append({"item": item, "ok": True, "results": body["lines"]})
    return found


def counts(desk: Desk) -> dict[str, int]:
    """Open jobs of the company by state: queue depth for a gauge."""
    queue = Queue(desk.engine, desk.tenant)
    return {state: queue.count(state) for state in OPEN}
