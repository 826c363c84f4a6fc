"""Uniform draws that depend on (seed, draw index, variable) and on nothing else.

Philox4x64-10 is counter based (Salmon et al. 2011): the key is (seed, hash of the variable's name), the counter the
draw's place.  So draw k of a variable is the same whatever the number of workers, the order of chunks, the number of
draws, or which other variables there are.  Raw 64-bit words are taken, whose stream numpy promises to keep; the
conversion to (0, 1) is ours.
"""

from __future__ import annotations

import hashlib
from threading import local
from typing import Final

import numpy as np
from numpy.random import Philox

from lca.uncertain.distributions import Floats

CHUNK: Final = 256
"""Draws computed together, always whole; a chunk is an index, never a share of the work."""
_WORDS: Final = 4
"""Words of 64 bits that one step of the counter gives."""
MAX_SEED: Final = 2**64 - 1


_EMPTY: Final = np.zeros(_WORDS, dtype=np.uint64)


def _source() -> Philox:
    """One generator per thread."""
    if not hasattr(_HELD, "source"):
        _HELD.source = Philox(0)
    source: Philox = _HELD.source
    return source


_HELD: Final = local()


def uniforms(seed: int, variable: str, chunk: int) -> Floats:
    """The ``CHUNK`` draws of a variable in a chunk, each in (0, 1): (k + 1/2) / 2^52 with k of 52 bits."""
    name = int.from_bytes(hashlib.sha256(variable.encode()).digest()[:8], "big")
    counter, key = [chunk * (CHUNK // _WORDS), 0, 0, 0], [seed, name]
    source = _source()
    # set, not made: a new generator asks the system for randomness first, whatever its key
    source.state = {
        "bit_generator": "Philox",
        "state": {"counter": np.array(counter, dtype=np.uint64), "key": np.array(key, dtype=np.uint64)},
        "buffer": _EMPTY, "buffer_pos": _WORDS, "has_uint32": 0, "uinteger": 0,
    }  # fmt: skip
    words = source.random_raw(CHUNK)
    made: Floats = ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return made
