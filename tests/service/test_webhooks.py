"""Webhooks against a receiver on this machine: signatures, one look-up, private targets, attempts, secrets.

Long because each private target and each attempt has its own case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import update

from factordb.models import Base
from lca.faults import Refused
from service.desk import Desk, open_desk
from service.jobs.addresses import Target, allowed_networks, check_url, is_public, resolve
from service.jobs.clock import now
from service.jobs.events import Webhooks, new_secret
from service.jobs.job import SUCCEEDED
from service.jobs.queue import Queue, waiting
from service.jobs.webhooks import FIRST, HOURS, LONGEST, Sender, delay, next_due, post, signature

LOCAL = allowed_networks("127.0.0.0/8")
DELIVERIES = Base.metadata.tables["delivery"]


class Receiver:
    """A receiver as a customer writes it: keeps what comes, checks the signature by itself, answers as told."""

    def __init__(self, port: int = 0, **tls: Any) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        self.headers: list[tuple[bytes, bytes]] = []
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=port, log_level="error", lifespan="off", interface="asgi3", **tls
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?x=1"
        return self

    def __exit__(self, *why: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        self.came.append((path, {name.decode(): value.decode() for name, value in scope["headers"]}, body))
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b""})


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Standard Webhooks, written anew from its text: any of the signatures may be the one."""
    key = base64.b64decode(secret.split("_", 1)[1])
    text = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    mine = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return mine in [part.split(",")[1] for part in headers["webhook-signature"].split(" ")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def desk(place: str) -> Iterator[Desk]:
    with open_desk(place) as opened:
        yield opened


def due_now(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(DELIVERIES).values(due_at=0.0))


# -- sending --------------------------------------------------------------------------------------------------


def test_the_end_of_a_job_arrives_signed(desk: Desk, receiver: Receiver) -> None:
    hooks, queue = Webhooks(desk.engine), Queue(desk.engine)
    hook = hooks.add(receiver.url, LOCAL)
    queue.put("test", {}, caller="key", job_id="a", webhook=hook["id"])
    job = queue.take(["test"], "w")
    assert job is not None
    queue.end(job, SUCCEEDED, {"results": 2})
    assert waiting(desk.engine) == ["local"]
    assert Sender(desk.engine, LOCAL).send_due("local") == 1 and waiting(desk.engine) == []
    ((path, headers, body),) = receiver.came
    assert path == "/hook?x=1" and headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert signed_by(hook["secret"], headers, body) and not signed_by(new_secret(), headers, body)
    assert not signed_by(hook["secret"], headers, body.replace(b"succeeded", b"cancelled"))
    sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert abs(sent - datetime.now(UTC)) < timedelta(minutes=5)
    event = json.loads(body)
    assert event["id"] == headers["webhook-id"] and event["data"]["result"] == {"results": 2}
    (told,) = hooks.deliveries(hook["id"])
    assert (told["state"], told["last_status"], told["attempts"], told["next_at"]) == ("delivered", 204, 1, "")


def test_a_failed_delivery_is_tried_again_with_the_same_bytes(desk: Desk, receiver: Receiver) -> None:
    hooks, sender = Webhooks(desk.engine), Sender(desk.engine, LOCAL)
    hook = hooks.add(receiver.url, LOCAL)
    hooks.test(hook["id"])
    receiver.status = 503
    assert sender.send_due("local") == 1 and sender.send_due("local") == 0  # not before its time
    with desk.engine.begin() as connection:
        row = connection.execute(DELIVERIES.select()).one()
        left = row.due_at - now(connection)
    assert 0.5 * FIRST < left <= 1.2 * FIRST and (row.state, row.attempts, row.last_status) == ("pending", 1, 503)
    receiver.status = 200
    due_now(desk)
    assert sender.send_due("local") == 1
    one, two = receiver.came
    assert one[2] == two[2] and one[1]["webhook-id"] == two[1]["webhook-id"]
    (told,) = hooks.deliveries(hook["id"])
    assert told["state"] == "delivered" and [entry["status"] for entry in told["log"]] == [503, 200]


def test_a_redirect_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    with Receiver() as elsewhere:
        receiver.status, receiver.headers = 307, [(b"location", elsewhere.url.encode())]
        hook = Webhooks(desk.engine).add(receiver.url, LOCAL)
        Webhooks(desk.engine).test(hook["id"])
        Sender(desk.engine, LOCAL).send_due("local")
        assert len(receiver.came) == 1 and elsewhere.came == []
    (told,) = Webhooks(desk.engine).deliveries(hook["id"])
    assert told["state"] == "pending" and told["log"][0]["error"] == "a redirect, which is not followed"


def test_three_days_without_an_answer_end_it_and_a_redelivery_begins_anew(desk: Desk, receiver: Receiver) -> None:
    hooks, sender = Webhooks(desk.engine), Sender(desk.engine, LOCAL)
    hook = hooks.add(receiver.url, LOCAL)
    name = hooks.test(hook["id"])
    receiver.status = 500
    with desk.engine.begin() as connection:
        connection.execute(update(DELIVERIES).values(since=now(connection) - HOURS * 3600))
    sender.send_due("local")
    assert hooks.deliveries(hook["id"])[0]["state"] == "given_up"
    hooks.redeliver(name)
    assert hooks.deliveries(hook["id"])[0]["attempts"] == 0
    receiver.status = 202
    sender.send_due("local")
    told = hooks.deliveries(hook["id"])[0]
    assert told["state"] == "delivered" and [entry["status"] for entry in told["log"]] == [500, 202]
    receiver.status = 410  # gone: nobody will be there
    hooks.redeliver(name)
    sender.send_due("local")
    assert hooks.deliveries(hook["id"])[0]["state"] == "given_up"


def test_a_sender_that_was_killed_loses_no_delivery(desk: Desk, receiver: Receiver) -> None:
    hooks, sender = Webhooks(desk.engine), Sender(desk.engine, LOCAL)
    hook = hooks.add(receiver.url, LOCAL)
    hooks.test(hook["id"])
    assert sender._take("local") is not None  # and it is killed here
    assert sender.send_due("local") == 0
    due_now(desk)  # its hold has run out
    assert sender.send_due("local") == 1 and len(receiver.came) == 1


def test_both_secrets_are_valid_for_a_day_after_a_change(desk: Desk, receiver: Receiver) -> None:
    hooks, sender = Webhooks(desk.engine), Sender(desk.engine, LOCAL)
    hook = hooks.add(receiver.url, LOCAL)
    changed = hooks.rotate(hook["id"])
    assert changed["secret"] != hook["secret"] and changed["old_until"] > changed["created_at"]
    hooks.test(hook["id"])
    sender.send_due("local")
    with desk.engine.begin() as connection:
        connection.execute(update(Base.metadata.tables["webhook"]).values(old_until=now(connection) - 1))
    hooks.test(hook["id"])
    sender.send_due("local")
    valid = [(signed_by(hook["secret"], h, b), signed_by(changed["secret"], h, b)) for _, h, b in receiver.came]
    assert valid == [(True, True), (False, True)]
    shown = json.dumps(hooks.listing())
    assert hook["id"] in shown and changed["secret"] not in shown and hook["secret"] not in shown


def test_nothing_is_sent_to_a_webhook_that_was_removed(desk: Desk, receiver: Receiver) -> None:
    hooks, queue = Webhooks(desk.engine), Queue(desk.engine)
    hook = hooks.add(receiver.url, LOCAL)
    name = hooks.test(hook["id"])
    queue.put("test", {}, caller="key", job_id="a", webhook=hook["id"])
    hooks.remove(hook["id"])
    job = queue.take(["test"], "w")
    assert job is not None
    queue.end(job, SUCCEEDED)
    assert Sender(desk.engine, LOCAL).send_due("local") == 0 and receiver.came == []
    assert [told["state"] for told in hooks.deliveries(hook["id"])] == ["given_up"] and hooks.listing() == []
    for again in (lambda: hooks.redeliver(name), lambda: hooks.test(hook["id"]), lambda: hooks.rotate(hook["id"])):
        with pytest.raises(Refused, match="webhook_unknown"):
            again()
    with pytest.raises(Refused, match="delivery_unknown"):
        hooks.redeliver("nobody")


# -- when -----------------------------------------------------------------------------------------------------


def test_the_schedule_grows_by_three_and_ends_after_three_days() -> None:
    """5 s, 15 s, 45 s, ... up to eight hours, each a fifth more or less: computed, not slept."""
    at, attempt, delays = 0.0, 1, []
    while (due := next_due("d", attempt, 0.0, at)) is not None:
        delays.append(due - at)
        at, attempt = due, attempt + 1
    plain = [min(5.0 * 3**number, 8 * 3600) for number in range(len(delays))]
    assert plain[:4] == [5, 15, 45, 135] and plain[-1] == LONGEST == 28800
    assert all(0.8 <= made / wanted <= 1.2 for made, wanted in zip(delays, plain, strict=True))
    assert 64 * 3600 - 0.2 * 28800 < at <= HOURS * 3600 == 259200 and 14 <= len(delays) <= 19
    assert len({round(delay(f"d{n}", 3), 6) for n in range(50)}) == 50  # not all at once
    assert delay("d", 3) == delay("d", 3)


def test_the_signature_of_the_published_example() -> None:
    """Standard Webhooks, the example of its reference libraries (recalled)."""
    made = signature(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


# -- where ----------------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
    "2001:db8::1", "fec0::1", "::127.0.0.1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "203.119.25.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused, match="webhook_address"):
        check_url(f"https://{shown}/hook")
    with pytest.raises(Refused, match="webhook_address"):
        resolve("https://example.org/", look_up=answering(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    target = resolve("https://example.org/a/b?c=d", look_up=answering(address))
    assert ipaddress.ip_address(target.address) == ipaddress.ip_address(address)
    assert (target.port, target.host, target.path) == (443, "example.org", "/a/b?c=d")
    assert target.authority == "example.org"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https:///x", "https://user:pw@example.org/", "https://user@x.org/",
        "https://example.org/#f", "https://example.org:0/", "https://example.org:99999/", "https://例子.中国/", "x",
        "https://example.org/ a", "https://example.org/\r\nX: y", "https://[::1", "https://" + "a" * 2000 + ".org/",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(Refused, match="webhook_url"):
        check_url(url)


def answering(*addresses: str) -> Any:
    """A name server that gives these addresses, and notes how often it is asked."""
    asked: list[str] = []

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    look_up.asked = asked  # type: ignore[attr-defined]
    return look_up


def test_one_private_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(Refused) as refused:
        resolve("https://example.org/", look_up=answering("8.8.8.8", "10.0.0.7"))
    assert refused.value.faults[0].found == "example.org is 10.0.0.7"


def test_a_name_that_changes_its_mind_is_asked_once(desk: Desk, receiver: Receiver) -> None:
    """First an address that is allowed, then another: the connection goes to the one that was checked."""
    answers = iter([["127.0.0.1"], ["127.0.0.99"]])
    asked: list[str] = []

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(answers)]

    target = resolve(f"https://hook.example:{receiver.port}/", LOCAL, look_up)
    assert (target.address, target.host, asked) == ("127.0.0.1", "hook.example", ["hook.example"])
    plain = Target(target.address, target.port, target.host, False, target.path)
    assert post(plain, b"{}", {}).status == 204 and asked == ["hook.example"]
    assert receiver.came[0][1]["host"] == f"hook.example:{receiver.port}"


def test_a_private_name_is_found_out_when_it_is_used(desk: Desk, receiver: Receiver) -> None:
    """Registered with a public-looking name that answers with this machine's address: nothing arrives."""
    hook = Webhooks(desk.engine).add(f"https://hook.example:{receiver.port}/")
    Webhooks(desk.engine).test(hook["id"])
    Sender(desk.engine, look_up=answering("127.0.0.1")).send_due("local")
    assert receiver.came == []
    (told,) = Webhooks(desk.engine).deliveries(hook["id"])
    assert told["log"][0]["error"] == "webhook_address: hook.example is 127.0.0.1" and told["last_status"] == 0


def test_a_name_without_an_address() -> None:
    def nobody(host: str, port: int, **more: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    for look_up in (nobody, answering()):
        with pytest.raises(Refused, match="webhook_unknown_host"):
            resolve("https://example.org/", look_up=look_up)


def test_networks_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCF_WEBHOOK_NETWORKS", "10.1.2.0/24, fd00::/8")
    allowed = allowed_networks()
    assert resolve("https://in.example/", allowed, answering("10.1.2.9")).address == "10.1.2.9"
    with pytest.raises(Refused, match="webhook_address"):
        resolve("https://in.example/", allowed, answering("10.1.3.9"))
    assert check_url("http://10.1.2.9/x", allowed).scheme == "http"
    with pytest.raises(Refused, match="webhook_url"):
        check_url("http://8.8.8.8/x", allowed)
    with pytest.raises(Refused, match="webhook_setting"):
        allowed_networks("10.1.2.0/99")


# -- the other side misbehaves ----------------------------------------------------------------------------------


@pytest.fixture
def answers() -> Iterator[Any]:
    """A bare socket that answers with given bytes, slowly where it is told to."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    what: dict[str, Any] = {"bytes": b"", "pause": 0.0}

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                for byte in what["bytes"]:
                    if over.wait(what["pause"]):
                        break
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    what["target"] = Target("127.0.0.1", listening.getsockname()[1], "hook", False, "/")
    yield what
    over.set()
    listening.shutdown(socket.SHUT_RDWR)  # wakes the accept; closing does not
    listening.close()
    thread.join(5)


def test_an_answer_byte_by_byte_is_cut_off(answers: Any) -> None:
    answers.update(bytes=b"HTTP/1.1 200 OK\r\n" * 100, pause=0.05)
    told = post(answers["target"], b"{}", {}, seconds=0.5)
    assert (told.status, told.error) == (0, "no answer in time")


@pytest.mark.parametrize(
    "sent", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 70_000 + b"\r\n\r\n", b"\x16\x03\x01\r\n"]
)
def test_an_answer_that_is_none(answers: Any, sent: bytes) -> None:
    answers.update(bytes=sent, pause=0.0)
    told = post(answers["target"], b"{}", {}, seconds=5)
    assert told.status == 0 and told.error and not told.good


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    target = Target("127.0.0.1", port, "hook", False, "/")
    assert post(target, b"{}", {}, seconds=5).error.startswith("ConnectionRefusedError")


def test_the_certificate_is_that_of_the_name_not_of_the_address(tmp_path: Path) -> None:
    """TLS to a pinned address asks for the host's name: another name's certificate is refused."""
    key, cert = _certificate(tmp_path, "hook.example")
    context = ssl.create_default_context(cafile=str(cert))
    with Receiver(ssl_keyfile=str(key), ssl_certfile=str(cert)) as receiver:
        for host, status in (("hook.example", 204), ("other.example", 0)):
            target = resolve(f"https://{host}:{receiver.port}/x", LOCAL, answering("127.0.0.1"))
            told = post(target, b"{}", {}, context=context, seconds=5)
            assert told.status == status, told
        assert post(target, b"{}", {}, seconds=5).error.startswith("SSLCertVerificationError")
    assert len(receiver.came) == 1


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(7).not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "key.pem", folder / "cert.pem"
    form = serialization.PrivateFormat.TraditionalOpenSSL
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    paths[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return paths
