"""Numbers of a training rule, sent to every logger at the clock of images seen."""

import math
from collections.abc import Mapping

import pytorch_lightning as pl
from torch import nn

from genarium.errors import UserError
from genarium.training.optimizer_spec import OptimizerSpec
from genarium.training.schedules import Schedule


class Diverged(UserError):
    """A term of an objective is no longer a finite number."""


class ScalarLog(pl.LightningModule):
    """What a training rule logs: terms of its objectives, scheduled numbers, learning rates."""

    players: dict[str, OptimizerSpec]
    schedules: dict[str, Schedule]
    images_seen: int
    latest: dict[str, tuple[int, float]]  # number -> (images seen, value) when it was recorded last

    def networks(self) -> dict[str, nn.Module]:
        """Player name -> what it trains, as one module."""
        raise NotImplementedError

    def scheduled_values(self) -> dict[str, float]:
        """Scheduled numbers and learning rates, as the last step used them."""
        values = {f"schedule/{name}": float(getattr(self, name)) for name in self.schedules}
        for name, optimizer in zip(self.networks(), self.trainer.optimizers, strict=True):
            values[f"learning_rate/{name}"] = optimizer.param_groups[0]["lr"]
        return values

    def log_scalars(self, values: Mapping[str, float]) -> None:
        """Send numbers to every logger, at the clock of images seen."""
        self.latest.update({name: (self.images_seen, value) for name, value in values.items()})
        for logger in self.trainer.loggers:
            logger.log_metrics(dict(values), step=self.images_seen)

    def log_terms(self, values: Mapping[str, float]) -> None:
        """The same for what training descends on; Diverged where one of them is not finite. A measured number that is
        not finite says so in the record, and training goes on."""
        self.log_scalars(values)
        if bad := {name: value for name, value in values.items() if not math.isfinite(value)}:
            players = [player for player in self.players for name in bad if player in name.split("/")]
            terms = ", ".join(f"{name} = {value}" for name, value in bad.items())
            raise self.diverged(terms, (players or list(self.players))[0])

    def diverged(self, terms: str, player: str) -> Diverged:
        """Error that names the terms that are not finite, and the keys that may help."""
        keys = f"model.optimizers.{player}"
        return Diverged(
            f"training diverged at {self.images_seen:,} images seen: {terms}; "
            f"lower {keys}.optimizer.lr, or clip the gradient by {keys}.grad_clip=1"
        )
