"""Regularisers of a latent code against the prior N(0, I), in nats per image.

Every regulariser of a VAE is called with the posterior q(z|x) over (B, Z) and a sample z of it, and comes on top of the
rate.
"""

import torch
from torch import Tensor
from torch.distributions import Independent, Normal, kl_divergence

from genarium.processes import gathered


def standard_normal(z: Tensor) -> Normal:
    """N(0, 1) for every element of `z`."""
    return Normal(torch.zeros_like(z), torch.ones_like(z), validate_args=False)


def kl_per_latent(posterior: Independent) -> Tensor:
    """KL(q(z_j|x) || N(0, 1)) in closed form (Kingma & Welling, arXiv:1312.6114, app. B). -> (B, Z)."""
    return kl_divergence(posterior.base_dist, standard_normal(posterior.mean))


def kl(posterior: Independent, z: Tensor) -> Tensor:
    """KL(q(z|x) || N(0, I)) in closed form: summed over latents, never averaged. -> (B,)."""
    return kl_per_latent(posterior).sum(1)


def lift(rates: Tensor, least: float) -> Tensor:
    """What lifts the rate of each latent, a mean over the batch, to `least` nats: rate + this is sum_j max(least,
    rate_j), so that a latent below `least` is not pressed (Kingma et al., arXiv:1606.04934, app. C.8).
    (B, Z) -> (B,)."""
    return (least - gathered(rates).mean(0)).clamp(min=0).sum().expand(len(rates))


def free_bits(posterior: Independent, z: Tensor, least: float) -> Tensor:
    """The same as a regulariser, whose weight beta is not: runs of before name it. -> (B,)."""
    return lift(kl_per_latent(posterior), least)
