"""Base class of callbacks that run every so many images seen, and at the end."""

from pytorch_lightning import Callback, Trainer

from genarium.callbacks.attached import datamodule
from genarium.training.module import Module


class PeriodicCallback(Callback):
    """Periodic callback: `run` each time the images seen pass a multiple of `every`, and once when the run ends."""

    def __init__(self, every: int) -> None:
        if every < 1:
            raise ValueError(f"every={every}: must be at least 1 image")
        self.every = every
        self.seen = self.last_run = -1  # images seen after the last batch, and at the last call of `run`

    def on_train_batch_end(
        self, trainer: Trainer, module: Module, outputs: object, batch: object, batch_idx: int
    ) -> None:
        budget, before = datamodule(trainer).budget, module.images_seen - datamodule(trainer).batch_size
        ends = module.images_seen >= budget or trainer.should_stop
        self.seen = module.images_seen
        if ends or module.images_seen // self.every > before // self.every:
            self.last_run = module.images_seen
            self.run(trainer, module)

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        """Run once more where the trainer's limits or another callback ended the run."""
        if self.last_run != self.seen:
            self.last_run = self.seen
            self.run(trainer, module)

    def run(self, trainer: Trainer, module: Module) -> None:
        raise NotImplementedError
