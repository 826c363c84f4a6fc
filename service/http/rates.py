"""How often a key may ask: a bucket that fills by the minute, in the memory of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from lca.faults import Fault, Refused

KEPT: Final = 10_000
"""Buckets held at once; when there are more, full ones are forgotten."""


class Rates:
    """Token buckets by name; ``clock`` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str, per_minute: int) -> None:
        """Take one of the ``per_minute`` that a name may ask; at most that many at once.

        Raises:
            Refused: ``too_often``.
        """
        now = self._clock()
        with self._lock:
            left, at = self._left.get(name, (float(per_minute), now))
            left = min(float(per_minute), left + (now - at) * per_minute / 60)
            if left < 1:
                self._left[name] = (left, now)
                raise Refused([Fault("too_often", found="no request left", expected=f"{per_minute:,} in a minute")])
            self._left[name] = (left - 1, now)
            if len(self._left) > KEPT:
                self._forget(now, per_minute)

    def _forget(self, now: float, per_minute: int) -> None:
        full = [name for name, (left, at) in self._left.items() if left + (now - at) * per_minute / 60 >= per_minute]
        for name in full:
            del self._left[name]
