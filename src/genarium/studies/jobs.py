"""Jobs of a sweep, and what came of each."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from genarium.runs.run import Run

FINISHED, BEFORE, PRUNED, FAILED, IN_USE = "finished", "finished before", "pruned", "failed", "in use"
LOST = "its worker was lost five times in a row (killed, or out of memory)"


@dataclass(frozen=True)
class Job:
    """One run of a sweep: the words that compose it, and its folder."""

    words: tuple[str, ...]
    folder: str

    @property
    def name(self) -> str:
        return Path(self.folder).name

    def reached(self) -> str:
        """How far its run has come: the time of its last checkpoint."""
        checkpoint = Run(Path(self.folder)).last
        return str(checkpoint.stat().st_mtime_ns) if checkpoint.exists() else "nothing"

    def as_line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "Job":
        job = json.loads(line)
        return cls(tuple(job["words"]), job["folder"])


@dataclass(frozen=True)
class Outcome:
    """`status` is one of the words above; `error` is the sentence of a failed job."""

    status: str
    error: str = ""

    def as_line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "Outcome":
        return cls(**json.loads(line))


def jobs_of(combinations: Sequence[tuple[list[str], Path]]) -> list[Job]:
    return [Job(tuple(words), str(folder)) for words, folder in combinations]
