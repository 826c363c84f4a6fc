"""What a publisher says of a product beside the record: identifiers, and figures that no record holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused

URN: Final = re.compile(r"[uU][rR][nN]:[A-Za-z0-9][A-Za-z0-9-]{0,31}:\S+")
"""RFC 8141: ``urn:``, a namespace, and what is named; ``#`` would begin a fragment and is refused."""
FOSSIL: Final = "fossil"


@dataclass(frozen=True, slots=True)
class Stated:
    """A publication as it is asked for. Amounts are text; blank is not stated."""

    product_ids: tuple[str, ...] = ()
    classifications: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    """In place of the profile's."""
    name: str = ""
    """Trade name; blank: the record's label."""
    description: str = ""
    comment: str = ""
    mass: str = ""
    """kg of one declared unit, without packaging; where the record does not know it."""
    fossil_carbon: str = ""
    """kg of fossil carbon in one declared unit."""
    biogenic_carbon: str = ""
    """kg of biogenic carbon in one declared unit, where the record does not know it."""
    recycled_carbon: str = ""
    exempted: str = ""
    """Per cent left out, where the record has no ledger of it."""
    exempted_because: str = ""
    unsplit: str = ""
    """``fossil``: what bought factors brought without a split is counted as fossil. Blank: it is not known, and
    a record with such factors is refused."""
    valid_from: str = ""
    valid_to: str = ""
    """Days, the last one included; blank for the default of three years."""
    supersedes: str = ""
    """Id of the footprint this one takes the place of."""
    partners: tuple[str, ...] = ()
    """Ids of the partners who may see it; none named: all."""


def check(stated: Stated, faults: Collector) -> None:
    """Add what is wrong with the texts themselves."""
    for where, given in (
        ("product_ids", stated.product_ids), ("classifications", stated.classifications),
        ("company_ids", stated.company_ids),
    ):  # fmt: skip
        urns(given, where, faults)
    for where in ("mass", "fossil_carbon", "biogenic_carbon", "recycled_carbon", "exempted"):
        text = getattr(stated, where)
        if text:
            with faults.catching(where):
                if Exact.parse(text, where) < 0:
                    faults.add(Fault("pact_amount", where, found=text, expected="zero or more"))
    if stated.exempted and not stated.exempted_because:
        faults.add(Fault("pact_exempted_why", "exempted_because", found="blank", expected="what was left out and why"))
    if stated.unsplit not in ("", FOSSIL):
        faults.add(Fault("pact_unsplit_word", "unsplit", found=stated.unsplit[:60], expected=FOSSIL))


def urns(given: Iterable[str], where: str, faults: Collector) -> None:
    """Add a fault for each text that is no URN, or that stands twice."""
    seen: set[str] = set()
    for text in given:
        if not URN.fullmatch(text) or "#" in text:
            expected = "urn:<namespace>:<id> without blanks and #, e.g. urn:gtin:4712345060507"
            faults.add(Fault("pact_urn", where, found=text[:120], expected=expected))
        elif text.lower() in seen:
            faults.add(Fault("pact_urn", where, found=f"{text[:100]} twice", expected="each identifier once"))
        seen.add(text.lower())


def issued(domain: str, kind: str, name: str) -> str:
    """``urn:pact:<domain>:<kind>:<name>``, the form for identifiers nobody else issues.

    Raises:
        Refused: ``pact_urn`` for a name that has blanks or ``#``.
    """
    faults = Collector()
    made = f"urn:pact:{domain}:{kind}:{name}"
    urns([made], "product_ids", faults)
    if faults.faults:
        raise Refused(faults.faults)
    return made
