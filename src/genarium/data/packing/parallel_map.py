"""All cores on one list of files, with a progress bar; a killed parent takes its processes along."""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from genarium.errors import UserError

R = TypeVar("R")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parallel_map(
    function: Callable[..., R], files: Sequence[Any], text: str, chunk: int, *arguments: Any
) -> Iterator[R]:
    """function(files[start : start + chunk], *arguments) for all files, on all cores, as they are done.

    Raises what `function` raises, at once; UserError if the system kills a process.
    """
    starts = range(0, len(files), chunk)
    with processes(min(cores(), len(starts))) as pool:
        # submitted before the bar's thread starts: processes are forked while nothing else of ours runs
        futures = {pool.submit(function, files[start : start + chunk], *arguments): start for start in starts}
        with bar() as progress:
            task = progress.add_task(text, total=len(files))
            for future in as_completed(futures):
                yield future.result()
                progress.advance(task, min(chunk, len(files) - futures[future]))


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that drops its work on an error instead of finishing it."""
    # a forked process has imported everything already; elsewhere than on Linux forking is not safe
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    Image.preinit()  # imports the usual formats once, not in each process
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=begin)
    try:
        yield pool
    except (BrokenProcessPool, MemoryError) as error:
        said = "ran out of memory" if isinstance(error, MemoryError) else "was killed, most likely for want of memory"
        raise UserError(
            f"a packing process {said}: free some, or leave out the largest pictures, and run again"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def begin() -> None:
    """Initialization of a worker process: leave Ctrl-C to the parent, silence PIL, end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    warnings.simplefilter("ignore")
    threading.Thread(target=follow, daemon=True).start()


def follow() -> None:
    """Wait for the parent's end, even by kill -9, and end too."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


class Speed(ProgressColumn):
    """Images per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f} images/s", style="progress.data.speed")


def bar() -> Progress:
    """A progress bar on the terminal that leaves no trace; nothing where there is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Speed(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
