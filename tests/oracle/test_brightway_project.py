"""A project that bw2data really wrote, read by our importer and solved: the same score as bw2calc's."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from factordb.imports import brightway_project
from factordb.imports.intake import Intake
from lca.faults import Refused
from service.background import solve
from tests.factordb.imports._lci import LICENCE, SOURCE
from tests.fixtures._need import missing

pytestmark = pytest.mark.brightway
WRITE = """
import bw2data, bw2calc
bw2data.projects.set_current("works")
bw2data.Database("nature").write({("nature", "co2"): {"name": "Carbon dioxide, fossil", "unit": "kilogram",
    "categories": ("air",), "type": "emission", "exchanges": []}})
def node(name, unit, *edges):
    return {"name": name, "reference product": name, "unit": unit, "location": "CN", "type": "process", "exchanges": [
        {"input": key, "type": kind, "amount": amount} for key, kind, amount in edges]}
steel, power, co2 = ("own", "steel"), ("own", "power"), ("nature", "co2")
bw2data.Database("own").write({
    steel: node("steel", "kilogram", (steel, "production", 1.0), (power, "technosphere", 2.0), (co2, "biosphere", 1.5)),
    power: node("power", "kilowatt hour", (power, "production", 8.0), (steel, "technosphere", 0.5),
                (co2, "biosphere", 6.0)),
})
method = bw2data.Method(("m",)); method.register(); method.write([(co2, 1.0)])
lca = bw2calc.LCA({steel: 1}, method=("m",))
lca.lci(); lca.lcia()
print(repr(float(lca.score)))
"""


def test_a_real_project_is_read_and_solved_alike(tmp_path: Path) -> None:
    """Amounts are powers of two and halves, which float32 holds; by hand s = (1.5 + 2 x 0.75) / (1 - 2/16) = 24/7."""
    if any(importlib.util.find_spec(name) is None for name in ("bw2data", "bw2calc")):
        missing("Brightway is not installed", "sh scripts/setup.sh dev")
    # bw2data keeps one folder per interpreter: writer and reader are programs of their own.
    folder = tmp_path / "brightway"
    folder.mkdir()
    environment = {**os.environ, "BRIGHTWAY2_DIR": str(folder)}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WRITE], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    score = float(ran.stdout.split()[-1])
    assert abs(score - 24 / 7) < 1e-12
    read = (
        "from pathlib import Path; import sys; from factordb.imports import brightway_project as b; "
        "from factordb.imports.intake import Intake; from service.background import solve; "
        "from tests.factordb.imports._lci import LICENCE, SOURCE; i = Intake(SOURCE, LICENCE); "
        "b.read(Path(sys.argv[1]), i); print(*[f'{f.id}={f.value}' for f in solve(i.processes.values(), {})])"
    )
    command = [sys.executable, "-W", "ignore", "-c", read, str(folder / "works" / "own")]
    root = Path(__file__).resolve().parents[2]
    plain = {key: value for key, value in os.environ.items() if key != "BRIGHTWAY2_DIR"}
    ran = subprocess.run(command, env=plain, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[-2:] == ["own-power=0.9642857143", "own-steel=3.428571429"]  # 27/28 and 24/7


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    if importlib.util.find_spec("bw2data") is None:
        missing("bw2data is not installed", "sh scripts/setup.sh dev")
    with pytest.raises(Refused) as caught:
        brightway_project.read(tmp_path / "gone" / "project" / "database", Intake(SOURCE, LICENCE))
    assert [fault.code for fault in caught.value.faults] == ["import_unreadable"]
    assert solve([], {}) == []
