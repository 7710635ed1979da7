"""A small evaluation while a model trains, to choose its checkpoint by: never on the seed that is reported."""

import sys

import torch.distributed as dist
from pytorch_lightning import Trainer

from genarium.callbacks.periodic import PeriodicCallback
from genarium.distributed.world import rank_and_world_size
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.number_book import NumberBook
from genarium.training.module import Module


class Evaluate(PeriodicCallback):
    """Logs every number of `evaluation` as `selection/<number>`."""

    def __init__(self, every: int, evaluation: Evaluation) -> None:
        super().__init__(every)
        self.evaluation, self.description = evaluation, set[str]()

    def on_train_start(self, trainer: Trainer, module: Module) -> None:
        self.evaluation.to(module.device)
        self.evaluation.steps(module, trainer.datamodule)  # refuses what cannot be had of this model

    def run(self, trainer: Trainer, module: Module) -> None:
        book = self.evaluation.measure(module, trainer.datamodule, checkpoint="in training")
        numbers = [{f"selection/{name}": entry["value"] for name, entry in book.numbers.items()}]
        if rank_and_world_size()[1] > 1:
            dist.broadcast_object_list(numbers)  # all processes must choose the same checkpoint
        module.log_scalars(numbers[0])
        if trainer.is_global_zero:
            self.tell(book)

    def tell(self, book: NumberBook) -> None:
        """What is left out, once for each reason."""
        for name, why in book.left_out.items():
            if why not in self.description:
                self.description.add(why)
                print(f"selection/{name} is left out: {why}", file=sys.stderr)
