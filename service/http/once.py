"""``Idempotency-Key``: the same key and body get the same answer, once the work is done.

The answer is written in the transaction that does the work, so there is no state between the two: a process that is
killed has done both or nothing, and two at once race to one row. Keys are kept for :data:`HOURS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.store import READ_ONLY
from lca.faults import Fault, Refused
from service.companies.access import Caller
from service.companies.models import IdempotencyRow
from service.desk import Desk

HOURS: Final = 48
LONGEST: Final = 200
Beside = Callable[[Session, int, Mapping[str, Any]], None]
"""Writes the answer (status, body) into the transaction that did the work."""


class PlainJson(JSONResponse):
    """An answer of plain JSON: text, whole numbers, lists, objects."""

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body of an answer, and whether it was given before."""

    status: int
    body: Any
    again: bool = False


class Once:
    """One POST with a key, or without: then nothing is looked up and nothing kept."""

    def __init__(self, desk: Desk, caller: Caller, route: str, key: str, content: bytes) -> None:
        if len(key) > LONGEST or not key.isprintable():
            expected = f"at most {LONGEST} printable characters"
            raise Refused([Fault("idempotency_form", "Idempotency-Key", found=key[:60], expected=expected)])
        self._desk, self._key = desk, key
        self._sha256 = hashlib.sha256(content).hexdigest()
        who = caller.credential_id or caller.account_id or caller.actor
        self._where = {"tenant_id": desk.tenant, "caller": who, "route": route, "key": key}

    def found(self) -> Answer | None:
        """The answer that was given to this key and body.

        Raises:
            Refused: ``idempotency_other_body`` where the key came with another body before.
        """
        if not self._key:
            return None
        with Session(self._desk.engine.execution_options(**{READ_ONLY: True})) as session:
            row = session.get(IdempotencyRow, self._where)
            if row is None:
                return None
            if row.body_sha256 != self._sha256:
                expected = "the body that came with this key first"
                raise Refused([Fault("idempotency_other_body", "Idempotency-Key", self._key, expected)])
            return Answer(row.status, json.loads(row.body), again=True)

    def keep(self, session: Session, status: int, body: Any) -> None:
        """Write the answer into the transaction that does the work; without a key, nothing."""
        if not self._key:
            return
        now = datetime.now(UTC)
        old = (now - timedelta(hours=HOURS)).isoformat(timespec="seconds")
        gone = (IdempotencyRow.tenant_id == self._desk.tenant) & (IdempotencyRow.at < old)
        session.execute(delete(IdempotencyRow).where(gone))
        session.add(
            IdempotencyRow(
                **self._where, body_sha256=self._sha256, status=status, headers="{}",
                body=json.dumps(body, ensure_ascii=False), at=now.isoformat(timespec="seconds"),
            )
        )  # fmt: skip
        session.flush()

    def keep_after(self, status: int, body: Any) -> None:
        """Write the answer after work that is the same when it is done twice."""
        if self._key:
            with Session(self._desk.engine) as session, session.begin():
                self.keep(session, status, body)

    def answer(self, work: Callable[[], tuple[int, Any]]) -> Answer:
        """The answer that was given before, or that of ``work``, which calls :meth:`keep` where it commits.

        Whoever loses a race against the same key gets the winner's answer.
        """
        if (before := self.found()) is not None:
            return before
        try:
            return Answer(*work())
        except IntegrityError:
            if (winner := self.found()) is not None:
                return winner
            raise


def answered(
    request: Request, who: Caller, desk: Desk, content: bytes, work: Callable[[], tuple[int, Any]], *,
    secret: bool = False,
) -> Answer:  # fmt: skip
    """The answer to a POST whose work is the same when it is done twice, or shows a secret.

    The answer is kept after the work. One that shows a secret is not kept, and a second request is refused.

    Raises:
        Refused: ``made_once``; ``idempotency_other_body``; ``idempotency_form``.
    """
    key = request.headers.get("idempotency-key", "")
    once = Once(desk, who, f"{request.method} {request.url.path}", key, content)
    before = once.found()
    if before is not None:
        if secret:
            expected = "a new Idempotency-Key; revoke what was made and not received"
            raise Refused([Fault("made_once", "Idempotency-Key", found=key, expected=expected)])
        return before
    status, body = work()
    once.keep_after(status, {"id": body.get("id", "")} if secret else body)
    return Answer(status, body)


def as_json(found: Answer, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer with the header that says whether it was given before."""
    again = {"Idempotent-Replayed": "true"} if found.again else {}
    return PlainJson(found.body, found.status, {**(headers or {}), **again})
