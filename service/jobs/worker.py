"""The worker: takes one job after the other, of one company after the other, and makes the deliveries that are due."""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from lca.faults import Fault, Refused
from service.desk import Desk
from service.jobs.held import CancelAsked, Held, Stopped
from service.jobs.job import CANCELLED, FAILED, SUCCEEDED, Job
from service.jobs.queue import ATTEMPTS, LEASE, LeaseLost, Queue, waiting

POLL: Final = 0.5
"""Seconds between two looks at an empty queue."""
BROKEN_POLL: Final = 5.0
"""Seconds to the next look after the database did not answer."""
Progress = Callable[[int, int], None]
Kind = Callable[[Desk, Job, Progress], Mapping[str, Any]]
"""Does a job for a company's desk and returns its result. It calls the progress between two items, which may raise;
what is done by then must stand, and is not done again when the job is taken again."""
log = logging.getLogger(__name__)


class Sends(Protocol):
    """Makes what is due of a company: deliveries to webhooks, events to partners."""

    def send_due(self, tenant: str) -> int:
        """Make one attempt for each that is due; returns how many."""


class Worker:
    """Does jobs until ``stop`` is set; then the job it is at goes back after its present item."""

    def __init__(
        self, desk: Desk, kinds: Mapping[str, Kind], *, stop: threading.Event | None = None,
        sender: Sends | None = None, lease: float = LEASE, poll: float = POLL, attempts: int = ATTEMPTS,
    ) -> None:  # fmt: skip
        self._desk, self._kinds, self.stop = desk, kinds, stop or threading.Event()
        self._sender, self._lease, self._poll, self._attempts = sender, lease, poll, attempts
        self._last = ""
        self.name = f"{platform.node()}:{os.getpid()}"

    def run(self) -> None:
        """Work until ``stop`` is set. A database that does not answer is asked again."""
        sending = threading.Thread(target=self._deliver, name="deliveries", daemon=True)
        if self._sender is not None:
            sending.start()
        while not self.stop.is_set():
            try:
                if not self.turn():
                    self.stop.wait(self._poll)
            except DBAPIError as error:
                log.warning("the database did not answer: %s", type(error).__name__)
                self.stop.wait(BROKEN_POLL)
        if sending.is_alive():
            sending.join(BROKEN_POLL)

    def turn(self) -> bool:
        """Do one job, of the company whose turn it is; whether there was one."""
        companies = waiting(self._desk.engine)
        for company in sorted(companies, key=lambda name: (name <= self._last, name)):
            queue = Queue(self._desk.engine, company, attempts=self._attempts)
            job = queue.take(self._kinds, self.name, self._lease)
            if job is not None:
                self._last = company
                do(queue, job, self._kinds[job.kind], self._desk.of(company), stop=self.stop, lease=self._lease)
                return True
        return False

    def _deliver(self) -> None:
        assert self._sender is not None
        while not self.stop.is_set():
            made = 0
            try:
                for company in waiting(self._desk.engine):
                    made += self._sender.send_due(company)
            except DBAPIError as error:
                log.warning("the database did not answer: %s", type(error).__name__)
            if not made:
                self.stop.wait(self._poll)


def do(
    queue: Queue, job: Job, kind: Kind, desk: Desk, *, stop: threading.Event | None = None, lease: float = LEASE
) -> None:
    """Do one job that was taken, and end it or give it back; only a database that does not answer is raised."""
    try:
        with Held(queue, job, stop, lease) as held:
            result = kind(desk, job, held.progress)
        queue.end(job, SUCCEEDED, result)
    except Stopped:
        queue.give_back(job)
    except CancelAsked:
        queue.end(job, CANCELLED)
    except LeaseLost:
        log.warning("job %s: the lease ran out and another worker has it", job.id)
    except Refused as refused:
        queue.end(job, FAILED, faults=refused.faults)
    except (OperationalError, InterfaceError):
        raise  # the lease runs out, and whoever takes the job goes on where it stands
    except Exception as error:
        log.exception("job %s broke off", job.id)
        found = f"{type(error).__name__}: {error}"[:500]
        queue.give_back(job, Fault("job_broke", job.id, found=found, expected="a result or a fault"))
