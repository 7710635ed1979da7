"""A (N, C, R, R) uint8 .npy file that all cores write into."""

import hashlib
import io
import os
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from genarium.data.packing.decode import Box, Recipe, content, pixels
from genarium.data.packing.parallel_map import parallel_map
from genarium.data.packing.unreadable import Unreadable

CHUNK = 64  # pictures a process decodes at a time


def write_images(
    file: Path, paths: Sequence[str], boxes: Sequence[Box | None], recipe: Recipe
) -> tuple[dict[int, str], list[str]]:
    """Decode pictures into `file`, (n, C, R, R) uint8 for the n usable ones.

    -> {row of `paths`: why it was skipped}, and the hash of the very bytes that were decoded, or why there are none,
    for each row.
    """
    shape = (len(paths), recipe.channels, recipe.resolution, recipe.resolution)
    start, size = len(header(shape)), int(np.prod(shape[1:]))
    with file.open("wb") as made:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(made.fileno(), 0, start + len(paths) * size)  # a full disk shows now, not in an hour
    skipped: dict[int, str] = {}
    digests: dict[int, str] = {}
    jobs = list(zip(range(len(paths)), paths, boxes, strict=True))
    for reasons, hashes in parallel_map(decode_into, jobs, "packing", CHUNK, str(file), start, recipe):
        skipped |= reasons
        digests |= hashes
    finish(file, shape, skipped)
    return dict(sorted(skipped.items())), [digests[row] for row in range(len(paths))]


def decode_into(
    jobs: Sequence[tuple[int, str, Box | None]], file: str, start: int, recipe: Recipe
) -> tuple[dict[int, str], dict[int, str]]:
    """Decode pictures (row, path, box) into their rows of `file`. -> {row: why it was skipped}, {row: hash}."""
    skipped: dict[int, str] = {}
    digests: dict[int, str] = {}
    with Path(file).open("r+b") as made:  # written, not mapped: on a full disk a memory map kills the process
        for row, path, box in jobs:
            try:
                data = content(path)
                digests[row] = hashlib.sha256(data).hexdigest()
                picture = pixels(io.BytesIO(data), box, recipe).tobytes()
            except Unreadable as reason:
                skipped[row] = str(reason)
                digests[row] = f"{digests.get(row, reason)}, left out"
            else:
                made.seek(start + row * len(picture))
                made.write(picture)
    return skipped, digests


def finish(file: Path, shape: tuple[int, ...], skipped: Collection[int]) -> None:
    """Close the gaps that skipped rows left, write the header, and have all of it on the disk."""
    start, size = len(header(shape)), int(np.prod(shape[1:]))
    with file.open("r+b") as made:
        if skipped:
            kept = [row for row in range(shape[0]) if row not in skipped]
            for place in range(0, len(kept), CHUNK):
                block = b"".join(
                    os.pread(made.fileno(), size, start + row * size) for row in kept[place : place + CHUNK]
                )
                os.pwrite(made.fileno(), block, start + place * size)
            made.truncate(start + len(kept) * size)
            shape = (len(kept), *shape[1:])
        made.write(header(shape))
        made.flush()
        os.fsync(made.fileno())


def header(shape: tuple[int, ...]) -> bytes:
    """Header of a .npy file, padded by numpy so that its length does not depend on N."""
    text = io.BytesIO()
    np.lib.format.write_array_header_1_0(text, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return text.getvalue()
