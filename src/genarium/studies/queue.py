"""Queue of jobs on the disk, which any number of workers serve, each started by whatever launcher."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from genarium.files.atomic import write_atomically
from genarium.studies.claims import Claim
from genarium.studies.jobs import FAILED, IN_USE, LOST, Job, Outcome

Report = Callable[[int, dict[str, float]], bool]
"""Told (images seen, the numbers logged there) while a run goes on; True where the run shall be pruned."""
RunJob = Callable[[Job, Report | None], Outcome]
"""What trains a job, on from where it was cut."""
ELSEWHERE = 1.0  # seconds between two looks at a run that another sweep trains


class Queue(Protocol):
    """What workers of a sweep serve, and what is told of it meanwhile."""

    @property
    def folder(self) -> Path:
        """What its workers share."""
        ...

    @property
    def total(self) -> int:
        """How many jobs are wished for."""
        ...

    def running(self) -> int:
        """How many are worked on now."""
        ...

    def best(self) -> str:
        """The best so far, for a line; '' where nothing is sought."""
        ...

    def serve(self, run: RunJob) -> None:
        """Take jobs and run them until none is left that nobody works on."""
        ...

    def settled(self) -> dict[str, tuple[Job, Outcome]]:
        """What has ended by now."""
        ...


@dataclass(frozen=True)
class JobList:
    """Queue of jobs that are all known before the first begins, such as those of a grid."""

    folder: Path
    jobs: tuple[Job, ...]

    @classmethod
    def begin(cls, folder: Path, jobs: Sequence[Job]) -> "JobList":
        """Write the list to `folder`, for the workers."""
        write_atomically(folder / "jobs.json", json.dumps([job.as_line() for job in jobs]).encode())
        return cls(folder, tuple(jobs))

    @classmethod
    def load(cls, folder: Path) -> "JobList":
        lines = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
        return cls(folder, tuple(map(Job.from_line, lines)))

    @property
    def total(self) -> int:
        return len(self.jobs)

    def settled(self) -> dict[str, tuple[Job, Outcome]]:
        found = {}
        for number, job in enumerate(self.jobs):
            if outcome := self.outcome(number):
                found[job.folder] = (job, outcome)
        return found

    def running(self) -> int:
        return sum(self.claim(number).is_held() for number in range(self.total) if not self.place(number).exists())

    def best(self) -> str:
        return ""

    def claim(self, number: int) -> Claim:
        return Claim(self.folder / "claims", str(number))

    def outcome(self, number: int) -> Outcome | None:
        path = self.place(number)
        return Outcome.from_line(path.read_text(encoding="utf-8")) if path.exists() else None

    def place(self, number: int) -> Path:
        return self.folder / "outcomes" / f"{number}.json"

    def serve(self, run: RunJob) -> None:
        while waiting := [number for number in range(self.total) if not self.place(number).exists()]:
            found = [self.attempt(number, run) for number in waiting]
            if not any(found):
                if all(one is None for one in found):
                    return  # another worker has each
                time.sleep(ELSEWHERE)

    def attempt(self, number: int, run: RunJob) -> bool | None:
        """True where the job was settled here; False where its run is in use elsewhere; None where another worker has
        it."""
        claim = self.claim(number)
        if not claim.take():
            return None
        try:
            if self.place(number).exists():
                return True
            outcome = (
                run(self.jobs[number], None) if claim.begin(self.jobs[number].reached()) else Outcome(FAILED, LOST)
            )
            if outcome.status == IN_USE:
                return False
            write_atomically(self.place(number), outcome.as_line().encode())
            return True
        finally:
            claim.end()
