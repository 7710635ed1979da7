"""genarium sweep: what came of a sweep by now."""

from genarium.commands.key_values import no_options, parse_key_values
from genarium.commands.train_sweep import PLACE
from genarium.errors import UserError
from genarium.reports.terminal import print_runs
from genarium.runs.run import find_runs, place_of
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
    _, groups = parse_key_values(args, {})
    if len(no_options(groups)) != 1:
        raise UserError("name one group: genarium sweep default; what starts a sweep is genarium train -m")
    group = place_of(groups[0])
    if not (group / PLACE / FILE).is_file():
        print_runs(find_runs([group]))
        return
    from rich.console import Console

    search = Search.load(group.absolute() / PLACE)
    search.check_same()
    print_search(search, rows=10_000, console=Console())
