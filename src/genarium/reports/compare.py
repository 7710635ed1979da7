"""`genarium compare`: from folders to the page that compares their runs."""

from collections.abc import Sequence
from pathlib import Path

from genarium.files.output_paths import out_file
from genarium.reports import formatting
from genarium.reports.page import compare_command, write_page
from genarium.reports.pictures import BUDGET
from genarium.runs.run import find_runs

PAGES = (".html", ".htm")


def compare(folders: Sequence[str | Path], out: str | Path, budget: int = BUDGET, watch: float | None = None) -> Path:
    """Write a page that compares the runs in `folders` to `out`, `budget` bytes of pictures in it, and return its path.

    `watch`: seconds after which the page loads itself anew, for one that is rewritten while runs go on. A folder is a
    run's, or one that holds runs, such as runs/<group>. UserError where there is no such folder, where one holds no
    run, or where `out` cannot be written.
    """
    page = out_file(str(out), PAGES)
    runs = find_runs(folders)
    groups = list(dict.fromkeys(run.folder.resolve().parent.name for run in runs))
    title = f"{formatting.listing(groups[:3])}{' and others' if len(groups) > 3 else ''}"
    return write_page(runs, page, title, compare_command(folders, out), budget, watch)
