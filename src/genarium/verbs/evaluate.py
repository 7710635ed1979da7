"""genarium evaluate: a run's numbers, each with the protocol that made it."""

import sys
import time
from typing import Any

import torch
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from genarium import compose
from genarium.data.content import check_content
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.protocol import Book
from genarium.prepare import built
from genarium.restore import restore
from genarium.runs import Run, find_runs
from genarium.verbs.words import listed, with_run

HELP = """genarium evaluate run=RUN [evaluation=default] [sampler=natural] [checkpoint=last|best]: measure a run

Examples
  genarium evaluate run=runs/default/vae-flowers-seed0
  genarium evaluate run=runs/demo/ae evaluation=samples sampler=gmm      # only what a second sampler changes
  genarium evaluate run=runs/digits/gan evaluation=modes                 # known modes, of 26,000 samples
  genarium evaluate run=runs/demo/vae evaluation=offline evaluation.count=5000 evaluation.seed=7
  genarium evaluate run=runs/demo evaluation=offline                     # every run in the folder

Numbers go to the run's result.json, each beside the hash of its protocol: everything that it depends on. Those of a
sampler that was chosen end with its name (fd/…/2k_train/gmm10) and stand beside those of the model's natural one.
"""


def help_text() -> str:
    return HELP + "".join(f"\n{group}=\n{listed(group)}\n" for group in ("evaluation", "sampler"))


def main(args: list[str]) -> None:
    config = compose.checked(with_run(args), "evaluate")
    try:
        OmegaConf.resolve(config)
        runs = find_runs([config.run])
    except OmegaConfBaseException:
        raise UserError("say which run: genarium evaluate run=runs/<group>/<name>, or all of a folder's") from None
    failed = {}
    for run in runs:
        try:
            show(evaluate(run, config), Console())
        except UserError as error:
            if len(runs) == 1:
                raise
            failed[run.folder.name] = str(error)
            print(f"genarium: {run.folder}: {error}", file=sys.stderr)
    if failed:
        raise UserError(f"{len(failed)} of {len(runs)} runs were not measured: {', '.join(failed)}")


def evaluate(run: Run, config) -> Book:
    """Measure `run` as `config` says and keep the numbers in its result.json."""
    made, _ = compose.load(run.config), run.result()  # what is damaged is said before the work
    evaluation: Evaluation = built(config.evaluation, "evaluation")
    device = config.device if config.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    model = restore(run, config.checkpoint).to(device)
    evaluation.to(device)
    data = built(made.data.module, "data.module")
    data.setup()
    check_content(run, data)
    with Bar(run.folder.name, evaluation.work(model, data)) as bar:
        book = evaluation.measure(model, data, bar.tick)
    keep(run, book)
    return book


def keep(run: Run, book: Book) -> None:
    """Merge into result.json; a number of the same name is replaced, with its protocol."""

    def merged(result: dict[str, Any]) -> dict[str, Any]:
        numbers = result.get("numbers", {}) | book.numbers
        used = {entry["protocol"] for entry in numbers.values()}
        known = result.get("protocols", {}) | book.protocols
        return result | {"numbers": numbers, "protocols": {key: known[key] for key in known if key in used}}

    run.rewrite_result(merged)


class Bar:
    """Images done, images/s and time left; a line at the end where standard error is no terminal."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.done, self.began = name, 0, time.monotonic()
        text, rate = TextColumn("[bold]{task.description}"), TextColumn("{task.fields[rate]:,.0f} images/s")
        columns = [text, BarColumn(24), MofNCompleteColumn(), rate, TimeRemainingColumn(compact=True)]
        self.console = Console(stderr=True)
        self.bar = Progress(*columns, console=self.console, disable=not self.console.is_terminal)
        self.task = self.bar.add_task(f"evaluating {name}", total=total, rate=0.0)

    def __enter__(self) -> "Bar":
        self.bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.stop()
        seconds = time.monotonic() - self.began
        rate = self.done / seconds
        if not self.console.is_terminal and not exception[0]:
            print(f"evaluated {self.name}: {self.done:,} images, {rate:,.0f} images/s", file=sys.stderr)

    def tick(self, count: int) -> None:
        self.done += count
        self.bar.update(self.task, advance=count, rate=self.done / (time.monotonic() - self.began))


def show(book: Book, console: Console) -> None:
    """Every number with its protocol, and what a reader must know."""
    table = Table(box=None, padding=(0, 2))
    table.add_column("number", overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("protocol")
    for name, entry in book.numbers.items():
        table.add_row(name, f"{entry['value']:.4g}", entry["protocol"])
    console.print(table)
    for text in dict.fromkeys(text for entry in book.numbers.values() for text in entry.get("warnings", [])):
        console.print(f"note: {text}", style="yellow", highlight=False, soft_wrap=True)
