"""Small models and data on which claims have closed forms."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from genarium.distributions.likelihood import Gaussian
from genarium.distributions.prior import StandardNormal
from genarium.losses.reconstruction import squared_error
from genarium.losses.regularizer import none
from genarium.models.autoencoder import Autoencoder
from genarium.models.vae import VAE
from genarium.networks.mlp import MLPDecoder, MLPEncoder
from genarium.transforms.corruption import none as no_corruption

SIDE = 4
PIXELS = SIDE**2


class Images(NamedTuple):
    images: Tensor
    labels: Tensor = torch.zeros(0)


def autoencoder(latents: int, width: int = 0, depth: int = 0, kind: type = Autoencoder, **parts: Any) -> Autoencoder:
    """On images of 1 x SIDE x SIDE; depth 0 is linear."""
    size = {"channels": 1, "resolution": SIDE, "width": width, "depth": depth, "activation": nn.ReLU}
    given = {
        "encoder": MLPEncoder(out_dim=latents, **size), "decoder": MLPDecoder(in_dim=latents, **size),
        "code_activation": nn.Identity(), "distance": squared_error, "corruption": no_corruption, "regularizer": none,
        "regularizer_weight": 1.0,
        "latent_dim": latents, "optimizers": {}, "schedules": {},
    }  # fmt: skip
    return kind(**given | parts)


class LinearPosterior(nn.Module):
    """Mean an affine map of the image, log variance a constant of each latent: -> (B, 2Z)."""

    def __init__(self, pixels: int, latents: int) -> None:
        super().__init__()
        self.mean = nn.Linear(pixels, latents)
        self.log_variance = nn.Parameter(torch.zeros(latents))

    def forward(self, x: Tensor) -> Tensor:
        mean = self.mean(x.flatten(1))
        return torch.cat([mean, self.log_variance.expand_as(mean)], dim=1)


def linear_vae(weights: Tensor, scale: float, kind: type = VAE, **parts: Any) -> VAE:
    """p(x|z) = N(weights z, scale^2) on images (1, S, S) with `weights` (S^2, Z); the posterior is not yet the best."""
    pixels, latents = weights.shape
    side = round(pixels**0.5)
    decoder = nn.Linear(latents, pixels, bias=False)
    decoder.weight.data.copy_(weights)
    given = {
        "encoder": LinearPosterior(pixels, latents),
        "decoder": nn.Sequential(decoder, nn.Unflatten(1, (1, side, side))),
        "likelihood": Gaussian(scale), "prior": StandardNormal(latents), "regularizer": none, "regularizer_weight": 1.0,
        "latent_dim": latents, "beta": 1.0, "optimizers": {}, "schedules": {},
    }  # fmt: skip
    return kind(**given | parts)


def orthogonal(pixels: int, latents: int, size: float) -> Tensor:
    """(pixels, latents) with orthogonal columns of norm `size`: the true posterior is then diagonal."""
    return size * torch.linalg.qr(torch.randn(pixels, latents))[0]


def fit(terms: Callable[[], dict[str, Tensor]], parameters: Any, steps: int, lr: float = 1e-2) -> None:
    """Adam on the mean of the loss."""
    optimizer = torch.optim.Adam(list(parameters), lr)
    for _ in range(steps):
        optimizer.zero_grad()
        terms()["loss"].mean().backward()
        optimizer.step()
