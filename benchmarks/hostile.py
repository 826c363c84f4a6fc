"""`python -m benchmarks.hostile`: hostile requests to a real service, what was tried and what came back, in ms."""

from __future__ import annotations

import tempfile
from pathlib import Path

from factordb.store import open_store
from service.companies.keys import Wanted, new_key
from tests.fixtures.served import serving
from tests.service import _cases
from tests.service.hostile import attempts
from tests.service.test_hostile import tried


def main() -> None:
    env = {"PCF_PER_MINUTE": "1000000", "PCF_EMBEDDED_WORKERS": "0", "PCF_LOG": "warning"}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), env=env) as served:
        with served.client() as client:
            posted = client.post(
                "/v1/footprints", content=_cases.CEMENT.read_bytes(), headers={"content-type": "application/yaml"}
            )
        engine = open_store(Path(folder) / "pcf.db")
        key = new_key(engine, "local", Wanted("hostile", "owner"), "benchmark").text
        engine.dispose()
        print("| tried | status | code | ms |\n|---|---|---|---|")
        wrong = 0
        with served.client(key) as client, served.client() as stranger:
            for attempt in attempts(posted.json()["records"][0]["name"]):
                own = {name.lower() for name in attempt.headers} & {"authorization", "cookie"}
                status, code, seconds = tried(stranger if own else client, attempt)
                mark = "" if status == attempt.status else f" (expected {attempt.status})"
                wrong += bool(mark)
                print(f"| {attempt.name.replace('|', '/')} | {status}{mark} | {code} | {seconds * 1000:.0f} |")
    if wrong:
        raise SystemExit(f"{wrong} answers are not as expected")


if __name__ == "__main__":
    main()
