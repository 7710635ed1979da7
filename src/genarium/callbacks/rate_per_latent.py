"""Callback that logs the rate of every latent and counts the active ones."""

import csv
import io

import torch
import torch.distributed as dist
from pytorch_lightning import Trainer

from genarium.callbacks.heldout import heldout_batches
from genarium.callbacks.periodic import PeriodicCallback
from genarium.distributed.world import rank_and_world_size
from genarium.files.atomic import write_atomically
from genarium.protocols import Infers
from genarium.runs.run import Run
from genarium.runs.trackers.mirror import Mirror
from genarium.training.module import Module

ACTIVE_NATS = 0.01
"""Nats of mean rate above which a latent counts as active."""


class RatePerLatent(PeriodicCallback):
    """Rate per latent, KL(q(z_j|x) || p(z_j)) averaged over held-out images: a table, and the number of active ones."""

    def __init__(self, every: int, count: int, batch_size: int) -> None:
        super().__init__(every)
        self.count, self.batch_size = count, batch_size

    def run(self, trainer: Trainer, module: Module) -> None:
        if not isinstance(module, Infers):
            return
        with module.evaluating(seed=0):
            batches = heldout_batches(trainer, module, self.count, self.batch_size)
            sums = [(module.rate_per_latent(batch.images).sum(0), len(batch.images)) for batch in batches]
        total = torch.stack([rates for rates, _ in sums]).sum(0)
        count = total.new_tensor(sum(count for _, count in sums))
        if rank_and_world_size()[1] > 1:
            dist.all_reduce(total)
            dist.all_reduce(count)
        rates = (total / count).cpu().double().tolist()
        module.log_scalars({"latents/active_by_kl": float(sum(rate > ACTIVE_NATS for rate in rates))})
        if trainer.is_global_zero:
            self.write(trainer, module, sorted(enumerate(rates), key=lambda row: -row[1]))

    @staticmethod
    def write(trainer: Trainer, module: Module, rows: list[tuple[int, float]]) -> None:
        columns, text = ["latent", "rate_in_nats"], io.StringIO()
        csv.writer(text).writerows([columns, *rows])
        write_atomically(Run.of(trainer).table("rate_per_latent"), text.getvalue().encode())
        for logger in trainer.loggers:
            if isinstance(logger, Mirror):
                logger.log_rows("rate_per_latent", columns, rows, module.images_seen)
