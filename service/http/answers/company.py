"""Answers about the company: keys, people, the audit log."""

from __future__ import annotations

from typing import Final, get_args

from service.companies.roles import Role
from service.http.answers.headers import CACHE
from service.http.answers.notation import (
    Answer,
    closed,
    either,
    form,
    listed,
    open_object,
    or_null,
    sha,
    text,
    time,
    whole,
    word,
)

ROLE: Final = word("What it may do, docs/api.md.", *get_args(Role))
KEY_ID: Final = text("Id of the key; it stands in its text and in the audit log.", "faba4eb0be65")
KEY: Final = form(
    "Key", "An API key or an OAuth client, without its secret.",
    id=KEY_ID,
    kind=word("What it is.", "api_key", "client"),
    title=text("Who or what uses it.", "ERP"),
    role=ROLE,
    scopes=text("Scopes, with blanks.", "record:read factor:read data:read job:read record:rerun calc:run"),
    records=text("Names of the records it is limited to, with blanks; empty for no limit.", ""),
    parent=text("Id of the key that it replaces; empty for none.", ""),
    created_at=time("When it was made."),
    expires_at=time("When it ends.", "2027-11-21T16:32:44+00:00"),
    revoked_at=time("When it was revoked; empty where it was not.", blank=True),
    last_used_at=time("When it was used last; empty where it was not.", blank=True),
)  # fmt: skip
MADE: Final = either(
    "The key, or the two halves of an OAuth client; shown here and nowhere else.",
    form("MadeKey", "A key.", id=KEY_ID, key=text("The key.", "pcf_key_local_faba4eb0be65_eeqiyPMp")),
    form(
        "MadeClient", "An OAuth client.", id=KEY_ID,
        client_id=text("Client id.", "local.ec5d845d6c8b"), client_secret=text("Client secret.", "q4p1BRDIb9Taa92s"),
    ),
)  # fmt: skip
_EMAIL: Final = text("Address that signs in.", "anna@company.example")
ACCOUNT: Final = form(
    "Account", "A person of the company.",
    id=text("Id of the account.", "4b03afa402e741feb70be4d860a6e676"),
    email=_EMAIL,
    title=text("Name; may be empty.", "Anna"),
    role=ROLE,
    state=word("Whether it may sign in.", "active", "disabled"),
    created_at=time("When the person was invited first."),
    invited=word("yes until a password was chosen, then empty.", "yes", ""),
)  # fmt: skip
ENTRY: Final = form(
    "AuditEntry", "An entry of the audit log.",
    serial=whole("Its number, from 1 without a gap.", 14),
    at=time("When."),
    actor=text("Who.", "key 0ba51ec5fb45 ERP"),
    action=text("What was done.", "record.signed"),
    target=text("To what.", "64e03acb02c90579c610cc715b114809636dac8abb7c29dabc1ad6206ef33f3d"),
    detail=open_object("Plain words by key, also before and after.", {"key": "994f6b27"}),
    request_id=text("Id of the request; empty where there was none.", "erp-2026-0001"),
    previous=sha("Digest of the entry before."),
    digest=sha("Digest of this entry, docs/records.md."),
)  # fmt: skip

ANSWERS: Final = {
    "listKeys": Answer("Keys.", closed("The keys.", keys=listed(KEY, "Keys and clients, newest first."))),
    "makeKey": Answer("Made.", MADE, (CACHE,)),
    "replaceKey": Answer("Made.", MADE, (CACHE,)),
    "revokeKey": Answer("Revoked."),
    "listAccounts": Answer("People.", closed("The accounts.", accounts=listed(ACCOUNT, "Accounts by address."))),
    "inviteAccount": Answer(
        "Invited.",
        closed(
            "The invitation.", email=_EMAIL, role=ROLE,
            link=text("One-time link to choose a password.", "https://pcf.company.example/welcome#pcf_link_local_8dbf"),
        ),
        (CACHE,),
    ),
    "changeAccount": Answer("Changed.", ACCOUNT),
    "listAudit": Answer("Entries.", closed("A page.", entries=listed(ENTRY, "Entries, oldest first."))),
    "verifyAudit": Answer(
        "The verdict on the log.",
        closed(
            "The verdict.",
            entries=whole("How many entries hold.", 26),
            head=sha("Digest of the last that holds."),
            broken=or_null(closed(
                "The first entry that does not hold; null where all do.",
                serial=whole("Its number.", 7),
                kind=word("In what way.", "changed", "missing", "moved"),
            )),
        ),
    ),
}  # fmt: skip
