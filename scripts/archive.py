"""Seal the records of ``tests/archive/records/``: what every later version must re-run to the same digits.

python -m scripts.archive            add records that are not there yet
python -m scripts.archive --again    seal all anew; only where *Changes results* of the changelog says why
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from service.calculate import Asked, derive
from service.intake import read_file
from service.records.sections import make_record
from service.records.statement import section_values

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "tests" / "archive" / "records"
SECRET: Final = bytes(32)
"""The archive's own store secret: these records are public, and the same input gives the same name again."""
MORE: Final = (("steel_works_2024", "corporate_cn"), ("aluminium_works_2024", "iso14067"))
"""Beside every example under its own regime: a site account, and a second regime."""


def wanted() -> Iterator[tuple[str, str]]:
    """Example and regime, an empty one for what the example or its rule says."""
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        yield path.stem, ""
    yield from MORE


def seal(example: str, regime: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """File name and record of each product of an example; a draft where the example has a gap."""
    derived = derive(read_file(ROOT / "examples" / f"{example}.yaml"), Asked(regime=regime, draft=True))
    for product in sorted(derived.works.footprints):
        record = make_record(section_values(derived, product), SECRET)
        name = f"{example}-{regime}-{product}" if regime else f"{example}-{product}"
        yield "".join(c if c.isalnum() or c in "-_." else "_" for c in name) + ".json", record


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for example, regime in wanted():
        for name, record in seal(example, regime):
            path = FOLDER / name
            if "--again" in sys.argv[1:] or not path.exists():
                path.write_text(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
                print(path.relative_to(ROOT), record["sections"]["result"]["status"])


if __name__ == "__main__":
    main()
