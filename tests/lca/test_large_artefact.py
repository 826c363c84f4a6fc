"""What a publisher stores: opened memory-mapped, and refused where one byte is not the published one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lca.faults import Refused
from lca.large.artefact import opened, store
from lca.large.digits import Certifier, Published, Right
from lca.large.factor import factor
from lca.large.order import Order, order
from tests.lca._large import small

DRAWS = np.arange(6_000, dtype=np.float32).reshape(3, 2_000)
FILES = ["GWP100.draws.npy", "GWP100.npy", "GWP100.txt", "labels.txt", "manifest.json", "order.npy"]


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, str]:
    made, system, _ = small()
    way = order(system, "mmd")
    published = Certifier.of(system, factor(system, way).solve).published(Right.characterised(made.c[0], made.b))
    path = tmp_path / "background"
    return path, store(path, made.labels, way, {"GWP100": published}, {"GWP100": DRAWS})


def test_what_was_stored_is_opened(folder: tuple[Path, str]) -> None:
    path, whole = folder
    made, system, e = small()
    found = opened(path, whole)
    assert found.sha256 == whole and found.labels == made.labels and found.place(made.labels[9]) == 9
    one = found.indicators["GWP100"]
    assert isinstance(one.intensities, np.memmap) and isinstance(one.draws, np.memmap)
    assert one.intensities.dtype == np.float64 and one.draws.dtype == np.float32
    assert np.array_equal(one.draws, DRAWS)
    assert np.abs(one.intensities / factor(system, found.order).refined(e) - 1).max() < 6e-10
    assert sorted(item.name for item in path.iterdir()) == FILES
    with pytest.raises(Refused, match="large_unknown at no such process"):
        found.place("no such process")


def test_the_same_content_gives_the_same_bytes(folder: tuple[Path, str], tmp_path: Path) -> None:
    path, whole = folder
    found = opened(path)
    texts = tuple((path / "GWP100.txt").read_text().split("\n"))
    again = store(
        tmp_path / "again",
        found.labels,
        Order(found.order.kind, found.order.places),
        {"GWP100": Published(texts, (), 128)},
        {"GWP100": DRAWS},
    )
    assert again == whole


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused(folder: tuple[Path, str], name: str) -> None:
    path, whole = folder
    raw = bytearray((path / name).read_bytes())
    raw[-3] ^= 1
    (path / name).write_bytes(raw)
    with pytest.raises(Refused, match=r"artefact_(changed|unreadable)") as caught:
        opened(path, whole)
    assert name == "manifest.json" or [fault.where for fault in caught.value.faults] == [name]


def test_a_manifest_made_to_fit_does_not_have_the_known_sum(folder: tuple[Path, str]) -> None:
    path, whole = folder
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["sha256"].pop("GWP100.draws.npy")
    (path / "manifest.json").write_text(json.dumps(manifest))
    assert opened(path).indicators["GWP100"].draws is None
    with pytest.raises(Refused, match=r"artefact_changed at manifest.json"):
        opened(path, whole)


def test_a_missing_file_and_a_name_that_leaves_the_folder(folder: tuple[Path, str]) -> None:
    path, _ = folder
    (path / "order.npy").rename(path.parent / "order.npy")
    with pytest.raises(Refused, match=r"artefact_changed at order.npy: found no file"):
        opened(path)
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["sha256"]["../order.npy"] = manifest["sha256"].pop("order.npy")
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Refused, match=r"artefact_changed at \.\./order.npy: found no file"):
        opened(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 1, "order": "mmd", "sha256": 3}'])
def test_what_is_no_artefact(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="artefact_unreadable"):
        opened(tmp_path)
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Refused, match="artefact_unreadable"):
        opened(tmp_path)
    (tmp_path / "manifest.json").write_text('{"form": 2, "order": "mmd", "sha256": {}}')
    with pytest.raises(Refused, match="artefact_unreadable"):
        opened(tmp_path)


def test_undecided_digits_are_not_stored(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="digits_not_proven at GWP100: b"):
        store(tmp_path, ["a", "b"], Order("colamd", None), {"GWP100": Published(("1", ""), (1,), 128)})
    with pytest.raises(Refused, match="artefact_name"):
        store(tmp_path, ["a"], Order("colamd", None), {"../x": Published(("1",), (), 128)})
    assert list(tmp_path.iterdir()) == []
