"""Networks of points in ALI's and PacGAN's experiments: maxout discriminators, BatchNorm between ReLU layers
(Dumoulin et al., arXiv:1606.00704; Lin et al., arXiv:1712.04086, and its code)."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from genarium.networks.initialization import initialize_as_dcgan


class Maxout(nn.Module):
    """Maxout layer (Goodfellow et al., arXiv:1302.4389), (B, in_dim) -> (B, out_dim): the largest of `pieces` affine
    maps, unit by unit."""

    def __init__(self, in_dim: int, out_dim: int, pieces: int) -> None:
        super().__init__()
        self.pieces, self.linear = pieces, nn.Linear(in_dim, out_dim * pieces)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(1, (-1, self.pieces)).amax(2)


class MaxoutMLP(nn.Sequential):
    """Maxout network, (B, in_dim) -> (B, 1), with `depth` hidden layers of `width` units."""

    def __init__(self, in_dim: int, width: int, depth: int, pieces: int) -> None:
        sizes = [in_dim, *[width] * (depth - 1)]
        super().__init__(*(Maxout(size, width, pieces) for size in sizes), nn.Linear(width, 1))
        initialize_as_dcgan(self)


class MaxoutDiscriminator(nn.Module):
    """Maxout discriminator, (B, C, R, R) -> logits (B,)."""

    def __init__(self, channels: int, resolution: int, width: int, depth: int, pieces: int) -> None:
        super().__init__()
        self.network = MaxoutMLP(channels * resolution**2, width, depth, pieces)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x.flatten(1)).flatten()


class JointMaxoutDiscriminator(nn.Module):
    """Maxout discriminator of an image and a code, (B, C, R, R), (B, Z) -> logits (B,)."""

    def __init__(
        self, channels: int, resolution: int, latent_dim: int, width: int, depth: int, pieces: int
    ) -> None:  # fmt: skip
        super().__init__()
        self.network = MaxoutMLP(channels * resolution**2 + latent_dim, width, depth, pieces)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.network(torch.cat([x.flatten(1), z], 1)).flatten()


def batchnorm_layers(in_dim: int, width: int, depth: int, out_dim: int) -> list[nn.Module]:
    """`depth` hidden layers of `width` units, each with BatchNorm and ReLU, and an affine map."""
    sizes = [in_dim, *[width] * depth]
    hidden = [
        layer
        for size, next_size in pairwise(sizes)
        for layer in (nn.Linear(size, next_size, bias=False), nn.BatchNorm1d(next_size), nn.ReLU())
    ]
    return [*hidden, nn.Linear(sizes[-1], out_dim)]


class BatchNormEncoder(nn.Sequential):
    """Fully connected encoder with BatchNorm, (B, C, R, R) -> (B, out_dim)."""

    def __init__(self, channels: int, resolution: int, width: int, depth: int, out_dim: int) -> None:
        super().__init__(nn.Flatten(), *batchnorm_layers(channels * resolution**2, width, depth, out_dim))
        initialize_as_dcgan(self)


class BatchNormDecoder(nn.Sequential):
    """Fully connected decoder with BatchNorm, (B, in_dim) -> (B, C, R, R), unbounded."""

    def __init__(self, channels: int, resolution: int, width: int, depth: int, in_dim: int) -> None:
        layers = batchnorm_layers(in_dim, width, depth, channels * resolution**2)
        super().__init__(*layers, nn.Unflatten(1, (channels, resolution, resolution)))
        initialize_as_dcgan(self)
