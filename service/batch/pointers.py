"""Where a column of a table points: ``/rows/3/amount`` (RFC 6901), or ``rows/coal/amount`` with the id of the row."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from lca.faults import Fault, Refused


def put(data: Any, pointer: str, value: str) -> None:
    """Replace the value a pointer leads to; the last step may be a new key of an object, never a new place of a list.

    With a leading slash a step into a list is its number, without one the ``id`` of an entry (or its number where
    the entries have none).

    Raises:
        Refused: ``batch_pointer`` with the nearest step.
    """
    numbered = pointer.startswith("/")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]
    here = data
    for step in steps[:-1]:
        here = here[_step(here, step, numbered, pointer)]
    last = _step(here, steps[-1], numbered, pointer, new=True)
    if isinstance(here[last] if isinstance(here, list) else here.get(last, ""), dict | list):
        raise Refused([Fault("batch_pointer", pointer, found="a list or an object", expected="one value")])
    here[last] = value


def _step(here: Any, step: str, numbered: bool, pointer: str, *, new: bool = False) -> Any:
    if isinstance(here, dict):
        if step in here or (new and step):
            return step
        known = [str(key) for key in here]
    elif isinstance(here, list):
        names = [str(entry["id"]) if isinstance(entry, dict) and "id" in entry else "" for entry in here]
        if not numbered and names.count(step) == 1:
            return names.index(step)
        if step.isascii() and step.isdigit() and int(step) < len(here) and (numbered or not any(names)):
            return int(step)
        known = [f"0 to {len(here) - 1}"] if numbered else [name for name in names if name]
    else:
        known = []
    near = get_close_matches(step, known, n=3, cutoff=0.6) or known[:6]
    expected = ", ".join(near) or "nothing lies below"
    raise Refused([Fault("batch_pointer", pointer, found=step, expected=expected)])
