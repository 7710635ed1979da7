"""What codes say: rate, distortion, active units and the marginal likelihood by importance sampling."""

import math

import torch
from torch import Tensor

from genarium.errors import UserError


def kl_per_latent(*, mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp log_variance) || N(0, 1)) in nats, averaged over the set. (N, Z) twice -> (Z,)"""
    _check(mean, log_variance)
    return 0.5 * (mean.double().square() + log_variance.double().exp() - 1 - log_variance.double()).mean(0)


def active_units(*, mean: Tensor, threshold: float) -> Tensor:
    """Which latents use their input: variance over the set of the posterior mean > threshold. (N, Z) -> (Z,) bool

    Burda et al., arXiv:1509.00519, sec. 5.2, with threshold 0.01; their sum is the number of active units.
    """
    _check(mean)
    return mean.double().var(0) > threshold


def importance_weighted_log_likelihood(log_weights: Tensor) -> Tensor:
    """log 1/K sum_k w_k, w_k = p(x, z_k) / q(z_k | x), z_k ~ q (Burda et al., arXiv:1509.00519, eq. 8).

    A lower bound on log p(x) in expectation, tight as K grows. log_weights: (K, B) in nats, log-likelihoods and not
    losses -> (B,) in nats, float64.
    """
    if log_weights.ndim != 2 or log_weights.isnan().any():
        raise UserError(f"log weights of shape {tuple(log_weights.shape)} must be (K, B) without NaN.")
    return torch.logsumexp(log_weights.double(), dim=0) - math.log(len(log_weights))


def _check(*codes: Tensor) -> None:
    for code in codes:
        if code.ndim != 2 or len(code) < 2 or not torch.isfinite(code).all():
            raise UserError(f"codes of shape {tuple(code.shape)} must be finite (N, Z) of two or more images.")
