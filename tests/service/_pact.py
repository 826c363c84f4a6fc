"""Services for the tests of PACT: a store with two published cements, TLS of our own, registered partners."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from service.calculate import Asked, calculate
from service.desk import Desk, open_desk
from service.intake import read_file
from service.pact.partners import Access, add
from service.pact.profile import set_profile
from service.pact.publish import publish
from service.pact.stated import Stated
from service.records.keys import key_folder
from tests.fixtures.certificates import Authority
from tests.fixtures.served import WORKER, Served, free_port, serving
from tests.service import _cases

LOOPBACK = "127.0.0.0/8"
ORDINARY = "urn:gtin:4712345060507"
SLAG = "urn:gtin:4712345060514"
CLASS = "urn:un:cpc:37440"
STATED = Stated(fossil_carbon="0", unsplit="fossil")


@dataclass(frozen=True)
class Client:
    """Client credentials of a partner."""

    id: str
    secret: str

    def token(self, base: str, verify: ssl.SSLContext) -> str:
        answer = httpx.post(
            f"{base}/auth/token", content="grant_type=client_credentials", headers=self.headers(), verify=verify,
            trust_env=False,
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def headers(self) -> dict[str, str]:
        basic = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        return {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"}


def with_footprints(desk: Desk, base_url: str = "https://pcf.acme.example") -> list[dict[str, Any]]:
    """The two cements of the example, published; the first with a classification."""
    set_profile(desk, name="Acme Cement", domain="acme.example", base_url=base_url, actor="test")
    done = calculate(read_file(_cases.CEMENT), Asked(), desk.records, caller="test")
    stated = (
        Stated(product_ids=(ORDINARY,), classifications=(CLASS,), fossil_carbon="0", unsplit="fossil"),
        Stated(product_ids=(SLAG,), fossil_carbon="0", unsplit="fossil"),
    )
    pairs = zip(done.records, stated, strict=True)
    return [publish(desk, record["name"], item, actor="test") for record, item in pairs]


def partner(desk: Desk, place: str, title: str, access: Access = Access()) -> tuple[str, Client]:  # noqa: B008
    from service.jobs.addresses import allowed_networks

    made, client_id, secret = add(
        desk, lambda: key_folder(place), title, access, actor="test", allowed=allowed_networks(LOOPBACK)
    )
    return made.id, Client(client_id, secret)


@contextmanager
def tls_service(
    folder: Path, certs: Authority, env: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Served]:
    """``pcf serve`` over TLS with a certificate of our own, trusting our own authority."""
    pair = certs.pair(f"server-{port or free_port()}")
    given = {
        "PCF_STORE": str(folder / "pcf.db"), "SSL_CERT_FILE": str(certs.file), "PCF_WEBHOOK_NETWORKS": LOOPBACK,
        **WORKER, **(env or {}),
    }  # fmt: skip
    options = ("--tls-cert", str(pair.cert), "--tls-key", str(pair.key))
    with serving(
        folder, *options, port=port, env=given, verify=ssl.create_default_context(cafile=certs.file)
    ) as served:
        yield served


@contextmanager
def store(folder: Path, company: str = "") -> Iterator[tuple[Desk, str]]:
    place = str(folder / "pcf.db")
    with open_desk(place) as desk:
        yield (desk.of(company) if company else desk), place
