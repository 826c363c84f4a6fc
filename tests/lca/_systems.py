"""Systems shared by the tests: textbook cases with hand solutions, random ones, and an independent solver.

The hand calculations stand in ``docs/worked/textbook_systems.md``; the solver is Gauss and Jordan over Python's own
``Fraction``, which shares no line with FLINT, scipy or ``lca``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lca.exact import Exact
from lca.system import LinearSystem, make_system

Q = Fraction


@dataclass(frozen=True)
class Textbook:
    """A system with its hand solution. ``levels`` and ``inventory`` are fractions worked out on paper."""

    name: str
    products: tuple[str, ...]
    processes: tuple[str, ...]
    flows: tuple[str, ...]
    a: tuple[tuple[Fraction | int, ...], ...]
    b: tuple[tuple[Fraction | int, ...], ...]
    demand: Mapping[str, Fraction | int]
    levels: Mapping[str, Fraction | int]
    inventory: Mapping[str, Fraction | int]
    methods: Mapping[str, Sequence[Fraction | int]] = field(default_factory=dict)
    scores: Mapping[str, Fraction | int] = field(default_factory=dict)

    def system(self) -> LinearSystem:
        return make_system(
            {(p, q): exact(self.a[i][j]) for i, p in enumerate(self.products) for j, q in enumerate(self.processes)},
            {(f, q): exact(self.b[i][j]) for i, f in enumerate(self.flows) for j, q in enumerate(self.processes)},
            {name: dict(zip(self.flows, map(exact, row), strict=True)) for name, row in self.methods.items()},
        )

    def wanted(self) -> dict[str, Exact]:
        return {product: exact(amount) for product, amount in self.demand.items()}

    def bare(self) -> dict[str, Any]:
        return {
            "products": list(self.products),
            "processes": list(self.processes),
            "flows": list(self.flows),
            "A": [[written(value) for value in row] for row in self.a],
            "B": [[written(value) for value in row] for row in self.b],
            "methods": {name: [written(value) for value in row] for name, row in self.methods.items()},
            "demand": {product: written(amount) for product, amount in self.demand.items()},
        }


def exact(value: Fraction | int) -> Exact:
    return Exact(Q(value).numerator, Q(value).denominator)


def fraction(value: Exact) -> Fraction:
    return Fraction(value.numerator, value.denominator)


def fractions(values: Mapping[str, Exact]) -> dict[str, Fraction]:
    return {name: fraction(value) for name, value in values.items()}


def written(value: Fraction | int) -> str:
    """Decimal text of a fraction whose decimal ends, made without ``lca``."""
    value = Q(value)
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        assert places <= 60, f"{value} has no ending decimal"
    whole = str(abs((value * 10**places).numerator)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{whole[:-places]}.{whole[-places:]}" if places else whole)


def gauss(a: Sequence[Sequence[Fraction | int]], f: Sequence[Fraction | int]) -> list[Fraction]:
    """Gauss and Jordan over fractions. Singular: ``ArithmeticError``."""
    size = len(f)
    rows = [[Q(value) for value in row] + [Q(right)] for row, right in zip(a, f, strict=True)]
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            raise ArithmeticError("singular")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                rows[i] = [value - rows[i][k] * own for value, own in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


ELECTRICITY = Textbook(
    # Heijungs and Suh 2002, ch. 2: 2 l of fuel make 10 kWh; 50 kg of crude oil make 100 l.  Sheet W1.
    "electricity and fuel",
    ("electricity", "fuel"),
    ("generation", "refinery"),
    ("CO2", "SO2", "crude oil"),
    ((10, 0), (-2, 100)),
    ((1, 10), (Q(1, 10), 2), (0, -50)),
    {"electricity": 1000},
    {"generation": 100, "refinery": 2},
    {"CO2": 120, "SO2": 14, "crude oil": -100},
    {"acid and warm": (1, 5, 0)},
    {"acid and warm": 190},
)
COGENERATION = Textbook(
    # Two outputs, the heat credited with a boiler that runs backwards.  Sheet W2.
    "substitution",
    ("electricity", "heat", "fuel"),
    ("boiler", "cogeneration", "refinery"),
    ("CO2",),
    ((0, 10, 0), (90, 18, 0), (-5, -2, 100)),
    ((3, 1, 10),),
    {"electricity": 1000},
    {"boiler": -20, "cogeneration": 100, "refinery": 1},
    {"CO2": 50},
    {"warm": (1,)},
    {"warm": 50},
)
WASTE_MADE = Textbook(
    # A product leaves 1/4 kg of waste; the treatment's only column entry is what it takes in.  Sheet W3.
    "waste to treatment",
    ("thing", "waste"),
    ("making", "treatment"),
    ("CO2",),
    ((1, 0), (Q(1, 4), -1)),
    ((2, Q(1, 2)),),
    {"thing": 8},
    {"making": 8, "treatment": 2},
    {"CO2": 17},
    {"warm": (1,)},
    {"warm": 17},
)
WASTE_TREATED = Textbook(
    # The service of treating 1,000 kg: a negative demand for waste; burning it makes heat.  Sheet W4.
    "treatment as the reference flow",
    ("ash", "waste"),
    ("incineration", "landfill"),
    ("CO2", "leachate"),
    ((Q(1, 5), -1), (-1, 0)),
    ((Q(3, 4), 0), (0, Q(1, 100))),
    {"waste": -1000},
    {"incineration": 1000, "landfill": 200},
    {"CO2": 750, "leachate": 2},
    {"warm": (1, 25)},
    {"warm": 800},
)
WASTE_USED = Textbook(
    # A kiln burns waste that would have been dumped: the dump runs backwards.  Sheet W5.
    "waste as an input",
    ("clinker", "waste"),
    ("dump", "kiln"),
    ("CH4", "CO2"),
    ((0, 1), (-1, Q(-1, 2))),
    ((Q(1, 25), 0), (0, Q(4, 5))),
    {"clinker": 10},
    {"dump": -5, "kiln": 10},
    {"CH4": Q(-1, 5), "CO2": 8},
    {"warm": (30, 1)},
    {"warm": 2},
)
LOOP = Textbook(
    # Steel for the machine that makes the power for the steel, gain 999/1000 round the loop.  Sheet W6.
    "loop of gain 0.999",
    ("power", "steel"),
    ("mill", "plant"),
    ("CO2",),
    ((Q(-999, 1000), 1), (1, -1)),
    ((1, 2),),
    {"steel": 1},
    {"mill": 1000, "plant": 999},
    {"CO2": 2998},
    {"warm": (1,)},
    {"warm": 2998},
)
MAGNITUDES = Textbook(
    # Coefficients from 1e-12 to 1e9 in one column.  Sheet W7.
    "eleven orders and ten",
    ("alloy", "catalyst", "water"),
    ("melting", "synthesis", "well"),
    ("CO2", "trace"),
    ((1, 0, 0), (Q(-1, 10**12), 1, 0), (-(10**9), 0, 10**3)),
    ((Q(1, 10**12), 10**9, 0), (0, 0, Q(1, 10**12))),
    {"alloy": 7},
    {"melting": 7, "synthesis": Q(7, 10**12), "well": 7 * 10**6},
    {"CO2": Q(7, 10**12) + Q(7, 10**3), "trace": Q(7, 10**6)},
    {"warm": (1, 0)},
    {"warm": Q(7, 10**12) + Q(7, 10**3)},
)
TEXTBOOK = (ELECTRICITY, COGENERATION, WASTE_MADE, WASTE_TREATED, WASTE_USED, LOOP, MAGNITUDES)


@dataclass(frozen=True)
class Drawn:
    """A random system with plain matrices beside it."""

    a: list[list[Fraction]]
    b: list[list[Fraction]]
    f: list[Fraction]
    c: list[Fraction]

    @property
    def size(self) -> int:
        return len(self.f)

    def products(self) -> list[str]:
        return [f"p{i}" for i in range(self.size)]

    def processes(self) -> list[str]:
        return [f"m{i}" for i in range(self.size)]

    def flows(self) -> list[str]:
        return [f"e{i}" for i in range(len(self.b))]

    def textbook(self) -> Textbook:
        return Textbook(
            "random",
            tuple(self.products()),
            tuple(self.processes()),
            tuple(self.flows()),
            tuple(map(tuple, self.a)),
            tuple(map(tuple, self.b)),
            dict(zip(self.products(), self.f, strict=True)),
            {},
            {},
            {"score": self.c},
        )


@st.composite
def drawn_systems(draw: st.DrawFn, most: int = 6) -> Drawn:
    """Well-conditioned: every column's own output is larger than all it takes in together, as decimals."""
    size = draw(st.integers(1, most))
    count = draw(st.integers(1, 3))
    small = st.integers(-90, 20)
    a = [[Q(draw(small), 1000) for _ in range(size)] for _ in range(size)]
    for k in range(size):
        a[k][k] = Q(draw(st.integers(1000, 99000)), 1000)
    b = [[Q(draw(st.integers(-5000, 90000)), 100) for _ in range(size)] for _ in range(count)]
    f = [Q(draw(st.integers(-500, 5000)), 10) for _ in range(size)]
    c = [Q(draw(st.integers(-10, 300)), 10) for _ in range(count)]
    return Drawn(a, b, f, c)
