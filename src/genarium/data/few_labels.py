"""Few labels: most training images lose theirs, for models that learn from the rest."""

import numpy as np

from genarium.errors import UserError

UNKNOWN = -1


def few_labels(labels: np.ndarray, rows: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """`labels`, (N,), of which only `per_class` of each class, drawn by `seed` from `rows`, are not UNKNOWN; UserError
    where a class has fewer."""
    smallest = np.unique(labels[rows], return_counts=True)[1].min()
    if not 1 <= per_class <= smallest:
        raise UserError(
            f"{per_class} labels of each class are asked for, and the smallest class has {smallest} training images:"
            f" set data.labels_per_class to a number from 1 to {smallest}, or to null for all"
        )
    drawn = np.random.default_rng(seed).permutation(rows)
    known = np.concatenate([drawn[labels[drawn] == label][:per_class] for label in np.unique(labels[rows])])
    few = np.full_like(labels, UNKNOWN)
    few[known] = labels[known]
    return few


def half_labelled(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`rows`, and those of them whose label in `labels` is known as often again: half of every epoch is labelled, as in
    Salimans et al., arXiv:1606.03498, where a few would else hardly be met. (n,) -> (2n,)"""
    return np.concatenate([rows, np.resize(rows[labels[rows] != UNKNOWN], len(rows))])
