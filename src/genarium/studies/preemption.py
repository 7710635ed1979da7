"""Ends that are announced by a signal: the run is saved first, then the job is handed back to its scheduler."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ANNOUNCES = (signal.SIGUSR1, signal.SIGUSR2)
"""What SLURM sends ahead of a time limit or a preemption: submitit asks for SIGUSR2, scripts mostly for SIGUSR1."""


class End:
    """Handler of SIGTERM and ANNOUNCES. Within a run, Lightning's handler, which calls this one, lets it be saved."""

    came: signal.Signals | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.came = self.came or signal.Signals(number)
        if number in ANNOUNCES:
            os.kill(os.getpid(), signal.SIGTERM)
        elif signal.getsignal(signal.SIGTERM) is self:
            self.heed()

    def heed(self) -> None:
        """SystemExit where a signal came; asked between runs, since one that came as a run ended has ended nothing."""
        if self.came:
            raise SystemExit(128 + signal.SIGTERM)


@contextmanager
def saved_before_the_end() -> Iterator[End]:
    """SIGTERM and ANNOUNCES end the run within the block, saved. Then whoever handled the signal before is asked,
    which is where submitit has its job queued again, and SystemExit is raised."""
    end = End()
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, *ANNOUNCES)}
    try:
        yield end
    except SystemExit:
        handler = before.get(end.came) if end.came else None
        if callable(handler):
            handler(int(end.came or 0), None)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
