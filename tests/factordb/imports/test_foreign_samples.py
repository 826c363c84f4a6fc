"""Every small foreign file of raw/import_samples, and the USLCI set: what was read, linked and refused.

The table in docs/decisions/0017-lci-importers.md is this one. ``open``: inputs that nothing in the file answers.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from factordb.imports import brightway, ecospold1, ecospold2, olca_jsonld, simapro
from factordb.imports.intake import Intake
from lca.faults import Refused
from tests.factordb.imports._lci import take
from tests.factordb.imports._raw import ROOT, raw

FORMULA, EMPTY, SHARES, UNREADABLE = "value_unreadable", "needs_review", "no_reference_product", "unreadable"
ABS = "Acrylonitrile-butadiene-styrene copolymer (ABS), resin, at plant CTR"
SPOLD = "00000_11111111-2222-3333-4444-555555555555_66666666-7777-8888-9999-000000000000"
Row = tuple[ModuleType, str, tuple[int, int, int] | str, tuple[str, ...]]
FILES: list[Row] = [
    (ecospold1, "ecospold1/Acetic acid, at plant.xml", (2, 0, 12), ()),
    (
        ecospold1,
        f"ecospold1/{ABS}.xml",
        (0, 0, 0),
        (SHARES,),
    ),
    (ecospold1, "ecospold1/Aluminum, extrusion, at plant.xml", (1, 0, 13), ()),
    (ecospold2, f"ecospold2/{SPOLD}.spold", (1, 0, 1), ()),
    (ecospold2, f"ecospold2/{SPOLD}_with_synonyms.spold", (1, 0, 1), ()),
    (olca_jsonld, "json-ld/US-FPL", (2, 1, 13), (SHARES, SHARES)),
    (simapro, "simapro/allocation.csv", (1, 0, 2), (EMPTY,)),
    (simapro, "simapro/comments.txt", (1, 0, 2), ()),
    (simapro, "simapro/damagecategory.txt", UNREADABLE, ()),
    (simapro, "simapro/empty.txt", (0, 0, 0), (EMPTY,)),
    (simapro, "simapro/external_documents_and_literature_references.csv", (1, 0, 0), ()),
    (simapro, "simapro/invalid.txt", UNREADABLE, ()),
    (simapro, "simapro/inventory.csv", (1, 0, 1), ()),
    (simapro, "simapro/metadata.txt", (0, 0, 0), (EMPTY,)),
    (simapro, "simapro/missing.txt", (1, 0, 1), (EMPTY,)),
    (simapro, "simapro/multioutput.txt", (0, 0, 0), (EMPTY,)),
    (simapro, "simapro/new-order.csv", (1, 0, 10), ()),
    (simapro, "simapro/process_with_invalid_lognormal_scale.csv", (1, 0, 0), ()),
    (simapro, "simapro/python_builtin_as_unit_name.csv", (0, 0, 0), (EMPTY,)),
    (simapro, "simapro/simple.txt", (2, 1, 3), ()),
    (brightway, "csv/complicated.csv", (0, 0, 0), (FORMULA, EMPTY)),
    (brightway, "csv/lcia.csv", UNREADABLE, ()),
    (brightway, "excel/basic_all_cutoff.xlsx", (1, 0, 1), ()),
    (brightway, "excel/basic_example.xlsx", (2, 1, 1), (EMPTY,)),
    (brightway, "excel/basic_example_with_reference_product.xlsx", (2, 1, 1), (EMPTY,)),
    (brightway, "excel/blank_lines.xlsx", (2, 1, 1), (EMPTY,)),
    (brightway, "excel/complicated-modified.xlsx", (0, 0, 0), (FORMULA, EMPTY)),
    (brightway, "excel/empty.xlsx", UNREADABLE, ()),
    (brightway, "excel/export-complicated.xlsx", (0, 0, 0), (FORMULA, EMPTY)),
    (brightway, "excel/lcia.xlsx", UNREADABLE, ()),
    (brightway, "excel/modified.xlsx", (1, 0, 1), (EMPTY,)),
    (brightway, "excel/sample_activities_with_variables.xlsx", (0, 0, 0), (FORMULA, EMPTY)),
    (brightway, "excel/with_formulas.xlsx", UNREADABLE, ()),
    (brightway, "excel/with_products.xlsx", (2, 1, 1), (EMPTY,)),
]


@pytest.mark.parametrize(("reader", "name", "made", "refused"), FILES, ids=lambda item: str(item)[:40])
def test_each_foreign_file(
    reader: ModuleType, name: str, made: tuple[int, int, int] | str, refused: tuple[str, ...]
) -> None:
    path = raw("import_samples") / name
    if isinstance(made, str):
        with pytest.raises(Refused) as caught:
            take(reader.read, path)
        assert [fault.code for fault in caught.value.faults] == [f"import_{made}"]
        return
    intake = take(reader.read, path)
    inputs = [item for process in intake.processes.values() for item in process.exchanges if item.kind == "input"]
    linked = sum(bool(item.provider) for item in inputs)
    assert (len(intake.processes), linked, len(inputs) - linked) == made
    assert tuple(item.reason for item in intake.rejected) == refused


def test_no_sample_is_left_out() -> None:
    folder = raw("import_samples")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {name for _, name, _, _ in FILES}
    assert {name for name in found if not name.startswith("json-ld/") and name != "README.md"} == named - {
        "json-ld/US-FPL"
    }


def test_the_record_holds_the_same_table() -> None:
    text = (ROOT / "docs" / "decisions" / "0017-lci-importers.md").read_text("utf-8")
    for _, name, made, refused in FILES:
        line = next(line for line in text.splitlines() if line.startswith(f"| {Path(name).name[:40]}"))
        cells = [cell.strip() for cell in line.strip("|").split("|")][1:]
        shown = ["", "", ""] if isinstance(made, str) else [str(count) for count in made]
        why = "file refused" if isinstance(made, str) else ", ".join(f"`{reason}`" for reason in refused)
        assert cells == [*shown, why], name


@pytest.fixture(scope="module")
def uslci() -> Intake:
    return take(ecospold1.read, raw("uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip"))


def test_uslci_is_counted_to_the_last_data_set(uslci: Intake) -> None:
    """639 data sets stand in the README of the set; 89 give several products and no allocation element."""
    assert (uslci.read, len(uslci.processes), len(uslci.rejected)) == (639, 503, 136)
    assert uslci.reasons() == {"no_reference_product": 89, "unit_unknown": 46, "reference_zero": 1}
    assert uslci.notes["named EcoSpold 2, holds EcoSpold 1"] == 1
    inputs = [item for process in uslci.processes.values() for item in process.exchanges if item.kind == "input"]
    said = sum(
        count for note, count in uslci.notes.items() if note.startswith("input that nothing in the file answers")
    )
    assert (len(inputs), sum(bool(item.provider) for item in inputs), said) == (4518, 1961, 2557)
    for process in uslci.processes.values():
        still = sorted({item.name for item in process.exchanges if item.kind == "input" and not item.provider})
        assert process.cut_off == (f"not linked: {'; '.join(still)}" if still else "")


def test_the_amounts_of_uslci_are_the_files_own_text(uslci: Intake) -> None:
    """A second reader: the standard library's tree over the same file."""
    with zipfile.ZipFile(raw("uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip")) as archive:
        name = max(archive.namelist(), key=lambda item: archive.getinfo(item).file_size)
        tree = ElementTree.parse(io.BytesIO(archive.read(name)))
    space = "{http://www.EcoInvent.org/EcoSpold01}"
    checked = 0
    for element in tree.iter(f"{space}dataset"):
        process = uslci.processes.get(f"own-{element.get('number')}")
        if process is None:
            continue
        theirs = Counter(
            item.get("meanValue", "")
            for item in element.iter(f"{space}exchange")
            if item.findtext(f"{space}outputGroup") != "0"
        )
        assert theirs == Counter(item.amount for item in process.exchanges), process.id
        checked += len(process.exchanges)
    assert checked == 20_590
