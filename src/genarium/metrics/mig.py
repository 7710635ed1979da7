"""Mutual information gap (MIG) of codes (N, Z) and known factors."""

import numpy as np
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from genarium.metrics.factors import Factors, check_factors, discretized, equal_frequency_bins, mean_over_factors
from genarium.metrics.result import Result


def mutual_information_gap(*, codes: np.ndarray, factors: Factors, bins: int) -> Result:
    """MIG (Chen et al., arXiv:1802.04942, eq. 6), 0 to 1: mean over factors of (I_1 - I_2) / H(factor).

    I_1, I_2: mutual information of the factor with its two most informative latents, each latent (and each continuous
    factor) cut into `bins` intervals of equal frequency, which an outlier does not move. `mig`, and `mig/<factor>` for
    each one.

    >>> factors = {"color": np.array([0, 0, 1, 1])}
    >>> mutual_information_gap(codes=np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), factors=factors, bins=2)["mig"]
    1.0
    """
    check_factors(codes, factors)
    binned = [equal_frequency_bins(column, bins) for column in codes.T]
    gaps = {}
    for name, values in factors.items():
        values = discretized(values, bins)
        shared = np.sort([mutual_info_score(values, column) for column in binned])
        gaps[name] = (shared[-1] - shared[-2]) / entropy(np.unique(values, return_counts=True)[1])
    return mean_over_factors("mig", gaps)
