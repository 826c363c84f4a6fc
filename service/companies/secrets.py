"""What a caller shows: ``pcf_<kind>_<company>_<id>_<secret>``. The secret is 32 random bytes; its SHA-256 is kept.

The company stands inside because row-level security must know whose rows may be looked at before anything is looked at;
a false name finds nothing. Random secrets of this length need no slow hash, passwords do (:mod:`.accounts`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

from lca.faults import Fault, Refused

KINDS: Final = {"api_key": "key", "client": "client", "token": "token", "session": "session", "link": "link",
                "share": "share"}  # fmt: skip
COMPANY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SHOWN: Final = re.compile(r"pcf_([a-z]{3,8})_([a-z0-9][a-z0-9-]{0,39})_([0-9a-f]{12})_([0-9A-Za-z_-]{43})")


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential as it was shown, taken apart; nothing about it is proved yet."""

    kind: str
    tenant: str
    id: str
    secret: str

    @property
    def digest(self) -> str:
        return digest(self.secret)


@dataclass(frozen=True, slots=True)
class Made:
    """A new credential: ``text`` is shown once, ``digest`` is kept."""

    id: str
    text: str
    digest: str


def make(kind: str, tenant: str) -> Made:
    """A new random credential of a kind for a company."""
    name, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return Made(name, f"pcf_{KINDS[kind]}_{tenant}_{name}_{secret}", digest(secret))


def taken_apart(text: str) -> Shown | None:
    """The parts of what was shown; None for anything that has not our form."""
    found = _SHOWN.fullmatch(text)
    return Shown(*found.groups()) if found else None


def digest(secret: str) -> str:
    """SHA-256 of a secret, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Equality in a time that does not depend on where two digests differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def company_id(text: str) -> str:
    """A company's id as it stands in keys: small letters, digits and hyphens, at most 40.

    Raises:
        Refused: ``company_id``.
    """
    if not COMPANY.fullmatch(text):
        expected = "small letters, digits and hyphens, at most 40, e.g. acme-steel"
        raise Refused([Fault("company_id", "company", found=text[:60], expected=expected)])
    return text
