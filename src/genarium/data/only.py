"""One-class training sets: images of some classes alone train (Schölkopf et al., 2001; Ruff et al., 2018)."""

from collections.abc import Sequence

import numpy as np

from genarium.errors import UserError


def listed(only: Sequence[int] | int | None) -> tuple[int, ...]:
    """Labels as they may be written: `[3]`, `3`, or none for all."""
    if only is None:
        return ()
    return tuple(only) if isinstance(only, Sequence) and not isinstance(only, str) else (only,)  # type: ignore[return-value]


def rows_of(labels: np.ndarray, rows: np.ndarray, only: Sequence[int], names: Sequence[str]) -> np.ndarray:
    """Those of `rows` (n,) whose label is one of `only`; UserError where the set has no such class.

    >>> rows_of(np.array([0, 1, 2, 1]), np.array([1, 2, 3]), only=[1], names=["a", "b", "c"])
    array([1, 3])
    """
    for label in only:
        if isinstance(label, bool) or label not in range(len(names)):
            has = f"they are 0 to {len(names) - 1}: set data.only=[{len(names) - 1}]" if names else "which has none"
            raise UserError(f"data.only has {label!r}, no label of the set; {has}, or data.only=none for all images")
    return rows[np.isin(labels[rows], list(only))]
