"""The lists that documents are made from: data, so that a test can count them and an act can change them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lca.doors import read_yaml
from lca.faults import Fault


@cache
def lists() -> Mapping[str, Any]:
    """``data/lists.yaml``: every scalar is text."""
    return _read("lists")


@cache
def miit_lists() -> Mapping[str, Any]:
    """``data/miit.yaml``: the words and lists of the workbook under MIIT notice 551."""
    return _read("miit")


def _read(name: str) -> Mapping[str, Any]:
    text = files("service.battery").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = read_yaml(text)
    return found


def refusal(kind: str, where: str, found: str, expected: str, **values: str) -> Fault:
    """A fault of this package, ``battery_<kind>``; its sentences stand in ``data/messages.yaml`` beside this file."""
    return Fault(f"battery_{kind}", where, found, expected, rule=lists()["source"], values=values)
