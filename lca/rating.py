"""Data-quality rating (数据质量评级): scores of each contribution by a scheme, weighted by absolute contribution.

``DQR_study = sum(|c_i| DQR_i) / sum(|c_i|)``, DQR_i the mean of the scheme's criteria (battery rules section 10 and
general rules section 6.1 of the domain notes; the absolute value on credits is a convention of this project).  A
gap has the worst condition of every criterion; where its range is open above, the rating is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lca.deferred import Rate
from lca.exact import ZERO, Exact, total
from lca.inventory import Gap, Line, ResolvedFactor
from lca.weigh import Band, magnitude

CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "technology": ("own", "supplier", "same", "near", "unknown"),
    "geography": ("own", "same", "other", "unknown"),
    "time": ("own", "up_to_3", "up_to_6", "up_to_10", "over_10", "unknown"),
    "precision": ("measured", "calculated", "estimated"),
}
"""What a scheme gives scores to, best first; a criterion's last condition is its worst."""
_YEARS: Final = ((3, "up_to_3"), (6, "up_to_6"), (10, "up_to_10"))


@dataclass(frozen=True, slots=True)
class Rating:
    """Rating of a study; ``score`` None: not known, because a gap is open above."""

    scheme: str
    score: Exact | None
    criteria: Mapping[str, Exact]
    level: str
    because: Mapping[str, str]


def conditions(line: Line, answer: ResolvedFactor | Gap | None) -> dict[str, str]:
    """The condition of a line under each criterion. ``answer``: its factor; None for an emission of the works."""
    precision = line.basis
    if isinstance(answer, Gap):
        return {"technology": "unknown", "geography": "unknown", "time": "unknown", "precision": "estimated"}
    if answer is None:
        technology = "own" if (line.data_class or "measured") == "measured" else "same"
        return {"technology": technology, "geography": "own", "time": "own", "precision": precision}
    near = "near" if "technology" in answer.distance else "same"
    technology = "supplier" if answer.data_class == "supplier" else near
    geography = "other" if "place" in answer.distance else "same"
    asked = line.factor.year if line.factor is not None else None
    return {"technology": technology, "geography": geography, "time": _age(answer, asked), "precision": precision}


def _age(answer: ResolvedFactor, asked: int | None) -> str:
    if not answer.year or asked is None:
        return "unknown"
    away = abs(asked - int(answer.year))
    for most, name in _YEARS:
        if away <= most:
            return name
    return "over_10"


def rate(term: Rate, parts: Iterable[tuple[Line, ResolvedFactor | Gap | None, Band]]) -> Rating:
    """The study's rating from its lines, their answers and what each contributes."""
    said = {"en": term.because, "zh": term.because_zh}
    bands: dict[tuple[str, ...], list[Exact]] = {}
    known = True
    for line, answer, band in parts:
        known = known and band.low is not None and band.high is not None
        found = conditions(line, answer)
        bands.setdefault(tuple([found[name] for name in term.criteria]), []).append(magnitude(band))
    groups = {key: total(weights) for key, weights in bands.items()}
    weighted, whole = dict.fromkeys(term.criteria, ZERO), ZERO
    for key, weight in groups.items():  # few: most lines are alike
        for name, condition in zip(term.criteria, key, strict=True):
            weighted[name] += weight * term.scores[f"{name}/{condition}"]
        whole += weight
    if not known or not whole:
        return Rating(term.scheme, None, {}, "", said)
    criteria = {name: value / whole for name, value in weighted.items()}
    score = sum(criteria.values(), ZERO) / len(criteria)
    level = next((name for name, most in term.levels if score <= most), term.levels[-1][0] if term.levels else "")
    return Rating(term.scheme, score, criteria, level, said)
