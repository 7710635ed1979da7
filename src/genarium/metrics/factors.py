"""Known factors of a data set, name -> (N,): checks and equal-frequency bins for the disentanglement scores.

A factor of integers is a set of classes; a factor of floats is continuous.
"""

from collections.abc import Mapping

import numpy as np

from genarium.errors import UserError
from genarium.metrics.result import Result

Factors = Mapping[str, np.ndarray]


def check_factors(codes: np.ndarray, factors: Factors) -> None:
    """UserError unless codes are finite (N, Z), Z >= 2, and every factor (N,) takes two or more values."""
    if codes.ndim != 2 or codes.shape[1] < 2 or not np.isfinite(codes).all():
        raise UserError(f"codes of shape {codes.shape} must be finite (N, Z) with two or more latents.")
    if not factors:
        raise UserError("disentanglement needs known factors; choose data that has them, such as data=garden.")
    for name, values in factors.items():
        if values.shape != codes.shape[:1] or len(np.unique(values)) < 2:
            raise UserError(f"the factor {name} must give each of the {len(codes)} images a value, not all the same.")


def equal_frequency_bins(values: np.ndarray, bins: int) -> np.ndarray:
    """Equal-frequency binning, (N,) -> (N,) of 0 to bins - 1; equal values share a bin.

    >>> equal_frequency_bins(np.array([0.1, 0.2, 0.3, 1e6]), 2)
    array([0, 0, 1, 1])
    """
    below = np.searchsorted(np.sort(values), values)
    return below * bins // len(values)


def discretized(values: np.ndarray, bins: int) -> np.ndarray:
    """Discretization of a factor: classes as they are, continuous values in `bins` equal-frequency bins."""
    return values if np.issubdtype(values.dtype, np.integer) else equal_frequency_bins(values, bins)


def mean_over_factors(name: str, scores: Mapping[str, float]) -> Result:
    """Mean of one score per factor as `name`, each of them as `name/<factor>`."""
    each = {f"{name}/{factor}": float(value) for factor, value in scores.items()}
    return Result({name: float(np.mean(list(scores.values())))} | each)
