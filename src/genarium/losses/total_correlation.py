"""Decomposition of the rate into mutual information, total correlation and dimension-wise KL, in nats per image.

The aggregate posterior q(z) is that of the batch, (1/B) sum_j q(z|x_j), constants kept: an estimate by the data set's
size N (Chen et al., arXiv:1802.04942, eq. 3) adds constants to it and has the same gradient.
"""

import math

import torch
from torch import Tensor
from torch.distributions import Independent, Normal

from genarium.distributed import batch_consistent
from genarium.distributed.world import all_gather_batch
from genarium.distributions.divergence import standard_normal


def log_density_per_latent(posterior: Independent, z: Tensor) -> Tensor:
    """Log densities log q(z_ik | x_j) for every code i, component j and latent k. (B, Z) -> (B, N, Z)."""
    mean, scale = all_gather_batch(posterior.mean), all_gather_batch(posterior.stddev)
    return Normal(mean[None], scale[None], validate_args=False).log_prob(z[:, None])


def aggregate(posterior: Independent, z: Tensor) -> tuple[Tensor, Tensor]:
    """Aggregate posterior's log density log q(z) and that of its marginals, log prod_k q(z_k). -> (B,), (B,)."""
    densities = log_density_per_latent(posterior, z)
    log_count = math.log(densities.shape[1])
    joint = densities.sum(2).logsumexp(1) - log_count
    return joint, (densities.logsumexp(1) - log_count).sum(1)


def decomposition(posterior: Independent, z: Tensor) -> dict[str, Tensor]:
    """Decomposition of log q(z|x) - log p(z) into three terms (Chen et al., arXiv:1802.04942, eq. 2). -> (B,) each."""
    joint, product = aggregate(posterior, z)
    prior = standard_normal(z).log_prob(z).sum(1)
    return {
        "mutual_information": posterior.log_prob(z) - joint,
        "total_correlation": joint - product,
        "dimension_wise_kl": product - prior,
    }


def total_correlation(posterior: Independent, z: Tensor) -> Tensor:
    """Total correlation KL(q(z) || prod_k q(z_k)), one sample; beta-TC-VAE's regularizer is rate + (beta - 1) times it
    (Chen et al., arXiv:1802.04942, eq. 4).

    It needs a batch of many times exp(rate) images, below which it is the rate - log B and has its gradient: see
    moments.TotalCorrelation. (B, Z) -> (B,)

    >>> corners = torch.tensor([[-9.0, -9.0], [9.0, 9.0]])
    >>> total_correlation(Independent(Normal(corners, 1.0), 1), corners)  # either latent tells the other: log 2
    tensor([0.6931, 0.6931])
    """
    joint, product = aggregate(posterior, z)
    return joint - product


def density_ratio(logits: Tensor) -> Tensor:
    """Density-ratio estimate of total correlation (FactorVAE: Kim & Mnih, arXiv:1802.05983, eq. 3).

    log D / (1 - D) is the logit of a discriminator of q(z) from the product of its marginals. (B,) -> (B,)
    """
    return logits.float()


def permuted_per_latent(z: Tensor) -> Tensor:
    """Permutation of each latent over the batch: samples of the product of the marginals
    (Kim & Mnih, arXiv:1802.05983, alg. 1). (B, Z) -> (B, Z)."""
    order = batch_consistent.draw(lambda shape: torch.rand(shape, device=z.device).argsort(0), tuple(z.shape))
    return all_gather_batch(z).gather(0, order)
