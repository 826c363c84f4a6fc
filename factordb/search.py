"""Search by name: whole words, beginnings and substrings for Latin letters, pairs of characters for Chinese.

In memory, without an index to keep: some 800 rows take about a millisecond. The order is fixed: score, then id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from factordb.factor import Factor
from lca.exact import fold_width

_LATIN = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def search(factors: Iterable[Factor], text: str, limit: int = 10) -> list[Factor]:
    """The best matches for ``text`` in id, Chinese and English name and category; nothing that matches nothing."""
    text = fold_width(text).strip().lower()
    words, pairs = _terms(text)
    found = []
    for factor in factors:
        score = _score(factor, text, words, pairs)
        if score:
            found.append((-score, factor.id, factor))
    return [factor for _, _, factor in sorted(found, key=lambda item: item[:2])[:limit]]


def _score(factor: Factor, text: str, words: frozenset[str], pairs: frozenset[str]) -> int:
    if factor.id.lower() == text:
        return 10_000
    if text in (factor.name_zh.lower(), factor.name_en.lower()):
        return 9_000
    have_words, have_pairs, plain = _indexed(factor.id, factor.name_en, factor.name_zh, factor.category)
    score = 6 * len(pairs & have_pairs)
    for word in words:
        if word in have_words:
            score += 8
        elif len(word) >= 3 and any(have.startswith(word) for have in have_words):
            score += 5
        elif len(word) >= 3 and word in plain:
            score += 2
    # Of two names that match equally, the shorter one says less that was not asked for.
    return score * 10 - min(9, len(factor.name_zh) // 4) if score else 0


def _terms(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words = frozenset(_LATIN.findall(text))
    pairs = set()
    for run in _CHINESE.findall(text):
        pairs |= {run[i : i + 2] for i in range(len(run) - 1)} or {run}
    return words, frozenset(pairs)


@cache
def _indexed(*names: str) -> tuple[frozenset[str], frozenset[str], str]:
    plain = fold_width(" ".join(names)).lower()
    words, pairs = _terms(plain)
    singles = frozenset(character for run in _CHINESE.findall(plain) for character in run)
    return words, pairs | singles, plain
