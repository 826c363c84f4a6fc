"""The audit log: one chain per company; what was changed, taken out or moved is found, on both engines."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from factordb.models import Tenant
from factordb.store import of_tenant
from service.companies import audit
from service.records.store import RecordStore


def write(engine: Engine, *targets: str, tenant: str = "local") -> None:
    with Session(of_tenant(engine, tenant)) as session, session.begin():
        for target in targets:
            audit.append(session, tenant, "cli:test", "thing.done", target, {"why": "因为"}, "r-1")


def tamper(store: RecordStore, statement: str) -> None:
    """What an owner of a SQLite file can do: take the guard away, then change what it guarded."""
    with store.engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_entry_{verb}_guard"))
        connection.execute(text(statement))


def test_an_entry_is_the_hash_of_what_it_says_and_of_the_one_before(either_store: RecordStore) -> None:
    """Against the definition in plain Python: sorted keys without blanks are RFC 8785 where all values are text."""
    write(either_store.engine, "a", "b")
    previous = "0" * 64
    for entry in audit.entries(either_store.engine, "local"):
        body = {key: str(value) for key, value in asdict(entry).items() if key != "digest"}
        body |= {"schema": "pcf-audit/1", "tenant": "local"}
        plain = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry.previous == previous
        assert entry.digest == hashlib.sha256(plain.encode()).hexdigest()
        previous = entry.digest
    checked = audit.verify(either_store.engine, "local")
    assert (checked.entries, checked.head, checked.broken) == (2, previous, None)
    last = audit.head(either_store.engine, "local")
    assert last is not None and (last.serial, last.target, last.plain()["detail"]) == (2, "b", {"why": "因为"})


def test_each_company_has_a_chain_of_its_own(either_store: RecordStore) -> None:
    engine = either_store.engine
    with Session(of_tenant(engine, "acme")) as session, session.begin():
        session.add(Tenant(id="acme"))
    write(engine, "a", "b")
    write(engine, "c", tenant="acme")
    assert [entry.target for entry in audit.entries(engine, "acme")] == ["c"]
    assert audit.verify(engine, "acme").entries == 1
    mine, other = audit.head(engine, "local"), audit.head(engine, "acme")
    assert mine is not None and other is not None
    assert audit.find(engine, "local", 2, mine.digest) == mine
    assert audit.find(engine, "acme", 1, mine.digest) is None
    assert audit.find(engine, "local", 3, mine.digest) is None


def test_the_deed_and_its_entry_come_and_go_together(either_store: RecordStore) -> None:
    with pytest.raises(RuntimeError), Session(either_store.engine) as session, session.begin():
        audit.append(session, "local", "a", "b", "c")
        raise RuntimeError("the deed broke")
    assert audit.head(either_store.engine, "local") is None


def test_entries_are_never_changed_or_deleted(either_store: RecordStore) -> None:
    write(either_store.engine, "a")
    for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(DBAPIError, match=r"append_only|permission denied"),
            either_store.engine.begin() as connection,
        ):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "serial", "kind"),
    [
        ("UPDATE audit_entry SET actor = 'somebody else' WHERE serial = 2", 2, "changed"),
        ("UPDATE audit_entry SET detail = '{}' WHERE serial = 3", 3, "changed"),
        ("DELETE FROM audit_entry WHERE serial = 1", 1, "missing"),
        ("DELETE FROM audit_entry WHERE serial = 3", 3, "missing"),
        ("UPDATE audit_entry SET serial = 5 - serial WHERE serial IN (1, 4)", 1, "changed"),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(
    store: RecordStore, statement: str, serial: int, kind: str
) -> None:
    write(store.engine, "a", "b", "c", "d")
    if "5 - serial" in statement:  # two rows change places: by way of a free number
        tamper(store, "UPDATE audit_entry SET serial = 9 WHERE serial = 1")
        with store.engine.begin() as connection:
            connection.execute(text("UPDATE audit_entry SET serial = 1 WHERE serial = 4"))
            connection.execute(text("UPDATE audit_entry SET serial = 4 WHERE serial = 9"))
    else:
        tamper(store, statement)
    checked = audit.verify(store.engine, "local")
    assert checked.broken is not None
    assert (checked.broken.serial, checked.broken.kind, checked.entries) == (serial, kind, serial - 1)


def test_an_entry_forged_with_a_digest_that_fits_breaks_the_next(store: RecordStore) -> None:
    write(store.engine, "a", "b", "c")
    second = list(audit.entries(store.engine, "local"))[1]
    texts = {key: value for key, value in asdict(second).items() if key not in ("serial", "digest")}
    forged = audit._digest("local", 2, texts | {"target": "z"})
    tamper(store, f"UPDATE audit_entry SET target = 'z', digest = '{forged}' WHERE serial = 2")
    broken = audit.verify(store.engine, "local").broken
    assert broken is not None
    assert (broken.serial, broken.kind, broken.recorded, broken.found) == (3, "moved", second.digest, forged)


def test_writers_at_the_same_time_make_one_chain(either_store: RecordStore) -> None:
    errors: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(10):
                write(either_store.engine, f"{name}{number}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checked = audit.verify(either_store.engine, "local")
    assert (errors, checked.entries, checked.broken) == ([], 40, None)


@pytest.mark.parametrize("key", ["password", "client_secret", "Token", "key_passphrase"])
def test_a_secret_has_no_place_in_the_log(store: RecordStore, key: str) -> None:
    with pytest.raises(ValueError, match=key), Session(store.engine) as session, session.begin():
        audit.append(session, "local", "a", "b", "c", {key: "hunter2"})
    assert audit.head(store.engine, "local") is None


def test_a_before_and_an_after_stand_in_the_detail(store: RecordStore) -> None:
    with Session(store.engine) as session, session.begin():
        detail = {"before": {"role": "editor"}, "after": {"role": "owner", "days": 3}}
        audit.append(session, "local", "a", "account.change", "c", detail)
    entry = audit.head(store.engine, "local")
    assert entry is not None
    assert entry.detail == '{"after":{"days":"3","role":"owner"},"before":{"role":"editor"}}'
    with pytest.raises(ValueError, match="password"), Session(store.engine) as session, session.begin():
        audit.append(session, "local", "a", "account.change", "c", {"before": {"password": "x"}})


def test_what_a_stranger_typed_cannot_break_the_log_or_a_terminal(either_store: RecordStore) -> None:
    hostile = "a\x00b\x1b[2J\nc\ud800" + "x" * 5000
    write(either_store.engine, hostile)
    entry = audit.head(either_store.engine, "local")
    assert entry is not None and entry.target.startswith("a\ufffdb\ufffd[2J\ufffdc?xx")
    assert len(entry.target) == 1000 and entry.target.endswith("…")
    assert audit.verify(either_store.engine, "local").broken is None
