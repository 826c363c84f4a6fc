"""ILCD and eILCD packages as XML, and their JSON form TIDAS: processes, flows, flow properties, unit groups.

A process file names its flows only; their kind, unit and compartment stand in the flow's own file. An exchange whose
flow is not in the package refuses its process. An input is linked if exactly one process of the package makes its
flow: ILCD has no links between processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from factordb.imports.bundle import Bundle, attribute, elements, inner
from factordb.imports.intake import Intake
from factordb.imports.lci import PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable

TAGS = ("processDataSet", "flowDataSet", "flowPropertyDataSet", "unitGroupDataSet")
_FOLDERS = ("processes", "flows", "flowproperties", "unitgroups", "flow-properties", "unit-groups")


@dataclass(frozen=True, slots=True)
class _Flow:
    name: str
    kind: str
    unit: str
    compartment: str
    cas: str


def read(path: Path, intake: Intake) -> None:
    """Every process of a package."""
    settle(data_sets(path, intake), intake)


def data_sets(path: Path, intake: Intake) -> Iterator[DataSet]:
    """The processes of a folder or zip, XML or JSON.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    bundle = Bundle(path)
    names = [name for name in bundle.names(".xml", ".json") if Path(name).parent.name.lower() in _FOLDERS]
    rest: dict[str, dict[str, Element]] = {tag: {} for tag in TAGS[1:]}
    processes = [name for name in names if Path(name).parent.name.lower() == "processes"]
    if not processes:
        raise unreadable(path, "no processes folder", "an ILCD or TIDAS package")
    for name in names:
        for element in _elements(bundle, name) if name not in processes else ():
            if element.tag in rest:
                rest[element.tag][_uuid(element)] = element
    flows = {uuid: _flow(item, rest) for uuid, item in rest["flowDataSet"].items()}
    for done, name in enumerate(processes):
        for element in _elements(bundle, name):
            if element.tag == TAGS[0]:
                yield _data_set(element, name, flows)
        intake.progress(done + 1, len(processes))


def _elements(bundle: Bundle, name: str) -> Iterator[Element]:
    if not name.lower().endswith(".json"):
        yield from elements(bundle.read(name), name, TAGS)
        return
    found = bundle.json(name)
    for tag, value in found.items() if isinstance(found, dict) else ():
        yield _element(tag.rpartition(":")[2], value)


def _element(tag: str, value: Any) -> Element:
    """TIDAS is the XML with ``@`` before attributes and ``#text`` for text: back to elements with local names."""
    made = Element(tag)
    if not isinstance(value, dict):
        made.text = "" if value is None else str(value)
        return made
    for key, inside in value.items():
        name = key.rpartition(":")[2]
        if key.startswith("@"):
            made.set(name.removeprefix("@"), str(inside))
        elif key == "#text":
            made.text = str(inside)
        else:
            made.extend(_element(name, part) for part in (inside if isinstance(inside, list) else [inside]))
    return made


def _uuid(element: Element) -> str:
    return inner(element, ".//dataSetInformation/UUID")


def _flow(item: Element, rest: Mapping[str, Mapping[str, Element]]) -> _Flow:
    chosen = inner(item, ".//quantitativeReference/referenceToReferenceFlowProperty")
    properties = item.findall(".//flowProperties/flowProperty")
    mine = next((part for part in properties if attribute(part, "dataSetInternalID") == chosen), None)
    if mine is None and len(properties) == 1:
        mine = properties[0]
    unit = ""
    if mine is not None:
        named = attribute(mine.find("referenceToFlowPropertyDataSet"), "refObjectId")
        held = rest["flowPropertyDataSet"].get(named)
        group_id = attribute(held.find(".//referenceToReferenceUnitGroup"), "refObjectId") if held is not None else ""
        group = rest["unitGroupDataSet"].get(group_id)
        if group is not None:
            wanted = inner(group, ".//quantitativeReference/referenceToReferenceUnit")
            units = group.findall(".//units/unit")
            unit = next((inner(part, "name") for part in units if attribute(part, "dataSetInternalID") == wanted), "")
    levels = item.findall(".//elementaryFlowCategorization/category")
    words = [" ".join((part.text or "").split()) for part in sorted(levels, key=lambda part: part.get("level", ""))]
    return _Flow(
        name=_text(item, ".//dataSetInformation/name/baseName", "en"),
        kind=inner(item, ".//typeOfDataSet"),
        unit=unit,
        compartment="/".join(words).lower(),
        cas=inner(item, ".//CASNumber"),
    )


def _data_set(element: Element, member: str, flows: Mapping[str, _Flow]) -> DataSet:
    head = element.find("processInformation")
    rows, refused = [], ""
    shares: dict[str, dict[str, str]] = {}
    for item in element.iterfind("exchanges/exchange"):
        reference = item.find("referenceToFlowDataSet")
        flow = flows.get(attribute(reference, "refObjectId"))
        if flow is None:
            shown = _text(reference, "shortDescription", "en") if reference is not None else ""
            refused = f"flow_unknown|{shown or attribute(reference, 'refObjectId') or 'no flow'}"
            continue
        row = _row(item, flow, attribute(reference, "refObjectId"))
        rows.append(row)
        for part in item.iterfind("allocations/allocation"):
            product = attribute(part, "internalReferenceToCoProduct")
            shares.setdefault(product, {})[row.key] = attribute(part, "allocatedFraction")
    place = element.find(".//geography/locationOfOperationSupplyOrProduction")
    classes = element.findall(".//dataSetInformation/classificationInformation/classification/class")
    if not classes:
        classes = element.findall(".//dataSetInformation/classificationInformation//class")
    return DataSet(
        id=_uuid(element),
        name=_text(head, "dataSetInformation/name/baseName", "en"),
        name_zh=_text(head, "dataSetInformation/name/baseName", "zh", False),
        rows=tuple(rows),
        place=attribute(place, "location"),
        year=inner(head, "time/referenceYear")[:4],
        category=" > ".join(" ".join((part.text or "").split()) for part in classes),
        locator=Path(member).name,
        technology=_text(head, "technology/technologyDescriptionAndIncludedProcesses", "en")[:500],
        note=inner(element, ".//LCIMethodAndAllocation/typeOfDataSet"),
        shares=shares,
        basis="allocations of the data set",
        refused=refused,
    )


def _row(item: Element, flow: _Flow, identity: str) -> Row:
    given = inner(item, "exchangeDirection").lower() == "input"
    if flow.kind.lower() == "elementary flow":
        kind = "resource" if given else "emission"
    else:
        kind = PRODUCT if given == (flow.kind.lower() == "waste flow") else "input"
    amount = inner(item, "resultingAmount") or inner(item, "meanAmount")
    if inner(item, "referenceToVariable") and not inner(item, "resultingAmount"):
        amount = f"{inner(item, 'meanAmount')} x {inner(item, 'referenceToVariable')}"  # no number: refused by name
    distribution = inner(item, "uncertaintyDistributionType").lower().replace("log-normal", "lognormal")
    spread = inner(item, "relativeStandardDeviation95In")
    words = {"distribution": distribution} if distribution and distribution != "undefined" else {}
    if words and spread.strip("0."):
        words["spread"] = spread
    return Row(
        kind=kind,
        name=flow.name,
        amount=amount,
        unit=flow.unit,
        location=inner(item, "location"),
        compartment=flow.compartment,
        cas=flow.cas,
        key=attribute(item, "dataSetInternalID"),
        flow=identity,
        uncertainty=words,
        note="waste to treatment" if kind == "input" and flow.kind.lower() == "waste flow" else "",
    )


def _text(element: Element | None, path: str, language: str, any_other: bool = True) -> str:
    found = [] if element is None else element.findall(path)
    texts = [(part.get("lang", "en"), " ".join((part.text or "").split())) for part in found]
    mine = next((text for tag, text in texts if tag.startswith(language) and text), "")
    return mine or next((text for _, text in texts if text and any_other), "")
