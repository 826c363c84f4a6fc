"""Words of the rule and regime a record was made with: labels, boundary, standards, sentences.

A record names its inputs by id. The words come from the installed rule only where its hash is the recorded one, so a
page never describes an old record in the words of a newer rule; otherwise the ids stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lca.faults import Refused
from pcr.hashing import rule_hash
from pcr.regime import Regime, load_regime, regime_folders
from pcr.registry import find_rule
from pcr.rulebook import Rule


def rule_of(identity: Mapping[str, Any]) -> Rule | None:
    """The recorded rule, where exactly its bytes are installed."""
    rule = identity["rule"]
    return _rule(rule["id"], rule["version"], rule["sha256"])


def regime_of(identity: Mapping[str, Any]) -> Regime | None:
    """The recorded regime, where exactly its bytes are installed."""
    regime = identity["regime"]
    return _regime(regime["id"], regime["sha256"])


@lru_cache(maxsize=64)
def _rule(rule_id: str, version: str, sha256: str) -> Rule | None:
    try:
        installed = find_rule(rule_id, version)
    except Refused:
        return None
    return installed.rule if installed.hash() == sha256 else None


@lru_cache(maxsize=64)
def _regime(regime_id: str, sha256: str) -> Regime | None:
    folder = regime_folders().get(regime_id)
    return load_regime(regime_id) if folder is not None and rule_hash(folder) == sha256 else None
