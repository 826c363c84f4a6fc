"""Verify a record: three verdicts from closed lists, and the first step at which a re-run differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from factordb.layers import Layers, open_layers
from factordb.release import Release
from lca.faults import Fault, Refused
from pcr.activity import ActivityData
from pcr.hashing import method_hash, rule_hash
from pcr.regime import load_regime, regime_folders
from pcr.registry import InstalledRule, find_rule
from service.records.compared import first_difference, substance, told_otherwise
from service.records.sections import integrity_faults, value_of
from service.records.statement import factor_items, given_of, inventory_value, item_key, recalculate, resolved_of

Integrity = Literal["intact", "tampered"]
Signature = Literal["signed", "unsigned", "unknown key", "expired key", "bad signature"]
Recomputation = Literal["identical", "identical by other code", "arithmetic only", "different", "not possible"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a re-run found. ``where``, ``recorded`` and ``found`` name the first step that differs."""

    name: str
    integrity: Integrity
    signature: Signature
    recomputation: Recomputation
    step: str = ""
    where: str = ""
    recorded: str = ""
    found: str = ""
    reason: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def exit_code(self, *, strict: bool = False) -> int:
        """0 good · 3 different · 4 tampered · 6 not possible; with strict 5 where the proof is not the whole one."""
        if self.integrity == "tampered" or self.signature == "bad signature":
            return 4
        code = {"different": 3, "not possible": 6}.get(self.recomputation, 0)
        weak = self.recomputation in ("identical by other code", "arithmetic only")
        weak = weak or self.signature in ("unknown key", "expired key")
        return 5 if strict and weak and code == 0 else code


def rerun(record: Mapping[str, Any], open_release: Callable[[str], Release]) -> Verdict:
    """Re-run a record: integrity of its sections, arithmetic from its factors, derivation from its given data."""
    name = str(record.get("name", "")) if isinstance(record, Mapping) else ""
    wrong = integrity_faults(record)
    if wrong:
        where = ", ".join(wrong)
        return Verdict(name, "tampered", "unsigned", "not possible", "integrity", where)
    try:
        words: list[str] = []
        arithmetic = _arithmetic(record, words)
        if arithmetic is not None:
            return _different(name, *arithmetic)
        return _derivation(record, name, open_release, words)
    except Refused as refused:
        return Verdict(name, "intact", "unsigned", "not possible", reason=refused.faults)
    except (KeyError, ValueError, TypeError, StopIteration) as error:
        fault = Fault("record_form", found=f"{type(error).__name__}: {error}", expected="a record of schema 1")
        return Verdict(name, "intact", "unsigned", "not possible", reason=(fault,))


def _different(name: str, step: str, where: str, recorded: str, found: str) -> Verdict:
    return Verdict(name, "intact", "unsigned", "different", step, where, recorded, found)


def _arithmetic(record: Mapping[str, Any], words: list[str]) -> tuple[str, str, str, str] | None:
    """Factors and inventory to system and result, with the code of today; ``words`` takes what is told otherwise."""
    identity = value_of(record, "derivation/identity")
    resolved = resolved_of(value_of(record, "derivation/inventory"), value_of(record, "derivation/factors"))
    system, result = recalculate(resolved, identity["regime"], identity["product"])
    for step, recorded, found in (
        ("derivation/system", value_of(record, "derivation/system"), system),
        ("result", value_of(record, "result"), result),
    ):
        if (place := first_difference(substance(recorded), substance(found), grown=step == "result")) is not None:
            return (step, *place)
        words += told_otherwise(step, recorded, found)
    return None


def _derivation(
    record: Mapping[str, Any], name: str, open_release: Callable[[str], Release], words: list[str]
) -> Verdict:
    """Given data to inventory to factors, with the recorded rule, regime and release."""
    identity = value_of(record, "derivation/identity")
    try:
        installed = find_rule(identity["rule"]["id"], identity["rule"]["version"])
        regime = load_regime(identity["regime"]["id"])
        layers = open_layers([item["id"] for item in identity["releases"]], open_release)
    except Refused as refused:
        return Verdict(name, "intact", "unsigned", "arithmetic only", reason=refused.faults)
    given = given_of(*(value_of(record, part) for part in ("given/works", "given/rows", "given/meters")))
    data = ActivityData(given, installed.rule, regime, identity["strict"] == "true")
    status = value_of(record, "result")["status"]
    try:
        resolved = layers.resolve(installed.build(data), draft=status == "draft", regime=regime.id)
    except Refused as refused:  # the recorded rule makes no result of these data, yet the record holds one
        fault = refused.faults[0]
        refusal = f"refused: {fault.code} at {fault.where or '-'}"
        return _different(name, "derivation/inventory", fault.where, "an inventory", refusal)
    recorded = _answered(*(value_of(record, part) for part in ("derivation/inventory", "derivation/factors")))
    found = _answered(inventory_value(resolved), factor_items(resolved))
    for step in recorded:
        if (place := first_difference(substance(recorded[step]), substance(found[step]))) is not None:
            return _different(name, step, *place)
        words += told_otherwise(step, recorded[step], found[step])
    other = [*_other_code(identity, installed, layers), *words]
    if other:
        return Verdict(name, "intact", "unsigned", "identical by other code", notes=tuple(other))
    return Verdict(name, "intact", "unsigned", "identical")


def _answered(inventory: Mapping[str, Any], items: list[Any]) -> dict[str, Any]:
    """Inventory and factors by step; each line with the factor that answered it instead of that factor's key."""
    known = {item_key(item): item for item in items}
    answers = {"": inventory["answers"], **inventory["alternatives"]}
    return {
        "derivation/inventory": inventory["inventory"],
        "derivation/factors": {
            case: {line: known[key] for line, key in lines.items()} for case, lines in answers.items()
        },
    }


def _other_code(identity: Mapping[str, Any], installed: InstalledRule, layers: Layers) -> list[str]:
    rule, regime = identity["rule"], identity["regime"]
    releases = zip(identity["releases"], layers.pinned(), strict=True)
    compared = (
        (f"rule {rule['id']} {rule['version']}", rule["sha256"], installed.hash()),
        ("methods", rule["methods_sha256"], method_hash(installed.folder)),
        (f"regime {regime['id']}", regime["sha256"], rule_hash(regime_folders()[regime["id"]])),
        *((f"release {one['id']}", one["sha256"], two["sha256"]) for one, two in releases),
    )
    return [f"{what}: recorded {old[:12]}, here {new[:12]}" for what, old, new in compared if old != new]
