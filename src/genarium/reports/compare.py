"""`genarium compare`: from folders to the page that compares their runs."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from genarium.errors import UserError
from genarium.reports import words
from genarium.reports.page import compare_command, write_page
from genarium.runs import Run

DEPTH = 3  # how far below a folder runs are looked for: runs/<group>/<name> is two below runs


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


def find_runs(folders: Sequence[str | Path]) -> list[Run]:
    """The runs in `folders`, in the order given and by name within a folder, each once; UserError where none are."""
    if not folders:
        raise UserError("No run was named: give runs' folders, or a folder of runs such as runs/default")
    found: dict[Path, Run] = {}
    for folder in folders:
        place = Path(folder).expanduser()
        if not place.is_dir():
            raise UserError(f"There is no folder {folder}: name a run's folder, or one of runs such as runs/default")
        runs = list(_below(place, DEPTH))
        if not runs:
            raise UserError(f"{folder} holds no run (a folder with a config.yaml): name one such as runs/default/…")
        for run in runs:
            found.setdefault(run.folder.resolve(), run)
    return list(found.values())


def _below(folder: Path, depth: int) -> Iterator[Run]:
    """Runs in `folder`; what lies inside a run (W&B's and Hydra's own config.yaml) is none."""
    run = Run(folder)
    if run.config.is_file():
        yield run
    elif depth:
        inner = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        for path in sorted(inner, key=_natural):
            yield from _below(path, depth - 1)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sorts 'seed=2' before 'seed=10'."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]


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
