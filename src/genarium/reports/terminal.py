"""The table of runs in a terminal, 80 columns wide where it is no wider."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genarium.reports import formatting
from genarium.reports.numbers import number_columns, protocol_notes, protocols
from genarium.reports.run_record import RunRecord, failures, records
from genarium.reports.short_names import APART
from genarium.reports.summary import BEST, NEAR, SummaryLine, groups, lines
from genarium.reports.table import table
from genarium.runs.run import Run

SIDE_BY_SIDE = 4  # so many runs stand as columns, where a long list of numbers stays readable; more stand as rows
LONG = 34  # letters; the middle of a longer name is left out
GAP = 3  # between two columns
NOTES = 3  # lines below the table that a limit leaves room for


def print_runs(
    runs: Sequence[Run], console: Console | None = None, most: int | None = None, every_protocol: bool = False
) -> None:
    """Print what `runs` differ in, reached and cost, in `most` lines at most; what there is no room for is counted.
    `every_protocol`: the protocols of the numbers below, instead of one line on them."""
    console = console or Console()
    read = records(runs)
    shown = table(read)
    found = groups(shown)
    told = lines(shown, list(found.values()))
    labels = [shortened(label) for label in found]
    if len(labels) <= SIDE_BY_SIDE:
        kept = told[: max(1, most - NOTES - 2)] if most else told
        console.print(_as_columns(labels, kept))
    else:
        kept = _fitting(labels, told, console.width)
        console.print(_as_rows(labels, kept))
    for note in [*failures(read), *(problem for record in read for problem in record.problems)]:
        console.print(Text(note, "red"))
    console.print(Text(_legend(kept, len(told) - len(kept), len(read) > len(found)), "dim"))
    for note in _protocols(read, every_protocol):
        console.print(Text(note, "dim"))


def _legend(kept: Sequence[SummaryLine], left: int, grouped: bool) -> str:
    marks = {mark for line in kept for mark in line.marks}
    parts = [
        f"{BEST} best" if BEST in marks else "",
        f"{NEAR} not distinguishable from it (Welch, 95 %)" if NEAR in marks else "",
        "mean ± half of its 95 % interval" if grouped else "",
        f"{left} more on the page of genarium compare" if left else "",
    ]
    return " · ".join(filter(None, parts))


def _protocols(read: Sequence[RunRecord], every: bool) -> list[str]:
    """One line on how the numbers were measured; with `every`, all of it."""
    found = protocols(read)
    if not found:
        return []
    if every:
        rows = (
            f"{key}: " + "; ".join(f"{n} {formatting.setting(v)}" for n, v in one.items()) for key, one in found.items()
        )
        return [*protocol_notes(read), *rows]
    columns = number_columns(read)
    apart = {column.name.partition(APART)[0] for column in columns if APART in column.name}
    clash = f"; {len(apart)} were measured under several and stand apart" if apart else ""
    count = len({column.name.partition(APART)[0] for column in columns})
    many = f"{count} number{'s' * (count != 1)}, {len(found)} protocol{'s' * (len(found) != 1)}"
    return [f"{many}{clash}: genarium table … --protocols"]


def _as_columns(labels: Sequence[str], kept: Sequence[SummaryLine]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    grid.add_column("", no_wrap=True, overflow="ellipsis")
    for label in labels:
        grid.add_column(Text(label), justify="right", overflow="fold")
    for line in kept:
        cells = [_cell(text, mark) for text, mark in zip(line.texts, line.marks, strict=True)]
        grid.add_row(Text(line.heading), *cells)
    return grid


def _as_rows(labels: Sequence[str], kept: Sequence[SummaryLine]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    grid.add_column("run", overflow="fold")
    for line in kept:
        grid.add_column(Text(line.heading), justify="left" if line.kind == "setting" else "right", no_wrap=True)
    for row, label in enumerate(labels):
        grid.add_row(Text(label), *(_cell(line.texts[row], line.marks[row]) for line in kept))
    return grid


def _fitting(labels: Sequence[str], told: Sequence[SummaryLine], width: int) -> list[SummaryLine]:
    """Lines that fit beside the labels, in a reader's order; where room is short, costs give way first."""
    rank = {"status": 0, "setting": 1, "number": 2, "cost": 3}
    left = width - max(map(len, labels))
    kept: list[SummaryLine] = []
    for line in sorted(told, key=lambda one: rank[one.kind]):
        need = max(len(line.heading), *(len(text) + 2 for text in line.texts)) + GAP
        if need <= left:
            kept.append(line)
            left -= need
    return [line for line in told if line in kept]


def _cell(text: str, mark: str) -> Text:
    style = "bold" if mark == BEST else STYLES.get(text, "")
    return Text(f"{text} {mark or ' '}", style)


STYLES = {
    "failed": "bold red", "interrupted": "yellow", "pruned": "yellow", "finished": "green", formatting.MISSING: "dim",
}  # fmt: skip


def shortened(label: str) -> str:
    """A long name without its middle: its end, such as the seed, tells it from the others."""
    half = (LONG - 1) // 2
    return label if len(label) <= LONG else f"{label[:half]}…{label[-half:]}"
