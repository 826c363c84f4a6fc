"""Keep an annex with the record it belongs to: a run beside it, which no digest and no digit of the record sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lca.faults import Fault, Refused
from service.calculate import Asked, derive, environment, records_of
from service.desk import Desk
from service.intake import Sent

KIND: Final = "uncertainty"
TOLERANCE: Final = "the same bytes on one build; three significant digits across builds"


def keep(desk: Desk, sent: Sent, side: Any, asked: Asked, annex: Mapping[str, Any], caller: str) -> str:
    """Append the annex, with the distributions that made it, to the runs of its product's record; the record's name.

    Raises:
        Refused: ``uncertainty_no_record`` where the record of these data is not in the store; what
            :func:`service.calculate.derive` refuses.
    """
    derived = derive(sent, asked, desk.release)
    name = next(
        record["name"]
        for record in records_of(derived, desk.records.secret())
        if record["sections"]["derivation/identity"]["product"] == annex["product"]
    )
    if not desk.records.held([name]):
        found = f"no record {name[:16]} of {annex['product']}"
        raise Refused([Fault("uncertainty_no_record", "--keep", found=found, expected="a sealed record of these data")])
    body = {"caller": caller, "environment": environment(), "tolerance": TOLERANCE, "stated": side, "annex": annex}
    desk.records.add_run(name, KIND, body)
    return str(name)
