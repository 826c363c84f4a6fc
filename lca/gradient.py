"""One adjoint for everything: the intensity of each product, and what each coefficient moves in the score.

With ``A^T y = B^T c`` the score is ``h = y f``, and at the levels s (Heijungs and Suh 2002, ch. 6; Sakai and Yokoyama
2002)

    dh/da_ij = -y_i s_j        dh/db_kj = c_k s_j        dh/df_i = y_i .
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lca.diagnose import check_structure
from lca.enclosed import BITS
from lca.enclosure import enclosed_levels
from lca.exact import ZERO, Exact
from lca.solve import rational_levels
from lca.system import Entries, LinearSystem, make_system

SMALL: Final = 40
"""Up to so many processes rational numbers are as quick as enclosures and laws hold to the last digit; the published
digits are the same either way (docs/decisions/0025)."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """Score of one method and demand with its derivatives; exact numbers, or enclosures in a large system."""

    score: Exact
    levels: Mapping[str, Exact]
    """Process to level."""
    intensities: Mapping[str, Exact]
    """Product to score per unit of it."""
    of_a: Entries
    """(product, process) to ``dh/da``; only where ``a`` is not zero."""
    of_b: Entries
    """(flow, process) to ``dh/db``."""


def gradient(system: LinearSystem, demand: Mapping[str, Exact], method: str) -> Gradient:
    """Score and derivatives by every exchange.

    Raises:
        Refused: a structural fault or ``singular``. KeyError: the method is not of the system.
    """
    check_structure(system, demand)
    factors = system.methods[method]
    levels = levels_of(system, demand)
    intensities = intensities_of(system, factors)
    score = sum((intensities[product] * amount for product, amount in demand.items()), ZERO)
    return Gradient(
        score,
        levels,
        intensities,
        {(i, j): ZERO - intensities[i] * levels[j] for i, j in system.a},
        {(k, j): factors.get(k, ZERO) * levels[j] for k, j in system.b},
    )


def intensities_of(system: LinearSystem, factors: Mapping[str, Exact]) -> dict[str, Exact]:
    """Score per unit of every product, one solve of the transposed system.

    Raises:
        Refused: ``singular``.
    """
    turned = make_system(
        {(process, product): amount for (product, process), amount in system.a.items()}, {}, {},
        products=system.processes, processes=system.products,
    )  # fmt: skip
    direct: dict[str, Exact] = {}
    for (flow, process), amount in system.b.items():
        if flow in factors:
            direct[process] = direct.get(process, ZERO) + amount * factors[flow]
    return levels_of(turned, direct)


def levels_of(system: LinearSystem, demand: Mapping[str, Exact]) -> dict[str, Exact]:
    """Levels as rational numbers in a small system, enclosed in a large one, rational again where nothing encloses.

    Raises:
        Refused: ``singular``.
    """
    if len(system.processes) > SMALL:
        found = enclosed_levels(system, demand, BITS)
        if found is not None:
            return found
    return rational_levels(system, demand)
