"""A supplier's record of ours, whole or disclosed: its result section is enough, its name proves it.

Of a copy for customers an extract of the result is enough where a signature covers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from factordb.factor import Factor, Source
from lca.exact import Exact
from lca.faults import Collector, Fault, Notice, Refused
from service.received.form import OWN_USE, Received
from service.records.disclose import result_of
from service.records.envelope import KnownKey, Signature, extract_faults, judge, overall
from service.records.sections import integrity_faults, value_of

AFTER_GATE: Final = ("use", "distribution", "end_of_life", "recycling")
"""Stages that a bought good must not bring along: they are counted where they happen."""


def from_record(
    record: Mapping[str, Any], supplier: str = "", *, own: bool = False, keys: Mapping[str, KnownKey] | None = None
) -> Received:
    """The record as a factor per unit of its product, ``record:<name>``. ``own``: made in this process a moment ago,
    its digests are not taken again. ``keys``: public keys that are vouched for here.

    Raises:
        Refused: ``received_tampered`` (a bad signature or an extract that none covers too), ``received_draft``,
            ``received_not_a_footprint``, ``received_boundary``; a ``section_left_out`` where the result itself is not
            disclosed, or without its gases. All that can be told at once.
    """
    wrong = [] if own else integrity_faults(record)
    if wrong:
        found, expected = ", ".join(wrong), "sections that give their digests"
        raise Refused([Fault("received_tampered", str(record.get("name", ""))[:16], found, expected)])
    name = record["name"]
    identity = value_of(record, "derivation/identity")
    result, level = result_of(record)
    signature = "unsigned" if own else _signature(record, keys or {})
    if "gases" not in result:
        found, fields = f"an extract at the level {level}", {"section": "result/gases"}
        raise Refused([Fault("section_left_out", name[:16], found=found, expected="customer", values=fields)])
    faults = Collector()
    if result["status"] == "draft" or not isinstance(result["total"], str):
        faults.add(Fault("received_draft", name[:16], found=result["status"], expected="complete"))
    if identity["kind"] != "pcf":
        faults.add(Fault("received_not_a_footprint", name[:16], found=identity["kind"], expected="pcf"))
    late = [stage for stage in result["stages"] if stage in AFTER_GATE]
    if late:
        found, expected = ", ".join(late), "stages up to the supplier's gate"
        faults.add(Fault("received_boundary", name[:16], found=found, expected=expected))
    faults.raise_if_any()
    works, notices = _works(record)
    company = supplier or works.get("name", "") or "?"
    end = works.get("end", "")
    source = Source(
        f"record-{name[:12]}", f"{company}: {result['label'].get('en', '')}", company, end, "", OWN_USE.code
    )
    return Received(
        _factor(name, result, identity, works, source.id), source, company, works.get("start", ""), end,
        signature, record, tuple(notices),
    )  # fmt: skip


def _signature(record: Mapping[str, Any], keys: Mapping[str, KnownKey]) -> Signature:
    """The verdict on the record's signatures; what they do not hold together is refused."""
    try:
        judged = judge(record, keys)
        uncovered, unproven = extract_faults(record, judged)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        expected = "envelopes of pcf-signature/1"
        raise Refused([Fault("received_tampered", record["name"][:16], type(error).__name__, expected)]) from None
    verdict = overall(judged)
    faults = [f"{item.verdict}: {item.why}" for item in judged if item.verdict == "bad signature"]
    faults += [f"{name}: no signature covers it" for name in (*uncovered, *unproven)]
    if faults:
        expected = "good signatures that cover every extract"
        raise Refused([Fault("received_tampered", record["name"][:16], ", ".join(faults), expected)])
    return verdict


def _works(record: Mapping[str, Any]) -> tuple[dict[str, str], list[Notice]]:
    """Place and period, where the supplier disclosed them."""
    try:
        given = value_of(record, "given/works")
    except Refused:
        return {}, [Notice("received_works_left_out", record["name"][:16])]
    works = given["works"]
    name = works.get("name", {})
    shown = {"start": given["start"], "end": given["end"], "country": works.get("country", "")}
    return shown | {"name": name.get("en") or name.get("zh") or ""}, []


def _factor(
    name: str, result: Mapping[str, Any], identity: Mapping[str, Any], works: Mapping[str, str], source: str
) -> Factor:
    unit, amount = result["unit"]["unit"], Exact.parse(result["unit"]["amount"])
    flows = {flow: Exact.from_published(item["kg"]) / amount for flow, item in result["gases"].items()}
    regime = identity["regime"]
    total = result["total"] if amount == 1 else (Exact.from_published(result["total"]) / amount).significant(9)
    label = result["label"]
    quality = result.get("quality") or {}
    scores = {key: str(value) for key, value in quality.get("criteria", {}).items()}
    if quality:
        scores |= {"scheme": quality["scheme"], "evidence": f"rating of record {name[:16]}"}
    return Factor(
        id=f"record:{name}",
        name_en=label.get("en", ""),
        name_zh=label.get("zh", ""),
        category="supplier",
        kind="cradle_to_gate",
        place=works.get("country") or "GLO",
        year=works.get("end", "")[:4],
        value=total,
        unit=f"kgCO2e/{unit}",
        source=source,
        confidence="derived",
        gwp_set=regime["gwp_set"],
        boundary="to the supplier's gate",
        flows={flow: kg.significant(9) for flow, kg in flows.items() if kg},
        locator=f"record {name}",
        published=works.get("end", ""),
        valid_from=works.get("start", ""),
        primary_share=result.get("primary_share") or "",
        quality=scores,
        admissible={"cbam": "a life-cycle footprint is no embedded emission"},
        note=f"{identity['rule']['id']} {identity['rule']['version']}, {regime['id']}, {result['status']}",
        properties={"record": name, "rule": identity["rule"]["id"], "regime": regime["id"]},
    )
