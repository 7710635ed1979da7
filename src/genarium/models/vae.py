"""Variational autoencoders: one class, many objectives."""

import math
from collections.abc import Callable, Mapping
from typing import Protocol

from torch import Generator, Tensor, nn
from torch.distributions import Independent

from genarium import noise
from genarium.losses.divergence import kl, kl_per_latent
from genarium.module import Module, Player, Schedule, Terms
from genarium.protocols import Batch

LOG_VARIANCE = 12.0
"""Posterior log variances are kept within ± this, smoothly: beyond, exp() overflows or the density degenerates."""


class Likelihood(Protocol):
    log_bin_width: float  # of one pixel value: 0 where log_prob is of a probability, not of a density

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor: ...

    def mean(self, parameters: Tensor) -> Tensor: ...


class VAE(Module):
    """Maximises E_q[log p(x|z)] - beta R(q(z|x)) (Kingma & Welling, arXiv:1312.6114, eq. 3).

    beta-VAE, beta-TC-VAE, InfoVAE and DIP-VAE are this class with another `regularizer`. Terms are in nats per image:
    `distortion` = -E_q[log p(x|z)], `rate` = KL(q(z|x) || p(z)), their sum the negative ELBO.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        likelihood: Likelihood,
        regularizer: Callable[[Independent, Tensor], Tensor],
        latent_dim: int,
        beta: float,
        players: Mapping[str, Player],
        schedules: Mapping[str, Schedule],
    ) -> None:
        """`encoder` (B, C, R, R) -> mean and log variance, (B, 2Z); `decoder` (B, Z) -> the likelihood's parameters."""
        super().__init__(players, schedules)
        self.encoder, self.decoder = encoder, decoder
        self.likelihood, self.regularizer = likelihood, regularizer
        self.latent_dim, self.beta = latent_dim, beta

    def networks(self) -> dict[str, nn.Module]:
        return {"vae": nn.ModuleList([self.encoder, self.decoder, self.likelihood])}

    def play(self, batch: Batch) -> None:
        self.descend("vae", lambda: self.terms(batch))

    def posterior(self, x: Tensor) -> Independent:
        """q(z|x) over (B, Z)."""
        mean, log_variance = self.encoder(x).float().chunk(2, dim=1)
        log_variance = LOG_VARIANCE * (log_variance / LOG_VARIANCE).tanh()
        return Independent(noise.RowwiseNormal(mean, (log_variance / 2).exp(), validate_args=False), 1)

    def terms(self, batch: Batch) -> Terms:
        q = self.posterior(batch.images)
        z = q.rsample()
        distortion = -self.likelihood.log_prob(batch.images, self.decoder(z))
        rate, regularizer = kl(q, z), self.regularizer(q, z)
        pixels = batch.images[0].numel()
        return {
            "loss": distortion + self.beta * regularizer,
            "distortion": distortion,
            "rate": rate,
            "regularizer": regularizer,
            "negative_elbo": distortion + rate,
            "bits_per_dimension": ((distortion + rate) / pixels - self.likelihood.log_bin_width) / math.log(2),
        }

    def rate_per_latent(self, x: Tensor) -> Tensor:
        return kl_per_latent(self.posterior(x))

    def encode(self, x: Tensor) -> Tensor:
        return self.posterior(x).mean

    def decode(self, z: Tensor) -> Tensor:
        return self.likelihood.mean(self.decoder(z))

    def reconstruct(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))

    def sample(self, count: int, generator: Generator | None = None) -> Tensor:
        return self.decode(noise.normal(count, self.latent_dim, device=self.device, generator=generator))
