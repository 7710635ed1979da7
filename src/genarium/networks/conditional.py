"""DCGAN's networks that are also given a label (Mirza & Osindero, arXiv:1411.1784)."""

import torch
from torch import Tensor, nn

from genarium.networks.conv import Discriminator, Generator


class ConditionalGenerator(nn.Module):
    """(B, Z), (B,) -> (B, C, R, R) in [-1, 1]: a learned vector of the label is concatenated with the code."""

    def __init__(self, latent_dim: int, classes: int, label_dim: int, **generator) -> None:
        super().__init__()
        self.embedding = nn.Embedding(classes, label_dim)
        self.network = Generator(latent_dim=latent_dim + label_dim, **generator)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        return self.network(torch.cat([z, self.embedding(labels)], 1))


class ConditionalDiscriminator(nn.Module):
    """(B, C, R, R), (B,) -> logits (B,): a learned picture of the label is one more channel of the image."""

    def __init__(self, channels: int, resolution: int, classes: int, **discriminator) -> None:
        super().__init__()
        self.embedding = nn.Embedding(classes, resolution**2)
        self.unflatten = nn.Unflatten(1, (1, resolution, resolution))
        self.network = Discriminator(channels=channels + 1, resolution=resolution, **discriminator)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.network(torch.cat([x, self.unflatten(self.embedding(labels))], 1))
