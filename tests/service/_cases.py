"""Small complete inputs for the service's tests, and ways to call it in a process of its own."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from typer.testing import CliRunner

from lca.doors import read_yaml
from service.calculate import Asked, Calculated, calculate
from service.cli import app
from service.intake import Sent, composed
from service.records.store import RecordStore

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CEMENT = EXAMPLES / "cement_works_2024.yaml"
BATTERY = EXAMPLES / "li_ion_battery_lfp_2024.yaml"
BOM = EXAMPLES / "li_ion_battery_bom_2024.yaml"


def example(path: Path = CEMENT) -> dict[str, Any]:
    """A fresh copy of an example's plain data."""
    return copy.deepcopy(read_yaml(path.read_text(encoding="utf-8")))


def row(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in data["rows"] if item["id"] == name)


def sent(data: Any) -> Sent:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return Sent(composed(data), text.encode(), "application/json", "test")


def run(data: Any, store: RecordStore, **asked: Any) -> Calculated:
    return calculate(sent(data), Asked(**asked), store, caller="test")


def pcf(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in this process, English unless the environment says otherwise: its start costs nothing."""
    given = {"PCF_LANG": "en", **os.environ, **environment}
    with contextlib.chdir(cwd), mock.patch.dict(os.environ, given):
        done = CliRunner().invoke(app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def pcf_alone(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed command in a process of its own, where that is what a test is about."""
    given = {"PCF_LANG": "en", **os.environ, **environment}
    command = [sys.executable, "-m", "service.cli", *words]
    return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, timeout=120, check=False)
