"""Output of this process, and of those that it starts, in a file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def printed_to(path: Path) -> Iterator[None]:
    """What is printed within the block goes to the end of the file at `path`."""
    streams, kept = (1, 2), [os.dup(1), os.dup(2)]
    try:
        with path.open("ab") as file:
            redirect([file.fileno()] * 2, streams)
        yield
    finally:
        redirect(kept, streams)
        for number in kept:
            os.close(number)


def redirect(targets: list[int], streams: tuple[int, ...]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    for target, stream in zip(targets, streams, strict=True):
        os.dup2(target, stream)
