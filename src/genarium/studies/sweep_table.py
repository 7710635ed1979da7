"""A sweep in a terminal: its runs, best first; importance of its hyperparameters; the best ones as a command."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genarium.config.overrides import as_typed
from genarium.reports.formatting import MISSING, number
from genarium.reports.short_names import short_names
from genarium.reports.terminal import print_runs
from genarium.runs.run import Run
from genarium.studies.importance import importance
from genarium.studies.objective import MAXIMIZE
from genarium.studies.queue import JobList, Queue
from genarium.studies.search import Search
from genarium.studies.space import chosen
from genarium.studies.storage import JOURNAL
from genarium.studies.trial_run import ERROR, trial_name

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

ROWS = 15
"""Of a table at a sweep's end; `genarium sweep` shows all."""
LONG = 12  # letters; a heading of no more is not broken
STYLES = {"COMPLETE": "green", "PRUNED": "yellow", "FAIL": "bold red", "RUNNING": "cyan"}
NAMES = {"COMPLETE": "finished", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running"}


def print_sweep(queue: Queue, rows: int = ROWS, console: Console | None = None) -> None:
    """Print what came of it; at most `rows` runs."""
    console = console or Console()
    if isinstance(queue, Search):
        print_search(queue, rows, console)
    elif isinstance(queue, JobList):
        runs = [run for job in queue.jobs if (run := Run(Path(job.folder))).config.is_file()]
        if 0 < len(runs) <= rows:
            print_runs(runs, console)


def print_search(search: Search, rows: int, console: Console) -> None:
    trials = ordered(search)
    names = short_names([*(one.name for one in search.spec.objectives), *(one.key for one in search.spec.dimensions)])
    console.print(table(search, trials[:rows], names))
    if whole := [one.name for one in search.spec.objectives if names[one.name] != one.name]:
        console.print(Text("  ".join(f"{names[name]}: {name}" for name in whole), "dim"))
    for trial in trials[:rows]:
        if error := trial.user_attrs.get(ERROR):
            console.print(Text(f"{trial_name(trial.number, 0, 1)} failed: {error}", "red"))
    if len(trials) > rows:
        group = shlex.quote(os.path.relpath(search.group))
        console.print(f"{len(trials) - rows} more: genarium sweep {group}", style="dim")
    for place, objective in enumerate(search.spec.objectives):
        if shares := importance(search.study, place):
            parts = ", ".join(f"{names[key]} {mean:.2f} ± {sd:.2f}" for key, (mean, sd) in shares.items())
            console.print(f"\nimportance for {objective.name} (fANOVA, ± over forests): {parts}")
    for trial in search.best_trials()[:1]:
        console.print("\nbest settings:")
        console.print(Text(best_command(search, trial)), soft_wrap=True)
    if search.spec.storage is None:
        journal = os.path.relpath(search.group / JOURNAL)
        console.print(f"\noptuna-dashboard {journal}   shows the same in a browser", style="dim")


def ordered(search: Search) -> list["FrozenTrial"]:
    """Finished trials, best first; then pruned ones, those that run, and failed ones."""
    sign = -1 if search.spec.objectives[0].direction == MAXIMIZE else 1
    ranks = list(NAMES)

    def place(trial: "FrozenTrial") -> tuple[int, float, int]:
        return ranks.index(trial.state.name), sign * trial.values[0] if trial.values else 0.0, trial.number

    return sorted(search.trials(), key=place)


def table(search: Search, trials: list["FrozenTrial"], names: Mapping[str, str]) -> Grid:
    """A row a trial; `names` are those that objectives and settings have in headings."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for heading in ("run", "status"):
        grid.add_column(heading, no_wrap=True)
    for objective in search.spec.objectives:
        arrow = "↑" if objective.direction == MAXIMIZE else "↓"
        grid.add_column(f"{broken(names[objective.name])} {arrow}", justify="right", no_wrap=True)
    for one in search.spec.dimensions:
        grid.add_column(broken(names[one.key]), justify="right", overflow="fold")
    for trial in trials:
        state = trial.state.name
        values = [number(value) for value in trial.values or ()] if state == "COMPLETE" else []
        values = values or [latest(trial)] * len(search.spec.objectives)
        settings = [shown(trial.params.get(one.key)) for one in search.spec.dimensions]
        grid.add_row(trial_name(trial.number, 0, 1), Text(NAMES[state], STYLES[state]), *values, *settings)
    return grid


def broken(name: str) -> str:
    """A heading in lines, so that it is no wider than its longest part: fd/efficientnet_lite0/500_val."""
    return name.replace("/", "/\n").replace("_", "_\n") if len(name) > LONG else name


def latest(trial: "FrozenTrial") -> str:
    """The last number that a trial told before it was pruned, in brackets."""
    found = trial.intermediate_values
    return f"({number(found[max(found)])})" if found else MISSING


def shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def best_command(search: Search, trial: "FrozenTrial") -> str:
    """The best settings as a command to copy, without what was only for the search."""
    words = [word for word in search.spec.words if not word.startswith(("callbacks.evaluate", "callbacks=search"))]
    return " ".join(["genarium train", *map(as_typed, [*words, *chosen(search.spec.dimensions, trial.params)])])
