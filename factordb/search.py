"""Search in Chinese, pinyin (full and initials) and English with one typo, over one or more releases.

The order is fixed and the same everywhere: score, then the order of reach (kind, layer, source rank, newest year), then
id. A bare word never shows a combustion factor before a life-cycle one, unless it is the combustion factor's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from factordb.factor import Factor
from factordb.fold import LETTERS, TOKEN, edits, fold, one_typo, readings, squeeze
from factordb.index import BEGINS, COMBUSTION, ENDS, EQUAL, IN_HEAD, INITIALS, PART, PINYIN, Entry, Index, index_of
from lca.faults import Refused
from lca.units import unit

if TYPE_CHECKING:
    from factordb.release import Release

_SURE: Final = 100
"""The score of a name typed as it is."""
_LONGEST: Final = 200
"""Characters of a query that are read; nobody types more, and a pasted page must not stop a server."""
Grades = dict[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """One row found, and how surely: 100 is the name itself, above it an id or a series."""

    entry: Entry
    score: int
    in_head: bool = False
    """Whether a word stands in what the name names, not only in its brackets, its category or its id."""

    @property
    def factor(self) -> Factor:
        return self.entry.factor


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in which every word of the query stands; where there are none, the nearest by name."""

    hits: Sequence[Hit]
    nearest: Sequence[Hit]


def find(
    releases: Sequence[Release], text: str, limit: int = 10, keep: Callable[[Factor], bool] | None = None
) -> Found:
    """The best ``limit`` rows for ``text``; ``keep`` says which rows count (a kind, a place)."""
    index = index_of(releases)
    hits, partly = _scored(index, fold(text[:_LONGEST]))

    def best(scores: Grades, most: int) -> list[Hit]:
        docs = [doc for doc in scores if keep is None or keep(index.entries[doc].factor)]
        docs.sort(key=_order(index, scores, text))
        return [Hit(index.entries[doc], scores[doc] >> 1, bool(scores[doc] & IN_HEAD)) for doc in docs[:most]]

    shown = best(hits, limit)
    return Found(shown, [] if shown else best(partly or _close(index, fold(text[:_LONGEST])), min(limit, 5)))


def search(releases: Sequence[Release], text: str, limit: int = 10) -> list[Factor]:
    """The best matches, then rows in which part of the words stand; nothing that matches nothing."""
    index = index_of(releases)
    hits, partly = _scored(index, fold(text[:_LONGEST]))
    order = sorted(hits, key=_order(index, hits, text))
    if len(order) < limit:
        order += sorted(partly, key=_order(index, partly, text))
    return [index.entries[doc].factor for doc in order[:limit]]


def _order(index: Index, scores: Grades, text: str) -> Callable[[int], tuple[bool, int, int]]:
    bare = len(text.split()) == 1

    def key(doc: int) -> tuple[bool, int, int]:
        score = scores[doc] >> 1
        trap = bare and score < _SURE and index.entries[doc].factor.kind in COMBUSTION
        return trap, -score, doc

    return key


def _scored(index: Index, text: str) -> tuple[Grades, Grades]:
    """Scores of rows in which every term stands, and of rows in which some do."""
    terms = [_term(index, term) for piece in text.split() for term in _terms(index, piece)]
    if len(terms) == 1:
        full, part = terms[0]
        hits = {doc: _score(grade, 1, grade) for doc, grade in full.items()}
        partly = {doc: _score(grade, 1, grade) for doc, grade in part.items()}
    else:
        total: Counter[int] = Counter()
        count: Counter[int] = Counter()
        heads: Counter[int] = Counter()
        for full, part in terms:
            for doc, grade in (*full.items(), *part.items()):
                total[doc] += grade
                heads[doc] |= grade
            count.update(full.keys())
        scores = {doc: _score(grade, len(terms), heads[doc]) for doc, grade in total.items()}
        hits = {doc: score for doc, score in scores.items() if count[doc] == len(terms)}
        partly = {doc: score for doc, score in scores.items() if count[doc] < len(terms)}
    for doc, score in _whole(index, text).items():
        hits[doc] = max(hits.get(doc, 0), score)
        partly.pop(doc, None)
    return hits, partly


def _score(grades: int, terms: int, heads: int) -> int:
    """Ten times the mean grade, twice that, and the mark of the head: what is sorted stays one integer."""
    return 10 * (grades >> 1) // terms << 1 | heads & IN_HEAD


def _whole(index: Index, text: str) -> Grades:
    """What the query is as a whole: an id, a series, a name, its pinyin or initials."""
    found: Grades = {}
    plain = squeeze(text)
    keys = [f"={plain}", f"~{plain}", f"^{plain}"] if plain else []
    spaced = text.split()
    if len(spaced) > 1 and all(part in index.syllables for part in spaced):
        for doc, grade in _run(index, "p", "'", spaced)[0].items():
            found[doc] = _score(grade, 1, grade)
    for key in keys:
        for doc, grade in index.posting(key).items():
            found[doc] = max(found.get(doc, 0), _score(grade, 1, grade))
    digits = plain.replace(".", "")
    if digits.isdigit() and len(text.split()) > 1:
        for doc, grade in _code(index, digits).items():
            found[doc] = max(found.get(doc, 0), _score(grade, 1, grade))
    asked = text.replace(" ", "")
    if any(mark in asked for mark in "._-"):
        for begun in index.beginning(index.ids, asked):
            rest = begun[len(asked) :]
            score = _SURE + 20 if not rest else _SURE + 10 if rest[0] in "._-" else _SURE - 5
            found[index.by_id[begun]] = score << 1 | IN_HEAD
    elif asked in index.by_id:
        found[index.by_id[asked]] = _SURE + 20 << 1 | IN_HEAD
    return found


def _terms(index: Index, piece: str) -> list[tuple[str, str]]:
    """A unit, or the runs of Chinese and the Latin words of a piece: ``水泥42.5`` is two terms."""
    tokens = [(token, "") for token in TOKEN.findall(piece)]
    if len(piece) <= 12:
        try:
            known = unit(piece.replace("^", "")).id.lower()
        except Refused:
            known = ""
        if known and known in index.units:
            return [(tokens[0][0] if len(tokens) == 1 else "", known)]
    return tokens


def _term(index: Index, term: tuple[str, str]) -> tuple[Grades, Grades]:
    """Grades of rows in which the term stands, and of rows that have part of it."""
    text, as_unit = term
    full, part = (_chinese if text[:1] >= "\u3400" else _latin)(index, text) if text else ({}, {})
    if as_unit:
        _add(full, index.posting(f"u:{as_unit}"))
    return full, part


def _chinese(index: Index, text: str) -> tuple[Grades, Grades]:
    full, part = _run(index, "h", "", text)
    _add(full, index.posting(f"={text}"))
    return full, {doc: grade for doc, grade in part.items() if doc not in full}


def _run(index: Index, kind: str, between: str, parts: Sequence[str]) -> tuple[Grades, Grades]:
    """A run of characters or syllables by its pairs: all of them, or two thirds of them and every single one."""
    if len(parts) == 1:
        return index.posting(f"{kind}:{parts[0]}"), {}
    pairs = [f"{kind}:{between.join(parts[place : place + 2])}" for place in range(len(parts) - 1)]
    postings = [index.posting(pair) for pair in pairs]
    counts = Counter(doc for posting in postings for doc in posting)
    full: Grades = {}
    part: Grades = {}
    for doc, count in counts.items():
        if count == len(pairs):
            last, first = postings[-1][doc], postings[0][doc]
            full[doc] = max(last if last >= ENDS - INITIALS else 0, min(first, last))
        elif 3 * count >= 2 * len(pairs) and all(index.has(f"{kind}:{one}", doc) for one in parts):
            full[doc] = PART | max(posting.get(doc, 0) & IN_HEAD for posting in postings)
        elif kind == "h":
            part[doc] = 2
    return full, part


def _latin(index: Index, word: str) -> tuple[Grades, Grades]:
    found = index.posting(f"w:{word}")
    exact = bool(found)
    _add(found, index.posting(f"={word}"))
    sound: Grades = {}
    if LETTERS.fullmatch(word):
        for parts in readings(word, index.syllables):
            _add(sound, _run(index, "p", "'", parts)[0])
        _add(sound, index.posting(f"~{word}"))
        if not exact and 2 <= len(word) <= 8:
            _add(sound, _initials(index, word))
    _add(found, sound)
    _add(found, index.posting(f"d:{word}"))
    _add(found, _code(index, word.replace(".", "")))
    if len(word) >= 4:
        for longer in index.beginning(index.words, word):
            if longer != word:
                _add(found, index.posting(f"w:{longer}"), 4)
    if len(word) >= 4 and not exact and not found:
        _add_near(index, word, found)
    return found, {}


def _code(index: Index, word: str) -> Grades:
    """Codes that begin so, and codes that are the beginning: a chapter finds its goods, a good its heading."""
    found: Grades = {}
    if len(word) >= 4 and word[:4].isdigit():
        for code in index.beginning(index.codes, word):
            _add(found, index.posting(f"c:{code}"))
        for size in range(4, len(word)):
            _add(found, index.posting(f"c:{word[:size]}"), 2)
    return found


def _initials(index: Index, word: str) -> Grades:
    """The first letters of a name's syllables, in a row; two letters only where they are, begin or end a name."""
    found = _run(index, "i", "", word)[0]
    if len(word) == 2:
        found = {doc: grade for doc, grade in found.items() if grade >= BEGINS - INITIALS}
    else:
        found = {doc: grade for doc, grade in found.items() if index.spells(doc, word)}
    _add(found, index.posting(f"^{word}"))
    return found


def _add_near(index: Index, word: str, found: Grades) -> None:
    """Words one typo away, or with the word inside them."""
    near: set[str] = set()
    if LETTERS.fullmatch(word):
        table = index.typos()
        near = {other for part in edits(word) for other in table.get(part, ()) if one_typo(word, other)}
        # Of four letters only a letter that was left out: silk is no typo for milk.
        near = {other for other in near if len(word) > 4 or len(other) == 5}
    for other in sorted(near):
        _add(found, index.posting(f"w:{other}"), 6)
        _add(found, index.posting(f"={other}"), 6)
    if not found and len(word) > 4:
        for other in index.words:
            if word in other:
                _add(found, index.posting(f"w:{other}"), 8)


def _add(into: Grades, more: Grades, less: int = 0) -> None:
    for doc, grade in more.items():
        worth = max(2 | grade & IN_HEAD, grade - less)
        if worth > into.get(doc, 0):
            into[doc] = worth


def _close(index: Index, text: str) -> Grades:
    """Nothing found: names that share more than half of the characters, or have a word that looks alike."""
    found: Grades = {}
    for token in TOKEN.findall(text):
        if token[0] >= "\u3400":
            shared = Counter(doc for char in set(token) for doc in index.posting(f"h:{char}"))
            _add(
                found,
                {doc: min(2 * n, EQUAL - PINYIN) for doc, n in shared.items() if n > 1 and 2 * n > len(set(token))},
            )
        elif len(token) >= 4 and token.isalpha():
            for word in get_close_matches(token, index.words, n=3, cutoff=0.75):
                _add(found, index.posting(f"w:{word}"), 6)
    return found
