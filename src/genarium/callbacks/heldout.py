"""Held-out batches that callbacks measure on."""

from collections.abc import Iterator

from pytorch_lightning import Trainer

from genarium.callbacks.attached import datamodule
from genarium.distributed.world import rank_and_world_size
from genarium.protocols import Batch
from genarium.training.module import Module


def heldout_batches(trainer: Trainer, module: Module, count: int, batch_size: int) -> Iterator[Batch]:
    """This process's share of `count` images of the split "val", the same ones each time; all where it has fewer.

    Every process gets equally many: terms that see the whole batch wait for all processes.
    """
    data, processes = datamodule(trainer), rank_and_world_size()[1]
    count = min(count, len(data.split_indices("val")))
    return data.validation_batches(batch_size - batch_size % processes, "val", count - count % processes, module.device)
