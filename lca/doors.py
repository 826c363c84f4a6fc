"""The four doors through which numbers enter: typed text, JSON, YAML and spreadsheet cells.

Every door hands over text, never a float: JSON numbers keep their digits (``parse_float=str``), YAML scalars all
stay text (the usual reading makes ``12:30:00`` 45000 and ``NO`` false), a cell's binary64 is printed with 15
digits, which is what the spreadsheet program itself shows.  :meth:`lca.exact.Exact.parse` reads that text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import yaml

from lca.faults import Fault, Refused

MAX_TEXT: Final = 20_000_000
MAX_DEPTH: Final = 40
_NESTED: Final = (dict, list)


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
        loader = _Loader(text)
        try:
            return _document(loader.get_event)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or error)
        raise Refused([Fault("yaml_unreadable", where, found=problem, expected="YAML text")]) from None
    except UnicodeError as error:
        raise Refused([Fault("yaml_unreadable", found=str(error)[:60], expected="Unicode text")]) from None


_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_ENDS: Final = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def _document(event_of: Callable[[], Any]) -> Any:
    """The one document of a stream, from parser events as they come, so that no alias is ever expanded and depth is
    cut while reading, before anything piles up."""
    value, documents = None, 0
    while not isinstance(event := event_of(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:  # a second document is found only by reading on
                found = "several documents"
                raise Refused([Fault("yaml_unreadable", _line(event), found=found, expected="one document")])
        elif isinstance(event, yaml.NodeEvent):
            value = _node(event, event_of, 1)
    return value


def _node(event: Any, event_of: Callable[[], Any], depth: int) -> Any:
    """A value and all below it; plain dicts, lists and strings."""
    kind = event.__class__
    if kind is yaml.AliasEvent:
        raise Refused([Fault("yaml_alias", _line(event), found=f"*{event.anchor}", expected="written out values")])
    if event.tag is not None:
        raise Refused([Fault("yaml_tag", _line(event), found=str(event.tag), expected="plain values")])
    if kind is yaml.ScalarEvent:
        return event.value
    if depth > MAX_DEPTH:
        found, expected = f"more than {MAX_DEPTH}", f"{MAX_DEPTH}"
        raise Refused([Fault("too_deep", _line(event), found=found, expected=expected)])
    if kind is yaml.SequenceStartEvent:
        items = []
        while (inner := event_of()).__class__ not in _ENDS:
            items.append(_node(inner, event_of, depth + 1))
        return items
    made: dict[str, Any] = {}
    while (inner := event_of()).__class__ not in _ENDS:
        key = _node(inner, event_of, depth + 1)
        if not isinstance(key, str):
            raise Refused([Fault("yaml_unreadable", _line(inner), found="a list as a key", expected="a word")])
        if key in made:
            raise Refused([Fault("key_twice", _line(inner), found=key, expected="each key once")])
        made[key] = _node(event_of(), event_of, depth + 1)
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
            if isinstance(item, _NESTED)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise Refused([Fault("too_deep", found=f"more than {MAX_DEPTH} levels", expected=f"{MAX_DEPTH}")])
