"""The HTTP interface on a real uvicorn: statuses, one error shape, digits kept."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service import _cases


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("serve")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, env=dict(os.environ))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as opened:
        for _ in range(200):
            try:
                opened.get("/healthz")
                break
            except httpx.TransportError:
                assert server.poll() is None
                time.sleep(0.1)
        yield opened
    server.terminate()
    server.wait(timeout=20)


def post(client: httpx.Client, data: Any, **headers: str) -> httpx.Response:
    return client.post(
        "/v1/footprints", content=json.dumps(data), headers={"content-type": "application/json", **headers}
    )


def test_health_and_openapi(client: httpx.Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/healthz",
        "/v1/footprints",
        "/v1/records/{name}",
        "/v1/records/{name}/reruns",
    }
    refused = document["paths"]["/v1/footprints"]["post"]["responses"]["422"]["content"]
    assert list(refused) == ["application/problem+json"]


def test_post_get_rerun(client: httpx.Client) -> None:
    body = _cases.CEMENT.read_bytes()
    answer = client.post("/v1/footprints", content=body, headers={"content-type": "application/yaml"})
    assert answer.status_code == 201, answer.text
    first = answer.json()["records"][0]
    assert first["result"]["total"] == "735.893" and first["new"] is True

    record = client.get(f"/v1/records/{first['name']}").json()
    assert record["name"] == first["name"]
    verdict = client.post(f"/v1/records/{first['name'][:12]}/reruns").json()
    assert (verdict["recomputation"], verdict["exit_code"]) == ("identical", 0)
    again = client.post("/v1/footprints", content=body, headers={"content-type": "application/yaml"})
    assert [item["new"] for item in again.json()["records"]] == [False, False]


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
        (b" " * 10_000_001, "application/json", 413, "file_too_large"),
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
