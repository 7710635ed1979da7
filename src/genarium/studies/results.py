"""results.csv of a study, a line a job, and protocols.json: all that its report is made of."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from genarium.errors import UserError
from genarium.files.atomic import write_atomically

FILE, PROTOCOLS = "results.csv", "protocols.json"
TEXTS = ("data", "arm", "seed", "job", "status", "error", "seconds", "device", "commit", "date", "measured", "protocol")
FINISHED, FAILED = "finished", "failed"


@dataclass(frozen=True)
class JobRow:
    """One job's result. `measured` is the digest of the measures, `protocol` that of their protocols."""

    data: str
    arm: str
    seed: int
    job: str
    status: str
    error: str = ""
    seconds: float = 0.0
    device: str = ""
    commit: str = ""
    date: str = ""
    measured: str = ""
    protocol: str = ""
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, int]:
        return self.data, self.arm, self.seed

    def value(self, measure: str) -> float | None:
        """NaN where the run failed; None where it was not measured."""
        return math.nan if self.status == FAILED else self.values.get(measure)


def read(folder: Path) -> list[JobRow]:
    """Rows of the results in `folder`; UserError names a line that is damaged."""
    path = folder / FILE
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    return [row(path, number, line) for number, line in enumerate(lines, start=2)]


def row(path: Path, number: int, line: dict[str, Any]) -> JobRow:
    try:
        texts = {key: line.pop(key) for key in TEXTS}
        values = {name: float(text) for name, text in line.items() if text}
        return JobRow(**texts | {"seed": int(texts["seed"]), "seconds": float(texts["seconds"])}, values=values)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is damaged in line {number} ({error}): take the file of the last commit") from None


def text(rows: Iterable[JobRow], measures: Sequence[str]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*TEXTS, *measures])
    for one in rows:
        kept = [repr(one.values[name]) if name in one.values else "" for name in measures]
        writer.writerow([*(getattr(one, key) for key in TEXTS), *kept])
    return lines.getvalue()


def protocols(folder: Path) -> dict[str, dict[str, Any]]:
    """Digest -> measure -> terms."""
    path = folder / PROTOCOLS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


class Results:
    """The results of a study in `folder`, in the order of its plan; of the jobs in `plan` alone."""

    def __init__(self, folder: Path, places: Sequence[tuple[str, str, int]], measures: Sequence[str]) -> None:
        self.folder, self.measures = folder, measures
        self.order = {place: number for number, place in enumerate(places)}

    def add(self, row: JobRow, terms: Mapping[str, Any]) -> None:
        """`row` in the place of an earlier one of its arm, data set and seed, with the protocols of its numbers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / f".{FILE}.lock"):
            rows = {one.place: one for one in read(self.folder)} | {row.place: row}
            held = protocols(self.folder) | ({row.protocol: dict(terms)} if row.protocol else {})
            self.write(list(rows.values()), held)

    def keep(self, jobs: Mapping[tuple[str, str, int], str]) -> int:
        """Only the rows of these jobs, by place: what is of earlier configurations goes. -> how many went."""
        rows = read(self.folder)
        kept = [one for one in rows if jobs.get(one.place) == one.job]
        if len(kept) < len(rows):
            self.write(kept, protocols(self.folder))
        return len(rows) - len(kept)

    def write(self, rows: list[JobRow], held: dict[str, Any]) -> None:
        rows.sort(key=lambda one: self.order.get(one.place, len(self.order)))
        used = {one.protocol for one in rows}
        held = {key: held[key] for key in sorted(held) if key in used}
        write_atomically(self.folder / PROTOCOLS, (json.dumps(held, indent=1, sort_keys=True) + "\n").encode())
        write_atomically(self.folder / FILE, text(rows, self.measures).encode())
