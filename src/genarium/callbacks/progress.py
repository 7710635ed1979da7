"""Progress bar of a training run: images seen, images/s, time left, losses."""

import time

from pytorch_lightning import Callback, Trainer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from genarium.callbacks.attached import datamodule
from genarium.training.module import Module

LINES = 10
"""Lines over a run where standard error is no terminal."""


class ProgressBar(Callback):
    """Progress bar in a terminal; a few lines where standard error is a file."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.bar: Progress | None = None

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        self.began, self.start, self.printed = time.monotonic(), module.images_seen, 0
        if trainer.is_global_zero and self.console.is_terminal:
            text = "[bold]{task.description}[/] {task.completed:,.0f}/{task.total:,.0f} images"
            columns = [TextColumn(text), BarColumn(24), TextColumn("{task.fields[rate]:,.0f} images/s")]
            columns += [TimeRemainingColumn(compact=True), TextColumn("left  {task.fields[losses]}")]
            self.bar = Progress(*columns, console=self.console, refresh_per_second=4)
            budget, name = datamodule(trainer).budget, trainer.default_root_dir
            name = str(name).rsplit("/", 1)[-1]
            self.task = self.bar.add_task(name, total=budget, completed=self.start, rate=0.0, losses="")
            self.bar.start()

    def on_train_batch_end(
        self, trainer: Trainer, module: Module, outputs: object, batch: object, batch_idx: int
    ) -> None:
        if not trainer.is_global_zero:
            return
        seen, budget = module.images_seen, datamodule(trainer).budget
        rate = (seen - self.start) / (time.monotonic() - self.began)
        if self.bar:
            self.bar.update(self.task, completed=min(seen, budget), rate=rate, losses=losses(module))
        elif seen * LINES // budget > self.printed:
            self.printed = seen * LINES // budget
            left = max(budget - seen, 0) / rate
            line = f"{seen:>12,}/{budget:,} images  {rate:,.0f} images/s  {left:,.0f} s left  {losses(module)}"
            self.console.print(line, highlight=False, soft_wrap=True)

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        self.stop()

    def on_exception(self, trainer: Trainer, module: Module, exception: BaseException) -> None:
        self.stop()

    def stop(self) -> None:
        if self.bar:
            self.bar.stop()
            self.bar = None


def losses(module: Module) -> str:
    """Losses that were logged last, as one line: `loss 12.3  val/loss 12.9`."""
    latest = {name: value for name, (_, value) in module.latest.items() if name.endswith("loss")}
    return "  ".join(f"{name.removeprefix('train/')} {value:.4g}" for name, value in latest.items())
