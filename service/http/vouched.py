"""Keys that this installation vouches for when it verifies a record: pinned files, and of a company its own."""

from __future__ import annotations

from fastapi import Request

from lca.faults import Refused
from service.desk import Desk, store_place
from service.http.who import settings_of
from service.records.envelope import KnownKey
from service.records.key_ring import known_keys
from service.records.keys import KeyFolder, by_id, key_folder, pinned


def vouched(request: Request, desk: Desk | None) -> dict[str, KnownKey]:
    """Pinned keys by id; for a caller who is known also those of their company."""
    folder = keys_folder(request)
    if desk is not None:
        return known_keys(desk, folder)
    return by_id(pinned(folder) if folder else ())


def keys_folder(request: Request) -> KeyFolder | None:
    """Where key files lie; nowhere for a database by URL without ``PCF_KEYS``."""
    try:
        return key_folder(store_place(settings_of(request).store))
    except Refused:
        return None
