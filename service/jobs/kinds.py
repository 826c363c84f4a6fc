"""Kinds of jobs that workers do. ``calculations``: many works that came in one request, as ``pcf batch`` does them.

Results stand in ``batch_item`` under the job's id, each item from the moment it is done, so a caller may read them
while the job goes on, and after it was cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lca.faults import Collector, Fault, Refused
from service.desk import Desk
from service.jobs.job import Job
from service.jobs.memory import Memory
from service.jobs.worker import Kind, Progress
from service.series import MOST

CALCULATIONS: Final = "calculations"
MODES: Final = ("changed", "all", "none")
MOST_ITEMS: Final = 10_000
_KEYS: Final = ("items", "regime", "release", "draft", "seal")


def calculations(desk: Desk, job: Job, progress: Progress) -> Mapping[str, Any]:
    """Calculate the items of a request (:func:`checked`) and seal what may be sealed.

    Returns:
        items, results, failed, new records and whether nothing failed.
    """
    from service.batch.bench import make_bench  # heavy: the rules and their releases
    from service.batch.items import of_documents
    from service.batch.run import run_items
    from service.calculate import Asked

    asked, seal = job.asked, job.asked.get("seal", "changed")
    wanted = Asked(**{name: asked[name] for name in ("regime", "release", "draft") if name in asked})
    store = None if seal == "none" else desk.records
    bench = make_bench(wanted, seal, desk.release, store, caller=f"job {job.id}")
    memory = Memory(desk.engine, job.series, job.id, tenant=desk.tenant, again=seal == "all")
    done = run_items(of_documents(asked["items"]), bench, memory, progress)
    memory.fail(done.failed)
    return {
        "ok": not done.failed,
        "items": done.items,
        "results": len(done.lines),
        "failed": len(done.failed),
        "new_records": done.sealed + done.sealed_before,
    }


def erp(desk: Desk, job: Job, progress: Progress) -> Mapping[str, Any]:
    """A night over a company's products (:mod:`service.erp.job`)."""
    from service.erp.job import night  # heavy, as above

    return night(desk, job, progress)


def erp_dry_run(desk: Desk, job: Job, progress: Progress) -> Mapping[str, Any]:
    """A night with other releases that stores nothing (:mod:`service.erp.dry_run`)."""
    from service.erp.dry_run import dry_run

    return dry_run(desk, job, progress)


KINDS: Final[Mapping[str, Kind]] = {CALCULATIONS: calculations, "erp": erp, "erp_dry_run": erp_dry_run}


def checked(request: Any) -> dict[str, Any]:
    """A request for ``calculations``: ``{items: [{id, data, series}], regime, release, draft, seal}``; all but
    ``items`` with ``id`` and ``data`` optional.

    What is inside ``data`` and ``series`` is looked at when the item is calculated, and fails that item alone.

    Raises:
        Refused: ``job_request`` for each part that is not of this form, all at once.
    """
    if not isinstance(request, dict):
        raise Refused([Fault("job_request", "/", type(request).__name__, "an object with items")])
    faults = Collector()
    for name in sorted(set(request) - set(_KEYS)):
        faults.add(Fault("job_request", f"/{name}", found=name, expected=", ".join(_KEYS)))
    for name in ("regime", "release"):
        if not isinstance(request.get(name, ""), str):
            faults.add(Fault("job_request", f"/{name}", found=repr(request[name])[:60], expected="text"))
    if not isinstance(request.get("draft", False), bool):
        faults.add(Fault("job_request", "/draft", found=repr(request["draft"])[:60], expected="true or false"))
    if request.get("seal", "changed") not in MODES:
        faults.add(Fault("job_request", "/seal", found=repr(request["seal"])[:60], expected=", ".join(MODES)))
    items = request.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        found = f"{len(items):,} items" if isinstance(items, list) else type(items).__name__
        faults.add(Fault("job_request", "/items", found=found, expected=f"a list of 1 to {MOST_ITEMS:,} items"))
    else:
        _check_items(items, faults)
    faults.raise_if_any()
    return request


def _check_items(items: Sequence[Any], faults: Collector) -> None:
    names: set[str] = set()
    for number, item in enumerate(items):
        where = f"/items/{number}"
        form = isinstance(item, dict) and {"id", "data"} <= set(item) <= {"id", "data", "series"}
        if not form or not isinstance(item["data"], dict):
            expected = "an object with id, data (the activity data) and, where rows name files, series"
            faults.add(Fault("job_request", where, found=repr(item)[:60], expected=expected))
            continue
        series = item.get("series", {})
        if not isinstance(series, dict) or len(series) > MOST or not all(isinstance(t, str) for t in series.values()):
            found = f"{len(series)} files" if isinstance(series, dict) else type(series).__name__
            expected = f"the text of each CSV by its name, at most {MOST}"
            faults.add(Fault("job_request", f"{where}/series", found=found, expected=expected))
        name = item["id"]
        if not isinstance(name, str) or not name.strip() or len(name) > 200 or not name.isprintable():
            expected = "printable text of at most 200 characters"
            faults.add(Fault("job_request", f"{where}/id", found=repr(name)[:60], expected=expected))
        elif name in names:
            faults.add(Fault("job_request", f"{where}/id", found=f"{name} again", expected="each id once"))
        else:
            names.add(name)
