"""The four classes of battery (消费型, 小动力型, 大动力型, 储能型): tables of rule.yaml, and the regime's word.

A fact that the regime states under the name of a setting wins; nobody asks which regime it is.
"""

from dataclasses import dataclass

from pcr.api import ActivityData, Exact, Fault, Notice, Refused, load_rule

RULE = load_rule(__package__)
DELIVERED, CAPACITY = "kWh delivered", "kWh capacity"
BY_PRESET, UNKNOWN = "by preset", "unknown"
METHODS = ("ev", "tested", "declared", "on_demand")


def entries(text: str) -> dict[str, tuple[str, ...]]:
    """``a: x, y; b: z`` as a table; a text without a colon stands for every key."""
    table = {}
    for part in text.split(";"):
        key, colon, values = part.partition(":")
        if not colon:
            key, values = "", part
        table[key.strip()] = tuple(value.strip() for value in values.split(",") if value.strip())
    return table


def fact(data: ActivityData, name: str) -> str:
    """What the regime states, else the setting of that name."""
    return data.regime.parameters.get(name) or data.setting(name)


def listed(data: ActivityData, name: str, key: str) -> tuple[str, ...]:
    """The entry of a table for a key; empty where it has none."""
    table = entries(fact(data, name))
    return table.get(key, table.get("", ()))


def between(data: ActivityData, name: str) -> tuple[Exact, Exact]:
    """Both ends of a range written ``low..high``."""
    low, _, high = fact(data, name).partition("..")
    ends = Exact.parse(low, f"settings/{name}"), Exact.parse(high, f"settings/{name}")
    if ends[0] > ends[1]:
        raise Refused([Fault("setting_choice", f"/settings/{name}", fact(data, name), "low..high", RULE.ref)])
    return ends


@dataclass(frozen=True, slots=True)
class Preset:
    """A class of battery under the regime at hand."""

    id: str
    unit: str
    """Unit wanted: kWh delivered or kWh capacity."""
    methods: tuple[str, ...]
    """Where the total energy may come from, the first that can be computed; ``unknown`` at the end admits none."""
    covered: bool
    """Whether the regime is made for this class."""

    @property
    def label(self) -> dict[str, str]:
        return LABELS[self.id]


LABELS = {
    "consumer": {"en": "a consumer battery", "zh": "消费型"},
    "small_motive": {"en": "a small-motive battery", "zh": "小动力型"},
    "large_motive": {"en": "a large-motive (EV) battery", "zh": "大动力型"},
    "storage": {"en": "a storage battery", "zh": "储能型"},
}


def preset(data: ActivityData) -> Preset:
    """The class the works chose, with unit and total energy as regime or table say.

    Raises:
        Refused: ``setting_choice`` where a table was overwritten with a word nobody knows.
    """
    name = data.setting("preset")
    covered = name in listed(data, "battery.covers", "")
    unit, method = fact(data, "battery.unit"), fact(data, "battery.total_energy")
    units = listed(data, "preset_unit", name) if unit == BY_PRESET else (unit,)
    own = method == BY_PRESET or not covered
    methods = listed(data, "preset_total_energy", name) if own else (method,)
    wrong = [("preset_unit", text) for text in units if text not in (DELIVERED, CAPACITY)]
    wrong += [("preset_total_energy", text) for text in methods if text not in (*METHODS, UNKNOWN)]
    wrong += [] if units else [("preset_unit", "nothing")]
    if wrong:
        expected = ", ".join((DELIVERED, CAPACITY, *METHODS, UNKNOWN))
        raise Refused([Fault("setting_choice", f"/settings/{at}", text, expected, RULE.ref) for at, text in wrong])
    return Preset(name, units[0], methods, covered)


def scope_notices(data: ActivityData) -> list[Notice]:
    """Batteries the regime is not made for: another class, or too small."""
    chosen, notices = preset(data), []
    if not chosen.covered:
        names = [LABELS[name] for name in listed(data, "battery.covers", "") if name in LABELS]
        values = {"covers": ", ".join(item["en"] for item in names), "preset": chosen.label["en"]}
        values |= {"covers_zh": "、".join(item["zh"] for item in names), "preset_zh": chosen.label["zh"]}
        notices.append(Notice("preset_not_covered", "settings/preset", values))
    least = Exact.parse(fact(data, "battery.capacity_above"), "settings/battery.capacity_above")
    for product in data.given.products:
        found = data.one("pack_capacity", product.id)
        if found <= least:
            values = {"least": least.text(), "found": found.text()}
            notices.append(Notice("capacity_not_covered", product.id, values))
    return notices
