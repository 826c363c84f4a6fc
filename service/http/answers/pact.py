"""Answers of the exchange by PACT: to partners under /3, and to the company's office (docs/pact.md)."""

from __future__ import annotations

from typing import Any, Final

from service.http.answers.headers import CACHE
from service.http.answers.jobs import tried
from service.http.answers.notation import (
    Answer,
    closed,
    form,
    listed,
    mapped,
    named,
    of,
    open_object,
    sha,
    text,
    time,
    whole,
    word,
)
from service.pact.events import TYPES
from service.pact.properties import PRODUCT
from service.pact.properties import schema as product_schema

_ID: Final = "a3ab4cf4-08b6-4e96-9c0e-1086f022e6db"
_BASE: Final = "https://pcf.acme.example"
_EXAMPLE: Final[dict[str, Any]] = {
    "id": _ID, "specVersion": "3.0.3", "created": "2026-11-21T16:32:29Z", "status": "Active",
    "companyName": "Acme Cement", "companyIds": ["urn:pact:acme.example:supplier-id:local"], "productDescription": "",
    "productIds": ["urn:gtin:4712345060507"], "productNameCompany": "Ordinary Portland cement P.O 42.5",
    "pcf": {
        "declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "1", "productMassPerDeclaredUnit": "1",
        "referencePeriodStart": "2024-01-01T00:00:00Z", "referencePeriodEnd": "2025-01-01T00:00:00Z",
        "geographyCountrySubdivision": "CN-SD", "pcfExcludingBiogenicUptake": "0.735893",
        "pcfIncludingBiogenicUptake": "0.735893", "fossilCarbonContent": "0", "biogenicCarbonContent": "0",
        "fossilGhgEmissions": "0.73587284492", "biogenicCO2Uptake": "0", "biogenicNonCO2Emissions": "0.00002015508",
        "packagingEmissionsIncluded": False, "ccsTechnologicalCO2CaptureIncluded": False,
        "ipccCharacterizationFactors": ["AR5", "AR6"], "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0", "primaryDataShare": "0",
    },
}  # fmt: skip
FOOTPRINT: Final = named("PactFootprint", {
    **{key: part for key, part in product_schema(PRODUCT).items() if key != "$schema"},
    "description": "A footprint by PACT 3.0.3, whose specification says what each property means; docs/pact.md says "
    "what of a record stands in it.",
    "examples": [_EXAMPLE],
})  # fmt: skip
_FOOTPRINT_ID: Final = text("Id of the footprint.", _ID)
_AT: Final = "2026-11-21T16:32:49.653121Z"
PUBLISHED: Final = form(
    "PublishedFootprint", "A footprint that the company has published.",
    id=_FOOTPRINT_ID,
    record_name=sha("Record that it was made of."),
    status=word("Its status.", "Active", "Deprecated"),
    valid_from=time("From when it may be used.", "2025-01-01T00:00:00.000000Z"),
    valid_to=time("Until when it may be used.", "2028-01-01T00:00:00.000000Z"),
    created_at=time("When it was published.", _AT),
    deprecated_at=time("When it was deprecated; empty where it was not.", blank=True),
)  # fmt: skip
PROFILE: Final = form(
    "PactProfile", "The company as its partners see it.",
    name=text("Name.", "Acme Cement"),
    ids=listed({"type": "string"}, "URNs of the company.", "urn:pact:acme.example:supplier-id:local"),
    domain=text("Domain that issues further URNs; may be empty.", "acme.example"),
    base_url=text("Address by which partners reach the service.", _BASE),
)  # fmt: skip
_PARTNER: Final = text("Id of the partner.", "0ba40202c40a44b89b6cbb9b7c2dd0db")
_TITLE: Final = text("Who it is.", "Customer A")
PARTNER: Final = form(
    "Partner", "A partner, without secrets; addresses are empty where it asks us and is sent nothing.",
    id=_PARTNER,
    title=_TITLE,
    base_url=text("Address of its service.", "https://pcf.customer.example"),
    auth_url=text("Where its tokens are given.", "https://pcf.customer.example"),
    client_id=text("Our client there.", "acme"),
    credential_id=text("Id of the key that its client here is.", "7d611e5e09aa"),
    created_at=time("When it was registered."),
)  # fmt: skip
TAKEN: Final = form(
    "Taken", "What became of a supplier's footprints.",
    release=text("Supplier release that holds the factors; empty for none.", "suppliers.1"),
    factors=listed({"type": "string"}, "Factors that are new.", f"pact:{_ID}"),
    there=listed({"type": "string"}, "Factors that were there.", f"pact:{_ID}"),
    refused=mapped(
        {"type": "array", "items": {"type": "string"}}, "Faults by footprint that was not taken.",
        {_ID: ["received_expired /validityPeriodEnd: 2024-12-31"]},
    ),
    missing=listed({"type": "string"}, "Ids that the partner does not know.", _ID),
)  # fmt: skip
_EVENT_ID: Final = text("Id of the event, as both sides know it.", "8ca6b4f4-913d-4d19-9d02-b44835d08efc")
EVENT: Final = form(
    "PactEvent", "An event that was received or sent.",
    id=text("Id of the row.", "74e76afd70c4fcc3e377e5e634a3d917"),
    partner_id=_PARTNER,
    direction=word("in: received, out: sent.", "in", "out"),
    type=word("What it is.", *TYPES.values()),
    event_id=_EVENT_ID,
    answers=text("Id of the request that it answers; empty for none.", ""),
    state=word("How far it is.", "done", "pending", "given_up"),
    attempts=whole("Attempts so far.", 1),
    created_at=time("When it was written down.", "2026-11-21T16:32:50.175Z"),
    next_at=time("When the next attempt is due; empty for none.", blank=True),
    outcome=open_object(
        "What came of it: `Taken`, `answered_by`, `answer`, `error` or `ignored`; empty for nothing.",
        {"answered_by": "a503f24b-a2a4-48fa-a629-789c5e697826"},
    ),
    log=tried(),
)  # fmt: skip
_STATUS: Final = word("Its status.", "Deprecated")

ANSWERS: Final = {
    "pactToken": Answer("A token (RFC 6749).", form(
        "Token", "An access token.",
        access_token=text("The token.", "pcf_token_local_1b01667ec7fe_oyPGPFT2"),
        token_type=word("How it is sent.", "Bearer"),
        expires_in=whole("Seconds it lives.", 3600),
        scope=text("Its scopes, with blanks.", "footprint:list footprint:read footprint:events"),
    ), (CACHE,)),
    "pactOpenId": Answer("Where tokens are given.", form(
        "OpenIdConfiguration", "What a partner's system looks for first (OpenID Connect Discovery).",
        issuer=text("Who gives tokens.", _BASE),
        token_endpoint=text("Where.", f"{_BASE}/auth/token"),
        grant_types_supported=listed({"type": "string"}, "Grants.", "client_credentials"),
        token_endpoint_auth_methods_supported=listed({"type": "string"}, "How a client proves itself.",
                                                     "client_secret_basic"),
        response_types_supported=listed({"type": "string"}, "What is answered.", "token"),
        scopes_supported=listed({"type": "string"}, "Scopes.", "footprint:list", "footprint:read", "footprint:events"),
    )),
    "pactListFootprints": Answer(
        "Footprints.", closed("A page.", data=listed(FOOTPRINT, "Footprints in the order of publication.")), (CACHE,)
    ),
    "pactGetFootprint": Answer("The footprint.", closed("One.", data=of(FOOTPRINT, "The footprint.")), (CACHE,)),
    "pactEvent": Answer("Received: it is written down with what follows from it."),
    "pactExtensionSchema": Answer("A JSON Schema.", open_object(
        "JSON Schema 2020-12, docs/schemas/pact-extension.json.", {"type": "object"}), (CACHE,)),
    "pactFootprintSchema": Answer("A JSON Schema.", open_object(
        "JSON Schema 2020-12, docs/schemas/pact-footprint.json.", {"type": "object"}), (CACHE,)),
    "getPactProfile": Answer("The profile.", PROFILE),
    "setPactProfile": Answer("The profile.", PROFILE),
    "listPactPublished": Answer(
        "Footprints.", closed("Footprints.", footprints=listed(PUBLISHED, "Published footprints, newest first."))
    ),
    "publishPactFootprint": Answer("Published.", closed("One.", data=of(FOOTPRINT, "As partners see it."))),
    "deprecatePactFootprint": Answer("Deprecated.", closed("The footprint.", id=_FOOTPRINT_ID, status=_STATUS)),
    "listPactPartners": Answer("Partners.", closed("Partners.", partners=listed(PARTNER, "Partners by title."))),
    "addPactPartner": Answer("Registered.", closed(
        "The partner, with the client that its system signs in with here.", id=_PARTNER, title=_TITLE,
        client_id=text("Client id.", "local.7d611e5e09aa"),
        client_secret=text("Client secret, shown here and nowhere else.", "LOjWpePMmze8CjqgqUSnXQ"),
    ), (CACHE,)),
    "connectPactPartner": Answer("The partner.", PARTNER),
    "removePactPartner": Answer("Removed."),
    "askPactPartner": Answer("To be sent.", closed("The event.", event=_EVENT_ID)),
    "fetchFromPactPartner": Answer("Fetched.", TAKEN),
    "listPactEvents": Answer("Events.", closed("Events.", events=listed(EVENT, "Events, newest first."))),
}  # fmt: skip
