"""genarium sync: what runs kept offline, uploaded to Weights & Biases."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from genarium.commands.key_values import no_options, parse_key_values
from genarium.errors import UserError
from genarium.runs.run import Run, find_runs

HELP = """genarium sync RUNS…: upload to Weights & Biases what was kept offline

RUNS are runs' folders, or folders of runs. What is there already is skipped; after an interruption the same command
goes on.

Examples
  genarium sync runs/default
  genarium sync runs/demo/vae runs/demo/gan
"""


def help_text() -> str:
    return HELP


def main(args: list[str]) -> None:
    _, folders = parse_key_values(args, {})
    if not no_options(folders):
        raise UserError("say which runs: genarium sync runs/<group>")
    from genarium.runs import wandb_server  # takes a second
    from genarium.runs.trackers.upload import upload, waiting

    runs = find_runs(folders)
    ended = [run for run in runs if not is_training(run)]
    logs = [log for run in ended for log in waiting(run)]
    if not logs:
        return print(f"nothing to upload: {len(runs)} {plural('run', len(runs))}, nothing kept offline")
    if why := wandb_server.reason():
        raise UserError(f"nothing was uploaded ({why}): mend that, and repeat the command; the runs keep everything")
    with progress(len(logs)) as bar:
        left, said = upload(logs, lambda count: bar.update(bar.task_ids[0], completed=count))
    count = len(logs) - len(left)
    print(f"uploaded {count} of {len(logs)} parts of {len(ended)} {plural('run', len(ended))}")
    if left:
        raise UserError(
            f"{len(left)} {plural('part', len(left))} could not be uploaded{f' ({said})' if said else ''}: "
            "repeat the command, which goes on with them"
        )


def is_training(run: Run) -> bool:
    """Whether it is written to still; says so: what W&B has been given once, it is not given again."""
    try:
        found = run.status() == "running"
    except UserError:  # a damaged result.json is no reason to keep from W&B what lies beside it
        return False
    if found:
        print(f"left for later, since it is training: {run.folder}", file=sys.stderr)
    return found


def plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def progress(total: int) -> Progress:
    console = Console(stderr=True)
    columns = TextColumn("[bold]uploading"), BarColumn(24), MofNCompleteColumn()
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    bar.add_task("uploading", total=total)
    return bar
