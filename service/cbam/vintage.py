"""Which CBAM calculations another vintage of the default values would move: *impact* for packages and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lca.exact import Exact
from lca.faults import Fault, Refused
from pcr.regimes.cbam.v1.plant.form import is_installation
from service.cbam.goods_list import is_list, read_imports
from service.cbam.obliged import obliged
from service.cbam.package import MANIFEST
from service.cbam.run import Asked, calculated, read_placed
from service.cbam.stated import Installations

SUFFIXES = (".yaml", ".yml", ".json", ".xlsx")


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure of one file on two days, the declared one. ``rows``: default values that answered on each."""

    file: str
    good: str
    before: Exact | None
    after: Exact | None
    rows: tuple[tuple[str, ...], tuple[str, ...]]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """What moved, how many files were looked at, which of a folder's files are no CBAM input."""

    moved: Sequence[Moved]
    looked: int
    others: Sequence[str]
    refused: Sequence[str]
    """Files that neither day can answer."""


def impact(folder: Path, before: str, after: str) -> Impact:
    """Every package, installation and list of goods under ``folder`` calculated with the tables known on two days.

    A file that only one of the days can answer is listed with its faults.

    Raises:
        Refused: ``file_missing`` for a folder that is not there.
    """
    if not folder.is_dir():
        raise Refused([Fault("file_missing", str(folder), found="no such folder", expected="a folder")])
    moved: list[Moved] = []
    looked, others, refused = 0, list[str](), list[str]()
    for name, path in _files(folder):
        data = _read(path)
        if data is None:
            others.append(name)
            continue
        looked += 1
        old, new = _figures(data, path, before), _figures(data, path, after)
        if isinstance(old, tuple) or isinstance(new, tuple):
            faults = old if isinstance(old, tuple) else new if isinstance(new, tuple) else ()
            both = isinstance(old, tuple) and isinstance(new, tuple)
            refused.append(name) if both else moved.append(Moved(name, "", None, None, ((), ()), faults))
            continue
        for good in sorted({*old, *new}):
            first, second = old.get(good), new.get(good)
            if first is None or second is None or first.values != second.values:
                rows = (first.rows if first else (), second.rows if second else ())
                moved.append(Moved(name, good, _shown(first), _shown(second), rows))
    return Impact(moved, looked, others, refused)


def _shown(figure: _Figure | None) -> Exact | None:
    """The declared figure, or where only the default beside it moved that one."""
    return figure.values[0] if figure is not None else None


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """A package counts once, by the installation inside it."""
    packages = {path.parent for path in folder.rglob(MANIFEST)}
    for package in sorted(packages):
        yield package.relative_to(folder).as_posix(), package / "installation.json"
    for path in sorted(folder.rglob("*")):
        inside = any(package in path.parents for package in packages)
        if path.is_file() and path.suffix.lower() in SUFFIXES and not inside:
            yield path.relative_to(folder).as_posix(), path


def _read(path: Path) -> Any:
    """Plain data of a CBAM input that default values can move; None for everything else."""
    try:
        data = read_placed(path)[0]
    except Refused:
        return None
    if not isinstance(data, dict):
        return None
    return data if is_installation(data) or (is_list(data) and "processes" not in data) else None


@dataclass(frozen=True, slots=True)
class _Figure:
    """Total SEE as declared and on the default value, and the default rows behind them."""

    values: tuple[Exact | None, ...]
    rows: tuple[str, ...]


def _figures(data: Any, path: Path, known: str) -> dict[str, _Figure] | tuple[Fault, ...]:
    """Figures by good, or the faults of a file that this day cannot answer."""
    try:
        return _of_list(data, path, known) if "processes" not in data else _of_installation(data, path, known)
    except Refused as refused:
        return refused.faults


def _of_list(data: Any, path: Path, known: str) -> dict[str, _Figure]:
    imports = read_imports(data | {"known": known}, Installations(path.parent, Asked("", None, known)))
    return {
        line.entry.id: _Figure(
            tuple(side.see if side is not None else None for side in (line.declared, line.default)),
            (line.default.default_id,) if line.default is not None else (),
        )
        for line in obliged(imports).lines
    }


def _of_installation(data: Any, path: Path, known: str) -> dict[str, _Figure]:
    beside = path.parent / "inputs" if (path.parent / MANIFEST).is_file() else path.parent
    grid = beside / "grid.csv"
    found = calculated(data, beside, Asked("", grid if grid.is_file() else None, known))
    assert found.built is not None
    rows = tuple(sorted({lot.default_id for lot in found.built.lots if lot.default_id}))
    return {good.id: _Figure((found.goods[good.process].total,), rows) for good in found.built.goods}
