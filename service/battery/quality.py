"""Highest data-quality ratings a scheme admits, for the study: parameters of the scheme, not constants of code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.faults import Refused
from pcr.hashing import imported_methods, method_hash
from pcr.methods.quality.v1 import load_scheme
from pcr.registry import find_rule


def thresholds(identity: Mapping[str, Any], scheme_id: str) -> list[list[Any]]:
    """Kind of data set, highest rating, that of another edition; empty where the recorded methods are not installed."""
    rule = identity["rule"]
    try:
        installed = find_rule(rule["id"], rule["version"])
        scheme = load_scheme(scheme_id)
    except Refused:
        return []
    if method_hash(imported_methods(installed.folder)) != rule["methods_sha256"]:
        return []
    return [
        [dict(need.label), need.most.text(), "" if need.other is None else need.other.text()]
        for need in scheme.needs.values()
    ]
