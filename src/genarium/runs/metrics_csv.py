"""metrics.csv: images,name,value, a number a line. What a crash tears off at its end counts for nothing."""

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from genarium.errors import UserError

HEADER = ["images", "name", "value"]
CsvRow = tuple[int, str, float]


def append(path: Path, images: int, values: Mapping[str, float]) -> None:
    """Add one row per value, and have them on the disk before returning."""
    rows = [[images, name, repr(float(value))] for name, value in values.items()]
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows if file.tell() else [HEADER, *rows])
        file.flush()
        os.fsync(file.fileno())


def text(rows: Iterable[CsvRow]) -> str:
    """The whole file that holds `rows`."""
    lines = io.StringIO()
    csv.writer(lines).writerows([HEADER, *([images, name, repr(value)] for images, name, value in rows)])
    return lines.getvalue()


def series(path: Path) -> dict[str, tuple[list[int], list[float]]]:
    """Name -> (images seen, values) in the order they were logged; UserError names a line that is damaged."""
    images, names, values = columns(path)
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    order = np.argsort(np.array([places[name] for name in names], dtype=int), kind="stable")
    ends = np.cumsum([count for _, count in sorted(Counter(names).items(), key=lambda one: places[one[0]])])
    xs, ys = (np.split(np.array(found)[order], ends[:-1]) for found in (images, values))
    return {name: (x.tolist(), y.tolist()) for name, x, y in zip(places, xs, ys, strict=True)} if names else {}


def rows(path: Path) -> list[CsvRow]:
    """(images seen, name, value) in the order they were logged; UserError names a line that is damaged."""
    return list(zip(*columns(path), strict=True))


def columns(path: Path) -> tuple[list[int], list[str], list[float]]:
    """Images seen, names and values of all rows.

    A line counts only with its end: one that was torn off is left out, and so are the zeros that a power cut leaves.
    """
    if not path.exists():
        return [], [], []
    try:
        lines = path.read_bytes().replace(b"\0", b"").decode("utf-8").split("\n")[:-1]
    except (OSError, ValueError) as error:
        why = "bytes that are no text" if isinstance(error, ValueError) else error.strerror
        raise UserError(f"{path} cannot be read ({why}): delete it to go on without these numbers") from None
    try:
        return parsed(lines)
    except (ValueError, csv.Error):  # line by line, to name the one that is damaged
        whole = [(number, line.rstrip("\r")) for number, line in enumerate(lines, start=1)]
        found = [row(path, number, line) for number, line in whole if line and line != ",".join(HEADER)]
        return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]


def parsed(lines: Sequence[str]) -> tuple[list[int], list[str], list[float]]:
    """Columns of every line but the header and empty ones; ValueError where one is damaged."""
    text = "\n".join(lines).replace("\r", "")
    if '"' in text or "\n\n" in text:  # names with a comma in them, or empty lines
        found = [fields for fields in csv.reader(lines) if fields and fields != HEADER]
        flat = [field for images, name, value in found for field in (images, name, value)]
    else:  # four times as fast
        flat = text.removeprefix(",".join(HEADER)).strip("\n").replace("\n", ",").split(",") if text else []
        flat = [] if flat == [""] else flat
    if len(flat) % 3 or len(flat) > 3 * len(lines):
        raise ValueError("a line has another number of fields")
    return list(map(int, flat[::3])), flat[1::3], list(map(float, flat[2::3]))


def row(path: Path, number: int, line: str) -> CsvRow:
    try:
        ((images, name, value),) = csv.reader([line])
        return int(images), name, float(value)
    except (ValueError, csv.Error):
        raise UserError(f"{path} is damaged in line {number} ({line[:40]!r}): delete that line") from None
