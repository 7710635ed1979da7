"""Who writes in a run's folder: one process at a time. The system frees the lock when its holder ends."""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from genarium.errors import UserError

LOCK, HOLDER = ".lock", ".holder"
WAIT = 1.0  # seconds: whoever only looks lets go at once


class InUse(UserError):
    """Another process trains in the folder."""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While it lasts, no other process trains in `folder`; UserError names the one that does."""
    lock, there = FileLock(folder / LOCK), folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=WAIT)
    except Timeout:
        raise InUse(
            f"{folder} is in use: {holder(folder)}; wait until that ends, or end it, or choose another name=…"
        ) from None
    except OSError as error:
        raise UserError(f"cannot write in {folder}: {error.strerror}; choose another folder or mend that") from None
    try:
        with contextlib.suppress(OSError):  # who it is matters to others alone
            (folder / HOLDER).write_text(json.dumps(this_process()), encoding="utf-8")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        if [path.name for path in folder.glob("*")] == [LOCK]:
            (folder / LOCK).unlink()
            if not there:
                folder.rmdir()  # nothing came of it
        lock.release()


def this_process() -> dict[str, object]:
    """Who this is, for a sentence and for whoever asks whether it still runs."""
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}


def holder(folder: Path) -> str:
    try:
        who = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"it runs in process {who['pid']} on {who['host']} since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process writes there"


def held(lock: Path) -> bool:
    """Whether a process holds the file `lock` now."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def runs_on(folder: Path, result: Mapping[str, Any]) -> bool:
    """Whether the process that wrote a `running` result may still run; one of another machine may."""
    if held(folder / LOCK):
        return True
    if result.get("host") is not None:
        return result["host"] != socket.gethostname()
    return existed(result.get("pid"), result.get("started"))


def existed(pid: Any, started: Any) -> bool:
    """Whether process `pid` of this machine runs and ran already when the run `started`, since numbers are reused."""
    try:
        return psutil.Process(pid).create_time() <= datetime.fromisoformat(started).timestamp() + 1
    except (psutil.Error, TypeError, ValueError):
        return False
