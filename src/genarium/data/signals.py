"""DataModule of signals: any source of trials, as batches of images of one row."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from genarium.data.images import Images
from genarium.data.packing.packed import Packed
from genarium.data.packing.signals import pack_signals
from genarium.data.source import SignalSource
from genarium.protocols import DataModule


class Signals(Images):
    """Trials of `source` as (B, C, 1, L) batches, with C = `channels` and L = `resolution`, standardized by the
    training trials (`packing/signals.py`). All other arguments are those of `Images`."""

    def __init__(
        self,
        source: SignalSource,
        resolution: int,
        channels: int,
        batch_size: int,
        cache: str | Path,
        seed: int,
        train_count: int | None = None,
        val_count: int | None = None,
        labels_per_class: int | None = None,
        only: Sequence[int] | int | None = None,
    ) -> None:
        super().__init__(
            source,  # pyright: ignore[reportArgumentType] -- only `packed`, below, asks for what it holds
            resolution,
            channels,
            batch_size,
            crop="none",
            flip=False,
            max_unreadable=None,
            cache=cache,
            seed=seed,
            train_count=train_count,
            val_count=val_count,
            labels_per_class=labels_per_class,
            only=only,
        )
        self.signals = source

    @cached_property
    def packed(self) -> Packed:
        """The packed set, opened when it is first asked for; packed before, if nobody has."""
        return pack_signals(self.signals, self.resolution, self.channels, self.cache)

    def in_units(self, x: Tensor) -> Tensor:
        """Standardized signals in the units of the recording, (B, C, 1, L) -> (B, C, 1, L)."""
        scale, mean = (torch.tensor(self.packed.record[key], device=x.device) for key in ("scale", "mean"))
        return x * scale[:, None, None] + mean[:, None, None]


CONTRACT: type[DataModule] = Signals  # held by the type checker
