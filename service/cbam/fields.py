"""The list of fields (``data/fields.yaml``) and the answer to each: a value, missing, or not applicable because."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from lca.doors import read_yaml
from lca.exact import Exact
from pcr.regimes.cbam.goods import Good as Listed
from pcr.regimes.cbam.goods import find
from pcr.regimes.cbam.v1.installation import Process
from pcr.regimes.cbam.v1.plant.build import Built
from pcr.regimes.cbam.v1.plant.form import Form, Row
from pcr.regimes.cbam.v1.plant.making import GoodMade
from service.cbam.see import Good, Seen, shown

State = Literal["value", "missing", "not_applicable"]
SEE_PLACES: Final = 5
Table = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the list. ``per``: file, good or process; ``source``: ``record.key`` or ``=name``."""

    id: str
    section: str
    per: str
    source: str
    in_summary: bool
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a field: text or table; ``exact`` beside a rounded figure; why there is none."""

    state: State
    value: str | Table = ""
    exact: str = ""
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a field is asked of: the file, and where it is per good or process that one."""

    found: Seen
    built: Built
    good: GoodMade | None = None
    process: Process | None = None

    @property
    def form(self) -> Form:
        return self.built.form

    @property
    def made(self) -> GoodMade:
        assert self.good is not None
        return self.good

    @property
    def step(self) -> Process:
        """The process itself, or that of the good."""
        name = self.good.process if self.good is not None else ""
        return self.process or next(item for item in self.built.installation.processes if item.id == name)

    @property
    def figures(self) -> Good:
        return self.found.goods[self.step.id]

    @property
    def listed(self) -> Listed | None:
        """The good of the list of goods."""
        return find(self.made.cn).good

    @property
    def process_row(self) -> Row:
        return next(row for row in self.form.tables["processes"] if row.text("id") == self.step.id)


def value(text: str, exact: Exact | None = None) -> Told:
    """A value; ``exact``: the figure before it was rounded."""
    return Told("value", text, (shown(exact) or "") if exact is not None else "")


def rounded(number: Exact, places: int = SEE_PLACES) -> Told:
    """A figure as a report prints it, the unrounded one beside it."""
    return value(number.places(places), number)


def given(text: str, why: str = "not_given") -> Told:
    """What somebody filled in, else missing."""
    return value(text) if text else Told("missing", because=because(why))


def table(rows: Table, none: str = "no_such") -> Told:
    """Rows, else not applicable."""
    return Told("value", rows) if rows else absent(none)


def absent(why: str) -> Told:
    """Not applicable, with the reason."""
    return Told("not_applicable", because=because(why))


def because(why: str) -> Mapping[str, str]:
    """A reason in both languages."""
    found: Mapping[str, str] = listed()["because"][why]
    return found


def word(key: str) -> Mapping[str, str]:
    """A word of the documents in both languages."""
    found: Mapping[str, str] = listed()["words"][key]
    return found


def fields(document: str) -> tuple[tuple[str, Mapping[str, str], tuple[Field, ...]], ...]:
    """(section, label, fields) of ``report`` or ``plan``."""
    return tuple(
        (name, part["label"], tuple(_field(name, line) for line in part["fields"]))
        for name, part in listed()[document].items()
    )


def _field(section: str, line: list[str]) -> Field:
    return Field(line[0], section, line[1], line[2], line[3] == "yes", {"en": line[4], "zh": line[5]})


@cache
def listed() -> Mapping[str, Any]:
    """The file as it stands."""
    text = files("service.cbam").joinpath("data/fields.yaml").read_text(encoding="utf-8")
    held: dict[str, Any] = read_yaml(text)
    return held
