"""Conditional generator and discriminator (Mirza & Osindero, arXiv:1411.1784): the label is one more input."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genarium.networks.heads import Bounded, Logits
from genarium.networks.initialization import torch_default
from genarium.networks.types import Init


class ConditionalGenerator(nn.Module):
    """Conditional generator, (B, Z), (B,) -> (B, C, R, R) in [-1, 1]: the label's embedding is concatenated with the
    code."""

    def __init__(
        self,
        decoder: Callable[..., nn.Module],
        latent_dim: int,
        classes: int,
        label_dim: int,
        init: Init = torch_default,
    ) -> None:
        """`decoder(in_dim=…)` makes the network (B, in_dim) -> (B, C, R, R)."""
        super().__init__()
        self.embedding = nn.Embedding(classes, label_dim)
        self.network = Bounded(decoder(in_dim=latent_dim + label_dim), init)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.network(torch.cat([z, self.embedding(labels)], 1))


class ConditionalDiscriminator(nn.Module):
    """Conditional discriminator, (B, C, R, R), (B,) -> logits (B,): the label's embedding is one more channel."""

    def __init__(
        self,
        encoder: Callable[..., nn.Module],
        channels: int,
        resolution: int,
        classes: int,
        init: Init = torch_default,
    ) -> None:
        """`encoder(channels=…)` makes the network (B, channels, R, R) -> (B, 1)."""
        super().__init__()
        self.embedding = nn.Embedding(classes, resolution**2)
        self.unflatten = nn.Unflatten(1, (1, resolution, resolution))
        self.network = Logits(encoder(channels=channels + 1), init)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.network(torch.cat([x, self.unflatten(self.embedding(labels))], 1))
