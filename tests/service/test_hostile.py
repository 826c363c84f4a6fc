"""Hostile requests to a real service: each has its status, none costs seconds, none breaks it; and the whole API by
schemathesis: no 5xx, no undocumented status."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from service.companies.keys import Wanted, new_key
from tests.fixtures.served import Served, serving
from tests.service import _cases
from tests.service.hostile import Attempt, attempts

SECONDS = 20.0
"""No attempt may hold the service longer, on whatever machine."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str, str]]:
    """A service, an owner's key, and the name of a record."""
    env = {"PCF_PER_MINUTE": "1000000"}
    with serving(tmp_path_factory.mktemp("hostile"), env=env) as served:
        with served.client() as client:
            posted = client.post(
                "/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"}
            )
        from factordb.store import open_store

        engine = open_store(served.log.parent / "pcf.db")
        key = new_key(engine, "local", Wanted("hostile", "owner"), "test").text
        engine.dispose()
        yield served, key, posted.json()["records"][0]["name"]


def tried(client: httpx.Client, attempt: Attempt) -> tuple[int, str, float]:
    """Status, code of the first fault, seconds."""
    start = time.perf_counter()
    answer = client.request(attempt.method, attempt.path, content=attempt.content, headers=dict(attempt.headers))
    taken = time.perf_counter() - start
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return answer.status_code, answer.json()["errors"][0]["code"] if problem else "", taken


def test_every_attempt_has_its_answer(place: tuple[Served, str, str]) -> None:
    served, key, record = place
    wrong, count = [], 0
    with served.client(key) as client, served.client() as stranger:
        for attempt in attempts(record):
            own = {name.lower() for name in attempt.headers} & {"authorization", "cookie"}
            status, code, taken = tried(stranger if own else client, attempt)
            count += 1
            if (status, attempt.code or code) != (attempt.status, code) or taken > SECONDS:
                wrong.append(f"{attempt.name}: {status} {code} in {taken:.1f} s, not {attempt.status} {attempt.code}")
        assert client.get(f"/v1/records/{record}").status_code == 200  # and it goes on
    assert ("\n".join(wrong), count >= 60) == ("", True)
    assert "Traceback" not in served.log.read_text("utf-8")


@pytest.mark.slow
def test_the_whole_api_answers_as_documented(place: tuple[Served, str, str]) -> None:
    served, key, _ = place
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{served.url}/openapi.json",
        "-H", f"Authorization: Bearer {key}", "--seed", "20261121",
        "--max-examples", os.environ.get("PCF_EXAMPLES", "2"),
        "--checks", checks, "--phases", "examples,coverage,fuzzing",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, cwd=served.log.parent)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-500:]
    assert "failures" not in done.stdout.splitlines()[-1]
