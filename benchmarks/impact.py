"""Time of ``diff`` of two releases and ``impact`` on a thousand stored records.

python -m benchmarks.impact [RECORDS]
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from factordb.diff import diff
from factordb.publish import publish
from factordb.release import content_of, open_release
from lca.doors import read_yaml
from service.calculate import Asked, calculate
from service.desk import open_desk
from service.impact import impact
from service.intake import Sent, composed

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cement_works_2024.yaml"


def main(records: int) -> None:
    base = read_yaml(EXAMPLE.read_text(encoding="utf-8"))
    old = open_release("cn-2026.1")
    content = content_of(old)
    factors = tuple(
        replace(item, value="0.5877", reason="benchmark") if item.id == "cn.cfp.national_avg.2024" else item
        for item in content.factors
    )
    with tempfile.TemporaryDirectory() as folder, open_desk(f"{folder}/pcf.db") as desk:
        publish(desk.engine, replace(content, meta={**content.meta, "id": "cn-2026.b"}, factors=factors))
        start = time.perf_counter()
        for number in range(records // 2):
            data = copy.deepcopy(base)
            data["works"]["operator"] = f"works {number}"
            text = json.dumps(data, ensure_ascii=False)
            sent = Sent(composed(data), text.encode(), "application/json", "bench")
            calculate(sent, Asked(), desk.records, caller="bench")
        sealed = time.perf_counter() - start
        start = time.perf_counter()
        new = desk.release("cn-2026.b")
        opened = time.perf_counter() - start
        start = time.perf_counter()
        lines = diff(old, new)
        using = desk.records.using(line.id for line in lines)
        differed = time.perf_counter() - start
        start = time.perf_counter()
        moved = impact(desk.records, "cn-2026.1", "cn-2026.b", desk.release)
        impacted = time.perf_counter() - start
    users = sum(len(names) for names in using.values())
    print(f"{records} records sealed in {sealed:.1f} s; release opened from the store in {opened * 1000:.0f} ms")
    print(f"diff: {len(lines)} lines, {users} records that use them, {differed * 1000:.0f} ms")
    print(f"impact: {len(moved)} records, {sum(bool(item.percent) for item in moved)} recalculated, {impacted:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
