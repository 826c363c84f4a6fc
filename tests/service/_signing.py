"""A desk with a key and a signed record, for tests of signatures, copies and shares."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service.desk import Desk
from service.records.algorithms import Ed25519
from service.records.envelope import KnownKey, key_id, message
from service.records.keys import KeyFolder
from service.records.store import RecordStore
from tests.service import _cases

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def desk_of(store: RecordStore) -> Desk:
    return Desk(store.engine, store)


def folder_of(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


def sealed(store: RecordStore) -> dict[str, Any]:
    """A record of the cement example, in the store."""
    return dict(_cases.run(_cases.example(), store).records[0])


def made_key(**changes: str) -> tuple[bytes, KnownKey]:
    """A private half, and a key made 100 days before NOW that expires 100 days after it."""
    private, public = Ed25519().new(b"")
    times = {"created_at": moment(-100), "expires_at": moment(100)}
    held = {"id": key_id(public), "algorithm": "ed25519", "public": base64.b64encode(public).decode(), "title": "Works"}
    return private, KnownKey(**{**held, **times, **changes})  # type: ignore[arg-type]


def moment(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def signed(private: bytes, key: KnownKey, name: str = "ab" * 32, **changes: Any) -> dict[str, Any]:
    """A record of nothing but a name and an envelope, signed as ``changes`` say."""
    envelope: dict[str, Any] = {
        "algorithm": key.algorithm, "key_id": key.id, "chain": [key.public], "time": moment(0),
        "audit": {"serial": "1", "digest": "00"}, "extracts": {},
    }  # fmt: skip
    envelope |= changes
    made = Ed25519().sign(private, b"", message(name, envelope))
    envelope["signature"] = base64.b64encode(made).decode()
    return {"name": name, "sections": {"result": {"status": "complete"}}, "signatures": [envelope]}
