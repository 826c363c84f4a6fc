"""Every operation of the HTTP interface asked once and more, of a real service over TLS; what came is kept.

One company that exchanges footprints with itself: its own partner, its own receiver of webhooks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from service.companies.keys import Wanted, new_key
from tests.fixtures.certificates import authority
from tests.fixtures.served import Served
from tests.service import _cases, _pact
from tests.service.erp_company import EXAMPLE, PLASTIC
from tests.service.test_audit import tamper
from tests.service.test_http_erp import TABLES
from tests.service.test_http_jobs import ended, works

YAML: Final = {"content-type": "application/yaml"}
CSV: Final = {"content-type": "text/csv"}
ALUMINIUM: Final = _cases.EXAMPLES / "aluminium_works_2024.yaml"
WIND: Final = _cases.EXAMPLES / "aluminium_wind_2024.csv"
EXAMPLES: Final = [path for path in sorted(_cases.EXAMPLES.glob("*_2024.yaml")) if path != ALUMINIUM]
"""All but the one with a meter's file beside it, which a body of one file cannot bring."""
EVENT: Final = {
    "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3", "specversion": "1.0", "id": "a1/13",
    "source": "https://partner.example/3/events", "time": "2026-11-21T00:00:00Z",
    "data": {"productId": [_pact.ORDINARY]},
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """An answer as it came."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    media: str
    body: Any


@dataclass
class Asking:
    """A running service, one who may do everything there, and what was answered to all."""

    served: Served
    folder: Path
    key: str
    footprint: str
    """Id of a published footprint."""
    heard: list[Heard] = field(default_factory=list)

    def client(self, key: str = "") -> httpx.Client:
        client = self.served.client(key)
        client.event_hooks["response"].append(self._hear)
        return client

    def _hear(self, answer: httpx.Response) -> None:
        answer.read()
        media = answer.headers.get("content-type", "").partition(";")[0]
        body = answer.json() if media.endswith("json") and answer.content else answer.text
        request = answer.request
        self.heard.append(
            Heard(request.method, request.url.path, answer.status_code, dict(answer.headers), media, body)
        )


@contextmanager
def asking(folder: Path) -> Iterator[Asking]:
    """A service whose company has a signing key, a profile and two published cements."""
    certs = authority(folder)
    with _pact.store(folder) as (desk, _):
        footprints = _pact.with_footprints(desk)
        key = new_key(desk.engine, "local", Wanted("test", "owner"), "test").text
    assert _cases.pcf("key", "new", "Works A", cwd=folder).returncode == 0
    with _pact.tls_service(folder, certs) as served:
        yield Asking(served, folder, key, footprints[1]["id"])


def ask_all(asking: Asking) -> None:
    """Every operation, so that each of its answers has come."""
    with asking.client() as anybody, asking.client(asking.key) as owner:
        for path in ("/healthz", "/readyz", "/metrics", "/.well-known/openid-configuration",
                     "/schemas/pact-extension-1.0.0.json", "/schemas/pact-footprint-3.0.3.json"):  # fmt: skip
            anybody.get(path)
        _refusals(anybody, owner)
        names = _records(owner, asking.folder)
        _proof(owner, asking, names)
        _company(owner)
        _factors(owner)
        _erp(owner)
        _jobs(owner)
        _webhooks(owner, asking.served.url)
        _exchange(owner, asking)
        with _pact.store(asking.folder) as (desk, _):
            tamper(desk.records, "UPDATE audit_entry SET actor = 'somebody else' WHERE serial = 3")
        _good(owner.get("/v1/audit/verification"))


def _refusals(anybody: httpx.Client, owner: httpx.Client) -> None:
    anybody.get("/v1/records")
    owner.get("/v1/records?limit=0")
    owner.get("/v1/records/00000000")
    owner.get("/v1/records?cursor=AAAA")
    owner.post("/v1/footprints", content=b"a,b", headers=CSV)
    anybody.get("/3/footprints")
    anybody.post("/auth/token", content="grant_type=password", headers={"content-type": "text/plain"})


def _records(owner: httpx.Client, folder: Path) -> list[str]:
    """Records of every shipped example; a draft; what is read of one. The names."""
    made = []
    for path in EXAMPLES:
        answer = _good(owner.post("/v1/footprints?draft=true", content=path.read_bytes(), headers=YAML))
        made += [record["name"] for record in answer.json()["records"]]
    parts = [("data", (ALUMINIUM.name, ALUMINIUM.read_bytes())), ("series", (WIND.name, WIND.read_bytes()))]
    metered = _good(owner.post("/v1/footprints?draft=true", files=parts)).json()["records"][0]["name"]
    sent = _good(owner.get(f"/v1/records/{metered}/uploads")).json()["uploads"]
    _good(owner.get(f"/v1/records/{metered}/uploads/{sent[1]['sha256']}"))
    _good(owner.get(f"/v1/records/{metered}/runs"))
    site = _good(
        owner.post("/v1/footprints?regime=corporate_cn", content=_cases.CEMENT.read_bytes(), headers=YAML)
    ).json()
    assert site["records"][0]["result"]["lines"]["aircraft"]["state"] == "zero_by_statement"
    data = _cases.example()
    data["works"]["name"] = {"en": "Works B"}
    _cases.row(data, "gypsum-ps")["exclude"] = "below 1 %"
    made += [item["name"] for item in _good(owner.post("/v1/footprints", json=data)).json()["records"]]
    body = _cases.CEMENT.read_bytes()
    for _ in range(2):
        _good(owner.post("/v1/footprints", content=body, headers=YAML | {"idempotency-key": "night-1"}))
    stated = folder / "stated.yaml"
    stated.write_text("rows: {coal: {distribution: normal, sd_percent: 2}}", "utf-8")
    words = ("uncertainty", str(_cases.CEMENT), "--uncertainty", str(stated), "--draws", "100", "--keep")
    kept = _cases.pcf(*words, cwd=folder)
    assert kept.returncode == 0, kept.stderr
    _good(owner.get("/v1/records?limit=1"))
    name = made[-1]
    _good(owner.post(f"/v1/records/{name}/reruns"))
    _good(owner.get(f"/v1/records/{name}/report"))
    _good(owner.get(f"/v1/records/{name}/report?level=auditor"))
    for name in dict.fromkeys(made):
        _good(owner.get(f"/v1/records/{name}"))
        _good(owner.get(f"/v1/records/{name}/runs"))
    tag = owner.get(f"/v1/records/{name}").headers["etag"]
    assert owner.get(f"/v1/records/{name}", headers={"if-none-match": tag}).status_code == 304
    return made


def _proof(owner: httpx.Client, asking: Asking, names: list[str]) -> None:
    name = names[-1]
    for level in ("public", "auditor"):  # before anybody has signed
        _good(owner.get(f"/v1/records/{name}/disclosed?level={level}"))
    _good(owner.post(f"/v1/records/{name}/signatures", json={}))
    record = _good(owner.get(f"/v1/records/{name}")).json()
    for level in ("public", "customer", "auditor"):
        _good(owner.get(f"/v1/records/{name}/disclosed?level={level}"))
    share = _good(
        owner.post(f"/v1/records/{name}/shares", json={"level": "customer", "title": "Customer AG"}), 201
    ).json()
    _good(owner.get("/v1/shares"))
    with asking.client(share["token"]) as customer:
        copy = _good(customer.get("/v1/shared")).json()["record"]
        _good(customer.post("/v1/verifications", json=copy))
    _good(owner.post("/v1/verifications", json=record))
    record["sections"]["result"]["total"] = "1"
    _good(owner.post("/v1/verifications", json=record))
    _good(owner.delete(f"/v1/shares/{share['id']}"), 204)
    _good(owner.post(f"/v1/records/{names[-2]}/withdrawal", json={"reason": "meter 3 was read twice"}))
    assert "x-record-withdrawn" in _good(owner.get(f"/v1/records/{names[-2]}")).headers


def _company(owner: httpx.Client) -> None:
    for kind in ("api_key", "client"):
        made = _good(owner.post("/v1/keys", json={"title": "ERP", "kind": kind}), 201).json()
        again = _good(owner.post(f"/v1/keys/{made['id']}/replacement"), 201).json()
        _good(owner.get("/v1/keys"))
        _good(owner.delete(f"/v1/keys/{again['id']}"), 204)
    _good(owner.post("/v1/accounts", json={"email": "anna@company.example", "role": "editor"}), 201)
    account = _good(owner.get("/v1/accounts")).json()["accounts"][0]
    _good(owner.patch(f"/v1/accounts/{account['id']}", json={"state": "disabled"}))
    _good(owner.get("/v1/audit?limit=2"))
    _good(owner.get("/v1/audit?limit=200"))
    _good(owner.get("/v1/audit/verification"))


def _factors(owner: httpx.Client) -> None:
    for words in ("全国平均", "no such factr", "coal"):
        _good(owner.get("/v1/factors", params={"q": words}))
    found = _good(owner.get("/v1/factors", params={"q": "diesel"})).json()["factors"]
    for row in found:
        _good(owner.get(f"/v1/factors/{row['id']}"))
    _good(owner.get("/v1/releases"))
    _good(owner.get("/v1/rules"))


def _erp(owner: httpx.Client) -> None:
    for route, name in TABLES:
        content = (EXAMPLE / f"{name}.csv").read_bytes()
        _good(owner.post(f"/v1/{route}", content=content, headers=CSV))
    rows = [
        {"number": "X-1", "name_en": "Steel wire", "name_zh": "钢丝", "unit": "kg"},
        {"number": "", "unit": "kg"},
    ]  # fmt: skip
    _good(owner.post("/v1/materials?partial=true", json={"rows": rows}))
    for number in ("X-1", "X-2"):
        line = {"product": "BR-9", "plant": "E1", "per": "1", "per_unit": "piece", "component": number, "amount": "1"}
        _good(owner.post("/v1/boms", json={"rows": [line | {"unit": "kg", "product": f"BR-{number}"}]}))
    for path in ("/v1/plants", "/v1/materials?limit=1", "/v1/materials/unmapped?period=2026&limit=1", "/v1/versions",
                 "/v1/materials/unmapped?period=2026"):  # fmt: skip
        _good(owner.get(path))
    before = _good(owner.get("/v1/products/SET-9/document", params={"plant": "W1", "period": "2026"}))
    assert before.json()["open"]
    for route, body in (
        ("dry-runs", {"period": "2026", "release": "cn-2026.1"}), ("nights", {"period": "2026"}),
        ("nights", {"period": "1999"}), ("dry-runs", {"period": "2026", "release": "cn-2026.1", "threshold": "0"}),
    ):  # fmt: skip
        if "threshold" in body:  # of a night with another factor, so that something moves
            _good(owner.post("/v1/materials", json={"rows": [{"number": "S235", "unit": "kg", "maps_to": PLASTIC}]}))
        ended(owner, _good(owner.post(f"/v1/{route}", json=body), 202).json()["id"], seconds=180)
    _good(owner.get("/v1/footprints?limit=1"))
    _good(owner.get("/v1/footprints"))
    _good(owner.get("/v1/products/BR-1/document", params={"plant": "E1", "period": "2026"}))


def _jobs(owner: httpx.Client) -> None:
    broken = works(3)
    broken["data"]["rows"] = []
    draft = {"id": "air", "data": _cases.example(_cases.EXAMPLES / "room_air_conditioner_2024.yaml")}
    asked = {"items": [works(1), broken, draft], "draft": True, "seal": "none"}
    job = _good(owner.post("/v1/jobs", json=asked), 202).json()
    ended(owner, job["id"])
    _good(owner.get(f"/v1/jobs/{job['id']}/results?limit=1"))
    _good(owner.get(f"/v1/jobs/{job['id']}/results"))
    many = _good(owner.post("/v1/jobs", json={"items": [works(number) for number in range(100, 160)]}), 202).json()
    _good(owner.get("/v1/jobs?limit=1"))
    _good(owner.get("/v1/jobs"))
    _good(owner.delete(f"/v1/jobs/{many['id']}"), 202)


def _webhooks(owner: httpx.Client, base: str) -> None:
    hook = _good(owner.post("/v1/webhooks", json={"url": f"{base}/healthz"}), 201).json()["id"]
    _good(owner.get("/v1/webhooks"))
    _good(owner.post(f"/v1/webhooks/{hook}/secret"))
    sent = _good(owner.post(f"/v1/webhooks/{hook}/test"), 202).json()["delivery"]
    _until(lambda: _good(owner.get(f"/v1/webhooks/{hook}/deliveries")).json()["deliveries"][0]["log"])
    _good(owner.post(f"/v1/deliveries/{sent}/again"), 202)
    _good(owner.delete(f"/v1/webhooks/{hook}"), 204)


def _exchange(owner: httpx.Client, asking: Asking) -> None:
    base = asking.served.url
    profile = {"name": "Acme Cement", "domain": "acme.example", "base_url": base}
    _good(owner.put("/v1/pact/profile", json=profile))
    _good(owner.get("/v1/pact/profile"))
    made = _good(owner.post("/v1/pact/partners", json={"title": "Customer A"}), 201).json()
    access = {"base_url": base, "client_id": made["client_id"], "client_secret": made["client_secret"]}
    office = f"/v1/pact/partners/{made['id']}"
    _good(owner.put(f"{office}/access", json=access))
    _good(owner.get("/v1/pact/partners"))
    client = _pact.Client(made["client_id"], made["client_secret"])
    with asking.client() as anybody:
        token = _good(anybody.post("/auth/token", content="grant_type=client_credentials", headers=client.headers()))
    with asking.client(token.json()["access_token"]) as partner:
        _good(partner.get("/3/footprints?limit=1"))
        _good(partner.get("/3/footprints"))
        _good(partner.get(f"/3/footprints/{asking.footprint}"))
        _good(partner.post("/3/events", json=EVENT, headers={"content-type": "application/cloudevents+json"}))
    pump = _good(owner.post("/v1/footprints", content=(_cases.EXAMPLES / "pump_2024.yaml").read_bytes(), headers=YAML))
    body = {
        "record": pump.json()["records"][0]["name"], "product_ids": ["urn:gtin:4712345060521"],
        "fossil_carbon": "0.15", "unsplit": "fossil", "announce": True,
    }  # fmt: skip
    shown = _good(owner.post("/v1/pact/footprints", json=body), 201).json()["data"]
    _good(owner.get("/v1/pact/footprints"))
    _good(owner.post(f"{office}/fetch", json={"filters": {"status": ["Active"]}}))
    _good(owner.post(f"{office}/fetch", json={"filters": {"status": ["Active"]}}))
    _good(owner.post(f"{office}/requests", json={"filters": {"productId": [_pact.ORDINARY]}}), 202)
    _until(lambda: all(row["state"] == "done" for row in _good(owner.get("/v1/pact/events")).json()["events"]))
    _good(owner.post(f"/v1/pact/footprints/{shown['id']}/deprecation"))
    _good(owner.delete(office), 204)


def _good(answer: httpx.Response, status: int = 0) -> httpx.Response:
    assert answer.status_code == (status or answer.status_code) < 300, f"{answer.request.url} {answer.text[:2000]}"
    return answer


def _until(done: Any, seconds: float = 30) -> None:
    start = time.monotonic()
    while not done():
        assert time.monotonic() - start < seconds
        time.sleep(0.1)
