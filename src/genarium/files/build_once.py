"""Builds a cache folder exactly once across processes; atomic under crashes, and rebuilt where it is damaged."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout
from rich.console import Console

T = TypeVar("T")


class Damaged(Exception):
    """Error for a cache folder that is no longer whole and must be rebuilt."""


def build_once(
    cache: Path, key: str, find: Callable[[], str | None], build: Callable[[Path], str], open: Callable[[Path], T]
) -> T:
    """The folder in `cache` whose name `find` returns, or else `build`, which fills an empty folder, names it; as
    `open` gives it, which raises Damaged where it is to be made anew.

    Of several processes that ask with one `key`, one builds and the others wait for it.
    """
    if (made := existing(cache, find(), open)) is not None:
        return made
    sweep(cache)
    with locked(cache, key, "packing the same images"):
        made = existing(cache, find(), open)
        return built(cache, key, build, open) if made is None else made


def existing(cache: Path, name: str | None, open: Callable[[Path], T]) -> T | None:
    """None where there is nothing of that name, or nothing whole."""
    try:
        return open(cache / name) if name and (cache / name).is_dir() else None
    except Damaged:
        return None


def built(cache: Path, key: str, build: Callable[[Path], str], open: Callable[[Path], T]) -> T:
    """Fill a scratch folder, then give it its name in one step."""
    scratch = cache / "scratch" / key
    try:
        scratch.mkdir(parents=True)
        name = build(scratch)
        # it is there when the same pictures were packed from another place
        if (made := existing(cache, name, open)) is not None:
            return made
        shutil.rmtree(cache / name, ignore_errors=True)
        scratch.rename(cache / name)
        return open(cache / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def lock_of(cache: Path, key: str) -> FileLock:
    """The system frees it when its holder ends, however it ends."""
    (cache / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(cache / "locks" / key)


@contextlib.contextmanager
def locked(cache: Path, key: str, doing: str) -> Iterator[None]:
    """Alone with `key`, after telling the user what another process is `doing` if that takes waiting."""
    lock = lock_of(cache, key)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        Console(stderr=True).print(f"another process is {doing}; waiting for it")
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
