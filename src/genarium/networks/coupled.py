"""Networks of two domains that share what is abstract (CoGAN: Liu & Tuzel, arXiv:1606.07536).

Images of both domains lie in one batch: its first half is of the first domain, its second half of the second.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.conv import ConvDecoder, Discriminator, Layer, Upsample, initialise_as_dcgan


class CoupledGenerator(nn.Module):
    """(B, Z) -> (2 B, C, R, R) in [-1, 1]: a pair of images for each code, whose last layers alone are their own."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        latent_dim: int,
        norm: Layer,
        activation: Callable[[], nn.Module],
        upsample: Upsample,
    ) -> None:
        super().__init__()
        self.shared = ConvDecoder(width, resolution, width, latent_dim, norm, activation, upsample)
        own = lambda: nn.Sequential(norm(width), activation(), nn.Conv2d(width, channels, 3, padding=1), nn.Tanh())
        self.own = nn.ModuleList([own(), own()])
        initialise_as_dcgan(self)

    def forward(self, z: Tensor) -> Tensor:
        shared = self.shared(z)
        return torch.cat([own(shared) for own in self.own])


class CoupledDiscriminator(nn.Module):
    """(2 B, C, R, R) -> logits (2 B,): each domain has its own first layer, the others are shared."""

    def __init__(
        self, channels: int, resolution: int, width: int, norm: Layer, activation: Callable[[], nn.Module]
    ) -> None:
        super().__init__()
        if resolution % 2:
            raise UserError(f"coupled networks cannot halve {resolution} px: choose an even data.resolution")
        own = lambda: nn.Sequential(nn.Conv2d(channels, width, 4, stride=2, padding=1), activation())
        self.own = nn.ModuleList([own(), own()])
        self.shared = Discriminator(width, resolution // 2, 2 * width, norm, activation)
        initialise_as_dcgan(self)

    def forward(self, x: Tensor) -> Tensor:
        halves = zip(self.own, x.chunk(2), strict=True)
        return torch.cat([self.shared(own(half)) for own, half in halves])
