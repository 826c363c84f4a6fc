"""Draws on a real Dask scheduler over TLS with certificates of our own: the same bytes as here, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from distributed import LocalCluster, Security
from typer.testing import CliRunner

import service.cluster as module
from lca.faults import Fault, Refused
from lca.uncertain.distributions import Floats
from lca.uncertain.draws import uniforms
from lca.uncertain.mapping import in_turn
from service.cli import app
from service.cluster import Tls, cluster
from tests.fixtures.certificates import authority

ROOT = Path(__file__).resolve().parents[2]
CEMENT = ROOT / "examples" / "cement_works_2024.yaml"
SIDE = {"rows": {"coal": {"distribution": "lognormal", "gsd": "1.1"}}}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tls]:
    """Files of a client that the scheduler knows, and of one that it does not."""
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = authority(folder, "ours"), authority(folder, "theirs")
    client, stranger = ours.pair("client"), theirs.pair("stranger")
    return {
        "client": Tls(str(ours.file), str(client.cert), str(client.key)),
        "stranger": Tls(str(theirs.file), str(stranger.cert), str(stranger.key)),
    }


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def address(request: pytest.FixtureRequest, tls: dict[str, Tls]) -> Iterator[str]:
    known = tls["client"]
    security: Any = Security(  # type: ignore[no-untyped-call]
        tls_ca_file=known.ca, require_encryption=True,
        tls_scheduler_cert=known.cert, tls_scheduler_key=known.key,
        tls_worker_cert=known.cert, tls_worker_key=known.key, tls_client_cert=known.cert, tls_client_key=known.key,
    )  # fmt: skip
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=request.param, threads_per_worker=1, processes=True, dashboard_address=None, protocol="tls",
        host="127.0.0.1", security=security,
    ) as made:  # fmt: skip
        yield str(made.scheduler_address)


def chunk(index: int) -> Floats:
    return uniforms(7, "coal", index)


def test_chunks_come_back_in_order_and_to_the_byte(address: str, tls: dict[str, Tls]) -> None:
    assert address.startswith("tls://127.0.0.1:")
    with cluster(address, tls["client"]) as mapped:
        there = mapped(chunk, 9)
    assert np.concatenate(there).tobytes() == np.concatenate(in_turn(chunk, 9)).tobytes()


def test_the_command_gives_the_same_annex(address: str, tls: dict[str, Tls], tmp_path: Path) -> None:
    side = tmp_path / "side.yaml"
    side.write_text(yaml.safe_dump(SIDE), encoding="utf-8")
    plain = ["uncertainty", str(CEMENT), "--uncertainty", str(side), "--draws", "600", "--format", "json"]
    here = CliRunner().invoke(app, plain)
    known = tls["client"]
    far = ["--cluster", address, "--cluster-ca", known.ca, "--cluster-cert", known.cert, "--cluster-key", known.key]
    there = CliRunner().invoke(app, plain + far)
    assert here.exit_code == there.exit_code == 0, there.output
    assert json.loads(here.stdout) == json.loads(there.stdout)


def test_a_fault_of_a_draw_travels(address: str, tls: dict[str, Tls]) -> None:
    with cluster(address, tls["client"]) as mapped, pytest.raises(Refused) as refused:
        mapped(breaks, 3)
    assert [fault.code for fault in refused.value.faults] == ["draw_breaks"]


def breaks(index: int) -> Floats:
    raise Refused([Fault("draw_breaks", f"draw {index}", "no single solution", "one")])


def test_workers_with_other_code_are_not_used(
    address: str, tls: dict[str, Tls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "version", lambda name: "0")  # here only: workers are processes of their own
    assert {fault.code for fault in refusal(address, tls["client"])} == {"cluster_differs"}


def test_a_stranger_is_not_let_in(address: str, tls: dict[str, Tls], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 2)
    assert [fault.code for fault in refusal(address, tls["stranger"])] == ["cluster_unreachable"]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("tcp://192.0.2.1:8786", "cluster_address"),
        ("tcp://example.org:8786", "cluster_address"),
        ("192.0.2.1:8786", "cluster_address"),
        ("tls://127.0.0.1", "cluster_address"),
        ("tls://127.0.0.1:8786", "cluster_address"),
        ("tcp://127.0.0.1:1", "cluster_unreachable"),
    ],
)
def test_what_is_no_safe_address(where: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    assert [fault.code for fault in refusal(where, Tls())] == [code]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert [fault.code for fault in refusal("tcp://127.0.0.1:8786", Tls())] == ["cluster_missing"]


def refusal(address: str, tls: Tls) -> tuple[Fault, ...]:
    with pytest.raises(Refused) as refused, cluster(address, tls):
        pass
    return refused.value.faults
