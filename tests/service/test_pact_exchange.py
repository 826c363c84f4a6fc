"""Two real services over TLS: request and fulfilment, announcement and fetch, and the number in a calculation.

Also what stands around the exchange: plain HTTP, a proxy, the office's routes, the verbs.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from typer.testing import CliRunner

from lca.exact import Exact
from service.calculate import Asked, calculate
from service.cli import app
from service.companies.keys import Wanted, new_key
from service.intake import read_file
from service.jobs.addresses import allowed_networks
from service.pact.extension import PATH
from service.pact.partners import Access, connect
from service.pact.profile import set_profile
from service.records.keys import key_folder
from tests.fixtures.certificates import Authority, authority
from tests.fixtures.served import Served, free_port, serving
from tests.service import _cases, _pact
from tests.service.test_receive import works_that_buys

LOOPBACK = allowed_networks(_pact.LOOPBACK)
EMPTY: dict[str, Any] = {"json": {}}


@dataclass(frozen=True)
class Two:
    """A supplier (seller) and its customer (buyer), each with a service, a folder and an owner's key."""

    seller: Served
    buyer: Served
    seller_key: str
    buyer_key: str
    folders: tuple[Path, Path]
    footprints: list[dict[str, Any]]
    seller_at_buyer: str
    """Id of the partner 'Seller' in the buyer's store."""
    authority: Path
    """Certificate of who vouches for both."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    certs = authority(tmp_path_factory.mktemp("certs"))
    folders = tmp_path_factory.mktemp("seller"), tmp_path_factory.mktemp("buyer")
    ports = free_port(), free_port()
    bases = [f"https://127.0.0.1:{port}" for port in ports]
    with _pact.store(folders[0]) as (desk, place), _pact.store(folders[1]) as (other, other_place):
        footprints = _pact.with_footprints(desk, bases[0])
        set_profile(other, name="Buyer", domain="buyer.example", base_url=bases[1], actor="test")
        keys = [new_key(item.engine, "local", Wanted("test", "owner"), "test").text for item in (desk, other)]
        # each gives the other a client first, and is then told where the other is
        _, for_buyer = _pact.partner(desk, place, "Buyer")
        seller_id, for_seller = _pact.partner(other, other_place, "Seller")
        for here, where, title, base, client in (
            (desk, place, "Buyer", bases[1], for_seller), (other, other_place, "Seller", bases[0], for_buyer),
        ):  # fmt: skip
            access = Access(base_url=base, client_id=client.id, secret=client.secret)
            folder = key_folder(where)
            connect(here, lambda folder=folder: folder, title, access, actor="test", allowed=LOOPBACK)  # type: ignore[misc]
    with (
        _pact.tls_service(folders[0], certs, port=ports[0]) as seller,
        _pact.tls_service(folders[1], certs, port=ports[1]) as buyer,
    ):
        yield Two(seller, buyer, keys[0], keys[1], folders, footprints, seller_id, certs.file)


def until(two: Two, wanted: Any, seconds: float = 25) -> dict[str, Any]:
    """The buyer's event that is wanted, once it is done."""
    deadline = time.monotonic() + seconds
    with two.buyer.client(two.buyer_key) as client:
        while time.monotonic() < deadline:
            rows = client.get("/v1/pact/events").json()["events"]
            for row in rows:
                if wanted(row) and row["state"] == "done":
                    return dict(row)
            time.sleep(0.1)
    raise AssertionError(json.dumps(rows, indent=1))


def test_request_fulfilment_and_the_number_in_a_calculation(two: Two, tmp_path: Path) -> None:
    """The buyer asks by an event; the seller answers; the footprint becomes a factor; 200 t of it in 1,260 t made.

    0.735893 kg CO2e per kg, bought at 200/1260 kg per kg: 116.808... kg CO2e per t of the buyer's product.
    """
    asked = {"filters": {"productId": [_pact.ORDINARY]}, "comment": "this year's, please"}
    with two.buyer.client(two.buyer_key) as client:
        answer = client.post(f"/v1/pact/partners/{two.seller_at_buyer}/requests", json=asked)
        assert answer.status_code == 202, answer.text
    name = answer.json()["event"]
    row = until(two, lambda item: item["answers"] == name)
    assert (row["direction"], row["type"]) == ("in", "RequestFulfilled")
    factor = f"pact:{two.footprints[0]['id']}"
    assert row["outcome"]["factors"] == [factor]
    with two.seller.client(two.seller_key) as client:
        told = [item for item in client.get("/v1/pact/events").json()["events"] if item["answers"] == name]
    assert [(item["direction"], item["type"]) for item in told] == [("out", "RequestFulfilled")]  # exactly one

    path = tmp_path / "buyer.json"
    path.write_text(json.dumps({"format": "pcf-activity/1", **works_that_buys(factor)}, ensure_ascii=False), "utf-8")
    with _pact.store(two.folders[1]) as (desk, _):
        asked_with = Asked(release=f"{row['outcome']['release']},cn-2026.1")
        (bought,) = calculate(read_file(path), asked_with, desk.records, caller="test", releases=desk.release).records
    (line,) = [part for part in bought["sections"]["result"]["contributions"] if part["source"] == factor]
    expected = Exact("735.893") * Exact(200, 1260)
    assert abs(Exact.from_published(line["co2e"]) / expected - 1) < Exact("0.00001")
    assert line["class"] == "supplier"


def test_announcement_fetch_and_supplier_factor(two: Two) -> None:
    """The seller publishes and announces; the buyer fetches it by GetFootprint."""
    with _pact.store(two.folders[0]) as (desk, _):
        done = calculate(read_file(_cases.EXAMPLES / "pump_2024.yaml"), Asked(), desk.records, caller="test")
    body = {
        "record": done.records[0]["name"], "product_ids": ["urn:gtin:4712345060521"], "fossil_carbon": "0.15",
        "unsplit": "fossil", "announce": True,
    }  # fmt: skip
    with two.seller.client(two.seller_key) as client:
        first = client.post("/v1/pact/footprints", json=body, headers={"idempotency-key": "pump-1"})
        again = client.post("/v1/pact/footprints", json=body, headers={"idempotency-key": "pump-1"})
    assert first.status_code == 201, first.text
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    shown = first.json()["data"]
    row = until(two, lambda item: item["type"] == "Published" and shown["id"] in json.dumps(item["outcome"]))
    assert row["outcome"]["factors"] == [f"pact:{shown['id']}"]
    with _pact.store(two.folders[1]) as (desk, _):
        factor = desk.release(row["outcome"]["release"]).factors[f"pact:{shown['id']}"]
    assert (factor.value, factor.unit, factor.name_en) == ("19.5872", "kgCO2e/piece", "Circulating pump PU-100")


def test_the_buyer_fetches_all_at_once(two: Two) -> None:
    env = {"PCF_STORE": str(two.folders[1] / "pcf.db"), "PCF_WEBHOOK_NETWORKS": _pact.LOOPBACK}
    env["SSL_CERT_FILE"] = str(two.authority)
    words = ("pact", "fetch", "Seller", "--filter", "status=Active", "--format", "json")
    told = _cases.pcf_alone(*words, cwd=two.folders[1], **env)
    assert told.returncode == 0, told.stderr
    taken = json.loads(told.stdout)
    wanted = {f"pact:{item['id']}" for item in two.footprints}
    assert wanted <= set(taken["factors"]) | set(taken["there"]) and taken["refused"] == {}
    again = json.loads(_cases.pcf_alone(*words, cwd=two.folders[1], **env).stdout)
    assert again["factors"] == [] and wanted <= set(again["there"])


def test_the_schema_of_the_extension_is_served_where_it_says(two: Two) -> None:
    data = two.footprints[0]["extensions"][0]
    assert data["dataSchema"] == f"{two.seller.url}{PATH}"
    with two.seller.client() as anybody:
        schema = anybody.get(PATH).json()
        whole = anybody.get("/schemas/pact-footprint-3.0.3.json").json()
    jsonschema.Draft202012Validator(schema).validate(data["data"])
    jsonschema.Draft202012Validator(whole).validate(two.footprints[0])


def test_a_key_of_the_office_opens_nothing_here_and_a_token_nothing_there(two: Two) -> None:
    with two.seller.client(two.seller_key) as owner:
        answer = owner.get("/3/footprints")
        assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")
    with _pact.store(two.folders[0]) as (desk, place):
        _, client = _pact.partner(desk, place, "Reader")
    assert isinstance(two.seller.verify, ssl.SSLContext)
    token = client.token(two.seller.url, two.seller.verify)
    with two.seller.client(token) as reader:
        assert reader.get("/3/footprints").status_code == 200
        for path in ("/v1/records", "/v1/pact/events", "/v1/pact/partners", "/v1/pact/profile"):
            assert reader.get(path).status_code == 403, path
        event = {"type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3", "specversion": "1.0", "id": "1",
                 "source": "x", "time": "2026-11-21T00:00:00Z", "data": {}}  # fmt: skip
        headers = {"content-type": "application/cloudevents+json"}
        refused = reader.post("/3/events", json=event, headers=headers)  # nowhere to answer to
        assert (refused.status_code, refused.json()["code"]) == (400, "BadRequest")
        plain = reader.post("/3/events", json=event)
        assert (plain.status_code, plain.json()["code"]) == (400, "BadRequest")
        for query in ("limit=-1", "limit=ten", "$filter=created", "validOn=yesterday", "cursor=bm90LW91cnM"):
            answer = reader.get(f"/3/footprints?{query}")
            assert (answer.status_code, set(answer.json())) == (400, {"code", "message"}), query
        assert reader.get("/3/footprints?limit=0").json() == {"data": []}
        assert (reader.get("/3/nothing").status_code, reader.get("/3/nothing").json()["code"]) == (404, "NotFound")
        assert "参数" in reader.get("/3/footprints?limit=x", headers={"accept-language": "zh"}).json()["message"]


@pytest.mark.parametrize(
    ("content", "headers", "status", "error"),
    [
        ("grant_type=password", {}, 400, "unsupported_grant_type"),
        ("", {}, 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=x", {}, 400, "invalid_request"),
        ("grant_type=client_credentials&scope=admin", {}, 400, "invalid_scope"),
        ("grant_type=client_credentials", {"content-type": "application/json"}, 400, "invalid_request"),
        ("grant_type=client_credentials", {"authorization": ""}, 401, "invalid_client"),
        ("grant_type=client_credentials", {"authorization": "Basic ===="}, 401, "invalid_client"),
    ],
)
def test_the_token_endpoint_speaks_oauth(
    two: Two, content: str, headers: dict[str, str], status: int, error: str
) -> None:
    with _pact.store(two.folders[0]) as (desk, place):
        _, client = _pact.partner(desk, place, "Tokens")
    with two.seller.client() as anybody:
        answer = anybody.post("/auth/token", content=content, headers={**client.headers(), **headers})
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_an_expired_token_is_told_as_such(two: Two) -> None:
    from sqlalchemy import text

    with _pact.store(two.folders[0]) as (desk, place):
        _, client = _pact.partner(desk, place, "Expired")
        assert isinstance(two.seller.verify, ssl.SSLContext)
        token = client.token(two.seller.url, two.seller.verify)
        with desk.engine.begin() as connection:
            name = token.split("_")[3]
            connection.execute(text("UPDATE credential SET expires_at = '2020' WHERE id = :id"), {"id": name})
    with two.seller.client(token) as late:
        answer = late.get("/3/footprints")
    assert (answer.status_code, answer.json()["code"]) == (401, "TokenExpired")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, _pact.Client]]:
    """A service without TLS, and a proxy's address it believes."""
    folder = tmp_path_factory.mktemp("plain")
    with _pact.store(folder) as (desk, place):
        _pact.with_footprints(desk)
        _, client = _pact.partner(desk, place, "Customer")
    env = {"PCF_STORE": str(folder / "pcf.db"), "PCF_PROXIES": "127.0.0.1"}
    with serving(folder, env=env) as served:
        yield served, client


def test_plain_http_is_refused_on_every_route(plain: tuple[Served, _pact.Client]) -> None:
    served, client = plain
    with served.client() as anybody:
        token = anybody.post("/auth/token", content="grant_type=client_credentials", headers=client.headers())
        assert (token.status_code, set(token.json())) == (403, {"error", "error_description"})
        assert anybody.get("/.well-known/openid-configuration").status_code == 403
        for method, path in (("GET", "/3/footprints"), ("GET", "/3/footprints/x"), ("POST", "/3/events")):
            answer = anybody.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")


def test_behind_a_proxy_links_carry_its_scheme_and_host(plain: tuple[Served, _pact.Client]) -> None:
    served, client = plain
    through = {"x-forwarded-proto": "https", "host": "pcf.acme.example"}
    with served.client(**through) as proxied:
        found = proxied.get("/.well-known/openid-configuration").json()
        assert found["token_endpoint"] == "https://pcf.acme.example/auth/token"
        headers = {**client.headers(), **through}
        token = proxied.post("/auth/token", content="grant_type=client_credentials", headers=headers)
        bearer = {"authorization": f"Bearer {token.json()['access_token']}"}
        answer = proxied.get("/3/footprints?limit=1&validOn=2025-06-01T00:00:00+00:00", headers=bearer)
        link = answer.headers["link"].partition(">")[0].removeprefix("<")
        assert link.startswith("https://pcf.acme.example/3/footprints?") and "limit=1" in link
        path = link.removeprefix("https://pcf.acme.example")
        second = proxied.get(path, headers=bearer)
        assert len(second.json()["data"]) == 1 and second.json() != answer.json()
        assert "link" not in second.headers


def test_the_verbs(tmp_path: Path) -> None:
    """Profile, publication, refusals with both languages, partners, events; nothing secret in what is listed."""

    def run(*words: str, **env: str) -> Any:
        given = {"PCF_LANG": "en", "PCF_STORE": str(tmp_path / "pcf.db"), **env}
        return CliRunner().invoke(app, list(words), env=given)

    assert run("calculate", str(_cases.EXAMPLES / "pump_2024.yaml")).exit_code == 0
    with _pact.store(tmp_path) as (desk, _):
        record = desk.records.listing()[0]["name"]
    refused = run("pact", "publish", record, PCF_LANG="zh")
    assert refused.exit_code == 1 and "pact_no_profile" in refused.stderr
    wrong = run("pact", "company", "--name", "Acme", "--base-url", "http://pcf.acme.example")
    assert wrong.exit_code == 1 and {"pact_base_url", "pact_profile"} <= set(
        wrong.stderr.replace("[", " ").replace("]", " ").split()
    )
    shown = run(
        "pact", "company", "--name", "水泵厂", "--domain", "acme.example", "--base-url", "https://pcf.acme.example"
    )
    assert json.loads(shown.stdout)["ids"] == ["urn:pact:acme.example:supplier-id:local"]
    made = run(
        "pact",
        "publish",
        record[:12],
        "--fossil-carbon",
        "0.15",
        "--unsplit",
        "fossil",
        "-o",
        str(tmp_path / "pf.json"),
    )
    assert made.exit_code == 0, made.stderr
    name = made.stdout.strip()
    assert json.loads((tmp_path / "pf.json").read_text("utf-8"))["id"] == name
    secret = "their-own-secret"
    partner = run("pact", "partner", "Customer", "--base-url", "https://203.0.113.7", "--client-id", "acme")
    assert partner.exit_code == 1  # an address that is not public
    partner = run("pact", "partner", "Customer", "--base-url", "https://pcf.customer.example", "--client-id", "acme",
                  PCF_PACT_SECRET=secret)  # fmt: skip
    assert partner.exit_code == 0 and "client_secret" in partner.stdout, partner.stderr
    moved = run("pact", "connect", "Customer", "--base-url", "https://new.customer.example", "--client-id", "acme",
                PCF_PACT_SECRET=secret)  # fmt: skip
    assert moved.exit_code == 0 and "https://new.customer.example" in moved.stdout
    assert run("pact", "connect", "Customer").exit_code == 1
    listed = run("pact", "partners", "--format", "json").stdout
    assert json.loads(listed)[0]["title"] == "Customer" and secret not in listed
    assert run("pact", "ask", "Customer", "--filter", "productId=urn:a:b").exit_code == 0
    events = json.loads(run("pact", "events", "--format", "json").stdout)
    assert [(item["type"], item["direction"], item["state"]) for item in events] == [
        ("RequestCreated", "out", "pending")
    ]
    assert run("pact", "deprecate", name).exit_code == 0
    assert f"{name}  Deprecated" in run("pact", "list").stdout
    assert run("pact", "remove", "Customer").exit_code == 0
    assert json.loads(run("pact", "partners", "--format", "json").stdout) == []
    with _pact.store(tmp_path) as (desk, _):
        from service.companies.audit import entries

        told = [entry for entry in entries(desk.engine, "local") if entry.action.startswith("pact.")]
    assert [entry.action for entry in told] == [
        "pact.profile", "pact.published", "pact.partner_added", "pact.partner_connected",
        "pact.sent.RequestCreated", "pact.deprecated",
        "pact.partner_removed",
    ]  # fmt: skip
    assert secret not in json.dumps([entry.plain() for entry in told])


def test_a_request_to_the_office_needs_its_scope(two: Two) -> None:
    with _pact.store(two.folders[0]) as (desk, _):
        weak = new_key(desk.engine, "local", Wanted("weak", "calculator"), "test").text
    with two.seller.client(weak) as client:
        for method, path in (
            ("PUT", "/v1/pact/profile"), ("POST", "/v1/pact/footprints"), ("POST", "/v1/pact/partners"),
            ("GET", "/v1/pact/events"), ("POST", f"/v1/pact/partners/{two.seller_at_buyer}/fetch"),
        ):  # fmt: skip
            answer = client.request(method, path, **(EMPTY if method != "GET" else {}))
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "scope_missing"), path
        assert client.get("/v1/pact/footprints").json()["footprints"][0]["status"] in ("Active", "Deprecated")


def test_a_certificate_that_nobody_vouches_for_is_not_believed(two: Two, tmp_path: Path) -> None:
    """Without our authority in the trust store the seller's service is not fetched from."""
    env = {"PCF_STORE": str(two.folders[1] / "pcf.db"), "PCF_WEBHOOK_NETWORKS": _pact.LOOPBACK}
    other: Authority = authority(tmp_path, "other")
    told = _cases.pcf_alone("pact", "fetch", "Seller", cwd=two.folders[1], **env, SSL_CERT_FILE=str(other.file))
    assert told.returncode == 1 and "pact_answer" in told.stderr and "certificate" in told.stderr.lower()


def test_httpx_is_told_by_the_certificate_too(two: Two) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{two.seller.url}/3/footprints", trust_env=False)


def test_publishing_leaves_a_footprint_that_is_not_the_records_copy(two: Two) -> None:
    """The rows, meters and factors of the works stand in no published footprint."""
    with _pact.store(two.folders[0]) as (desk, _):
        record = desk.records.get(two.footprints[0]["extensions"][0]["data"]["record"])
    shown = json.dumps(two.footprints[0], ensure_ascii=False)
    rows = [item["value"] for item in record["sections"]["given/rows"]]
    assert len(rows) > 10
    for row in rows:
        assert f'"{row["amount"]}"' not in shown or row["amount"] in ("0", "1"), row["id"]
