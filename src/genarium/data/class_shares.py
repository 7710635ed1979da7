"""Unbalanced training sets: of some classes fewer images (step imbalance: Buda et al., arXiv:1710.05381, sec. 3.1)."""

from collections.abc import Sequence

import numpy as np

from genarium.errors import UserError


def thinned(labels: np.ndarray, rows: np.ndarray, shares: Sequence[float], names: Sequence[str]) -> np.ndarray:
    """Of `rows` (n,), so large a share of each class's, in order of labels, evenly spread, one at least; UserError
    unless there is a share above 0, at most 1, for each class.

    >>> thinned(np.array([0, 0, 0, 0, 1, 1]), np.arange(6), shares=[0.5, 1], names=["a", "b"])
    array([0, 2, 4, 5])
    """
    known = [share for share in shares if isinstance(share, int | float) and 0 < share <= 1]
    if not len(known) == len(shares) == max(1, len(names)):
        raise UserError(
            f"data.class_shares={shares} must be a list of {max(1, len(names))} numbers above 0, 1 at most: a share for"
            " each class; or set data.class_shares=none"
        )
    kept = []
    for label, share in enumerate(shares):
        own = rows[labels[rows] == label]
        count = min(len(own), max(1, round(share * len(own))))
        kept.append(own[np.arange(count) * len(own) // max(1, count)])
    return np.sort(np.concatenate(kept))
