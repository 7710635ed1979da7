"""Callback that evaluates a model while it trains, to select its checkpoint; on another seed than the reported one."""

import sys

import torch.distributed as dist
from pytorch_lightning import Trainer

from genarium.callbacks.attached import datamodule
from genarium.callbacks.periodic import PeriodicCallback
from genarium.distributed.world import rank_and_world_size
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.number_book import NumberBook
from genarium.training.module import Module


class Evaluate(PeriodicCallback):
    """Evaluation during training: logs every number of `evaluation` as `selection/<number>`."""

    def __init__(self, every: int, evaluation: Evaluation) -> None:
        """UserError for an evaluation of test images: by them no checkpoint is to be chosen."""
        super().__init__(every)
        if at_test := evaluation.of_test:
            raise UserError(
                f"callbacks.evaluate.evaluation.{at_test}: no checkpoint may be chosen by test images; leave it out,"
                f" and measure them when the run has ended: genarium evaluate run=RUN 'evaluation.{at_test}'"
            )
        self.evaluation, self.printed = evaluation, set[str]()

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        self.evaluation.to(module.device)
        self.evaluation.steps(module, datamodule(trainer))  # UserError where the model cannot be measured so

    def run(self, trainer: Trainer, module: Module) -> None:
        book = self.evaluation.measure(module, datamodule(trainer), checkpoint="in training")
        numbers = [{f"selection/{name}": entry["value"] for name, entry in book.numbers.items()}]
        if rank_and_world_size()[1] > 1:
            dist.broadcast_object_list(numbers)  # all processes must choose the same checkpoint
        module.log_scalars(numbers[0])
        if trainer.is_global_zero:
            self.print_left_out(book)

    def print_left_out(self, book: NumberBook) -> None:
        """Print the numbers that are left out, once for each reason."""
        for name, reason in book.left_out.items():
            if reason not in self.printed:
                self.printed.add(reason)
                print(f"selection/{name} is left out: {reason}", file=sys.stderr)
