"""An installation and its period, as the accounting takes it: streams, production processes, bought precursors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lca.exact import ONE, ZERO, Exact

Mode = Literal["definitive", "transitional"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A source stream; ``values`` by the keys of its method."""

    name: str
    method: str
    values: Mapping[str, Exact]
    unit: str = ""
    cell_type: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Tonnes of another process's good, or of a bought precursor, that a process used."""

    source: str
    mass: Exact


@dataclass(frozen=True, slots=True)
class Process:
    """A production process of the period. Energies in TJ and MWh, factors in t CO2 per TJ and MWh."""

    id: str
    name: str
    category: str
    cn: str
    level: Exact
    """Functional units made, by default tonnes of the good."""
    market: Exact | None = None
    route: str = ""
    joint_with: tuple[str, ...] = ()
    direct: Exact = ZERO
    electricity: Exact = ZERO
    electricity_factor: Exact = ZERO
    heat_imported: Exact = ZERO
    heat_import_factor: Exact = ZERO
    heat_exported: Exact = ZERO
    heat_export_factor: Exact = ZERO
    gas_imported: Exact = ZERO
    gas_exported: Exact = ZERO
    power_exported: Exact = ZERO
    power_export_factor: Exact = ZERO
    inputs: tuple[Taken, ...] = ()
    sefa: Exact | None = None
    """Own free allocation per functional unit, without the precursors'; None where it is not known."""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Precursor:
    """A bought precursor: embedded emissions per tonne, direct and by its electricity."""

    id: str
    name: str
    category: str
    country: str
    direct: Exact
    electricity: Exact = ZERO
    """MWh per tonne."""
    electricity_factor: Exact = ONE
    basis: Literal["actual", "default"] = "actual"
    cn: str = ""
    verification: str = ""
    stated_indirect: Exact | None = None
    """t CO2 per tonne where it is stated as such, not by electricity and its factor."""
    on_default: tuple[Exact, Exact] | None = None
    """Parts of direct and indirect that rest on default values; None: all or nothing, as ``basis`` says."""
    sefa: Exact | None = None
    """Free allocation per tonne; None where it is not known."""
    exempt: bool = False
    """Of the Union or an exempt origin: its mass is reported, its emissions and allocation are 0."""
    mixed: bool = False
    """From several suppliers on several bases."""

    @property
    def indirect(self) -> Exact:
        """t CO2 per tonne by its electricity, or as stated."""
        if self.stated_indirect is not None:
            return self.stated_indirect
        return self.electricity * self.electricity_factor


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything of one installation and period."""

    streams: tuple[Stream, ...]
    processes: tuple[Process, ...]
    precursors: tuple[Precursor, ...]
    country: str = ""
    start: str = ""
    end: str = ""
    mode: Mode = "definitive"
