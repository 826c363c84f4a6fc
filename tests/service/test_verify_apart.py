"""Records from strangers: verified in a process with limits; hostile files are refused cleanly; no change passes.

Long because each hostile form of a record has its own case.
"""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factordb.release import open_release
from lca.faults import Fault, Refused
from lca.messages import lines
from service import verify_apart as apart
from service.records.keys import read_key_file
from service.records.reading import read_record
from service.records.sections import ALL, digest, is_left_out, make_record, record_name, value_of
from service.records.verify import rerun
from tests.service import _cases

SIGNED = _cases.ROOT / "tests" / "archive" / "signed"
FILE = SIGNED / "cement_works_2024-P.O-42.5.json"
CONTENT = FILE.read_bytes()
KEY = read_key_file((SIGNED / "key.json").read_bytes())


def record() -> dict[str, Any]:
    return copy.deepcopy(read_record(CONTENT))


def sent(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def rehashed(held: dict[str, Any]) -> dict[str, Any]:
    digests = {name: digest(name, held["sections"][name]) for name in ALL}
    return {**held, "digests": digests, "name": record_name(digests), "signatures": [], "extracts": []}


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    assert all(lines(fault, language) for fault in refused.value.faults for language in ("en", "zh"))
    return [fault.code for fault in refused.value.faults]


# --- what it says


def test_a_whole_record_a_copy_and_a_forged_one_as_plain_values() -> None:
    whole = apart.verify_apart(CONTENT, [KEY])
    assert (whole["integrity"], whole["signature"], whole["exit_code"]) == ("intact", "signed", 0)
    assert whole["recomputation"].startswith("identical")
    assert (whole["shown"]["total"], whole["shown"]["level"]) == ("735.893", "")
    assert whole["signatures"][0]["title"] == KEY.title
    assert json.loads(json.dumps(whole)) == whole

    public = apart.verify_apart((SIGNED / "cement_works_2024-P.O-42.5-public.json").read_bytes())
    assert (public["signature"], public["recomputation"], public["exit_code"]) == ("unknown key", "not possible", 6)
    assert public["shown"]["total"] == "735.893" and public["shown"]["level"] == "public"
    (reason,) = [apart.fault_of(item) for item in public["reason"]]
    assert reason.code == "section_left_out" and "given/rows" in lines(reason, "en")[0]

    forged = record()
    forged["sections"]["result"]["total"] = "700.000"
    found = apart.verify_apart(sent(rehashed(forged)))
    assert (found["recomputation"], found["step"], found["where"]) == ("different", "result", "/total")
    assert (found["recorded"], found["found"], found["exit_code"]) == ("700.000", "735.893", 3)


# --- hostile files


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "json_unreadable"),
        (b"\xff\xfe\x00", "file_encoding"),
        (b"{" * 100, "json_unreadable"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 50_000, "too_deep"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "too_deep"),
        (b"[]", "record_form"),
        (b'"record"', "record_form"),
        (b'{"a": 1e400}', "record_form"),
        (b'{"a": NaN}', "record_form"),
        (b'{"a": 0.5}', "record_form"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "record_form"),
        (b'{"name": "a", "name": "b"}', "key_twice"),
        (b"PK\x03\x04" + bytes(100), "file_encoding"),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_words(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        apart.verify_apart(content)
    assert codes(refused)[0] == code or (code == "file_encoding" and codes(refused) == ["json_unreadable"])


def test_a_hundred_megabytes_are_refused_before_a_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.subprocess, "Popen", lambda *words, **more: pytest.fail("a process was started"))
    with pytest.raises(Refused) as refused:
        apart.verify_apart(bytes(100_000_000))
    assert codes(refused) == ["file_too_large"]


def test_memory_ends_before_the_machine_does() -> None:
    """Ten million empty lists in 20 MB of text would be some 600 MB of Python."""
    with pytest.raises(Refused) as refused:
        apart.verify_apart(b'{"a": [' + b"[]," * 6_000_000 + b"[]]}", memory=400_000_000)
    assert codes(refused) == ["verify_too_large"]


def _set(path: str, value: Any) -> Any:
    def change(held: dict[str, Any]) -> None:
        *parts, last = path.split("|")
        for part in parts:
            held = held[int(part)] if isinstance(held, list) else held[part]
        held[int(last) if isinstance(held, list) else last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("derivation/identity|regime|digits", "1000000000"),
        _set("derivation/identity|regime|digits", "-3"),
        _set("derivation/identity|regime|digits", ["6"]),
        _set("derivation/identity|releases", "cn-2026.1"),
        _set("derivation/system|value|A|0|2", "1/0"),
        _set("derivation/system|value|A|0|2", "9" * 1_000_000),
        _set("derivation/inventory|value|inventory|processes", None),
        _set("derivation/inventory|value|answers", []),
        _set("derivation/factors", [{"salt": "x", "value": {}}]),
        _set("given/rows|0|value|amount", "1E+999999"),
        _set("given/rows|0|value|amount", None),
        _set("given/works|value|products", 5),
        _set("given/works|value|settings", "x"),
        _set("given/works", {"digest": ["x"]}),
        _set("result|stages", []),
        _set("result|contributions", {"a": {"b": []}}),
        _set("result|total", {"low": []}),
        _set("result", "735.893"),
    ],
)  # fmt: skip
def test_sections_that_hash_well_and_are_of_another_form_give_a_verdict(change: Any) -> None:
    """A forger makes every digest fit: each lie is different or not possible, never identical, and nothing breaks."""
    held = record()
    change(held["sections"])
    verdict = rerun(rehashed(held), open_release)
    assert verdict.recomputation in ("different", "not possible"), verdict
    assert verdict.exit_code() in (3, 4, 6)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rule|status", "in force"), ("regime|status", "draft of tomorrow"), ("regime|version", "9.0.0"),
        ("regime|digits", "7"), ("rule|methods", []), ("kind", "site_account"), ("units|version", "2.0.0"),
        ("releases|0|layer", "private"),
    ],
)  # fmt: skip
def test_a_record_cannot_call_its_rule_or_regime_what_it_is_not(path: str, value: Any) -> None:
    """A draft rule told as one in force, with digests that fit: the same hash says what it is."""
    held = record()
    _set(f"derivation/identity|{path}", value)(held["sections"])
    verdict = rerun(rehashed(held), open_release)
    assert (verdict.recomputation, verdict.exit_code()) == ("different", 3)
    assert verdict.step in ("derivation/identity", "result")


@pytest.mark.parametrize("path", ["rule|version", "rule|id", "regime|id", "regime|sha256", "strict", "releases|0|id"])
def test_an_identity_that_names_nothing_is_not_answered_by_the_newest(path: str) -> None:
    held = record()
    _set(f"derivation/identity|{path}", "")(held["sections"])
    verdict = rerun(rehashed(held), open_release)
    assert (verdict.recomputation, verdict.reason[0].code) == ("not possible", "record_form")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rule|id", "os:system"), ("rule|id", ["cement"]), ("rule|version", {}), ("regime|id", "../../etc"),
        ("regime|id", "gbt24067\x00"),
    ],
)  # fmt: skip
def test_a_name_in_a_record_loads_nothing_but_what_is_installed(path: str, value: Any) -> None:
    """Names of rules and regimes are looked up in what is installed; one that is not there is not sought elsewhere."""
    held = record()
    _set(f"derivation/identity|{path}", value)(held["sections"])
    before = set(sys.modules)
    verdict = rerun(rehashed(held), open_release)
    assert verdict.recomputation in ("arithmetic only", "not possible")
    assert {name for name in set(sys.modules) - before if not name.startswith(("pcr.", "lca.", "factordb."))} == set()


def test_a_bomb_of_numbers_ends_with_the_limit_of_time() -> None:
    """A fraction of ten million digits in a factor: the child is ended, its caller gets a refusal."""
    held = record()
    values = {name: value_of(held, name) for name in ALL}
    factor = next(item["factor"] for item in values["derivation/factors"] if "factor" in item)
    factor["flows"] = {flow: f"{'7' * 4_000_000}/{'3' * 4_000_000}" for flow in factor["flows"]}
    bomb = sent(make_record(values, bytes(32)))
    assert len(bomb) < apart.MAX_BYTES
    try:
        answer = apart.verify_apart(bomb, seconds=4)
    except Refused as refused:
        assert [fault.code for fault in refused.faults] in (["verify_too_long"], ["verify_too_large"])
    else:
        assert answer["exit_code"] != 0


def test_what_takes_too_long_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_CHILD", "import time; time.sleep(600)")
    with pytest.raises(Refused) as refused:
        apart.verify_apart(b"{}", seconds=0.5)
    assert codes(refused) == ["verify_too_long"]


def test_a_child_that_breaks_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_CHILD", "raise SystemExit(7)")
    with pytest.raises(Refused, match="verify_broke at -: found exit 7"):
        apart.verify_apart(b"{}")


def test_a_third_at_the_same_time_waits_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WAIT", 0.01)
    taken = [apart._turn.acquire(timeout=1) for _ in range(apart.AT_ONCE)]
    try:
        with pytest.raises(Refused) as refused:
            apart.verify_apart(b"{}")
        assert (taken, codes(refused)) == ([True, True], ["verify_busy"])
    finally:
        for _ in taken:
            apart._turn.release()
    with pytest.raises(Refused, match="record_form"):  # the turn was given back
        apart.verify_apart(b"[]")


# --- what the child may not do


@pytest.mark.parametrize(
    ("deed", "word"),
    [
        ("import socket; socket.socket()", "PermissionError"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "PermissionError"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("import os; os.system('true')", "PermissionError"),
        ("import os; os.fork()", "PermissionError"),
        ("open('left_behind', 'w')", "PermissionError"),
        ("import os; os.open('left_behind', os.O_CREAT | os.O_RDWR)", "PermissionError"),
        ("import sqlite3; sqlite3.connect(':memory:')", "PermissionError"),
        ("import os; os.mkdir('left_behind')", "PermissionError"),
        ("bytearray(2_000_000_000)", "MemoryError"),
        ("import pathlib; print(len(pathlib.Path('there').read_bytes()))", ""),
    ],
)  # fmt: skip
def test_the_child_opens_no_socket_starts_nothing_and_writes_nothing(tmp_path: Any, deed: str, word: str) -> None:
    (tmp_path / "there").write_bytes(b"x")
    script = f"import sys; sys.path.insert(0, {str(_cases.ROOT)!r})\nfrom service.verify_apart import _limit\n"
    script += f"_limit(20, 1_000_000_000)\n{deed}\n"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (word == "") and word in done.stderr, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_no_secret_of_the_service_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCF_KEY_PASSPHRASE", "open sesame")
    monkeypatch.setenv("PCF_STORE", "postgresql://user:password@host/db")
    monkeypatch.setattr(
        apart,
        "_CHILD",
        "import json, os, sys; sys.stdin.buffer.read(); print(json.dumps({'environment': dict(os.environ)}))",
    )
    text = str(apart.verify_apart(b"{}"))
    assert "sesame" not in text and "password" not in text and "PCF_" not in text


# --- no change passes

FEW = settings().max_examples * 6 // 10
"""Each is a re-run of 30 ms; `make soak` tries twenty times as many."""


def passes(content: bytes) -> bool:
    """Whether a verifier would say that this is good: intact, identical, and signed by the key of the archive."""
    try:
        held = read_record(content)
    except Refused:
        return False
    verdict = rerun(held, open_release, {KEY.id: KEY})
    good = verdict.integrity == "intact" and verdict.recomputation.startswith("identical")
    return good and verdict.signature == "signed" and verdict.exit_code() == 0


def means(content: bytes) -> Any:
    """What a record says: all that digests and signatures cover."""
    held = read_record(content)
    return {key: held.get(key) for key in ("schema", "name", "digests", "sections", "signatures", "extracts")}


def test_the_record_itself_passes() -> None:
    assert passes(CONTENT)


@settings(max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.integers(0, len(CONTENT) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_passes_only_where_it_means_the_same(place: int, byte: int) -> None:
    changed = CONTENT[:place] + bytes([byte]) + CONTENT[place + 1 :]
    if passes(changed):
        assert means(changed) == means(CONTENT)


@settings(max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.integers(0, len(CONTENT) - 1), length=st.integers(1, 400))
def test_a_piece_cut_out_passes_only_where_it_means_the_same(place: int, length: int) -> None:
    changed = CONTENT[:place] + CONTENT[place + length :]
    if passes(changed):
        assert means(changed) == means(CONTENT)


JUNK = st.sampled_from(
    [None, "", "x", "0", 0, -1, [], {}, [[]], {"digest": "0" * 64}, True, "1/0", "\ud800", "9" * 500]
)


def spots(value: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a plain value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [where, *(spot for key, part in inner for spot in spots(part, (*where, key)))]


SPOTS = spots(read_record(CONTENT))[1:]


@settings(max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spot=st.sampled_from(SPOTS), junk=JUNK, fitting=st.booleans())
def test_a_value_of_another_kind_anywhere_gives_a_verdict(spot: tuple[Any, ...], junk: Any, fitting: bool) -> None:
    """With the digests as they were, and with digests that a forger made to fit."""
    held = record()
    target: Any = held
    for key in spot[:-1]:
        target = target[key]
    before = target[spot[-1]]
    target[spot[-1]] = junk
    if fitting:
        try:
            held = rehashed(held)
        except Exception:  # so spoiled that a forger has no digest either
            return
    verdict = rerun(held, open_release, {KEY.id: KEY})
    good = verdict.integrity == "intact" and verdict.recomputation == "identical" and verdict.exit_code() == 0
    if good and before != junk and not fitting:
        assert spot[0] in ("signatures", "extracts") and verdict.signature != "signed"
    if good and fitting:
        assert _explains(spot) or is_left_out(junk) or before == junk or spot[0] not in ("sections",)


def _explains(spot: tuple[Any, ...]) -> bool:
    """Salts, and words that explain and decide nothing: with others it is another record with the same digits.

    So is a record of other given data: what was derived from them is derived anew, and must be what it says.
    """
    from service.records.anew import GIVEN
    from service.records.compared import EXPLAINS

    return "salt" in spot or bool(EXPLAINS & set(map(str, spot))) or bool(set(spot[1:2]) & set(GIVEN))


@pytest.mark.parametrize("member", ["xtracts", "ignatures", "stored", ""])
def test_a_member_that_no_digest_covers_is_tampering(member: str) -> None:
    """A file may not carry what nobody signed: a reader would take it for part of the record."""
    verdict = rerun({**record(), member: ["735.893"]}, open_release, {KEY.id: KEY})
    assert (verdict.integrity, verdict.exit_code()) == ("tampered", 4)
    assert verdict.where == f"{member}: not a member of a record"


def test_a_thousand_places_of_the_result_and_identity() -> None:
    """Each figure of the result, one at a time, made to fit: none is called identical."""
    held = record()
    chosen = [spot for spot in spots(held["sections"]["result"]) if spot and not _explains(("sections", *spot))]
    picked = random.Random(7).sample(chosen, 40)
    base = {name: value_of(held, name) for name in ALL}
    for spot in picked:
        values = copy.deepcopy(base)
        target: Any = values["result"]
        for key in spot[:-1]:
            target = target[key]
        target[spot[-1]] = "12345.6"
        verdict = rerun(make_record(values, bytes(32)), open_release)
        assert verdict.recomputation in ("different", "not possible"), spot


def test_a_fault_comes_back_as_it_went() -> None:
    fault = Fault("section_left_out", "a", "b" * 3000, "c", "d", values={"section": "e"})
    back = apart.fault_of(json.loads(json.dumps(apart.plain_fault(fault))))
    assert (back.code, back.where, len(back.found), back.values) == ("section_left_out", "a", 2000, {"section": "e"})
