"""Filters of ListFootprints and of requests: read, and asked of the table.

Inside one name any value may match, between names all must. Letters match without case. A value that is none of a
word's (a status nobody has) matches nothing and is no fault. An empty value is no filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from lca.faults import Collector, Fault
from service.pact.models import PactFootprintRow, PactTermRow
from service.pact.publish import PARTNER, STAMP

TERMS: Final = ("productId", "companyId", "geography", "classification")
TIMES: Final = ("validOn", "validAfter", "validBefore")
NAMES: Final = (*TERMS, *TIMES, "status")
LONGEST: Final = 200
"""Values of one request; a query of thousands is a mistake or an attack."""
_UNENCODED: Final = re.compile(r" (\d\d:?\d\d)$")
"""``+`` of an offset that the sender did not encode reads as a blank."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: values by name."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def conditions(self, tenant: str, partner: str) -> list[ColumnElement[bool]]:
        """As conditions on :class:`PactFootprintRow`; ``partner``: who asks, empty for one without a registration."""
        row = PactFootprintRow
        found = [row.tenant_id == tenant, _visible(partner)]
        for name, values in self.values.items():
            if name in TERMS:
                found.append(_has(tenant, name, [value.lower() for value in values]))
            elif name == "status":
                found.append(func.lower(row.status).in_([value.lower() for value in values]))
            else:
                found.append(or_(*(_when(name, value) for value in values)))
        return found


def of_query(pairs: Iterable[tuple[str, str]], wrong: Collector) -> Filters:
    """From the parameters of a query, in the order given."""
    kept: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:
            kept.setdefault(name, []).append(value)
    return _checked(kept, wrong, "query")


def of_data(data: Mapping[str, Any], wrong: Collector) -> Filters:
    """From the data of a RequestCreatedEvent: each member a text or a list of texts."""
    kept: dict[str, list[str]] = {}
    for name in NAMES:
        given = data.get(name)
        values = given if isinstance(given, list) else [given] if given is not None else []
        if not all(isinstance(value, str) for value in values):
            expected = "a text or a list of texts"
            wrong.add(Fault("pact_event_form", f"/data/{name}", found=type(given).__name__, expected=expected))
            continue
        if kept_values := [value for value in values if value]:
            kept[name] = kept_values
    return _checked(kept, wrong, "/data")


def moment(text: str) -> datetime | None:
    """A date-time with its offset, or None. A blank before the offset is a plus that was not encoded."""
    try:
        at = datetime.fromisoformat(_UNENCODED.sub(r"+\1", text))
    except ValueError:
        return None
    try:
        return None if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None


def _checked(kept: Mapping[str, Sequence[str]], wrong: Collector, where: str) -> Filters:
    found: dict[str, tuple[str, ...]] = {}
    if sum(map(len, kept.values())) > LONGEST:
        wrong.add(Fault("pact_filter", where, f"{sum(map(len, kept.values()))} values", f"at most {LONGEST}"))
        return Filters()
    for name, values in kept.items():
        if name in TIMES:
            texts = []
            for value in values:
                at = moment(value)
                if at is None:
                    expected = "a date-time with its offset, 2026-01-31T00:00:00Z"
                    wrong.add(Fault("pact_filter", f"{where}/{name}", found=value[:80], expected=expected))
                else:
                    texts.append(at.strftime(STAMP).rjust(27, "0"))
            found[name] = tuple(texts)
        else:
            found[name] = tuple(values)
    return Filters(found)


def _has(tenant: str, name: str, values: Sequence[str]) -> ColumnElement[bool]:
    """By the index of terms, not footprint by footprint: most questions are for one product."""
    term = PactTermRow
    found = select(term.footprint_id).where(term.tenant_id == tenant, term.name == name, term.value.in_(values))
    return PactFootprintRow.id.in_(found)


def _visible(partner: str) -> ColumnElement[bool]:
    """Footprints for named partners are theirs only."""
    term, row = PactTermRow, PactFootprintRow
    named = and_(term.tenant_id == row.tenant_id, term.footprint_id == row.id, term.name == PARTNER)
    everybody = ~exists(select(term.value).where(named))
    return or_(everybody, exists(select(term.value).where(named, term.value == partner))) if partner else everybody


def _when(name: str, text: str) -> ColumnElement[bool]:
    """``validOn``: start <= x <= end, the end included as the conformance service has it; ``validAfter``: start > x;
    ``validBefore``: end < x."""
    row = PactFootprintRow
    if name == "validOn":
        return and_(row.valid_from <= text, row.valid_to >= text)
    return row.valid_from > text if name == "validAfter" else row.valid_to < text
