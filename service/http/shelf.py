"""Releases a service has opened: a sealed one never changes, so it is opened and checked once a process.

A release of a company's store is kept under that company's name; nobody else is handed it.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from typing import Final

from factordb.release import Release, shipped
from service.desk import Desk

KEPT: Final = 32
"""Releases held at once; a published database of 21,000 factors takes some 60 MB."""


class Shelf:
    """Opened releases by company and id; the one longest unused goes first."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), OrderedDict[tuple[str, str], Release]()

    def release(self, desk: Desk, release_id: str) -> Release:
        """A release as :meth:`service.desk.Desk.release` opens it.

        Raises:
            Refused: ``release_unknown``, ``release_tampered``.
        """
        key = ("", release_id) if release_id in shipped() else (desk.tenant, release_id)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        opened = desk.release(release_id)
        with self._lock:
            self._held[key] = opened
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        gc.collect()
        gc.freeze()  # tens of thousands of objects that stay: no collection of a request looks at them again
        return opened
