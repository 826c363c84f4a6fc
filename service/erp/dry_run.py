"""A dry run as a job: a period with other releases, nothing stored, what moves listed in the job's result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from service.desk import Desk
from service.erp.night import Wanted, what_moves
from service.jobs.job import Job
from service.jobs.queue import Beside, Queue
from service.jobs.worker import Progress

KIND: Final = "erp_dry_run"
THRESHOLD: Final = "1"
"""Per cent from which a product is listed, where nothing is said."""
_KEYS: Final = ("period", "release", "regime", "threshold")


def checked(request: Mapping[str, Any]) -> dict[str, str]:
    """``{period, release, regime, threshold}`` as text, all but the period optional.

    Raises:
        Refused: ``job_request`` for each part that is not of this form; ``erp_period``; what a number refuses.
    """
    faults = Collector()
    for name, value in sorted(request.items()):
        if name not in _KEYS:
            faults.add(Fault("job_request", f"/{name}", found=str(name)[:60], expected=", ".join(_KEYS)))
        elif not isinstance(value, str):
            faults.add(Fault("job_request", f"/{name}", found=repr(value)[:60], expected="text"))
    faults.raise_if_any()
    kept = {"threshold": THRESHOLD, "period": "", **request}
    with faults.catching("/threshold"):
        if Exact.parse(kept["threshold"], "/threshold") < 0:
            raise Refused([Fault("job_request", "/threshold", kept["threshold"], "per cent, 0 or more")])
    with faults.catching("/period"):
        Wanted(kept["period"]).checked()
    faults.raise_if_any()
    return kept


def submit(
    desk: Desk, request: Mapping[str, Any], *, caller: str, webhook: str = "", beside: Beside | None = None
) -> Job:
    """Accept a dry run; a worker does it.

    Raises:
        Refused: as :func:`checked`; ``webhook_unknown``.
    """
    asked = checked(request)
    return Queue(desk.engine, desk.tenant).put(KIND, asked, caller=caller, webhook=webhook, beside=beside)


def dry_run(desk: Desk, job: Job, progress: Progress) -> Mapping[str, Any]:
    """What a worker does with it: the moves, with the codes of what would fail."""
    asked = job.asked
    wanted = Wanted(asked["period"], release=asked.get("release", ""), regime=asked.get("regime", ""))
    found = what_moves(desk, wanted, threshold=Exact.parse(asked["threshold"]), progress=progress)
    failed = {item: sorted({fault.code for fault in faults}) for item, faults in found["failed"].items()}
    return {**found, "failed": failed}
