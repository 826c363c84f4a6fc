"""Work that may take long, in a process of its own with a limit of time.

Exact solves grow with the cube of their size, and a large one holds the interpreter until it ends: a thread cannot
stop it, the end of a process can. What is sent and received is pickled between this process and its own child only.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from lca.faults import Fault, Refused

Result = TypeVar("Result")
SECONDS: Final = 120
"""Limit where ``PCF_SOLVE_SECONDS`` does not say otherwise."""
_inside = False
"""Whether this process is a limited one itself: then its own limit holds, and it may be that it can start no other."""
_CHILD: Final = "from lca.limited import child; child()"


def limit() -> float:
    """Seconds that exact work may take.

    Raises:
        Refused: ``solve_limit`` where ``PCF_SOLVE_SECONDS`` is no number above zero.
    """
    text = os.environ.get("PCF_SOLVE_SECONDS", "") or str(SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise Refused([Fault("solve_limit", "PCF_SOLVE_SECONDS", found=text, expected="seconds, above zero")])
    return seconds


def inside() -> None:
    """Say that this process has limits of its own from here on: :func:`limited` then works in it."""
    global _inside  # noqa: PLW0603 - a process is limited or it is not
    _inside = True


def limited(work: Callable[..., Result], *given: object, where: str, found: str) -> Result:
    """``work(*given)`` in another process. ``work``: a function of a module, as pickle finds it.

    ``where``, ``found``: what stands in the fault when the time is over.

    Raises:
        Refused: ``solve_too_long``; what the work refuses.
        RuntimeError: the process broke, with its last words.
    """
    if _inside:
        return work(*given)
    seconds = limit()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD],
            input=pickle.dumps((work, given)),
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused([Fault("solve_too_long", where, found, f"{seconds:g} s (PCF_SOLVE_SECONDS)")]) from None
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])
    result, faults = pickle.loads(done.stdout)
    if faults is not None:
        raise Refused(faults)
    made: Result = result
    return made


def child() -> None:
    """The other end: read the work, do it, write what came of it."""
    work, given = pickle.load(sys.stdin.buffer)
    answer: tuple[object, tuple[Fault, ...] | None]
    try:
        answer = (work(*given), None)
    except Refused as refused:
        answer = (None, refused.faults)
    sys.stdout.buffer.write(pickle.dumps(answer))
