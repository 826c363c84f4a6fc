"""Fill the equation registry: import every method package, accounting and installed rule."""

from __future__ import annotations

import pkgutil
from contextlib import suppress
from importlib import import_module

import pcr.methods
import pcr.regimes
from pcr.registry import installed_rules


def load_equations() -> None:
    """Import what registers equations; a rule that cannot be imported is named by ``pcf rules check``, not here."""
    for package in (pcr.methods, pcr.regimes):
        for item in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(item.name)
    for installed in installed_rules():
        with suppress(Exception):
            _ = installed.build
