"""A job in somebody's hands: its lease is renewed while the work goes on, and the work is told when it must stop."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Final, Self

from sqlalchemy.exc import DBAPIError

from service.jobs.job import Job
from service.jobs.queue import LEASE, LeaseLost, Queue

EVERY: Final = 1.0
"""Seconds between two notes of progress at most."""


class Stopped(Exception):
    """The holder is to stop: the job goes back into the queue."""


class CancelAsked(Exception):
    """The end of the job was asked for."""


class Held:
    """``with Held(queue, job) as held``: call ``held.progress(done, total)`` between two items."""

    def __init__(self, queue: Queue, job: Job, stop: threading.Event | None = None, lease: float = LEASE) -> None:
        self._queue, self.job, self._lease = queue, job, lease
        self._stop = stop or threading.Event()
        self._counts, self._told = (job.done, job.total), 0.0
        self._asked, self._lost, self._over = False, False, threading.Event()
        self._lock = threading.Lock()
        self._beat = threading.Thread(target=self._beats, name=f"lease of {job.id[:8]}", daemon=True)

    def __enter__(self) -> Self:
        self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._beat.join()

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is, and whether to go on.

        Raises:
            LeaseLost: another holder has the job; nothing more may be done for it.
            CancelAsked: its end was asked for.
            Stopped: this holder is to stop.
        """
        self._counts = (done, total)
        if time.monotonic() - self._told >= EVERY or done == total:
            self._renew()
        if self._lost:
            raise LeaseLost(self.job.id)
        if self._asked:
            raise CancelAsked(self.job.id)
        if self._stop.is_set() and done < total:
            raise Stopped(self.job.id)

    def _renew(self) -> None:
        with self._lock:
            try:
                self._asked = self._queue.renew(self.job, *self._counts, self._lease) or self._asked
                self._told = time.monotonic()
            except LeaseLost:
                self._lost = True

    def _beats(self) -> None:
        """Renew three times per lease, for items that take long. A database that does not answer is asked again;
        once the lease must be over by our own clock too, it is lost."""
        last = time.monotonic()
        while not self._over.wait(self._lease / 3):
            try:
                self._renew()
                last = time.monotonic()
            except DBAPIError:
                self._lost = self._lost or time.monotonic() - last > self._lease
