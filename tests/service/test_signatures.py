"""Signatures: what is signed, what an envelope is worth, keys as files; checked by OpenSSL and by plain Python.

Long because every verdict of the closed list, and every way a key can end, has its own case.
"""

from __future__ import annotations

import base64
import copy
import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from factordb.release import open_release
from lca.faults import Refused
from service.companies import audit
from service.desk import Desk
from service.records import key_ring, keys
from service.records.algorithms import Ed25519, algorithms
from service.records.anchors import anchors
from service.records.envelope import KnownKey, judge, key_id, message, overall
from service.records.sections import sha256
from service.records.sign import sign
from service.records.store import RecordStore
from service.records.verify import rerun
from tests.service import _cases
from tests.service._signing import NOW, desk_of, folder_of, made_key, moment, sealed, signed

ARCHIVE = _cases.ROOT / "tests" / "archive"


def verdict(record: dict[str, Any], *known: KnownKey) -> tuple[str, str]:
    (judged,) = judge(record, keys.by_id(known), NOW)
    return judged.verdict, judged.why


def code_of(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


# --- what is signed


def test_the_vectors_of_rfc_8032_hold() -> None:
    """RFC 8032, 7.1, TEST 2: key, message 72, signature."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    der = bytes.fromhex("302a300506032b6570032100") + public
    assert Ed25519().verify(der, b"\x72", signature)
    assert not Ed25519().verify(der, b"\x73", signature)
    assert not Ed25519().verify(der, b"\x72", signature[:-1] + b"\x01")
    assert not Ed25519().verify(b"no key", b"\x72", signature)


def test_the_bytes_that_are_signed_are_the_ones_documented() -> None:
    envelope = {"time": "t", "key_id": "k", "extracts": {"public": "d"}, "signature": "not signed itself"}
    assert message("n", envelope) == (
        b'pcf-signature/1\n{"extracts":{"public":"d"},"key_id":"k","record":"n","schema":"pcf-record/1","time":"t"}'
    )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_verifies_our_signature_and_signs_one_for_us(tmp_path: Path) -> None:
    private, key = made_key()
    record = signed(private, key)
    envelope = record["signatures"][0]
    (tmp_path / "message").write_bytes(message(record["name"], envelope))
    (tmp_path / "public.der").write_bytes(base64.b64decode(key.public))
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope["signature"]))

    def openssl(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["openssl", *words], cwd=tmp_path, capture_output=True, check=False)

    check = ("pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "public.der", "-in", "message")
    assert openssl(*check, "-sigfile", "signature").returncode == 0
    (tmp_path / "message").write_bytes(message("0" * 64, envelope))
    assert openssl(*check, "-sigfile", "signature").returncode != 0

    assert openssl("genpkey", "-algorithm", "ed25519", "-out", "own.pem").returncode == 0
    public = openssl("pkey", "-in", "own.pem", "-pubout", "-outform", "DER").stdout
    own = replace(key, id=key_id(public), public=base64.b64encode(public).decode())
    theirs = signed(private, own)  # the envelope of that key, with a signature that is not its own yet
    (tmp_path / "message").write_bytes(message(theirs["name"], theirs["signatures"][0]))
    made = openssl("pkeyutl", "-sign", "-rawin", "-inkey", "own.pem", "-in", "message").stdout
    assert verdict(theirs, own) == ("bad signature", "signature")
    theirs["signatures"][0]["signature"] = base64.b64encode(made).decode()
    assert verdict(theirs, own) == ("signed", "")


@pytest.mark.parametrize("path", sorted((ARCHIVE / "signed").glob("cement*.json")), ids=lambda path: path.stem)
def test_a_signature_of_the_archive_holds_here_and_without_any_package(path: Path, tmp_path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    known = keys.read_key_file((ARCHIVE / "signed" / "key.json").read_bytes())
    found = rerun(record, open_release, {known.id: known})
    assert (found.integrity, found.signature, found.unproven) == ("intact", "signed", ())

    def alone(file: Path) -> tuple[int, str]:
        script, key = ARCHIVE / "verify_signature.py", ARCHIVE / "signed" / "key.json"
        done = subprocess.run([sys.executable, "-I", script, file, key], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    code, said = alone(path)
    assert code == 0 and "NOT" not in said
    record["signatures"][0]["time"] = "2026-01-01T00:00:00+00:00"
    (tmp_path / "moved.json").write_text(json.dumps(record), encoding="utf-8")
    assert alone(tmp_path / "moved.json")[0] == 1


# --- what an envelope is worth


def test_signed_unknown_and_unsigned() -> None:
    private, key = made_key()
    record = signed(private, key)
    assert verdict(record, key) == ("signed", "")
    assert verdict(record) == ("unknown key", "not_pinned")
    assert judge({**record, "signatures": []}, {}, NOW) == ()
    assert overall(()) == "unsigned"


@pytest.mark.parametrize(
    ("changes", "time", "expected"),
    [
        ({"expires_at": moment(-1)}, -2, ("expired key", "expired")),
        ({"expires_at": moment(-1)}, 0, ("bad signature", "after_expiry")),
        ({}, -101, ("bad signature", "before_key")),
        ({"revoked_at": moment(-1), "reason": "superseded"}, -2, ("expired key", "revoked")),
        ({"revoked_at": moment(-1), "reason": "retired"}, 0, ("bad signature", "after_revocation")),
        ({"revoked_at": moment(-1), "reason": "retired"}, -1, ("bad signature", "after_revocation")),
        ({"revoked_at": moment(-1), "reason": "compromised"}, -50, ("bad signature", "compromised")),
    ],
)
def test_how_a_key_ends_decides_what_its_signatures_are_worth(
    changes: dict[str, str], time: float, expected: tuple[str, str]
) -> None:
    private, key = made_key(**changes)
    assert verdict(signed(private, key, time=moment(time)), key) == expected


def test_a_draft_is_never_signed_whoever_tries() -> None:
    private, key = made_key()
    record = signed(private, key)
    record["sections"]["result"]["status"] = "draft"
    assert verdict(record, key) == ("bad signature", "draft")
    record["sections"]["result"] = {"digest": "00"}
    record["extracts"] = [{"salt": "", "value": {"level": "public", "result": {"status": "draft"}}}]
    assert verdict(record, key) == ("bad signature", "draft")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", moment(1)), ("audit", {"serial": "2", "digest": "00"}), ("extracts", {"public": "00"}),
        ("chain", ["x", "y"]), ("signature", base64.b64encode(bytes(64)).decode()),
    ],
)  # fmt: skip
def test_no_part_of_an_envelope_can_be_changed(field: str, value: Any) -> None:
    private, key = made_key()
    record = signed(private, key)
    record["signatures"][0][field] = value
    assert verdict(record, key) == ("bad signature", "signature")


def test_a_signature_of_one_record_is_none_of_another() -> None:
    private, key = made_key()
    record = signed(private, key)
    assert verdict({**record, "name": "cd" * 32}, key) == ("bad signature", "signature")


def test_the_key_inside_an_envelope_is_bound_to_its_id() -> None:
    """A forger who signs with his own key and names somebody else's id, or brings his own key along."""
    _, known = made_key()
    private, mine = made_key()
    record = signed(private, mine, key_id=known.id)
    assert verdict(record, known) == ("bad signature", "signature")
    assert verdict(record) == ("bad signature", "other_key")
    assert verdict(signed(private, mine, chain=[]), known) == ("unknown key", "no_key")


def test_another_algorithm_than_the_keys_own_is_refused() -> None:
    private, key = made_key()
    assert verdict(signed(private, key, algorithm="none"), key) == ("bad signature", "other_algorithm")
    assert verdict(signed(private, key, algorithm="none")) == ("unknown key", "algorithm")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e.pop("audit"), lambda e: e.update(more="x"), lambda e: e.update(time="yesterday"),
        lambda e: e.update(time="2026-06-01T12:00:00"), lambda e: e.update(time=5), lambda e: e.update(chain="x"),
        lambda e: e.update(chain=[None]), lambda e: e.update(key_id=None), lambda e: e.update(key_id="\x1b[2J"),
        lambda e: e.update(audit={"serial": 1}), lambda e: e.update(extracts=[]), lambda e: e.update(signature=["x"]),
        lambda e: e.update(signature="A" * 30_000), lambda e: e.update(time="0001-01-01T00:00:00+14:00"),
        lambda e: e.update(algorithm="\ud800"),
    ],
)  # fmt: skip
def test_an_envelope_of_another_form_is_bad_and_breaks_nothing(spoil: Any) -> None:
    private, key = made_key()
    record = signed(private, key)
    spoil(record["signatures"][0])
    assert verdict(record, key) == ("bad signature", "form")


@pytest.mark.parametrize("junk", [None, "x", 5, {}, [1], [[]], [None] * 21])
def test_signatures_of_another_form_are_bad(junk: Any) -> None:
    judged = judge({"name": "n", "sections": {}, "signatures": junk}, {}, NOW)
    assert {item.verdict for item in judged} == {"bad signature"}


def test_base64_has_one_spelling() -> None:
    """64 bytes leave four unused bits in the last character: changed, they would decode to the same signature."""
    private, key = made_key()
    record = signed(private, key)
    text = record["signatures"][0]["signature"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = text[:-3] + letters[letters.index(text[-3]) ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(text)
    record["signatures"][0]["signature"] = other
    assert verdict(record, key) == ("bad signature", "signature")


def test_one_bad_envelope_spoils_the_record_and_else_the_best_counts() -> None:
    (private, key), (other, unknown) = made_key(), made_key()
    good, strange = signed(private, key), signed(other, unknown)
    both = {**good, "signatures": good["signatures"] + strange["signatures"]}
    assert overall(judge(both, {key.id: key}, NOW)) == "signed"
    assert overall(judge(both, {}, NOW)) == "unknown key"
    both["signatures"][1] = {**both["signatures"][1], "time": moment(3)}
    assert overall(judge(both, {key.id: key}, NOW)) == "bad signature"


# --- signing


@pytest.fixture
def signed_desk(either_store: RecordStore, tmp_path: Path) -> tuple[Desk, keys.KeyFolder, KnownKey, dict[str, Any]]:
    desk, folder = desk_of(either_store), folder_of(tmp_path)
    record = sealed(either_store)
    key = key_ring.new_key(desk, folder, "Example works", "test")
    return desk, folder, key, sign(desk, folder, record["name"], "test")


def test_a_signed_record_is_the_sealed_one_with_an_envelope_beside_it(signed_desk: Any) -> None:
    desk, folder, key, record = signed_desk
    known = key_ring.known_keys(desk, folder)
    found = rerun(json.loads(json.dumps(record)), desk.release, known)
    assert (found.integrity, found.signature, found.recomputation) == ("intact", "signed", "identical")
    assert found.exit_code(strict=True) == 0
    assert [(item.key_id, item.title) for item in found.signatures] == [(key.id, "Example works")]
    assert desk.records.get(record["name"]) == record
    envelope = record["signatures"][0]
    assert envelope["extracts"] == {item["value"]["level"]: sha256(item) for item in record["extracts"]}
    entry = audit.find(desk.engine, desk.tenant, int(envelope["audit"]["serial"]), envelope["audit"]["digest"])
    assert entry is not None and (entry.action, entry.target) == ("record.signed", record["name"])
    again = rerun(record, desk.release)
    assert (again.signature, again.exit_code(), again.exit_code(strict=True)) == ("unknown key", 0, 5)
    with pytest.raises(Refused) as refused:
        sign(desk, folder, record["name"], "test")
    assert code_of(refused) == ["signed_already"]


def test_a_changed_record_has_no_good_signature(signed_desk: Any) -> None:
    desk, folder, _, record = signed_desk
    forged = copy.deepcopy(record)
    forged["sections"]["result"]["total"] = "700.000"
    found = rerun(forged, desk.release, key_ring.known_keys(desk, folder))
    assert (found.integrity, found.signature, found.exit_code()) == ("tampered", "bad signature", 4)
    rehashed = {**forged, "digests": {**forged["digests"], "result": sha256(forged["sections"]["result"])}}
    from service.records.sections import record_name

    rehashed["name"] = record_name(rehashed["digests"])
    found = rerun(rehashed, desk.release, key_ring.known_keys(desk, folder))
    assert (found.signature, found.exit_code()) == ("bad signature", 4)


def test_a_revoked_key_signs_no_more_and_a_second_key_adds_its_envelope(signed_desk: Any) -> None:
    desk, folder, key, record = signed_desk
    revoked = key_ring.revoke(desk, key.id[:8], "compromised", "laptop lost", "test")
    assert revoked.revoked_at and key_ring.shown(revoked)["state"] == "revoked"
    found = rerun(record, desk.release, key_ring.known_keys(desk, folder))
    assert (found.signature, found.signatures[0].why, found.exit_code()) == ("bad signature", "compromised", 4)
    for asked in ("", key.id):
        with pytest.raises(Refused) as refused:
            sign(desk, folder, record["name"], "test", key=asked)
        assert code_of(refused) == [("signing_key_unknown" if not asked else "signed_already")]
    second = key_ring.new_key(desk, folder, "Second", "test")
    twice = sign(desk, folder, record["name"], "test")
    assert [item["key_id"] for item in twice["signatures"]] == [key.id, second.id]
    assert len(twice["extracts"]) == 3  # the same three: both signatures cover them
    with pytest.raises(Refused) as refused:
        key_ring.revoke(desk, key.id, "retired", "", "test")
    assert code_of(refused) == ["signing_key_revoked"]


def test_an_anchored_head_shows_a_log_that_was_cut_off(signed_desk: Any) -> None:
    desk, _, _, record = signed_desk
    (anchor,) = anchors(desk.engine, desk.tenant, record, key_ring.own_keys(desk))
    assert (anchor.serial, anchor.there, anchor.short) == (2, True, False)
    if desk.engine.dialect.name == "sqlite":  # as the owner of the file could
        from sqlalchemy import text

        with desk.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER audit_entry_delete_guard"))
            connection.execute(text("DELETE FROM audit_entry WHERE serial = 2"))
        assert audit.verify(desk.engine, desk.tenant).broken is None  # the chain alone does not see it
        (anchor,) = anchors(desk.engine, desk.tenant, record, key_ring.own_keys(desk))
        assert (anchor.there, anchor.short) == (False, True)


def test_drafts_withdrawn_records_and_what_does_not_rerun_are_not_signed(store: RecordStore, tmp_path: Path) -> None:
    desk, folder = desk_of(store), folder_of(tmp_path)
    key_ring.new_key(desk, folder, "Works", "test")
    draft = _cases.run(_cases.example(_cases.BOM), store, draft=True).records[0]
    record = sealed(store)
    store.withdraw(record["name"], "wrong coal")
    for name, code in ((draft["name"], "draft_not_signed"), (record["name"], "record_withdrawn")):
        with pytest.raises(Refused) as refused:
            sign(desk, folder, name, "test")
        assert code_of(refused) == [code]
    assert [entry.action for entry in audit.entries(store.engine, "local")] == ["signing_key.made", "record.withdrawn"]


# --- keys as files


def test_a_private_half_is_a_file_of_its_owner_only(store: RecordStore, tmp_path: Path) -> None:
    desk, folder = desk_of(store), folder_of(tmp_path)
    key = key_ring.new_key(desk, folder, "Works", "test", passphrase=b"correct horse")
    path = folder.private("local", key.id)
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(part.stat().st_mode) for part in (folder.path, path.parent)} == {0o700}
    name = sealed(store)["name"]
    with pytest.raises(Refused) as refused:
        sign(desk, folder, name, "test", passphrase=lambda: b"wrong")
    assert code_of(refused) == ["key_passphrase"] and "horse" not in str(refused.value)
    assert sign(desk, folder, name, "test", passphrase=lambda: b"correct horse")["signatures"][0]["key_id"] == key.id
    path.chmod(0o640)
    with pytest.raises(Refused) as refused:
        keys.read_private(folder, "local", key.id)
    assert code_of(refused) == ["key_file_open"]
    for held in (b"PRIVATE KEY", b"correct horse"):
        assert held not in (tmp_path / "pcf.db").read_bytes() + (tmp_path / "pcf.db-wal").read_bytes()


def test_a_passphrase_is_asked_before_anything_is_locked(store: RecordStore, tmp_path: Path) -> None:
    """A person who goes for coffee at the prompt keeps no other writer waiting."""
    desk, folder = desk_of(store), folder_of(tmp_path)
    key_ring.new_key(desk, folder, "Works", "test", passphrase=b"open")
    name = sealed(store)["name"]

    def typed(entry: str = "") -> bytes:
        with Session(store.engine) as session, session.begin():  # with the lock held this would wait, then fail
            audit.append(session, "local", "another writer", "thing.done", "x")
        if entry:
            key_ring.revoke(desk, entry, "retired", "", "meanwhile")
        return b"open"

    assert len(sign(desk, folder, name, "test", passphrase=typed)["signatures"]) == 1
    second = key_ring.new_key(desk, folder, "Second", "test", passphrase=b"open")
    with pytest.raises(Refused) as refused:  # what happened while the person typed is looked at again
        sign(desk, folder, name, "test", passphrase=lambda: typed(second.id))
    assert code_of(refused) == ["signing_key_not_good"]
    assert len(store.get(name)["signatures"]) == 1


def test_a_key_of_another_company_stays_its_own(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    assert folder.private("acme", "k").parent != folder.private("local", "k").parent
    for name in ("../acme", "a/b", "", ".", "A"):
        with pytest.raises(Refused) as refused:
            folder.private(name, "k")
        assert code_of(refused) == ["company_id"]


def test_a_day_that_has_passed_and_a_title_of_nothing_are_refused(store: RecordStore, tmp_path: Path) -> None:
    desk, folder = desk_of(store), folder_of(tmp_path)
    for title, last, code in (
        ("W", date(2020, 1, 1), "key_expiry"),
        (" ", None, "key_title"),
        ("a\x1b", None, "key_title"),
    ):
        with pytest.raises(Refused) as refused:
            key_ring.new_key(desk, folder, title, "test", expires=last)
        assert code_of(refused) == [code]
    assert not folder.path.exists()


def test_a_key_lasts_to_the_end_of_its_last_day(store: RecordStore, tmp_path: Path) -> None:
    last = datetime.now(UTC).date()
    key = key_ring.new_key(desk_of(store), folder_of(tmp_path), "W", "test", expires=last)
    assert key.expires_at == f"{last.isoformat()}T23:59:59.999+00:00"


def test_a_pinned_key_is_known_and_a_revocation_is_not_forgotten(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    _, key = made_key()
    held = json.dumps(keys.key_file(key)).encode()
    keys.pin(folder, keys.read_key_file(held))
    assert keys.pinned(folder) == [key]
    gone = replace(key, revoked_at=moment(1), reason="superseded")
    keys.pin(folder, gone)
    assert keys.pinned(folder) == [gone]
    with pytest.raises(Refused) as refused:
        keys.pin(folder, key)
    assert code_of(refused) == ["key_revoked_before"]
    worse = replace(gone, reason="compromised")
    keys.pin(folder, worse)
    assert keys.pinned(folder) == [worse]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "0" * 64}, "key_file_tampered"), ({"public": "AAAA"}, "key_file_tampered"),
        ({"algorithm": "rot13"}, "algorithm_unknown"), ({"schema": "pcf-key/2"}, "key_file_form"),
        ({"expires_at": ""}, "key_file_form"), ({"reason": "because"}, "key_file_form"),
        ({"revoked_at": moment(0)}, "key_file_form"), ({"title": "a\x1b[2J"}, "key_file_form"),
        ({"title": None}, "key_file_form"), ({"more": "x"}, "key_file_form"),
    ],
)  # fmt: skip
def test_a_key_file_of_another_form_is_refused(changes: dict[str, Any], code: str) -> None:
    _, key = made_key()
    held = {**keys.key_file(key), **changes}
    with pytest.raises(Refused) as refused:
        keys.read_key_file(json.dumps(held).encode())
    assert code_of(refused) == [code]


def test_another_algorithm_comes_by_entry_point_and_cannot_take_ed25519(tmp_path: Path) -> None:
    (tmp_path / "weak.py").write_text(
        "import hashlib\n"
        "def new(passphrase): return b'private', b'public'\n"
        "def sign(private, passphrase, message): return hashlib.sha256(b'public' + message).digest()\n"
        "def verify(public, message, signature): return hashlib.sha256(public + message).digest() == signature\n",
        encoding="utf-8",
    )
    info = tmp_path / "weak-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: weak\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[pcf.signatures]\nweak = weak\ned25519 = weak\n", encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    path = {"PYTHONPATH": str(tmp_path)}
    assert _cases.pcf("calculate", str(_cases.CEMENT), "-o", "out", cwd=work).returncode == 0
    made = _cases.pcf_alone("key", "new", "W", "--algorithm", "weak", cwd=work, **path)
    assert made.returncode == 0, made.stderr
    record = str(next((work / "out").glob("P.O*.json")))
    done = _cases.pcf_alone("sign", record, "-o", "signed.json", cwd=work, **path)
    assert done.returncode == 0, done.stderr
    here = _cases.pcf_alone("rerun", "signed.json", "--strict", "--format", "json", cwd=work, **path)
    assert (here.returncode, json.loads(here.stdout)["signature"]) == (0, "signed")
    without = json.loads(_cases.pcf_alone("rerun", "signed.json", "--format", "json", cwd=work).stdout)
    assert (without["signature"], without["signatures"][0]["why"]) == ("unknown key", "algorithm")
    assert isinstance(algorithms()["ed25519"], Ed25519)


# --- the command line


def test_the_verbs_from_a_new_key_to_a_trusted_one(tmp_path: Path) -> None:
    works, other = tmp_path / "works", tmp_path / "other"
    works.mkdir()
    other.mkdir()
    assert _cases.pcf("calculate", str(_cases.CEMENT), "-o", "out", cwd=works).returncode == 0
    made = _cases.pcf(
        "key", "new", "Example works", "--expires", "2090-12-31", cwd=works, PCF_KEY_PASSPHRASE="open sesame"
    )
    assert made.returncode == 0 and "PRIVATE" not in made.stdout
    key = made.stdout.split()[0]
    record = str(next((works / "out").glob("P.O*.json")))
    locked = _cases.pcf("sign", record, cwd=works)
    assert locked.returncode == 1 and "key_passphrase" in locked.stderr
    done = _cases.pcf("sign", record, "-o", "signed.json", cwd=works, PCF_KEY_PASSPHRASE="open sesame")
    assert done.returncode == 0, done.stderr
    assert _cases.pcf("key", "export", key[:12], "-o", "key.json", cwd=works).returncode == 0
    assert "sesame" not in "".join(
        _cases.pcf(*words, cwd=works).stdout for words in (("audit", "export"), ("key", "list"), ("audit", "list"))
    )
    log = _cases.pcf("audit", "verify", "--record", "signed.json", cwd=works)
    assert log.returncode == 0 and "is entry 2" in log.stdout

    shutil.copy(works / "signed.json", other)
    shutil.copy(works / "key.json", other)
    before = _cases.pcf("rerun", "signed.json", "--strict", cwd=other)
    assert before.returncode == 5 and "nobody here vouches" in before.stdout
    assert sorted(os.listdir(other)) == ["key.json", "signed.json"]  # nothing is made by looking
    assert key in _cases.pcf("key", "trust", "key.json", cwd=other).stdout
    after = _cases.pcf("rerun", "signed.json", "--strict", cwd=other)
    assert after.returncode == 0 and "Signature: signed" in after.stdout and "Example works" in after.stdout
    assert "签名: 已签名" in _cases.pcf("rerun", "signed.json", "--lang", "zh", cwd=other).stdout

    forged = json.loads((other / "signed.json").read_text(encoding="utf-8"))
    forged["signatures"][0]["audit"]["serial"] = "1"
    (other / "forged.json").write_text(json.dumps(forged), encoding="utf-8")
    bad = _cases.pcf("rerun", "forged.json", cwd=other)
    assert bad.returncode == 4 and "not of this record" in bad.stdout
    gone = _cases.pcf("key", "revoke", key[:12], "--reason", "stolen", cwd=works)
    assert gone.returncode == 1 and "revocation_reason" in gone.stderr
