"""What a verifier asks of each figure: its trace to stream and lot, the inputs that move it, materiality."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from factordb.release import open_release
from lca.exact import ONE, Exact
from lca.solve import rational_levels
from pcr.hashing import rule_hash
from pcr.regime import regime_folders
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.embedded import system_of
from pcr.regimes.cbam.v1.plant.trace import trace
from service.cbam.defaults import RELEASE
from service.cbam.fields import word
from service.cbam.run import Asked
from service.cbam.see import Seen, shown
from service.cbam.sensitivity import MATERIAL, moving

SCHEMA: Final = "cbam-verification/1"


def verification(found: Seen, folder: Path, asked: Asked) -> dict[str, Any]:
    """Trace of each SEE to stream and lot, inputs that move it by more than 5 %, materiality per good."""
    built = found.built
    assert built is not None
    system = system_of(built.installation)
    moves, alone = moving(found, folder, asked)
    goods = {}
    for good in built.goods:
        held = found.goods[good.process]
        parts = trace(built, rational_levels(system, {good.process: ONE}))
        listed = sorted((item for item in moves if item.moves(good.process)),
                        key=lambda item: (-abs(item.by_good[good.process]), item.where))  # fmt: skip
        free = held.allocation
        goods[good.id] = {
            "see_direct": shown(held.direct),
            "see_indirect": shown(held.indirect),
            "trace": [
                {"process": part.process, "kind": part.kind, "source": part.source, "detail": part.detail,
                 "basis": part.basis, "where": part.where, "direct": shown(part.direct),
                 "indirect": shown(part.indirect)} for part in parts
            ],
            "materiality": {
                "share": MATERIAL.text(),
                "see_per_unit": shown(held.total * MATERIAL),
                "see_of_quantity": shown(held.total * MATERIAL * good.units),
                "sefa_per_unit": None if free is None else shown(free * MATERIAL),
            },
            "moves_more_than_5_percent": [
                {"where": item.where, "value": shown(item.value), "standard_value": item.standard,
                 "elasticity": item.by_good[good.process].significant(6),
                 "error_that_moves_5_percent": _percent(item.allowed(good.process))} for item in listed
            ],
        }  # fmt: skip
    return {
        "schema": SCHEMA,
        "status": dict(word("status")),
        "accounting": accounting(found),
        "not_varied_alone": list(alone),
        "goods": goods,
    }


def readable(found: Seen, checked: Mapping[str, Any]) -> dict[str, Any]:
    """The verification package as a document of fields, for people."""
    built = found.built
    assert built is not None
    period = built.form.records["period"]
    sections: dict[str, list[dict[str, Any]]] = {"materiality": [], "trace": [], "moves": []}
    for name, good in checked["goods"].items():
        limit = good["materiality"]
        sections["materiality"].append(_table(name, "materiality", [{
            "direct": _places(good["see_direct"]), "indirect": _places(good["see_indirect"]),
            "per_unit": _places(limit["see_per_unit"]), "of_quantity": _places(limit["see_of_quantity"], 1),
            "sefa": _places(limit["sefa_per_unit"]),
        }]))  # fmt: skip
        sections["trace"].append(_table(name, "trace", [
            {"process": part["process"], "kind": part["kind"], "source": part["source"], "detail": part["detail"],
             "basis": part["basis"], "where": part["where"], "direct": _places(part["direct"], 7),
             "indirect": _places(part["indirect"], 7)} for part in good["trace"]
        ]))  # fmt: skip
        sections["moves"].append(_table(name, "moves", [
            {"where": item["where"], "value": item["value"], "standard": "✓" if item["standard_value"] else "",
             "elasticity": item["elasticity"], "allowed": item["error_that_moves_5_percent"]}
            for item in good["moves_more_than_5_percent"]
        ]))  # fmt: skip
    return {
        "title": dict(word("verification")), "status": dict(word("status")), "regime": built.form.mode,
        "period": {"from": period.text("from"), "to": period.text("to")}, "tables_known_on": built.known,
        "sections": [{"id": key, "label": dict(word(key)), "fields": rows} for key, rows in sections.items()],
        "notices": [],
    }  # fmt: skip


def _table(of: str, key: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"id": key, "of": of, "label": dict(word(key)), "state": "value", "value": rows}


def _places(text: str | None, places: int = 5) -> str:
    return "–" if text is None else Exact.parse(text).places(places)


def _percent(share: Exact | None) -> str | None:
    return None if share is None else f"{(share * Exact(100)).significant(3)} %"


def accounting(found: Seen) -> dict[str, Any]:
    """What a re-run needs to be the same: bytes of the accounting, the release, the day its tables were asked."""
    built = found.built
    assert built is not None
    release = open_release(RELEASE)
    regime = f"cbam/{built.form.mode}"
    folder = regime_folders()[regime]
    return {
        "rule": RULE,
        "regime": {"id": regime, "sha256": rule_hash(folder)},
        "release": {"id": release.id, "sha256": release.sha256},
        "tables_known_on": built.known,
    }
