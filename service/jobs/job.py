"""A job as its callers see it: its row, read; its state told without the row's inner columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from lca.faults import Fault
from service.jobs.clock import times
from service.text.faults import problem
from service.text.words import Language

QUEUED: Final = "queued"
RUNNING: Final = "running"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
STATES: Final = (QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED)
OPEN: Final = (QUEUED, RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A job at the moment it was read. Times: seconds since 1970 by the database's clock, 0 for not yet."""

    tenant_id: str
    id: str
    kind: str
    series: str
    request: str
    request_sha256: str
    state: str
    caller: str
    created_at: float
    due_at: float
    started_at: float
    finished_at: float
    done: int
    total: int
    attempts: int
    worker: str
    """Who holds it; each taking has a name of its own, so that a holder whose lease ran out cannot end it."""
    lease_until: float
    cancel_asked: int
    error: str
    result: str
    webhook_id: str

    @property
    def asked(self) -> Any:
        """The request, read."""
        return json.loads(self.request)

    @property
    def ended(self) -> bool:
        return self.state not in OPEN

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why it failed, as it was kept; empty where it did not."""
        return tuple(Fault(**fault) for fault in json.loads(self.error or "[]"))

    def status(self, language: Language) -> dict[str, Any]:
        """What a caller may know: state, progress in items, times, faults, counts; never the request."""
        told: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "progress": {"done": self.done, "total": self.total, "unit": "items"},
            **times(self, "created_at", "started_at", "finished_at"),
            "attempts": self.attempts,
            "cancel_asked": bool(self.cancel_asked),
        }
        if self.result:
            told["result"] = json.loads(self.result)
        if self.error:
            told["error"] = problem(self.faults, language)
        return told


def kept(faults: Iterable[Fault]) -> str:
    """Faults as they are kept with a job."""
    return json.dumps([plain(fault) for fault in faults])


def plain(fault: Fault) -> dict[str, Any]:
    """A fault as JSON, with its values; :class:`Fault` reads it back."""
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(fault).items()}
