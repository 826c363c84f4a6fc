"""Calculate what a page was given, seal it, and go to what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.responses import Response

from service.calculate import Asked, Calculated, Records, calculate
from service.companies.audit import append_all
from service.http.pages import shell
from service.http.pages.visit import Visit
from service.http.problems import request_id
from service.http.who import apart
from service.intake import Sent

Read = Callable[[], Sent]


async def calculated(visit: Visit, read: Read, asked: Asked) -> Calculated:
    """Read, calculate and seal, on a thread; the audit entries stand in the transaction that seals.

    Raises:
        Refused: what the reading and :func:`service.calculate.calculate` refuse.
    """
    desk, who, state = visit.desk, visit.caller, visit.request.app.state

    def beside(records: Records) -> Any:
        def write(session: Session, new: tuple[bool, ...]) -> None:
            names = [record["name"] for record, fresh in zip(records, new, strict=True) if fresh]
            append_all(session, desk.tenant, who.actor, "record.sealed", names, {}, request_id(visit.request))

        return write

    def work() -> Calculated:
        with state.counts.calculation.time():
            sent = read()
            done = calculate(
                sent, asked, desk.records, caller=who.actor, releases=partial(state.shelf.release, desk), beside=beside
            )
        state.counts.sealed.inc(sum(done.new))
        return done

    return await apart(work)


def shown(visit: Visit, done: Calculated) -> Response:
    """On to the one record, or to the list of those that the works has."""
    names = [record["name"] for record in done.records]
    if len(names) == 1:
        return shell.go(visit, f"/records/{names[0]}")
    return shell.go(visit, f"/calculated?{urlencode([('record', name[:16]) for name in names])}")
