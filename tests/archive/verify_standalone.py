"""Prove the arithmetic of a record without pcf-engine: the Python standard library only.

python verify_standalone.py RECORD.json      prints what it recomputed; exit 0 proven, 1 not
"""

import hashlib
import json
import sys
from fractions import Fraction

ITEMISED = {"given/rows", "derivation/factors"}


def canonical(value):
    """RFC 8785 for JSON without numbers: keys by UTF-16 code units, no spaces."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def sha256(value):
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def digest(name, held):
    return sha256([sha256(item) for item in held]) if name in ITEMISED else sha256(held)


def solve(rows, right):
    """Gauss-Jordan with fractions; rows is a square list of dicts column -> Fraction."""
    rows, right = [dict(row) for row in rows], list(right)
    pivots = {}
    for _ in range(len(rows)):
        i = next(i for i, row in enumerate(rows) if i not in pivots and row)
        j = min(rows[i], key=lambda column: sum(column in row for row in rows))
        pivot = rows[i][j]
        rows[i] = {column: value / pivot for column, value in rows[i].items()}
        right[i] /= pivot
        pivots[i] = j
        for k, row in enumerate(rows):
            if k != i and j in row:
                factor = row[j]
                for column, value in rows[i].items():
                    row[column] = row.get(column, 0) - factor * value
                    if not row[column]:
                        del row[column]
                right[k] -= factor * right[i]
    return {pivots[i]: right[i] for i in pivots}


def significant(value, digits):
    """Rounded to significant digits, ties to even, as a fraction."""
    if not value:
        return Fraction(0)
    exponent = 0
    while abs(value) >= Fraction(10) ** (exponent + 1):
        exponent += 1
    while abs(value) < Fraction(10) ** exponent:
        exponent -= 1
    unit = Fraction(10) ** (exponent - digits + 1)
    return round(value / unit) * unit


def main(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    digests = {name: digest(name, held) for name, held in record["sections"].items()}
    name = sha256({"schema": record["schema"], "digests": digests})
    proven = digests == record["digests"] and name == record["name"]
    print("name and digests:", "hold" if proven else "DO NOT HOLD")
    system, result = record["sections"]["derivation/system"]["value"], record["sections"]["result"]
    digits = int(record["sections"]["derivation/identity"]["regime"]["digits"])
    rows = {product: {} for product in system["products"]}
    for product, process, value in system["A"]:
        rows[product][process] = Fraction(value)
    right = [Fraction(system["demand"].get(product, "0")) for product in rows]
    level = solve(rows.values(), right)
    maker = {product: process for product, process, _ in system["A"] if process not in system["stages"]}
    for method, weights in system["methods"].items():
        per_run = dict.fromkeys(system["processes"], Fraction(0))
        for flow, process, value in system["B"]:
            per_run[process] += Fraction(value) * Fraction(weights.get(flow, "0"))
        stages = dict.fromkeys(result["stages"], Fraction(0))
        for process, stage in system["stages"].items():
            stages[stage] += per_run[process] * level[process]
        for product, process, value in system["A"]:  # what an own process buys counts in its stage
            if process in system["stages"] and product in maker:
                stages[system["stages"][process]] -= Fraction(value) * level[process] * per_run[maker[product]]
        end = {"total": None, "total_low": "low", "total_high": "high"}[method]
        pairs = [("total", sum(stages.values()), result["total"])]
        pairs += [(stage, value, result["stages"][stage]) for stage, value in stages.items()]
        for what, value, published in pairs:
            text = published[end] if isinstance(published, dict) else published
            good = significant(value, digits) == Fraction(text)
            proven = proven and good
            print(
                f"{method} {what}: {float(value):.6g} recomputed, {text} published,", "equal" if good else "DIFFERENT"
            )
    return 0 if proven else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
