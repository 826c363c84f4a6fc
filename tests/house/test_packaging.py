"""The promises that packaging makes: pinned, hashed, tied to no machine, and the right things shipped."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from service.commands.running import DEMO

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("uv", "run", "dev", "legacy")
SHELL_SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))
PACKAGING = [
    ROOT / name for name in ("pyproject.toml", "Makefile", "Dockerfile", "locks/README.md", ".ci/run")
] + SHELL_SCRIPTS

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)(\[[a-z,]+\])?==(?P<version>[^ ;\\]+)")


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def requirements(lock: str) -> list[str]:
    """The lock's requirements, each on one line with its hashes."""
    text = (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def pins(lock: str) -> set[tuple[str, str]]:
    found = set()
    for line in requirements(lock):
        match = PIN.match(line)
        assert match, f"locks/{lock}.txt: not a pin: {line[:80]}"
        found.add((match["name"], match["version"]))
    return found


def project_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    assert pins(lock)
    for line in requirements(lock):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), f"locks/{lock}.txt: no hash: {line[:80]}"


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_index_and_no_path(lock: str) -> None:
    text = (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")
    for forbidden in ("://", "--index", "--extra-index", "--find-links", "file:", " @ ", str(ROOT), "/tmp"):
        assert forbidden not in text, f"locks/{lock}.txt has {forbidden!r}"


@pytest.mark.parametrize("path", PACKAGING, ids=lambda path: path.name)
def test_packaging_files_name_no_package_index(path: Path) -> None:
    text = path.read_text("utf-8")
    # put together here, so that this file does not name them either
    for host in ("pythonho" + "sted", "pypi." + "org", "deb.deb" + "ian", "registry.npm" + "js"):
        assert host not in text, f"{path.name} names {host}"


def test_run_lock_holds_every_dependency_and_the_build_backend() -> None:
    project = pyproject()
    names = {name for name, _ in pins("run")}
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    assert {project_name(requirement) for requirement in wanted} <= names


def test_dev_lock_is_the_run_lock_and_more() -> None:
    assert pins("run") <= pins("dev")
    extras = pyproject()["project"]["optional-dependencies"]
    names = {name for name, _ in pins("dev")}
    assert {project_name(requirement) for requirement in extras["dev"] + extras["brightway"]} <= names


def test_legacy_lock_is_the_old_brightway_alone() -> None:
    versions = dict(pins("legacy"))
    assert versions["brightway2"] == "2.4.7"
    assert versions["bw2data"].startswith("3.")
    assert dict(pins("dev"))["bw2data"].startswith("4.")


def test_pyproject_says_what_is_promised() -> None:
    project = pyproject()
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["project"]["scripts"] == {"pcf": "service.cli:main"}
    rules = project["project"]["entry-points"]["pcr.rules"]
    assert rules["cement"] == "pcr.classes.cement"
    assert rules["li_ion_battery"] == "pcr.classes.li_ion_battery"
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["lca", "pcr", "factordb", "service"]
    included = wheel["force-include"]
    assert included.pop("migrations") == "service/_migrations"
    assert included == {f"examples/{name}": f"service/_examples/{name}" for name in DEMO}


def test_image_installs_the_same_lock() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r locks/run.txt" in text
    assert "USER pcf" in text
    assert "HEALTHCHECK" in text


@pytest.mark.parametrize("path", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_posix_shell(path: Path) -> None:
    checker = shutil.which("dash") or shutil.which("sh")
    assert checker
    result = subprocess.run([checker, "-n", str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_wheel_ships_our_packages_and_the_migrations_only(tmp_path: Path) -> None:
    # PEP 517 in place: the build backend is in the lock, so nothing is fetched
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops <= {"lca", "pcr", "factordb", "service"}
    shipped = {name.removeprefix("service/_migrations/") for name in names if "/_migrations/" in name}
    here = {
        path.relative_to(ROOT / "migrations").as_posix()
        for path in (ROOT / "migrations").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == here
