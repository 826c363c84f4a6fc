"""Answers about proof: verdicts, signatures, disclosed copies, shares."""

from __future__ import annotations

from typing import Final, get_args

from service.http.answers.headers import CACHE, WITHDRAWN
from service.http.answers.notation import (
    SHA,
    Answer,
    closed,
    either,
    form,
    listed,
    mapped,
    none_here,
    of,
    sha,
    text,
    time,
    whole,
    word,
)
from service.http.answers.records import ENVELOPES, NAME, RECORD
from service.http.answers.result import LABEL, STATUS, UNIT, figure
from service.records.envelope import Signature
from service.records.verify import Integrity, Recomputation

JUDGED: Final = form(
    "JudgedSignature", "The verdict on one signature.",
    verdict=word("What it is worth.", *get_args(Signature)),
    key_id=sha("Id of the key; empty where the envelope has no form.", blank=True),
    title=text("Title of the key, where it is vouched for here.", "Works A"),
    time=text("When it was signed, as the signer says.", "2026-11-21T16:32:36.955+00:00"),
    why=text("Why it is not plainly signed, a code of docs/records.md.", ""),
)  # fmt: skip
REASON: Final = form(
    "Reason", "Why a verdict is not the whole proof.",
    code=text("What, for programs.", "section_left_out"),
    where=text("Where.", "derivation/factors"),
    found=text("What was found.", "left out"),
    expected=text("What was expected.", "held"),
    rule=text("Rule that asks for it; empty where none does.", ""),
    values=mapped({"type": "string"}, "What stands in its sentence.", {"section": "derivation/factors"}),
)  # fmt: skip
_TEXT: Final = {"type": "string"}
_VERDICT: Final = {
    "name": text("Name that the record gives itself.", SHA),
    "integrity": word("Whether the sections give their digests.", *get_args(Integrity)),
    "signature": word("What the signatures are worth together.", *get_args(Signature)),
    "recomputation": word("Whether the digits come out again.", *get_args(Recomputation)),
    "step": text("First step that differs, or integrity.", ""),
    "where": text("Where in that step.", ""),
    "recorded": text("What the record says there.", ""),
    "found": text("What came out there.", ""),
    "reason": none_here(listed(REASON, "Why it is not the whole proof.")),
    "notes": none_here(listed(_TEXT, "What of rule, regime or releases has another hash here.")),
    "signatures": listed(JUDGED, "The verdict on each signature."),
    "unproven": none_here(listed(_TEXT, "Extracts that no signature covers.")),
    "unseen": none_here(listed(_TEXT, "What a copy leaves out and was made anew, not compared.")),
    "exit_code": whole("Exit code of pcf rerun: 0 good, 3 different, 4 tampered, 6 not possible.", 0),
}
VERDICT: Final = form("Verdict", "What a re-run of a stored record found.", **_VERDICT)
SHOWN: Final = closed(
    "What the record is about, as it or its extract says.",
    product=text("Id of the product.", "P.O-42.5"),
    label=LABEL,
    status=STATUS,
    total=figure("The footprint, kg CO2e per unit.", "735.893"),
    total_unit=word("Unit of the total.", "kg CO2e"),
    unit=of(UNIT, "What the figures are per."),
    level=text("Level of the extract; empty where the whole result stands in.", ""),
)
OF_STRANGERS: Final = form(
    "Verification", "The verdict on a record that somebody sent.",
    **_VERDICT,
    shown=either("What it is about; empty for one that was tampered with.", SHOWN, closed("Nothing.")),
)  # fmt: skip
_SHARE: Final = {
    "id": text("Id of the share.", "32fedee9a6c4"),
    "record_name": NAME,
    "level": word("Level of disclosure.", "customer", "public", "auditor"),
    "title": text("Who it is for.", "Customer AG"),
    "created_at": time("When it was made."),
    "expires_at": time("When it ends.", "2027-02-19T16:32:37.090+00:00"),
    "revoked_at": time("When it was revoked; empty where it was not.", blank=True),
    "made_by": text("Who made it.", "key 0ba51ec5fb45 ERP"),
    "state": word("Whether it can be opened.", "open", "expired", "revoked"),
}
SHARE: Final = form("Share", "A share, without its token.", **_SHARE)
_TOKEN: Final = text("Its token, shown here and nowhere else.", "pcf_share_local_32fedee9a6c4_KoLQXYYY")

ANSWERS: Final = {
    "rerunRecord": Answer("The verdict.", VERDICT),
    "signRecord": Answer("Signed.", closed("The record's signatures.", name=NAME, signatures=ENVELOPES)),
    "discloseRecord": Answer("A copy that leaves things out.", RECORD, (WITHDRAWN,)),
    "shareRecord": Answer("Shared.", closed("The share with its token.", **_SHARE, token=_TOKEN), (CACHE,)),
    "listShares": Answer("Shares.", closed("The shares.", shares=listed(SHARE, "Shares, newest first."))),
    "revokeShare": Answer("Ended."),
    "openShare": Answer(
        "What the share shows.",
        closed(
            "What the share shows.", share=of(SHARE, "The share."), record=of(RECORD, "The disclosed copy."),
            withdrawn=text("Why the record was withdrawn since; empty where it was not.", ""),
        ),
        (CACHE,),
    ),
    "verifyRecord": Answer("The verdict.", OF_STRANGERS, (CACHE,)),
}  # fmt: skip
