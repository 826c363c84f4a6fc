"""openLCA JSON-LD, schema versions 1 and 2, as a folder or a zip: processes, flows, locations, unit names inside.

Version 1 wrote ``input`` and ``avoidedProduct`` where version 2 writes ``isInput`` and ``isAvoidedProduct``. Numbers
keep the digits of the file. An input without a default provider is linked by its flow if exactly one process of the
file makes that flow. Causal shares refer to an exchange by internal id *and* flow: internal ids repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from factordb.imports.bundle import Bundle
from factordb.imports.intake import Intake
from factordb.imports.lci import ALL, AVOIDED, PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable

_SPREADS: Final = {
    "LOG_NORMAL_DISTRIBUTION": ("lognormal", "geomSd"),
    "LOG_NORMAL": ("lognormal", "geomSd"),
    "NORMAL_DISTRIBUTION": ("normal", "sd"),
    "NORMAL": ("normal", "sd"),
    "TRIANGLE_DISTRIBUTION": ("triangular", "maximum"),
    "TRIANGLE": ("triangular", "maximum"),
    "UNIFORM_DISTRIBUTION": ("uniform", "maximum"),
    "UNIFORM": ("uniform", "maximum"),
}
Json = Mapping[str, Any]


def read(path: Path, intake: Intake) -> None:
    """Every process of a folder or zip."""
    settle(data_sets(path, intake), intake)


def data_sets(path: Path, intake: Intake) -> Iterator[DataSet]:
    """The processes with the flows they refer to.

    Raises:
        Refused: ``import_unreadable``, ``import_too_large``.
    """
    bundle = Bundle(path)
    names = bundle.names(".json")
    processes = [name for name in names if Path(name).parent.name == "processes"]
    if not processes:
        raise unreadable(path, "no processes folder", "openLCA JSON-LD")
    flows, places = _entities(bundle, names, "flows"), _entities(bundle, names, "locations")
    for done, name in enumerate(processes):
        yield _data_set(bundle.json(name), name, flows, places)
        intake.progress(done + 1, len(processes))


def _entities(bundle: Bundle, names: list[str], folder: str) -> dict[str, Json]:
    found = (bundle.json(name) for name in names if Path(name).parent.name == folder)
    return {str(item.get("@id", "")): item for item in found if isinstance(item, dict)}


def _data_set(item: Json, member: str, flows: Mapping[str, Json], places: Mapping[str, Json]) -> DataSet:
    if not isinstance(item, dict) or any(not _objects(item, name) for name in ("exchanges", "allocationFactors")):
        return DataSet(member, Path(member).stem, (), locator=member, refused="row_broken|no process")
    rows, refused = [], ""
    for exchange in item.get("exchanges") or []:
        flow = _ref(exchange, "flow")
        whole = {**flow, **flows.get(str(flow.get("@id", "")), {})}
        kind = _kind(exchange, str(whole.get("flowType", "")))
        if not kind:
            refused = f"flow_unknown|{flow.get('name', '')} {flow.get('@id', '')}".strip()
            continue
        rows.append(_row(exchange, whole, kind))
    method = str(item.get("defaultAllocationMethod", "NO_ALLOCATION"))
    documentation = _ref(item, "processDocumentation")
    end = str(documentation.get("validUntil") or "")[:4]
    return DataSet(
        id=str(item.get("@id", "")),
        name=str(item.get("name", "")).strip(),
        rows=tuple(rows),
        place=_place(_ref(item, "location"), places),
        year=end if end.isdigit() and "1900" <= end < "2100" else "",
        category=_category(item),
        locator=Path(member).name,
        technology=str(documentation.get("technologyDescription") or "")[:500],
        note="aggregated inventory" if item.get("processType") == "LCI_RESULT" else "unit process",
        shares=_shares(item, method),
        basis=method.lower().replace("_", " "),
        refused=refused,
    )


def _kind(exchange: Json, flow_type: str) -> str:
    given = _true(exchange, "isInput", "input")
    if flow_type == "ELEMENTARY_FLOW":
        return "resource" if given else "emission"
    if flow_type not in ("PRODUCT_FLOW", "WASTE_FLOW"):
        return ""
    if _true(exchange, "isAvoidedProduct", "avoidedProduct"):
        return AVOIDED
    # A treatment takes a waste in: that is its product. Who gives a waste away asks for a treatment.
    return PRODUCT if given == (flow_type == "WASTE_FLOW") else "input"


def _row(exchange: Json, flow: Json, kind: str) -> Row:
    spread = _ref(exchange, "uncertainty")
    name, key = _SPREADS.get(str(spread.get("distributionType", "")), ("", ""))
    value = str(spread.get(key, "")) if name else ""
    given = {"distribution": name} | ({"spread": value} if value and value.strip("0.") not in ("", "1") else {})
    identity = str(flow.get("@id", ""))
    return Row(
        kind=kind,
        name=str(flow.get("name", "")).strip(),
        amount=str(exchange.get("amount", "")),
        unit=str(_ref(exchange, "unit").get("name", "")),
        compartment=_category(flow).replace(" > ", "/") if kind in ("emission", "resource") else "",
        cas=str(flow.get("cas") or ""),
        key=identity if kind == PRODUCT else f"{exchange.get('internalId', '')}/{identity}",
        flow=identity,
        provider=str(_ref(exchange, "defaultProvider").get("@id", "")),
        uncertainty=given if name else {},
        note="waste to treatment" if kind == "input" and flow.get("flowType") == "WASTE_FLOW" else "",
    )


def _shares(item: Json, method: str) -> dict[str, dict[str, str]]:
    shares: dict[str, dict[str, str]] = {}
    for factor in item.get("allocationFactors") or []:
        if factor.get("allocationType") != method:
            continue
        exchange = _ref(factor, "exchange")
        row = f"{exchange.get('internalId', '')}/{_ref(exchange, 'flow').get('@id', '')}" if exchange else ALL
        shares.setdefault(str(_ref(factor, "product").get("@id", "")), {})[row] = str(factor.get("value", ""))
    return shares


def _place(location: Json, places: Mapping[str, Json]) -> str:
    known = places.get(str(location.get("@id", "")), {})
    return str(known.get("code") or location.get("name") or "")


def _category(item: Json) -> str:
    """Version 2 writes a path as text, version 1 a reference with the path above it."""
    category = item.get("category")
    if isinstance(category, dict):
        above = category.get("categoryPath")
        parts = [*(above if isinstance(above, list) else ()), category.get("name")]
        return " > ".join(str(part) for part in parts if part)
    return str(category or "").replace("/", " > ")


def _objects(item: Json, name: str) -> bool:
    """Whether a field is a list of objects, or not there."""
    found = item.get(name) or []
    return isinstance(found, list) and all(isinstance(part, dict) for part in found)


def _ref(item: Json, name: str) -> Json:
    found = item.get(name) if isinstance(item, dict) else None
    return found if isinstance(found, dict) else {}


def _true(item: Json, *names: str) -> bool:
    return any(item.get(name) is True for name in names)
