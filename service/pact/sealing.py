"""Our secret at a partner, encrypted: a token is asked for with the secret itself, so no digest would do.

AES-256-GCM under a key file of the company in the folder of key files (``PCF_KEYS``), bound to the company and the
partner: a row moved elsewhere does not open. Whoever has the database alone, or a backup of it, has no secret.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lca.faults import Fault, Refused
from service.records.keys import KeyFolder, read_private, write_private

NAME: Final = "pact-partners"
_HEAD: Final = b"-----BEGIN PCF PACT KEY-----\n"
_FOOT: Final = b"\n-----END PCF PACT KEY-----\n"
_NONCE: Final = 12


def sealed(folder: KeyFolder, tenant: str, partner: str, secret: str) -> str:
    """A secret as it is kept; the key file is made when there is none yet.

    Raises:
        Refused: ``key_file_open`` where others may read the key file.
    """
    with suppress(Refused):  # it is there: nothing is made
        write_private(folder, tenant, NAME, _HEAD + base64.b64encode(AESGCM.generate_key(256)) + _FOOT)
    nonce = os.urandom(_NONCE)
    text = _cipher(folder, tenant).encrypt(nonce, secret.encode(), _bound(tenant, partner))
    return base64.b64encode(nonce + text).decode()


def opened(folder: KeyFolder, tenant: str, partner: str, kept: str) -> str:
    """The secret again.

    Raises:
        Refused: ``key_file_missing``, ``key_file_open``; ``pact_secret`` where the key is another one.
    """
    content = base64.b64decode(kept)
    try:
        text = _cipher(folder, tenant).decrypt(content[:_NONCE], content[_NONCE:], _bound(tenant, partner))
    except InvalidTag:
        expected = f"private/{tenant}/{NAME}.pem as it was when the partner was added"
        raise Refused([Fault("pact_secret", partner, found="another key", expected=expected)]) from None
    return text.decode()


def _cipher(folder: KeyFolder, tenant: str) -> AESGCM:
    content = read_private(folder, tenant, NAME)
    return AESGCM(base64.b64decode(content.removeprefix(_HEAD).removesuffix(_FOOT)))


def _bound(tenant: str, partner: str) -> bytes:
    return f"pact {tenant} {partner}".encode()
