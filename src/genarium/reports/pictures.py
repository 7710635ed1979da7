"""The runs' pictures in a page: every step of a few runs; of many the last, the others in a folder beside the page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from genarium.reports import formatting
from genarium.reports.chosen_pictures import Chosen, drawn, fewer, files, readable_ones, runs_of, spread
from genarium.reports.inline import QUALITY, address, inlined, webp
from genarium.reports.pictures_beside import laid_beside
from genarium.reports.run_record import RunRecord

FEW = 24  # runs whose pictures of every step stand in the page
POINTS = 40  # steps per kind and run, the first and the last among them
BUDGET = 24_000_000  # bytes that all pictures of a page take in it: what a browser opens at once and mail still carries
SIDES, THUMBNAILS = (2048, 640, 320, 160, 80), (320, 160, 80)  # longest sides in pixels, tried one after the other
TRIED = 24  # pictures whose compressed size stands for that of all

PackedPictures = dict[str, dict[int, list[list[int | str]]]]  # kind -> run -> [[images seen, address], ...]


class Choice(NamedTuple):
    """How many pictures fit, and how large."""

    points: int  # per kind and run
    side: int  # longest, in pixels
    runs: int  # with pictures


@dataclass(frozen=True)
class Album:
    """Pictures of the runs on a page, and notes about them."""

    kinds: PackedPictures
    notes: list[str] = field(default_factory=list)
    beside: bool = False  # whether some lie in a folder beside the page


def album(records: Sequence[RunRecord], budget: int = BUDGET, page: Path | None = None) -> Album:
    """Pictures compressed, as many, as large and of as many runs as fit into `budget` bytes; those of more than 24 runs
    in the folder beside `page` too, at every step, where a page is written."""
    found = fewer(drawn(records), POINTS)
    many = len(runs_of(found)) > FEW
    shown, unreadable = readable_ones(found, every=not many)
    notes = [f"{file} is no readable picture and was left out." for file in unreadable]
    if not files(shown):
        return Album({}, notes)
    choice = _choice(shown, budget, THUMBNAILS if many else SIDES, 1 if many else POINTS)
    kinds, left = _filled(shown, choice, budget)
    notes.append(_said(shown, choice, left))
    if many and page:
        count = laid_beside(shown, kinds, records, page)
        notes.append(f"Those of all steps ({count:,} files) lie in the folder {page.stem}_pictures beside this page.")
    return Album(kinds, notes, beside=many and page is not None)


def _choice(chosen: Chosen, budget: int, sides: Sequence[int], most: int) -> Choice:
    """As many steps as about fit, in full size; where not even the last of every run does, smaller; then fewer runs."""
    latest = files(fewer(chosen, 1))
    tried, runs = spread(latest, TRIED), len(runs_of(chosen))
    size = 1.0
    for side in sides:
        size = sum(inlined(len(webp(file, side))) for file in tried) / len(tried)
        if points := int(budget / (size * len(latest))):
            return Choice(min(most, points), side, runs)
    return Choice(1, sides[-1], max(1, int(runs * budget / (size * len(latest)))))


def _filled(chosen: Chosen, choice: Choice, budget: int) -> tuple[PackedPictures, int]:
    """The pictures of the first runs, run by run, until the budget is spent, and of how many runs they are."""
    few, kinds, spent = fewer(chosen, choice.points), {kind: {} for kind in chosen}, 0
    for done, run in enumerate(runs_of(chosen)[: choice.runs]):
        mine = {kind: _packed(runs[run], choice.side) for kind, runs in few.items() if run in runs}
        spent += sum(len(str(source)) for taken in mine.values() for _, source in taken)
        if spent > budget and done:
            return {kind: runs for kind, runs in kinds.items() if runs}, done
        for kind, taken in mine.items():
            kinds[kind][run] = taken
    return {kind: runs for kind, runs in kinds.items() if runs}, min(choice.runs, len(runs_of(chosen)))


def _packed(taken: dict[int, Path], side: int) -> list[list[int | str]]:
    return [[time, address(webp(file, side))] for time, file in taken.items()]


def _said(chosen: Chosen, choice: Choice, left: int) -> str:
    """What of the pictures the page holds, in one sentence."""
    most = max(len(taken) for runs in chosen.values() for taken in runs.values())
    times = "the last one" if choice.points == 1 else f"{min(choice.points, most)} at most"
    times = f"{times} of every kind and run" if choice.points < most or choice.points == 1 else "of every step"
    runs = len(runs_of(chosen))
    some = "" if left == runs else f", and those of the first {left} of {runs} runs alone"
    size = formatting.size(sum(file.stat().st_size for file in files(chosen)))
    return (
        f"Pictures are compressed (WebP, quality {QUALITY}, {choice.side} pixels at most), {times}{some}; "
        f"the exact files ({size}) lie in the runs' folders."
    )
