"""A Brightway project on this machine, through bw2data: the one importer that needs the ``brightway`` extra.

Amounts in a project are floats already; each is written with the fewest digits that give it back (``repr``). bw2data
writes folders at import and follows ``BRIGHTWAY2_DIR``, so it is imported inside the function.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from factordb.imports.brightway import DISTRIBUTIONS, KINDS
from factordb.imports.intake import Intake
from factordb.imports.lci import PRODUCT, DataSet, Row, settle
from factordb.imports.rows import unreadable
from lca.faults import Fault, Refused


def read(path: Path, intake: Intake) -> None:
    """The database of ``path``: ``FOLDER/PROJECT/DATABASE``, where FOLDER is what ``BRIGHTWAY2_DIR`` names.

    Raises:
        Refused: ``import_extra_missing``, ``import_unreadable``.
    """
    settle(data_sets(path), intake)


def data_sets(path: Path) -> Iterator[DataSet]:
    """The activities of a stored database, with the names of the flows of nature they refer to."""
    if importlib.util.find_spec("bw2data") is None:
        expected = "pip install 'pcf-engine[brightway]'"
        raise Refused([Fault("import_extra_missing", path.name, found="bw2data is not installed", expected=expected)])
    folder, project, database = path.parent.parent, path.parent.name, path.name
    if not folder.is_dir():
        raise unreadable(path, f"no folder {folder}", "FOLDER/PROJECT/DATABASE of a Brightway installation")
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = str(folder)
    try:
        import bw2data
    finally:
        if before is None:
            del os.environ["BRIGHTWAY2_DIR"]
        else:
            os.environ["BRIGHTWAY2_DIR"] = before

    bw2data.projects.change_base_directories(base_dir=folder, base_logs_dir=folder, project_name=None, update=False)
    names = sorted(item.name for item in bw2data.projects)
    if project not in names:
        raise unreadable(path, f"no project {project}", f"one of: {', '.join(names)}")
    bw2data.projects.set_current(project, update=False)
    stored = sorted(bw2data.databases)
    if database not in stored:
        raise unreadable(path, f"no database {database}", f"one of: {', '.join(stored)}")
    yield from stored_sets(database, {name: bw2data.Database(name).load() for name in stored})


def stored_sets(database: str, loaded: Mapping[str, Mapping[Any, Mapping[str, Any]]]) -> Iterator[DataSet]:
    """Data sets from Brightway's own form, ``{(database, code): {..., "exchanges": [...]}}``."""
    nodes = {key: node for content in loaded.values() for key, node in content.items()}
    for (_, code), node in sorted(loaded[database].items()):
        if node.get("type", "process") in ("process", "processwithreferenceproduct", "multifunctional"):
            yield _data_set(str(code), node, nodes, (database, code))


def _data_set(code: str, node: Mapping[str, Any], nodes: Mapping[Any, Mapping[str, Any]], key: Any) -> DataSet:
    rows, refused = [], ""
    for number, exchange in enumerate(node.get("exchanges", ())):
        supplier = nodes.get(tuple(exchange["input"]))
        kind = KINDS.get(exchange.get("type", ""), "")
        if supplier is None or not kind:
            refused = f"flow_unknown|{exchange.get('input')}, type {exchange.get('type')}"
            continue
        rows.append(_row(exchange, supplier, kind, number))
    if not any(row.kind == PRODUCT for row in rows):
        product = str(node.get("reference product") or node.get("name", ""))
        rows.insert(0, Row(PRODUCT, product, "1", str(node.get("unit", "")), key="self", flow=str(key)))
    return DataSet(
        id=code,
        name=str(node.get("name", "")),
        rows=tuple(rows),
        place=str(node.get("location") or ""),
        category=" > ".join(str(part) for part in node.get("categories") or ()),
        locator=f"{key[0]}: {code}",
        refused=refused,
    )


def _row(exchange: Mapping[str, Any], supplier: Mapping[str, Any], kind: str, number: int) -> Row:
    categories = [str(part) for part in supplier.get("categories") or ()]
    resource = str(supplier.get("type", "")) in ("natural resource", "resource")
    words = {}
    if str(exchange.get("uncertainty type", "")) in DISTRIBUTIONS:
        words["distribution"] = DISTRIBUTIONS[str(exchange["uncertainty type"])]
        if exchange.get("scale") and exchange["scale"] == exchange["scale"]:
            words["spread"] = repr(exchange["scale"])
    return Row(
        kind="resource" if kind == "emission" and resource else kind,
        name=str(supplier.get("reference product") or supplier.get("name", "")),
        amount=repr(exchange["amount"]),
        unit=str(supplier.get("unit", "")),
        compartment="/".join(categories) if kind == "emission" else "",
        cas=str(supplier.get("CAS number") or ""),
        key=str(number),
        flow=str(tuple(exchange["input"])),
        uncertainty=words,
    )
