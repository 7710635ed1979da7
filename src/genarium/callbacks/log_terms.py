"""Callback that logs the terms of the objective."""

from pytorch_lightning import Trainer

from genarium.callbacks.periodic import PeriodicCallback
from genarium.training.module import Module


class LogTerms(PeriodicCallback):
    """Training terms, averaged since the last line; scheduled values and learning rates as they stand."""

    def run(self, trainer: Trainer, module: Module) -> None:
        module.log_terms(module.meter.means() | module.scheduled_values())
