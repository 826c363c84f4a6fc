"""Verify a record: three verdicts from closed lists, and the first step at which a re-run differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from factordb.layers import open_layers
from factordb.release import Release
from lca.faults import Fault, Refused
from pcr.activity import ActivityData
from pcr.regime import load_regime
from pcr.registry import find_rule
from service.records.anew import differs, extracts_differ, given_is_held, make_anew
from service.records.compared import first_difference, substance, told_otherwise
from service.records.envelope import Judged, KnownKey, Signature, extract_faults, judge, overall
from service.records.sections import ALL, integrity_faults, is_left_out, value_of
from service.records.statement import (
    factor_items,
    given_of,
    identity_of,
    inventory_value,
    item_key,
    recalculate,
    resolved_of,
)

Integrity = Literal["intact", "tampered"]
Recomputation = Literal["identical", "identical by other code", "arithmetic only", "different", "not possible"]
MOST_DIGITS: Final = 40
"""Significant digits that a record may be published to; a billion of them are an attack."""
NO_FORM: Final = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, StopIteration, RecursionError, AssertionError,
)  # fmt: skip
"""What today's code meets in sections that hash well and have not the form of schema 1."""


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
    signatures: tuple[Judged, ...] = ()
    """The verdict on each envelope, in their order."""
    unproven: tuple[str, ...] = ()
    """Extracts of the result that no signature covers: nothing proves them but the word of who sent them."""

    unseen: tuple[str, ...] = ()
    """What the copy leaves out and was made anew: not compared."""

    def exit_code(self, *, strict: bool = False) -> int:
        """0 good · 3 different · 4 tampered · 6 not possible; with strict 5 where the proof is not the whole one."""
        if self.integrity == "tampered" or self.signature == "bad signature":
            return 4
        code = {"different": 3, "not possible": 6}.get(self.recomputation, 0)
        weak = self.recomputation in ("identical by other code", "arithmetic only")
        weak = weak or self.signature in ("unknown key", "expired key")
        weak = weak or bool(self.unproven) or bool(self.unseen)
        return 5 if strict and weak and code == 0 else code


def rerun(
    record: Mapping[str, Any],
    open_release: Callable[[str], Release],
    keys: Mapping[str, KnownKey] | None = None,
) -> Verdict:
    """Re-run a record: integrity of its sections, its signatures, arithmetic from its factors, derivation from what
    was given.

    ``keys``: public keys that somebody here vouches for, by id; a signature by any other is by an *unknown key*.
    """
    name = str(record.get("name", "")) if isinstance(record, Mapping) else ""
    wrong = integrity_faults(record)
    if wrong:
        return _tampered(record, name, wrong)
    try:
        judged = judge(record, keys or {})
        wrong, unproven = extract_faults(record, judged)
    except NO_FORM as error:
        return _tampered(record, name, [f"signatures: {type(error).__name__}"])
    if wrong:
        return _tampered(record, name, wrong)
    made = replace(_recompute(record, name, open_release), signature=overall(judged))
    return replace(made, signatures=judged, unproven=tuple(unproven))


def _tampered(record: Any, name: str, wrong: list[str]) -> Verdict:
    """What was signed is not what is here: a record that was changed has no good signature."""
    signed = isinstance(record, Mapping) and bool(record.get("signatures"))
    signature: Signature = "bad signature" if signed else "unsigned"
    return Verdict(name, "tampered", signature, "not possible", "integrity", ", ".join(wrong))


def _recompute(record: Mapping[str, Any], name: str, open_release: Callable[[str], Release]) -> Verdict:
    try:
        _check_identity(value_of(record, "derivation/identity"))
        words: list[str] = []
        arithmetic = _arithmetic(record, words)
        if arithmetic is not None:
            return _different(name, *arithmetic)
        return _derivation(record, name, open_release, words)
    except Refused as refused:
        lacking = _lacking(record)
        if lacking and given_is_held(record):
            return _made_anew(record, name, open_release, lacking)
        return Verdict(name, "intact", "unsigned", "not possible", reason=lacking or refused.faults)
    except NO_FORM as error:
        fault = Fault("record_form", found=f"{type(error).__name__}: {error}"[:200], expected="a record of schema 1")
        return Verdict(name, "intact", "unsigned", "not possible", reason=(fault,))


def _lacking(record: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What this copy leaves out, whole or in items, in one fault: what to ask the holder for."""
    out = []
    for section in ALL:
        held = record["sections"][section]
        if is_left_out(held):
            out.append(section)
        elif isinstance(held, list) and (gone := sum(map(is_left_out, held))):
            out.append(f"{section} ({gone} of {len(held)})")
    named = ", ".join(out)
    return (Fault("section_left_out", named, "left out", "held", values={"section": named}),) if out else ()


def _check_identity(identity: Mapping[str, Any]) -> None:
    """Ids and versions must be named: a blank would be answered by whatever is newest here."""
    rule, regime = identity["rule"], identity["regime"]
    named = [rule[key] for key in ("id", "version", "sha256", "methods_sha256")]
    named += [regime[key] for key in ("id", "version", "sha256")] + [item["id"] for item in identity["releases"]]
    if not all(isinstance(text, str) and text for text in named) or identity["strict"] not in ("true", "false"):
        raise ValueError("an identity that names nothing")
    digits = regime["digits"]
    if not (isinstance(digits, str) and digits.isascii() and digits.isdigit() and 1 <= int(digits[:3]) <= MOST_DIGITS):
        raise ValueError(f"digits {str(digits)[:20]}")


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
    return extracts_differ(record, value_of(record, "result"), value_of(record, "derivation/factors"))


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
    try:
        given = given_of(*(value_of(record, part) for part in ("given/works", "given/rows", "given/meters")))
    except Refused:  # a copy whose arithmetic holds and whose data the holder keeps
        return Verdict(name, "intact", "unsigned", "arithmetic only", reason=_lacking(record))
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
    here = identity_of(installed, regime, layers, data.strict, identity["product"])
    return _identified(name, identity, here, words)


def _made_anew(
    record: Mapping[str, Any], name: str, open_release: Callable[[str], Release], lacking: tuple[Fault, ...]
) -> Verdict:
    """Of a copy without some factors: all is made again from what was given, with the releases of whoever verifies,
    and compared with what the copy holds."""
    try:
        anew = make_anew(record, open_release)
        place = differs(record, anew)
    except Refused as refused:  # the verifier has not the release either
        return Verdict(name, "intact", "unsigned", "not possible", reason=(*lacking, *refused.faults))
    except NO_FORM as error:
        fault = Fault("record_form", found=f"{type(error).__name__}: {error}"[:200], expected="a record of schema 1")
        return Verdict(name, "intact", "unsigned", "not possible", reason=(fault,))
    if place is not None:
        return _different(name, *place)
    return _identified(name, value_of(record, "derivation/identity"), anew.identity, [], (lacking[0].where,))


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


def _identified(
    name: str, recorded: Mapping[str, Any], found: Mapping[str, Any], words: list[str], unseen: tuple[str, ...] = ()
) -> Verdict:
    """The verdict where all digits are the same: by the same code, by other code, or under a false name.

    A part whose hash is another one is other code, and its version and status are its own; where the hash is the same,
    what the record says beside it must be what the code says.
    """
    notes = []
    parts = [(part, recorded[part], found[part], "sha256") for part in ("rule", "regime", "units", "gwp")]
    parts += [
        ("releases", one, two, "sha256") for one, two in zip(recorded["releases"], found["releases"], strict=True)
    ]
    for part, one, two, key in parts:
        called = {"rule": f"rule {one.get('id')} {one.get('version')}", "releases": f"release {one.get('id')}"}
        shown = called.get(part, f"{part} {one.get('id') or one.get('version')}")
        other = one[key] != two[key]
        if other:
            notes.append(f"{shown}: recorded {one[key][:12]}, here {two[key][:12]}")
        if part == "rule" and one["methods_sha256"] != two["methods_sha256"]:
            notes.append(f"methods: recorded {one['methods_sha256'][:12]}, here {two['methods_sha256'][:12]}")
            other = True
        if not other and (place := first_difference({k: one.get(k) for k in two}, two)) is not None:
            return _different(name, "derivation/identity", f"/{part}{place[0]}", *place[1:])
    if recorded["kind"] != found["kind"] and recorded["regime"]["sha256"] == found["regime"]["sha256"]:
        return _different(name, "derivation/identity", "/kind", str(recorded["kind"])[:120], found["kind"])
    notes += words
    verdict: Recomputation = "identical by other code" if notes else "identical"
    return Verdict(name, "intact", "unsigned", verdict, notes=tuple(notes), unseen=unseen)
