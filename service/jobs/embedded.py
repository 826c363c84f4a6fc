"""A worker beside a server on SQLite: a child process, so that calculations do not hold up requests.

It ends with its parent, however that ends: a pipe is open between them, and its end is seen by the child. It is
started again if it dies; a job it held is taken again when its lease has run out.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from service.jobs.addresses import allowed_networks
from service.jobs.queue import LEASE

GRACE: Final = 20.0
"""Seconds a worker has to end its item and give its job back."""
AGAIN: Final = 1.0
log = logging.getLogger(__name__)


@contextmanager
def embedded_workers(place: str, number: int = 1, networks: str = "", lease: float = LEASE) -> Iterator[None]:
    """``number`` worker processes on the store at ``place`` for as long as the block lasts.

    ``networks``: private networks webhooks may reach.

    Raises:
        Refused: ``webhook_setting``.
    """
    allowed_networks(networks)
    over = threading.Event()
    keepers = [
        threading.Thread(target=_keep, args=(place, networks, lease, over), name=f"keeper {n}", daemon=True)
        for n in range(number)
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        over.set()
        for keeper in keepers:
            keeper.join(GRACE + 5)


def _keep(place: str, networks: str, lease: float, over: threading.Event) -> None:
    """Have one worker running until ``over``; then let it end in good order."""
    spawn = multiprocessing.get_context("spawn")
    while not over.is_set():
        ours, theirs = spawn.Pipe()
        child = spawn.Process(target=_work, args=(place, networks, lease, theirs), name="pcf worker")
        child.start()
        theirs.close()
        while child.is_alive() and not over.wait(0.2):
            pass
        ours.close()
        child.join(GRACE)
        if child.is_alive():
            child.kill()
            child.join()
        if not over.is_set():
            log.warning("a worker ended with %s and is started again", child.exitcode)
            over.wait(AGAIN)


def _work(place: str, networks: str, lease: float, parent: Connection) -> None:
    from service.desk import open_desk
    from service.jobs.kinds import KINDS
    from service.jobs.worker import Worker
    from service.pact.courier import senders

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the parent says when: a Ctrl-C in a terminal reaches both
    stop = threading.Event()
    threading.Thread(target=_watch, args=(parent, stop), name="parent", daemon=True).start()
    with open_desk(place) as desk:
        sender = senders(desk, place, allowed_networks(networks))
        Worker(desk, KINDS, stop=stop, sender=sender, lease=lease).run()


def _watch(parent: Connection, stop: threading.Event) -> None:
    with contextlib.suppress(EOFError, OSError):
        parent.recv()
    stop.set()
