"""EcoSpold 1: one or many ``dataset`` elements per XML file, in a file, a folder or a zip, whatever the file is called.

The reference product is the output of group 0, or those of group 2 with ``allocation`` elements. An output of group 3
(waste to treatment) asks for a treatment: it is an input. Read after bw2io's ``Ecospold1DataExtractor``, which makes
floats of amounts, takes waste for a product and a fraction of 1.0 for one per cent; see docs/decisions/0017.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from factordb.factor import Licence, Source
from factordb.imports.bundle import Bundle, attribute, elements, inner
from factordb.imports.flow_names import is_nature
from factordb.imports.intake import Intake
from factordb.imports.lci import AVOIDED, PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable

_OUTPUTS: Final = {"0": PRODUCT, "1": AVOIDED, "2": PRODUCT, "3": "input", "4": "emission"}
_INPUTS: Final = {"1": "input", "2": "input", "3": "input", "4": "resource", "5": "input"}
_LISTS: Final = ("categories.xml", "elementaryflows.xml", "units.xml", "companycodes.xml", "regionalcodes.xml")
"""Lists that programs lay beside their data sets."""
_WASTE: Final = "waste to treatment"
_DISTRIBUTIONS: Final = {"1": "lognormal", "2": "normal", "3": "triangular", "4": "uniform"}
_SPREAD: Final = {"standardDeviation95": "spread", "minValue": "minimum", "maxValue": "maximum"}
TYPES: Final = {"1": "unit process", "2": "aggregated inventory", "3": "impact assessment", "5": "multi-output process"}


def about_uslci() -> tuple[Source, Licence]:
    """The public set in this format; any other file is its user's own business (:func:`.lci.unstated`)."""
    address, title = "www.lcacommons.gov", "US Life Cycle Inventory database, FY21 Q3"
    source = Source("uslci-fy21q3", title, "NREL, Federal LCA Commons", "2021", address, "us-public", "")
    attribution = "US Life Cycle Inventory database, NREL, Federal LCA Commons"
    return source, Licence("us-public", "US government work, attribution asked", True, True, True, False, attribution)


def read(path: Path, intake: Intake) -> None:
    """Every data set of every XML of ``path``."""
    settle(data_sets(path, intake), intake)


def data_sets(path: Path, intake: Intake) -> Iterator[DataSet]:
    """The data sets of a file, folder or zip.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    bundle = Bundle(path)
    names = [name for name in bundle.names(".xml", ".spold") if Path(name).name.lower() not in _LISTS]
    if not names:
        raise unreadable(path, "no XML in it", "EcoSpold 1 data sets")
    found = 0
    for done, name in enumerate(names):
        several = len(names) > 1
        for element in elements(bundle.read(name), name, ("dataset",)):
            found += 1
            yield _data_set(element, name, several)
        intake.progress(done + 1, len(names))
    if "ecospold2" in path.name.lower() and found:
        intake.notes["named EcoSpold 2, holds EcoSpold 1"] += 1
    if not found:
        raise unreadable(path, "no dataset element", "EcoSpold 1 data sets")


def _data_set(element: Element, member: str, several: bool) -> DataSet:
    process = element.find("metaInformation/processInformation")
    if process is None:
        process = Element("processInformation")
    function, period = process.find("referenceFunction"), process.find("timePeriod")
    number = attribute(element, "number")
    rows = [_row(item) for item in element.iterfind("flowData/exchange")]
    kind = TYPES.get(attribute(process.find("dataSetInformation"), "type"), "")
    shares: dict[str, dict[str, str]] = {}
    for item in element.iterfind("flowData/allocation"):
        mine = shares.setdefault(attribute(item, "referenceToCoProduct"), {})
        for reference in item.iterfind("referenceToInputOutput"):
            mine[(reference.text or "").strip()] = attribute(item, "fraction")
    end = inner(period, "endYear") or inner(period, "endYearMonth")[:4] or inner(period, "endDate")[:4]
    # 9998 and 9999 are the publisher's "not set".
    year = end if end.isdigit() and "1900" <= end < "2100" else ""
    reason = ""
    if function is None or any(row.kind == "" for row in rows):
        reason = "row_broken|no reference function, or an exchange without a group of the format"
    return DataSet(
        id=number if not several else f"{Path(member).stem}#{number}",
        name=attribute(function, "name"),
        rows=tuple(rows),
        place=attribute(process.find("geography"), "location"),
        year=year,
        category=" > ".join(filter(None, (attribute(function, "category"), attribute(function, "subCategory")))),
        locator=f"{Path(member).name}, dataset {number}",
        technology=attribute(process.find("technology"), "text")[:500],
        note=kind,
        shares=shares,
        basis="allocation elements of the file",
        refused=reason,
    )


def _row(item: Element) -> Row:
    output, given = inner(item, "outputGroup"), inner(item, "inputGroup")
    kind = _OUTPUTS.get(output, "") if output else _INPUTS.get(given, "")
    category = attribute(item, "category")
    if kind == "input" and is_nature(category):
        kind = "emission" if output else "resource"
    spread = {ours: attribute(item, theirs) for theirs, ours in _SPREAD.items() if attribute(item, theirs)}
    distribution = _DISTRIBUTIONS.get(attribute(item, "uncertaintyType"), "")
    if distribution == "lognormal" and _one(spread.get("spread", "")):
        spread.pop("spread", None)
    return Row(
        kind=kind,
        name=" ".join(attribute(item, "name").split()),
        amount=attribute(item, "meanValue"),
        unit=attribute(item, "unit"),
        location=attribute(item, "location"),
        compartment="/".join(filter(None, (category, attribute(item, "subCategory")))),
        cas=attribute(item, "CASNumber"),
        key=attribute(item, "number"),
        uncertainty={"distribution": distribution, **spread} if distribution else {},
        note=_WASTE if output == "3" else "",
    )


def _one(text: str) -> bool:
    """A geometric spread of 0 or 1 is none."""
    return text.strip("0").strip(".") in ("", "1")
