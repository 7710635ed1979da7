"""Folders that are made once, whole or not at all, whoever asks first and whoever is killed."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console


def once(cache: Path, name: str, build: Callable[[Path], None]) -> Path:
    """`cache`/`name`, filled by `build` if it is not there yet; of several processes one builds and the others wait."""
    folder = cache / name
    if folder.is_dir():
        return folder
    sweep(cache)
    with locked(cache, name):
        if not folder.is_dir():
            scratch = scratch_of(cache, name)
            try:
                scratch.mkdir(parents=True)
                build(scratch)
                scratch.rename(folder)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    return folder


def scratch_of(cache: Path, name: str) -> Path:
    return cache / "scratch" / name


def lock_of(cache: Path, name: str) -> FileLock:
    """The system frees it when its holder ends, however it ends."""
    (cache / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(cache / "locks" / name)


@contextlib.contextmanager
def locked(cache: Path, name: str) -> Iterator[None]:
    """Alone with `name`, after telling the user if that takes waiting."""
    lock = lock_of(cache, name)
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
