"""The order of training images: a function of (seed, epoch, rank), resumable and sharded at any batch."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from torch import Tensor

from genarium.data.binarize import levels_of_batch
from genarium.data.image_store import ImageStore
from genarium.errors import UserError
from genarium.protocols import Batch

ORDER, MIRROR = 0, 1  # what random numbers are for: each has a stream of its own


def order(seed: int, epoch: int, count: int) -> np.ndarray:
    """The order of `count` images in one epoch: (count,) int64, each once."""
    return np.random.default_rng((seed, epoch, ORDER)).permutation(count)


def mirrored(seed: int, epoch: int, count: int) -> np.ndarray:
    """Which of `count` images are turned left to right in one epoch: (count,) bool, each with probability 1/2."""
    return np.random.default_rng((seed, epoch, MIRROR)).integers(0, 2, count, dtype=np.uint8).astype(bool)


def shuffled(rows: np.ndarray, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """`rows`, (n,), in the order of one epoch, and whether each is turned left to right in it, (n,) bool."""
    new = order(seed, epoch, len(rows))
    return rows[new], mirrored(seed, epoch, len(rows))[new]


def check_batch_size(batch_size: object) -> None:
    """UserError unless it is a number of images."""
    if type(batch_size) is not int or batch_size < 1:
        raise UserError(f"data.batch_size={batch_size}: must be a whole number, 1 or more")


def batches_per_epoch(count: int, batch_size: int, world: int) -> int:
    """Whole batches in an epoch of `count` images; UserError where `world` devices cannot share one out."""
    if batch_size % world:
        raise UserError(
            f"data.batch_size={batch_size} cannot be shared out among {world} devices:"
            f" choose a multiple of {world}, such as {max(1, round(batch_size / world)) * world}"
        )
    if batch_size > count:
        raise UserError(
            f"data.batch_size={batch_size} is larger than the set, which has {count} training images:"
            f" choose {count - count % world} or less, or a larger set"
        )
    return count // batch_size


class Stream:
    """Every training batch of a whole run as one long epoch: Lightning's loop never ends it, nor shuffles it.

    `batch_size` is that of all devices together; device `rank` of `world` gets its part of each batch, in order, so
    that the parts side by side are the batch of one device. An epoch's last, incomplete batch is left out.
    `start` returns the number of batches that the model has seen when the loop begins.
    """

    def __init__(
        self,
        shelf: ImageStore,
        rows: np.ndarray,
        batch_size: int,
        length: int,
        seed: int,
        flip: bool,
        start: Callable[[], int],
        binarize: bool = False,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.per_epoch = batches_per_epoch(len(rows), batch_size, world)
        self.shelf, self.batch_size, self.length, self.start = shelf, batch_size, length, start
        self.seed, self.flip, self.binarize = seed, flip, binarize
        self.part = slice(rank * batch_size // world, (rank + 1) * batch_size // world)
        self.rows = rows
        self.epoch = lru_cache(maxsize=1)(self.shuffled)

    def __len__(self) -> int:
        """Batches of the whole run, those seen already included."""
        return self.length

    def __iter__(self) -> Iterator[Batch]:
        for position in range(self.start(), self.length):
            yield self.shelf.batch(*self.chosen(position), self.levels(position))

    def levels(self, position: int) -> np.ndarray | None:
        """Binarization thresholds of this device's part of batch `position`, (B / world, C, R, R) uint8."""
        if not self.binarize:
            return None
        shape = tuple(self.shelf.images.shape[1:])
        return levels_of_batch(self.seed, position, self.batch_size, shape)[self.part]

    def state_dict(self) -> dict:
        """Empty state, since `start` holds the position; Lightning requires it to resume."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Nothing, as above."""

    def shuffled(self, epoch: int) -> list[Tensor]:
        """The rows of an epoch and which are turned in it, beside the pictures: copied there once."""
        return [self.shelf.placed(part) for part in shuffled(self.rows, self.seed, epoch)]

    def chosen(self, position: int) -> tuple[Tensor, Tensor | None]:
        """Rows of the packed set in this device's part of batch `position`, (B / world,), and which are turned."""
        epoch, batch = divmod(position, self.per_epoch)
        rows, turned = (of_epoch[batch * self.batch_size :][self.part] for of_epoch in self.epoch(epoch))
        return rows, turned if self.flip else None
