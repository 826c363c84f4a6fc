"""Signing keys (签名密钥): private halves as files, public halves in the store, keys of others pinned by file.

The folder is ``PCF_KEYS``, or ``<store>-keys`` beside a SQLite file: ``private/<company>/<id>.pem`` (0600 in folders of
0700) and ``trusted/<id>.json``. No key is ever fetched: a key is trusted because a person put its file there after
comparing its id with the signer's by another way.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lca.doors import read_json
from lca.faults import Fault, Refused
from service.companies.secrets import company_id
from service.records.algorithms import algorithms
from service.records.envelope import COMPROMISED, REASONS, KnownKey, key_id

SCHEMA: Final = "pcf-key/1"
PASSPHRASE: Final = "PCF_KEY_PASSPHRASE"
"""What opens private halves where nobody types: of the environment, never of a request or a page."""
FIELDS: Final = ("id", "algorithm", "public", "title", "created_at", "expires_at", "revoked_at", "reason")


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The folder of key files of an installation; nothing is made by looking into it."""

    path: Path

    def private(self, tenant: str, name: str) -> Path:
        return self.path / "private" / company_id(tenant) / f"{name}.pem"

    @property
    def trusted(self) -> Path:
        return self.path / "trusted"


def key_folder(store: str) -> KeyFolder:
    """Where the key files of a store are. ``store``: its place, a SQLite file or a URL.

    Raises:
        Refused: ``keys_folder`` for a database by URL without ``PCF_KEYS``.
    """
    if named := os.environ.get("PCF_KEYS", ""):
        return KeyFolder(Path(named).expanduser())
    if "://" in store:
        raise Refused([Fault("keys_folder", "PCF_KEYS", found="nothing", expected="a folder for key files")])
    path = Path(store).expanduser()
    return KeyFolder(path.with_name(path.name.removesuffix(".db") + "-keys"))


def passphrase() -> bytes:
    """The environment's passphrase; empty where there is none."""
    return os.environ.get(PASSPHRASE, "").encode()


def write_private(folder: KeyFolder, tenant: str, name: str, content: bytes) -> Path:
    """Write a private half where only its owner reads it; an existing file is never replaced.

    Raises:
        Refused: ``key_file_there``.
    """
    path = folder.private(tenant, name)
    for part in (folder.path, folder.path / "private", path.parent):
        part.mkdir(mode=0o700, exist_ok=True, parents=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused([Fault("key_file_there", str(path), found="a file", expected="none")]) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def read_private(folder: KeyFolder, tenant: str, name: str) -> bytes:
    """The private half of a key.

    Raises:
        Refused: ``key_file_missing``; ``key_file_open`` where others than the owner may read it.
    """
    path = folder.private(tenant, name)
    if not path.is_file():
        raise Refused([Fault("key_file_missing", name[:16], found="no file", expected=f"private/{tenant}/<id>.pem")])
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise Refused([Fault("key_file_open", name[:16], found=f"{mode:04o}", expected="0600")])
    return path.read_bytes()


def is_locked(private: bytes) -> bool:
    """Whether a private half wants a passphrase."""
    return b"ENCRYPTED" in private.partition(b"\n")[0]


def key_file(key: KnownKey) -> dict[str, str]:
    """A public key as a file that somebody else pins."""
    held = asdict(key)
    return {"schema": SCHEMA, **{name: held[name] for name in FIELDS}}


def read_key_file(content: bytes, where: str = "") -> KnownKey:
    """A key from such a file.

    Raises:
        Refused: ``key_file_form``, ``algorithm_unknown``, ``key_file_tampered`` where the id is not that of the key.
    """
    import base64
    import binascii

    expected = f"schema {SCHEMA} with {', '.join(FIELDS)}"
    try:
        value: Any = read_json(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused([Fault("key_file_form", where, found=error.reason, expected=expected)]) from None
    texts = isinstance(value, dict) and all(isinstance(text, str) and len(text) <= 20_000 for text in value.values())
    if not texts or set(value) != {"schema", *FIELDS} or value["schema"] != SCHEMA:
        raise Refused([Fault("key_file_form", where, found=type(value).__name__, expected=expected)])
    made = KnownKey(**{name: value[name] for name in FIELDS})
    if made.algorithm not in algorithms():
        known = ", ".join(sorted(algorithms()))
        raise Refused([Fault("algorithm_unknown", where, found=made.algorithm[:60], expected=known)])
    try:
        public = base64.b64decode(made.public.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        public = b""
    if not made.title.isprintable() or len(made.title) > 200:  # it stands in a terminal and on a page
        raise Refused([Fault("key_file_form", "title", found=made.title[:40], expected="at most 200 plain letters")])
    if key_id(public) != made.id:
        raise Refused([Fault("key_file_tampered", where, found=made.id[:64], expected=key_id(public))])
    for name, text, needed in (
        ("created_at", made.created_at, True), ("expires_at", made.expires_at, True),
        ("revoked_at", made.revoked_at, bool(made.reason)),
    ):  # fmt: skip
        if (text or needed) and not _is_instant(text):
            raise Refused([Fault("key_file_form", name, found=text[:60], expected="2026-11-21T00:00:00+00:00")])
    if bool(made.revoked_at) != (made.reason in REASONS) or (made.reason and made.reason not in REASONS):
        raise Refused([Fault("key_file_form", "reason", found=made.reason[:60], expected=", ".join(REASONS))])
    return made


def pin(folder: KeyFolder, key: KnownKey) -> Path:
    """Trust a key of somebody else. A newer file of the same key replaces the older; a revocation stays, and may
    only become the graver *compromised*.

    Raises:
        Refused: ``key_revoked_before`` for a file that does not know of a revocation that is known here.
    """
    import json

    there = next((item for item in pinned(folder) if item.id == key.id), None)
    known = (there.revoked_at, COMPROMISED if key.reason == COMPROMISED else there.reason) if there else ("", "")
    if there is not None and there.revoked_at and (key.revoked_at, key.reason) != known:
        found = f"revoked at {there.revoked_at}, {there.reason}"
        raise Refused([Fault("key_revoked_before", key.id[:16], found=found, expected="a file that says so")])
    folder.path.mkdir(mode=0o700, exist_ok=True, parents=True)
    folder.trusted.mkdir(mode=0o700, exist_ok=True)
    path = folder.trusted / f"{key.id}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(key_file(key), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)
    return path


def pinned(folder: KeyFolder) -> list[KnownKey]:
    """Keys of others that are pinned here, by title.

    Raises:
        Refused: as :func:`read_key_file`, for a file that somebody damaged: it is not passed over.
    """
    if not folder.trusted.is_dir():
        return []
    made = [read_key_file(path.read_bytes(), path.name) for path in sorted(folder.trusted.glob("*.json"))]
    return sorted(made, key=lambda item: (item.title, item.id))


def by_id(*groups: Iterable[KnownKey]) -> dict[str, KnownKey]:
    """Keys by id; an earlier group goes before a later one: our own row knows more than a pinned file of it."""
    found: dict[str, KnownKey] = {}
    for key in (key for group in groups for key in group):
        found.setdefault(key.id, key)
    return found


def instant(at: datetime | None = None) -> str:
    """An instant as keys and envelopes hold it."""
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
