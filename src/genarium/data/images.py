"""DataModule of images: any source, packed, as batches in [-1, 1]."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch

from genarium.data.binarize import levels_of_rows
from genarium.data.class_shares import thinned
from genarium.data.few_labels import Halves, few_labels, halves, labeled_rows
from genarium.data.image_store import ImageStore
from genarium.data.only import listed, rows_of
from genarium.data.packing.pack import pack, writing
from genarium.data.packing.packed import Packed
from genarium.data.source import SPLITS, Files, KnowsModes, RenderedSource
from genarium.data.sources.splits import larger_fraction
from genarium.data.stream import Stream, check_batch_size
from genarium.errors import UserError
from genarium.protocols import Batch, DataModule


class Images(pl.LightningDataModule):
    """Images of `source` as (B, C, R, R) batches, with C = `channels` and R = `resolution`; no worker processes.

    `batch_size` is that of all devices together. `flip` turns half of the training images left to right, anew in each
    epoch; `binarize` draws black or white for each gray value (`binarize.py`). `train_count` and `val_count` keep that
    many images of a split, evenly spread over it. With `only`, images of these labels alone train and validate; with
    `class_shares`, so large a share of each label's; the test split keeps all. With `labels_per_class`, that many
    training images of each class are labeled in the batches that train, the others -1, and half of each batch is of
    labeled ones, drawn once more; whoever measures is told all labels.

    Whoever trains sets `budget`, the images of the whole run, and `start`, which says how many batches the model has
    seen when the training loop begins.
    """

    def __init__(
        self,
        source: Files | RenderedSource,
        resolution: int,
        channels: int,
        batch_size: int,
        crop: str,
        flip: bool,
        max_unreadable: int | None,
        cache: str | Path,
        seed: int,
        train_count: int | None = None,
        val_count: int | None = None,
        binarize: bool = False,
        labels_per_class: int | None = None,
        white: float | None = None,
        only: Sequence[int] | int | None = None,
        class_shares: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        check_batch_size(batch_size)
        self.source, self.resolution, self.channels, self.crop = source, resolution, channels, crop
        self.batch_size, self.flip, self.seed, self.binarize = batch_size, flip, seed, binarize
        self.max_unreadable, self.cache, self.white = max_unreadable, Path(cache), white
        self.counts, self.labels_per_class = {"train": train_count, "val": val_count}, labels_per_class
        self.only, self.class_shares = listed(only), class_shares
        self.budget = 0
        self.start: Callable[[], int] = lambda: 0
        self.shelves: dict[torch.device, ImageStore] = {}

    def download(self) -> None:
        """Fetch what the set lacks; UserError where its place cannot be looked into."""
        with writing(self.cache.expanduser()):
            self.source.download()

    def prepare_data(self) -> None:
        """Pack the set, on one process of each machine."""
        self.setup()

    def setup(self, stage: str | None = None) -> None:
        """Open the packed set."""
        _ = self.packed

    @cached_property
    def packed(self) -> Packed:
        """The packed set, opened when it is first asked for; packed before, if nobody has."""
        packing = (self.resolution, self.channels, self.crop, self.cache, self.max_unreadable, self.white)
        return pack(self.source, *packing)

    def train_dataloader(self) -> Stream | Halves:
        """The run's batches; UserError where the batch does not fit the set or the devices."""
        rank, world = self.place()
        rows = self.split_indices("train")
        length = -(-self.budget // self.batch_size)
        start = lambda: self.start()  # asked when the loop begins, which is after the checkpoint was read
        shelf = self.shelf(self.device)
        settings = (length, self.seed, self.flip, start, self.binarize)
        stream = lambda shelf, rows, size: Stream(shelf, rows, size, *settings, rank=rank, world=world)
        if self.labels_per_class is None:
            return stream(shelf, rows, self.batch_size)
        labels = few_labels(self.packed.labels, rows, self.labels_per_class, self.seed)
        shelf, (of_all, again) = shelf.labeled(labels), halves(self.batch_size, world)
        return Halves(stream(shelf, rows, of_all), stream(shelf, labeled_rows(rows, labels), again))

    @property
    def classes(self) -> int:
        """Number of classes that labels index; 1 where the set has none."""
        return len(self.source.classes) or 1

    @property
    def class_counts(self) -> list[int]:
        """Training images of each class."""
        return np.bincount(self.packed.labels[self.split_indices("train")], minlength=self.classes).tolist()

    @property
    def content(self) -> dict[str, Any]:
        """Content of the set, for the record of a run (`HasContent`)."""
        held = {"source": self.packed.name, "hash": self.packed.hash, "images": len(self.packed)}
        return held | {"classes": list(self.packed.classes)}

    @property
    def modes(self) -> tuple[int, ...]:
        """The shape of labels that are known, equally frequent modes (`KnowsModes`); () where there are none."""
        return self.source.modes if isinstance(self.source, KnowsModes) and self.class_shares is None else ()

    def validation_batches(
        self, batch_size: int, split: str = "val", count: int | None = None, device: torch.device | None = None
    ) -> Iterator[Batch]:
        """This device's share of a split (or of `count` images spread over it) in fixed order, unturned, once.

        `batch_size` is that of all devices together, and each takes its part of every batch, in order, as in training:
        the parts side by side are the batch of one device. The last batch may be smaller.
        """
        rank, world = self.place()
        rows = spaced(self.split_indices(split), count, split)
        for start in range(0, len(rows), batch_size):
            batch = rows[start : start + batch_size]
            if len(part := batch[rank * len(batch) // world : (rank + 1) * len(batch) // world]):
                yield self.pictures(part, device)

    def examples(self, count: int, split: str) -> Batch:
        """Evenly spread images of a split, the same ones each time; all of it where it has fewer than `count`."""
        rows = self.split_indices(split)
        return self.pictures(spaced(rows, min(count, len(rows)), split))

    def pictures(self, rows: np.ndarray, device: torch.device | None = None) -> Batch:
        """`rows` of the packed set as they measure: unturned, and binarized the same way every time."""
        shelf = self.shelf(device or self.device)
        levels = levels_of_rows(rows, tuple(shelf.images.shape[1:])) if self.binarize else None
        return shelf.batch(rows, levels=levels)

    def split_indices(self, split: str) -> np.ndarray:
        """(n,) rows of `packed` that belong to a split, as far as `only`, `class_shares` and the counts keep
        them; UserError where it has none, with a share that gives it some."""
        if split in SPLITS and not self.packed.count(split):
            raise UserError(f"{self.packed.without(split)}: {larger_fraction(self.source, split)}")
        return spaced(self.rows_of_split(split), self.counts.get(split), split)

    def rows_of_split(self, split: str) -> np.ndarray:
        """(n,) rows of a split as far as `only` and `class_shares` keep them."""
        rows = self.packed.indices(split)
        if self.only and split != "test":
            rows = rows_of(self.packed.labels, rows, self.only, self.packed.classes)
        if self.class_shares is not None and split != "test":
            rows = thinned(self.packed.labels, rows, self.class_shares, self.packed.classes)
        return rows

    def shelf(self, device: torch.device) -> ImageStore:
        """The pictures as seen from `device`, brought there once."""
        if device.type == "cuda" and device.index is None:
            device = torch.device("cuda", torch.cuda.current_device())
        if device not in self.shelves:
            self.shelves[device] = ImageStore(self.packed, device)
        return self.shelves[device]

    @property
    def device(self) -> torch.device:
        """Device of this process's model; the CPU where nothing trains."""
        return self.trainer.strategy.root_device if self.trainer else torch.device("cpu")

    def place(self) -> tuple[int, int]:
        """(rank, world size) of this process."""
        if self.trainer:
            return self.trainer.global_rank, self.trainer.world_size
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            return torch.distributed.get_rank(), torch.distributed.get_world_size()
        return 0, 1


CONTRACT: type[DataModule] = Images  # held by the type checker


def spaced(rows: np.ndarray, count: int | None, split: str) -> np.ndarray:
    """`count` of `rows`, evenly spread and in order; all where `count` is None; UserError where there are fewer."""
    if count is None:
        return rows
    if not 0 < count <= len(rows):
        raise UserError(
            f"{count} images of the split {split!r} are asked for, and it has {len(rows)}:"
            f" set data.{split}_count to a number from 1 to {len(rows)}"
        )
    return rows[np.arange(count) * len(rows) // count]
