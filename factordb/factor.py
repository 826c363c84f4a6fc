"""What a release is made of: factors, sources, licences. Frozen values, all text as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lca.exact import Exact

WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done with a source. Codes drive exports; ``attribution`` is printed in reports."""

    code: str
    title: str
    may_store: bool
    may_redistribute: bool
    may_use_commercially: bool
    share_alike: bool
    attribution: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document that published values."""

    id: str
    title: str
    publisher: str
    date: str
    address: str
    licence: str
    official_in: str = ""
    """Place whose government or standard this is; ``*`` for defaults of international guidelines."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One published value, or one fuel's properties by one guideline. Digits are text, exactly as published."""

    id: str
    name_en: str
    name_zh: str
    category: str
    kind: str
    place: str
    """ISO 3166 code, or GLO, RER, RNA ... ; ``CN-region:north`` for a Chinese grid region."""
    year: str
    """Reference year of the data; empty: not stated."""
    value: str
    """Empty where nothing was published: unknown, never zero."""
    unit: str
    """What the value counts, per what: ``kgCO2e/t``."""
    source: str
    confidence: str
    """``seen``, ``derived`` or ``conflict``; ``recalled`` only in a release that says it holds such values."""
    status: str = "published"
    """``published``; ``not_published``: the publisher left this year or place out; ``withheld``: the licence forbids
    passing the value on, and the row is a reference without any number."""
    series: str = ""
    guideline: str = ""
    """Generation of guidelines (``cets2024``); two are never combined in one account."""
    boundary: str = ""
    """The publisher's own words for the boundary; ``kind`` is our code for them."""
    gwp_set: str = ""
    gases: Mapping[str, str] = field(default_factory=dict)
    """kg CO2e per unit by gas where the publisher splits; kept for the reader, not computed with."""
    locator: str = ""
    """Where in the source: table, element, data set."""
    published: str = ""
    other_values: str = ""
    """Of a conflict: the other figures and who prints them."""
    note: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    """Of a fuel: ncv, ncv_unit, carbon_content, oxidation, basis, ch4, n2o, biogenic. Of a process: ``of``."""
    synonyms: str = ""
    """Other names, any language, parted by ``; ``: found by search, never printed as the name."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Classifications: ``cn`` (combined nomenclature), ``hs``, ``cpc``, ``naics``."""
    technology: str = ""
    valid_from: str = ""
    """First and last day on which the value is in force, ISO dates; empty: not stated."""
    valid_to: str = ""
    corrects: str = ""
    """Id of the row this one corrects; both stay, see :mod:`factordb.as_of`. With the ``reason``."""
    reason: str = ""
    flows: Mapping[str, str] = field(default_factory=dict)
    """kg per denominator unit by flow (``CO2|fossil``), computed with. Of solved unit processes and received records;
    ``value`` is then their sum under ``gwp_set``."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """kg CO2e of the value by line (``fossil``, ``biogenic``, ``biogenic uptake``, ``dluc``, ``aircraft``); ``none`` is
    a zero that the publisher states; a line that is not here is not known."""
    uncertainty: Mapping[str, str] = field(default_factory=dict)
    """As published: ``distribution`` and its parameters, or ``percent`` at a stated ``level``."""
    quality: Mapping[str, str] = field(default_factory=dict)
    """Scores by criterion with ``scheme`` and ``evidence``."""
    admissible: Mapping[str, str] = field(default_factory=dict)
    """Regime or family of regimes to ``yes`` or the reason why not; what is not here, the kind decides."""
    unlinked: str = ""
    """Of a solved unit process: inputs nothing answers; the value is then a lower end and the factor a gap."""
    primary_share: str = ""
    """Share of primary data in a received footprint, 0 to 1; empty: not stated."""

    @property
    def label(self) -> dict[str, str]:
        """Names by language; a foreign set that has one name only shows it in both."""
        return {"en": self.name_en or self.name_zh, "zh": self.name_zh or self.name_en}

    @property
    def amount(self) -> Exact:
        """The value as an exact number.

        Raises:
            Refused: ``number_unreadable``, also for a value that was not published.
        """
        return Exact.parse(self.value, self.id)

    @property
    def denominator(self) -> str:
        """The unit the factor is per: ``t`` of ``kgCO2e/t``."""
        return self.unit.partition("/")[2]

    def shown(self) -> str:
        """Value and unit for a person; ``not published`` or ``withheld`` where there is none."""
        return f"{self.value} {self.unit}" if self.value else self.status.replace("_", " ")
