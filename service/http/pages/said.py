"""The pages' own words, in both languages. Sentences of faults stand in the message catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from lca.doors import read_yaml
from service.text.words import Language


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """``{key: {en, zh}}``."""
    text = files("service.http.pages").joinpath("data/words.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = read_yaml(text)
    return found


def say(language: Language, key: str, /, **values: object) -> str:
    """A word or sentence of the pages."""
    text = words()[key][language]
    return text.format(**values) if values else text


def known(language: Language, group: str, key: str) -> str:
    """The word of a code from a closed list; the code itself where the list has grown."""
    entry = words().get(f"{group}_{key}".replace(" ", "_").replace(".", "_"))
    return entry[language] if entry else key
