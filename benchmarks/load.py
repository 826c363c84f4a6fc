"""A load from a process of its own: POSTs of new works from some clients at once; prints milliseconds as JSON.

`python -m benchmarks.load URL-PATH PORT CLIENTS REQUESTS NAME [KEY]`
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path

from lca.doors import read_yaml

EXAMPLE = Path(__file__).parents[1] / "examples" / "cement_works_2024.yaml"


def bodies(name: str, count: int) -> list[bytes]:
    """Cement works that differ in their names: each seals records of its own."""
    data = read_yaml(EXAMPLE.read_text("utf-8"))
    made = []
    for number in range(count):
        data["works"]["name"] = {"en": f"Works {name} {number}", "zh": f"{name}第{number}厂"}
        made.append(json.dumps(data, ensure_ascii=False).encode())
    return made


def main() -> None:
    path, port, clients, count, name, *key = sys.argv[1:]
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key[0]}"} if key else {})
    taken: list[float] = []
    parts = [bodies(f"{name}-{client}", int(count)) for client in range(int(clients))]
    ready = threading.Barrier(int(clients))

    def work(mine: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=120)
        connection.connect()
        ready.wait()
        for body in mine:
            start = time.perf_counter()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            taken.append((time.perf_counter() - start) * 1000)
            if answer.status != 201:
                raise SystemExit(text[:500].decode("utf-8", "replace"))

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"ms": sorted(taken), "seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
