"""The works (全厂) under construction: its processes so far, its carbon accounts, what a process may draw on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pcr.api import ONE, ZERO, ActivityData, Allocate, Exact, Process, Row, Share, load_rule
from pcr.classes.steel_bf_bof.v1_0_0.accounts import Accounts, rest_of
from pcr.classes.steel_bf_bof.v1_0_0.gas import burn_gas, gas_of, mean, stay, volume
from pcr.methods.carbon_balance.v1 import energy_share
from pcr.methods.combustion.v1 import burn
from pcr.methods.electricity.v1 import power

RULE = load_rule(__package__)
OWN_POWER = "own_power"
DRAWN = {"steam": "GJ", "oxygen": "Nm3", "lime": "t"}
Parts = tuple[tuple[str, Exact], ...]


@dataclass
class Works:
    """A process stands in ``processes`` as soon as it is begun, so that its faults are heard whatever follows."""

    data: ActivityData
    accounts: Accounts
    processes: list[Process] = field(default_factory=list)
    shares: list[Allocate] = field(default_factory=list)

    def begin(self, name: str, stage: str, product: str, amount: Exact, unit: str = "t") -> Process:
        process = Process(name, stage=stage, product=product, amount=amount, unit=unit, data=self.data)
        self.processes.append(process)
        return process

    def runs(self, name: str) -> Process | None:
        """A process of the works, where there is one."""
        return next((process for process in self.processes if process.id == name), None)

    def supply(self, process: Process, names: Iterable[str], fuels: Iterable[str] = ()) -> None:
        """What is bought for a process, as one of the stage raw materials: fuels by their well-to-tank factor."""
        data, materials, coals = self.data, tuple(names), tuple(fuels)
        whole = sum((data.total(name) for name in (*materials, *coals)), ZERO)
        if not whole:
            return
        bought = self.begin(f"supply:{process.id}", "raw_material", f"supply:{process.id}", whole)
        for name in materials:
            bought.buy(data.rows(name))
        for name in coals:
            bought.buy(data.rows(name), kinds=data.regime.fuel_upstream_kinds)
        process.take(bought.product, whole, "t", input_name="supply")

    def serve(self, process: Process, place: str, parts: Parts = (("", ONE),)) -> None:
        """Electricity, gas and own utilities of a place; ``parts``: rows of a product and the share of them taken."""
        data = self.data
        for name, unit in DRAWN.items():
            rows = [(row, share) for product, share in parts for row in placed(data, f"{name}_use", place, product)]
            amount = sum((row.amount * share for row, share in rows), ZERO)
            if amount:
                process.take(name, amount, unit, input_name=f"{name}_use")
        for product, share in parts:
            power(process, placed(data, "electricity", place, product), share=share, captive=OWN_POWER)
            burn_gas(process, place, product, share)

    def fire(self, process: Process, rows: Iterable[Row]) -> None:
        """Burn bought fuel."""
        burn(process, rows, oxidation=self.data.setting("other_oxidation"))

    def emit_rest(self, process: Process, name: str, *inputs: str) -> None:
        """What an account leaves over is CO2 of the process."""
        account, (en, zh) = self.accounts[name], rest_of(name)
        co2 = account.co2(self.data.regime.ratio("CO2/C")) * 1000
        label = {"en": f"CO2 by carbon balance: {en}", "zh": f"碳平衡CO2：{zh}"}
        if co2:
            process.emit(
                "CO2|fossil", co2, "steel.carbon_balance", input_name=name, basis=self.data.basis(*inputs),
                data_class="measured" if account.measured else "proxy", label=label,
            )  # fmt: skip

    def make_gas(self, process: Process) -> None:
        """The gas leaves its maker as carbon; what is flared, lost or counted here for a buyer is CO2 of the maker."""
        gas = gas_of(process.id)
        stay(process)
        self.emit_rest(process, gas, f"{gas}_made", f"{gas}_use")

    def divide(self, process: Process, solids: Iterable[tuple[str, Exact, Exact]]) -> None:
        """Shares of a maker's burden: sold gas by energy where set, then (product, t, weight per t) beside its own."""
        data, gas, part = self.data, gas_of(process.id), ZERO
        sold = volume(data, gas, "sold")
        if sold and data.setting("sold_gas_burden") == "energy":
            charged = self.accounts[process.id].carbon_in
            part = energy_share(sold * mean(data, gas, "ncv"), charged, data.number("heat_of_carbon"))
        others = [item for item in solids if item[1] and item[2]]
        if not part and not others:
            return
        per = (ONE - part) / (process.amount + sum((amount * weight for _, amount, weight in others), ZERO))
        outputs = [Share(process.product, process.amount, process.unit, per)]
        outputs += [Share(name, amount, "t", per * weight) for name, amount, weight in others]
        if part:
            outputs.append(Share(f"{gas}_sold", sold, "Nm3", part / sold))
        by = "energy of sold gas, then mass or price"
        self.shares.append(Allocate(process.id, by, tuple(outputs), RULE.clause("allocation")))


def placed(data: ActivityData, name: str, place: str, product: str | None = "") -> tuple[Row, ...]:
    """Rows of an input that name a place of the works."""
    return tuple(row for row in data.rows(name, product) if row.material == place)
