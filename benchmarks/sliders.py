"""How long a slider of a what-if waits: a real ``pcf serve``, the cement example, every answer derived anew.

    .venv-dev/bin/python -m benchmarks.sliders [--requests 400]

Prints milliseconds per request as a browser on this machine sees them: median, 95th and 99th percentile, the first
request apart (it derives the works and looks for the inputs that move the total most).
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
import time
from pathlib import Path

from tests.fixtures.served import serving

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "cement_works_2024.yaml"
LIMIT = 100.0
"""Milliseconds that the 95th percentile may take."""


def measure(requests: int, seed: int = 7) -> dict[str, object]:
    """Milliseconds of requests that move one to three inputs at once."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served, served.client() as client:
        headers = {"content-type": "application/yaml"}
        made = client.post("/v1/footprints", content=EXAMPLE.read_bytes(), headers=headers).json()
        address = f"/records/{made['records'][0]['name']}/what-if"
        start = time.perf_counter()
        page = client.get(address)
        first = (time.perf_counter() - start) * 1000
        inputs = [part.split('"')[0] for part in page.text.split('type="range" name="')[1:]]
        assert len(inputs) >= 3, page.text[:500]
        taken, refused = [], 0
        for _ in range(requests):
            moved = draw.sample(inputs, draw.randint(1, 3))
            asked = {name: str(draw.randint(-50, 50)) for name in moved}
            start = time.perf_counter()
            told = client.get(address, params=asked, headers={"accept": "application/json"}).json()
            taken.append((time.perf_counter() - start) * 1000)
            refused += not told["ok"]
    taken.sort()
    at = {
        name: round(taken[int(len(taken) * share)], 1) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    return {"requests": requests, "inputs": len(inputs), "refused_by_the_rule": refused, "first_ms": round(first), **at}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    found = measure(parser.parse_args().requests)
    print(json.dumps({"machine": platform.machine(), "python": platform.python_version(), "ms": found}, indent=1))
    p95 = found["p95"]
    assert isinstance(p95, float)
    print(f"p95 {p95} ms, wanted at most {LIMIT:g} ms: {'held' if p95 <= LIMIT else 'NOT HELD'}")


if __name__ == "__main__":
    main()
