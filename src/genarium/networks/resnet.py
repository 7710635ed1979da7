"""Residual pyramids: image -> features and features -> image (He et al., arXiv:1603.05027, pre-activation)."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from genarium.networks.conv import Layer, base_and_levels, biased

Activation = Callable[[], nn.Module]


class Residual(nn.Module):
    """(B, c_in, H, W) -> (B, c_out, H, W): two 3 x 3 convolutions beside a shortcut, which is all it starts as.

    Whatever reads the output normalizes it first, so that there is a bias only where there is no normalization.
    """

    def __init__(self, c_in: int, c_out: int, norm: Layer, activation: Activation) -> None:
        super().__init__()
        bias = biased(norm)
        self.shortcut = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1, bias=bias)
        first = nn.Conv2d(c_in, c_out, 3, padding=1, bias=bias)
        last = nn.Conv2d(c_out, c_out, 3, padding=1, bias=bias)
        for parameter in last.parameters():
            nn.init.zeros_(parameter)  # Goyal et al., arXiv:1706.02677, sec. 5.1
        self.branch = nn.Sequential(norm(c_in), activation(), first, norm(c_out), activation(), last)

    def forward(self, x: Tensor) -> Tensor:
        return self.shortcut(x) + self.branch(x)


class ResnetEncoder(nn.Sequential):
    """(B, C, R, R) -> (B, out_dim), `blocks` residual blocks at each size.

    sides: of each block's maps, in px.
    """

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        blocks: int,
        out_dim: int,
        norm: Layer,
        activation: Activation,
    ) -> None:
        base, levels = base_and_levels(resolution)
        widths = [width * 2**i for i in range(levels + 1)]
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 3, padding=1, bias=biased(norm))]
        for c_in, c_out in pairwise(widths):
            layers += [Residual(c_in if i == 0 else c_out, c_out, norm, activation) for i in range(blocks)]
            layers += [nn.AvgPool2d(2)]
        head = [norm(widths[-1]), activation(), nn.Flatten(), nn.Linear(widths[-1] * base**2, out_dim)]
        super().__init__(*layers, *head)
        self.sides = [resolution // 2**level for level in range(levels) for _ in range(blocks)]
        self.to(memory_format=torch.channels_last)


class ResnetDecoder(nn.Sequential):
    """(B, in_dim) -> (B, C, R, R), unbounded, `blocks` residual blocks at each size.

    sides: of each block's maps, in px.
    """

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        blocks: int,
        in_dim: int,
        norm: Layer,
        activation: Activation,
    ) -> None:
        base, levels = base_and_levels(resolution)
        widths = [width * 2**i for i in reversed(range(levels + 1))]
        project = nn.Linear(in_dim, widths[0] * base**2, bias=biased(norm))
        layers: list[nn.Module] = [project, nn.Unflatten(1, (widths[0], base, base))]
        for c_in, c_out in pairwise(widths):
            layers += [nn.Upsample(scale_factor=2)]
            layers += [Residual(c_in if i == 0 else c_out, c_out, norm, activation) for i in range(blocks)]
        head = [norm(width), activation(), nn.Conv2d(width, channels, 3, padding=1)]
        super().__init__(*layers, *head)
        self.sides = [base * 2**level for level in range(1, levels + 1) for _ in range(blocks)]
        self.to(memory_format=torch.channels_last)
