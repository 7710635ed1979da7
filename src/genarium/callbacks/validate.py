"""Callback that evaluates the objective on held-out images."""

from pytorch_lightning import Trainer

from genarium.callbacks.heldout import heldout_batches
from genarium.callbacks.periodic import PeriodicCallback
from genarium.protocols import Scores
from genarium.training.meter import Meter
from genarium.training.module import Module


class Validate(PeriodicCallback):
    """Validation: the objective on held-out images as `val/<term>`.

    With averaged weights and schedules at their end; the same images and random numbers each time.
    """

    def __init__(self, every: int, count: int, batch_size: int, seed: int) -> None:
        super().__init__(every)
        self.count, self.batch_size, self.seed = count, batch_size, seed

    def run(self, trainer: Trainer, module: Module) -> None:
        if not isinstance(module, Scores):
            return
        meter = Meter()
        with module.evaluating(self.seed), module.schedules_finished():
            for batch in heldout_batches(trainer, module, self.count, self.batch_size):
                meter.add("val", module.terms(batch))
        module.log_scalars(meter.means())
