"""The USLCI background against Brightway: bw2io reads the exchanges, links and writes them, bw2calc solves.

bw2io 0.9.17 cannot read the file as it stands: its schema check refuses an author of 41 characters and its heads stop
at an empty year. So the schema is switched off and the heads of the data sets are read here; exchanges, links, matrix
and solution are Brightway's own. The scope is that of the import: what the import refused is not written, and a name,
place and unit that several data sets share is no target, since bw2io's linker stops at one. Characterisation: AR6 of
the GWP table, by CAS numbers that are typed below a second time.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from factordb.imports import ecospold1
from factordb.imports.intake import Intake
from service.background import solved
from tests.factordb.imports._raw import ROOT, raw
from tests.fixtures._need import missing

pytestmark = [pytest.mark.brightway, pytest.mark.slow]
SEED, HOW_MANY, LIMIT = 20261121, 20, 1e-9
SINGLE = 1e-6
"""bw_processing keeps the amounts of a stored database as float32, good to 6e-8 each."""
FILE = "uslci_fy21q3/uslci_fy21_q3_01_ecospold2.zip"
CAS = {
    "000124-38-9": "CO2", "000074-82-8": "CH4_fossil", "010024-97-2": "N2O", "002551-62-4": "SF6",
    "007783-54-2": "NF3", "000075-46-7": "HFC-23", "000075-10-5": "HFC-32", "000354-33-6": "HFC-125",
    "000811-97-2": "HFC-134a", "000430-66-0": "HFC-143", "000420-46-2": "HFC-143a", "000075-37-6": "HFC-152a",
    "000460-73-1": "HFC-245fa", "000075-73-0": "PFC-14", "000076-16-4": "PFC-116", "000678-26-2": "PFC-41-12",
    "000075-45-6": "HCFC-22", "000075-69-4": "CFC-11", "000075-71-8": "CFC-12",
}  # fmt: skip
AIR = ("emission/air", "air/", "troposphere/", "urban/", "rural/")


@pytest.fixture(scope="module")
def brightway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    if any(importlib.util.find_spec(name) is None for name in ("bw2io", "bw2data", "bw2calc")):
        missing("Brightway is not installed", "sh scripts/setup.sh dev")
    before = os.environ.get("BRIGHTWAY2_DIR")
    os.environ["BRIGHTWAY2_DIR"] = str(tmp_path_factory.mktemp("brightway"))
    yield
    if before is None:
        del os.environ["BRIGHTWAY2_DIR"]
    else:
        os.environ["BRIGHTWAY2_DIR"] = before


def gwp() -> dict[str, float]:
    with (ROOT / "lca/data/gwp/1.0.0.csv").open(encoding="utf-8") as file:
        return {row["gas"]: float(row["AR6"]) for row in csv.DictReader(file) if row["AR6"]}


def factor_of(exchange: dict[str, Any], resource: bool, table: dict[str, float]) -> float:
    """AR6 per kg of an elementary exchange; carbon dioxide taken from the air counts -1."""
    where = "/".join(filter(None, exchange["categories"])) + "/"
    gas = CAS.get((exchange.get("CAS number") or "").zfill(11), "")
    if resource:
        return -1.0 if gas == "CO2" and where.startswith(("resource/air", "air/", "emission/air")) else 0.0
    return table[gas] if gas and where.startswith(AIR) else 0.0


def their_data(scope: set[str]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Data sets in Brightway's form, exchanges by bw2io's extractor; flows of nature beside them."""
    from bw2io.extractors import Ecospold1DataExtractor
    from lxml import objectify
    from pyecospold.core import EcospoldLookupV1

    with zipfile.ZipFile(raw(FILE)) as archive:
        name = max(archive.namelist(), key=lambda item: archive.getinfo(item).file_size)
        text = archive.read(name)
    parser = objectify.makeparser()
    parser.set_element_class_lookup(EcospoldLookupV1())
    root = objectify.parse(io.BytesIO(text), parser).getroot()
    table, data, nature = gwp(), [], {}
    for element in root.datasets:
        number = element.get("number")
        if number not in scope:
            continue
        head = element.metaInformation.processInformation
        function = head.referenceFunction
        exchanges = []
        made = 0
        for item, exchange in zip(
            element.flowData.exchanges, Ecospold1DataExtractor.process_exchanges(element), strict=True
        ):
            if exchange["type"] == "biosphere" or exchange["categories"][0] == "Ecosystem Services":
                resource = item.groupsStr[0] == "FromNature"
                factor = factor_of(exchange, resource, table)
                if factor and exchange["unit"] == "kg":
                    code = f"{exchange['name']}|{exchange['categories']}|{resource}"
                    nature[code] = {"factor": factor, "name": exchange["name"]}
                    exchange |= {"type": "biosphere", "input": ("nature", code)}
                    exchanges.append(exchange)
            elif exchange["type"] == "technosphere":
                exchanges.append(exchange)
            elif item.groupsStr[0] == "ReferenceProduct":
                exchanges.append(exchange | {"input": ("uslci", number)})
                made += 1
        assert made == 1, number
        data.append(
            {
                "database": "uslci", "code": number, "name": function.name.strip(), "unit": function.unit,
                "location": head.geography.location, "type": "process", "exchanges": exchanges,
            }
        )  # fmt: skip
    return data, nature


@pytest.fixture(scope="module")
def intake() -> Intake:
    taken = Intake(*ecospold1.about_uslci())
    ecospold1.read(raw(FILE), taken)
    return taken


def test_twenty_random_processes_agree_with_brightway(brightway: None, intake: Intake) -> None:
    from bw2io.strategies import link_iterable_by_fields

    ours = {item.id: item for item in solved(intake.processes.values(), {}).factors}
    prefix = f"{intake.source.id}-"
    data, nature = their_data({name.removeprefix(prefix) for name in intake.processes})
    assert len(data) == len(intake.processes) == 503
    shared = Counter((item["name"], item["unit"], item["location"]) for item in data)
    # Sets that share a key are processes of the matrix and no targets; so are names whose data set was refused.
    alone = [item for item in data if shared[item["name"], item["unit"], item["location"]] == 1]
    data = link_iterable_by_fields(data, other=alone, fields=("name", "unit", "location"), edge_kinds=["technosphere"])
    open_inputs = sum("input" not in edge for item in data for edge in item["exchanges"])
    assert open_inputs == sum(not edge.provider for item in intake.processes.values() for edge in item.exchanges
                              if edge.kind == "input" and edge.note != "waste to treatment")  # fmt: skip
    for item in data:
        item["exchanges"] = [edge for edge in item["exchanges"] if "input" in edge]

    codes = random.Random(SEED).sample(sorted(item["code"] for item in data), HOW_MANY)
    stored, exact = by_database(data, nature, codes), by_arrays(data, nature, codes)
    worst = [0.0, 0.0]
    for code in codes:
        mine = float(ours[prefix + code].amount)
        assert float(intake.processes[prefix + code].amount) > 0
        for k, (score, limit) in enumerate(((exact[code], LIMIT), (stored[code], SINGLE))):
            off = abs(score - mine) / abs(score) if score else abs(mine)
            assert off <= limit, f"{code} {ours[prefix + code].name_en}: Brightway {score}, ours {mine}"
            worst[k] = max(worst[k], off)
    assert sum(bool(score) for score in exact.values()) >= HOW_MANY // 2, "mostly zeros prove nothing"
    print(f"{HOW_MANY} processes: largest difference {worst[0]:.1e}; through bw2data's float32 {worst[1]:.1e}")


def by_database(data: list[dict[str, Any]], nature: dict[str, Any], codes: list[str]) -> dict[str, float]:
    """The usual way: written to a project and solved from its processed arrays, which hold amounts as float32."""
    import bw2calc
    import bw2data

    bw2data.projects.set_current("uslci")
    bw2data.Database("nature").write(
        {("nature", code): {"name": flow["name"], "type": "emission", "exchanges": []} for code, flow in nature.items()}
    )
    bw2data.Database("uslci").write({("uslci", item["code"]): item for item in data})
    method = bw2data.Method(("AR6", "total"))
    method.register()
    method.write([(("nature", code), flow["factor"]) for code, flow in nature.items()])
    nodes = {code: bw2data.get_node(database="uslci", code=code) for code in codes}
    demand, packages, _ = bw2data.prepare_lca_inputs({nodes[codes[0]]: 1}, method=method.name)
    return scores(bw2calc.LCA(demand, data_objs=packages), {code: node.id for code, node in nodes.items()})


def by_arrays(data: list[dict[str, Any]], nature: dict[str, Any], codes: list[str]) -> dict[str, float]:
    """The same linked exchanges as arrays of binary64: what bw2calc answers when nothing is rounded on the way."""
    import bw2calc
    import bw_processing as processing
    import numpy as np

    number = {("uslci", item["code"]): 1 + k for k, item in enumerate(data)}
    flow = {("nature", code): 100_001 + k for k, code in enumerate(nature)}
    package = processing.create_datapackage(sum_intra_duplicates=True)

    def matrix(name: str, cells: list[tuple[int, int, float, bool]]) -> None:
        package.add_persistent_vector(
            matrix=name,
            name=name,
            indices_array=np.array([(i, j) for i, j, _, _ in cells], dtype=processing.INDICES_DTYPE),
            data_array=np.array([value for _, _, value, _ in cells], dtype=float),
            flip_array=np.array([flip for *_, flip in cells], dtype=bool),
        )

    edges = [(item, edge) for item in data for edge in item["exchanges"]]
    matrix("technosphere_matrix", [
        (number[edge["input"]], number["uslci", item["code"]], edge["amount"], edge["type"] == "technosphere")
        for item, edge in edges if edge["type"] != "biosphere"
    ])  # fmt: skip
    matrix("biosphere_matrix", [
        (flow[edge["input"]], number["uslci", item["code"]], edge["amount"], False)
        for item, edge in edges if edge["type"] == "biosphere"
    ])  # fmt: skip
    matrix("characterization_matrix", [(k, k, nature[name]["factor"], False) for (_, name), k in flow.items()])
    wanted = {code: number["uslci", code] for code in codes}
    return scores(bw2calc.LCA({wanted[codes[0]]: 1}, data_objs=[package]), wanted)


def scores(lca: Any, wanted: dict[str, int]) -> dict[str, float]:
    """One factorisation, one score per demand."""
    lca.lci(factorize=True)
    lca.lcia()
    found = {}
    for code, node in wanted.items():
        lca.lcia(demand={node: 1})
        found[code] = float(lca.score)
    return found
