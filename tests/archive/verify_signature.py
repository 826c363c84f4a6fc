"""Check the Ed25519 signatures of a record without pcf-engine and without any package: the standard library only.

python verify_signature.py RECORD.json KEY.json      exit 0: the key of the file signed this record's name

Ed25519 as RFC 8032, 5.1 writes it; slow and not for secrets, which is no matter where only public things are read.
"""

import base64
import hashlib
import json
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def read_point(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = point_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (point_x(BASE_Y, 0), BASE_Y, 1, point_x(BASE_Y, 0) * BASE_Y % P)


def ed25519(public, message, signature):
    key, start = read_point(public), read_point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or start is None or len(signature) != 64 or number >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(number, BASE), add(start, times(challenge, key))
    return not (left[0] * right[2] - right[0] * left[2]) % P and not (left[1] * right[2] - right[1] * left[2]) % P


def canonical(value):
    """RFC 8785 for JSON without numbers: keys by UTF-16 code units, no spaces."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def message(name, envelope):
    signed = {key: value for key, value in envelope.items() if key != "signature"}
    context = {"schema": "pcf-record/1", "record": name, **signed}
    return b"pcf-signature/1\n" + canonical(context).encode("utf-8")


def main(record_path, key_path):
    with open(record_path, encoding="utf-8") as file:
        record = json.load(file)
    with open(key_path, encoding="utf-8") as file:
        key = json.load(file)
    der = base64.b64decode(key["public"])
    named = hashlib.sha256(der).hexdigest() == key["id"]
    found = False
    for envelope in record["signatures"]:
        mine = named and envelope["key_id"] == key["id"] and envelope["algorithm"] == "ed25519"
        good = mine and ed25519(der[-32:], message(record["name"], envelope), base64.b64decode(envelope["signature"]))
        print(envelope["key_id"][:16], envelope["time"], "good" if good else "NOT GOOD")
        found = found or good
        for item in record.get("extracts", []):
            level, digest = item["value"]["level"], hashlib.sha256(canonical(item).encode("utf-8")).hexdigest()
            print(" extract", level, "covered" if envelope["extracts"].get(level) == digest else "NOT COVERED")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
