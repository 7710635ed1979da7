"""One self-contained page that compares runs: nothing is loaded from anywhere, and no server is needed."""

import base64
import hashlib
import json
import shlex
from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from genarium.errors import UserError
from genarium.files.atomic import write_atomically
from genarium.reports import markup
from genarium.reports.curves import curves
from genarium.reports.pictures import BUDGET, Album, album
from genarium.reports.run_record import RunRecord, failures, records
from genarium.reports.table import Table, table
from genarium.runs.run import Run

PROGRAM = ("state.js", "table.js", "chart.js", "curves.js", "pictures.js")


def write_page(runs: Sequence[Run], out: Path, title: str, command: str | None = None, budget: int = BUDGET) -> Path:
    """Write the page that compares `runs` to `out`, with `budget` bytes of pictures, and return `out`.

    `command` is what makes the page again, by default `genarium compare` of the runs' folders. UserError where a
    run's files cannot be read or `out` cannot be written.
    """
    again = command or compare_command([run.folder for run in runs], out)
    text = render(records(runs), title, again, budget)
    try:
        write_atomically(out, text.encode())
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}): choose another file as out=…") from None
    return out


def compare_command(folders: Sequence[str | Path], out: str | Path) -> str:
    """The command line that compares `folders` in the page `out`."""
    return shlex.join(["genarium", "compare", *map(str, folders), f"out={out}"])


def render(read: Sequence[RunRecord], title: str, command: str, budget: int = BUDGET) -> str:
    """The page's text."""
    ids = [f"r{index}" for index in range(len(read))]
    shown, pictures, drawn = table(read), album(read, ids, budget), curves(read, ids)
    program = "\n".join(_asset(name) for name in PROGRAM)
    parts = {
        "title": escape(title),
        "made": f"{datetime.now():%Y-%m-%d %H:%M}",
        "version": escape(version("genarium")),
        "style": _asset("page.css"),
        # only this program may run and nothing may be fetched, whatever a run's name tries
        "digest": base64.b64encode(hashlib.sha256(program.encode()).digest()).decode(),
        "program": program,
        "data": _data(read, ids, drawn, pictures),
        "chips": markup.chips(read, ids),
        "failures": markup.notes(failures(read)),
        "table": markup.run_table(shown, read, ids),
        "folding": _folding(shown),
        "notes": markup.notes(shown.notes),
        "picture_notes": markup.notes(pictures.notes),
        "curves": _asset("curves.html") if drawn else _missing("No run has logged a number yet."),
        "pictures": _asset("pictures.html") if pictures.kinds else _missing("No run has drawn a picture yet."),
        "protocols": markup.protocol_table(read) or _missing("No run has been evaluated yet."),
        "origins": markup.origin_table(read),
        "command": escape(command),
    }
    return Template(_asset("page.html")).substitute(parts)


def _asset(name: str) -> str:
    return (files("genarium.reports") / "assets" / name).read_text("utf-8")


def _missing(sentence: str) -> str:
    return f'<p class="missing">{escape(sentence)}</p>'


def _folding(shown: Table) -> str:
    """A check box that unfolds the settings which follow from the choice of model or data; '' where none do."""
    folded = sum(column.folded for column in shown.columns)
    if not folded:
        return ""
    return (
        f'<label><input type="checkbox" id="unfold"> {folded} more settings that follow from the model or data</label>'
    )


def _data(read: Sequence[RunRecord], ids: Sequence[str], drawn: list[dict[str, Any]], pictures: Album) -> str:
    """Data of the page's script, as JSON that cannot end its element."""
    runs = [
        {"id": identity, "label": record.label, "status": record.status, "error": record.error}
        for identity, record in zip(ids, read, strict=True)
    ]
    data = {"runs": runs, "curves": drawn, "pictures": pictures.kinds}
    return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
