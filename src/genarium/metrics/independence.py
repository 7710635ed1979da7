"""How dependent the numbers of codes are."""

import numpy as np
from scipy.special import digamma, gammaln
from sklearn.neighbors import NearestNeighbors

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit


def total_correlation_by_neighbors(codes: np.ndarray, k: int = 3) -> float:
    """Total correlation sum_j H(z_j) - H(z) of codes (N, Z), in nats, whatever their distribution; below 0 by the
    estimate's error. A turn of whitened codes leaves the estimate of H(z) alone.

    A Gaussian's is 0 after whitening; this one is not, where codes are dependent without being correlated. UserError
    for a latent that does not vary.
    """
    if not 1 <= k < len(codes):
        raise DoesNotFit(f"{len(codes)} codes have no {k} neighbors", "k", max(1, len(codes) - 1))
    deviation = codes.std(0)
    if not np.isfinite(codes).all() or deviation.min() == 0:
        raise UserError("total correlation is of finite codes whose every latent varies: leave the others out")
    scaled = codes / deviation
    return sum(entropy_by_neighbors(column[:, None], k) for column in scaled.T) - entropy_by_neighbors(scaled, k)


def entropy_by_neighbors(points: np.ndarray, k: int) -> float:
    """Entropy of a density from its samples' distances to their k-th neighbors, (N, D) -> nats (Kozachenko & Leonenko,
    1987; Kraskov et al., arXiv:cond-mat/0305641, eq. 20)."""
    count, size = points.shape
    distances = NearestNeighbors(n_neighbors=k).fit(points).kneighbors()[0][:, -1]
    ball = size / 2 * np.log(np.pi) - gammaln(size / 2 + 1)
    return float(digamma(count) - digamma(k) + ball + size * np.log(np.maximum(distances, 1e-300)).mean())
