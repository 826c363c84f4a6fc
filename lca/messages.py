"""Sentences of faults and notices, in Chinese and English, by code.

Each room ships ``data/messages.yaml``; a room registers itself when it is imported, so ``lca`` never needs to
know who stands above it.  Rules bring their own sentences in ``rule.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.faults import Fault, Notice

LANGUAGES: Final = ("en", "zh")
_rooms: list[str] = ["lca"]
_catalogue: dict[str, dict[str, dict[str, str]]] = {}
_loaded: set[str] = set()

LABELS: Final = {
    "en": {"found": "found", "expected": "expected", "rule": "rule", "fix": "do", "where": "at"},
    "zh": {"found": "发现", "expected": "应为", "rule": "依据", "fix": "处理", "where": "位置"},
}


def register(package: str) -> None:
    """Add the catalogue ``<package>/data/messages.yaml``."""
    if package not in _rooms:
        _rooms.append(package)


def add(sentences: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
    """Add a rule's own sentences, as its ``rule.yaml`` brings them."""
    for code, parts in sentences.items():
        _catalogue.setdefault(code, {part: dict(words) for part, words in parts.items()})


def catalogue() -> Mapping[str, dict[str, dict[str, str]]]:
    """All codes with their sentences: ``{code: {"what": {en, zh}, "fix": {en, zh}}}``."""
    for room in _rooms:
        if room not in _loaded:
            text = files(room).joinpath("data/messages.yaml").read_text(encoding="utf-8")
            _catalogue.update(read_yaml(text))
            _loaded.add(room)
    return _catalogue


def sentence(item: Fault | Notice, language: str, part: str = "what") -> str:
    """The sentence of a fault or notice; the bare code when nobody wrote one.

    A value ``what`` may have a twin ``what_zh``: the Chinese sentence then takes the twin.
    """
    own: Mapping[str, str] = getattr(item, part, {}) or {}
    entry: Mapping[str, str] = own or catalogue().get(item.code, {}).get(part, {})
    template = entry.get(language) or entry.get("en") or (item.code if part == "what" else "")
    own_words = {key: item.values.get(f"{key}_{language}", text) for key, text in item.values.items()}
    # A notice has no fields found, expected and rule: values of these names are its own.
    fields = {key: getattr(item, key) for key in ("where", "found", "expected", "rule") if hasattr(item, key)}
    values: dict[str, Any] = own_words | fields
    return template.format_map(_Blank(values))


def lines(fault: Fault, language: str) -> list[str]:
    """A fault in at most five lines, for a person."""
    label = LABELS[language]
    place = f" ({label['where']} {fault.where})" if fault.where else ""
    shown = [f"[{fault.code}] {sentence(fault, language)}{place}"]
    for part in ("found", "expected", "rule"):
        if value := getattr(fault, part):
            shown.append(f"  {label[part]}: {value}")
    if fix := sentence(fault, language, "fix"):
        shown.append(f"  {label['fix']}: {fix}")
    return shown


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"
