"""What moving along directions of a latent space changes."""

import numpy as np

from genarium.errors import UserError


def one_direction_share(effects: np.ndarray) -> float:
    """Of a factor's change along all directions, the share of the one that changes it most; mean over factors.
    `effects` (D, F), 0 or more -> 1 / D to 1; UserError for a factor that nothing changes.

    >>> one_direction_share(np.array([[1.0, 0.0], [0.0, 3.0]])), one_direction_share(np.ones((4, 2)))
    (1.0, 0.25)
    """
    if effects.ndim != 2 or not (effects >= 0).all() or (effects.sum(0) == 0).any():
        raise UserError("no direction changes a factor: train a model whose decoder uses its code")
    return float((effects.max(0) / effects.sum(0)).mean())


def one_factor_share(effects: np.ndarray) -> float:
    """Of a direction's change of all factors, the share of the one that it changes most; mean over directions, each
    weighted by its change. `effects` (D, F), 0 or more -> 1 / F to 1; UserError where nothing changes.

    >>> one_factor_share(np.array([[1.0, 0.0], [0.0, 3.0]])), one_factor_share(np.ones((2, 4)))
    (1.0, 0.25)
    """
    if effects.ndim != 2 or not (effects >= 0).all() or effects.sum() == 0:
        raise UserError("no direction changes any factor: train a model whose decoder uses its code")
    return float(effects.max(1).sum() / effects.sum())
