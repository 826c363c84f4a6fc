"""The search index of some releases: pairs of characters, syllables and initials, and words, each with a grade.

One index in memory serves both databases: SQLite's trigram index finds nothing for two characters and the PostgreSQL
wheel has no trigrams at all. It is built once per content (the hashes of the releases are its name) and never changed.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

from factordb.factor import Factor
from factordb.fold import LETTERS, TOKEN, edits, fold, head, spoken, squeeze, syllables, words_for
from factordb.kinds import COMBUSTION_ELECTRICITY, FUEL_OFFERS, LIFE_CYCLE, NEVER_BOUGHT, SPEND
from factordb.rank import source_rank

if TYPE_CHECKING:
    from factordb.release import Release

IN_HEAD: Final = 1
EQUAL, ENDS, BEGINS, WITHIN = 20 | IN_HEAD, 16 | IN_HEAD, 14 | IN_HEAD, 12 | IN_HEAD
BESIDE, PART, WEAK = 10, 6, 4
"""How a term stands in a name: is it, ends it (the noun of a Chinese or English compound), begins it, is inside, stands
in its brackets; or is part of an id, or only the category. Twice the grade, odd where the term stands in the head."""
PINYIN, INITIALS = 2, 6
"""What is taken off for pinyin and for initials: the same name typed in another way, and less surely meant."""
COMBUSTION: Final = (*COMBUSTION_ELECTRICITY, "heat_combustion_co2")
_KEPT: Final = 4
_BITS, _MASK = 5, 31
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")
_DIGITS: Final = re.compile(r"[0-9]{4,}")
_REACH: Final = {
    **dict.fromkeys((*LIFE_CYCLE, "wtw_plus_vehicle", "as_sold_incl_forming", "transport_service"), 0),
    **dict.fromkeys((*COMBUSTION, "process_deduction", "carbon_in_product"), 3),
    **dict.fromkeys((*NEVER_BOUGHT, SPEND), 4),
    **dict.fromkeys(("fuel_properties", *FUEL_OFFERS), 1),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A factor and the release that has it."""

    factor: Factor
    release: Release


class Index:
    """Entries in the order in which a person would reach for them, and which terms stand in each, how well."""

    def __init__(self, releases: Sequence[Release]) -> None:
        self.entries: Sequence[Entry] = _ordered(releases)
        self.by_id: Mapping[str, int] = {entry.factor.id: doc for doc, entry in enumerate(self.entries)}
        self.ids: Sequence[str] = sorted(self.by_id)
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        names: dict[str, Mapping[str, int]] = {}
        for doc, entry in enumerate(self.entries):
            for key, grade in _keys(entry.factor, names).items():
                found[key].append(doc << _BITS | grade)
        self.postings: Mapping[str, array[int]] = dict(found)
        self.syllables = frozenset(key[2:] for key in self.postings if key.startswith("p:") and "'" not in key)
        self.words: Sequence[str] = sorted(key[2:] for key in self.postings if key.startswith("w:"))
        self.codes: Sequence[str] = sorted(key[2:] for key in self.postings if key.startswith("c:"))
        self.units = frozenset(key[2:] for key in self.postings if key.startswith("u:"))
        self._typos: dict[str, list[str]] = {}

    def typos(self) -> Mapping[str, Sequence[str]]:
        """Words of five letters and more by themselves and by themselves less one letter; made on the first typo."""
        if not self._typos:
            made: defaultdict[str, list[str]] = defaultdict(list)
            for word in self.words:
                if len(word) >= 4 and LETTERS.fullmatch(word):
                    for part in edits(word):
                        made[part].append(word)
            self._typos = made
        return self._typos

    def posting(self, key: str) -> dict[int, int]:
        """Grade by entry of one key."""
        return {item >> _BITS: item & _MASK for item in self.postings.get(key, ())}

    def has(self, key: str, doc: int) -> bool:
        """Whether the key stands in the entry; postings are in the order of the entries."""
        items = self.postings.get(key)
        if items is None:
            return False
        place = bisect_left(items, doc << _BITS)
        return place < len(items) and items[place] >> _BITS == doc

    def spells(self, doc: int, word: str) -> bool:
        """Whether the initials of a name of the entry hold ``word`` in a row: 26 letters make pairs meet by chance."""
        runs = {run for label in _labels(self.entries[doc].factor) for run in _CHINESE.findall(fold(label))}
        return any(
            all(letter in parts for letter, parts in zip(word, initials[start:], strict=False))
            for run in runs
            for initials in [_initials(run)]
            for start in range(len(initials) - len(word) + 1)
        )

    def beginning(self, sorted_words: Sequence[str], start: str) -> Iterator[str]:
        """The words of a sorted list that begin so."""
        place = bisect_left(sorted_words, start)
        while place < len(sorted_words) and sorted_words[place].startswith(start):
            yield sorted_words[place]
            place += 1


_made: OrderedDict[tuple[str, ...], Index] = OrderedDict()


def index_of(releases: Sequence[Release]) -> Index:
    """The index of these releases, top layer first; the last few are kept, named by the hashes of the content."""
    name = tuple(release.sha256 for release in releases)
    made = _made.get(name)
    if made is None:
        made = _made[name] = Index(releases)
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    return made


def _ordered(releases: Sequence[Release]) -> list[Entry]:
    """Every id once, from the first release that has it, in the order of reach: kind, layer, source, newest, id."""
    kept: dict[str, tuple[tuple[int, int, int, int, str], Entry]] = {}
    for layer, release in enumerate(releases):
        for factor in release.factors.values():
            if factor.id not in kept:
                year = int(factor.year[:4]) if factor.year[:4].isdigit() else 0
                kind = _REACH.get(factor.kind, 2) if factor.value or factor.properties else 5
                rank = source_rank(release.source_of(factor), factor)
                kept[factor.id] = (kind, layer, rank, -year, factor.id), Entry(factor, release)
    return [entry for _, entry in sorted(kept.values(), key=lambda item: item[0])]


def _keys(factor: Factor, names: dict[str, Mapping[str, int]]) -> dict[str, int]:
    """Every key of a factor with its best grade; ``names`` keeps those of names that many rows share."""
    found: dict[str, int] = {}
    for label in _labels(factor):
        keys = names.get(label)
        if keys is None:
            keys = names[label] = _of_name(fold(label))
        for key, grade in keys.items():
            if grade > found.get(key, 0):
                found[key] = grade
    for part in TOKEN.findall(fold(factor.category.replace("_", " "))):
        found.setdefault(f"w:{part}", WEAK)
    for part in (factor.place.lower(), factor.year):
        found.setdefault(f"d:{part}", PART)
    for unit in factor.unit.split("/", 1):
        found[f"u:{unit.lower()}"] = PART
    for part in re.split(r"[._\-\s:]+", factor.id.lower()):
        found.setdefault(f"d:{part}", PART)
        if _DIGITS.fullmatch(part):
            found[f"c:{part}"] = ENDS
    for code in re.split(r"[;,]", ";".join(factor.codes.values())):
        found[f"c:{re.sub('[^0-9a-z]', '', code.lower())}"] = ENDS
    return found


def _labels(factor: Factor) -> list[str]:
    """Every name of a factor: its own, its synonyms, the search words of its series or id, its technology."""
    more = "; ".join((factor.synonyms, words_for(factor.series or factor.id), factor.technology))
    return [label for label in (factor.name_zh, factor.name_en, *more.split(";")) if label.strip()]


@cache
def _initials(run: str) -> tuple[str, ...]:
    return tuple("".join(dict.fromkeys(reading[0] for reading in part)) for part in syllables(run))


def _of_name(name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    main = head(name)
    for whole in {squeeze(name), squeeze(main)} - {""}:
        found[f"={whole}"] = EQUAL
    tokens = list(TOKEN.finditer(name))
    # 钢板0.3-3mm, 水泥cem ii 42.5: the noun stands before its grade.
    noun = max(
        (token.end() for token in tokens if token.group()[0] >= "\u3400" and token.end() <= len(main)), default=-1
    )
    for token in tokens:
        text, inside = token.group(), token.end() <= len(main)
        first, last = inside and token.start() == 0, inside and token.end() in (len(main), noun)
        if text[0] < "\u3400":
            _put(found, f"w:{text}", ENDS if last else BEGINS if first else WITHIN if inside else BESIDE)
            continue
        shown = text if inside else text[: max(0, len(main) - token.start())]
        ends = last or (bool(shown) and shown != text)
        parts = syllables(text)
        letters = _initials(text)
        _grams(found, "h", "", tuple((char,) for char in text), len(shown), token.start() == 0, ends, 0)
        _grams(found, "p", "'", parts, len(shown), token.start() == 0, ends, PINYIN)
        _grams(found, "i", "", letters, len(shown), token.start() == 0, ends, INITIALS)
        if shown and squeeze(main) == shown:
            for sound in spoken(parts[: len(shown)]):
                found[f"~{sound}"] = EQUAL - PINYIN
            for sound in spoken(tuple(map(tuple, letters[: len(shown)]))):
                found[f"^{sound}"] = EQUAL - INITIALS
    return found


def _grams(
    found: dict[str, int],
    kind: str,
    between: str,
    parts: Sequence[Sequence[str]],
    shown: int,
    begins: bool,
    ends: bool,
    less: int,
) -> None:
    """Single parts and pairs; the first ``shown`` belong to the head of the name."""
    for place, choices in enumerate(parts):
        for size in (1, 2) if kind != "i" else (2,):
            if place + size > len(parts):
                continue
            after = place + size
            grade = ENDS if ends and after == shown else BEGINS if begins and place == 0 and shown else WITHIN
            grade = (grade if after <= shown else BESIDE) - less
            for choice in product(choices, parts[place + 1]) if size == 2 else ((one,) for one in choices):
                _put(found, f"{kind}:{between.join(choice)}", grade)


def _put(found: dict[str, int], key: str, grade: int) -> None:
    if grade > found.get(key, 0):
        found[key] = grade
