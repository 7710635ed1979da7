"""Multilayer perceptrons, of images and of codes."""

import math
from itertools import pairwise

from torch import nn

from genarium.networks.types import Activation


class MLP(nn.Sequential):
    """Multilayer perceptron, (B, in_dim) -> (B, out_dim), with `depth` hidden layers of `width` units; depth 0 is one
    affine map."""

    def __init__(self, in_dim: int, width: int, depth: int, out_dim: int, activation: Activation) -> None:
        sizes = [in_dim, *[width] * depth, out_dim]
        layers: list[nn.Module] = []
        for size_in, size_out in pairwise(sizes):
            layers += [nn.Linear(size_in, size_out), activation()]
        super().__init__(*layers[:-1])


class MLPEncoder(nn.Sequential):
    """Fully connected encoder, (B, C, R, R) -> (B, out_dim)."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        depth: int,
        out_dim: int,
        activation: Activation,
        height: int | None = None,
    ) -> None:
        """Images are square where `height` is None; signals have a height of 1."""
        pixels = channels * (height or resolution) * resolution
        super().__init__(nn.Flatten(), MLP(pixels, width, depth, out_dim, activation))


class MLPDecoder(nn.Sequential):
    """Fully connected decoder, (B, in_dim) -> (B, C, R, R), unbounded."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        depth: int,
        in_dim: int,
        activation: Activation,
        height: int | None = None,
    ) -> None:
        """Images are square where `height` is None; signals have a height of 1."""
        image = (channels, height or resolution, resolution)
        super().__init__(MLP(in_dim, width, depth, math.prod(image), activation), nn.Unflatten(1, image))
