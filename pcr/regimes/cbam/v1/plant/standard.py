"""Standard factors of type I, reference and fall-back efficiencies, from ``data/standard.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused

RULE: Final = "IR (EU) 2025/2547, Annex II G (transcription)"
_BY_METHOD: Final = {"combustion": "fuels", "process": "process", "mass_balance": "carbon"}


def standard() -> Mapping[str, Any]:
    """The tables as they stand in the file."""
    return _file()


def values_of(method: str, material: str, where: str = "") -> dict[str, Exact]:
    """Neutral keys with the standard values of a material; a value that the table leaves empty is not given.

    Raises:
        Refused: ``cbam_material`` for a material the table of the method does not hold.
    """
    table: Mapping[str, Any] = _file().get(_BY_METHOD.get(method, ""), {})
    if material not in table:
        raise Refused([Fault("cbam_material", f"{where}/material", material, ", ".join(table) or "no table", RULE)])
    held = table[material]
    if method == "combustion":
        pairs = {"ef_tCO2_per_TJ": held[0], "ncv_GJ_per_unit": held[1]}
    else:
        pairs = {"ef_tCO2_per_t" if method == "process" else "carbon_content_tC_per_t": held}
    return {key: Exact(text) for key, text in pairs.items() if text}


def fallback(name: str) -> Exact:
    """``heat``, ``electricity``, ``proxy_boiler`` or ``external_boiler``."""
    return Exact(_file()["fallback"][name])


def reference(fuel_class: str, built: int, *, ignored: bool, where: str = "") -> tuple[Exact, Exact]:
    """Reference efficiencies of heat as steam and of electricity, by fuel class and year of construction.

    ``ignored``: the return of condensate is not counted, which adds five points to steam.

    Raises:
        Refused: ``cbam_material`` for a class whose references were not at hand.
    """
    table = _file()["references"]
    if fuel_class not in table:
        expected = f"{', '.join(table)}; or give ref_heat and ref_electricity"
        raise Refused([Fault("cbam_material", f"{where}/fuel_class", fuel_class or "nothing", expected, RULE)])
    new = 1 if built >= 2016 else 0
    more = Exact(_file()["condensate_ignored"]) if ignored else Exact(0)
    return Exact(table[fuel_class]["steam"][new]) + more, Exact(table[fuel_class]["electricity"][new])


@cache
def _file() -> Mapping[str, Any]:
    text = files("pcr.regimes.cbam").joinpath("data/standard.yaml").read_text(encoding="utf-8")
    held: dict[str, Any] = read_yaml(text)
    return held
