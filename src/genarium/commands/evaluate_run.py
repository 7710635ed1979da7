"""Evaluation of a run: opens its model and data, measures them, keeps and prints the numbers."""

import sys
import time
from collections.abc import Sequence

import torch
from omegaconf import DictConfig, OmegaConf
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from genarium.commands.keep_numbers import keep
from genarium.commands.mirror_evaluation import mirror_evaluation
from genarium.config import resume
from genarium.data.content import check_content
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.measures import OF_HELD_OUT, OF_SAMPLES
from genarium.evaluation.number_book import NumberBook
from genarium.files.output_paths import refuse_unwritable
from genarium.metrics import catalog
from genarium.runs.run import Run
from genarium.training.build import built
from genarium.training.checkpoint import restore

ARROWS = {catalog.LOWER: "↓", catalog.HIGHER: "↑", catalog.NEITHER: ""}


def device(word: str) -> str:
    """cpu, cuda or cuda:N; UserError where it is not here."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if word == "auto":
        return "cuda" if count else "cpu"
    if word not in ("cpu", *(["cuda"] if count else []), *(f"cuda:{number}" for number in range(count))):
        here = f"the GPUs here are cuda:0 to cuda:{count - 1}" if count else "there is no GPU here"
        raise UserError(f"device={word}: choose auto, cpu or cuda; {here}")
    return word


def evaluate(run: Run, config: DictConfig, places: Sequence[str] = ()) -> NumberBook:
    """Evaluation of `run` by `config`: measures it and keeps the numbers in its result.json.

    `places` are words such as data.path=…, with which its data are found now.
    """
    made, _ = resume.changed(run, places), run.result()  # what is damaged is said before the work
    refuse_unwritable(run.folder, "measure a copy of it")
    evaluation: Evaluation = built(config.evaluation, "evaluation")
    model = restore(run, config.checkpoint).to(device(config.device))
    evaluation.to(model.device)
    if selected := selected_on(made, evaluation):
        print(f"{run.folder.name} was chosen by the same images: report {selected}", file=sys.stderr)
    data = built(made.data.module, "data.module")
    data.setup()
    check_content(run, data)
    with Bar(run.folder.name, evaluation.work(model, data)) as bar:
        book = evaluation.measure(model, data, bar.progress, config.checkpoint)
    keep(run, book)
    if book.numbers:
        mirror_evaluation(run, made, evaluation, model, data, book)
    if not book.numbers:
        why = next(
            iter(book.left_out.values()), f"model and data offer nothing of {', '.join(config.evaluation.measures)}"
        )
        raise UserError(f"nothing could be measured: {why}")
    return book


def selected_on(made: DictConfig, evaluation: Evaluation) -> str:
    """Words that measure on images which no search has seen, where `evaluation` does on those that the run of the
    configuration `made` was selected by; '' where it does not."""
    own = OmegaConf.select(made, "callbacks.evaluate.evaluation")
    shared = evaluation.measures & set(own.measures) if own else set()
    parts = {"heldout_split": OF_HELD_OUT, "reference_split": OF_SAMPLES}
    same = [key for key, of in parts.items() if shared & of and own[key] == getattr(evaluation, key) == "val"]
    return " ".join(f"evaluation.{key}=test" for key in same)


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

    def progress(self, count: int) -> None:
        self.done += count
        self.bar.update(self.task, advance=count, rate=self.done / (time.monotonic() - self.began))


def show(book: NumberBook) -> None:
    """Every number with its protocol, what a reader must know, and what is left out."""
    console = Console()
    table = Table(box=None, padding=(0, 2))
    table.add_column("number", overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("better")
    table.add_column("protocol")
    for name, entry in book.numbers.items():
        table.add_row(name, f"{entry['value']:.4g}", ARROWS[catalog.better(name)], entry["protocol"])
    console.print(table)
    for text in dict.fromkeys(text for entry in book.numbers.values() for text in entry.get("warnings", [])):
        console.print(f"note: {text}", style="yellow", highlight=False, soft_wrap=True)
    reasons: dict[str, list[str]] = {}
    for name, why in book.left_out.items():
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        console.print(f"left out: {', '.join(names)}: {why}", style="yellow", highlight=False, soft_wrap=True)
