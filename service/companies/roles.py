"""What a caller may do. A role is a set of scopes; a key may hold fewer than its role, never more.

Scopes have the names of the exchange conventions (``docs/api.md``); ``footprint:list`` and ``footprint:read`` are those
of PACT.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

from lca.faults import Fault, Refused

Role = Literal["owner", "editor", "calculator", "auditor", "partner"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

READS: Final = ("record:read", "factor:read", "data:read", "job:read")
SCOPES: Final[dict[Role, tuple[str, ...]]] = {
    "auditor": (*READS, "record:rerun", "audit:read"),
    "calculator": (*READS, "record:rerun", "calc:run"),
    "editor": (*READS, "record:rerun", "calc:run", "data:write", "factor:write", "record:share", "footprint:publish"),
    "owner": (
        *READS, "record:rerun", "calc:run", "data:write", "factor:write", "record:share", "footprint:publish",
        "record:sign", "audit:read", "admin",
    ),
    "partner": ("footprint:list", "footprint:read", "footprint:events"),
}  # fmt: skip
"""``partner``: a customer's or supplier's system that exchanges footprints by PACT and sees nothing else."""


def role_named(text: str, where: str = "role") -> Role:
    """A role by name.

    Raises:
        Refused: ``role_unknown``.
    """
    for role in ROLES:
        if role == text:
            return role
    raise Refused([Fault("role_unknown", where, found=text, expected=", ".join(ROLES))])


def scopes_within(role: Role, wanted: Iterable[str]) -> tuple[str, ...]:
    """The scopes wanted, or all of the role where none is named.

    Raises:
        Refused: ``scope_not_of_role`` for each the role does not hold.
    """
    asked = tuple(dict.fromkeys(wanted))
    wrong = [name for name in asked if name not in SCOPES[role]]
    if wrong:
        raise Refused(
            [Fault("scope_not_of_role", "scopes", found=name, expected=", ".join(SCOPES[role])) for name in wrong]
        )
    return asked or SCOPES[role]
