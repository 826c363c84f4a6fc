"""Released things keep their bytes: every hash in ``*/data/frozen.toml`` is that of the files shipped.

Until the first tag a line may change together with its files, in the same commit; after it, a new version is a new
folder.
"""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import files
from pathlib import Path

from pcr.hashing import rule_hash
from pcr.regime import load_regime, regime_folders
from pcr.registry import installed_rules

ROOT = Path(__file__).resolve().parents[2]


def frozen(room: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((ROOT / room / "data" / "frozen.toml").read_text(encoding="utf-8"))


def test_rules() -> None:
    found = {
        f"{item.rule.id} {item.rule.version}": item.hash()
        for item in installed_rules()
        if item.package.startswith("pcr.")
    }
    assert found == {name: entry["sha256"] for name, entry in frozen("pcr")["rule"].items()}


def test_regimes() -> None:
    found = {f"{name} {load_regime(name).version}": rule_hash(folder) for name, folder in regime_folders().items()}
    assert found == {name: entry["sha256"] for name, entry in frozen("pcr")["regime"].items()}


def test_methods() -> None:
    folders = sorted((ROOT / "pcr" / "methods").glob("*/v*"))
    found = {f"{folder.parent.name}.{folder.name}": rule_hash(folder) for folder in folders}
    assert found == {name: entry["sha256"] for name, entry in frozen("pcr")["method"].items()}


def test_tables() -> None:
    found = {}
    for kind in ("units", "gwp"):
        for item in files("lca").joinpath(f"data/{kind}").iterdir():
            text = item.read_text(encoding="utf-8").replace("\r\n", "\n")
            found[f"{kind} {Path(item.name).stem}"] = hashlib.sha256(text.encode()).hexdigest()
    assert found == {name: entry["sha256"] for name, entry in frozen("lca")["table"].items()}
