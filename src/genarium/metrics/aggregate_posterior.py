"""Aggregate posterior q(z) = 1/N sum_n q(z|x_n): its KL to the prior and total correlation."""

import math

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.gaussian_rate import kl_per_latent
from genarium.metrics.result import Result

COVERING = 20
"""Posteriors that cover a code, on average, from which on independent latents measure less than a tenth of the rate."""
ELEMENTS = 1 << 24  # of the (S, N, Z) array of log densities that are held at once


def aggregate_posterior(*, z: Tensor, mean: Tensor, log_variance: Tensor) -> Result:
    """KL of the aggregate posterior and its parts, prior N(0, I) (Chen et al., arXiv:1802.04942, eq. 2).

    In nats, every constant kept, q(z) being the mixture of the given N posteriors:
    `aggregate_kl` = KL(q(z) || p(z)) = `total_correlation` + `dimension_wise_kl`, where
    `total_correlation` = KL(q(z) || prod_j q(z_j)) and `dimension_wise_kl` = sum_j KL(q(z_j) || p(z_j)).
    They are Monte-Carlo means over z: (S, Z), drawn from q(z), that is from the posteriors of randomly chosen images;
    mean, log_variance: (N, Z) of all images. Each is >= 0 up to the noise of S samples. The
    rate, E_x KL(q(z|x) || p(z)), less `aggregate_kl` is the mutual information of image and code.

    That information cannot exceed log N in a mixture of N. Where it comes nearer than log `COVERING`, each code lies in
    a few posteriors alone, and `aggregate_kl` tends to rate - log N whatever the codes of further images would fill:
    it and `total_correlation` are then left out.

    >>> corners = torch.tensor([[-9.0, -9.0], [9.0, 9.0]]).repeat(30, 1)
    >>> found = aggregate_posterior(z=corners, mean=corners, log_variance=torch.zeros(60, 2))
    >>> round(found["total_correlation"], 4)  # either latent tells the other: ln 2
    0.6931
    """
    if mean.shape != log_variance.shape or mean.ndim != 2 or z.ndim != 2 or z.shape[1] != mean.shape[1]:
        raise UserError(f"codes {tuple(z.shape)} and posteriors {tuple(mean.shape)} must be (S, Z) and (N, Z)")
    joint, marginals = _log_mixture(z, mean, log_variance)
    prior = -0.5 * (z.double().square() + math.log(2 * math.pi))
    correlation = (joint - marginals.sum(1)).mean().item()
    dimensions = (marginals - prior).sum(1).mean().item()
    rate = kl_per_latent(mean=mean, log_variance=log_variance).sum().item()
    covering = math.exp(min(0.0, correlation + dimensions - rate)) * len(mean)
    if covering < COVERING:
        why = UserError(
            f"a code lies in about {max(1.0, covering):.1f} of {len(mean):,} posteriors, where {COVERING} are needed: "
            f"the estimate would be the rate less ln {len(mean):,}, an artifact of the count; measure more images, or "
            "codes of a lower rate"
        )
        return Result({"dimension_wise_kl": dimensions}, left_out={"aggregate_kl": why, "total_correlation": why})
    return Result(
        {"aggregate_kl": correlation + dimensions, "total_correlation": correlation, "dimension_wise_kl": dimensions}
    )


def _log_mixture(z: Tensor, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
    """log q(z), (S,), and log q(z_j) of each latent, (S, Z), in nats."""
    rows = max(1, ELEMENTS // mean.numel())
    precision, constant = (-log_variance).exp(), -0.5 * (log_variance + math.log(2 * math.pi))
    joint, marginals = [], []
    for part in z.split(rows):
        log_density = constant - 0.5 * precision * (part[:, None] - mean).square()  # (rows, N, Z)
        joint.append(torch.logsumexp(log_density.sum(2).double(), dim=1))
        marginals.append(torch.logsumexp(log_density, dim=1).double())
    return torch.cat(joint) - math.log(len(mean)), torch.cat(marginals) - math.log(len(mean))
