"""What a set of files contains, by its bytes: a changed file is noticed, an unchanged one is not read again."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from genarium.data.source import Files, Item, Renders
from genarium.data.workers import spread
from genarium.runs import write_atomically

VERSION = 1  # of what packing does with the pixels: raise it when they change
SETTLED = 2e9  # nanoseconds: a file younger than this when it was read may change again within its time stamp

CHUNK = 256  # files a process reads at a time


def content_of_files(source: Files, items: Sequence[Item], index: Path, packing: dict[str, object]) -> str:
    """Hash of every file's bytes, name, label, split and box, and of how they are packed."""
    rows = [
        [item.name, item.label, item.split, item.box, digest]
        for item, digest in zip(items, digests(items, index), strict=True)
    ]
    settings = source.settings() | {"background": source.background}
    return digest_of([VERSION, source.name, source.classes, settings, packing, rows])


def content_of_drawing(source: Renders, packing: dict[str, object]) -> str:
    """Hash of everything that a drawing depends on."""
    return digest_of([VERSION, source.name, source.classes, source.settings(), packing])


def digest_of(value: object) -> str:
    """Hash of plain values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def digests(items: Sequence[Item], index: Path) -> list[str]:
    """Hash of each file's bytes; those whose size and time are as in `index` are not read."""
    began, now, known = time.time_ns(), stamps(items), read_index(index)
    fresh = [path for path, seen in now.items() if seen is None or known.get(path, [None])[0] != seen]
    if fresh:
        found = {path: [now[path], digest] for part in read(fresh) for path, digest in part.items()}
        kept = {path: entry for path, entry in known.items() if path in now or Path(path).exists()}
        settled = {path: entry for path, entry in found.items() if now[path] and began - now[path][1] > SETTLED}
        write_atomically(index, json.dumps(kept | settled).encode())
        known |= found
    return [known[path][1] for path in paths(items)]


def paths(items: Sequence[Item]) -> list[str]:
    """Where each file is, wherever the program is started from."""
    here = Path.cwd()
    return [os.path.join(here, item.path) for item in items]  # noqa: PTH118 — pathlib is slow for tens of thousands


def stamps(items: Sequence[Item]) -> dict[str, list[int] | None]:
    """Path -> [size in bytes, time of last change in nanoseconds] of each file; None where it cannot be seen."""
    return {path: stamp(path) for path in paths(items)}


def stamp(path: str) -> list[int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 — as above
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def read(files: Sequence[str]) -> Iterator[dict[str, str]]:
    """{path: hash of its bytes} for some files after others."""
    return spread(digest_files, files, "reading", CHUNK)


def digest_files(first: int, files: Sequence[str]) -> dict[str, str]:
    """Path -> hash of its bytes, or why it cannot be read: packing will say so again."""
    return {path: digest_file(path) for path in files}


def digest_file(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 — twice as fast as Path.read_bytes on small files
            return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        return str(error.strerror)


def read_index(index: Path) -> dict[str, list]:
    """Path -> [[size, time], hash]; empty where there is none yet or it is damaged: then every file is read again."""
    try:
        return json.loads(index.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
