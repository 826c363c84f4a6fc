"""The real EcoSpold database of the public data (USLCI) beside the made-up background, the peer on the same matrices.

Our importer reads the file; both sides solve the matrices that come of it, so nothing here compares importers. What no
process of the file makes is cut off on both sides. The one indicator is kg CO2e under AR6.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.synthetic import Synthetic

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = Path(os.environ.get("PCF_PUBLIC_DATA", ROOT / ".." / "shared" / "data" / "raw"))
FILE: Final = "uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip"


def uslci() -> tuple[Synthetic, float] | None:
    """The database and the seconds its import took; None without the public data."""
    from factordb.imports import registry
    from lca.gases import Flow, characterise
    from service.background_system import Assembled

    path = DATA / FILE
    if not path.is_file():
        return None
    start = time.perf_counter()
    intake = registry.run("ecospold1", path)
    seconds = time.perf_counter() - start
    system = Assembled([intake.processes[name] for name in sorted(intake.processes)], {})
    large = system.large()
    factors = np.array([[float(characterise(Flow.read(flow), "AR6", "one")) for flow in system.flows]])
    b = csr_array(np.asarray(system.b).T)
    return Synthetic(large.labels, csr_array(large.transposed.T), b, factors, 0), seconds
