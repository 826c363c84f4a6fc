"""Jobs over HTTP: accepted, done by a worker beside the server, read item by item, told to a webhook."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.served import WORKER, Served, free_port, serving
from tests.service import _cases


def works(number: int) -> dict[str, Any]:
    """A cement works of its own."""
    data = _cases.example()
    data["works"]["name"] = {"en": f"Works {number}", "zh": f"第{number}厂"}
    return {"id": f"works-{number}", "data": data}


def ended(client: httpx.Client, job_id: str, seconds: float = 60) -> dict[str, Any]:
    start = time.monotonic()
    while True:
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] not in ("queued", "running"):
            return job
        assert time.monotonic() - start < seconds, job
        time.sleep(0.1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("jobs"), env={**WORKER, "PCF_WEBHOOK_NETWORKS": "127.0.0.0/8"}) as running:
        yield running


def test_a_job_is_accepted_done_and_read_page_by_page(served: Served) -> None:
    with served.client() as client:
        broken = works(3)
        broken["data"]["rows"] = []
        answer = client.post("/v1/jobs", json={"items": [works(1), works(2), broken]})
        assert answer.status_code == 202 and answer.headers["retry-after"] == "2"
        job = ended(client, answer.headers["location"].rpartition("/")[2])
        assert job["progress"] == {"done": 3, "total": 3, "unit": "items"}
        assert job["result"] | {"new_records": 0} == {
            "ok": False, "items": 3, "results": 4, "failed": 1, "new_records": 0
        }  # fmt: skip
        seen, url = [], f"/v1/jobs/{job['id']}/results?limit=2"
        while url:
            page = client.get(url)
            seen += page.json()["items"]
            url = page.headers.get("link", "").partition(">")[0].removeprefix("<")
        assert [(item["item"], item["ok"]) for item in seen] == [
            ("works-1", True), ("works-2", True), ("works-3", False)
        ]  # fmt: skip
        line = next(line for line in seen[0]["results"] if line["product"] == "P.O-42.5")
        assert line["total"] == "735.893"
        assert client.get(f"/v1/records/{line['record']}").status_code == 200
        assert job["id"] in [row["id"] for row in client.get("/v1/jobs?state=succeeded").json()["jobs"]] + [
            row["id"] for row in client.get("/v1/jobs?state=failed").json()["jobs"]
        ]


def test_the_same_key_gives_the_same_job(served: Served) -> None:
    with served.client(**{"idempotency-key": "night-7"}) as client:
        body = json.dumps({"items": [works(1)]})
        first, again = (client.post("/v1/jobs", content=body) for _ in range(2))
        assert first.content == again.content and again.headers["idempotent-replayed"] == "true"
        other = client.post("/v1/jobs", json={"items": [works(2)]})
        assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_other_body")


def test_requests_of_a_wrong_form_and_unknown_jobs(served: Served) -> None:
    with served.client() as client:
        answer = client.post("/v1/jobs", json={"items": [], "drft": True})
        assert answer.status_code == 422
        assert {error["where"] for error in answer.json()["errors"]} == {"/drft", "/items"}
        for path in ("/v1/jobs/none", "/v1/jobs/none/results"):
            assert client.get(path).status_code == 404
        assert client.delete("/v1/jobs/none").status_code == 404
        done = ended(client, client.post("/v1/jobs", json={"items": [works(1)]}).json()["id"])
        late = client.delete(f"/v1/jobs/{done['id']}")
        assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "job_ended")


class _Receiver(BaseHTTPRequestHandler):
    received: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append(({key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_webhook_is_told_of_the_end_with_a_signature(served: Served) -> None:
    import base64
    import hashlib
    import hmac

    port = free_port()
    handler = type("Receiver", (_Receiver,), {"received": []})
    with HTTPServer(("127.0.0.1", port), handler) as server, served.client() as client:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hook = client.post("/v1/webhooks", json={"url": f"http://127.0.0.1:{port}/pcf"})
        assert hook.status_code == 201, hook.text
        secret = hook.json()["secret"]
        job = client.post(f"/v1/jobs?webhook={hook.json()['id']}", json={"items": [works(1)]}).json()
        ended(client, job["id"])
        start = time.monotonic()
        while not handler.received and time.monotonic() - start < 30:
            time.sleep(0.1)
        server.shutdown()
        headers, body = handler.received[0]
        assert json.loads(body)["data"]["id"] == job["id"] and secret not in json.dumps(
            client.get("/v1/webhooks").json()
        )
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        assert f"v1,{expected}" in headers["webhook-signature"].split()


def test_a_private_address_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as running, running.client() as client:
        for url in ("http://127.0.0.1:9/x", "https://169.254.169.254/latest", "https://[::1]/", "file:///etc/passwd"):
            answer = client.post("/v1/webhooks", json={"url": url})
            assert answer.status_code == 422, url


def test_a_server_that_is_killed_loses_no_accepted_job(tmp_path: Path) -> None:
    """SIGKILL with the job under way; another server takes it up when the lease has run out, and doubles nothing."""
    with serving(tmp_path, env=WORKER) as first, first.client() as client:
        accepted = client.post("/v1/jobs", json={"items": [works(number) for number in range(40)]}).json()
        while client.get(f"/v1/jobs/{accepted['id']}").json()["progress"]["done"] < 3:
            time.sleep(0.05)
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    with serving(tmp_path, env=WORKER) as second, second.client() as client:
        job = ended(client, accepted["id"], seconds=180)
        assert (job["state"], job["result"]["items"], job["result"]["failed"]) == ("succeeded", 40, 0)
        names, url = [], "/v1/records?limit=200"
        while url:
            page = client.get(url)
            names += [row["name"] for row in page.json()["records"]]
            url = page.headers.get("link", "").partition(">")[0].removeprefix("<")
        assert len(names) == len(set(names)) == 80  # two products a works
