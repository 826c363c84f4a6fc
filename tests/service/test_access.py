"""Keys, accounts and roles: what is shown once, what is refused, and that refusals do not tell what exists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lca.faults import Refused
from service.companies import accounts, keys
from service.companies.access import caller_of
from service.companies.accounts import accept, change_account, invite, new_company, sign_in, sign_out
from service.companies.audit import entries, verify
from service.companies.keys import Wanted, client_token, list_keys, new_key, replace_key, revoke_key
from service.companies.models import AccountRow, CredentialRow
from service.companies.roles import SCOPES
from service.records.store import RecordStore
from tests.fixtures.served import Served, serving
from tests.service import _cases

PASSWORD = "correct horse battery"


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.faults[0].code


def test_a_key_is_shown_once_and_kept_as_a_digest(either_store: RecordStore) -> None:
    engine = either_store.engine
    made = new_key(engine, "local", Wanted("ERP", "calculator", ("calc:run",)), "test")
    caller = caller_of(engine, made.text)
    assert (caller.tenant, caller.role, caller.scopes) == ("local", "calculator", {"calc:run"})
    assert caller.actor == f"key {made.id} ERP"
    with Session(engine) as session:
        secret = made.text.split("_", 4)[4]
        for table in ("credential", "audit_entry"):
            assert secret not in str(session.execute(text(f"SELECT * FROM {table}")).all())
    assert secret not in json.dumps(list_keys(engine, "local"))


def test_what_is_wrong_unknown_or_of_another_company_reads_the_same(either_store: RecordStore) -> None:
    engine = either_store.engine
    new_company(engine, "acme", "Acme")
    made = new_key(engine, "local", Wanted("ERP"), "test")
    head, secret = made.text.rsplit("_", 1)[0], made.text.split("_", 4)[4]
    said = set()
    for shown in (
        made.text[:-1] + ("A" if made.text[-1] != "A" else "B"),
        f"pcf_key_local_{'0' * 12}_{secret}",
        f"pcf_key_acme_{made.id}_{secret}",
        f"pcf_key_nobody_{made.id}_{secret}",
        head.replace("pcf_key", "pcf_session") + f"_{secret}x",
        "Basic abc",
    ):
        with pytest.raises(Refused) as refused:
            caller_of(engine, shown)
        said.add((code(refused), refused.value.faults[0].found))
    assert said == {("not_signed_in", "no credential of this installation")}


def test_a_key_ends_by_time_by_revocation_and_by_replacement(
    either_store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = either_store.engine
    made = new_key(engine, "local", Wanted("ERP", days=1), "test")
    newer = replace_key(engine, "local", made.id, "test")
    assert caller_of(engine, made.text).scopes == caller_of(engine, newer.text).scopes  # both, for seven days
    revoke_key(engine, "local", newer.id, "test")
    with pytest.raises(Refused) as refused:
        caller_of(engine, newer.text)
    assert code(refused) == "credential_revoked"
    with Session(engine) as session, session.begin():
        session.get_one(CredentialRow, ("local", made.id)).expires_at = "2020-01-01T00:00:00+00:00"
    with pytest.raises(Refused) as refused:
        caller_of(engine, made.text)
    assert code(refused) == "credential_expired"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("x", "king"), "role_unknown"),
        (Wanted("x", "auditor", ("calc:run",)), "scope_not_of_role"),
        (Wanted(" "), "key_title"),
        (Wanted("x", days=0), "key_days"),
    ],
)
def test_keys_that_are_not_made(store: RecordStore, wanted: Wanted, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        new_key(store.engine, "local", wanted, "test")
    assert code(refused) == expected and list_keys(store.engine, "local") == []


def test_client_credentials_give_a_token_that_dies_with_its_client(either_store: RecordStore) -> None:
    engine = either_store.engine
    made = new_key(engine, "local", Wanted("customer", "partner", kind="client"), "test")
    secret = made.text.split("_", 4)[4]
    token, seconds, scope = client_token(engine, f"local.{made.id}", secret, ("footprint:list",))
    assert (seconds, scope) == (3600, "footprint:list")
    assert caller_of(engine, token).scopes == {"footprint:list"}
    for client_id, given in ((f"local.{made.id}", "x" * 43), (f"acme.{made.id}", secret), ("?", secret)):
        with pytest.raises(Refused) as refused:
            client_token(engine, client_id, given)
        assert code(refused) == "not_signed_in"
    with pytest.raises(Refused) as refused:  # the client itself is no key
        caller_of(engine, made.text)
    assert code(refused) == "not_signed_in"
    revoke_key(engine, "local", made.id, "test")
    with pytest.raises(Refused) as refused:
        caller_of(engine, token)
    assert code(refused) == "credential_revoked"


def test_a_person_is_invited_chooses_a_password_and_signs_in(either_store: RecordStore) -> None:
    engine = either_store.engine
    link = invite(engine, "local", "Anna@Acme.cn ", "owner", "test")
    with pytest.raises(Refused) as refused:
        accept(engine, link.text, "short")
    assert code(refused) == "password_length"
    signed = accept(engine, link.text, PASSWORD)
    caller = caller_of(engine, signed.token)
    assert (caller.actor, caller.scopes) == ("account anna@acme.cn", set(SCOPES["owner"]))
    with pytest.raises(Refused) as refused:
        accept(engine, link.text, PASSWORD)
    assert code(refused) == "link_used"
    again = sign_in(engine, "local", "ANNA@acme.cn", PASSWORD)
    sign_out(engine, "local", caller_of(engine, again.token).credential_id)
    with pytest.raises(Refused):
        caller_of(engine, again.token)
    with Session(engine) as session, session.begin():
        session.execute(text("UPDATE credential SET expires_at = '2020-01-01T00:00:00+00:00' WHERE kind = 'session'"))
    assert caller_of(engine, sign_in(engine, "local", "anna@acme.cn", PASSWORD).token).role == "owner"
    with Session(engine) as session:
        assert session.execute(text("SELECT count(*) FROM credential WHERE kind = 'session'")).scalar_one() == 1
    with Session(engine) as session:
        kept = session.execute(text("SELECT password FROM account")).scalar_one()
    assert kept.startswith("$argon2id$") and PASSWORD not in kept
    assert verify(engine, "local").broken is None
    assert [entry.action for entry in entries(engine, "local")] == [
        "account.invited", "account.accepted", "sign_in.in", "sign_in.in"
    ]  # fmt: skip


def test_attempts_are_counted_and_the_answer_never_says_what_was_wrong(
    either_store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = either_store.engine
    accept(engine, invite(engine, "local", "anna@acme.cn", "owner", "test").text, PASSWORD)
    for company, email in (
        ("local", "anna@acme.cn"),
        ("local", "nobody@acme.cn"),
        ("acme", "anna@acme.cn"),
        ("?", "a"),
    ):
        with pytest.raises(Refused) as refused:
            sign_in(engine, company, email, "wrong" * 4)
        assert code(refused) == "sign_in_failed"
    for _ in range(accounts.ATTEMPTS - 1):
        with pytest.raises(Refused):
            sign_in(engine, "local", "anna@acme.cn", "wrong" * 4)
    with pytest.raises(Refused) as refused:
        sign_in(engine, "local", "anna@acme.cn", PASSWORD)  # right, but too late
    assert code(refused) == "sign_in_often"
    monkeypatch.setattr(accounts, "WINDOW", -accounts.WINDOW)  # a quarter of an hour later
    assert sign_in(engine, "local", "anna@acme.cn", PASSWORD).token


def test_an_account_that_is_disabled_is_out_at_once_and_the_last_owner_stays(store: RecordStore) -> None:
    engine = store.engine
    owner = accept(engine, invite(engine, "local", "a@x.cn", "owner", "test").text, PASSWORD)
    editor = accept(engine, invite(engine, "local", "b@x.cn", "editor", "test").text, PASSWORD)
    change_account(engine, "local", editor.account_id, state="disabled", actor="test")
    with pytest.raises(Refused):
        caller_of(engine, editor.token)
    with pytest.raises(Refused) as refused:
        sign_in(engine, "local", "b@x.cn", PASSWORD)
    assert code(refused) == "sign_in_failed"
    for change in ({"role": "editor"}, {"state": "disabled"}):
        with pytest.raises(Refused) as refused:
            change_account(engine, "local", owner.account_id, actor="test", **change)
        assert code(refused) == "last_owner"
    with Session(engine) as session:
        assert session.get_one(AccountRow, ("local", owner.account_id)).state == "active"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("access")) as running:
        yield running


def test_the_first_owner_comes_by_the_printed_link_and_the_door_closes(served: Served) -> None:
    """A person by the link, a key by the person, and from then on nobody without one."""
    body, kind = _cases.CEMENT.read_bytes(), {"content-type": "application/yaml"}
    link = next(word for word in served.log.read_text("utf-8").split() if "/welcome#" in word).partition("#")[2]
    with served.client() as stranger:
        assert stranger.post("/v1/footprints", content=body, headers=kind).status_code == 201  # still open
        assert stranger.get("/v1/keys").status_code == 403  # but not for everything
        from factordb.store import open_store

        engine = open_store(served.log.parent / "pcf.db")
        owner = accept(engine, link, PASSWORD)
        engine.dispose()
        closed = stranger.post("/v1/footprints", content=body, headers=kind)
        assert (closed.status_code, closed.headers["www-authenticate"]) == (401, 'Bearer realm="pcf-engine"')
        stranger.cookies.set("pcf_session", owner.token)
        assert stranger.get("/v1/keys").json() == {"keys": []}
        forged = stranger.post("/v1/keys", json={"title": "x"}, headers={"origin": "https://evil.example"})
        assert (forged.status_code, forged.json()["errors"][0]["code"]) == (403, "cross_site")
        made = stranger.post("/v1/keys", json={"title": "ERP"}, headers={"idempotency-key": "one"})
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        twice = stranger.post("/v1/keys", json={"title": "ERP"}, headers={"idempotency-key": "one"})
        assert (twice.status_code, twice.json()["errors"][0]["code"]) == (409, "made_once")
        assert len(stranger.get("/v1/keys").json()["keys"]) == 1
    with served.client(made.json()["key"]) as erp:
        assert erp.post("/v1/footprints", content=body, headers=kind).status_code == 201
        assert erp.get("/v1/keys").status_code == 403
        actions = {row["action"] for row in erp.get("/v1/audit").json().get("entries", [])}
        assert actions == set()  # a calculator does not read the log
    assert made.json()["key"].split("_", 4)[4] not in served.log.read_text("utf-8")


def test_other_addresses_only_with_keys(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "service.cli", "serve", "--host", "0.0.0.0", "--port", "9"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "pcf access new" in done.stderr


def test_a_key_that_asks_too_often_waits(tmp_path: Path) -> None:
    with serving(tmp_path, env={"PCF_PER_MINUTE": "3"}) as running, running.client() as client:
        statuses = [client.get("/v1/rules").status_code for _ in range(4)]
        last = client.get("/v1/rules")
    assert statuses == [200, 200, 200, 429] and last.headers["retry-after"] == "60"


def test_an_auditors_key_sees_its_records_only(tmp_path: Path) -> None:
    with serving(tmp_path) as running:
        with running.client() as client:
            posted = client.post(
                "/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"}
            ).json()["records"]
        from factordb.store import open_store

        engine = open_store(tmp_path / "pcf.db")
        one, other = posted[0]["name"], posted[1]["name"]
        made = keys.new_key(engine, "local", Wanted("TÜV", "auditor", records=(one,)), "test")
        engine.dispose()
        with running.client(made.text) as auditor:
            assert [row["name"] for row in auditor.get("/v1/records").json()["records"]] == [one]
            assert auditor.get(f"/v1/records/{one}").status_code == 200
            hidden: httpx.Response = auditor.get(f"/v1/records/{other}")
            assert (hidden.status_code, hidden.json()["errors"][0]["code"]) == (404, "record_unknown")
            assert auditor.post(f"/v1/records/{one}/reruns").json()["recomputation"] == "identical"
            assert auditor.post(f"/v1/records/{other}/reruns").status_code == 404
