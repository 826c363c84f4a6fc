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
    text = files("service.battery").joinpath("data/lists.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = read_yaml(text)
    return found


def refusal(kind: str, where: str, found: str, expected: str, **values: str) -> Fault:
    """A fault of this package, ``battery_<kind>``; its sentences stand in ``data/messages.yaml`` beside this file."""
    return Fault(f"battery_{kind}", where, found, expected, rule=lists()["source"], values=values)
