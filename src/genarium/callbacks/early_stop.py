"""Callback that stops a run early."""

import math
import sys
from typing import Any

from pytorch_lightning import Trainer

from genarium.callbacks.checkpoints import never_logged
from genarium.callbacks.periodic import PeriodicCallback
from genarium.training.module import Module


class EarlyStop(PeriodicCallback):
    """Early stopping: ends the run when a logged number has not improved for `patience` images."""

    def __init__(self, every: int, monitor: str, mode: str, patience: int) -> None:
        super().__init__(every)
        self.monitor, self.sign, self.patience = monitor, {"min": 1.0, "max": -1.0}[mode], patience
        self.best, self.best_images, self.was_logged = math.inf, 0, False

    def on_train_end(self, trainer: Trainer, module: Module) -> None:
        super().on_train_end(trainer, module)
        if not self.was_logged and trainer.is_global_zero:
            print(f"no early stop: {never_logged(self.monitor, module)}", file=sys.stderr)

    def run(self, trainer: Trainer, module: Module) -> None:
        images, value = module.latest.get(self.monitor, (0, 0.0))
        if images != module.images_seen:
            return
        self.was_logged = True
        value *= self.sign
        if value < self.best:
            self.best, self.best_images = value, module.images_seen
        elif module.images_seen - self.best_images >= self.patience:
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "since": self.best_images, "by": [self.monitor, self.sign]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the best value and when it was seen; patience begins anew where another number was monitored."""
        if state.get("by", [self.monitor, self.sign]) == [self.monitor, self.sign]:
            self.best, self.best_images = state["best"], state["since"]
