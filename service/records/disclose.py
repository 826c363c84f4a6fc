"""Make a disclosed copy (披露副本): sections, rows and factors left out, name, signatures and result still proven."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from typing import Any

from lca.faults import Fault, Refused
from service.records.levels import TELLS_VALUES, Level, extracts_of, level_named, withheld
from service.records.sections import integrity_faults, sha256, value_of


def disclose(record: Mapping[str, Any], level_id: str, secret: bytes = b"") -> dict[str, Any]:
    """A copy of a record at a level.

    ``secret``: the store's, for the salt of an extract that no signature covers yet; without one a random salt.

    Raises:
        Refused: ``level_unknown``; ``received_tampered``-like ``record_tampered``; ``draft_not_disclosed``;
            ``section_left_out`` where this is a copy already and lacks what the level needs.
    """
    level = level_named(level_id)
    if wrong := integrity_faults(record):
        raise Refused([Fault("record_tampered", "record", ", ".join(wrong), "sections that give their digests")])
    result, items = value_of(record, "result"), value_of(record, "derivation/factors")
    if result["status"] == "draft" and not level.draft:
        raise Refused([Fault("draft_not_disclosed", "level", found=level.id, expected="auditor")])
    hidden = withheld(items, level)
    held = shown_sections(level, bool(hidden))
    extracts = list(record.get("extracts", ())) or extracts_of(result, items, secret or secrets.token_bytes(32))
    made: dict[str, Any] = {
        "schema": record["schema"],
        "name": record["name"],
        "digests": dict(record["digests"]),
        "sections": {
            name: _section(name, part, name in held, frozenset(hidden), record["digests"][name])
            for name, part in record["sections"].items()
        },
        "signatures": copy.deepcopy(list(record.get("signatures", ()))),
    }
    if "result" in held:  # the whole result stands in: with all extracts it can be seen that they say the same
        if record.get("extracts"):
            made["extracts"] = copy.deepcopy(extracts)
    else:
        made["extracts"] = [copy.deepcopy(item) for item in extracts if item["value"]["level"] == level.id]
    return made


def shown_sections(level: Level, hiding: bool) -> frozenset[str]:
    """Sections that a copy at a level holds. ``hiding``: a factor of this record stays out."""
    return level.sections - TELLS_VALUES if hiding else level.sections


def _section(name: str, held: Any, shown: bool, hidden: frozenset[int], digest: str) -> Any:
    if not shown:
        return {"digest": digest}
    if name != "derivation/factors" or not hidden:
        return copy.deepcopy(held)
    return [{"digest": sha256(item)} if place in hidden else copy.deepcopy(item) for place, item in enumerate(held)]


def result_of(record: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The result as a copy shows it, and the level of the extract it stands in; empty for the section itself.

    Raises:
        Refused: ``section_left_out`` where the copy holds neither.
    """
    try:
        whole: Mapping[str, Any] = value_of(record, "result")
        return whole, ""
    except Refused:
        extracts = record.get("extracts")
        if not extracts:
            raise
        value = extracts[0]["value"]
        return value["result"], str(value["level"])
