"""The night as a job: asked for by a request, done by a worker or by the command line, one at a time for a period."""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from lca.faults import Collector, Fault, Refused
from service.desk import Desk
from service.erp.night import Night, Wanted, calculate, series_of
from service.erp.period import period_of
from service.jobs.held import CancelAsked, Held
from service.jobs.job import CANCELLED, FAILED, RUNNING, SUCCEEDED, Job
from service.jobs.queue import Beside, Queue
from service.jobs.worker import Progress

KIND: Final = "erp"
_KEYS: Final = ("period", "mode", "release", "regime")


def checked(request: Any) -> dict[str, str]:
    """A request for a night: ``{period, mode, release, regime}`` as text, all but the period optional.

    Raises:
        Refused: ``job_request`` for each part that is not of this form; ``erp_period``, ``erp_mode``.
    """
    if not isinstance(request, dict):
        raise Refused([Fault("job_request", "/", type(request).__name__, "an object with period")])
    faults = Collector()
    for name, value in sorted(request.items()):
        if name not in _KEYS:
            faults.add(Fault("job_request", f"/{name}", found=str(name)[:60], expected=", ".join(_KEYS)))
        elif not isinstance(value, str):
            faults.add(Fault("job_request", f"/{name}", found=repr(value)[:60], expected="text"))
    faults.raise_if_any()
    Wanted(**{"period": "", **request}).checked()
    return request


def submit(
    desk: Desk, request: Any, *, caller: str, webhook: str = "", job_id: str = "", beside: Beside | None = None
) -> Job:
    """Accept a night; a worker does it. ``beside`` writes into the same transaction.

    Raises:
        Refused: as :func:`checked`; ``webhook_unknown``, ``job_exists`` (409), ``erp_running`` (409).
    """
    asked = checked(request)
    series = series_of(period_of(asked["period"]))
    queue = Queue(desk.engine, desk.tenant)
    for job in queue.of_series(series):
        if job.id != job_id:
            raise Refused([Fault("erp_running", found=f"job {job.id}, {job.state}", expected="one night at a time")])
    return queue.put(KIND, asked, caller=caller, series=series, webhook=webhook, job_id=job_id, beside=beside)


def night(desk: Desk, job: Job, progress: Progress) -> Mapping[str, Any]:
    """What a worker does with a night; returns its counts."""
    return calculate(desk, Wanted(**job.asked), job.id, progress=progress).plain()


def run_here(desk: Desk, wanted: Wanted, progress: Progress) -> Night:
    """A night in this process, listed as a job like any other. One that broke off is gone on with.

    Raises:
        Refused: ``erp_running`` where another process holds a night of the period; ``erp_cancelled`` where its end
            was asked for from elsewhere; as :func:`service.erp.night.calculate`.
    """
    period = period_of(wanted.checked().period)
    request = {name: str(value) for name, value in asdict(wanted).items() if name in _KEYS and value}
    queue, holder = Queue(desk.engine, desk.tenant), f"pcf erp {platform.node()}:{os.getpid()}"
    job = _own(queue, series_of(period), request, holder)
    ended = False
    try:
        with Held(queue, job) as held:

            def both(counted: int, total: int) -> None:
                progress(counted, total)
                held.progress(counted, total)

            done = calculate(desk, wanted, job.id, progress=both)
        queue.end(job, SUCCEEDED, done.plain())
        ended = True
        return done
    except Refused as refused:
        queue.end(job, FAILED, faults=refused.faults)
        ended = True
        raise
    except CancelAsked:
        queue.end(job, CANCELLED)
        ended = True
        raise Refused([Fault("erp_cancelled", found=f"job {job.id}", expected="a night that goes on")]) from None
    finally:
        if not ended:
            queue.end(job, CANCELLED)


def _own(queue: Queue, series: str, request: dict[str, str], holder: str) -> Job:
    """The night that was broken off, taken again, or a new one."""
    found, there = None, queue.of_series(series)
    silent = queue.silent(there)
    for job in there:
        if job.state == RUNNING and job.id not in silent:
            raise Refused([Fault("erp_running", found=f"job {job.id}, {job.worker}", expected="one night at a time")])
        if found is None and job.asked == request and not job.cancel_asked:
            found = queue.begin(job.id, holder)
        else:
            queue.end(queue.begin(job.id, holder), CANCELLED)
    return found or queue.put(KIND, request, caller="pcf erp", series=series, holder=f"{holder} {uuid.uuid4().hex[:8]}")
