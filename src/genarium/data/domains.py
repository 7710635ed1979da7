"""DataModule of two domains of a set: sources, and targets, in pairs or not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genarium.data.images import Images, spaced
from genarium.data.pairing import Pairing, Rows
from genarium.data.stream import Stream
from genarium.errors import UserError
from genarium.protocols import Batch, DataModule

APART = 2**32
"""Added to the seed of the order of unpaired sources: no run's own seed is as large."""


class Domains(Images):
    """Two domains of a set, for translation: `images` of a batch are targets, `sources` what they are made from.

    `pairing` says which images are which. With `unpaired`, a run is shown sources and targets that never belong
    together: of each two pairs that train, the first gives its source and the second its target. Held-out images always
    come with their true sources, where these are known, so that what was learned without pairs is judged by them.
    """

    def __init__(self, pairing: Pairing, unpaired: bool, **images: Any) -> None:
        super().__init__(**images)
        self.pairing, self.unpaired = pairing, unpaired
        self.found: dict[str, Rows] = {}

    @property
    def knows_pairs(self) -> bool:
        return self.pairing.knows_pairs(self.source)

    @property
    def in_pairs(self) -> bool:
        return self.knows_pairs and not self.unpaired

    @property
    def targets_are_stored(self) -> bool:
        return self.pairing.targets_are_stored

    def settings(self) -> dict[str, object]:
        return self.pairing.settings()

    def domain_rows(self, split: str) -> Rows:
        """Rows of the sources (n,) and of the targets (m,) of a split; UserError where there are none."""
        if split not in self.found:
            rows = self.pairing.rows(self.packed, self.source, self.rows_of_split(split))
            if not all(map(len, rows)):
                lacking = "sources" if not len(rows[0]) else "targets"
                raise UserError(f"{self.packed.name} has no {lacking} in its split {split!r}: choose other classes")
            count = self.counts.get(split)
            self.found[split] = (spaced(rows[0], count, split), spaced(rows[1], count, split))
        return self.found[split]

    def split_indices(self, split: str) -> np.ndarray:
        """(m,) rows of the targets of a split."""
        super().split_indices(split)  # says which fraction would give it some
        return self.domain_rows(split)[1]

    def train_dataloader(self) -> "DomainStream":
        sources, targets = self.domain_rows("train")
        if self.labels_per_class is not None:
            raise UserError("translation learns nothing from labels: leave data.labels_per_class=none")
        if apart := not self.in_pairs:
            sources, targets = (sources[::2], targets[1::2]) if self.knows_pairs else (sources, targets)
        rank, world = self.place()
        shelf, length, start = self.shelf(self.device), -(-self.budget // self.batch_size), lambda: self.start()
        ordered = lambda rows, seed: Stream(
            shelf, rows, self.batch_size, length, seed, self.flip, start, self.binarize, rank, world
        )
        streams = (ordered(sources, self.seed + APART * apart), ordered(targets, self.seed))
        return DomainStream(*streams, self.pairing)

    def pictures(self, rows: np.ndarray, device: torch.device | None = None) -> Batch:
        """Targets at `rows`, and their sources, where these are known."""
        images, labels, *_ = super().pictures(rows, device)
        sources = self.sources_of(rows)
        given = None if sources is None else super().pictures(sources, device).images
        return Batch(self.pairing.target(images), labels, sources=given)

    def stored(self, rows: np.ndarray) -> Tensor:
        """Images at rows as they are stored, sources among them, (n, C, R, R) in [-1, 1]."""
        return super().pictures(rows).images

    def sources_of(self, targets: np.ndarray) -> np.ndarray | None:
        """Rows of the true sources of targets; None where they are not known."""
        if not self.knows_pairs:
            return None
        sources, known = self.pairing.rows(self.packed, self.source, np.arange(len(self.packed)))
        place = np.full(len(self.packed), -1)
        place[known] = sources
        return place[targets]

    def examples(self, count: int, split: str) -> Batch:
        """Evenly spread targets of a split, with their sources; with any sources of it where pairs are not known."""
        batch = super().examples(count, split)
        if batch.sources is not None:
            return batch
        rows = self.domain_rows(split)[0]
        given = super().pictures(rows[np.arange(len(batch.images)) * len(rows) // len(batch.images)])
        return batch._replace(sources=given.images)


CONTRACT: type[DataModule] = Domains  # held by the type checker


class DomainStream:
    """Training batches of targets, and of sources in an order of their own, or in the same one for pairs."""

    def __init__(self, sources: Stream, targets: Stream, pairing: Pairing) -> None:
        self.sources, self.targets, self.pairing = sources, targets, pairing

    def __len__(self) -> int:
        return len(self.targets)

    def __iter__(self) -> Iterator[Batch]:
        for source, target in zip(self.sources, self.targets, strict=True):
            yield Batch(self.pairing.target(target.images), target.labels, sources=source.images)

    def state_dict(self) -> dict:
        """Empty state, since `start` holds the position; Lightning requires it to resume."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Nothing, as above."""
