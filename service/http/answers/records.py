"""Answers about records. What stands in their sections: docs/records.md, frozen by service/data/record_1.txt."""

from __future__ import annotations

from typing import Final

from service.http.answers.headers import ATTACHED, CACHE, LANGUAGE, OF_RECORD
from service.http.answers.notation import (
    Answer,
    Schema,
    closed,
    decimal,
    either,
    flag,
    form,
    listed,
    mapped,
    of,
    open_object,
    optional,
    sha,
    text,
    time,
    whole,
    word,
)
from service.http.answers.result import RESULT, STATUS, figure
from service.records.sections import CONFIDENTIAL, ITEMISED

NAME: Final = sha("Name of the record, the hash over its sections.")
LEFT_OUT: Final = form("LeftOut", "Stands for what a disclosed copy leaves out.", digest=sha("Its digest."))
SALTED: Final = form(
    "Salted", "A content that nobody can guess from its digest.",
    salt=sha("HMAC-SHA256 of the value under the store's secret."),
    value=either(
        "The content, docs/records.md.",
        open_object("Of a section or a row.", {"rule": "cement"}),
        {"type": "array", "description": "Of the meters."},
    ),
)  # fmt: skip
ENVELOPE: Final = form(
    "Signature", "A signature over the record's name and its extracts.",
    algorithm=text("Algorithm.", "ed25519"),
    key_id=sha("Id of the key, SHA-256 of its public half."),
    chain=listed({"type": "string"}, "Public half in base64, trusted only where it is pinned.", "MCowBQYDK2VwAyEA"),
    time=time("When it was signed, as the signer says."),
    audit=closed(
        "Entry of the signer's audit log that this signing wrote.",
        serial=text("Its number.", "14"), digest=sha("Its digest."),
    ),
    extracts=mapped(sha("Digest."), "Digest of each level's extract.", {"public": "aecc9ef8" * 8}),
    signature=text("The signature, base64.", "niXORhba1qgtcyXgtFmrFr62lQIOls29j7CVW4pIaeD2nrCjCsTyZ0a6zjyg"),
)  # fmt: skip
ENVELOPES: Final = listed(ENVELOPE, "Signatures, oldest first.")
EXTRACT: Final = form(
    "Extract", "Parts of the result that signatures cover, for a copy that leaves the result out.",
    salt=sha("HMAC-SHA256 of the value under the store's secret."),
    value=closed(
        "The extract.",
        level=word("Level of disclosure.", "public", "customer", "auditor"),
        result=open_object("Fields of `Result` that the level shows.", {"total": "735.893", "total_unit": "kg CO2e"}),
        left_out=listed({"type": "string"}, "Fields of the result that it leaves out.", "contributions"),
    ),
)  # fmt: skip


def _section(name: str) -> Schema:
    """A section as it is held: plain, with a salt, or item by item; or left out."""
    says = f"Section {name}, docs/records.md."
    if name in ITEMISED:
        items = {"type": "array", "items": {"anyOf": [SALTED, LEFT_OUT]}, "description": "Item by item."}
        return either(says, items, LEFT_OUT)
    plain = RESULT if name == "result" else open_object("Ids, versions and hashes of all that was used.", {})
    return either(says, SALTED if name in CONFIDENTIAL else plain, LEFT_OUT)


_SECTIONS: Final = (
    "given/works", "given/rows", "given/meters", "derivation/identity", "derivation/inventory", "derivation/factors",
    "derivation/system", "result",
)  # fmt: skip
RECORD: Final = form(
    "Record", "A record, or a disclosed copy of one, in schema 1.",
    schema=word("Schema of the record.", "pcf-record/1"),
    name=NAME,
    digests=closed("SHA-256 of each section.", **{name: sha(f"Digest of {name}.") for name in _SECTIONS}),
    sections=closed("The sections.", **{name: _section(name) for name in _SECTIONS}),
    signatures=ENVELOPES,
    extracts=optional(listed(EXTRACT, "Extracts of the result that signatures cover.")),
)  # fmt: skip
ROW: Final = form(
    "RecordRow", "A record in a list.",
    name=NAME,
    product=text("Id of the product.", "P.O-42.5"),
    rule=text("Rule and its version.", "cement 1.0.0"),
    regime=text("Regime.", "gbt24067"),
    release=text("Factor releases, the top layer first.", "cn-2026.1"),
    status=STATUS,
    total=figure("kg CO2e per unit.", "735.893"),
    sealed_at=time("When it was sealed."),
    withdrawn_at=time("Since when it is withdrawn; empty for one in force.", blank=True),
)  # fmt: skip
_SENT: Final = {
    "name": text("As its sender named it.", "wind_2024.csv"),
    "sha256": sha("Digest of its bytes."),
    "media_type": text("What it is.", "text/csv"),
    "series": optional(sha("Of an interval series the digest that stands in the record.")),
}
RUN: Final = form(
    "Run", "A calculation or re-run of a record.",
    id=text("Id of the run.", "4865f13e66c64fa8ba8dee8947aeeb66"),
    kind=word("What was done.", "calculation", "rerun", "uncertainty"),
    at=time("When."),
    caller=optional(text("Who asked.", "key 0ba51ec5fb45 ERP")),
    environment=optional(mapped({"type": "string"}, "Machine and versions.", {"python": "3.11.7"})),
    file=optional(text("Name of what was sent.", "request body")),
    uploads=optional(listed(form("Sent", "A file that was sent.", **_SENT), "Files that were sent, the data first.")),
    seconds=optional(decimal("Seconds it took.", "0.029")),
    binary64=optional(mapped(text("In hex."), "Total in binary64, hexadecimal.", {"total": "0x1.eca236956c29ap+8"})),
    residual=optional(text("Relative residual of the binary64 solution.", "1.09e-17")),
    recomputation=optional(text("Of a re-run its verdict.", "identical")),
    tolerance=optional(text("Of an annex how far it can be repeated.", "the same bytes on one build")),
    stated=optional(open_object("Of an annex the distributions that were stated.", {})),
    annex=optional(open_object("Of an uncertainty run its annex, docs/schemas/uncertainty.json.", {})),
)  # fmt: skip
CALCULATED: Final = form(
    "Calculated", "A product's record and its result.",
    name=NAME,
    new=flag("Whether it was sealed now; equal data find the record that is there.", True),
    result=of(RESULT, "The result, as the record holds it."),
)  # fmt: skip

ANSWERS: Final = {
    "calculateFootprints": Answer(
        "Sealed: a record per product.", closed("The records.", records=listed(CALCULATED, "By product."))
    ),
    "listRecords": Answer("Records.", closed("A page.", records=listed(ROW, "Records, newest first."))),
    "getRecord": Answer("The record, or 304 where If-None-Match names it.", RECORD, OF_RECORD),
    "listRuns": Answer("Runs.", closed("The runs.", runs=listed(RUN, "Runs of the record, oldest first."))),
    "listUploads": Answer(
        "Files.",
        closed(
            "The files.",
            uploads=listed(
                form("Upload", "A file that is kept.", **_SENT, bytes=whole("Its length.", 1204831)),
                "Those of the latest calculation first.",
            ),
        ),
    ),
    "getUpload": Answer(
        "The bytes as they were sent.",
        text("The file.", format="binary"),
        (CACHE, ATTACHED),
        media="application/octet-stream",
    ),
    "getReport": Answer("A self-contained page.", text("HTML.", "<!doctype html>..."), (LANGUAGE,), media="text/html"),
    "withdrawRecord": Answer("Withdrawn.", closed("What was done.", name=NAME, withdrawn=flag("Always true.", True))),
}
