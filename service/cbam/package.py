"""The folder a report leaves: documents, a supplier's communication, the trace, and what a verifier re-runs it from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from lca.exact import Exact
from lca.faults import Collector, Fault, Refused
from pcr.regimes.cbam.v1.dated import RULE
from pcr.regimes.cbam.v1.plant.precursors import PACKAGE
from pcr.regimes.cbam.v1.plant.units import SHOWN
from service.cbam.adapters import adapter
from service.cbam.fields import word
from service.cbam.neutral_out import neutral
from service.cbam.page import page
from service.cbam.report import DOCUMENTS, document, missing
from service.cbam.run import Asked
from service.cbam.see import Seen, output
from service.cbam.verification import accounting, readable, verification
from service.text.words import Language

MANIFEST: Final = "MANIFEST.json"
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
Files = dict[str, bytes]


def package(
    found: Seen, data: Any, folder: Path, asked: Asked, adapters: Sequence[str] = ()
) -> tuple[Files, list[str]]:
    """Every file of the folder by name, and the fields of the report that are missing.

    ``adapters``: names of installed adapters; each adds one file under its name.

    Raises:
        Refused: ``cbam_not_an_installation``, ``cbam_report_provisional``, ``cbam_adapter``.
    """
    held = {name: adapter(name) for name in adapters}
    documents = {kind: document(found, kind) for kind in DOCUMENTS}
    files: Files = {"installation.json": _json(data)}
    for kind, made in documents.items():
        files[f"{kind}.json"] = _json(made)
        for language in LANGUAGES:
            files[f"{kind}.{language}.html"] = page(made, language).encode("utf-8")
    checked = verification(found, folder, asked)
    files["verification.json"] = _json(checked)
    for language in LANGUAGES:
        files[f"verification.{language}.html"] = page(readable(found, checked), language).encode("utf-8")
    plain = {**documents, "communication": communication(found), "neutral": neutral(found), "see": output(found)}
    files |= {f"{name}.json": _json(plain[name]) for name in ("communication", "neutral", "see")}
    files |= {name: made(plain) for name, made in held.items()}
    files |= _attached(found, folder, asked)
    files[MANIFEST] = _json(_manifest(found, asked, files))
    lacking = [f"{kind}: {name}" for kind in ("report", "plan") for name in missing(documents[kind])]
    return files, lacking


def communication(found: Seen) -> dict[str, Any]:
    """What a customer enters with basis ``communication``: exact figures per functional unit, no activity data."""
    built = found.built
    assert built is not None
    records = built.form.records
    period = records["period"]
    goods = []
    for good in built.goods:
        held = found.goods[good.process]
        goods.append({
            "id": good.id, "cn": good.cn, "name": good.name, "functional_unit": SHOWN[good.unit],
            "content": good.content.text(), "see_direct": held.direct.text(), "see_indirect": held.indirect.text(),
            "default_direct": held.default[0].text(), "default_indirect": held.default[1].text(),
            "electricity_MWh": held.electricity.text(),
            "sefa": None if held.allocation is None else held.allocation.text(),
        })  # fmt: skip
    return {
        "schema": PACKAGE,
        "status": dict(word("status")),
        "operator": _texts(records["operator"].values),
        "installation": _texts(records["installation"].values),
        "verifier": _texts(records["verifier"].values),
        "period": {"from": period.text("from"), "to": period.text("to")},
        "regime": built.form.mode,
        "accounting": accounting(found),
        "goods": goods,
    }


def _manifest(found: Seen, asked: Asked, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "schema": "cbam-package/1",
        "accounting": accounting(found),
        "asked": {"regime": asked.regime, "grid": "grid.csv" if asked.grid else ""},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }


def _attached(found: Seen, folder: Path, asked: Asked) -> Files:
    """Copies of the files the installation names, under their own names, and of the user's grid table."""
    built = found.built
    assert built is not None
    names = [row.text("hourly") for row in built.form.tables["streams"] if row.text("hourly")]
    names += [row.text("package") for row in built.form.tables["lots"] if row.text("package")]
    held = {f"inputs/{name}": (folder / name).read_bytes() for name in names}
    return held | ({"inputs/grid.csv": asked.grid.read_bytes()} if asked.grid else {})


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a package into a folder that holds nothing yet.

    Raises:
        Refused: ``cbam_folder_full`` for a folder with files in it: corrections never overwrite what was handed out.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused([Fault("cbam_folder_full", str(folder), "files in it", "an empty or a new folder", RULE)])
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def tampered(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Names of the files that are not those of the manifest: changed, missing or added."""
    told: Mapping[str, str] = manifest["files"]
    held = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST
    }  # fmt: skip
    return sorted(name for name in {*told, *held} if told.get(name) != held.get(name))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a package.

    Raises:
        Refused: ``cbam_package_folder`` where there is none that can be read.
    """
    faults = Collector()
    try:
        held: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if held.get("schema") == "cbam-package/1" and isinstance(held.get("files"), dict):
            return held
        found = str(held.get("schema"))
    except (OSError, ValueError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
    faults.add(Fault("cbam_package_folder", str(folder), found, f"a folder of pcf cbam report with {MANIFEST}", RULE))
    raise Refused(faults.faults)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: item.text() if isinstance(item, Exact) else str(item) for key, item in values.items()}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
