"""What must hold in the rows before anything is built, every fault at once; and what is unusual but possible."""

from collections.abc import Callable, Iterator
from itertools import chain

from pcr.api import ActivityData, Collector, Fault, Notice
from pcr.classes.steel_bf_bof.v1_0_0.accounts import balance_faults
from pcr.classes.steel_bf_bof.v1_0_0.carbon import carbon_faults
from pcr.classes.steel_bf_bof.v1_0_0.coke import coke_faults
from pcr.classes.steel_bf_bof.v1_0_0.energy import energy_faults
from pcr.classes.steel_bf_bof.v1_0_0.gas import credit_faults
from pcr.classes.steel_bf_bof.v1_0_0.iron import slag_faults
from pcr.classes.steel_bf_bof.v1_0_0.mass import mass_faults, steel_left
from pcr.classes.steel_bf_bof.v1_0_0.places import idle_power, needed_faults, place_faults
from pcr.classes.steel_bf_bof.v1_0_0.utilities import utility_faults

CHECKS: tuple[Callable[[ActivityData], Iterator[Fault]], ...] = (
    place_faults, needed_faults, mass_faults, coke_faults, utility_faults, credit_faults, slag_faults, carbon_faults,
    balance_faults, energy_faults,
)  # fmt: skip


def check(data: ActivityData, faults: Collector) -> None:
    """Every fault of the rows."""
    for found in CHECKS:
        with faults.catching():
            for fault in found(data):
                faults.add(fault)


def unusual(data: ActivityData) -> list[Notice]:
    """What goes on, and must be said."""
    return list(chain(steel_left(data), idle_power(data)))
