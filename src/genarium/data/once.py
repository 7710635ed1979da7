"""Folders that are made once, whole or not at all, whoever asks first and whoever is killed."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console


def once(cache: Path, key: str, find: Callable[[], str | None], build: Callable[[Path], str]) -> Path:
    """The folder in `cache` whose name `find` returns, or else `build`, which fills an empty folder, names it.

    Of several processes that ask with one `key`, one builds and the others wait for it.
    """
    if name := existing(cache, find()):
        return name
    sweep(cache)
    with locked(cache, key):
        return existing(cache, find()) or built(cache, key, build)


def existing(cache: Path, name: str | None) -> Path | None:
    return cache / name if name and (cache / name).is_dir() else None


def built(cache: Path, key: str, build: Callable[[Path], str]) -> Path:
    """Fill a scratch folder, then give it its name in one step."""
    scratch = cache / "scratch" / key
    try:
        scratch.mkdir(parents=True)
        folder = cache / build(scratch)
        if not folder.is_dir():  # it is when the same pictures were packed from another place
            scratch.rename(folder)
        return folder
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def lock_of(cache: Path, key: str) -> FileLock:
    """The system frees it when its holder ends, however it ends."""
    (cache / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(cache / "locks" / key)


@contextlib.contextmanager
def locked(cache: Path, key: str) -> Iterator[None]:
    """Alone with `key`, after telling the user if that takes waiting."""
    lock = lock_of(cache, key)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        Console(stderr=True).print("another process is packing the same images; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def sweep(cache: Path) -> None:
    """Remove what killed processes left: every scratch folder whose lock is free."""
    for scratch in (cache / "scratch").glob("*"):
        with contextlib.suppress(Timeout), lock_of(cache, scratch.name).acquire(timeout=0):
            shutil.rmtree(scratch, ignore_errors=True)
