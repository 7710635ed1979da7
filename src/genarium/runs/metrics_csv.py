"""metrics.csv: images,name,value, a number a line. What a crash tears off at its end counts for nothing."""

import csv
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

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


def rows(path: Path) -> list[CsvRow]:
    """(images seen, name, value) in the order they were logged; UserError names a line that is damaged.

    A line counts only with its end: one that was torn off is left out, and so are the zeros that a power cut leaves.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_bytes().replace(b"\0", b"").decode("utf-8").split("\n")[:-1]
    except (OSError, ValueError) as error:
        why = "bytes that are no text" if isinstance(error, ValueError) else error.strerror
        raise UserError(f"{path} cannot be read ({why}): delete it to go on without these numbers") from None
    found = [(number, line.rstrip("\r")) for number, line in enumerate(lines, start=1)]
    return [row(path, number, line) for number, line in found if line and line != ",".join(HEADER)]


def row(path: Path, number: int, line: str) -> CsvRow:
    try:
        ((images, name, value),) = csv.reader([line])
        return int(images), name, float(value)
    except (ValueError, csv.Error):
        raise UserError(f"{path} is damaged in line {number} ({line[:40]!r}): delete that line") from None
