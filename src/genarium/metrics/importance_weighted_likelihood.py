"""Marginal likelihood by importance sampling."""

import math

import torch
from torch import Tensor

from genarium.errors import UserError


def importance_weighted_log_likelihood(log_weights: Tensor) -> Tensor:
    """Importance-weighted bound log 1/K sum_k w_k (Burda et al., arXiv:1509.00519, eq. 8).

    w_k = p(x, z_k) / q(z_k | x), z_k ~ q: a lower bound on log p(x) in expectation, tight as K grows. log_weights:
    (K, B) in nats, log-likelihoods and not losses -> (B,) in nats, float64.

    The mean weight of K = 1 and of K = 2 samples:

    >>> importance_weighted_log_likelihood(torch.tensor([[1.0, 3.0]]).log()).exp().round(decimals=6)
    tensor([1., 3.], dtype=torch.float64)
    >>> importance_weighted_log_likelihood(torch.tensor([[1.0], [3.0]]).log()).exp().round(decimals=6)
    tensor([2.], dtype=torch.float64)
    """
    if log_weights.ndim != 2 or log_weights.isnan().any():
        raise UserError(f"log weights of shape {tuple(log_weights.shape)} must be (K, B) without NaN.")
    return torch.logsumexp(log_weights.double(), dim=0) - math.log(len(log_weights))
