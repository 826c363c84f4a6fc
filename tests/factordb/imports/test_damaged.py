"""Damaged files of every unit-process format: refused or read, counted to the last process, never a crash."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factordb.imports import brightway, ecospold1, ecospold2, ilcd, olca_jsonld, simapro
from factordb.imports.intake import Intake
from lca.faults import Refused
from tests.factordb.imports import _lci
from tests.factordb.imports._lci import packed, take

JUNK: list[Any] = [None, 1, -1.5, "", [], {}, [1], {"a": 1}, "NaN", True, "x" * 50, [[]], {"@id": 5}]
ELEMENT = re.compile(r"<(\w+)[^<>]*/>|<(\w+)[^<>]*>[^<>]*</\2>")
HURT = ["<a>", "</exchange>", '""', "NaN", "&amp;", "9" * 50, ";", ",", "\x00", "\n", "="]
ROUNDS = 150


def junk_in(value: Any, dice: random.Random) -> Any:
    """One value of a JSON text gone or replaced."""
    places: list[list[Any]] = []

    def walk(item: Any, place: list[Any]) -> None:
        places.append(place)
        for key in item if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ():
            walk(item[key], [*place, key])

    walk(value, [])
    *above, last = dice.choice(places[1:])
    target = value
    for key in above:
        target = target[key]
    if dice.random() < 0.3:
        del target[last]
    else:
        target[last] = dice.choice(JUNK)
    return value


def without_an_element(text: str, dice: random.Random) -> str:
    found = dice.choice(list(ELEMENT.finditer(text)))
    return text[: found.start()] + text[found.end() :]


def scratched(text: str, dice: random.Random) -> str:
    for _ in range(dice.choice([1, 2, 3])):
        at = dice.randrange(len(text))
        if dice.random() < 0.4:
            text = text[:at] + text[at + dice.randrange(1, 40) :] or "a"
        else:
            text = text[:at] + dice.choice(HURT) + text[at:]
    return text


def survives(read: Callable[[Path, Intake], None], path: Path) -> bool:
    """Whether it was read; `take` asserts that what was read is accepted, refused or repeated."""
    try:
        return bool(take(read, path).processes)
    except Refused:
        return False


@pytest.mark.parametrize("reader", [olca_jsonld, ilcd], ids=["olca", "tidas"])
def test_json_with_values_gone_or_replaced(reader: Any, tmp_path: Path) -> None:
    dice, good = random.Random(5), 0
    for _ in range(ROUNDS):
        members = _lci.tidas() if reader is ilcd else _lci.olca(version=dice.choice([1, 2]))
        name = dice.choice(sorted(members))
        members[name] = json.dumps(junk_in(json.loads(members[name]), dice))
        good += survives(reader.read, packed(tmp_path / "a.zip", dict(members)))
    assert 0 < good < ROUNDS


@pytest.mark.parametrize("name", ["ecospold1", "ecospold2", "ilcd", "simapro", "brightway"])
def test_text_with_elements_gone_or_letters_hurt(name: str, tmp_path: Path) -> None:
    dice, good = random.Random(6), 0
    one = _lci.spold1_file(tmp_path / "x.xml", _lci.spold1(*_lci.STEEL), _lci.spold1(*_lci.POWER, number="2"))
    texts = {
        "ecospold1": one.read_text("utf-8"),
        "ecospold2": _lci.spold2(),
        "simapro": _lci.SIMAPRO_HEAD + _lci.simapro(*_lci.SIMAPRO_STEEL),
        "brightway": "\n".join(",".join(f'"{cell}"' for cell in row) for row in _lci.brightway()),
    }
    for _ in range(ROUNDS):
        hurt = without_an_element if name in ("ecospold1", "ecospold2", "ilcd") and dice.random() < 0.5 else scratched
        if name == "ilcd":
            members = _lci.ilcd()
            which = dice.choice(sorted(members))
            members[which] = hurt(members[which], dice)
            good += survives(ilcd.read, packed(tmp_path / "a.zip", dict(members)))
            continue
        reader, suffix = {
            "ecospold1": (ecospold1, "xml"),
            "ecospold2": (ecospold2, "spold"),
            "simapro": (simapro, "csv"),
            "brightway": (brightway, "csv"),
        }[name]
        path = tmp_path / f"a.{suffix}"
        path.write_text(hurt(texts[name], dice), "utf-8")
        good += survives(reader.read, path)
    assert 0 < good < ROUNDS
