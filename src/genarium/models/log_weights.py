"""Importance weights of a latent variable model, for bounds on log p(x)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from genarium.models.variational_autoencoder import VariationalAutoencoder

Draws = Callable[[int], tuple[Tensor, Tensor]]
"""A number K of samples -> codes (K, B, Z) of an image's posterior and log q(z_k|x), (K, B)."""

Model = VariationalAutoencoder if TYPE_CHECKING else object


class LogWeights(Model):
    """Mixin of variational autoencoders whose p(x, z) and q(z|x) are of images."""

    def log_weights(self, x: Tensor, samples: int, chunk: int = 0) -> Tensor:
        """log p(x, z_k) / q(z_k|x) of K = `samples` codes z_k ~ q(z|x), whose exponentials have the mean p(x). An image
        is encoded once; `chunk` codes of it are decoded at a time, all where it is 0. -> (K, B)."""
        draw, chunk = self.draws(x), chunk or samples
        parts = [draw(min(chunk, samples - start)) for start in range(0, samples, chunk)]
        return torch.cat([self.log_prior(z) - self.distortions(x, z) - log_q for z, log_q in parts])

    def draws(self, x: Tensor) -> Draws:
        """Of q(z|x), which is inferred here."""
        q = self.posterior(x)

        def draw(count: int) -> tuple[Tensor, Tensor]:
            z = q.rsample((count,))
            return z, q.log_prob(z)

        return draw

    def distortions(self, x: Tensor, z: Tensor) -> Tensor:
        """-log p(x|z_k), (B, ...), (K, B, Z) -> (K, B)."""
        parameters = self.decoder(z.flatten(0, 1))
        repeated = x.expand(len(z), *x.shape).flatten(0, 1)
        return -self.likelihood.log_prob(repeated, parameters).unflatten(0, z.shape[:2])

    def log_prior(self, z: Tensor) -> Tensor:
        """(K, B, Z) -> (K, B)."""
        return self.prior.log_prob(z, self.posterior)
