"""One self-contained page that compares runs: nothing is loaded from anywhere, and no server is needed."""

import base64
import hashlib
import shlex
from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.reports import markup
from genarium.reports.curves import curves
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
    program = "\n".join(_asset(f"{name}.js") for name in PROGRAM)
    parts = {
        "title": escape(title),
        "made": f"{datetime.now():%Y-%m-%d %H:%M}",
        "version": escape(version("genarium")),
        "style": "\n".join(_asset(f"{name}.css") for name in STYLE),
        # only this program may run and nothing may be fetched, whatever a run's name tries
        "digest": base64.b64encode(hashlib.sha256(program.encode()).digest()).decode(),
        "images": "data: 'self'" if pictures.beside else "data:",
        "program": program,
        "data": page_data(read, drawn, pictures, watch),
        "series": drawn.data,
        "failures": markup.notes(failures(read)),
        "notes": markup.notes(table(read).notes),
        "picture_notes": markup.notes(pictures.notes),
        "curves": _asset("curves.html") if drawn.groups else _missing("No run has logged a number yet."),
        "pictures": _asset("pictures.html") if pictures.kinds else _missing("No run has drawn a picture yet."),
        "protocols": markup.protocol_section(read) or _missing("No run has been evaluated yet."),
        "origins": markup.origin_table(read),
        "command": escape(command),
    }
    return Template(_asset("page.html")).substitute(parts)


def _asset(name: str) -> str:
    return (files("genarium.reports") / "assets" / name).read_text("utf-8")


def _missing(sentence: str) -> str:
    return f'<p class="missing">{escape(sentence)}</p>'
