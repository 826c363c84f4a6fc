"""Formulas over named parameters, in exact numbers: ``100 * (1 - wind_share)``. Nothing else: no calls, no powers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from lca.exact import Exact
from lca.faults import Fault, Refused

LONGEST: Final = 500
_TOKEN: Final = re.compile(r"\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([^\W\d]\w*)|([-+*/()]))")
_EXPECTED: Final = "numbers, names, + - * / and brackets"


def evaluated(text: str, names: Mapping[str, Exact], where: str = "") -> Exact:
    """The value of a formula.

    Raises:
        Refused: ``expression_unreadable``, ``expression_zero`` for a division by zero, ``parameter_unknown`` with the
            nearest name.
    """
    if len(text) > LONGEST:
        found = f"{len(text)} characters"
        raise Refused([Fault("expression_unreadable", where, found, f"at most {LONGEST} characters")])
    reader = _Reader(_tokens(text, where), names, text, where)
    value = reader.sum()
    if reader.next() is not None:
        reader.unreadable()
    return value


def _tokens(text: str, where: str) -> list[tuple[str, str]]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise Refused([Fault("expression_unreadable", where, stripped[at:][:40], _EXPECTED)])
        number, name, sign = match.groups()
        found.append(("number", number) if number else ("name", name) if name else ("sign", sign))
        at = match.end()
    return found


class _Reader:
    """Recursive descent: a sum of products of signed values."""

    def __init__(self, tokens: list[tuple[str, str]], names: Mapping[str, Exact], text: str, where: str) -> None:
        self.tokens, self.names, self.text, self.where, self.at = tokens, names, text, where, 0

    def next(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def taken(self, *signs: str) -> str:
        token = self.next()
        if token is not None and token[0] == "sign" and token[1] in signs:
            self.at += 1
            return token[1]
        return ""

    def sum(self) -> Exact:
        value = self.product()
        while sign := self.taken("+", "-"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self) -> Exact:
        value = self.signed()
        while sign := self.taken("*", "/"):
            other = self.signed()
            if sign == "/" and not other:
                raise Refused([Fault("expression_zero", self.where, self.text, "a divisor that is not zero")])
            value = value * other if sign == "*" else value / other
        return value

    def signed(self) -> Exact:
        minus = False
        while sign := self.taken("+", "-"):
            minus ^= sign == "-"
        value = self.value()
        return -value if minus else value

    def value(self) -> Exact:
        if self.taken("("):
            value = self.sum()
            if not self.taken(")"):
                self.unreadable()
            return value
        token = self.next()
        if token is None or token[0] == "sign":
            self.unreadable()
        assert token is not None
        self.at += 1
        if token[0] == "number":
            return Exact.parse(token[1], self.where)
        if token[1] not in self.names:
            near = ", ".join(get_close_matches(token[1], self.names, n=3, cutoff=0.4)) or ", ".join(self.names)
            raise Refused([Fault("parameter_unknown", self.where, token[1], near or "a parameter of the file")])
        return self.names[token[1]]

    def unreadable(self) -> None:
        raise Refused([Fault("expression_unreadable", self.where, self.text[:80], _EXPECTED)])
