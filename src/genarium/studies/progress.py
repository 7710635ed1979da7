"""The state of a sweep in a terminal: a line for each run that ends, one line for the whole."""

import os
import sys
import threading
import time

from genarium.reports.formatting import duration
from genarium.studies.jobs import BEFORE, FAILED, IN_USE, Job, Outcome


class SweepProgress:
    """Counts what is told of a sweep of `total` jobs, and prints it to standard error."""

    def __init__(self, total: int) -> None:
        self.total, self.began = total, time.monotonic()
        self.running: dict[str, Job] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.guard = threading.Lock()

    def __call__(self, job: Job, outcome: Outcome | None) -> None:
        with self.guard:
            if outcome is None:
                self.running[job.folder] = job
                return
            self.running.pop(job.folder, None)
            if outcome.status == IN_USE:
                return
            self.outcomes[job.folder] = outcome
            what = f"{job.name}: {outcome.error}" if outcome.status == FAILED else os.path.relpath(job.folder)
            print(f"{outcome.status}: {what}\n  {self.line()}", file=sys.stderr)

    @property
    def failed(self) -> list[str]:
        return [folder for folder, outcome in self.outcomes.items() if outcome.status == FAILED]

    def line(self) -> str:
        """`3/8 done, 2 running, 1 failed, 4 min left`."""
        done = len(self.outcomes)
        parts = [f"{done}/{self.total} done"]
        parts += [f"{len(self.running)} running"] if self.running else []
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        new = sum(outcome.status not in (BEFORE, FAILED) for outcome in self.outcomes.values())
        if new and done < self.total:
            left = (time.monotonic() - self.began) / new * (self.total - done)
            parts.append(f"about {duration(left)} left")
        return ", ".join(parts)
