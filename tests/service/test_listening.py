"""Where a service listens: an address that is taken, foreign or not allowed is refused in words, before anything."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lca.faults import Refused
from service.cli import app
from service.listening import address, bound
from service.settings import read_settings
from tests.fixtures.certificates import authority
from tests.fixtures.served import serving


def refused(**options: object) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        bound(read_settings({}, **options))
    return [(fault.code, fault.where, fault.found) for fault in caught.value.faults]


def test_an_address_that_another_program_holds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(port=port) == [
            ("address_taken", "PCF_HOST, PCF_PORT", f"127.0.0.1:{port} is in use by another program")
        ]
        words = ["serve", "--port", str(port), "--store", str(tmp_path / "pcf.db")]
        for language, said in (("en", "cannot listen at this address"), ("zh", "无法在该地址监听")):
            told = CliRunner().invoke(app, [*words, "--lang", language])
            assert told.exit_code == 1 and said in told.output and "welcome#" not in told.output
    assert not (tmp_path / "pcf.db").exists(), "refused before a store is made"


def test_an_address_that_is_not_here(tmp_path: Path) -> None:
    words = ["serve", "--host", "192.0.2.1", "--port", "0", "--lang", "en"]  # TEST-NET-1 of RFC 5737
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    told = done.stdout + done.stderr
    assert done.returncode == 1 and "address_taken" in told and "192.0.2.1:0 is no address of this machine" in told


def test_a_port_beyond_the_last_is_not_taken_for_another() -> None:
    """``getaddrinfo`` makes 4464 of 70000."""
    with pytest.raises(Refused, match="setting_wrong at PCF_PORT: found 70000"):
        read_settings({}, port=70_000)


def test_all_that_is_wrong_at_once(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = refused(port=other.getsockname()[1], tls_cert="absent.pem", tls_key=str(tmp_path / "key.pem"))
    assert [code for code, _, _ in told] == ["certificate_unreadable", "address_taken"]


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    ours = authority(tmp_path)
    one, two = ours.pair("one"), ours.pair("two")
    ((code, _, found),) = refused(port=0, tls_cert=str(one.cert), tls_key=str(two.key))
    assert code == "certificate_unreadable" and "KEY_VALUES_MISMATCH" in found


def test_any_free_port_is_told_and_answers(tmp_path: Path) -> None:
    with bound(read_settings({}, host="localhost", port=0)) as place:
        assert address(place, tls=True) == f"https://127.0.0.1:{place.getsockname()[1]}"
    with serving(tmp_path) as running:
        assert f"{running.url}\n" in running.log.read_text("utf-8")
