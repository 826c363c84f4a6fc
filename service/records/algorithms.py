"""How signatures are made and checked: Ed25519 built in, others by the entry-point group ``pcf.signatures``.

An entry point names an object with the three functions of :class:`Algorithm`; its own name is the algorithm's name in
envelopes. Built-in names cannot be taken over. A public key is the DER form SubjectPublicKeyInfo, a private one a
PKCS#8 file in PEM, encrypted where a passphrase is given.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Final, Protocol

from lca.faults import Fault, Refused

GROUP: Final = "pcf.signatures"
ED25519: Final = "ed25519"


class Algorithm(Protocol):
    """One way to sign."""

    def new(self, passphrase: bytes) -> tuple[bytes, bytes]:
        """A new key: (private half as PEM, encrypted where the passphrase is not empty; public half as DER)."""

    def sign(self, private: bytes, passphrase: bytes, message: bytes) -> bytes:
        """The signature of a message. ``passphrase`` is empty for a private half that is not locked.

        Raises:
            Refused: ``key_passphrase`` where the passphrase does not open the private half.
        """

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether a signature is of this message by this key; False for anything that has not the form."""


class Ed25519:
    """RFC 8032, by the package cryptography."""

    def new(self, passphrase: bytes) -> tuple[bytes, bytes]:
        from cryptography.hazmat.primitives import serialization as form
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        made = Ed25519PrivateKey.generate()
        locked = form.BestAvailableEncryption(passphrase) if passphrase else form.NoEncryption()
        private = made.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, locked)
        public = made.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
        return private, public

    def sign(self, private: bytes, passphrase: bytes, message: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(private, passphrase or None)
        except (ValueError, TypeError) as error:  # neither says anything of the key or the passphrase
            raise Refused(
                [Fault("key_passphrase", found=type(error).__name__, expected="PCF_KEY_PASSPHRASE")]
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise Refused([Fault("key_file_form", found=type(key).__name__, expected="an Ed25519 key")])
        return key.sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        try:
            key = load_der_public_key(public)
            if not isinstance(key, Ed25519PublicKey):
                return False
            key.verify(signature, message)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True


@cache
def algorithms() -> dict[str, Algorithm]:
    """Algorithms by name: the built-in one and those of installed packages."""
    found: dict[str, Algorithm] = {point.name: point.load() for point in entry_points(group=GROUP)}
    return {**found, ED25519: Ed25519()}


def algorithm_named(name: str) -> Algorithm:
    """An algorithm by name.

    Raises:
        Refused: ``algorithm_unknown``.
    """
    if name not in algorithms():
        raise Refused([Fault("algorithm_unknown", found=name[:60], expected=", ".join(sorted(algorithms())))])
    return algorithms()[name]
