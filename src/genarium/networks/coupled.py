"""Coupled generator and discriminator of two domains (CoGAN: Liu & Tuzel, arXiv:1606.07536).

Images of both domains lie in one batch: its first half is of the first domain, its second half of the second.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.heads import Logits
from genarium.networks.types import Activation, Init, Norm


class CoupledGenerator(nn.Module):
    """Coupled generator, (B, Z) -> (2 B, C, R, R) in [-1, 1]: a pair of images for each code; all layers are shared but
    the last ones, of which each domain has its own."""

    def __init__(
        self, decoder: nn.Module, channels: int, width: int, norm: Norm, activation: Activation, init: Init
    ) -> None:
        """`decoder` (B, Z) -> (B, width, R, R)."""
        super().__init__()
        self.shared = decoder
        own = lambda: nn.Sequential(norm(width), activation(), nn.Conv2d(width, channels, 3, padding=1), nn.Tanh())
        self.own = nn.ModuleList([own(), own()])
        init(self)

    def forward(self, z: Tensor) -> Tensor:
        shared = self.shared(z)
        return torch.cat([own(shared) for own in self.own])


class CoupledDiscriminator(nn.Module):
    """Coupled discriminator, (2 B, C, R, R) -> logits (2 B,): each domain has its own first layer, the others are
    shared."""

    def __init__(
        self,
        encoder: Callable[..., nn.Module],
        channels: int,
        resolution: int,
        width: int,
        activation: Activation,
        init: Init,
    ) -> None:
        """`encoder(channels=…, resolution=…, width=…)` makes the shared network (B, channels, R / 2, R / 2) -> (B, 1);
        `width` of the first layers."""
        super().__init__()
        if resolution % 2:
            raise UserError(f"coupled networks cannot halve {resolution} px: choose an even data.resolution")
        own = lambda: nn.Sequential(nn.Conv2d(channels, width, 4, stride=2, padding=1), activation())
        self.own = nn.ModuleList([own(), own()])
        self.shared = Logits(encoder(channels=width, resolution=resolution // 2, width=2 * width), init)
        init(self)

    def forward(self, x: Tensor) -> Tensor:
        halves = zip(self.own, x.chunk(2), strict=True)
        return torch.cat([self.shared(own(half)) for own, half in halves])
