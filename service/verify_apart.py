"""Verify a record that anybody sent, in a process of its own with limits: for pages without a login.

The child has a limit of time, processor time and memory, writes no file, opens no socket and starts no process; of
rules, regimes and releases it knows what is installed. Limits of the operating system hold it (``setrlimit``, a group
that is killed); an audit hook refuses the rest. Where there is no ``setrlimit`` (Windows) time and the hook remain.
That is no sandbox against code: a record is data, and what runs is what the operator installed. The two ends speak
JSON, never pickle: what the child says was made from hostile data.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from lca.faults import Fault, Refused
from service.records.envelope import KnownKey
from service.records.reading import MAX_BYTES, read_record

SECONDS: Final = 30.0
MEMORY: Final = 1_200_000_000
"""Bytes of address space; the records of the archive need less than a third of it."""
AT_ONCE: Final = 2
"""Records verified at the same time by one process of the service; a third waits, then is refused."""
WAIT: Final = 10.0
LONGEST: Final = 2000
MANY: Final = 50
_turn = threading.BoundedSemaphore(AT_ONCE)
_CHILD: Final = "from service.verify_apart import child; child()"
_REFUSED: Final = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove", "os.rename",
    "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "shutil.", "sqlite3.",
    "urllib.", "tempfile.",
)  # fmt: skip


def verify_apart(
    content: bytes, keys: Iterable[KnownKey] = (), *, seconds: float = SECONDS, memory: int = MEMORY
) -> dict[str, Any]:
    """The verdict on a record in a file, as plain values.

    ``keys``: public keys that this installation vouches for. Nothing is stored.

    Returns:
        ``name``, ``integrity``, ``signature``, ``recomputation``, ``step``, ``where``, ``recorded``, ``found``,
        ``reason`` (faults as :func:`plain_fault` gives them), ``notes``, ``signatures``, ``unproven``, ``unseen``,
        ``exit_code``, and ``shown``: product, label, status, total and unit as the record or its extract says them.

    Raises:
        Refused: what cannot be read as a record (see :func:`service.records.reading.read_record`);
            ``verify_too_long``, ``verify_too_large``, ``verify_broke``, ``verify_busy``.
    """
    if len(content) > MAX_BYTES:
        raise Refused([Fault("file_too_large", "record", f"{len(content):,} bytes", f"{MAX_BYTES:,}")])
    if not _turn.acquire(timeout=WAIT):
        raise Refused([Fault("verify_busy", found=f"{AT_ONCE} at work", expected="one of them to end")])
    try:
        answer = _ask(content, list(keys), seconds, memory)
    finally:
        _turn.release()
    if "faults" in answer:
        raise Refused([fault_of(item) for item in answer["faults"]])
    return answer


def plain_fault(fault: Fault) -> dict[str, Any]:
    """A fault as JSON, long values cut."""
    cut = {name: getattr(fault, name)[:LONGEST] for name in ("code", "where", "found", "expected", "rule")}
    return cut | {"values": {str(key): str(text)[:LONGEST] for key, text in fault.values.items()}}


def fault_of(plain: Mapping[str, Any]) -> Fault:
    """The fault again, for its sentences."""
    return Fault(
        plain["code"], plain["where"], plain["found"], plain["expected"], plain["rule"], values=plain["values"]
    )  # fmt: skip


def _ask(content: bytes, keys: list[KnownKey], seconds: float, memory: int) -> dict[str, Any]:
    head = json.dumps({"keys": [asdict(key) for key in keys], "seconds": seconds, "memory": memory}).encode()
    # No secret of the service stands in the child's environment, and no thread of a library adds to its memory.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _CHILD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(head + b"\n" + content, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise _too_long(seconds) from None
        except BaseException:
            _end(process)
            raise
    if process.returncode < 0:  # ended by the system: its time of the processor was over
        raise _too_long(seconds)
    try:
        answer = json.loads(said)
    except ValueError:
        found = f"exit {process.returncode}"
        raise Refused([Fault("verify_broke", found=found, expected="a verdict")]) from None
    made: dict[str, Any] = answer
    return made


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
    process.kill()
    process.communicate()


def _too_long(seconds: float) -> Refused:
    return Refused([Fault("verify_too_long", found=f"more than {seconds:g} s", expected="a record of usual size")])


def child() -> None:
    """The other end: read, take the limits on, verify, say it."""
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    _limit(float(asked["seconds"]), int(asked["memory"]))
    try:
        answer = _verified(content, {item["id"]: KnownKey(**item) for item in asked["keys"]})
    except Refused as refused:
        answer = {"faults": [plain_fault(fault) for fault in refused.faults[:MANY]]}
    except MemoryError:
        fault = Fault("verify_too_large", found="more memory than it may take", expected="a record of usual size")
        answer = {"faults": [plain_fault(fault)]}
    except Exception as error:  # whatever hostile data reach: the caller gets a refusal, never a broken page
        fault = Fault("verify_broke", found=type(error).__name__, expected="a record of schema 1")
        answer = {"faults": [plain_fault(fault)]}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _verified(content: bytes, keys: Mapping[str, KnownKey]) -> dict[str, Any]:
    from factordb.release import open_release
    from service.records.verify import rerun

    record = read_record(content, "record")
    verdict = rerun(record, open_release, keys)
    texts = ("name", "integrity", "signature", "recomputation", "step", "where", "recorded", "found")
    return {name: str(getattr(verdict, name))[:LONGEST] for name in texts} | {
        "reason": [plain_fault(fault) for fault in verdict.reason[:MANY]],
        "notes": [note[:LONGEST] for note in verdict.notes[:MANY]],
        "signatures": [{key: text[:LONGEST] for key, text in asdict(item).items()} for item in verdict.signatures],
        "unproven": list(verdict.unproven[:MANY]),
        "unseen": list(verdict.unseen[:MANY]),
        "exit_code": verdict.exit_code(),
        "shown": _shown(record) if verdict.integrity == "intact" else {},
    }


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the record is about, for the head of a page; nothing where it has another form."""
    from service.records.disclose import result_of

    try:
        result, level = result_of(record)
        picked = {key: result.get(key) for key in ("product", "label", "status", "total", "total_unit", "unit")}
    except (Refused, LookupError, TypeError, AttributeError):
        return {}
    text = json.dumps(picked)
    return {**picked, "level": level} if len(text) <= LONGEST else {}


def _limit(seconds: float, memory: int) -> None:
    """Take the limits on: from here there is no way back."""
    from lca.limited import inside

    inside()
    if os.name == "posix":
        import resource

        whole = int(seconds) + 1
        for kind, value in (
            (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, whole), (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):  # fmt: skip
            resource.setrlimit(kind, (value, value))
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)


def _refuse(event: str, given: tuple[Any, ...]) -> None:
    if event == "open":
        flags = given[2] if isinstance(given[2], int) else 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise PermissionError("a verification writes no file")
    elif event.startswith(_REFUSED):
        raise PermissionError(f"a verification does not do {event}")
