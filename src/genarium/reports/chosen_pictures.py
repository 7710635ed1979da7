"""Which of the runs' pictures: kinds in a reader's order, evenly spread steps, none that is torn."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from genarium.reports.inline import readable
from genarium.reports.run_record import RunRecord

FIRST = ("samples", "reals", "reconstructions", "translations", "traversals", "interpolations")

Chosen = dict[str, dict[int, dict[int, Path]]]  # kind -> run -> images seen -> file
T = TypeVar("T")


def drawn(records: Sequence[RunRecord]) -> Chosen:
    """All pictures of all runs."""
    kinds = {kind for record in records for kind, found in record.pictures.items() if found}
    order = sorted(kinds, key=lambda kind: (FIRST.index(kind) if kind in FIRST else len(FIRST), kind))
    return {
        kind: {run: record.pictures[kind] for run, record in enumerate(records) if record.pictures.get(kind)}
        for kind in order
    }


def readable_ones(chosen: Chosen, every: bool) -> tuple[Chosen, list[Path]]:
    """`chosen` without torn files, runs and kinds without any left out too, and the torn files. Unless `every` one is
    read, only the last of a kind and run is sure to be whole: a killed run tears its last."""
    torn = {file for runs in chosen.values() for taken in runs.values() for file in _torn(taken, every)}
    kept = {
        kind: {run: {time: file for time, file in taken.items() if file not in torn} for run, taken in runs.items()}
        for kind, runs in chosen.items()
    }
    kept = {kind: {run: taken for run, taken in runs.items() if taken} for kind, runs in kept.items()}
    return {kind: runs for kind, runs in kept.items() if runs}, sorted(torn)


def _torn(taken: dict[int, Path], every: bool) -> list[Path]:
    """Files that cannot be read, from the last one on to the first that can, or all of them."""
    found = []
    for file in reversed(taken.values()):
        if not readable(file):
            found.append(file)
        elif not every:
            break
    return found


def spread(times: Sequence[T], points: int) -> list[T]:
    """At most `points` of the sorted `times`, as evenly placed as they allow, the first and the last among them; the
    last alone where one is asked for."""
    if len(times) <= points:
        return list(times)
    last = len(times) - 1
    return [times[round(step * last / (points - 1))] for step in range(points)] if points > 1 else [times[-1]]


def fewer(chosen: Chosen, points: int) -> Chosen:
    """At most `points` steps of every kind and run."""
    return {
        kind: {run: {time: taken[time] for time in spread(list(taken), points)} for run, taken in runs.items()}
        for kind, runs in chosen.items()
    }


def files(chosen: Chosen) -> list[Path]:
    return [file for runs in chosen.values() for taken in runs.values() for file in taken.values()]


def runs_of(chosen: Chosen) -> list[int]:
    """Runs with pictures, in their order."""
    return sorted({run for runs in chosen.values() for run in runs})
