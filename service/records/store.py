"""Where records are kept: append a record, append a run, find one by name or the beginning of its name."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from factordb.models import LOCAL
from factordb.store import of_tenant
from lca.faults import Fault, Refused
from service.companies.audit import append
from service.models import ReceivedRow, RecordFactorRow, RecordRow, RunRow, StoreSecretRow, WithdrawalRow
from service.records.instruments import Draw, book, clashes
from service.records.signatures import with_signatures
from service.records.writing import Sealed, keep_uploads, now, run_row, write_records
from service.series import Attachment

Beside = Callable[[Session, tuple[bool, ...]], None]
"""Writes into the transaction that seals, told of each record whether it is new."""
OWN: Final = "record:"
"""Beginning of the factor id that a record of ours answers under."""


class RecordStore:
    """Records of one tenant in one database."""

    def __init__(self, engine: Engine, tenant: str = LOCAL) -> None:
        self.engine, self.tenant = of_tenant(engine, tenant), tenant
        self._secret: bytes | None = None

    def secret(self) -> bytes:
        """The store's secret, made once. Two processes may make it at the same time: the first one's stays."""
        if self._secret is None:
            self._secret = self._read_secret()
        return self._secret

    def _read_secret(self) -> bytes:
        while True:
            with Session(self.engine) as session:
                found = session.get(StoreSecretRow, self.tenant)
                if found is not None:
                    return bytes.fromhex(found.secret)
                session.add(StoreSecretRow(tenant_id=self.tenant, secret=secrets.token_hex(32)))
                try:
                    session.commit()
                except IntegrityError:
                    session.rollback()

    def seal(
        self,
        sealed: Sealed,
        uploads: Sequence[Attachment],
        study: str,
        wanted: Sequence[Draw],
        beside: Beside | None = None,
    ) -> tuple[bool, ...]:
        """Append the records of one study with their runs and its draw of instruments, all or nothing.

        A record that is already there gets a run only. ``sealed``: (record, run) by product. ``beside`` writes what
        must be there exactly when the records are: an audit entry, the answer to an idempotent request.

        Returns:
            For each record whether it is new.

        Raises:
            Refused: ``ELEC_DUPLICATE_INSTRUMENT`` where an instrument holds too little beside what others draw.
        """
        with Session(self.engine) as session, session.begin():
            faults = clashes(session, self.tenant, study, wanted)
            if faults:
                raise Refused(faults)
            kept = keep_uploads(session, self.tenant, uploads)
            new = write_records(session, self.tenant, sealed, kept)
            if wanted and any(new):
                names = {record["sections"]["derivation/identity"]["product"]: record["name"] for record, _ in sealed}
                book(session, self.tenant, study, names, wanted, now())
            if beside is not None:
                beside(session, new)
        return new

    def keep_received(self, factor_id: str, supplier: str, document: Mapping[str, Any]) -> None:
        """Keep what a supplier sent under the id of the factor it became; once."""
        with Session(self.engine) as session, session.begin():
            if session.get(ReceivedRow, (self.tenant, factor_id)) is None:
                body = json.dumps(document, ensure_ascii=False, sort_keys=True)
                row = {"id": factor_id, "supplier": supplier, "body": body, "at": now()}
                session.add(ReceivedRow(tenant_id=self.tenant, **row))

    def received(self, factor_id: str) -> dict[str, Any] | None:
        """What a supplier sent, or the record of this store that answers as ``record:<name>``, or None."""
        with Session(self.engine) as session:
            row: ReceivedRow | RecordRow | None = session.get(ReceivedRow, (self.tenant, factor_id))
            if row is None and factor_id.startswith(OWN):
                row = session.get(RecordRow, (self.tenant, factor_id.removeprefix(OWN)))
            return None if row is None else json.loads(row.body)

    def held(self, names: Iterable[str]) -> bool:
        """Whether every one of these records is stored here."""
        with Session(self.engine) as session:
            query = select(RecordRow.name).where(RecordRow.tenant_id == self.tenant)
            return all(session.scalars(query.where(RecordRow.name == name)).first() is not None for name in names)

    def withdraw(self, beginning: str, reason: str, actor: str = "pcf withdraw", request_id: str = "") -> str:
        """Withdraw a record: it stays as it is, and what it drew from instruments is free again. Returns its name."""
        name = str(self.get(beginning)["name"])
        with Session(self.engine) as session, session.begin():
            if session.get(WithdrawalRow, (self.tenant, name)) is None:
                session.add(WithdrawalRow(tenant_id=self.tenant, record_name=name, reason=reason, at=now()))
                append(session, self.tenant, actor, "record.withdrawn", name, {"reason": reason}, request_id)
        return name

    def add_run(self, name: str, kind: str, body: Mapping[str, Any]) -> None:
        """Append a run to a record that is there; a record of elsewhere leaves no trace."""
        with Session(self.engine) as session, session.begin():
            if session.get(RecordRow, (self.tenant, name)) is not None:
                session.add(RunRow(**run_row(self.tenant, name, kind, body)))

    def get(self, beginning: str) -> dict[str, Any]:
        """A record with its signatures by its name, or by eight or more characters of its beginning.

        Raises:
            Refused: ``record_unknown``, ``record_ambiguous``.
        """
        with Session(self.engine) as session:
            query = select(RecordRow).where(RecordRow.tenant_id == self.tenant)
            rows = session.scalars(query.where(RecordRow.name.startswith(beginning, autoescape=True)).limit(3)).all()
            if not rows or len(beginning) < 8:
                expected = "the name of a stored record, or its first eight characters"
                raise Refused([Fault("record_unknown", found=beginning, expected=expected)])
            if len(rows) > 1:
                found = ", ".join(row.name[:16] for row in rows)
                raise Refused([Fault("record_ambiguous", found=found, expected="more characters of the name")])
            return with_signatures(session, self.tenant, json.loads(rows[0].body))

    def using(self, factor_ids: Iterable[str]) -> dict[str, list[str]]:
        """Names of the records that use each factor; factors no record uses are left out."""
        wanted, found = set(factor_ids), defaultdict(set)
        with Session(self.engine) as session:
            query = select(RecordFactorRow.factor_id, RecordFactorRow.record_name)
            for factor_id, name in session.execute(query.where(RecordFactorRow.tenant_id == self.tenant)):
                if factor_id in wanted:
                    found[factor_id].add(name)
        return {factor_id: sorted(names) for factor_id, names in sorted(found.items())}

    def all_names(self) -> list[str]:
        """Every record of the store, withdrawn ones left out, sorted."""
        with Session(self.engine) as session:
            gone = select(WithdrawalRow.record_name).where(WithdrawalRow.tenant_id == self.tenant)
            query = select(RecordRow.name).where(RecordRow.tenant_id == self.tenant, RecordRow.name.not_in(gone))
            return sorted(session.scalars(query))

    def listing(
        self, limit: int = 50, *, after: tuple[str, str] | None = None, wanted: Mapping[str, str] | None = None,
        only: Iterable[str] = (),
    ) -> list[dict[str, str]]:  # fmt: skip
        """The newest records first: name, product, rule, regime, release, status, total, and when each was sealed.

        ``after``: (sealed_at, name) of the last row shown; ``wanted``: product, rule (its id) and status, blanks for
        any; ``only``: names to stay within.
        """
        asked = {key: value for key, value in (wanted or {}).items() if value}
        with Session(self.engine) as session:
            query = select(RecordRow).where(RecordRow.tenant_id == self.tenant)
            for key in {"product", "status"} & set(asked):
                query = query.where(getattr(RecordRow, key) == asked[key])
            if "rule" in asked:
                query = query.where(RecordRow.rule.startswith(f"{asked['rule']} ", autoescape=True))
            if names := list(only):
                query = query.where(RecordRow.name.in_(names))
            if after is not None:
                at, name = after
                later = (RecordRow.sealed_at == at) & (RecordRow.name > name)
                query = query.where((RecordRow.sealed_at < at) | later)
            rows = session.scalars(query.order_by(RecordRow.sealed_at.desc(), RecordRow.name).limit(limit)).all()
            keys = ("name", "product", "rule", "regime", "release", "status", "total", "sealed_at")
            return [{key: getattr(row, key) for key in keys} for row in rows]

    def runs(self, name: str) -> list[dict[str, Any]]:
        """The runs of a record, oldest first."""
        with Session(self.engine) as session:
            query = select(RunRow).where(RunRow.tenant_id == self.tenant, RunRow.record_name == name)
            return [
                {"id": row.id, "kind": row.kind, "at": row.at, **json.loads(row.body)}
                for row in session.scalars(query.order_by(RunRow.at, RunRow.id))
            ]
