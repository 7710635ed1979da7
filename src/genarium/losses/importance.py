"""Bounds on log p(x) from importance weights, in nats per image."""

import math

from torch import Tensor


def bound(log_weights: Tensor) -> Tensor:
    """log (1/K) sum_k w_k, a lower bound of log p(x) in expectation that rises with K (Burda et al.,
    arXiv:1509.00519, eq. 8). (K, ...) -> (...)."""
    return log_weights.logsumexp(0) - math.log(len(log_weights))


def multiple_bound(log_weights: Tensor, bounds: int) -> Tensor:
    """Mean of `bounds` such bounds, each of its own share of the K samples (Rainforth et al., arXiv:1802.04537).
    (K, B) -> (B,)."""
    return bound(log_weights.unflatten(0, (bounds, -1)).transpose(0, 1)).mean(0)


def effective_samples(log_weights: Tensor) -> Tensor:
    """(sum w)^2 / sum w^2, from 1 to K. (K, B) -> (B,)."""
    return (2 * log_weights.logsumexp(0) - (2 * log_weights).logsumexp(0)).exp()
