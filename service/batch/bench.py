"""What all items of a batch are calculated with: releases, rules and releases of the graph, each opened once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

from factordb.layers import open_layers
from factordb.release import Release
from lca.enclosed import BITS
from lca.faults import Fault, Refused
from pcr.hashing import imported_methods, method_hash, rule_hash
from pcr.intake import rule_and_regime
from pcr.regime import Regime, regime_folders
from pcr.registry import InstalledRule
from service.batch.items import Facts
from service.batch.supply import Supply, graph_release, publish_graph
from service.calculate import Asked, derive, rule_of
from service.desk import DEFAULT_RELEASE
from service.intake import Sent
from service.records.statement import Derived
from service.records.store import RecordStore

KEPT: Final = 256
"""Releases of the graph held at once."""
UNSEALED_SECRET: Final = b"pcf batch --seal none"
"""Salts records that are never stored nor shown, so that the ids of their factors are the same in every run."""


@dataclass(frozen=True)
class Bench:
    """What all items of a batch are calculated with."""

    asked: Asked
    mode: str
    layers: tuple[Release, ...]
    """The releases asked for, opened once."""
    store: RecordStore | None
    """None: nothing is sealed here."""
    caller: str = "pcf batch"
    salt: bytes = b""
    """The secret of the store that another process seals into; empty where ``store`` tells it."""

    @cached_property
    def secret(self) -> bytes:
        return self.salt or (UNSEALED_SECRET if self.store is None else self.store.secret())

    @property
    def seals(self) -> bool:
        """Whether records are sealed, here or by the process that this one calculates for."""
        return self.store is not None or bool(self.salt)

    @cached_property
    def _rules(self) -> dict[str, tuple[InstalledRule, Regime]]:
        return {}

    @cached_property
    def _hashes(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def _digests(self) -> dict[int, tuple[Supply, str]]:
        """By identity; the supply is held, so that no other one takes its place in memory."""
        return {}

    @cached_property
    def _graphs(self) -> dict[tuple[str, ...], Release]:
        return {}

    @cached_property
    def _published(self) -> set[str]:
        return set()

    @cached_property
    def _studies(self) -> dict[str, tuple[str, list[str]]]:
        return {}

    @cached_property
    def _common(self) -> list[Any]:
        """What all keys share: the code and tables that calculate, the releases, what was asked, the store."""
        place = hashlib.sha256(b"store" + self.secret).hexdigest()
        pinned = [[item.id, item.sha256] for item in self.layers]
        code = [rule_hash(files("lca")), *(_modules(name) for name in ("pcr", "factordb", "service.records"))]
        return [code, pinned, self.asked.draft, self.asked.strict, place, self.seals]

    def key(self, facts: Facts, supplies: Mapping[str, Supply]) -> str:
        """All that the result of an item depends on; a supplier counts by the factor it became.

        Raises:
            Refused: a rule or regime that is not there.
        """
        found = sorted([name, self._digest(item)] for name, item in supplies.items())
        text = json.dumps([facts.sha256, self._rule(facts), self._common, found], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _digest(self, supply: Supply) -> str:
        """Of a supply's plain form; a shared part is asked for by all that take it, and written out once."""
        known = self._digests.get(id(supply))
        if known is None:
            text = json.dumps(supply.plain(), sort_keys=True)
            known = self._digests[id(supply)] = supply, hashlib.sha256(text.encode()).hexdigest()
        return known[1]

    def rule_of(self, data: Any) -> tuple[InstalledRule, Regime]:
        """The rule and regime that data name, each looked up once.

        Raises:
            Refused: see :func:`service.calculate.rule_of`.
        """
        name = json.dumps(rule_and_regime(data))
        if name not in self._rules:
            self._rules[name] = rule_of(data, self.asked)
        return self._rules[name]

    def _rule(self, facts: Facts) -> list[str]:
        rule, ver, regime_id = facts.rule
        installed, regime = self.rule_of({"rule": f"{rule} {ver}".strip(), "regime": regime_id})
        name = f"{installed.rule.ref} {regime.ref}"
        if name not in self._hashes:
            folder, methods = regime_folders()[regime.id], method_hash(imported_methods(installed.folder))
            self._hashes[name] = [name, installed.hash(), methods, rule_hash(folder)]
        return self._hashes[name]

    def graph_release(self, supplies: Iterable[Supply]) -> Release:
        """The release of what an item refers to; made once for all that refer to the same."""
        kept = list(supplies)
        names = tuple(sorted({item.factor.id for item in kept if item.factor is not None}))
        if names not in self._graphs:
            if len(self._graphs) >= KEPT:
                self._graphs.clear()
            self._graphs[names] = graph_release(kept)
        return self._graphs[names]

    def publish(self, store: RecordStore, release: Release) -> None:
        """Publish a release of the graph into the store, once.

        Raises:
            Refused: ``release_tampered``.
        """
        if release.id not in self._published:
            publish_graph(store, release)
            self._published.add(release.id)

    def claim(self, study: str, item: str, names: list[str]) -> None:
        """Note which item draws from instruments as a study; sealing a second would free what the first draws.

        Raises:
            Refused: ``batch_same_study`` where another item with other records is the same study.
        """
        holder, held = self._studies.setdefault(study, (item, names))
        if held != names:
            expected = "works, rule and period of its own"
            raise Refused([Fault("batch_same_study", item, holder, expected, values={"item": holder})])

    def derive(self, sent: Sent, extra: Release | None, *, bits: int = BITS) -> Derived:
        """Calculate beside the release of what the item refers to; nothing is stored.

        Raises:
            Refused: see :func:`service.calculate.derive`.
        """
        known = {release.id: release for release in (*self.layers, *([extra] if extra else []))}
        names = ([extra.id] if extra else []) + [release.id for release in self.layers]
        asked = replace(self.asked, release=",".join(names))
        installed, regime = self.rule_of(sent.data)
        return derive(sent, asked, known.__getitem__, under=regime, bits=bits, installed=installed)


def _modules(package: str) -> str:
    """A hash of the modules of a package, without those below it."""
    found = sorted((item for item in files(package).iterdir() if item.name.endswith(".py")), key=lambda item: item.name)
    return hashlib.sha256(b"\0".join(item.read_bytes() for item in found)).hexdigest()


def make_bench(
    asked: Asked, mode: str, releases: Callable[[str], Release], store: RecordStore | None, caller: str = "pcf batch"
) -> Bench:
    """Open the releases.

    Raises:
        Refused: see :func:`factordb.layers.open_layers`.
    """
    layers = tuple(open_layers(asked.release or DEFAULT_RELEASE, releases).releases)
    return Bench(asked, mode, layers, store, caller)
