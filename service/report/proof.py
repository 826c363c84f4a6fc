"""What makes the page checkable: the record's name, hashes of everything used, and how to run it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.report.markup import Content, Html, code, escaped, tag
from service.report.table import pairs, section
from service.report.view import View

if TYPE_CHECKING:
    from service.records.verify import Verdict


def proof(view: View, faults: list[str], verdict: Verdict | None) -> Html:
    """Names and hashes in full: a hash that is cut proves nothing."""
    name, identity = str(view.record["name"]), view.identity
    rule, regime = identity["rule"], identity["regime"]
    releases = identity["releases"]
    items: list[tuple[str, Content]] = [
        (view.word("record"), code(name)),
        (view.word("schema"), code(view.record["schema"])),
        (view.word("rule"), _hashed(f"{rule['id']} {rule['version']}", rule["sha256"])),
        (view.word("methods"), _hashed(", ".join(rule["methods"]), rule["methods_sha256"])),
        (view.word("regime"), _hashed(f"{regime['id']} {regime['version']}", regime["sha256"])),
        *((view.word("release"), _hashed(f"{item['id']} ({item['layer']})", item["sha256"])) for item in releases),
        (view.word("gwp"), _hashed(f"{regime['gwp_set']}, {identity['gwp']['version']}", identity["gwp"]["sha256"])),
        (view.word("unit_table"), _hashed(identity["units"]["version"], identity["units"]["sha256"])),
        (view.word("digits"), view.word("digits_of", digits=regime["digits"])),
        (view.word("reading"), view.word("strict_yes" if identity["strict"] == "true" else "strict_no")),
    ]
    command = tag("p", tag("code", f"pcf rerun {name}"), class_="command")
    again = [tag("h3", view.word("rerun")), command, tag("p", view.word("rerun_note"), class_="remark")]
    copy = [tag("h3", view.word("copy")), tag("p", view.word("copy_note"), class_="remark")]
    state = pairs(_state(view, faults, verdict), "hashes")
    return section(view.word("proof"), state, pairs(items, "hashes"), again, copy, note=view.word("proof_note"))


def _hashed(ref: str, sha256: str) -> Html:
    return escaped([ref, tag("code", sha256, class_="under")])


def _state(view: View, faults: list[str], verdict: Verdict | None) -> list[tuple[str, Content]]:
    """Integrity is checked whenever the page is made; signature and re-run say what a verdict found."""
    integrity = "tampered" if faults or (verdict and verdict.integrity == "tampered") else "intact"
    signature = "unchecked" if view.record.get("signatures") else "unsigned"
    if verdict is not None:
        signature = verdict.signature
    return [
        (view.word("integrity"), view.known("integrity", integrity)),
        (view.word("signature"), view.known("signature", signature)),
        (view.word("recomputation"), _recomputed(view, verdict)),
    ]


def _recomputed(view: View, verdict: Verdict | None) -> Content:
    if verdict is None:
        return view.word("recomputation_none")
    said: list[Content] = [view.known("recomputation", verdict.recomputation)]
    if verdict.step:
        said.append([view.word("colon"), code(f"{verdict.step} {verdict.where}".strip())])
    if verdict.recorded or verdict.found:
        said.append(tag("span", view.word("differs", recorded=verdict.recorded, found=verdict.found), class_="under"))
    said += [tag("code", note, class_="under") for note in verdict.notes]
    said += [tag("code", " ".join((fault.code, fault.where)).strip(), class_="under") for fault in verdict.reason]
    return said
