"""KL divergences to the prior N(0, I), in nats."""

import torch
from torch import Tensor
from torch.distributions import Independent, Normal, kl_divergence


def standard_normal(z: Tensor) -> Normal:
    """Standard normal N(0, 1) for every element of `z`."""
    return Normal(torch.zeros_like(z), torch.ones_like(z), validate_args=False)


def kl_per_latent(posterior: Independent) -> Tensor:
    """KL divergence per latent to N(0, 1) in closed form (Kingma & Welling, arXiv:1312.6114, app. B). -> (B, Z)."""
    return kl_divergence(posterior.base_dist, standard_normal(posterior.mean))


def kl(posterior: Independent, z: Tensor) -> Tensor:
    """KL divergence KL(q(z|x) || N(0, I)) in closed form, summed over latents. -> (B,)."""
    return kl_per_latent(posterior).sum(1)
