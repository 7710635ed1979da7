"""Few labels: most training images lose theirs, for models that learn from the rest."""

from collections.abc import Iterator

import numpy as np
import torch

from genarium.data.stream import Stream
from genarium.errors import UserError
from genarium.protocols import Batch

UNKNOWN = -1


def few_labels(labels: np.ndarray, rows: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Semi-supervised labels, (N,): those of `per_class` images of each class, drawn by `seed` from `rows`; the
    others are UNKNOWN. UserError where a class has fewer."""
    smallest = np.unique(labels[rows], return_counts=True)[1].min()
    if not 1 <= per_class <= smallest:
        raise UserError(
            f"{per_class} labels of each class are asked for, and the smallest class has {smallest} training images:"
            f" set data.labels_per_class to a number from 1 to {smallest}, or to none for all"
        )
    drawn = np.random.default_rng(seed).permutation(rows)
    known = np.concatenate([drawn[labels[drawn] == label][:per_class] for label in np.unique(labels[rows])])
    few = np.full_like(labels, UNKNOWN)
    few[known] = labels[known]
    return few


def halves(batch_size: int, world: int) -> tuple[int, int]:
    """Sizes of the two halves of a batch, of all images and of labeled ones (Salimans et al., arXiv:1606.03498, whose
    batches of either are of one size); UserError where `world` devices cannot share out both."""
    step = 2 * world if world > 1 else 1
    if batch_size < 2 or batch_size % step:
        near = max(2 * world, round(batch_size / step) * step)
        raise UserError(
            f"half of a batch is of labeled images, and data.batch_size={batch_size} has no half for each of {world}"
            f" devices: set data.batch_size={near}, or data.labels_per_class=none"
        )
    return batch_size - batch_size // 2, batch_size // 2


def labeled_rows(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rows of labeled images, repeated to the number of `rows`. (n,) -> (n,)"""
    return np.resize(rows[labels[rows] != UNKNOWN], len(rows))


class Halves:
    """Training batches whose first half is of `everything`, in an order of all images, and whose second half is of
    `labeled`, in an order of the labeled ones."""

    def __init__(self, everything: Stream, labeled: Stream) -> None:
        self.everything, self.labeled = everything, labeled

    def __len__(self) -> int:
        return len(self.everything)

    def __iter__(self) -> Iterator[Batch]:
        for all_of_them, known in zip(self.everything, self.labeled, strict=True):
            images = torch.cat([all_of_them.images, known.images])
            labels = torch.cat([all_of_them.labels, known.labels])
            yield Batch(images, labels, again=len(known.labels))

    def state_dict(self) -> dict:
        """Empty state, since `start` holds the position; Lightning requires it to resume."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Nothing, as above."""
