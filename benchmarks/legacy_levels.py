"""Activity levels by brightway2 2.4.7, for systems given as JSON on standard input. Runs in ``.venv-legacy`` alone.

``[{"products": [...], "processes": [...], "a": [[product, process, amount], ...], "demand": {product: amount}}, ...]``
in, ``[{process: level}, ...]`` out. The systems are written with bw2data as users of the old line write them; because
its stored arrays hold amounts as float32, the amounts are put in again as binary64 before the matrix is built.
"""

import contextlib
import json
import os
import sys
import tempfile


def levels(number, system):
    import bw2calc
    import bw2data
    import numpy as np
    from bw2calc.matrices import TechnosphereBiosphereMatrixBuilder as Builder

    name = f"system {number}"
    nature = ("nature", "flow")
    nodes = {
        (name, f"product {item}"): {"name": item, "type": "product", "exchanges": []} for item in system["products"]
    }
    amounts = {}
    for process in system["processes"]:
        # The biosphere is not compared; one flow keeps their builder from an empty matrix.
        exchanges = [{"input": nature, "amount": 1.0, "type": "biosphere"}]
        for product, maker, text in system["a"]:
            if maker == process:
                amount = float(text)
                key = (name, f"product {product}")
                kind = "production" if amount > 0 else "technosphere"
                exchanges.append({"input": key, "amount": abs(amount), "type": kind})
                amounts[key, (name, f"process {process}")] = abs(amount)
        nodes[name, f"process {process}"] = {"name": process, "type": "process", "exchanges": exchanges}
    bw2data.Database(name).write(nodes)
    demand = {(name, f"product {product}"): float(amount) for product, amount in system["demand"].items()}
    lca = bw2calc.LCA(demand)
    lca.load_lci_data()
    numbers = {bw2data.mapping[key]: key for key in nodes}
    pairs = [(numbers[int(row["input"])], numbers[int(row["output"])]) for row in lca.tech_params]
    lca.technosphere_matrix = Builder.build_technosphere_matrix(
        lca.tech_params, lca._activity_dict, lca._product_dict, new_data=np.array([amounts[pair] for pair in pairs])
    )
    lca.build_demand_array()
    lca.lci_calculation()
    return {
        process: float(lca.supply_array[lca.activity_dict[name, f"process {process}"]])
        for process in system["processes"]
    }


def main():
    systems = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(prefix="pcf-legacy-") as folder:
        os.environ["BRIGHTWAY2_DIR"] = folder
        with contextlib.redirect_stdout(sys.stderr):  # progress bars of their writer
            import bw2data

            bw2data.projects.set_current("opinion")
            nature = {("nature", "flow"): {"name": "flow", "type": "emission", "exchanges": []}}
            bw2data.Database("nature").write(nature)
            found = [levels(number, system) for number, system in enumerate(systems)]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
