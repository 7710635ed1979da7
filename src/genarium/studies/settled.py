"""End of the wait for a launcher once its queue is settled, however many of its workers it still believes in."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from genarium.studies.queue import Queue

LOOK = 5.0
"""Seconds between two looks. A launcher that returns by itself does so before the second that finds all settled."""


class Settled(Exception):
    """Nothing is left to do in a queue, and its launcher has not returned."""


@contextmanager
def until_settled(queue: Queue) -> Iterator[None]:
    """Raises Settled within the block. SLURM without accounting never says that a killed job has ended."""
    looks: list[bool] = []

    def look(number: int, frame: FrameType | None) -> None:
        looks.append(len(queue.settled()) >= queue.total)
        if looks[-2:] == [True, True]:
            raise Settled

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK, LOOK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
