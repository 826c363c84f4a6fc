"""The 41 cases of PACT's conformance service (39 of them mandatory for 3.0), each against a real ``pcf serve`` on TLS.

What each asks was read in the service's public repository (wbcsd/pact-conformance-service, ``v3-tests.ts`` and the page
of expected results, state 2026-05-01) and written down here in our own words; its code was not copied, and the official
service itself was not run. Case numbers are its own: 1 to 13, 14.A, 14.B, 15 to 40. 18 and 19 are not mandatory.
"""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from service.pact.partners import Access
from service.pact.properties import schema
from tests.fixtures.certificates import authority
from tests.fixtures.listening import CLIENT, SECRET, Listening, listening
from tests.service import _pact

TYPE = "org.wbcsd.pact.ProductFootprint.{}Event.3"
UNKNOWN = "3a6c14a7-4deb-498a-b5ea-16ce2535b576"
CLOUD = {"content-type": "application/cloudevents+json; charset=UTF-8"}
LIMIT = 2.0
"""Seconds of an answer, by the service's FAQ."""


@dataclass
class Run:
    """One run against a service: what the first case finds out, and ways to ask."""

    base: str
    verify: ssl.SSLContext
    client: _pact.Client
    partner: Listening
    token: str = ""
    footprints: tuple[dict[str, Any], ...] = ()
    run: str = "run-7"

    def ask(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.token}", **more.pop("headers", {})}
        began = time.monotonic()
        url = path if path.startswith("http") else f"{self.base}{path}"
        answer = httpx.request(method, url, headers=headers, verify=self.verify, trust_env=False, timeout=10, **more)
        assert time.monotonic() - began < LIMIT
        return answer

    def list(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask("GET", f"/3/footprints{query}")
        assert answer.status_code == 200, answer.text
        assert "application/json" in answer.headers["content-type"]
        found = answer.json()["data"]
        assert isinstance(found, list)
        return found

    def post(self, kind: str, data: Any, name: str = "", token: str = "") -> httpx.Response:
        event = {
            "specversion": "1.0", "id": name or secrets.token_hex(8), "source": self.partner.url,
            "time": "2026-11-21T10:30:00.000Z", "type": TYPE.format(kind), "data": data,
        }  # fmt: skip
        return self.ask("POST", "/3/events", token, json=event, headers=CLOUD)

    @property
    def first(self) -> dict[str, Any]:
        return self.footprints[0]

    @property
    def period(self) -> tuple[str, str]:
        """Validity of the first footprint, by the three-year default where it states none."""
        if "validityPeriodStart" in self.first:
            return self.first["validityPeriodStart"], self.first["validityPeriodEnd"]
        start = self.first["pcf"]["referencePeriodEnd"]
        return start, f"{int(start[:4]) + 3}{start[4:]}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("pact")
    certs = authority(folder)
    with listening(certs.pair("partner")) as heard:
        with _pact.store(folder) as (desk, place):
            _pact.with_footprints(desk)
            access = Access(base_url=heard.url, client_id=CLIENT, secret=SECRET)
            _, client = _pact.partner(desk, place, "Conformance", access)
        with _pact.tls_service(folder, certs) as served:
            made = Run(served.url, ssl.create_default_context(cafile=certs.file), client, heard)
            made.token = client.token(served.url, made.verify)
            made.footprints = tuple(made.list())
            yield made


def day(text: str, days: int) -> str:
    at = datetime.fromisoformat(text) + timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_case_0_a_run_begins_with_two_footprints_and_a_link(run: Run) -> None:
    """Not one of the 41: what every run needs."""
    assert len(run.footprints) >= 2 and all(item["productIds"] for item in run.footprints)
    assert run.ask("GET", "/3/footprints?limit=1").headers["link"].startswith(f"<{run.base}/3/footprints?")


def test_case_01_token_with_valid_credentials(run: Run) -> None:
    form, headers = "grant_type=client_credentials", run.client.headers()
    answer = httpx.post(f"{run.base}/auth/token", content=form, headers=headers, verify=run.verify, trust_env=False)
    assert answer.status_code == 200
    body = answer.json()
    assert body["access_token"] and body["token_type"] == "Bearer" and body["expires_in"] == 3600
    assert answer.headers["cache-control"] == "no-store"


def test_case_02_token_with_invalid_credentials(run: Run) -> None:
    wrong = _pact.Client(secrets.token_hex(8), secrets.token_hex(8)).headers()
    answer = httpx.post(
        f"{run.base}/auth/token", content="grant_type=client_credentials", headers=wrong, verify=run.verify,
        trust_env=False,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_case_03_get_footprint(run: Run) -> None:
    answer = run.ask("GET", f"/3/footprints/{run.first['id']}")
    assert answer.status_code == 200
    found = answer.json()["data"]
    jsonschema.Draft202012Validator(schema()).validate(found)
    assert found == run.first


def test_case_04_list_footprints(run: Run) -> None:
    again = run.list()
    assert len(again) == len(run.footprints)
    for item in again:
        jsonschema.Draft202012Validator(schema()).validate(item)
    assert {item["id"] for item in again} == {item["id"] for item in run.footprints}


def test_case_05_pagination_link(run: Run) -> None:
    seen, url = [], f"{run.base}/3/footprints?limit=1"
    while url:
        answer = run.ask("GET", url)
        assert answer.status_code == 200
        page = answer.json()["data"]
        assert len(page) == 1  # the limit holds on every page
        seen += page
        link = answer.headers.get("link", "")
        url = link.partition(">")[0].removeprefix("<")
        assert not url or (url.startswith(f"{run.base}/") and link.endswith('>; rel="next"'))
        assert not url or run.ask("GET", url).json() == run.ask("GET", url).json()  # may be called again
    assert seen == list(run.footprints)


def test_case_06_list_with_invalid_token(run: Run) -> None:
    answer = run.ask("GET", "/3/footprints", token=f"very-invalid-access-token-{secrets.token_hex(8)}")
    assert (answer.status_code, answer.json()["code"]) == (401, "BadRequest")
    assert answer.json()["message"]


def test_case_07_get_with_invalid_token(run: Run) -> None:
    path = f"/3/footprints/{run.first['id']}"
    answer = run.ask("GET", path, token=f"very-invalid-access-token-{secrets.token_hex(8)}")
    assert (answer.status_code, answer.json()["code"]) == (401, "BadRequest")


def test_case_08_get_an_unknown_footprint(run: Run) -> None:
    for name in ("00000000-0000-0000-0000-000000000000", "not-a-uuid"):
        answer = run.ask("GET", f"/3/footprints/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def plain(run: Run, method: str, path: str, **more: Any) -> str:
    """What comes of the same request over plain HTTP: the text of an answer, or nothing."""
    try:
        answer = httpx.request(method, f"{run.base.replace('https', 'http')}{path}", trust_env=False, timeout=5, **more)
    except httpx.TransportError:
        return ""
    assert answer.status_code >= 400
    return answer.text


def test_case_09_token_through_plain_http(run: Run) -> None:
    more = {"content": "grant_type=client_credentials", "headers": run.client.headers()}
    assert "access_token" not in plain(run, "POST", "/auth/token", **more)


def test_case_10_list_through_plain_http(run: Run) -> None:
    assert "data" not in plain(run, "GET", "/3/footprints", headers={"authorization": f"Bearer {run.token}"})


def test_case_11_get_through_plain_http(run: Run) -> None:
    headers = {"authorization": f"Bearer {run.token}"}
    assert "data" not in plain(run, "GET", f"/3/footprints/{run.first['id']}", headers=headers)


def test_case_12_request_is_accepted(run: Run) -> None:
    answer = run.post("RequestCreated", {"productId": run.first["productIds"], "comment": "Please."}, f"{run.run}/13")
    assert (answer.status_code, answer.content) == (200, b"")


def test_case_13_request_is_fulfilled(run: Run) -> None:
    """Heard at the partner's registered address; only what was asked for, the id of the request unchanged."""
    name = f"{run.run}/13"
    run.post("RequestCreated", {"productId": run.first["productIds"]}, name)
    event = run.partner.wait(lambda item: item["data"].get("requestEventId") == name)
    assert event["type"] == TYPE.format("RequestFulfilled") and event["specversion"] == "1.0"
    assert event["id"] and event["source"] and event["time"].endswith("Z")
    assert event["data"]["pfs"] == [run.first]
    jsonschema.Draft202012Validator(schema()).validate(event["data"]["pfs"][0])
    assert run.partner.headers[0]["content-type"].startswith("application/cloudevents+json")


def test_case_14_a_request_to_be_rejected_is_accepted(run: Run) -> None:
    answer = run.post("RequestCreated", {"productId": ["urn:pact:null"]}, f"{run.run}/14.B")
    assert (answer.status_code, answer.content) == (200, b"")


def test_case_14_b_request_is_rejected(run: Run) -> None:
    name = f"{run.run}/14.B"
    run.post("RequestCreated", {"productId": ["urn:pact:null"]}, name)
    event = run.partner.wait(lambda item: item["data"].get("requestEventId") == name)
    assert event["type"] == TYPE.format("RequestRejected")
    assert event["data"]["error"]["code"] == "NotFound" and event["data"]["error"]["message"]


def test_case_15_published_event_with_an_unknown_id(run: Run) -> None:
    assert run.post("Published", {"pfIds": [UNKNOWN]}).status_code == 200


def test_case_16_event_with_invalid_token(run: Run) -> None:
    answer = run.post("Published", {"pfIds": [UNKNOWN]}, token=f"very-invalid-{secrets.token_hex(8)}")
    assert (answer.status_code, answer.json()["code"]) == (401, "BadRequest")


def test_case_17_event_through_plain_http(run: Run) -> None:
    """It is not taken: the same question over TLS, asked after it, is answered, and the one in plain text never is."""
    asked, data = f"{run.run}/17", {"productId": ["urn:pact:null"]}
    event = {"specversion": "1.0", "id": asked, "source": run.partner.url, "time": "2026-11-21T10:30:00Z",
             "type": TYPE.format("RequestCreated"), "data": data}  # fmt: skip
    headers = {"authorization": f"Bearer {run.token}", **CLOUD}
    assert "data" not in plain(run, "POST", "/3/events", json=event, headers=headers)
    run.post("RequestCreated", data, f"{asked}.tls")
    run.partner.wait(lambda item: item["data"].get("requestEventId") == f"{asked}.tls")
    assert [item for item in run.partner.events if item["data"].get("requestEventId") == asked] == []


def test_case_18_openid_flow(run: Run) -> None:
    found = httpx.get(f"{run.base}/.well-known/openid-configuration", verify=run.verify, trust_env=False).json()
    assert found["token_endpoint"] == f"{run.base}/auth/token" and found["issuer"] == run.base
    answer = httpx.post(
        found["token_endpoint"], content="grant_type=client_credentials", headers=run.client.headers(),
        verify=run.verify, trust_env=False,
    )  # fmt: skip
    assert answer.status_code == 200 and answer.json()["access_token"]


def test_case_19_openid_flow_with_invalid_credentials(run: Run) -> None:
    found = httpx.get(f"{run.base}/.well-known/openid-configuration", verify=run.verify, trust_env=False).json()
    wrong = _pact.Client(run.client.id, "x" * 43).headers()  # the client is known, its secret is another
    answer = httpx.post(
        found["token_endpoint"], content="grant_type=client_credentials", headers=wrong, verify=run.verify,
        trust_env=False,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_case_20_filter_by_product_id(run: Run) -> None:
    name = run.first["productIds"][0]
    for text in (name, name.upper()):
        assert run.list(f"?productId={text}") == [run.first]


def test_case_21_filter_by_company_id(run: Run) -> None:
    assert run.list(f"?companyId={run.first['companyIds'][0]}") == list(run.footprints)


def test_case_22_filter_by_geography(run: Run) -> None:
    """By country subdivision here; without a value there is no filter."""
    place = run.first["pcf"]["geographyCountrySubdivision"]
    assert run.list(f"?geography={place.lower()}") == list(run.footprints)
    assert run.list("?geography=") == list(run.footprints)


def test_case_23_filter_by_classification(run: Run) -> None:
    assert run.list(f"?classification={run.first['productClassifications'][0]}") == [run.first]
    assert run.list("?classification=") == list(run.footprints)


def test_case_24_filter_by_valid_on(run: Run) -> None:
    """Both ends of the period count; an offset whose plus was not encoded is understood."""
    start, end = run.period
    for at in (start, end, day(start, 1)):
        assert run.list(f"?validOn={at}") == list(run.footprints)
    for at in (day(start, -1), day(end, 1)):
        assert run.list(f"?validOn={at}") == []
    assert run.list(f"?validOn={start.replace('Z', '+00:00')}") == list(run.footprints)


def test_case_25_filter_by_valid_after(run: Run) -> None:
    start, _ = run.period
    assert run.list(f"?validAfter={day(start, -1)}") == list(run.footprints)
    assert run.list(f"?validAfter={start}") == []


def test_case_26_filter_by_valid_before(run: Run) -> None:
    _, end = run.period
    assert run.list(f"?validBefore={day(end, 1)}") == list(run.footprints)
    assert run.list(f"?validBefore={end}") == []


def test_case_27_filter_by_status(run: Run) -> None:
    assert run.list("?status=Active") == run.list("?status=active") == list(run.footprints)


def test_case_28_filter_by_status_and_product_id(run: Run) -> None:
    name = run.first["productIds"][0]
    assert run.list(f"?status=Active&productId={name}") == [run.first]
    assert run.list(f"?status=Deprecated&productId={name}") == []


def test_case_29_any_of_several_company_ids(run: Run) -> None:
    """Values that are no URNs are accepted, and one that matches is enough."""
    query = f"?companyId={run.first['companyIds'][0]}&companyId={secrets.token_hex(4)}&companyId=no%20urn"
    assert run.list(query) == list(run.footprints)


def test_case_30_no_such_product_id(run: Run) -> None:
    assert run.list(f"?productId=urn:bogus:product:{secrets.token_hex(8)}") == []


def test_case_31_no_such_company_id(run: Run) -> None:
    assert run.list(f"?companyId=urn:bogus:company:{secrets.token_hex(8)}") == []


def test_case_32_no_such_geography(run: Run) -> None:
    assert run.list("?geography=XX") == []


def test_case_33_no_such_classification(run: Run) -> None:
    assert run.list(f"?classification=urn:bogus:classification:{secrets.token_hex(8)}") == []


def test_case_34_valid_on_long_ago(run: Run) -> None:
    assert run.list("?validOn=1900-01-01T00:00:00Z") == []


def test_case_35_valid_after_far_ahead(run: Run) -> None:
    assert run.list("?validAfter=2099-12-31T23:59:59Z") == []


def test_case_36_valid_before_long_ago(run: Run) -> None:
    assert run.list("?validBefore=1900-01-01T00:00:00Z") == []


def test_case_37_no_such_status(run: Run) -> None:
    assert run.list(f"?status=BogusStatus{secrets.token_hex(4)}") == []


def test_case_38_all_of_several_filters(run: Run) -> None:
    bogus = f"urn:bogus:company:{secrets.token_hex(4)}"
    assert run.list(f"?companyId={bogus}&productId=urn:bogus:product:1") == []
    assert (
        run.list(f"?companyId={bogus}&productId={run.first['productIds'][0]}") == []
    )  # one that matches is not enough


def test_case_39_none_of_several_company_ids(run: Run) -> None:
    query = "&".join(f"companyId=urn:bogus:company:{secrets.token_hex(4)}" for _ in range(3))
    assert run.list(f"?{query}") == []


def test_case_40_published_event_that_is_malformed(run: Run) -> None:
    answer = run.post("Published", {"pfIds": ["urn:gtin:4712345060507"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert "application/json" in answer.headers["content-type"]


def test_the_cases_are_all_here() -> None:
    """41 numbers: 1 to 13, 14.A, 14.B, 15 to 40."""
    text = Path(__file__).read_text("utf-8")
    names = [line.split("(")[0] for line in text.splitlines() if line.startswith("def test_case_")]
    wanted = [f"{n:02}" for n in range(1, 14)] + ["14_a", "14_b"] + [f"{n}" for n in range(15, 41)]
    assert [name for name in wanted if not any(f"test_case_{name}_" in found for found in names)] == []
    assert len(wanted) == 41
