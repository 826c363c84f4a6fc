"""Which processes need company-specific data (recalled list), and which of them rest on secondary data here."""

from collections.abc import Iterator

from pcr.api import ActivityData, Exact, Fault, Indicator, Notice, Refused, Row, load_rule
from pcr.classes.li_ion_battery.v1_0_0.presets import entries, fact, listed, preset

RULE = load_rule(__package__)
LABELS = {
    "active_material": {"en": "active material", "zh": "活性材料"},
    "electrode": {"en": "electrodes", "zh": "电极"},
    "cell_assembly": {"en": "cell assembly", "zh": "电芯装配"},
    "pack_assembly": {"en": "pack assembly", "zh": "电池包装配"},
}
OWN_METERS = {
    "active_material": (),
    "electrode": ("electrode_electricity", "electrode_heat"),
    "cell_assembly": ("cell_electricity", "cell_heat", "formation_electricity"),
    "pack_assembly": ("assembly_electricity", "assembly_heat", "assembly_fuel"),
}
"""Rows of the works itself that stand behind a process; without meters of its own a step is in the pack's meters."""


def mandatory(data: ActivityData) -> list[str]:
    """Processes that need company-specific data for the class of battery.

    Raises:
        Refused: ``setting_choice`` where the table was overwritten with a process nobody knows.
    """
    chosen = preset(data).id
    if unknown := [name for name in entries(fact(data, "mandatory_primary")) if name not in LABELS]:
        where, expected = "/settings/mandatory_primary", ", ".join(LABELS)
        raise Refused([Fault("setting_choice", where, name or "no process", expected, RULE.ref) for name in unknown])
    return [name for name, classes in entries(fact(data, "mandatory_primary")).items() if chosen in classes]


def behind(data: ActivityData, product: str, name: str) -> list[Row]:
    """The rows a process rests on: what was bought with the process inside, else meters of the works."""
    parts = [*data.rows("part", product), *data.rows("cell_part", product)]
    bought = [row for row in parts if name in listed(data, "process_of_part", row.material)]
    meters = [row for item in OWN_METERS.get(name, ()) for row in data.rows(item) if row.product in ("", product)]
    if not meters and not bought and OWN_METERS.get(name):
        meters = [row for row in data.rows("assembly_electricity") if row.product in ("", product)]
    return [*bought, *meters]


def company_specific(row: Row) -> bool:
    """Bought: the supplier's own factor and its document, standing for nothing else. Own: metered or from records."""
    if row.input in ("part", "cell_part"):
        return bool(row.factor and row.evidence.document and not row.proxy_for)
    return row.evidence.basis != "estimated"


def secondary(data: ActivityData, product: str) -> dict[str, list[str]]:
    """Mandatory process to the rows that are not company-specific; a process without any row stands there empty."""
    found = {}
    for name in mandatory(data):
        rows = behind(data, product, name)
        weak = sorted(row.id for row in rows if not company_specific(row))
        if weak or not rows:
            found[name] = weak
    return found


def primary_figures(data: ActivityData, product: str) -> list[Indicator]:
    """How many of the mandatory processes rest on secondary data."""
    whole, weak = len(mandatory(data)), len(secondary(data, product))
    label = {
        "en": f"Processes on secondary data, of {whole} that need company-specific data",
        "zh": f"须用企业数据的 {whole} 个过程中使用次级数据的数量",
    }
    return [Indicator("mandatory_on_secondary", Exact(weak), "1", label, product)]


def primary_notices(data: ActivityData, product: str) -> Iterator[Notice]:
    """The missing-list, by name and row."""
    if weak := secondary(data, product):
        yield Notice("primary_missing", product, _list(weak))


def primary_faults(data: ActivityData, product: str) -> Iterator[Fault]:
    """The same list as a refusal, where the works asks for it."""
    if data.setting("primary_check") == "refuse" and (weak := secondary(data, product)):
        values, clause = _list(weak), RULE.clause("primary")
        yield Fault("primary_missing", product, values["list"], "company-specific data", clause, values)


def _list(weak: dict[str, list[str]]) -> dict[str, str]:
    def name(key: str, language: str) -> str:
        return LABELS.get(key, {}).get(language, key)

    en = (f"{name(key, 'en')} ({', '.join(rows) or 'no row'})" for key, rows in weak.items())
    zh = (f"{name(key, 'zh')}（{'、'.join(rows) or '无数据'}）" for key, rows in weak.items())
    return {"list": "; ".join(en), "list_zh": "；".join(zh)}
