"""Regimes (核算制度): dated files that say which numbers a rule must use and which claims are looked at.

``pcr/regimes/<id>/<version>/regime.yaml``. A rule asks its regime, it never asks which regime it is under.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused
from pcr.rulebook import Confidence, Text, version_key

Ratio = Annotated[Exact, BeforeValidator(Exact.from_record)]
YesNo = Annotated[bool, BeforeValidator(lambda text: {"true": True, "false": False}.get(text, text))]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class TableRow(_Strict):
    """One row of a regime's electricity table: who it takes and what it must be shown."""

    row: str
    takes: Literal["onsite", "direct_line", "claim", "grid"]
    evidence: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    transmission: Literal["none", "line_loss", "add", "inside"]
    text: Text
    confidence: Confidence


class ElectricityPolicy(_Strict):
    """The regime's electricity rows in order, with the factor series by country."""

    kinds: tuple[str, ...]
    rows: tuple[TableRow, ...]
    average: Mapping[str, str]
    generation: Mapping[str, str]
    transmission: Mapping[str, str]
    instruments: Literal["accepted", "outside"]
    zero_factors: Literal["forbidden", "allowed"]
    grid_factor_of_user: Literal["by_kind", "refused"]
    """Whether a user may name another factor for grid power; its kind is checked by the release either way."""
    average_sensitivity: YesNo
    notices: tuple[str, ...] = ()
    balance_tolerance: Ratio


class Regime(_Strict):
    """A dated regime."""

    id: str
    version: str
    label: Text
    status: Literal["in force", "draft", "expired"]
    unconfirmed: tuple[Text, ...] = ()
    basis: str
    gwp_set: str
    biogenic_co2: Literal["one", "zero"]
    digits: int
    molar: Mapping[str, Ratio]
    fuel_set: str
    fuel_upstream_kinds: tuple[str, ...]
    material_kinds: tuple[str, ...]
    transport_kinds: tuple[str, ...]
    electricity: ElectricityPolicy
    required_outputs: tuple[str, ...]
    parameters: Mapping[str, str] = Field(default_factory=dict)

    @property
    def ref(self) -> str:
        return f"{self.id} {self.version}"

    def ratio(self, name: str) -> Exact:
        """A molar mass ratio as this regime writes it, e.g. ``CO2/C`` = 44/12.

        Raises:
            Refused: ``regime_lacks`` when the regime does not state it.
        """
        if name not in self.molar:
            raise Refused([Fault("regime_lacks", found=name, expected=", ".join(self.molar), rule=self.ref)])
        return self.molar[name]


def regime_folders() -> dict[str, Traversable]:
    """Regime id to its folder, newest version of each; ids may hold a slash (``eu_battery_cfb/draft-2024-04``)."""
    found: dict[str, Traversable] = {}
    for family in files("pcr").joinpath("regimes").iterdir():
        if not family.is_dir() or family.name.startswith("_"):
            continue
        for folder in sorted(family.iterdir(), key=lambda item: version_key(item.name)):
            if folder.joinpath("regime.yaml").is_file():
                data = read_yaml(folder.joinpath("regime.yaml").read_text(encoding="utf-8"))
                found[data["id"]] = folder
    return dict(sorted(found.items()))


@cache
def load_regime(regime_id: str) -> Regime:
    """A regime by id.

    Raises:
        Refused: ``regime_unknown`` with the ids there are; ``rule_invalid`` when its file is faulty.
    """
    folders = regime_folders()
    if regime_id not in folders:
        raise Refused([Fault("regime_unknown", "/regime", found=regime_id, expected=", ".join(folders))])
    data = read_yaml(folders[regime_id].joinpath("regime.yaml").read_text(encoding="utf-8"))
    data["digits"] = int(data["digits"])
    try:
        return Regime.model_validate(data)
    except ValidationError as error:
        where = [("/".join(str(part) for part in item["loc"]), item["msg"]) for item in error.errors()]
        raise Refused([Fault("rule_invalid", place, found="", expected=text) for place, text in where]) from None
