"""What a publisher stores of a solved background: a folder of .npy files under a manifest of sha256 sums.

``labels.txt``, ``order.npy``, and per indicator ``<name>.npy`` (the 10 published digits as binary64), ``<name>.txt``
(the same as text, which is what is proven), ``<name>.direct.npy`` (what each process sets free by itself),
``<name>.draws.npy`` (float32, draws by processes); ``technosphere.*.npy`` hold A^T in compressed rows, so that the
folder can be checked, and solved again from its own solution. Intensities are per unit made, or treated where the
diagonal is below zero. Arrays are opened memory-mapped after every byte was summed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from lca.faults import Collector, Fault, Refused
from lca.large.digits import DIGITS, Published
from lca.large.order import Order
from lca.large.residual import Rows
from lca.large.system import Floats, LargeSystem

FORM: Final = 1
MANIFEST: Final = "manifest.json"
_PARTS: Final = {"data": "<f8", "indices": "<i4", "indptr": "<i4"}
_ROUNDED: Final = 2.0**-50
"""Typed amounts are stored as the nearest binary64."""


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """Stored intensities of one indicator, in the order of the labels."""

    intensities: np.ndarray[Any, Any]
    draws: np.ndarray[Any, Any] | None
    digest: str
    """sha256 of the published texts."""
    direct: Floats | None = None
    """``B^T c`` in binary64, per process as it stands in the technosphere."""


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """An opened folder whose bytes are those of its manifest."""

    labels: tuple[str, ...]
    order: Order
    indicators: Mapping[str, Indicator]
    sha256: str
    """Of the manifest: names the whole."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the publisher says of it: release, indicators, seed, gates."""
    system: LargeSystem | None = None
    folder: Path | None = None

    @property
    def digits(self) -> str:
        """sha256 over the published texts alone: the same whatever order or seed."""
        parts = [f"{name} {item.digest}" for name, item in sorted(self.indicators.items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def text(self, name: str, label: str) -> str:
        """A published figure with its digits."""
        assert self.folder is not None
        texts = (self.folder / f"{name}.txt").read_text(encoding="utf-8").split("\n")
        return texts[self.place(label)]

    def place(self, label: str) -> int:
        """Where a process stands.

        Raises:
            Refused: ``large_unknown``.
        """
        try:
            return self.labels.index(label)
        except ValueError:
            raise Refused([Fault("large_unknown", label, expected="a process of this background")]) from None


def store(
    folder: Path,
    labels: Sequence[str],
    order: Order,
    published: Mapping[str, Published],
    draws: Mapping[str, np.ndarray[Any, Any]] | None = None,
    *,
    direct: Mapping[str, Floats] | None = None,
    system: LargeSystem | None = None,
    about: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """Write a folder and return the sha256 of its manifest. The same content gives the same bytes.

    ``about`` stands in the manifest, each of ``more`` in a JSON file of its own.

    Raises:
        Refused: ``artefact_name``; ``artefact_exists`` for a folder that holds something; ``digits_not_proven`` where
            an indicator has digits that are not decided.
    """
    faults = Collector()
    for name, made in published.items():
        if not name.isidentifier() or name in ("labels", "order", "technosphere"):
            faults.add(Fault("artefact_name", name, expected="letters, digits and underscores"))
        if made.wide:
            where = ", ".join(labels[k] for k in made.wide[:8])
            faults.add(Fault("digits_not_proven", f"{name}: {where}", "a rounding edge", "digits that are certain"))
    if folder.is_dir() and any(folder.iterdir()):
        faults.add(Fault("artefact_exists", str(folder), "a folder that is not empty", "a new or empty folder"))
    faults.raise_if_any()
    folder.mkdir(parents=True, exist_ok=True)
    arrays = _arrays(order, published, draws or {}, direct or {}, system)
    texts = {"labels.txt": "".join(f"{json.dumps(label)}\n" for label in labels)}
    texts |= {f"{name}.txt": "\n".join(made.texts) for name, made in published.items()}
    for name, content in (more or {}).items():
        texts[f"{name}.json"] = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    for name, array in arrays.items():
        np.save(folder / name, array)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    sums = {name: _sum(folder / name) for name in sorted({*arrays, *texts})}
    manifest = {"form": FORM, "order": order.kind, "processes": len(labels), "sha256": sums}
    if about:
        manifest["about"] = dict(about)
    written = json.dumps(manifest, indent=1, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(written)
    return hashlib.sha256(written).hexdigest()


def _arrays(
    order: Order,
    published: Mapping[str, Published],
    draws: Mapping[str, np.ndarray[Any, Any]],
    direct: Mapping[str, Floats],
    system: LargeSystem | None,
) -> dict[str, np.ndarray[Any, Any]]:
    """File name to what it holds."""
    made: dict[str, np.ndarray[Any, Any]] = {}
    if order.places is not None:
        made["order.npy"] = np.asarray(order.places, dtype="<i4")
    if system is not None:
        for part, kind in _PARTS.items():
            made[f"technosphere.{part}.npy"] = np.asarray(getattr(system.transposed, part), dtype=kind)
    for name, figures in published.items():
        made[f"{name}.npy"] = np.array([float(text) for text in figures.texts], dtype="<f8")
    made |= {f"{name}.direct.npy": np.asarray(emitted, dtype="<f8") for name, emitted in direct.items()}
    made |= {f"{name}.draws.npy": np.asarray(drawn, dtype="<f4") for name, drawn in draws.items()}
    return made


def opened(folder: Path, sha256: str | None = None) -> Artefact:
    """Sum every file, compare, and map the arrays. ``sha256``: that of the manifest, where it is known.

    Raises:
        Refused: ``artefact_changed``, naming each file; ``artefact_unreadable``.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
        manifest = json.loads(raw)
        sums = {str(name): str(value) for name, value in manifest["sha256"].items()}
        kind, known = manifest["order"], manifest["form"] == FORM
        about = dict(manifest.get("about", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refused([Fault("artefact_unreadable", str(folder), "no manifest", f"a folder with {MANIFEST}")]) from None
    if not known:
        raise Refused([Fault("artefact_unreadable", str(folder), str(manifest["form"]), f"form {FORM}")])
    faults = Collector()
    whole = hashlib.sha256(raw).hexdigest()
    if sha256 is not None and whole != sha256:
        faults.add(Fault("artefact_changed", MANIFEST, whole, sha256))
    for name, value in sums.items():
        path = folder / name
        found = _sum(path) if path.name == name and path.is_file() else "no file"
        if found != value:
            faults.add(Fault("artefact_changed", name, found, value))
    faults.raise_if_any()
    labels = tuple(json.loads(line) for line in (folder / "labels.txt").read_text(encoding="utf-8").splitlines())

    def mapped(name: str) -> np.ndarray[Any, Any] | None:
        return np.load(folder / name, mmap_mode="r") if name in sums else None

    indicators = {}
    for name in [name.removesuffix(".txt") for name in sums if name.endswith(".txt") and name != "labels.txt"]:
        figures = np.load(folder / f"{name}.npy", mmap_mode="r")
        drawn, emitted = mapped(f"{name}.draws.npy"), mapped(f"{name}.direct.npy")
        indicators[name] = Indicator(figures, drawn, sums[f"{name}.txt"], emitted)
    system = None
    if "technosphere.data.npy" in sums:
        data, indices, indptr = (np.load(folder / f"technosphere.{part}.npy") for part in _PARTS)
        shape = (len(labels), len(labels))
        system = LargeSystem(labels, csr_array((data, indices, indptr), shape=shape))
    return Artefact(labels, Order(kind, mapped("order.npy")), indicators, whole, about, system, folder)


def misses(artefact: Artefact) -> dict[str, float]:
    """By indicator: the largest residual of the published figures, over what half a unit of their last digit explains.

    A figure is within half a unit ``h`` of the true one, so ``|e - A^T y| <= |A^T| h`` to the rounding of the stored
    amounts; above 1 some figure is not what its own system gives. It needs no factorisation.

    Raises:
        Refused: ``artefact_unreadable`` for a folder without its system.
    """
    system = artefact.system
    if system is None or any(item.direct is None for item in artefact.indicators.values()):
        where = str(artefact.folder or "")
        raise Refused([Fault("artefact_unreadable", where, "no technosphere", "a folder that holds its own system")])
    sign, size = np.sign(system.diagonal), abs(system.transposed)
    rows = Rows(system.transposed)
    found = {}
    for name, item in sorted(artefact.indicators.items()):
        y, e = item.intensities * sign, np.asarray(item.direct)
        places = np.floor(np.log10(np.abs(y), where=y != 0, out=np.zeros(len(y))))
        half = np.where(y != 0, 0.5 * 10.0 ** (places - (DIGITS - 1)), 0.0)
        allowed = size @ half + _ROUNDED * (size @ np.abs(y) + np.abs(e))
        rest = np.abs(rows.residual(e, y))
        ratio = np.where(allowed > 0, rest / np.where(allowed > 0, allowed, 1.0), np.where(rest > 0, np.inf, 0.0))
        found[name] = float(ratio.max(initial=0.0))
    return found


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
