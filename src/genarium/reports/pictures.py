"""The runs' pictures, chosen over images seen and packed so that a page can hold them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from genarium.reports import formatting
from genarium.reports.inline import address, inlined, readable, webp
from genarium.reports.run_record import RunRecord

POINTS = 12  # pictures per kind and run, the first and the last among them
BUDGET = 24_000_000  # bytes that all pictures of a page take in it: what a browser opens at once and mail still carries
FIRST = ("samples", "reconstructions", "traversals", "interpolations", "reals")
SHARES = (1.0, 0.5, 0.25)  # of a picture's side, where whole ones do not fit
TRIED = 24  # pictures whose compressed size stands for that of all

Chosen = dict[str, dict[str, dict[int, Path]]]  # kind -> run -> images seen -> file
PackedPictures = dict[str, dict[str, list[list[int | str]]]]  # kind -> run -> [[images seen, data address], ...]


T = TypeVar("T")


class Choice(NamedTuple):
    """Encoding of pictures where the exact files are too large."""

    points: int  # per kind and run
    share: float  # of a picture's side
    runs: int  # with pictures


@dataclass(frozen=True)
class Album:
    """Pictures of the runs on a page, and notes about them."""

    kinds: PackedPictures
    notes: list[str]


def album(records: Sequence[RunRecord], ids: Sequence[str], budget: int = BUDGET) -> Album:
    """The exact files where they fit into `budget` bytes of the page; else compressed ones, as many, as large and of as
    many runs as fit."""
    drawn = _drawn(records, ids)
    chosen = _fewer(drawn, POINTS)
    unreadable = {file for file in _files(chosen) if not readable(file)}
    notes = [f"{file} is no readable picture and was left out." for file in sorted(unreadable)]
    if len(_files(chosen)) < len(_files(drawn)):
        notes.append(
            f"Of every kind and run {POINTS} pictures are shown, evenly spread, the first and the last included."
        )
    chosen = _without(chosen, unreadable)
    exact = [file.stat().st_size for file in _files(chosen)]
    if sum(map(inlined, exact)) <= budget:
        return Album(_packed(chosen, lambda file: address(file.read_bytes(), "image/png")), notes)
    choice = _choice(chosen, budget)
    kinds, left = _filled(chosen, choice, budget)
    return Album(kinds, [*notes, _compressed(sum(exact), choice, left, len(_runs(chosen)))])


def spread(times: Sequence[T], points: int) -> list[T]:
    """At most `points` of the sorted `times`, as evenly placed as they allow, the first and the last among them; the
    last alone where one is asked for."""
    if len(times) <= points:
        return list(times)
    last = len(times) - 1
    return [times[round(step * last / (points - 1))] for step in range(points)] if points > 1 else [times[-1]]


def _choice(chosen: Chosen, budget: int) -> Choice:
    """As many times as about fit, in full size; where not even the last of every run does, smaller; then fewer runs."""
    latest = _files(_fewer(chosen, 1))
    tried = spread(latest, TRIED)
    for share in SHARES:
        size = sum(inlined(len(webp(file, share))) for file in tried) / len(tried)
        points = int(budget / (size * len(latest)))
        if points:
            return Choice(min(POINTS, points), share, len(_runs(chosen)))
    runs = len(_runs(chosen))
    return Choice(1, SHARES[-1], max(1, int(runs * budget / (size * len(latest)))))


def _filled(chosen: Chosen, choice: Choice, budget: int) -> tuple[PackedPictures, int]:
    """The pictures of the first runs, run by run, until the budget is spent, and of how many runs they are."""
    few, kinds, spent = _fewer(chosen, choice.points), {kind: {} for kind in chosen}, 0
    for done, run in enumerate(_runs(chosen)[: choice.runs]):
        mine = {kind: {run: runs[run]} for kind, runs in few.items() if run in runs}
        packed = _packed(mine, lambda file: address(webp(file, choice.share), "image/webp"))
        spent += sum(len(str(data)) for runs in packed.values() for taken in runs.values() for _, data in taken)
        if spent > budget and done:
            return {kind: runs for kind, runs in kinds.items() if runs}, done
        for kind, runs in packed.items():
            kinds[kind] |= runs
    return {kind: runs for kind, runs in kinds.items() if runs}, min(choice.runs, len(_runs(chosen)))


def _compressed(exact: int, choice: Choice, left: int, runs: int) -> str:
    sides = "" if choice.share == 1 else f" at {choice.share:.0%} of their side"
    times = "the last one" if choice.points == 1 else f"at most {choice.points}"
    some = "" if left == runs else f", and those of the first {left} of {runs} runs alone"
    return (
        f"The pictures take {formatting.size(exact)}, so this page holds them compressed (WebP, quality 85){sides}, "
        f"{times} of every kind and run{some}; the exact files lie in the runs' folders."
    )


def _drawn(records: Sequence[RunRecord], ids: Sequence[str]) -> Chosen:
    kinds = {kind for record in records for kind, files in record.pictures.items() if files}
    order = sorted(kinds, key=lambda kind: (FIRST.index(kind) if kind in FIRST else len(FIRST), kind))
    runs = list(zip(ids, records, strict=True))
    return {kind: {run: record.pictures[kind] for run, record in runs if record.pictures.get(kind)} for kind in order}


def _fewer(chosen: Chosen, points: int) -> Chosen:
    return {
        kind: {run: {time: files[time] for time in spread(list(files), points)} for run, files in runs.items()}
        for kind, runs in chosen.items()
    }


def _without(chosen: Chosen, unwanted: Collection[Path]) -> Chosen:
    """Chosen pictures without some; runs and kinds without any are left out too."""
    left = {
        kind: {run: {time: file for time, file in files.items() if file not in unwanted} for run, files in runs.items()}
        for kind, runs in chosen.items()
    }
    left = {kind: {run: files for run, files in runs.items() if files} for kind, runs in left.items()}
    return {kind: runs for kind, runs in left.items() if runs}


def _files(chosen: Chosen) -> list[Path]:
    return [file for runs in chosen.values() for files in runs.values() for file in files.values()]


def _runs(chosen: Chosen) -> list[str]:
    """Runs with pictures, in order of appearance."""
    return list(dict.fromkeys(run for runs in chosen.values() for run in runs))


def _packed(chosen: Chosen, shown: Callable[[Path], str]) -> PackedPictures:
    return {
        name: {run: [[time, shown(file)] for time, file in files.items()] for run, files in runs.items()}
        for name, runs in chosen.items()
    }
