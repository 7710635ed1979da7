"""Independent component analysis of codes, and what it is to be compared with."""

import warnings
from typing import NamedTuple

import numpy as np
from scipy.stats import ortho_group
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning

ITERATIONS, TOLERANCE = 1000, 1e-4


class Sources(NamedTuple):
    """Independent components (N, Z) of unit variance, and whether the search for them came to an end."""

    codes: np.ndarray
    converged: bool


def independent_components(codes: np.ndarray, seed: int) -> Sources:
    """FastICA (Hyvärinen, IEEE Transactions on Neural Networks 10 (1999)) of codes (N, Z). Where codes are Gaussian, no
    turn of them is more independent than another, and the search need not end: that is a result, not an error."""
    search = FastICA(whiten="unit-variance", max_iter=ITERATIONS, tol=TOLERANCE, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return Sources(np.asarray(search.fit_transform(codes)), search.n_iter_ < ITERATIONS)


def whitened(codes: np.ndarray) -> np.ndarray:
    """Principal components of codes, each of unit variance. (N, Z) -> (N, Z)"""
    return PCA(whiten=True).fit_transform(codes)


def turned(codes: np.ndarray, seed: int) -> np.ndarray:
    """Whitened codes after a random turn: uncorrelated as those of ICA are, and chosen by nothing. (N, Z) -> (N, Z)"""
    return whitened(codes) @ ortho_group.rvs(codes.shape[1], random_state=seed)
