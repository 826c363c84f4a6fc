"""Fetch a supplier's footprints now: ListFootprints along its pages, and into the supplier layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from lca.faults import Collector, Fault, Refused
from service.companies.audit import append
from service.desk import Desk
from service.pact.filters import NAMES, of_data
from service.pact.partners import kept_secret, named
from service.pact.sealing import opened
from service.pact.taking import Taken, take_in
from service.pact.wire import Line, Network
from service.records.keys import KeyFolder

MOST: Final = 10_000
"""Footprints of one fetch."""


def fetch(
    desk: Desk,
    folder: KeyFolder,
    network: Network,
    partner_id: str,
    filters: Mapping[str, Sequence[str]],
    *,
    actor: str,
) -> Taken:
    """List a partner's footprints by filters and take them in.

    Raises:
        Refused: ``pact_partner_unknown``, ``pact_no_address``, ``pact_filter``, ``pact_answer``, ``pact_too_many``,
            ``key_file_missing``, ``pact_secret``, ``release_exists``.
    """
    partner = named(desk, partner_id)
    wrong = Collector()
    of_data({name: list(values) for name, values in filters.items()}, wrong)
    for name in sorted(set(filters) - set(NAMES)):
        wrong.add(Fault("pact_filter", name[:60], found=name[:60], expected=", ".join(NAMES)))
    if not partner.base_url:
        wrong.add(Fault("pact_no_address", partner.title, found="none", expected="the partner's base address"))
    wrong.raise_if_any()
    secret = opened(folder, desk.tenant, partner.id, kept_secret(desk, partner.id))
    line = Line(partner.base_url, partner.auth_url, partner.client_id, secret, network)
    documents = list(islice(line.footprints(filters), MOST + 1))
    if len(documents) > MOST:
        found, expected = f"more than {MOST:,} footprints", "filters that ask for fewer"
        raise Refused([Fault("pact_too_many", partner.title, found=found, expected=expected)])
    taken = take_in(desk, documents, partner.title)
    with Session(desk.engine) as session, session.begin():
        detail = {"factors": str(len(taken.factors)), "refused": str(len(taken.refused)), "release": taken.release}
        append(session, desk.tenant, actor, "pact.fetched", partner.id, detail)
    return taken
