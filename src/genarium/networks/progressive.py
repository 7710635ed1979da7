"""Progressively grown generator and discriminator (Karras et al., arXiv:1710.10196): all levels are built at once, and
a real number, the stage, opens them.

Stage 0 is the smallest size; stage k is k doublings of it; between k and k + 1 the new level fades in with weight
stage - k.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from genarium.networks.conv import base_and_levels
from genarium.networks.equalized import EqualizedConv, EqualizedLinear, PixelNorm
from genarium.networks.minibatch import MinibatchStdDev


def double(x: Tensor) -> Tensor:
    """Nearest-neighbor upsampling to twice the size."""
    return interpolate(x, scale_factor=2, mode="nearest")


def fading(stage: float) -> tuple[int, float]:
    """Highest open level and its weight: 2 -> (2, 1), 2.25 -> (3, 0.25)."""
    level = math.ceil(stage)
    return level, 1 - (level - stage)


def widths(width: int, max_width: int, levels: int) -> list[int]:
    """Channels of each level, coarsest first: `width` at the finest, twice as many a level, `max_width` at most."""
    return [min(width * 2 ** (levels - level), max_width) for level in range(levels + 1)]


class ProgressiveGenerator(nn.Module):
    """Progressive generator, (B, Z) and a stage -> (B, C, r, r), r the size of the highest open level; about in
    [-1, 1], not bounded."""

    def __init__(self, channels: int, resolution: int, width: int, max_width: int, latent_dim: int) -> None:
        super().__init__()
        base, self.levels = base_and_levels(resolution)
        sizes = widths(width, max_width, self.levels)
        layer = lambda c_in, c_out: [EqualizedConv(c_in, c_out, 3), nn.LeakyReLU(0.2), PixelNorm()]
        project = [PixelNorm(), EqualizedLinear(latent_dim, sizes[0] * base**2, gain=math.sqrt(2) / 4)]
        project += [nn.Unflatten(1, (sizes[0], base, base)), nn.LeakyReLU(0.2), PixelNorm()]
        self.blocks = nn.ModuleList([nn.Sequential(*project, *layer(sizes[0], sizes[0]))])
        for c_in, c_out in pairwise(sizes):
            upsample = nn.Upsample(scale_factor=2)
            self.blocks.append(nn.Sequential(upsample, *layer(c_in, c_out), *layer(c_out, c_out)))
        self.images = nn.ModuleList(EqualizedConv(size, channels, 1, gain=1.0) for size in sizes)

    def forward(self, z: Tensor, stage: float) -> Tensor:
        level, weight = fading(stage)
        h = previous = self.blocks[0](z)
        for block in self.blocks[1 : level + 1]:
            previous, h = h, block(h)
        image = self.images[level](h)
        return image if weight == 1 else torch.lerp(double(self.images[level - 1](previous)), image, weight)


class ProgressiveDiscriminator(nn.Module):
    """Progressive discriminator, (B, C, r, r) at the size of the highest open level, and the stage -> logits (B,)."""

    def __init__(self, channels: int, resolution: int, width: int, max_width: int, group: int) -> None:
        """`group` is MinibatchStdDev's."""
        super().__init__()
        base, self.levels = base_and_levels(resolution)
        sizes = widths(width, max_width, self.levels)
        layer = lambda c_in, c_out: [EqualizedConv(c_in, c_out, 3), nn.LeakyReLU(0.2)]
        last = [MinibatchStdDev(group), *layer(sizes[0] + 1, sizes[0]), nn.Flatten()]
        last += [
            EqualizedLinear(sizes[0] * base**2, sizes[0]),
            nn.LeakyReLU(0.2),
            EqualizedLinear(sizes[0], 1, gain=1.0),
        ]
        self.blocks = nn.ModuleList([nn.Sequential(*last)])
        for c_out, c_in in pairwise(sizes):
            self.blocks.append(nn.Sequential(*layer(c_in, c_in), *layer(c_in, c_out), nn.AvgPool2d(2)))
        self.images = nn.ModuleList(
            nn.Sequential(EqualizedConv(channels, size, 1), nn.LeakyReLU(0.2)) for size in sizes
        )

    def forward(self, x: Tensor, stage: float) -> Tensor:
        level, weight = fading(stage)
        h = self.images[level](x)
        for k in range(level, 0, -1):
            h = self.blocks[k](h)
            if k == level and weight < 1:
                h = torch.lerp(self.images[level - 1](avg_pool2d(x, 2)), h, weight)
        return self.blocks[0](h).flatten()
