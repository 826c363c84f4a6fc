"""Compare what a record holds with what today's code makes: what decides a number, and what only explains it.

A later version may write a better sentence, name other rows near a gap, or add a field to the result. None of that
makes another result; a number, a factor or a missing line does (decision 0021).
"""

from __future__ import annotations

from typing import Any, Final

EXPLAINS: Final = frozenset({"label", "notices", "because", "nearest", "chosen_by", "distance", "unit_text", "text"})
"""Fields that tell a reader why or what; where only these differ the digits are proven by other code."""


def substance(value: Any) -> Any:
    """The value without the words that explain it."""
    if isinstance(value, dict):
        return {key: substance(part) for key, part in value.items() if key not in EXPLAINS}
    if isinstance(value, list):
        return [substance(part) for part in value]
    return value


def told_otherwise(step: str, recorded: Any, found: Any) -> list[str]:
    """One note where the two differ although their substance does not."""
    place = first_difference(recorded, found)
    return [] if place is None else [f"{step}{place[0]} is told otherwise: recorded {place[1]}, here {place[2]}"]


def first_difference(recorded: Any, found: Any, where: str = "", *, grown: bool = False) -> tuple[str, str, str] | None:
    """The first place at which two plain values differ, with both values; keys in sorted order.

    ``grown``: this is a form with named fields, to which a later version may have added some: fields that only
    ``found`` has are passed over, here and in the entries of its lists. In a map (stages, flows) an entry too many is
    a difference.
    """
    if isinstance(recorded, dict) and isinstance(found, dict):
        for key in sorted(recorded if grown else set(recorded) | set(found)):
            if key not in recorded or key not in found:
                return f"{where}/{key}", str(recorded.get(key, "absent"))[:120], str(found.get(key, "absent"))[:120]
            lists = grown and isinstance(recorded[key], list)
            if (place := first_difference(recorded[key], found[key], f"{where}/{key}", grown=lists)) is not None:
                return place
        return None
    if isinstance(recorded, list) and isinstance(found, list):
        for number, (one, other) in enumerate(zip(recorded, found, strict=False)):
            if (place := first_difference(one, other, f"{where}/{number}", grown=grown)) is not None:
                return place
        if len(recorded) != len(found):
            return where, f"{len(recorded)} entries", f"{len(found)} entries"
        return None
    return None if recorded == found else (where, str(recorded)[:120], str(found)[:120])
