"""Answers about jobs and webhooks."""

from __future__ import annotations

from typing import Final

from service.batch.results import result_schema
from service.http.answers.headers import ACCEPTED, CACHE, RETRY
from service.http.answers.notation import (
    SHA,
    Answer,
    Schema,
    closed,
    decimal,
    either,
    flag,
    form,
    listed,
    mapped,
    named,
    of,
    optional,
    text,
    time,
    whole,
    word,
)
from service.http.answers.refusal import FAULTS, PROBLEM
from service.http.answers.result import BAND, figure
from service.jobs.job import STATES
from service.jobs.kinds import KINDS

_ITEMS: Final = whole("How many items.", 2)
_OK: Final = flag("Whether nothing failed.", True)
_FAILED: Final = whole("Items that failed.", 0)
_NEW: Final = whole("Records that are new.", 4)
_PERIOD: Final = text("Period, first and last month.", "2026-01..2026-12")
_MOVED: Final = {
    "number": text("Own number of the product.", "BR-1"),
    "plant": text("Plant.", "E1"),
    "after": either("kg CO2e per unit with the other releases.", decimal("A figure.", "4.81"), BAND),
}
COUNTS: Final = form(
    "Counts", "What calculations came to.", ok=_OK, items=_ITEMS, results=whole("Products with a result.", 4),
    failed=_FAILED, new_records=_NEW,
)  # fmt: skip
NIGHT: Final = form(
    "Night", "What a night came to.", ok=_OK, period=_PERIOD,
    materials=text("Newest version of the materials that it knew.", "2026-11-21#5"),
    items=_ITEMS,
    calculated=whole("Items that were calculated.", 3),
    unchanged=whole("Products that had not changed.", 0),
    new_records=_NEW,
    not_sealed=whole("Results that were not sealed.", 0),
    footprints_changed=whole("Footprints that came into force or became stale.", 3),
    failed=_FAILED,
)  # fmt: skip
DRY_RUN: Final = form(
    "DryRunResult", "What would move; nothing was stored.", period=_PERIOD,
    releases=listed({"type": "string"}, "Factor releases it was calculated with.", "cn-2026.1"),
    threshold_per_cent=decimal("Per cent from which a product is listed.", "1"),
    items=_ITEMS,
    compared=whole("Products that have a footprint in force.", 3),
    moves=listed(
        closed(
            "A product that moves.", **_MOVED,
            before=figure("kg CO2e per unit now.", "4.95554"),
            per_cent=decimal("By how many per cent; empty where that is no number.", "-2.937", blank=True),
            record=text("Name of the record in force; empty where it is not sealed.", SHA),
        ),
        "Products that move by more than the threshold, the largest first.",
    ),
    new=listed(closed("A product.", **_MOVED), "Products without a footprint in force."),
    failed=mapped(
        {"type": "array", "items": {"type": "string"}}, "Codes of the faults by item that would fail.",
        {"W1/SET-9": ["batch_supplier_failed"]},
    ),
)  # fmt: skip
JOB: Final = form(
    "Job", "A job, as it is now.",
    id=text("Id of the job.", "3ff4eebd094444779163cfffd9951ac6"),
    kind=word("What it does.", *KINDS),
    state=word("How far it is.", *STATES),
    progress=closed(
        "Progress.",
        done=whole("Items done.", 0), total=whole("Items in all, 0 until it is known.", 0),
        unit=word("What is counted.", "items"),
    ),
    created_at=time("When it was accepted.", "2026-11-21T16:32:48.415Z"),
    started_at=time("When a worker took it; empty before.", blank=True),
    finished_at=time("When it ended; empty before.", blank=True),
    attempts=whole("How often a worker took it.", 0),
    cancel_asked=flag("Whether its end was asked for.", False),
    result=optional(either("What it came to; absent before its end.", COUNTS, NIGHT, DRY_RUN)),
    error=optional(of(PROBLEM, "Why it failed; absent where it did not.")),
)  # fmt: skip
_LINE: Final = result_schema()
LINE: Final = named("BatchLine", {key: part for key, part in _LINE.items() if key not in ("$schema", "title")} | {
    "description": "A product's result.",
    "examples": [{
        "item": "works-1", "product": "P.O-42.5", "label": {"en": "Ordinary Portland cement P.O 42.5"},
        "status": "complete_with_proxies", "total": "735.893", "unit": "kg CO2e", "per": {"amount": "1", "unit": "t"},
        "stages": {"raw_material": "5.40758", "transport": "19.5262", "clinker": "689.677", "grinding": "21.2818"},
        "rule": "cement 1.0.0", "regime": "gbt24067", "releases": ["cn-2026.1"], "record": SHA, "not_sealed": "",
        "unchanged": False,
    }],
})  # fmt: skip
_ITEM: Final = text("Id of the item.", "works-1")
ITEM: Final = either(
    "What came of an item.",
    form(
        "ItemDone", "An item that was calculated.", item=_ITEM, ok={**flag("Always true.", True), "const": True},
        results=listed(LINE, "A line per product."),
    ),
    form(
        "ItemFailed", "An item that failed.", item=_ITEM, ok={**flag("Always false.", False), "const": False},
        detail=text("The first fault in a sentence.", "The mandatory input clinker_produced is missing."),
        errors=FAULTS,
    ),
)  # fmt: skip
_HOOK: Final = {
    "id": text("Id of the webhook.", "dd81cc0631ba4d42a2b1b2e596e7d1f1"),
    "url": text("Address that is told.", "https://erp.company.example/pcf"),
    "created_at": time("When it was registered.", "2026-11-21T16:32:49.255Z"),
    "old_until": time("Until when the secret before signs too; empty for none.", blank=True),
}
HOOK: Final = form("Webhook", "A webhook, without its secret.", **_HOOK)
SECRET: Final = form(
    "WebhookWithSecret", "A webhook.", **_HOOK,
    secret=text("Its secret, shown here and nowhere else (docs/jobs.md).", "whsec_qtDwgFnrFFFvkTk/7RhMTbsHhPq2iANPVk"),
)  # fmt: skip
_DELIVERY: Final = text("Id of the delivery.", "64d5b40a538e430ea742901cb0b6dd50")


def tried(**more: Schema) -> Schema:
    """The log of attempts; ``more`` than when and why."""
    error = text("Why there is no good answer; empty where there is.", "")
    at = time("When.", "2026-11-21T16:32:49.463Z")
    return listed(closed("An attempt.", at=at, **more, error=error), "The last attempts, oldest first.")


DELIVERY: Final = form(
    "Delivery", "An event that was sent, or is to be.",
    id=_DELIVERY,
    job_id=text("Job that it tells of; empty for a test.", "3ff4eebd094444779163cfffd9951ac6"),
    type=text("Type of the event.", "pcf.job.succeeded"),
    state=word("How far it is.", "delivered", "pending", "given_up"),
    attempts=whole("Attempts so far.", 1),
    last_status=whole("HTTP status of the last, 0 for none.", 204),
    created_at=time("When the event was written.", "2026-11-21T16:32:49.278Z"),
    next_at=time("When the next attempt is due; empty for none.", blank=True),
    log=tried(status=whole("HTTP status, 0 for none.", 204)),
)  # fmt: skip
_SENT: Final = closed("What is sent.", delivery=_DELIVERY)

ACCEPTED_JOB: Final = Answer("Accepted: it is kept, and a worker does it.", JOB, ACCEPTED)
ANSWERS: Final = {
    "submitJob": ACCEPTED_JOB,
    "startNight": ACCEPTED_JOB,
    "startDryRun": ACCEPTED_JOB,
    "listJobs": Answer("Jobs.", closed("A page.", jobs=listed(JOB, "Jobs, newest first."))),
    "getJob": Answer("The job.", JOB, (RETRY,)),
    "cancelJob": Answer("Its end is asked for.", JOB),
    "getJobResults": Answer("Items.", closed("A page.", items=listed(ITEM, "What came of the items, by item."))),
    "listWebhooks": Answer("Webhooks.", closed("Webhooks.", webhooks=listed(HOOK, "Webhooks in use, by id."))),
    "makeWebhook": Answer("Registered.", SECRET, (CACHE,)),
    "rotateWebhookSecret": Answer("Changed.", SECRET, (CACHE,)),
    "testWebhook": Answer("To be sent.", _SENT),
    "removeWebhook": Answer("Removed."),
    "listDeliveries": Answer(
        "Deliveries.", closed("Deliveries.", deliveries=listed(DELIVERY, "What was sent, newest first."))
    ),
    "redeliver": Answer("To be sent.", _SENT),
}
