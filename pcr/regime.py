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
    takes: Literal["onsite", "direct_line", "claim", "residual", "grid"]
    evidence: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    """Of a claim row: the claims it looks at; empty: all. Others are outside the regime."""
    intervals: tuple[str, ...] = ()
    """Metering intervals that prove the row; empty: the method's own test of own use is enough."""
    factor: Literal["plant", "actual", "zero_nonfossil"] = "plant"
    """``plant``: the named plant's or the technology's factor; ``actual``: the named one, zero where no fuel is burned,
    else a gap; ``zero_nonfossil``: zero where no fuel is burned, else the average."""
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
    residual: Mapping[str, str] = Field(default_factory=dict)
    """Residual mix by country, for a table with a row that takes it; where none is published, the average is used."""
    instruments: Literal["accepted", "outside"]
    instruments_setting: str = ""
    """A regime setting that accepts instruments when the works sets it to ``true``."""
    outside_codes: tuple[str, ...] = ()
    """Codes that a claim outside the regime carries beside its mark: ``ELEC_RULE_UNCONFIRMED``."""
    sold_attributes: Literal["refused", "flagged"] = "refused"
    zero_factors: Literal["forbidden", "allowed"]
    grid_factor_of_user: Literal["by_kind", "refused", "refused_source"]
    """Whether a user may name another factor for grid power; its kind is checked by the release either way."""
    average_sensitivity: YesNo
    transmission_assumed: str = ""
    """Day on which *transmission is inside the average* was last assumed; what it is worth is a sensitivity case."""
    notices: tuple[str, ...] = ()
    balance_tolerance: Ratio


class ScopeRow(_Strict):
    """Goods by the first digits of their CN code (without blanks), and whether their indirect emissions count."""

    cn: tuple[str, ...]
    indirect: Literal["counted", "information", "not_in_scope"]
    text: Text
    confidence: Confidence


class Regime(_Strict):
    """A dated regime."""

    id: str
    version: str
    label: Text
    boundary: Text
    method: Literal["footprint", "site_account", "accounting_elsewhere", "none"] = "footprint"
    """``site_account``: what the works itself burns and the power it buys, no footprint; ``accounting_elsewhere``:
    electricity, scope and admissibility only; ``none``: no method exists, every calculation is refused."""
    may_be_default: YesNo = True
    counted_gases: tuple[str, ...] = ()
    """Of a site account: the gases it counts."""
    scope: tuple[ScopeRow, ...] = ()
    settings: Mapping[str, str] = Field(default_factory=dict)
    """Switches of the regime that the works may set under ``settings``, with their defaults."""
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
    quality_scheme: str = ""
    """Scheme of the data-quality rating (``pcr.methods.quality``); empty: none is given."""
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

    def scope_of(self, cn_code: str) -> ScopeRow | None:
        """The scope row of a CN code: the one with the longest matching digits; None where none matches."""
        digits = "".join(cn_code.split())
        rows = [(len(start), row) for row in self.scope for start in row.cn if digits and digits.startswith(start)]
        return max(rows, key=lambda item: item[0])[1] if rows else None


@cache
def regime_settings() -> frozenset[str]:
    """Switches of all regimes: a file may set them and still be read under another regime."""
    return frozenset(name for regime in regime_folders() for name in load_regime(regime).settings)


def regime_folders() -> dict[str, Traversable]:
    """Regime id to its folder, newest version of each; ids may hold a slash (``eu_battery_cfb/draft-2024-04``)."""
    return dict(_folders())


@cache
def _folders() -> Mapping[str, Traversable]:
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
