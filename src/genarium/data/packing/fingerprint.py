"""Fingerprint of a set of files by their bytes: a changed file is noticed, an unchanged one is not read again."""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from genarium.data.source import Files, Item, RenderedSource
from genarium.files.atomic import write_atomically

VERSION = 1  # of what packing does with the pixels: raise it when they change
SECOND = 10**9  # nanoseconds
TICK = SECOND // 20  # within which a second change may bear the same time; 2 s where times are in whole seconds

Stamps = dict[str, list[int] | None]


def content_of_files(source: Files, items: Sequence[Item], digests: Sequence[str], packing: dict[str, object]) -> str:
    """Hash of every file's bytes (as `digests`, in order), name, label, split and box, and of how they are packed."""
    rows = [[item.name, item.label, item.split, item.box, digest] for item, digest in zip(items, digests, strict=True)]
    settings = source.settings() | {"background": source.background}
    return digest_of([VERSION, source.name, source.classes, settings, packing, rows])


def content_of_drawing(source: RenderedSource, packing: dict[str, object]) -> str:
    """Hash of everything that a drawing depends on."""
    return digest_of([VERSION, source.name, source.classes, source.settings(), packing])


def digest_of(value: object) -> str:
    """Hash of plain values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def paths(items: Sequence[Item]) -> list[str]:
    """Absolute paths of the files."""
    here = Path.cwd()
    return [os.path.join(here, item.path) for item in items]  # noqa: PTH118 — pathlib is slow for tens of thousands


def stamps(files: Sequence[str]) -> Stamps:
    """Path -> [size in bytes, when it changed, when anything about it did (ns)]; None where it cannot be seen."""
    return {path: stamp(path) for path in files}


def stamp(path: str) -> list[int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 — as above
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def wait_for_clock_tick(seen: Stamps) -> None:
    """Wait, seldom and 2 s at most, until whoever changes a file after this gives it another time."""
    youngest = max((stamp[2] for stamp in seen.values() if stamp), default=0)
    tick = TICK if youngest % SECOND else 2 * SECOND
    time.sleep(min(max(youngest + tick - time.time_ns(), 0), 2 * SECOND) / SECOND)


def recall(index: Path, seen: Stamps, files: Sequence[str]) -> list[str] | None:
    """Hash of each file's bytes as `remember` left it in `index`; None if any file is new or changed."""
    known = read_index(index)
    if any(path not in known or known[path][0] != stamp for path, stamp in seen.items()):
        return None
    return [known[path][1] for path in files]


def remember(index: Path, seen: Stamps, files: Sequence[str], digests: Sequence[str]) -> None:
    """Keep each file's hash under its stamp, taken before the file was read, and forget files that are gone."""
    kept = {path: entry for path, entry in read_index(index).items() if path in seen or Path(path).exists()}
    new = {path: [seen[path], digest] for path, digest in zip(files, digests, strict=True)}
    write_atomically(index, json.dumps(kept | new).encode())


def read_index(index: Path) -> dict[str, list]:
    """Path -> [stamp, hash]; empty where there is none yet or it is damaged: then every file is read again."""
    try:
        known = json.loads(index.read_bytes())
        return {path: [stamp, digest] for path, (stamp, digest) in known.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
