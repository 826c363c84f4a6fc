"""``python -m factordb.build FOLDER``: author the shipped releases from the collected tables in FOLDER.

Only for authoring: the files it writes are reviewed and committed, and everything else reads those. Their
hashes are then ``python -m factordb.build --hash``, to be put into ``factordb/data/frozen.toml``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from factordb.authoring.cbam import cbam
from factordb.authoring.core import core
from factordb.authoring.electricity import electricity
from factordb.authoring.fuels import fuels
from factordb.authoring.made import Authored
from factordb.authoring.processes import processes
from factordb.authoring.recalled import recalled
from factordb.files import write
from factordb.release import from_files

FOLDER = Path(__file__).parent / "data" / "releases"


def core_release(collected: Path) -> dict[str, Authored]:
    """Official electricity, guideline fuels and processes, the clearable core."""
    return {
        "electricity": electricity(collected / "electricity_cn.csv"),
        "fuels": fuels(collected / "fuels_cn.csv"),
        "processes": processes(collected / "process_cn.csv"),
        "factors": core(collected / "factors_core.csv"),
    }


RELEASES: Final[Mapping[str, Callable[[Path], dict[str, Authored]]]] = {
    "cn-2026.1": core_release,
    "cbam-2026.1": lambda collected: {"factors": cbam(collected)},
    "recalled-2026.1": lambda collected: {"factors": recalled(collected)},
}


def build(collected: Path, folder: Path, release: str = "cn-2026.1") -> dict[str, int]:
    """Write the tables of a release and return row counts; ``release.yaml`` and ``licences.csv`` are hand-made."""
    made = RELEASES[release](collected)
    for table, part in made.items():
        write(folder, table, part.factors)
    sources = {name: source for part in made.values() for name, source in part.sources.items()}
    left_out = {name: reason for part in made.values() for name, reason in part.left_out.items()}
    write(folder, "sources", sources.values())
    write(folder, "left_out", [{"id": name, "reason": reason} for name, reason in left_out.items()])
    return {table: len(part.factors) for table, part in made.items()} | {"left_out": len(left_out)}


def main(arguments: list[str]) -> int:
    """Write the files of every release, or with ``--hash`` print the SHA-256 of each that is committed."""
    if arguments == ["--hash"]:
        for release in RELEASES:
            print(release, from_files(FOLDER / release).sha256)
        return 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    for release in RELEASES:
        print(release, build(Path(arguments[0]), FOLDER / release, release))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
