"""Bounds on log p(x) from importance weights, in nats per image."""

import math

from torch import Tensor


def bound(log_weights: Tensor) -> Tensor:
    """Importance-weighted bound log (1/K) sum_k w_k on log p(x) (IWAE: Burda et al., arXiv:1509.00519, eq. 8).

    A lower bound in expectation, which rises with K. (K, ...) -> (...)

    >>> import torch
    >>> bound(torch.tensor([[1.0], [3.0]]).log())  # the log of the mean weight, 2
    tensor([0.6931])
    """
    return log_weights.logsumexp(0) - math.log(len(log_weights))


def multiple_bound(log_weights: Tensor, bounds: int) -> Tensor:
    """Multiply importance-weighted bound (MIWAE: Rainforth et al., arXiv:1802.04537).

    Mean of `bounds` importance-weighted bounds, each of K / `bounds` samples. (K, B) -> (B,)
    """
    return bound(log_weights.unflatten(0, (bounds, -1)).transpose(0, 1)).mean(0)


def effective_samples(log_weights: Tensor) -> Tensor:
    """Effective sample size (sum w)^2 / sum w^2, from 1 to K. (K, B) -> (B,)

    >>> import torch
    >>> effective_samples(torch.zeros(4, 1))  # equal weights
    tensor([4.])
    """
    return (2 * log_weights.logsumexp(0) - (2 * log_weights).logsumexp(0)).exp()
