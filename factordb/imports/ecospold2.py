"""EcoSpold 2 (``.spold``): one activity per file, names and units inside it; master data beside it are not needed.

A data set is named by its activity and its reference product together, as its links name it. A by-product with the
amount 0 is what allocation left of it and is passed over; one with an amount, and no shares, refuses the data set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from factordb.imports import ecospold1
from factordb.imports.bundle import Bundle, attribute, elements, inner
from factordb.imports.intake import Intake
from factordb.imports.lci import PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable

_TAGS: Final = ("activityDataset", "childActivityDataset")
_DISTRIBUTIONS: Final = ("lognormal", "normal", "triangular", "uniform", "beta", "gamma", "binomial", "undefined")


def read(path: Path, intake: Intake) -> None:
    """Every activity of ``path``; a set that is EcoSpold 1 by content is read as that, and the intake says so."""
    settle(data_sets(path, intake), intake)


def data_sets(path: Path, intake: Intake) -> Iterator[DataSet]:
    """The activities of a file, folder or zip.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    bundle = Bundle(path)
    names = bundle.names(".spold", ".xml")
    found = first = 0
    for done, name in enumerate(names):
        for element in elements(bundle.read(name), name, (*_TAGS, "dataset")):
            if element.tag == "dataset":
                first += 1
            else:
                found += 1
                yield _data_set(element, name)
        intake.progress(done + 1, len(names))
    if first and not found:
        yield from ecospold1.data_sets(path, intake)
    elif not found:
        raise unreadable(path, "no activity data set", "EcoSpold 2 (.spold) files")


def _data_set(element: Element, member: str) -> DataSet:
    description = element.find("activityDescription")
    activity = description.find("activity") if description is not None else None
    if description is None or activity is None:
        return DataSet(member, Path(member).stem, (), locator=member, refused="row_broken|no activity")
    rows = [row for item in element.iterfind("flowData/intermediateExchange") for row in _intermediate(item)]
    rows += [_elementary(item) for item in element.iterfind("flowData/elementaryExchange")]
    products = [row for row in rows if row.kind == PRODUCT]
    named = attribute(activity, "id")
    end = attribute(description.find("timePeriod"), "endDate")[:4]
    return DataSet(
        id=f"{named}_{products[0].flow}" if products else named,
        name=_text(activity, "activityName"),
        name_zh=_text(activity, "activityName", "zh", False),
        rows=tuple(rows),
        place=inner(description, "geography/shortname"),
        year=end if end.isdigit() else "",
        category=_text(description, "classification/classificationValue"),
        locator=Path(member).name,
        technology=inner(description, "technology/comment/text")[:500],
        refused="row_broken|an exchange without a group of the format" if any(not row.kind for row in rows) else "",
    )


def _intermediate(item: Element) -> list[Row]:
    output, amount = inner(item, "outputGroup"), attribute(item, "amount")
    kind = {"0": PRODUCT, "2": PRODUCT, "3": "input"}.get(output, "") if output else "input"
    if output == "2" and not amount.strip("-0."):
        return []  # allocated away
    flow, link = attribute(item, "intermediateExchangeId"), attribute(item, "activityLinkId")
    note = "waste to treatment" if output == "3" else ""
    row = _row(item, kind, flow, note)
    return [row if not link or kind == PRODUCT else replace(row, provider=f"{link}_{flow}")]


def _elementary(item: Element) -> Row:
    kind = "emission" if inner(item, "outputGroup") == "4" else "resource" if inner(item, "inputGroup") == "4" else ""
    where = item.find("compartment")
    words = (_text(where, "compartment"), _text(where, "subcompartment")) if where is not None else ()
    row = _row(item, kind, attribute(item, "elementaryExchangeId"), "")
    return replace(row, compartment="/".join(filter(None, words)), cas=attribute(item, "casNumber"))


def _row(item: Element, kind: str, flow: str, note: str) -> Row:
    return Row(
        kind=kind,
        name=_text(item, "name"),
        amount=attribute(item, "amount"),
        unit=_text(item, "unitName"),
        key=attribute(item, "id"),
        flow=flow,
        uncertainty=_spread(item.find("uncertainty")),
        note=note,
    )


def _spread(item: Element | None) -> dict[str, str]:
    for name in _DISTRIBUTIONS if item is not None else ():
        found = item.find(name) if item is not None else None
        if found is not None:
            spread = attribute(found, "varianceWithPedigreeUncertainty") or attribute(found, "variance")
            kept = {"distribution": name, "variance": spread}
            return kept | ({"spread": spread} if spread.strip("0.") else {})
    return {}


def _text(item: Element, path: str, language: str = "en", any_other: bool = True) -> str:
    """The text in a language; the first there is where that one is not."""
    found = [(part.get("lang", ""), " ".join((part.text or "").split())) for part in item.iterfind(path)]
    mine = next((text for tag, text in found if tag.startswith(language) and text), "")
    return mine or next((text for _, text in found if text and any_other), "")
