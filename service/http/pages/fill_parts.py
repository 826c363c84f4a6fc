"""Parts of the form made from a rule: who and when, then a group of fields for each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lca.faults import Refused
from pcr.regime import load_regime
from pcr.rulebook import Input, Rule
from service.http.pages import shell
from service.http.pages.filled import Filled, FormRow, may_be_none, short_list, stages_of
from service.http.pages.listing import select
from service.http.pages.visit import Visit
from service.report.markup import Content, Html, tag
from service.text.words import label

INLINE: Final = 4
"""Properties of a row up to this many stand beside its amount; more are folded away."""


def about(visit: Visit, rule: Rule, filled: Filled) -> Html:
    """Works, product, period, regime, and how the figures were obtained."""
    held = filled.about
    regimes = {"": visit.say("regime_first", regime=rule.regimes[0])} | _calculating(rule, visit)
    bases = {key: visit.known("basis", key) for key in ("measured", "calculated", "estimated")}
    fields = [
        shell.field(visit.say("works_name"), _text("works_name", held, required="")),
        shell.field(
            visit.say("country"), _text("country", held, required="", maxlength="2"), visit.say("country_hint")
        ),
        shell.field(visit.say("province"), _text("province", held), visit.say("province_hint")),
        shell.field(visit.say("product_name"), _text("product_name", held)),
        shell.field(visit.say("product_id"), _text("product_id", held, required="")),
        shell.field(visit.say("from_day"), _text("start", held, type="date", required="")),
        shell.field(visit.say("to_day"), _text("end", held, type="date", required=""), visit.say("period_hint")),
        shell.field(visit.say("regime"), select("regime", regimes, held["regime"])),
        shell.field(visit.say("basis"), select("basis", bases, held["basis"]), visit.say("basis_hint")),
    ]
    draft = tag("input", type="checkbox", name="draft", value="yes", checked="" if held["draft"] == "yes" else None)
    box = tag("label", draft, " ", tag("span", visit.say("draft_box")), class_="check")
    return tag("fieldset", tag("legend", tag("h2", visit.say("about"))), tag("div", fields, class_="grid"), box)


def groups(visit: Visit, rule: Rule, filled: Filled, wrong: Mapping[str, Html]) -> list[Html]:
    """A group of fields for each stage with inputs."""
    names = list(rule.inputs) if filled.whole else short_list(rule)
    names += [name for name in dict.fromkeys(row.input for row in filled.rows) if name not in names]
    labels = {stage.id: label(stage.label, visit.language) for stage in rule.stages}
    made = []
    for stage, held in stages_of(rule, names).items():
        none = None
        if stage and may_be_none(rule, held):
            box = tag("input", type="checkbox", name="none", value=stage, checked="" if stage in filled.none else None)
            none = tag("label", box, " ", tag("span", visit.say("none_here")), class_="check none")
        inputs = [_input(visit, rule, filled, name, wrong) for name in held]
        legend = tag("legend", tag("h2", labels.get(stage) or visit.say("general")))
        made.append(tag("fieldset", legend, none, inputs, class_="stage"))
    return made


def faulty(sentences: Sequence[str], key: str) -> Html:
    """What is wrong with a field. ``key``: of the row or the input, by which the field names it as its description."""
    return tag("ul", [tag("li", text) for text in sentences], class_="wrong", id=f"wrong-{key}")


def _input(visit: Visit, rule: Rule, filled: Filled, name: str, wrong: Mapping[str, Html]) -> Html:
    """One input of the rule: its label, hint, faults, and its rows."""
    item, rows = rule.inputs[name], filled.of(name)
    must = tag("span", visit.say("required"), class_="must") if item.required else None
    head = tag("p", tag("b", label(item.label, visit.language)), " ", must, " ", tag("code", name), class_="input-head")
    hint = tag("p", label(item.hint, visit.language), class_="hint") if item.hint else None
    held = [
        _row(visit, item, number, row, wrong.get(f"row-{number}"), name if f"input-{name}" in wrong else "")
        for number, row in rows
    ]
    more = None
    if item.materials or item.kind in ("material", "fuel", "service"):
        say = visit.say("another_row")
        spoken = f"{say}{visit.say('colon')}{label(item.label, visit.language)}"
        more = shell.button(say, "quiet small", name="do", value=f"add {name}", formnovalidate="", aria_label=spoken)
    says = tag("div", head, hint, wrong.get(f"input-{name}"), class_="says")
    kind = "input needed" if item.required else "input"
    return tag("div", says, tag("div", held, more, class_="rows"), class_=kind, id=f"input-{name}")


def others(visit: Visit, rule: Rule, filled: Filled) -> Html | None:
    """A choice among the inputs that the form does not show yet."""
    there = {row.input for row in filled.rows}
    known = {name: label(item.label, visit.language) for name, item in rule.inputs.items() if name not in there}
    if not known:
        return None
    control = shell.field(visit.say("other_input"), select("more", known, next(iter(known))))
    add = shell.button(visit.say("add_input"), name="do", value="more", formnovalidate="")
    return tag("div", control, add, class_="more-inputs")


def _row(visit: Visit, item: Input, number: int, row: FormRow, wrong: Html | None, missing: str) -> Html:
    """Amount and unit, the material where the rule lists some, properties, and a factor of the works' own.

    ``missing``: the input, where what is wrong stands at it and not at one of its rows.
    """
    called = label(item.label, visit.language)
    says = [f"wrong-row-{number}"] * (wrong is not None) + [f"wrong-input-{missing}"] * bool(missing)
    amount = _cell(f"{number}.amount", row.texts.get("amount", ""), visit.say("amount_of", name=called), says,
                   inputmode="decimal", placeholder=visit.say("amount"), class_="amount",
                   id=f"amount-{number}")  # fmt: skip
    units = {unit: unit for unit in item.units}
    unit = select(
        f"{number}.unit", units, row.texts.get("unit") or item.units[0], aria_label=visit.say("unit_of", name=called)
    )
    material = None
    if item.materials:
        known = {"": visit.say("material_none")}
        known |= {key: label(part.label, visit.language) or key for key, part in item.materials.items()}
        material = select(f"{number}.material", known, row.texts.get("material", ""),
                          aria_label=visit.say("material_of", name=called))  # fmt: skip
    properties = [
        shell.field([label(part.label, visit.language), f" ({part.unit})"],
                    _cell(f"{number}.p.{key}", row.properties.get(key, ""), "", inputmode="decimal"))
        for key, part in item.properties.items()
    ]  # fmt: skip
    inline = properties if item.kind == "fuel" and len(properties) <= INLINE else []
    folded = [] if inline else properties
    own = _own_factor(visit, number, row) if item.kind in ("material", "fuel", "service") else []
    more = None
    if folded or own:
        opened = "" if any((*row.properties.values(), row.texts.get("factor"), row.texts.get("proxy_for"))) else None
        summary = tag("summary", visit.say("own_factor" if own else "more_of_row"))
        more = tag("details", summary, tag("div", [*folded, *own], class_="grid"), open=opened)
    name = tag("input", type="hidden", name=f"{number}.input", value=row.input)
    cells = tag("div", amount, unit, material, class_="cells")
    return tag(
        "div", name, cells, tag("div", inline, class_="grid") if inline else None, wrong, more, class_="row",
        id=f"row-{number}",
    )  # fmt: skip


def _own_factor(visit: Visit, number: int, row: FormRow) -> list[Html]:
    hint: Content = [
        visit.say("factor_hint"),
        " ",
        tag("a", visit.say("find_factor"), href="/factors", target="_blank"),
    ]
    return [
        shell.field(visit.say("factor_id"), _cell(f"{number}.factor", row.texts.get("factor", ""), ""), hint),
        shell.field(visit.say("proxy_for"), _cell(f"{number}.proxy_for", row.texts.get("proxy_for", ""), ""),
                    visit.say("proxy_hint")),
    ]  # fmt: skip


def _cell(name: str, value: str, spoken: str, wrong: Sequence[str] = (), **more: str) -> Html:
    """A field. ``wrong``: ids of what is wrong with it, read after its name."""
    invalid = {"aria_invalid": "true", "aria_describedby": " ".join(wrong)} if wrong else {}
    return tag("input", name=name, value=value, aria_label=spoken or None, autocomplete="off", **invalid, **more)


def _text(name: str, held: Mapping[str, str], **more: str) -> Html:
    return tag("input", name=name, value=held[name], autocomplete="off", **more)


def _calculating(rule: Rule, visit: Visit) -> dict[str, str]:
    """Regimes under which the rule calculates, with their names."""
    found = {}
    for name in rule.regimes:
        try:
            regime = load_regime(name)
        except Refused:
            continue
        if regime.method in ("footprint", "site_account"):
            found[name] = f"{name} · {label(regime.label, visit.language)}"
    return found
