"""Frozen values to plain JSON and back: what a record holds is what was computed with.

Exact numbers become their canonical text, so the JSON form holds no float and its bytes do not depend on a machine.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from lca.exact import Exact

T = TypeVar("T")


def encode(value: Any) -> Any:
    """Plain JSON of a dataclass, mapping, sequence, Exact or scalar; fields at their default are left out."""
    kind = value.__class__
    if kind is str or value is None:
        return value
    if kind is Exact:
        return value.text()
    if kind is tuple or kind is list:
        return [part if part.__class__ is str else encode(part) for part in value]
    if kind is dict:
        return {str(key): encode(part) for key, part in value.items()}
    if parts := _parts(kind):
        shown = {}
        for name, default in parts:
            part = getattr(value, name)
            if default is MISSING or part.__class__ is not default.__class__ or part != default:
                shown[name] = part if part.__class__ is str else encode(part)
        return shown
    if isinstance(value, Mapping):
        return {str(key): encode(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [encode(part) for part in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a record holds no {type(value).__name__}")


_PARTS: dict[type, tuple[tuple[str, Any], ...]] = {}


def _parts(kind: type) -> tuple[tuple[str, Any], ...]:
    """Fields of a dataclass with their defaults; empty for anything else. Read once a class."""
    if kind not in _PARTS:
        _PARTS[kind] = tuple((item.name, _default(item)) for item in fields(kind)) if is_dataclass(kind) else ()
    return _PARTS[kind]


def _default(item: Any) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


def decode(kind: type[T], data: Any) -> T:
    """The dataclass ``kind`` from :func:`encode`'s JSON.

    Raises:
        ValueError, KeyError, TypeError: the data do not have the form; a record's reader calls that tampered.
    """
    made: T = _decode(kind, data)
    return made


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any:
        return data
    if kind is Exact:
        return Exact.from_record(data)
    if origin is Literal:
        if data not in args:
            raise ValueError(f"{data!r} is not one of {args}")
        return data
    if origin in (Union, types.UnionType):
        return _decode_union(args, data)
    if origin is tuple:
        if not isinstance(data, list):
            raise TypeError(f"expected a list, found {type(data).__name__}")
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_decode(args[0], part) for part in data)
        return tuple(_decode(inner, part) for inner, part in zip(args, data, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        _object(data)
        return {key: _decode(args[1], part) for key, part in data.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        return _decode_dataclass(kind, data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"expected {kind.__name__}, found {type(data).__name__}")
    return data


def _decode_dataclass(kind: Any, data: Any) -> Any:
    hints = _hints(kind)
    _object(data)
    unknown = set(data) - set(hints)
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    made: Any = kind(**{name: _decode(hints[name], part) for name, part in data.items()})
    return made


def _object(data: Any) -> None:
    if not isinstance(data, dict):
        raise TypeError(f"expected an object, found {type(data).__name__}")


def _decode_union(args: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in args:
        return None
    candidates = [arg for arg in args if arg is not type(None)]
    if len(candidates) == 1:
        return _decode(candidates[0], data)
    for candidate in candidates:
        try:
            return _decode(candidate, data)
        except (ValueError, TypeError, KeyError):
            continue
    raise ValueError(f"no form of {candidates} fits")
