"""The state of a sweep in a terminal: a line for each run that ends, one line for the whole."""

import os
import sys
import threading
import time
from collections import Counter

from genarium.reports.formatting import duration
from genarium.studies.jobs import BEFORE, FAILED, PRUNED, Job, Outcome
from genarium.studies.queue import Queue

PAUSE = 1.0  # seconds between two looks
COLUMNS = 79
CLEAR = "\r\x1b[2K"


class SweepProgress:
    """What has come of a sweep by now, printed to standard error as it comes; a terminal shows one living line."""

    def __init__(self, queue: Queue) -> None:
        self.queue, self.began = queue, time.monotonic()
        self.outcomes: dict[str, Outcome] = {}
        self.living = sys.stderr.isatty()
        self.before = 0

    def begin(self) -> "SweepProgress":
        """Count what is finished already: it is no news, and tells nothing of how long the rest takes."""
        self.outcomes = {folder: outcome for folder, (_, outcome) in self.queue.settled().items()}
        self.before = len(self.outcomes)
        if self.before:
            print(f"{self.before} were done before", file=sys.stderr)
        return self

    def look(self) -> None:
        """Print what ended since the last look."""
        for folder, (job, outcome) in self.queue.settled().items():
            if folder not in self.outcomes:
                self.outcomes[folder] = outcome
                print(f"{CLEAR * self.living}{sentence(job, outcome)}\n  {self.line()}", file=sys.stderr)
        if self.living:
            print(f"{CLEAR}{self.line()[:COLUMNS]}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        self.look()
        if self.living:
            print(CLEAR, end="", file=sys.stderr)

    @property
    def failed(self) -> list[str]:
        return [folder for folder, outcome in self.outcomes.items() if outcome.status == FAILED]

    def line(self) -> str:
        """`3/8 done, 2 running, 1 pruned, 1 failed, best 12.3 (t0002), about 4 min left`."""
        done, counts = len(self.outcomes), Counter(outcome.status for outcome in self.outcomes.values())
        running = self.queue.running()
        parts = [f"{done}/{self.queue.total} done"]
        parts += [f"{running} running"] if running else []
        parts += [f"{counts[status]} {status}" for status in (PRUNED, FAILED) if counts[status]]
        parts += [best] if (best := self.queue.best()) else []
        new = done - self.before - counts[BEFORE]
        if new > 0 and done < self.queue.total:
            left = (time.monotonic() - self.began) / new * (self.queue.total - done)
            parts.append(f"about {duration(left)} left")
        return ", ".join(parts)


def sentence(job: Job, outcome: Outcome) -> str:
    what = f"{job.name}: {outcome.error}" if outcome.status == FAILED else os.path.relpath(job.folder)
    return f"{outcome.status}: {what}"


class watched:
    """While it lasts, a thread looks at the queue and prints."""

    def __init__(self, progress: SweepProgress) -> None:
        self.progress, self.over = progress, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self) -> None:
        while not self.over.wait(PAUSE):
            self.progress.look()

    def __enter__(self) -> SweepProgress:
        self.thread.start()
        return self.progress

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        self.thread.join()
        self.progress.end()
