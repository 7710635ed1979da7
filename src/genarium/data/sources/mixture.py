"""Toy worlds: equal mixtures of Gaussians, most of them in the plane, whose modes can be counted exactly.

Points are drawn anew for each batch, as "images" of one pixel, (B, D, 1, 1), in about [-1, 1]; the label is the mode.
Nothing is packed: a byte would be too coarse for a point.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch

from genarium.data.packing.fingerprint import digest_of
from genarium.data.source import SPLITS
from genarium.data.stream import batches_per_epoch, check_batch_size
from genarium.protocols import Batch, DataModule

HELD_OUT = 10_000
"""Points of a split that is not trained on."""


def ring(count: int, radius: float) -> np.ndarray:
    """Centers on a circle, (count, 2)."""
    angle = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


def grid(side: int, range: float) -> np.ndarray:
    """Centers on a square grid over [-range, range], (side^2, 2)."""
    line = np.linspace(-range, range, side)
    return np.stack(np.meshgrid(line, line, indexing="ij"), 2).reshape(-1, 2)


def spiral(count: int, turns: float, radius: float) -> np.ndarray:
    """Centers at even distances along an Archimedean spiral from near the middle to `radius`, (count, 2)."""
    share = np.sqrt((np.arange(count) + 1) / count)
    angle = 2 * np.pi * turns * share
    return radius * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


class GaussianMixture(pl.LightningDataModule):
    """Points around `centers()`, (M, D), each mode equally likely, with standard deviation `sd`.

    `batch_size` is that of all devices together. Whoever trains sets `budget`, the points of the whole run, and
    `start`, which says how many batches the model has seen when the training loop begins.
    """

    def __init__(self, centers: Callable[[], np.ndarray], sd: float, batch_size: int, seed: int) -> None:
        super().__init__()
        check_batch_size(batch_size)
        self.centers, self.sd = centers(), sd
        self.batch_size, self.seed, self.budget = batch_size, seed, 0
        self.start: Callable[[], int] = lambda: 0

    def setup(self, stage: str | None = None) -> None:
        """Nothing: points are drawn as they are asked for."""

    @property
    def classes(self) -> int:
        """Number of modes that labels index."""
        return len(self.centers)

    @property
    def class_counts(self) -> list[int]:
        """Points of each mode, equally many."""
        return [1] * self.classes

    @property
    def content(self) -> dict[str, Any]:
        """Content of the points, for the record of a run (`HasContent`)."""
        modes = [str(mode) for mode in range(self.classes)]
        return {"source": "mixture", "hash": digest_of([self.centers.tolist(), self.sd]), "images": 0, "classes": modes}

    def draw(self, count: int, split: str, number: int) -> Batch:
        """`count` points; the same for the same split and number."""
        random = np.random.default_rng((self.seed, SPLITS.index(split), number))
        labels = random.integers(0, len(self.centers), count)
        points = self.centers[labels] + self.sd * random.standard_normal((count, self.centers.shape[1]))
        return Batch(torch.from_numpy(points.astype(np.float32))[:, :, None, None], torch.from_numpy(labels))

    def train_dataloader(self) -> "PointStream":
        rank, world = self.place()
        batches_per_epoch(self.batch_size, self.batch_size, world)  # refuses what cannot be shared out
        return PointStream(self, slice(rank * self.batch_size // world, (rank + 1) * self.batch_size // world))

    def validation_batches(
        self, batch_size: int, split: str = "val", count: int | None = None, device: torch.device | None = None
    ) -> Iterator[Batch]:
        """This device's share of a split, or of the first `count` points of it."""
        rank, world = self.place()
        whole = self.examples(count or HELD_OUT, split)
        points, labels = whole.images[rank::world], whole.labels[rank::world]
        for start in range(0, len(labels), batch_size):
            part = slice(start, start + batch_size)
            yield Batch(points[part].to(device), labels[part].to(device))

    def examples(self, count: int, split: str) -> Batch:
        """Points of a split, the same ones each time."""
        whole = self.draw(HELD_OUT, split, -1 % 2**32)
        return Batch(whole.images[:count], whole.labels[:count])

    def split_indices(self, split: str) -> np.ndarray:
        return np.arange(HELD_OUT)

    def place(self) -> tuple[int, int]:
        """(rank, world size) of this process."""
        return (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)


CONTRACT: type[DataModule] = GaussianMixture  # held by the type checker


class PointStream:
    """Every training batch of a whole run; `part` of each is this device's."""

    def __init__(self, mixture: GaussianMixture, part: slice) -> None:
        self.mixture, self.part = mixture, part

    def __len__(self) -> int:
        return -(-self.mixture.budget // self.mixture.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        for number in range(self.mixture.start(), len(self)):
            whole = self.mixture.draw(self.mixture.batch_size, "train", number)
            yield Batch(whole.images[self.part], whole.labels[self.part])

    def state_dict(self) -> dict:
        """Empty state, since `start` holds the position."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Nothing, as above."""
