"""A made-up background with the measured shape of a large database: sizes, loops and heavy rows of engine.md.

Processes stand in sectors, sectors under hubs (electricity, transport, fuels, capital goods) that thousands of columns
take from; 38 % are markets, one process in twenty treats waste. Of every 21,000 processes 15,071 stand in one loop:
each is taken by its parent in the sector, each sector's first by a hub, and everybody takes from hubs. The rest takes
and is not taken. Amounts are shares of a value below one per process, put into units of 1e-3 to 1e6: every loop gains
less than one by construction. Raw words of Philox under a fixed seed: the same bytes whenever and wherever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.random import Philox
from scipy.sparse import csr_array

SEED: Final = 20241121
SIZE: Final = 21_000
FLOWS: Final = 2_500
CORE: Final = 15_071 / 21_000
"""Share of processes in the largest loop."""
SECTOR: Final = 70
MARKETS: Final = 0.38
TREATMENTS: Final = 0.05
HUBS: Final = 1 / 42
"""Hubs per process."""
EMISSIONS: Final = 18.0
"""Entries of B drawn per process, before two that meet are one."""

Floats = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Synthetic:
    """``a``: product by process, paired on the diagonal; ``b``: flow by process; ``c``: indicator by flow."""

    labels: tuple[str, ...]
    a: csr_array
    b: csr_array
    c: Floats
    markets: int

    @property
    def sha256(self) -> str:
        made = hashlib.sha256()
        for matrix in (self.a, self.b):
            for part in (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data):
                made.update(np.ascontiguousarray(part).tobytes())
        made.update(self.c.tobytes())
        return made.hexdigest()


class _Words:
    """Uniform numbers from raw words: numpy promises to keep that stream."""

    def __init__(self, seed: int) -> None:
        self._source = Philox(key=np.array([seed, 0], dtype=np.uint64))

    def uniform(self, count: int) -> Floats:
        made: Floats = (self._source.random_raw(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return made

    def whole(self, below: Whole | int, count: int) -> Whole:
        made: Whole = np.floor(self.uniform(count) * below).astype(np.int64)
        return made

    def zipf(self, below: int, count: int) -> Whole:
        """0 is most frequent: the cumulated share of the first k of N is log(1 + k) / log(1 + N)."""
        made: Whole = np.minimum(np.floor((1.0 + below) ** self.uniform(count)).astype(np.int64) - 1, below - 1)
        return made


def synthetic(size: int = SIZE, seed: int = SEED) -> Synthetic:
    """The background of that size; flows, hubs and the loop grow with it, sectors and columns do not."""
    words = _Words(seed)
    core, hubs = round(size * CORE), max(3, round(size * HUBS))
    sectors = max(1, (size - hubs) // SECTOR)
    row, column = _links(words, size, core, hubs, sectors)
    cells = np.unique(row * size + column)
    row, column = cells // size, cells % size
    kind = words.uniform(size)
    market = kind < MARKETS
    treatment = (kind >= 1 - TREATMENTS) & (np.arange(size) >= hubs)
    # shares of the value of one unit that each input carries; a market passes on nearly all it takes
    weight = 10.0 ** (2.0 * words.uniform(len(cells)) - 2.0)
    carried = np.where(market, 0.80 + 0.15 * words.uniform(size), 0.25 + 0.5 * words.uniform(size))
    share = weight / np.bincount(column, weights=weight, minlength=size)[column] * carried[column]
    value = 10.0 ** (np.floor(words.uniform(size) * 9.0) - 3.0)
    amount = _typed(share * value[column] / value[row])
    sign = np.where(treatment, -1.0, 1.0)
    each = np.arange(size)
    a = csr_array(
        (np.concatenate([sign, -sign[row] * amount]), (np.concatenate([each, row]), np.concatenate([each, column]))),
        shape=(size, size),
    )
    a.sort_indices()
    names = [f"{'market' if market[j] else 'treatment' if treatment[j] else 'making'} {j:06d}" for j in range(size)]
    b = _emissions(words, size, value)
    return Synthetic(tuple(names), a, b, _indicators(words, b.shape[0]), int(market.sum()))


def _links(words: _Words, size: int, core: int, hubs: int, sectors: int) -> tuple[Whole, Whole]:
    """(taken, taking). Places in a sector: ``hubs + place * sectors + sector``, so early places are core."""
    each = np.arange(size)
    sector, place = (each - hubs) % sectors, (each - hubs) // sectors
    low = each[hubs:core]
    parent = np.where(place[low] > 0, hubs + ((place[low] - 1) // 2) * sectors + sector[low], sector[low] % hubs)
    rows, columns = [low], [parent]
    rows.append(each[:hubs])  # a ring of hubs
    columns.append((each[:hubs] + 1) % hubs)
    # what is taken beyond that: 0 to 19, three kinds
    count = words.whole(20, size)
    taking = np.repeat(each, count)
    total = len(taking)
    which = words.uniform(total)
    from_hub = words.zipf(hubs, total)
    mine = np.where(taking >= hubs, sector[taking], words.whole(sectors, total))
    depth = np.maximum((core - hubs) // sectors, 1)
    near = hubs + words.whole(int(depth), total) * sectors + mine
    next_door = hubs + words.whole(int(depth), total) * sectors + (mine + 1) % sectors
    taken = np.where(which < 0.52, from_hub, np.where(which < 0.96, near, next_door))
    rows += [taken, np.arange(size) % min(5, hubs)]  # everybody takes from one of five grids
    columns += [taking, each]
    row, column = np.concatenate(rows), np.concatenate(columns)
    keep = (row != column) & (row < core)
    return row[keep], column[keep]


def _typed(values: Floats) -> Floats:
    """To six significant digits, as people type them."""
    step = 10.0 ** (np.floor(np.log10(values)) - 5.0)
    made: Floats = np.round(values / step) * step
    return made


def _emissions(words: _Words, size: int, value: Floats) -> csr_array:
    count = round(EMISSIONS * size)
    flows = max(20, round(FLOWS * size / SIZE)) if size < SIZE else FLOWS
    flow, process = words.zipf(flows, count), words.whole(size, count)
    cells = np.unique(np.concatenate([flow * size + process, np.arange(size)]))  # everybody emits the first flow
    amount = _typed(value[cells % size] * 10.0 ** (4.0 * words.uniform(len(cells)) - 4.0))
    return csr_array((amount, (cells // size, cells % size)), shape=(flows, size))


def _indicators(words: _Words, flows: int) -> Floats:
    """Seven indicators; the first flow counts in each, every other in one of ten."""
    factor = 10.0 ** (3.0 * words.uniform(7 * flows).reshape(7, flows) - 2.0)
    made: Floats = np.where(words.uniform(7 * flows).reshape(7, flows) < 0.1, _typed(factor), 0.0)
    made[:, 0] = 1.0
    return made
