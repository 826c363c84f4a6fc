"""The four doors through which numbers enter: typed text, JSON, YAML and spreadsheet cells.

Every door hands over text, never a float: JSON numbers keep their digits (``parse_float=str``), YAML scalars all
stay text (the usual reading makes ``12:30:00`` 45000 and ``NO`` false), a cell's binary64 is printed with 15
digits, which is what the spreadsheet program itself shows.  :meth:`lca.exact.Exact.parse` reads that text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import yaml

from lca.faults import Fault, Refused

MAX_TEXT: Final = 20_000_000
MAX_DEPTH: Final = 40


def read_json(text: str, *, constants_as_text: bool = False) -> Any:
    """JSON with every number as text; NaN, Infinity, doubled keys and deep nesting are refused.

    ``constants_as_text`` hands NaN and Infinity on as text, for a reader that can name the process they belong to.
    """
    _check_size(text)

    def constant(token: str) -> str:
        if constants_as_text:
            return token
        raise Refused([Fault("not_a_number", found=token, expected="a finite number")])

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            twice = sorted(key for key, count in Counter(key for key, _ in items).items() if count > 1)
            raise Refused([Fault("key_twice", found=", ".join(twice), expected="each key once")])
        return made

    try:
        value = json.loads(text, parse_float=str, parse_int=str, parse_constant=constant, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused([Fault("json_unreadable", where, found=error.msg, expected="JSON text")]) from None
    except RecursionError:
        raise Refused([Fault("too_deep", found="deeper than the reader goes", expected=f"{MAX_DEPTH}")]) from None
    _check_depth(value)
    return value


def read_yaml(text: str) -> Any:
    """YAML with every scalar as text. Aliases, tags and doubled keys are refused: each has hidden a wrong number.

    An empty scalar is an empty string: unknown, never zero.
    """
    _check_size(text)
    try:
        return _Builder(_wanted(text)).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or error)
        raise Refused([Fault("yaml_unreadable", where, found=problem, expected="YAML text")]) from None
    except UnicodeError as error:
        raise Refused([Fault("yaml_unreadable", found=str(error)[:60], expected="Unicode text")]) from None


def _wanted(text: str) -> Iterator[Any]:
    """Events that build values, as the parser makes them: depth is cut while reading, before anything piles up."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=_Loader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise Refused([Fault("yaml_unreadable", _line(event), found="several documents", expected="one document")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                where, expected = _line(event), f"{MAX_DEPTH}"
                raise Refused([Fault("too_deep", where, found=f"more than {MAX_DEPTH}", expected=expected)])
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            yield event


_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Builder:
    """Builds plain dicts, lists and strings from parser events, so that no alias is ever expanded."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def document(self) -> Any:
        first = next(self._events, None)
        value = None if first is None else self._node(first)
        for _ in self._events:  # a second document is found only by reading on
            pass
        return value

    def _node(self, event: Any) -> Any:
        where = _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise Refused([Fault("yaml_alias", where, found=f"*{event.anchor}", expected="written out values")])
        if getattr(event, "tag", None) is not None:
            raise Refused([Fault("yaml_tag", where, found=str(event.tag), expected="plain values")])
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(inner))
            return items
        return self._mapping()

    def _mapping(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            where = _line(event)
            key = self._node(event)
            if not isinstance(key, str):
                raise Refused([Fault("yaml_unreadable", where, found="a list as a key", expected="a word")])
            if key in made:
                raise Refused([Fault("key_twice", where, found=key, expected="each key once")])
            made[key] = self._node(next(self._events))
        return made


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def cell_text(value: float | int) -> str:
    """A spreadsheet number as its 15 significant digits: what the sheet shows, not what binary64 holds."""
    return f"{value:.15g}"


def _check_size(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise Refused([Fault("file_too_large", found=f"{len(text):,} characters", expected=f"{MAX_TEXT:,}")])


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise Refused([Fault("too_deep", found=f"more than {MAX_DEPTH} levels", expected=f"{MAX_DEPTH}")])
