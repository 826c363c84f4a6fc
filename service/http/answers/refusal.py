"""Refusals: RFC 9457, which also tells why a job or an item of it failed, and those of PACT and of OAuth."""

from __future__ import annotations

from typing import Final

from service.http.answers.notation import form, listed, optional, text, whole

FAULT: Final = form(
    "Fault", "One fault: what is wrong, where, and what to do about it.",
    code=text("What is wrong, for programs; a code never changes its meaning.", "unknown_unit"),
    where=text("Field, cell or parameter; empty where it is the whole request.", "/rows/3/unit"),
    message=text("What is wrong, in the language asked for.", "The unit is not known."),
    found=text("What was found there.", "stone"),
    expected=text("What was expected there.", "t, kg"),
    rule=text("Rule or source that asks for it; empty where none does.", "cement 1.0.0, inputs.coal"),
    fix=text("What to do, in the language asked for.", "Use a unit of the same quantity."),
)  # fmt: skip
FAULTS: Final = listed(FAULT, "All faults at once, in the order of the data.")
PROBLEM: Final = form(
    "Problem", "A refusal (RFC 9457): nothing was done.",
    type=text("Always about:blank: the codes under errors say what it is.", "about:blank"),
    title=text("The refusal in a sentence.", "Refused: nothing was calculated or stored."),
    status=whole("The HTTP status.", 422),
    errors=FAULTS,
    instance=optional(text("Path of the request; absent where a job failed.", "/v1/footprints")),
    request_id=optional(text("Id of the request; absent where a job failed.", "148b6c816a0e492a9fa4b80684d19e24")),
)  # fmt: skip
PACT_ERROR: Final = form(
    "PactError", "A refusal as PACT has it.",
    code=text("Code of PACT.", "NotFound"),
    message=text("All faults in sentences, in the language asked for.", "The footprint is not known."),
)  # fmt: skip
OAUTH_ERROR: Final = form(
    "OAuthError", "A refusal of the token endpoint (RFC 6749 §5.2).",
    error=text("Code of OAuth.", "invalid_client"),
    error_description=text("All faults in sentences, in the language asked for.", "The secret is not right."),
)  # fmt: skip
