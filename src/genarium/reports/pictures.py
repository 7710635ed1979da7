"""The runs' pictures, chosen over images seen and packed so that a page can hold them."""

import base64
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from genarium.reports import words
from genarium.reports.record import Record

POINTS = 12  # pictures per kind and run, the first and the last among them
BUDGET = 24_000_000  # bytes of all pictures of a page: what a browser opens at once and mail still carries
FIRST = ("samples", "reconstructions", "traversals", "interpolations", "reals")

Chosen = dict[str, dict[str, dict[int, Path]]]  # kind -> run -> images seen -> file
Packed = dict[str, dict[str, list[list[int | str]]]]  # kind -> run -> [[images seen, data address], ...]


@dataclass(frozen=True)
class Album:
    """What a page shows of the runs' pictures, and what it must say about them."""

    kinds: Packed
    notes: list[str]


def album(records: Sequence[Record], ids: Sequence[str], budget: int = BUDGET) -> Album:
    """The exact files where they fit into `budget` bytes; else WebP at quality 85 of as many as about fit."""
    drawn = _drawn(records, ids)
    chosen = _fewer(drawn, POINTS)
    unreadable = {file for file in _files(chosen) if not _readable(file)}
    notes = [f"{file} is no readable picture and was left out." for file in sorted(unreadable)]
    if len(_files(chosen)) < len(_files(drawn)):
        notes.append(
            f"Of every kind and run {POINTS} pictures are shown, evenly spread, the first and the last included."
        )
    chosen = _without(chosen, unreadable)
    exact = sum(file.stat().st_size for file in _files(chosen))
    if exact <= budget:
        return Album(_packed(chosen, {file: file.read_bytes() for file in _files(chosen)}, "image/png"), notes)
    small = {file: _webp(file) for file in _files(_latest(chosen))}
    points = min(POINTS, max(2, budget // sum(map(len, small.values()))))
    chosen = _fewer(chosen, points)
    small |= {file: _webp(file) for file in _files(chosen) if file not in small}
    notes.append(
        f"The pictures take {words.size(exact)}, so this page holds them compressed (WebP, quality 85), at most "
        f"{points} of every kind and run; the exact files lie in the runs' folders."
    )
    return Album(_packed(chosen, small, "image/webp"), notes)


def spread(times: Sequence[int], points: int) -> list[int]:
    """At most `points` of the sorted `times`, as evenly placed as they allow, the first and the last among them."""
    if len(times) <= points:
        return list(times)
    last = len(times) - 1
    return [times[round(step * last / (points - 1))] for step in range(points)]


def _drawn(records: Sequence[Record], ids: Sequence[str]) -> Chosen:
    kinds = {kind for record in records for kind, files in record.pictures.items() if files}
    order = sorted(kinds, key=lambda kind: (FIRST.index(kind) if kind in FIRST else len(FIRST), kind))
    runs = list(zip(ids, records, strict=True))
    return {kind: {run: record.pictures[kind] for run, record in runs if record.pictures.get(kind)} for kind in order}


def _fewer(chosen: Chosen, points: int) -> Chosen:
    return {
        kind: {run: {time: files[time] for time in spread(list(files), points)} for run, files in runs.items()}
        for kind, runs in chosen.items()
    }


def _latest(chosen: Chosen) -> Chosen:
    return {
        kind: {run: dict([list(files.items())[-1]]) for run, files in runs.items()} for kind, runs in chosen.items()
    }


def _without(chosen: Chosen, unwanted: Collection[Path]) -> Chosen:
    """What is left of `chosen`; runs and kinds of which nothing is left are left out too."""
    left = {
        kind: {run: {time: file for time, file in files.items() if file not in unwanted} for run, files in runs.items()}
        for kind, runs in chosen.items()
    }
    left = {kind: {run: files for run, files in runs.items() if files} for kind, runs in left.items()}
    return {kind: runs for kind, runs in left.items() if runs}


def _files(chosen: Chosen) -> list[Path]:
    return [file for runs in chosen.values() for files in runs.values() for file in files.values()]


def _readable(file: Path) -> bool:
    """Whether the file is a whole PNG: a run that was killed may leave a part of one."""
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            picture.verify()
    except (OSError, SyntaxError):  # Pillow's word for a broken PNG chunk
        return False
    return True


def _webp(file: Path) -> bytes:
    with Image.open(file) as picture, io.BytesIO() as buffer:
        picture.convert("RGB").save(buffer, "WEBP", quality=85, method=2)
        return buffer.getvalue()


def _packed(chosen: Chosen, data: Mapping[Path, bytes], kind: str) -> Packed:
    def address(file: Path) -> str:
        return f"data:{kind};base64,{base64.b64encode(data[file]).decode()}"

    return {
        name: {run: [[time, address(file)] for time, file in files.items()] for run, files in runs.items()}
        for name, runs in chosen.items()
    }
