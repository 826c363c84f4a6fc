"""``rule.yaml``: the facts of a product rule, checked against closed lists when the package is loaded.

A misspelt unit, kind or stage fails at start and not in a certificate. Judgement stays in Python beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from lca.doors import read_yaml
from lca.exact import Exact
from lca.faults import Fault, Refused
from lca.naming import Range
from lca.units import unit as known_unit

Words = Mapping[str, str]
Confidence = Literal["seen", "derived", "recalled", "conflict", "unconfirmed"]
Number = Annotated[Exact, BeforeValidator(Exact.parse)]
UnitName = Annotated[str, AfterValidator(lambda text: known_unit(text).id)]
Kind = Literal["output", "material", "fuel", "electricity", "share", "parameter", "service", "mass"]


def _words(value: Words) -> Words:
    if not {"en", "zh"} <= set(value):
        raise ValueError("a text needs en and zh")
    return value


Text = Annotated[Words, AfterValidator(_words)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Standard(_Strict):
    """A standard the rule follows or waits for; ``state`` is printed, never polished."""

    number: str
    title: Words
    state: str
    confidence: Confidence
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""


class Clause(_Strict):
    doc: str
    at: str
    confidence: Confidence


class Stage(_Strict):
    id: str
    label: Text


class SourcedRange(_Strict):
    """A sourced range of an input's factor, used only for the band of a draft."""

    low: Number
    high: Number | None = None
    unit: UnitName
    source: str
    confidence: Confidence

    def band(self) -> Range:
        return Range(self.low, self.high, self.unit, self.source, self.confidence)


class Choice(_Strict):
    """What the rule knows of a material: the factor it lists; ``proxy_for`` says what it stands for when it
    is not the thing itself."""

    factor: str = ""
    proxy_for: str = ""
    burden_free: Words = Field(default_factory=dict)
    """Reason {en, zh} of an allocation choice: a residue enters without the burden of the process it leaves."""
    label: Words = Field(default_factory=dict)
    line: Literal["", "aircraft"] = ""
    """Line of the result on which the whole factor stands: ``aircraft`` for air freight."""
    names: Mapping[str, str] = Field(default_factory=dict)
    """Further factor names by role: combustion, gases; virgin, recycled, recycling, disposal."""
    range: SourcedRange | None = None


class Property(_Strict):
    """A figure that belongs to a row: NCV, biogenic share, density."""

    unit: UnitName
    also: tuple[UnitName, ...] = ()
    """Other units, for rows of another dimension: GJ/Nm3 beside GJ/t. A bare number is read in ``unit`` only."""
    label: Text
    required: bool = False
    most: Number | None = None


class Input(_Strict):
    """One kind of row a works fills in."""

    kind: Kind
    label: Text
    stage: str = ""
    units: tuple[UnitName, ...]
    required: bool = False
    required_with: tuple[str, ...] = ()
    """Needed as soon as one of these inputs has a row: an anode plant that makes anodes has power."""
    only_with: tuple[str, ...] = ()
    """Read only where one of these inputs has a row; alone it would be lost, and is refused."""
    per: Literal["works", "product"] = "works"
    monthly: bool = True
    weighted_by: str = ""
    """Of a monthly share: the input whose months weigh it."""
    properties: Mapping[str, Property] = Field(default_factory=dict)
    materials: Mapping[str, Choice] = Field(default_factory=dict)
    range: SourcedRange | None = None
    may_be_negative: bool = False
    most: Number | None = None
    hint: Words = Field(default_factory=dict)
    clause: str = ""


class Setting(_Strict):
    """A visible, overridable default; it stands on every result that used it."""

    value: str
    label: Text
    source: str
    confidence: Confidence
    choices: tuple[str, ...] = ()


class CutOffRule(_Strict):
    single: Number
    together: Number
    measure: Literal["ghg", "mass"]
    source: str
    confidence: Confidence


class Plausible(_Strict):
    """Sourced range of the result per unit of the rule."""

    low: Number
    high: Number
    unit: str
    source: str
    confidence: Confidence


class UnitOfRule(_Strict):
    kind: Literal["declared", "functional"]
    amount: Number
    unit: UnitName
    text: Text
    confidence: Confidence


class Boundary(_Strict):
    type: Literal["cradle_to_gate", "cradle_to_grave", "gate_to_gate"]
    text: Text
    excluded: tuple[Mapping[str, str], ...] = ()
    confidence: Confidence


class Allocation(_Strict):
    """How something shared is divided. ``settings``: those whose choices are the other admissible ways."""

    what: str
    scheme: str
    reason: str
    confidence: Confidence
    settings: tuple[str, ...] = ()


class Uniformity(_Strict):
    """The six uniformities (六个统一) of the GB/T series: where each is answered."""

    name: str
    goal_and_scope: str
    allocation: str
    data_quality: str
    inventory: str
    report: str


class Rule(_Strict):
    """One version of one product rule."""

    id: str
    version: str
    api: Literal["1"]
    label: Text
    pilot_category: str = ""
    status: Literal["in force", "draft", "expired"]
    unconfirmed: tuple[Text, ...] = ()
    """What was not checked against a text; it travels into every output."""
    regimes: tuple[str, ...]
    standards: tuple[Standard, ...]
    unit: UnitOfRule
    boundary: Boundary
    stages: tuple[Stage, ...]
    clauses: Mapping[str, Clause]
    inputs: Mapping[str, Input]
    settings: Mapping[str, Setting] = Field(default_factory=dict)
    cut_off: CutOffRule | None = None
    allocation: tuple[Allocation, ...] = ()
    statements: Mapping[str, str] = Field(default_factory=dict)
    cases: Mapping[str, Text] = Field(default_factory=dict)
    """Sensitivity cases that lines of this rule belong to (``Process.emit(..., case=...)``), with their names."""
    plausibility: tuple[Plausible, ...] = ()
    uniformities: Uniformity
    messages: Mapping[str, Mapping[str, Words]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_meet(self) -> Rule:
        stages = {stage.id for stage in self.stages}
        for choice in self.allocation:
            for name in choice.settings:
                if name not in self.settings or not self.settings[name].choices:
                    raise ValueError(f"allocation.settings: {name} is not a setting of this rule with choices")
        for name, item in self.inputs.items():
            if item.stage and item.stage not in stages:
                raise ValueError(f"inputs.{name}.stage: {item.stage} is not a stage of this rule")
            if item.clause and item.clause not in self.clauses:
                raise ValueError(f"inputs.{name}.clause: {item.clause} is not a clause of this rule")
            if item.weighted_by and item.weighted_by not in self.inputs:
                raise ValueError(f"inputs.{name}.weighted_by: {item.weighted_by} is not an input")
            for other in (*item.required_with, *item.only_with):
                if other not in self.inputs:
                    raise ValueError(f"inputs.{name}: {other} is not an input of this rule")
        return self

    @property
    def ref(self) -> str:
        """``cement 1.0.0``."""
        return f"{self.id} {self.version}"

    def clause(self, name: str) -> str:
        """Where the rule stands: document, place and how well it is known."""
        clause = self.clauses[name]
        return f"{self.ref}, {clause.doc}, {clause.at} ({clause.confidence})"


def read_rule(folder: Traversable) -> Rule:
    """Load and check ``rule.yaml`` in a rule folder.

    Raises:
        Refused: ``rule_invalid`` with the first faulty place.
    """
    data = read_yaml(folder.joinpath("rule.yaml").read_text(encoding="utf-8"))
    for key in ("required", "monthly", "may_be_negative"):
        _booleans(data, key)
    try:
        return Rule.model_validate(data)
    except ValidationError as error:
        faults = [
            Fault("rule_invalid", "/".join(str(part) for part in item["loc"]), str(item["input"])[:60], item["msg"])
            for item in error.errors()
        ]
        raise Refused(faults) from None


def _booleans(data: object, key: str) -> None:
    """YAML scalars arrive as text; the rule's own yes/no fields are read here."""
    if isinstance(data, dict):
        if isinstance(data.get(key), str):
            data[key] = {"true": True, "false": False}.get(data[key], data[key])
        for value in data.values():
            _booleans(value, key)


@cache
def load_rule(package: str) -> Rule:
    """The rule beside a module: ``RULE = load_rule(__package__)``."""
    return read_rule(files(package))


def version_key(version: str) -> tuple[int, ...]:
    """``1.10.0`` comes after ``1.9.0``."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
