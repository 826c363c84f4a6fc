"""Write the hashes of rules, regimes, methods and tables to ``*/data/frozen.toml``. Before the first tag only."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pcr.hashing import rule_hash
from pcr.regime import load_regime, regime_folders
from pcr.registry import installed_rules

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# SHA-256 of what is shipped. Until the first tag a line may change with its files;
# after it a new version is a new folder.
"""


def section(kind: str, found: dict[str, str]) -> str:
    return "".join(f'\n[{kind}."{name}"]\nsha256 = "{value}"\n' for name, value in sorted(found.items()))


def main() -> None:
    rules = {
        f"{item.rule.id} {item.rule.version}": item.hash()
        for item in installed_rules()
        if item.package.startswith("pcr.")
    }
    regimes = {f"{name} {load_regime(name).version}": rule_hash(folder) for name, folder in regime_folders().items()}
    folders = sorted((ROOT / "pcr" / "methods").glob("*/v*"))
    methods = {f"{folder.parent.name}.{folder.name}": rule_hash(folder) for folder in folders}
    text = HEAD + section("rule", rules) + section("regime", regimes) + section("method", methods)
    (ROOT / "pcr" / "data" / "frozen.toml").write_text(text, encoding="utf-8")
    tables = {
        f"{kind} {path.stem}": hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()
        for kind in ("units", "gwp")
        for path in sorted((ROOT / "lca" / "data" / kind).iterdir())
    }
    (ROOT / "lca" / "data" / "frozen.toml").write_text(HEAD + section("table", tables), encoding="utf-8")


if __name__ == "__main__":
    main()
