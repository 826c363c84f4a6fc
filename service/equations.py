"""Fill the equation registry: import every method package and every installed rule."""

from __future__ import annotations

import pkgutil
from contextlib import suppress
from importlib import import_module

import pcr.methods
from pcr.registry import installed_rules


def load_equations() -> None:
    """Import what registers equations; a rule that cannot be imported is named by ``pcf rules check``, not here."""
    for item in pkgutil.walk_packages(pcr.methods.__path__, "pcr.methods."):
        import_module(item.name)
    for installed in installed_rules():
        with suppress(Exception):
            _ = installed.build
