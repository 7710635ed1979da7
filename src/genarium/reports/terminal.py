"""The table of runs in a terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genarium.reports import formatting
from genarium.reports.columns import Column
from genarium.reports.run_record import failures, records
from genarium.reports.table import Table, table
from genarium.runs.run import Run

SIDE_BY_SIDE = 4  # so many runs stand as columns, where a long list of numbers stays readable; more stand as rows
SHORT = 10  # letters; a heading of no more is not broken
PADDING = 3  # between two columns


def print_runs(runs: Sequence[Run], console: Console | None = None) -> None:
    """Print what `runs` differ in, reached and cost; what a narrow terminal has no room for is counted."""
    console = console or Console()
    read = records(runs)
    shown = table(read)
    columns = [column for column in shown.columns if not column.folded]
    if len(read) <= SIDE_BY_SIDE:
        console.print(_runs_as_columns(shown, columns, console.width))
    else:
        fitting = _fitting(shown.labels, columns, console.width)
        console.print(_runs_as_rows(shown, fitting))
        if len(fitting) < len(columns):
            console.print(
                Text(f"{len(columns) - len(fitting)} more columns need a wider terminal, or the page.", "dim")
            )
    for line in [*(Text(line, "red") for line in failures(read)), *(Text(note) for note in shown.notes)]:
        console.print(line)


def _runs_as_columns(shown: Table, columns: Sequence[Column], width: int) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD)
    grid.add_column("run", no_wrap=max(len(column.name) for column in columns) < width / 2, overflow="fold")
    for label in shown.labels:
        grid.add_column(Text(label), justify="right", overflow="fold")
    for column, after in zip(columns, [*columns[1:], None], strict=True):
        cells = [Text(cell.text, _style(cell.text)) for cell in column.cells]
        grid.add_row(Text(column.name), *cells, end_section=after is not None and after.kind != column.kind)
    return grid


def _runs_as_rows(shown: Table, columns: Sequence[Column]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD)
    grid.add_column("run", overflow="fold")
    for column in columns:
        grid.add_column(Text(_broken(column.name)), justify="right" if column.numeric else "left", no_wrap=True)
    for index, label in enumerate(shown.labels):
        cells = [column.cells[index].text for column in columns]
        grid.add_row(Text(label), *(Text(text, _style(text)) for text in cells))
    return grid


def _fitting(labels: Sequence[str], columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit beside the labels; where room is short, costs give way first, then numbers."""
    rank = {"status": 0, "setting": 1, "number": 2, "cost": 3}
    left = width - max(map(len, labels)) - PADDING
    kept: list[Column] = []
    for column in sorted(columns, key=lambda one: rank[one.kind]):
        need = max(map(len, [*_broken(column.name).splitlines(), *(cell.text for cell in column.cells)])) + PADDING
        if need <= left:
            kept.append(column)
            left -= need
    return [column for column in columns if column in kept]


def _broken(name: str) -> str:
    """'kid/inception/2k' in lines, so that a heading is no wider than its longest part."""
    return name.replace("/", "/\n").replace(" · ", "\n") if len(name) > SHORT else name


def _style(text: str) -> str:
    return {"failed": "bold red", "interrupted": "yellow", "finished": "green", formatting.MISSING: "dim"}.get(text, "")
