"""Foreign archives and XML as attacks: refused by size, form or document type before their content is read."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from factordb.imports import bundle, ecospold1, olca_jsonld
from factordb.imports.bundle import Bundle, elements
from lca.faults import Refused
from tests.factordb.imports._lci import STEEL, olca, packed, spold1, spold1_file, take

LAUGHS = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10 if k else "ha"}">' for k in range(10))
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [{LAUGHS}]>'


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call()
    return [(fault.code, fault.found) for fault in caught.value.faults]


@pytest.mark.parametrize("head", [XXE, BOMB, '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://example.org/x.dtd">'])
def test_a_document_type_is_refused_before_anything_of_it_is_read(head: str, tmp_path: Path) -> None:
    entity = "&x;" if head is XXE else "&l9;" if head is BOMB else "x"
    file = spold1_file(tmp_path / "a.xml", spold1(*STEEL, name=entity), head=head)
    start = time.monotonic()
    assert faults(lambda: take(ecospold1.read, file)) == [("import_unreadable", "a document type (DTD)")]
    assert time.monotonic() - start < 2
    text = file.read_bytes().decode().encode("utf-16")
    assert faults(lambda: list(elements(text, "a.xml", ("dataset",)))) == [
        ("import_unreadable", "a document type (DTD)")
    ]


@pytest.mark.parametrize("size", [4_000_000, 40_000_000])
def test_a_zip_bomb_is_refused_by_its_ratio(size: int, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"processes/a.json": b"0" * size})
    assert path.stat().st_size < size / 200
    found = faults(lambda: take(olca_jsonld.read, path))
    assert [code for code, _ in found] == ["import_too_large"]
    assert found[0][1].startswith("packed 1:")


def test_limits_of_members_and_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", {f"processes/{k}.json": "{}" for k in range(5)})
    monkeypatch.setattr(bundle, "MAX_MEMBERS", 4)
    assert faults(lambda: Bundle(path)) == [("import_too_large", "5 members")]
    monkeypatch.setattr(bundle, "MAX_MEMBERS", 5)
    assert len(Bundle(path).sizes) == 5
    monkeypatch.setattr(bundle, "MAX_UNPACKED", 9)
    assert faults(lambda: Bundle(path)) == [("import_too_large", "10 bytes unpacked")]
    for k in range(5):
        (tmp_path / f"{k}.json").write_text("{}")
    assert [code for code, _ in faults(lambda: Bundle(tmp_path))] == ["import_too_large"]


def test_a_member_twice_or_packed_otherwise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a.xml", "<a/>")
        archive.writestr("a.xml", "<b/>")
    assert faults(lambda: Bundle(path)) == [("import_unreadable", "a member that stands twice in the zip")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.xml", "<a/>")
    found = faults(lambda: Bundle(path))
    assert found == [("import_unreadable", "a member that is encrypted or packed in an unusual way")]


def test_a_damaged_member_and_a_cut_file_are_named(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", olca())
    data = bytearray(path.read_bytes())
    at = data.index(b"processes/p-steel.json") + 40
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))
    assert [code for code, _ in faults(lambda: take(olca_jsonld.read, path))] == ["import_unreadable"]
    file = spold1_file(tmp_path / "a.xml", spold1(*STEEL))
    file.write_bytes(file.read_bytes()[:-20])
    assert [code for code, _ in faults(lambda: take(ecospold1.read, file))] == ["import_unreadable"]


def test_names_that_climb_out_of_the_zip_touch_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    members = {f"../{name}": text for name, text in olca().items()}
    before = sorted(tmp_path.rglob("*"))
    assert len(take(olca_jsonld.read, packed(inside / "a.zip", members)).processes) == 2
    assert sorted(tmp_path.rglob("*")) == sorted([*before, inside / "a.zip"])


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    outside = spold1_file(tmp_path / "secret.xml", spold1(*STEEL))
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "a.xml").symlink_to(outside)
    assert faults(lambda: take(ecospold1.read, folder)) == [("import_unreadable", "no XML in it")]


def test_chinese_xml_is_read_in_its_declared_encoding_and_in_no_other(tmp_path: Path) -> None:
    head = '<?xml version="1.0" encoding="GB18030"?>'
    file = spold1_file(tmp_path / "a.xml", spold1(*STEEL, name="炼钢"), head=head, encoding="gb18030")
    assert [item.name_en for item in take(ecospold1.read, file).processes.values()] == ["炼钢"]
    # GB18030 bytes in a file that says UTF-8, or that says nothing
    spold1_file(file, spold1(*STEEL, name="炼钢"), encoding="gb18030")
    found = faults(lambda: take(ecospold1.read, file))
    assert found[0][0] == "import_unreadable" and "invalid token" in found[0][1]
    file.write_bytes(head.encode() + b"<ecoSpold>\xff\xff</ecoSpold>")
    found = faults(lambda: take(ecospold1.read, file))
    assert found[0][0] == "import_unreadable" and found[0][1].endswith("are no GB18030")


def test_json_in_another_encoding_or_nested_without_end(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {**olca(), "processes/p-steel.json": '{"name": "炼钢"}'.encode("gb18030")}
    found = faults(lambda: take(olca_jsonld.read, packed(tmp_path / "a.zip", members)))
    assert found[0][0] == "import_unreadable" and "are no UTF-8" in found[0][1]
    members["processes/p-steel.json"] = "[" * 5_000 + "]" * 5_000
    assert faults(lambda: take(olca_jsonld.read, packed(tmp_path / "b.zip", members)))[0][0] == "import_unreadable"


def test_deep_xml_is_refused() -> None:
    text = b"<a>" * 100 + b"</a>" * 100
    assert [code for code, _ in faults(lambda: list(elements(text, "deep.xml", ("b",))))] == ["import_too_large"]
