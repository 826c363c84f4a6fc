"""What a publisher stores of a solved background: a folder of .npy files under a manifest of sha256 sums.

``labels.txt``, ``order.npy``, and per indicator ``<name>.npy`` (the 10 published digits as binary64), ``<name>.txt``
(the same as text, which is what is proven), ``<name>.draws.npy`` (float32, draws by processes). Arrays are opened
memory-mapped after every byte was summed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lca.faults import Collector, Fault, Refused
from lca.large.digits import Published
from lca.large.order import Order

FORM: Final = 1
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """Stored intensities of one indicator, in the order of the labels."""

    intensities: np.ndarray[Any, Any]
    draws: np.ndarray[Any, Any] | None
    digest: str
    """sha256 of the published texts."""


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """An opened folder whose bytes are those of its manifest."""

    labels: tuple[str, ...]
    order: Order
    indicators: Mapping[str, Indicator]
    sha256: str
    """Of the manifest: names the whole."""

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
) -> str:
    """Write a folder and return the sha256 of its manifest. The same content gives the same bytes.

    Raises:
        Refused: ``artefact_name``; ``digits_not_proven`` where an indicator has digits that are not decided.
    """
    faults = Collector()
    for name, made in published.items():
        if not name.isidentifier() or name in ("labels", "order"):
            faults.add(Fault("artefact_name", name, expected="letters, digits and underscores"))
        if made.wide:
            where = ", ".join(labels[k] for k in made.wide[:8])
            faults.add(Fault("digits_not_proven", f"{name}: {where}", "a rounding edge", "digits that are certain"))
    faults.raise_if_any()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.txt").write_bytes("".join(f"{json.dumps(label)}\n" for label in labels).encode())
    if order.places is not None:
        np.save(folder / "order.npy", np.asarray(order.places, dtype="<i4"))
    for name, made in published.items():
        (folder / f"{name}.txt").write_bytes("\n".join(made.texts).encode())
        np.save(folder / f"{name}.npy", np.array([float(text) for text in made.texts], dtype="<f8"))
    for name, drawn in (draws or {}).items():
        np.save(folder / f"{name}.draws.npy", np.asarray(drawn, dtype="<f4"))
    names = ["labels.txt", *(["order.npy"] if order.places is not None else [])]
    names += [f"{name}{end}" for name in published for end in (".txt", ".npy")]
    names += [f"{name}.draws.npy" for name in draws or {}]
    sums = {name: _sum(folder / name) for name in sorted(names)}
    manifest = {"form": FORM, "order": order.kind, "processes": len(labels), "sha256": sums}
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(text)
    return hashlib.sha256(text).hexdigest()


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
    places = np.load(folder / "order.npy", mmap_mode="r") if "order.npy" in sums else None
    indicators = {
        name.removesuffix(".txt"): Indicator(
            np.load(folder / f"{name.removesuffix('.txt')}.npy", mmap_mode="r"),
            np.load(folder / drawn, mmap_mode="r")
            if (drawn := f"{name.removesuffix('.txt')}.draws.npy") in sums
            else None,
            value,
        )
        for name, value in sums.items()
        if name.endswith(".txt") and name != "labels.txt"
    }
    return Artefact(labels, Order(kind, places), indicators, whole)


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
