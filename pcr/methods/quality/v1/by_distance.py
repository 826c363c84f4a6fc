"""Rating of a result by a scheme, from the distance of each factor: what ``lca.rating`` carries out after the solve."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lca.deferred import Rate
from lca.doors import read_yaml
from lca.exact import Exact
from pcr.methods.quality.v1.scheme import load_scheme


@cache
def _table() -> Any:
    return read_yaml(files(__package__).joinpath("by_distance.yaml").read_text(encoding="utf-8"))


def rating_term(scheme_id: str) -> Rate:
    """The deferred term that rates a study by a scheme.

    Raises:
        Refused: ``choice_unknown`` for a scheme there is not.
    """
    scheme, table = load_scheme(scheme_id), _table()
    scores = {
        f"{item.id}/{condition}": Exact.parse(text)
        for item in scheme.criteria
        for condition, text in table[scheme_id][item.id].items()
    }
    levels = tuple((level.id, level.most) for level in scheme.levels)
    criteria = tuple(item.id for item in scheme.criteria)
    return Rate(scheme_id, criteria, scores, levels, table["because"]["en"], table["because"]["zh"])
