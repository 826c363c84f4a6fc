"""Faults: what is wrong, what was found, what was expected, which rule says so, what to do next.

A fault is a value, not yet an exception: a request is read to its end, its faults are collected, and they are
raised together in one :class:`Refused`.  A fault carries a stable code; its sentences in Chinese and English
live in the message catalogues (:mod:`lca.messages`), so that a better translation never changes a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``where`` is a path in the input, or ``sheet!cell``."""

    code: str
    where: str = ""
    found: str = ""
    expected: str = ""
    rule: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    what: Mapping[str, str] = field(default_factory=dict)
    """Own sentences {en, zh}, for a third party's rule whose code no catalogue knows."""
    fix: Mapping[str, str] = field(default_factory=dict)

    def at(self, where: str) -> Fault:
        """The same fault, placed: a number door does not know which cell it reads."""
        return replace(self, where=where)


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: the calculation goes on and the result says so. Same catalogues as faults."""

    code: str
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """All faults of one request. Nothing was stored."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{f.code} at {f.where or '-'}: found {f.found}" for f in self.faults))


class Collector:
    """Gathers faults so that one run reports all of them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def take(self, refused: Refused, where: str = "") -> None:
        """Keep the faults of a step that refused, placing those that do not know where they are."""
        for fault in refused.faults:
            self.add(fault if fault.where else fault.at(where))

    @contextmanager
    def catching(self, where: str = "") -> Iterator[None]:
        """Go on after a step that refuses: ``with faults.catching(): check_mass(data)`` keeps its faults."""
        try:
            yield
        except Refused as refused:
            self.take(refused, where)

    def raise_if_any(self) -> None:
        if self.faults:
            raise Refused(self.faults)
