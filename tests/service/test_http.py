"""The HTTP interface on a real uvicorn: statuses, one error shape, digits kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.served import serving
from tests.service import _cases


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("serve")) as served, served.client() as opened:
        yield opened


OPEN = ("/v1/shared", "/v1/verifications")
"""Routes that ask for no key of the company."""


def post(client: httpx.Client, data: Any, **headers: str) -> httpx.Response:
    return client.post(
        "/v1/footprints", content=json.dumps(data), headers={"content-type": "application/json", **headers}
    )


def test_health_and_openapi(client: httpx.Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["operationId"], where
            if path.startswith("/v1/"):
                assert operation.get("security") == (None if path in OPEN else [{"key": []}]), where
                assert list(operation["responses"]["422"]["content"]) == ["application/problem+json"], where
                named = {item["name"] for item in operation.get("parameters", [])}
                assert method != "post" or "idempotency-key" in named or path == "/v1/verifications", where
                if "requestBody" in operation:
                    content = operation["requestBody"]["content"]["application/json"]
                    assert "example" in content, where


def test_every_request_has_an_id_and_safe_headers(client: httpx.Client) -> None:
    answer = client.get("/healthz", headers={"x-request-id": "erp-2026-0001"})
    assert answer.headers["x-request-id"] == "erp-2026-0001"
    assert len(client.get("/healthz", headers={"x-request-id": "bad id!"}).headers["x-request-id"]) == 32
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_unknown_field_names_the_nearest(client: httpx.Client) -> None:
    answer = client.get("/v1/records", params={"limt": "3"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["expected"]) == (422, "field_unknown", "limit")
    answer = client.get("/v1/nothing")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "route_unknown")
    answer = client.delete("/v1/records")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_an_idempotency_key_gives_the_same_answer_once(client: httpx.Client) -> None:
    body, headers = _cases.BATTERY.read_bytes(), {"content-type": "application/yaml", "idempotency-key": "night-1"}
    first = client.post("/v1/footprints", content=body, headers=headers)
    again = client.post("/v1/footprints", content=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content  # "new": true both times: it is the same answer
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    name = first.json()["records"][0]["name"]
    assert len(client.get(f"/v1/records/{name}/runs").json()["runs"]) == 1
    other = client.post("/v1/footprints", content=_cases.CEMENT.read_bytes(), headers=headers)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_other_body")


def test_lists_go_on_by_their_link(client: httpx.Client) -> None:
    client.post("/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"})
    everything = [row["name"] for row in client.get("/v1/records").json()["records"]]
    seen, url = [], "/v1/records?limit=1"
    while url:
        answer = client.get(url)
        seen += [row["name"] for row in answer.json()["records"]]
        url = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == everything and len(seen) >= 2
    answer = client.get("/v1/records", params={"cursor": "bm90LW91cnM"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "cursor_wrong")


def test_a_record_is_not_sent_twice(client: httpx.Client) -> None:
    posted = client.post(
        "/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"}
    )
    name = posted.json()["records"][0]["name"]
    first = client.get(f"/v1/records/{name}")
    again = client.get(f"/v1/records/{name}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"


def test_an_open_service_answers_no_other_site(client: httpx.Client) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = client.post("/v1/footprints", content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "cross_site")
    answer = client.get("/v1/records", headers={"host": "evil.example"})  # a name that was turned to loopback
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "not_signed_in")


def test_factors_are_found_and_show_their_history(client: httpx.Client) -> None:
    found = client.get("/v1/factors", params={"q": "全国平均", "limit": "3"}).json()["factors"]
    assert found and all(row["source"]["id"] for row in found)
    history = client.get(f"/v1/factors/{found[0]['id']}").json()["history"]
    assert history[-1]["value"] == found[0]["value"]
    assert client.get("/v1/factors/no.such").status_code == 404


def test_post_get_rerun(client: httpx.Client) -> None:
    data = _cases.example()
    data["works"]["name"] = {"en": "A works of this test", "zh": "本测试的工厂"}
    answer = post(client, data)
    assert answer.status_code == 201, answer.text
    first = answer.json()["records"][0]
    assert first["result"]["total"] == "735.893" and first["new"] is True

    record = client.get(f"/v1/records/{first['name']}").json()
    assert record["name"] == first["name"]
    verdict = client.post(f"/v1/records/{first['name'][:12]}/reruns").json()
    assert (verdict["recomputation"], verdict["exit_code"]) == ("identical", 0)
    again = post(client, data)
    assert [item["new"] for item in again.json()["records"]] == [False, False]


def test_a_list_tells_a_band_as_the_result_does(client: httpx.Client) -> None:
    """The total of a draft has two ends; in a list they came as JSON inside a text."""
    data = _cases.example(_cases.EXAMPLES / "li_ion_battery_bom_2024.yaml")
    answer = client.post("/v1/footprints", params={"draft": "true"}, json=data)
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()["records"]
    total = made["result"]["total"]
    assert set(total) == {"low", "high"}
    rows = client.get("/v1/records", params={"status": "draft"}).json()["records"]
    assert [row["total"] for row in rows if row["name"] == made["name"]] == [total]


def test_a_withdrawn_record_says_so_wherever_it_is_read(client: httpx.Client) -> None:
    data = _cases.example()
    data["works"]["name"] = {"en": "A works that was wrong", "zh": "有误的工厂"}
    name = post(client, data).json()["records"][0]["name"]
    first = client.get(f"/v1/records/{name}")
    assert "x-record-withdrawn" not in first.headers
    client.post(f"/v1/records/{name}/withdrawal", json={"reason": "meter 3 was read <twice>"}).raise_for_status()
    again = client.get(f"/v1/records/{name}")
    assert again.content == first.content, "a record never changes"
    since = again.headers["x-record-withdrawn"]
    fresh = client.get(f"/v1/records/{name}", headers={"if-none-match": first.headers["etag"]})
    assert (fresh.status_code, fresh.headers["x-record-withdrawn"]) == (304, since)
    rows = {row["name"]: row["withdrawn_at"] for row in client.get("/v1/records?limit=200").json()["records"]}
    assert rows[name] == since and {at for other, at in rows.items() if other != name} <= {""}
    copy = client.get(f"/v1/records/{name}/disclosed?level=public")
    assert copy.headers["x-record-withdrawn"] == since
    report = client.get(f"/v1/records/{name}/report", headers={"accept-language": "en"}).text
    assert "This record is withdrawn." in report and "meter 3 was read &lt;twice&gt;" in report


def test_json_numbers_keep_their_digits(client: httpx.Client) -> None:
    """0.1 + 0.2 as JSON numbers must stay decimal: the same record as with strings."""
    data = _cases.example(_cases.BATTERY)
    text = post(client, data).json()["records"][0]["name"]
    body = json.dumps(data).replace('"517.979452"', "517.979452").replace('"60.5"', "60.50")
    number = client.post("/v1/footprints", content=body, headers={"content-type": "application/json"})
    assert number.json()["records"][0]["name"] == text


def test_refusals_have_one_shape(client: httpx.Client) -> None:
    data = _cases.example()
    _cases.row(data, "coal")["unit"] = "stone"
    answer = post(client, data, **{"accept-language": "zh-CN"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem["status"] == 422 and problem["errors"][0]["code"] == "unknown_unit"
    assert problem["errors"][0]["message"] == "单位无法识别。"
    assert set(problem["errors"][0]) == {"code", "where", "message", "found", "expected", "rule", "fix"}


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "json_unreadable"),
        (b"[1]", "application/json", 400, "body_unreadable"),
        (b'{"a": NaN}', "application/json", 400, "not_a_number"),
        (b"\xff\xfe", "application/json", 400, "file_encoding"),
        (b"{}", "application/json", 422, "missing_key"),
        (b'{"rule": "cheese"}', "application/json", 422, "rule_unknown"),
        (b"[" * 100_000, "application/json", 400, "too_deep"),
        (b"a: &a [x]\nb: *a", "application/yaml", 422, "yaml_alias"),
        (b" " * 10_000_001, "application/json", 413, "body_too_large"),
        (b"a,b", "text/csv", 415, "media_type"),
    ],
)
def test_bad_bodies(client: httpx.Client, content: bytes, kind: str, status: int, code: str) -> None:
    answer = client.post("/v1/footprints", content=content, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["code"] == code


def test_unknown_record_is_404(client: httpx.Client) -> None:
    for answer in (client.get("/v1/records/00000000"), client.post("/v1/records/00000000/reruns")):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "record_unknown")


def test_workbook_upload(client: httpx.Client, tmp_path: Path) -> None:
    from pcr.registry import find_rule
    from service.intake import MEDIA
    from service.workbook import write_filled

    path = tmp_path / "cement.xlsx"
    write_filled(find_rule("cement").rule, _cases.example(), path)
    answer = client.post("/v1/footprints", content=path.read_bytes(), headers={"content-type": MEDIA[".xlsx"]})
    assert answer.status_code == 201, answer.text
    assert answer.json()["records"][0]["result"]["total"] == "735.893"


def test_work_that_takes_too_long_is_answered_and_goes_on() -> None:
    """The answer comes at the limit; the work is not lost: what it seals is found by the next request."""
    import asyncio
    import threading

    from lca.faults import Refused
    from service.http.who import SECONDS, apart

    done, go = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(30)
        done.set()

    async def ask() -> None:
        SECONDS.set(0.2)
        with pytest.raises(Refused, match="too_slow"):
            await apart(work)
        assert not done.is_set()
        go.set()

    asyncio.run(ask())
    assert done.wait(30)


def test_metrics_count_by_route_and_name_no_company(client: httpx.Client) -> None:
    client.get("/v1/records")
    text = client.get("/metrics").text
    assert 'route="/v1/records"' in text and "pcf_queued_jobs 0.0" in text
    assert "local" not in text
