"""Priors over codes: rate of a posterior in nats, log density and samples.

`infer` is the model's own posterior, images -> q(z|x), of which the VampPrior is a mixture.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.distributions import Independent

from genarium.distributed import batch_consistent
from genarium.distributions.divergence import kl, kl_per_latent, standard_normal

Infer = Callable[[Tensor], Independent]


class Prior(nn.Module):
    """Prior over codes."""

    asks_encoder: bool
    """Whether posteriors make it: the encoder must then treat each image by itself."""
    factorized: bool
    """Whether it is a product over latents: then, and only then, the rate is a sum over them."""
    standard_normal: bool
    """Whether it is N(0, I)."""

    def rate(self, posterior: Any, z: Tensor, infer: Infer) -> Tensor:
        """KL(q(z|x) || p(z)), in closed form or at the sample `z`. -> (B,)."""
        raise NotImplementedError

    def rate_per_latent(self, posterior: Any, z: Tensor, infer: Infer) -> Tensor:
        """KL(q(z_j|x) || p(z_j)). -> (B, Z)."""
        raise NotImplementedError

    def log_prob(self, z: Tensor, infer: Infer) -> Tensor:
        """(..., Z) -> (...)."""
        raise NotImplementedError

    def sample(self, count: int, infer: Infer, device: torch.device, generator: Generator | None) -> Tensor:
        """(count, Z)."""
        raise NotImplementedError


class StandardNormal(Prior):
    """Standard normal prior N(0, I)."""

    asks_encoder, factorized, standard_normal = False, True, True

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.latent_dim = latent_dim

    def rate(self, posterior: Independent, z: Tensor, infer: Infer) -> Tensor:
        """Rate KL(q(z|x) || p(z)) in closed form. -> (B,)."""
        return kl(posterior, z)

    def rate_per_latent(self, posterior: Independent, z: Tensor, infer: Infer) -> Tensor:
        """Rate per latent KL(q(z_j|x) || p(z_j)) in closed form. -> (B, Z)."""
        return kl_per_latent(posterior)

    def log_prob(self, z: Tensor, infer: Infer) -> Tensor:
        """Log density of codes, (..., Z) -> (...)."""
        return standard_normal(z).log_prob(z).sum(-1)

    def sample(self, count: int, infer: Infer, device: torch.device, generator: Generator | None) -> Tensor:
        """Samples of the prior, (count, Z)."""
        return batch_consistent.normal(count, self.latent_dim, device=device, generator=generator)


class VampPrior(Prior):
    """VampPrior: mixture of the posteriors of learned pseudo-images (Tomczak & Welling, arXiv:1705.07120)."""

    asks_encoder, factorized, standard_normal = True, False, False

    def __init__(self, components: int, channels: int, resolution: int, init_std: float) -> None:
        """Pseudo-images start as gray ones with normal noise of `init_std`."""
        super().__init__()
        self.free_images = nn.Parameter(init_std * torch.randn(components, channels, resolution, resolution))

    @property
    def images(self) -> Tensor:
        """Pseudo-images, (K, C, R, R) in [-1, 1]."""
        return self.free_images.tanh()

    def rate(self, posterior: Independent, z: Tensor, infer: Infer) -> Tensor:
        """Rate log q(z|x) - log p(z) of one sample. -> (B,)."""
        return posterior.log_prob(z) - self.log_prob(z, infer)

    def rate_per_latent(self, posterior: Independent, z: Tensor, infer: Infer) -> Tensor:
        """Rate per latent, log q(z_j|x) - log p(z_j) of one sample, p(z_j) the prior's marginal. -> (B, Z)

        They do not sum to the rate, since the prior's latents depend on each other.
        """
        return posterior.base_dist.log_prob(z) - self.mixed(self.components(z, infer))

    def log_prob(self, z: Tensor, infer: Infer) -> Tensor:
        """Log density of codes, (..., Z) -> (...)."""
        return self.mixed(self.components(z, infer).sum(-1, keepdim=True)).squeeze(-1)

    def components(self, z: Tensor, infer: Infer) -> Tensor:
        """Log densities log q(z_j|u_k) of every latent and pseudo-image. (..., Z) -> (..., K, Z)."""
        return infer(self.images).base_dist.log_prob(z[..., None, :])

    @staticmethod
    def mixed(log_densities: Tensor) -> Tensor:
        """Log density of the mixture: log of the mean over components, (..., K, Z) -> (..., Z)."""
        return log_densities.logsumexp(-2) - math.log(log_densities.shape[-2])

    def sample(self, count: int, infer: Infer, device: torch.device, generator: Generator | None) -> Tensor:
        """Samples of the prior, (count, Z)."""
        place = generator.device if generator else device
        chosen = torch.rand(count, generator=generator, device=place) * len(self.free_images)
        q = infer(self.images[chosen.long().to(device)])
        return q.mean + q.stddev * batch_consistent.normal(*q.mean.shape, device=device, generator=generator)
