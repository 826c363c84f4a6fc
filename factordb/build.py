"""``python -m factordb.build FOLDER``: author the public release from the collected tables in FOLDER.

Only for authoring: the files it writes are reviewed and committed, and everything else reads those. The release's
hash is then ``python -m factordb.build --hash``, to be put into ``factordb/data/frozen.toml``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from factordb.authoring.core import core
from factordb.authoring.electricity import electricity
from factordb.authoring.fuels import fuels
from factordb.authoring.processes import processes
from factordb.files import write
from factordb.release import from_files

RELEASE = "cn-2026.1"
FOLDER = Path(__file__).parent / "data" / "releases" / RELEASE


def build(collected: Path, folder: Path) -> dict[str, int]:
    """Write the tables of the release and return row counts; ``release.yaml`` and ``licences.csv`` are hand-made."""
    made = {
        "electricity": electricity(collected / "electricity_cn.csv"),
        "fuels": fuels(collected / "fuels_cn.csv"),
        "processes": processes(collected / "process_cn.csv"),
        "factors": core(collected / "factors_core.csv"),
    }
    for table, part in made.items():
        write(folder, table, part.factors)
    sources = {name: source for part in made.values() for name, source in part.sources.items()}
    left_out = {name: reason for part in made.values() for name, reason in part.left_out.items()}
    write(folder, "sources", sources.values())
    write(folder, "left_out", [{"id": name, "reason": reason} for name, reason in left_out.items()])
    return {table: len(part.factors) for table, part in made.items()} | {"left_out": len(left_out)}


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--hash`` print the SHA-256 of what is committed."""
    if arguments == ["--hash"]:
        print(from_files(FOLDER).sha256)
        return 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    print(build(Path(arguments[0]), FOLDER))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
