"""Signed, disclosed, shared and verified over HTTP; verified by another installation that knows nothing of this one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.companies.keys import Wanted, new_key
from tests.fixtures.served import Served, serving
from tests.service import _cases


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str, str, Path]]:
    """A service, an owner's key, the name of a record, the file of the signing key's public half."""
    folder = tmp_path_factory.mktemp("proof")
    with serving(folder) as running:
        with running.client() as client:
            posted = client.post(
                "/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"}
            )
        from factordb.store import open_store

        engine = open_store(folder / "pcf.db")
        key = new_key(engine, "local", Wanted("proof", "owner"), "test").text
        engine.dispose()
        key_id = ""
        for words in (
            ["key", "new", "Works A"],
            ["key", "list", "--format", "json"],
            ["key", "export", "ID", "-o", "p"],
        ):
            words = [key_id if word == "ID" else word for word in words]
            done = subprocess.run(
                [sys.executable, "-m", "service.cli", *words], cwd=folder, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
            key_id = json.loads(done.stdout)[0]["id"] if "json" in words else key_id
        yield running, key, posted.json()["records"][0]["name"], folder / "p"


@pytest.fixture
def client(served: tuple[Served, str, str, Path]) -> Iterator[httpx.Client]:
    with served[0].client(served[1]) as opened:
        yield opened


def test_a_record_is_signed_once_by_a_key(client: httpx.Client, served: tuple[Served, str, str, Path]) -> None:
    name = served[2]
    client.post(f"/v1/records/{name}/signatures", json={})
    (envelope,) = client.get(f"/v1/records/{name}").json()["signatures"]
    assert envelope["algorithm"] == "ed25519" and envelope["audit"]["digest"]
    again = client.post(f"/v1/records/{name}/signatures", json={})
    assert again.json()["errors"][0]["code"] == "signed_already"
    record = client.get(f"/v1/records/{name}").json()
    assert record["signatures"] == [envelope]
    again = client.post(f"/v1/records/{name}/reruns").json()
    assert (again["signature"], again["recomputation"]) == ("signed", "identical")  # by a key of this company
    verdict = client.post("/v1/verifications", json=record).json()
    assert (verdict["integrity"], verdict["signature"], verdict["recomputation"]) == ("intact", "signed", "identical")


def test_another_installation_comes_to_the_same_digits(
    client: httpx.Client, served: tuple[Served, str, str, Path], tmp_path: Path
) -> None:
    """The whole way of a certification body: a file, no login, a key known only when it is pinned by file."""
    client.post(f"/v1/records/{served[2]}/signatures", json={})  # whichever test comes first has signed it
    record = client.get(f"/v1/records/{served[2]}").content
    with serving(tmp_path) as other, other.client() as body:
        first = body.post("/v1/verifications", content=record).json()
        assert (first["recomputation"], first["signature"]) == ("identical", "unknown key")
        pin = [sys.executable, "-m", "service.cli", "key", "trust", str(served[3])]
        done = subprocess.run(pin, cwd=tmp_path, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        second = body.post("/v1/verifications", content=record).json()
        assert (second["recomputation"], second["signature"], second["exit_code"]) == ("identical", "signed", 0)
        forged = record.replace(b'"735.893"', b'"735.892"')
        third = body.post("/v1/verifications", content=forged).json()
        assert (third["integrity"], third["exit_code"]) == ("tampered", 4)
        assert body.get("/v1/records").json() == {"records": []}  # nothing stayed


def test_a_share_shows_its_level_until_it_is_revoked(
    client: httpx.Client, served: tuple[Served, str, str, Path]
) -> None:
    name = served[2]
    made = client.post(f"/v1/records/{name}/shares", json={"level": "customer", "title": "Customer AG", "days": 30})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    token = made.json()["token"]
    with served[0].client(token) as customer:
        opened = customer.get("/v1/shared").json()
        assert opened["record"]["name"] == name and opened["share"]["level"] == "customer"
        assert set(opened["record"]["sections"]["given/rows"]) == {"digest"}
        assert customer.get("/v1/records").status_code == 401  # a share opens nothing else
        verdict = customer.post("/v1/verifications", json=opened["record"]).json()
        assert verdict["integrity"] == "intact"
        assert token not in client.get("/v1/shares").text
        assert client.delete(f"/v1/shares/{made.json()['id']}").status_code == 204
        ended = customer.get("/v1/shared")
        assert (ended.status_code, ended.json()["errors"][0]["code"]) == (404, "share_ended")
    actions = [entry["action"] for entry in client.get("/v1/audit?limit=200").json()["entries"]]
    assert actions.count("share.opened") == 1 and actions[-1] == "share.revoked"
    assert client.get("/v1/audit/verification").json()["broken"] is None
    secret = token.split("_", 4)[4]  # it may hold this sign itself
    assert len(secret) > 20 and secret not in served[0].log.read_text("utf-8")


def test_a_report_at_a_level_holds_no_more_than_it_shows(
    client: httpx.Client, served: tuple[Served, str, str, Path]
) -> None:
    """One file to hand over: amounts of the works stand neither on the page nor in the record inside it."""
    running, _, name, _ = served
    record = client.get(f"/v1/records/{name}").json()
    amount = record["sections"]["result"]["contributions"][0]["amount"]
    path = f"/v1/records/{name}/report"
    whole, customers = (client.get(path, params=asked).text for asked in ({}, {"level": "customer"}))
    assert amount in whole and amount not in customers
    assert record["sections"]["result"]["total"] in customers and name in customers
    unknown = client.get(path, params={"level": "friend"})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "level_unknown")
    calculators = client.post("/v1/keys", json={"title": "ERP", "role": "calculator"}).json()["key"]
    with running.client(calculators) as erp:  # reads the record, hands out no copies
        found = [erp.get(path, params=asked).status_code for asked in ({}, {"level": "customer"})]
    assert found == [200, 403]


def test_what_cannot_be_shared_or_opened(client: httpx.Client, served: tuple[Served, str, str, Path]) -> None:
    name = served[2]
    wrong = client.post(f"/v1/records/{name}/shares", json={"level": "friend", "title": "x", "dayz": 3})
    assert (wrong.status_code, wrong.json()["errors"][0]["expected"]) == (422, "days")
    assert client.get(f"/v1/records/{name}/disclosed?level=friend").status_code == 422
    with served[0].client() as stranger:
        for token in ("", "pcf_share_local_000000000000_" + "A" * 43, "x"):
            headers = {"authorization": f"Bearer {token}"} if token else {}
            assert stranger.get("/v1/shared", headers=headers).status_code == 404
        assert stranger.post("/v1/verifications", content=b"[]").status_code in (400, 422)


def test_a_stranger_does_not_verify_as_often_as_they_like(tmp_path: Path) -> None:
    """Each takes a process. A body that is refused before that counts too."""
    env = {"PCF_PER_MINUTE": "2"}
    with serving(tmp_path, env=env) as running, running.client() as stranger:
        statuses = [stranger.post("/v1/verifications", content=b"x", headers={"content-type": "text/plain"}).status_code
                    for _ in range(3)]  # fmt: skip
    assert statuses == [415, 415, 429]
