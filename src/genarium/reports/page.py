"""One self-contained page that compares runs."""

import shlex
from collections.abc import Sequence
from html import escape
from pathlib import Path

from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.reports import markup
from genarium.reports.curves import curves
from genarium.reports.document import asset, document
from genarium.reports.page_data import page_data
from genarium.reports.pictures import BUDGET, album
from genarium.reports.run_record import RunRecord, failures, records
from genarium.reports.table import table
from genarium.runs.run import Run

PROGRAM = (
    "state", "inflate", "series", "columns", "numbers_shown", "visible", "query", "search", "statistics", "groups",
    "lines", "menu", "best", "table", "export", "table_export", "axes", "pen", "chart", "smooth", "band", "hover",
    "panel", "curves", "pictures", "brush", "parallel", "scatter", "importance", "diff", "watch", "start",
)  # fmt: skip
"""Parts of the program, in this order, each named after what it does."""
STYLE = ("page", "table", "curves", "pictures", "panels")


def write_page(
    runs: Sequence[Run], out: Path, title: str, command: str | None = None, budget: int = BUDGET,
    watch: float | None = None,
) -> Path:  # fmt: skip
    """Write the page that compares `runs` to `out`, with `budget` bytes of pictures, and return `out`.

    `command` is what makes the page again, by default `genarium compare` of the runs' folders; `watch` the seconds
    after which the page loads itself anew. UserError where a run's files cannot be read or `out` cannot be written.
    """
    again = command or compare_command([run.folder for run in runs], out)
    text = render(records(runs), title, again, budget, out, watch)
    try:
        write_atomically(out, text.encode())
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}): choose another file as out=…") from None
    return out


def compare_command(folders: Sequence[str | Path], out: str | Path) -> str:
    """The command line that compares `folders` in the page `out`."""
    return shlex.join(["genarium", "compare", *map(str, folders), f"out={out}"])


def render(
    read: Sequence[RunRecord], title: str, command: str, budget: int = BUDGET, out: Path | None = None,
    watch: float | None = None,
) -> str:  # fmt: skip
    """The page's text. Pictures that it has no room for are laid beside `out`, where it is given."""
    pictures, drawn = album(read, budget, out), curves(read)
    return document(
        "page.html",
        title=title,
        command=command,
        program=PROGRAM,
        style=STYLE,
        images="data: 'self'" if pictures.beside else "data:",
        data=page_data(read, drawn, pictures, watch),
        series=drawn.data,
        failures=markup.notes(failures(read)),
        notes=markup.notes(table(read).notes),
        picture_notes=markup.notes(pictures.notes),
        curves=asset("curves.html") if drawn.groups else _missing("No run has logged a number yet."),
        pictures=asset("pictures.html") if pictures.kinds else _missing("No run has drawn a picture yet."),
        protocols=markup.protocol_section(read) or _missing("No run has been evaluated yet."),
        origins=markup.origin_table(read),
    )


def _missing(sentence: str) -> str:
    return f'<p class="missing">{escape(sentence)}</p>'
