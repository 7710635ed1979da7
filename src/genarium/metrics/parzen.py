"""Parzen window estimate of the log-likelihood."""

import math

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.result import Result

CHUNK = 200


def parzen_log_likelihood(*, generated: Tensor, real: Tensor, sigma: float) -> Result:
    """Parzen window estimate (Breuleux et al., 2011; Goodfellow et al., arXiv:1406.2661, table 1): the mean
    log-density, in nats, of `real` (N, D) under a mixture of Gaussians of scale `sigma` around `generated` (M, D).

    >>> sides = {"generated": torch.tensor([[0.0], [4.0]]), "real": torch.tensor([[2.0]])}  # one sigma from either
    >>> round(parzen_log_likelihood(**sides, sigma=2.0)["parzen_log_likelihood"], 4)  # -1/2 - ln(2 sqrt(2 pi))
    -2.1121
    """
    if generated.ndim != 2 or real.ndim != 2 or generated.shape[1] != real.shape[1] or not len(generated):
        raise UserError(f"samples {tuple(generated.shape)} and images {tuple(real.shape)} must be (M, D) and (N, D).")
    generated, real = generated.double() / sigma, real.double() / sigma
    constant = math.log(len(generated)) + real.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    parts = [torch.cdist(part, generated).square().mul(-0.5).logsumexp(1) for part in real.split(CHUNK)]
    return Result({"parzen_log_likelihood": (torch.cat(parts) - constant).mean().item()})


def parzen_scale(*, generated: Tensor, real: Tensor, scales: Tensor) -> float:
    """The one of `scales` (S,) with the highest estimate on held-out images."""
    of = lambda sigma: parzen_log_likelihood(generated=generated, real=real, sigma=sigma).values[
        "parzen_log_likelihood"
    ]
    return max(scales.tolist(), key=of)
