"""Effect of an edit on attributes that a judge reads: one is to change, the others are to stay."""

from typing import NamedTuple

import numpy as np


class EditEffect(NamedTuple):
    """`flips`: share of images whose attribute is on the other side of the boundary afterwards. `drift`: mean absolute
    change of the other attributes. `selectivity`: mean change of the attribute, towards the other side, over the drift;
    about 0 of a change without aim."""

    flips: float
    drift: float
    selectivity: float


def edit_effect(*, before: np.ndarray, after: np.ndarray, attribute: int, boundary: float) -> EditEffect:
    """Of attributes read from images before and after an edit, (N, A), each in its standard deviations; every edit is
    to carry column `attribute` over `boundary`.

    >>> before = np.array([[-1.0, 0.5], [1.0, 0.5]])
    >>> after = np.array([[2.0, 1.0], [0.5, 0.5]])  # the first crosses 0 by 3 and takes 0.5 along; the second does not
    >>> edit_effect(before=before, after=after, attribute=0, boundary=0.0)
    EditEffect(flips=0.5, drift=0.25, selectivity=7.0)
    """
    wanted = np.where(before[:, attribute] < boundary, 1.0, -1.0)
    change = after - before
    flips = ((after[:, attribute] - boundary) * wanted > 0).mean()
    drift = np.abs(np.delete(change, attribute, 1)).mean()
    return EditEffect(float(flips), float(drift), float((change[:, attribute] * wanted).mean() / drift))
