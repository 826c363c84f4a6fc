"""One spelling for search: full-width, superscript and traditional characters as their plain twins; pinyin of Chinese.

Search words and character pairs stand in ``data/search_words.yaml``; pypinyin is imported when an index is built.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final

from lca.doors import read_yaml

TOKEN: Final = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:\.[0-9]+)*")
"""A run of Chinese, or a Latin word or number: ``水泥``, ``r410a``, ``42.5``."""
LETTERS: Final = re.compile(r"[a-z]+")
_HEAD_ENDS: Final = re.compile(r"[(,;:]| - ")
_SAYS_NOTHING: Final = re.compile(r"(?:(?<=.)生产|碳足迹因子|(?:二氧化碳)?排放因子| production)$")

Syllables = tuple[tuple[str, ...], ...]


@cache
def _data() -> Mapping[str, Any]:
    text = files("factordb").joinpath("data/search_words.yaml").read_text(encoding="utf-8")
    data: Mapping[str, Any] = read_yaml(text)
    return data


@cache
def _simplified() -> Mapping[int, str]:
    return {ord(pair[0]): pair[1] for pair in _data()["simplified"].split()}


def words_for(name: str) -> str:
    """Search words for a series or an id, parted by ``; ``."""
    words: str = _data()["words"].get(name, "")
    return words


def fold(text: str) -> str:
    """Lower case, plain width, simplified characters, single blanks."""
    plain = unicodedata.normalize("NFKC", text).translate(_simplified()).lower()
    return " ".join(plain.replace("·", "*").split())


def squeeze(folded: str) -> str:
    """Only letters, digits and characters: what two names must share to be the same name."""
    return "".join(TOKEN.findall(folded))


def head(folded: str) -> str:
    """What a name names, without brackets, qualifiers and words that say nothing: ``r32`` of ``r32生产``."""
    first = _HEAD_ENDS.split(folded, maxsplit=1)[0].strip() or folded
    return _SAYS_NOTHING.sub("", first)


@cache
def syllables(run: str) -> Syllables:
    """Readings of each character of a run of Chinese; more than one where no known word decides (重, 行)."""
    from pypinyin import Style, pinyin

    return tuple(tuple(_typed(item)) for item in pinyin(run, style=Style.NORMAL, heteronym=True))


def _typed(readings: Iterable[str]) -> list[str]:
    """As people type them: ``lv`` and ``lu`` for lü."""
    found: dict[str, None] = {}
    for reading in readings:
        plain = reading.replace("ü", "v")
        found[plain] = None
        if plain.startswith(("lv", "nv")):
            found[f"{plain[0]}u{plain[2:]}"] = None
    return list(found)


def spoken(parts: Syllables, limit: int = 8) -> list[str]:
    """The readings of a whole run, up to ``limit`` of them."""
    return ["".join(choice) for choice, _ in zip(product(*parts), range(limit), strict=False)]


def readings(token: str, known: Iterable[str], limit: int = 4) -> list[tuple[str, ...]]:
    """``token`` cut into known syllables, fewest first: ``xian`` is one, or ``xi`` and ``an``."""
    table = known if isinstance(known, frozenset | set) else frozenset(known)
    cut: list[list[tuple[str, ...]]] = [[()], *([] for _ in token)]
    for end in range(1, len(token) + 1):
        for start in range(max(0, end - 6), end):
            if cut[start] and token[start:end] in table:
                cut[end] += [(*before, token[start:end]) for before in cut[start]]
        cut[end] = sorted(cut[end], key=lambda found: (len(found), found))[:limit]
    return cut[-1]


def edits(word: str) -> set[str]:
    """``word`` and ``word`` less one letter: two words one typo apart share one of them."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def one_typo(one: str, two: str) -> bool:
    """Whether one letter more, less, other, or two neighbours exchanged make ``two`` of ``one``."""
    if abs(len(one) - len(two)) > 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    rest, other = one[start:], two[start:]
    if len(rest) == len(other):
        return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]
