"""Compare runs while they go on: the page is rewritten whenever a run's files changed.

A file that is rewritten, and no server: it needs no port, and so neither a firewall's leave nor a tunnel from a
cluster; nobody else on the machine can read it; and it is the same file that is kept and sent in the end. The page
loads itself anew, with what its address remembers.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from genarium.reports.compare import compare
from genarium.runs.run import Run, find_runs

EVERY = 15.0  # seconds between two looks; the page loads itself anew as often


def watch(
    folders: Sequence[str | Path], out: str | Path, budget: int, every: float = EVERY,
    told: Callable[[str], None] = print, rounds: int | None = None,
) -> None:  # fmt: skip
    """Rewrite the page `out` of the runs in `folders` whenever they change, for `rounds` looks, without end by default.

    UserError where the folders hold no run at the start, or the page cannot be written.
    """
    seen, looks = None, 0
    while rounds is None or looks < rounds:
        now = state(folders)
        if now != seen:
            page = compare(folders, out, budget, watch=every)
            going = sum(Run(Path(folder)).status() == "running" for folder, *_ in now)
            told(f"{time.strftime('%H:%M:%S')}  {page}: {len(now)} runs, {going} going on; Ctrl-C ends this")
            seen = now
        looks += 1
        if rounds is None or looks < rounds:
            time.sleep(every)


def state(folders: Sequence[str | Path]) -> list[tuple[str, float, float, float]]:
    """What tells that a run changed: when its numbers, its record and its pictures did."""
    return [
        (str(run.folder), changed(run.metrics), changed(run.record), changed(run.folder / "pictures"))
        for run in find_runs(folders)
    ]


def changed(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
