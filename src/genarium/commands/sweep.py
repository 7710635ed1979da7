"""genarium sweep: what came of a sweep by now."""

from pathlib import Path

from genarium.commands.train_sweep import PLACE
from genarium.errors import UserError
from genarium.reports.terminal import print_runs
from genarium.runs.run import find_runs
from genarium.studies.search import Search
from genarium.studies.spec import FILE
from genarium.studies.sweep_table import print_search


def help_text() -> str:
    return """genarium sweep GROUP: the runs of a sweep, best first, while it goes on or after

  genarium sweep search                  a group, or its folder runs/search
  genarium compare runs/search           the same runs on one page, with curves and pictures
  optuna-dashboard runs/search/journal.log      a search in Optuna's own dashboard (pip install optuna-dashboard)
"""


def main(args: list[str]) -> None:
    if len(args) != 1:
        raise UserError("name one group: genarium sweep default")
    group = folder_of(args[0])
    if not (group / PLACE / FILE).is_file():
        print_runs(find_runs([group]))
        return
    from rich.console import Console

    search = Search.load(group.absolute() / PLACE)
    search.check_same()
    print_search(search, rows=10_000, console=Console())


def folder_of(group: str) -> Path:
    """A folder, or that of the group below runs/."""
    places = [Path(group).expanduser(), Path("runs") / group]
    found = [place for place in places if place.is_dir()]
    if not found:
        raise UserError(f"There is no folder {places[0]} and no {places[1]}: name a group such as default")
    return found[0]
