"""Callbacks that log numbers: the terms of the objective, their validation, the rate of every latent."""

import csv
import io
from collections.abc import Iterator

import torch
import torch.distributed as dist
from pytorch_lightning import Trainer
from pytorch_lightning.loggers import WandbLogger

from genarium.callbacks.periodic import PeriodicCallback
from genarium.distributed.world import rank_and_world_size
from genarium.files.atomic import write_atomically
from genarium.protocols import Batch, Infers, Scores
from genarium.runs.run import Run
from genarium.training.meter import Meter
from genarium.training.module import Module

ACTIVE = 0.01
"""Nats of mean rate above which a latent counts as used."""


def heldout(trainer: Trainer, module: Module, count: int, batch_size: int) -> Iterator[Batch]:
    """The same `count` images of the split "val" each time, or all of it where it has fewer; this process's share,
    as large as every other's: terms that see the whole batch wait for all."""
    data, processes = trainer.datamodule, rank_and_world_size()[1]
    count = min(count, len(data.split_indices("val")))
    return data.validation_batches(batch_size - batch_size % processes, "val", count - count % processes, module.device)


class LogTerms(PeriodicCallback):
    """Means of all training terms since the last line, scheduled numbers and learning rates."""

    def run(self, trainer: Trainer, module: Module) -> None:
        module.log_terms(module.meter.means() | module.scheduled_values())


class Validate(PeriodicCallback):
    """The objective on held-out images as `val/<term>`, with averaged weights and schedules at their end; the same
    images and random numbers each time."""

    def __init__(self, every: int, count: int, batch_size: int, seed: int) -> None:
        super().__init__(every)
        self.count, self.batch_size, self.seed = count, batch_size, seed

    def run(self, trainer: Trainer, module: Module) -> None:
        if not isinstance(module, Scores):
            return
        meter = Meter()
        with module.evaluating(self.seed), module.schedules_finished():
            for batch in heldout(trainer, module, self.count, self.batch_size):
                meter.add("val", module.terms(batch))
        module.log_scalars(meter.means())


class RatePerLatent(PeriodicCallback):
    """KL(q(z_j|x) || p(z_j)) of every latent, over held-out images: a table, and the number of latents in use."""

    def __init__(self, every: int, count: int, batch_size: int) -> None:
        super().__init__(every)
        self.count, self.batch_size = count, batch_size

    def run(self, trainer: Trainer, module: Module) -> None:
        if not isinstance(module, Infers):
            return
        with module.evaluating(seed=0):
            batches = heldout(trainer, module, self.count, self.batch_size)
            sums = [(module.rate_per_latent(batch.images).sum(0), len(batch.images)) for batch in batches]
        total = torch.stack([rates for rates, _ in sums]).sum(0)
        count = total.new_tensor(sum(count for _, count in sums))
        if rank_and_world_size()[1] > 1:
            dist.all_reduce(total)
            dist.all_reduce(count)
        rates = (total / count).cpu().double().tolist()
        module.log_scalars({"latents/active_by_kl": float(sum(rate > ACTIVE for rate in rates))})
        if trainer.is_global_zero:
            self.write(trainer, module, sorted(enumerate(rates), key=lambda row: -row[1]))

    @staticmethod
    def write(trainer: Trainer, module: Module, rows: list[tuple[int, float]]) -> None:
        columns, text = ["latent", "rate_in_nats"], io.StringIO()
        csv.writer(text).writerows([columns, *rows])
        write_atomically(Run.of(trainer).table("rate_per_latent"), text.getvalue().encode())
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                rows_as_lists = [list(row) for row in rows]
                logger.log_table("rate_per_latent", columns=columns, data=rows_as_lists, step=module.images_seen)
