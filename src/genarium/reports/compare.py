"""`genarium compare`: from folders to the page that compares their runs."""

import os
from collections.abc import Sequence
from pathlib import Path

from genarium.errors import UserError
from genarium.reports import words
from genarium.reports.page import compare_command, write_page
from genarium.runs import find_runs


def compare(folders: Sequence[str | Path], out: str | Path) -> Path:
    """Write a page that compares the runs in `folders` to `out` and return its path.

    A folder is a run's, or one that holds runs, such as runs/<group>. UserError where there is no such folder, where
    one holds no run, or where `out` cannot be written.
    """
    page = Path(out).expanduser()
    _check(page)
    runs = find_runs(folders)
    groups = list(dict.fromkeys(run.folder.resolve().parent.name for run in runs))
    title = f"{words.listing(groups[:3])}{' and others' if len(groups) > 3 else ''}"
    return write_page(runs, page, title, compare_command(folders, out))


def _check(page: Path) -> None:
    """Fail before the work where the page cannot be written."""
    if page.is_dir():
        raise UserError(f"{page} is a folder: name a file for the page, such as out={page / 'page.html'}")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        writable = os.access(page.parent, os.W_OK)
    except OSError as error:
        raise UserError(f"{page} cannot be written ({error.strerror}): choose another file as out=…") from None
    if not writable:
        raise UserError(f"{page} cannot be written (no permission for {page.parent}): choose another file as out=…")
