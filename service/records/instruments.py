"""The ledger of instruments (凭证台账): how many MWh of each are drawn, by whom, over all records of a store.

A study is a works, a rule and a period. Its products share what it draws in equal shares; sealing it again replaces its
former draw; a withdrawn record frees its share. The check runs when a record is sealed and its outcome stands in the
statement; a re-run does not repeat it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lca.exact import ZERO, Exact
from lca.faults import Fault
from lca.inventory import Inventory
from pcr.activity import Given, Row
from service.models import InstrumentDrawRow, WithdrawalRow
from service.records.sections import sha256


@dataclass(frozen=True, slots=True)
class Draw:
    """MWh of one instrument that a study draws, and how many the instrument holds."""

    instrument: str
    drawn: Exact
    holds: Exact


def study_of(given: Given) -> str:
    """The key of a study: the same works, rule and period replace their own draw."""
    name = sorted(given.works.name.items())
    return sha256([given.rule.partition(" ")[0], [list(item) for item in name], given.start, given.end])


def draws(given: Given, inventory: Inventory) -> list[Draw]:
    """What the accepted claims of a study draw; a claim the regime does not look at draws nothing."""
    accepted = {
        item.row
        for item in inventory.electricity
        if item.supply.startswith("grid, ") and not any(code.startswith("ELEC_INSTRUMENT") for code in item.codes)
    }
    rows: list[Row] = [row for row in given.rows if row.id in accepted and row.supply is not None]
    found: dict[str, Draw] = {}
    for row in rows:
        for item in row.supply.instruments if row.supply else ():
            former = found.get(item.id, Draw(item.id, ZERO, item.holds if item.holds is not None else item.mwh))
            found[item.id] = Draw(item.id, former.drawn + item.mwh, former.holds)
    return [found[name] for name in sorted(found)]


def clashes(session: Session, tenant: str, study: str, wanted: Sequence[Draw]) -> list[Fault]:
    """Instruments that hold too little beside other studies' draws; of other tenants only *used elsewhere* is said."""
    faults = []
    for draw in wanted:
        others = [row for row in _in_force(session, tenant, draw.instrument) if row.study != study]
        used = sum((Exact.from_record(row.drawn_mwh) for row in others), ZERO)
        if used + draw.drawn <= draw.holds:
            continue
        mine = sorted({row.record_name[:12] for row in others if row.record_name})
        where = "by " + ", ".join(mine) if mine else "elsewhere"
        found = f"{draw.instrument}: {used} MWh used {where}, {draw.drawn} more asked for"
        expected = f"{draw.holds} MWh in all"
        values = {"instrument": draw.instrument}
        faults.append(Fault("ELEC_DUPLICATE_INSTRUMENT", draw.instrument, found, expected, values=values))
    return faults


@dataclass(frozen=True, slots=True)
class _InForce:
    """A draw in force: the latest serial of its study, of a record that is not withdrawn."""

    study: str
    """Empty for a study of another company, and so is the record."""
    record_name: str
    drawn_mwh: str


def _in_force(session: Session, tenant: str, instrument: str) -> list[_InForce]:
    """Draws of all companies of the store: a certificate is used once, whoever uses it.

    This is the one look over the wall between companies; PostgreSQL answers it by a function that names nobody else,
    and holds whoever asks for the same instrument until the transaction ends.
    """
    if session.get_bind().dialect.name != "sqlite":
        query = text("SELECT study, record_name, drawn_mwh FROM pcf_draws_in_force(:instrument)")
        return [_InForce(*row) for row in session.execute(query, {"instrument": instrument})]
    rows = session.scalars(select(InstrumentDrawRow).where(InstrumentDrawRow.instrument == instrument)).all()
    kept = []
    for row in rows:
        newest = select(func.max(InstrumentDrawRow.serial)).where(
            InstrumentDrawRow.tenant_id == row.tenant_id, InstrumentDrawRow.study == row.study
        )
        gone = session.get(WithdrawalRow, (row.tenant_id, row.record_name)) is not None
        if row.serial == session.scalar(newest) and not gone:
            own = row.tenant_id == tenant
            kept.append(_InForce(row.study if own else "", row.record_name if own else "", row.drawn_mwh))
    return kept


def book(session: Session, tenant: str, study: str, names: Mapping[str, str], wanted: Sequence[Draw], at: str) -> None:
    """Write the draw of a study, in equal shares over its records. ``names``: product to record name."""
    former = select(InstrumentDrawRow.serial).where(
        InstrumentDrawRow.tenant_id == tenant, InstrumentDrawRow.study == study
    )
    serial = max(session.scalars(former), default=0) + 1
    for draw in wanted:
        for product, name in sorted(names.items()):
            session.add(
                InstrumentDrawRow(
                    tenant_id=tenant,
                    id=uuid.uuid4().hex,
                    study=study,
                    product=product,
                    record_name=name,
                    instrument=draw.instrument,
                    drawn_mwh=(draw.drawn / len(names)).text(),
                    holds_mwh=draw.holds.text(),
                    at=at,
                    serial=serial,
                )
            )
