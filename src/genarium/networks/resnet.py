"""Residual encoder and decoder (He et al., arXiv:1603.05027, pre-activation)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.attention import SelfAttention
from genarium.networks.conv import base_and_levels, biased
from genarium.networks.types import Activation, Norm

Stage = list[nn.Module]
"""Layers at one size."""


class Residual(nn.Module):
    """Pre-activation residual block, (B, c_in, H, W) -> (B, c_out, H, W); the last convolution starts at zero, so the
    block starts as its shortcut.

    The layer that reads the output normalizes it first: convolutions have a bias only where there is no normalization.
    """

    def __init__(self, c_in: int, c_out: int, norm: Norm, activation: Activation) -> None:
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


@dataclass(frozen=True)
class Pyramid:
    """Pyramid of residual blocks, `blocks` at each size, from maps of `resolution` px and `width` channels down to the
    base; a decoder reads it upward. `attention_size`: see `attend`."""

    resolution: int
    width: int
    blocks: int
    norm: Norm
    activation: Activation
    attention_size: int | None = None

    def shape(self) -> tuple[int, list[int], list[int]]:
        """(side of the base, sides of the maps above it, numbers of channels, the base's included), downward."""
        base, levels = base_and_levels(self.resolution)
        return base, [base * 2**i for i in range(levels, 0, -1)], [self.width * 2**i for i in range(levels + 1)]

    def stages(self, widths: Sequence[int]) -> list[Stage]:
        """Residual blocks of each size, stage i from `widths[i]` to `widths[i + 1]` channels."""
        block = lambda c_in, c_out: Residual(c_in, c_out, self.norm, self.activation)
        return [[block(c_out if i else c_in, c_out) for i in range(self.blocks)] for c_in, c_out in pairwise(widths)]

    def attend(self, stages: list[Stage], sides: Sequence[int], widths: Sequence[int]) -> None:
        """Add self-attention to the stage with the largest maps of at most `attention_size` px a side, if given: its
        cost grows with the fourth power of the side. UserError where no maps are so small."""
        if (size := self.attention_size) is None:
            return
        fitting = [side for side in sides if side <= size]
        if not fitting:
            raise UserError(f"no maps of at most {size} px to attend to: choose at least {min(sides)}")
        at = sides.index(max(fitting))
        stages[at].append(SelfAttention(widths[at + 1]))


class ResnetEncoder(nn.Sequential):
    """Residual encoder, (B, C, R, R) -> (B, out_dim), `blocks` residual blocks at each size.

    sides: of each size's maps, in px.
    """

    def __init__(self, channels: int, out_dim: int, **pyramid: Any) -> None:
        """`pyramid`: arguments of Pyramid."""
        of = Pyramid(**pyramid)
        base, sides, widths = of.shape()
        stem = nn.Conv2d(channels, of.width, 3, padding=1, bias=biased(of.norm))
        stages = of.stages(widths)
        head = [of.norm(widths[-1]), of.activation(), nn.Flatten(), nn.Linear(widths[-1] * base**2, out_dim)]
        of.attend(stages, sides, widths)
        super().__init__(stem, *(layer for stage in stages for layer in (*stage, nn.AvgPool2d(2))), *head)
        self.sides = sides
        self.to(memory_format=torch.channels_last)


class ResnetDecoder(nn.Sequential):
    """Residual decoder, (B, in_dim) -> (B, C, R, R), unbounded, `blocks` residual blocks at each size.

    sides: of each size's maps, in px.
    """

    def __init__(self, channels: int, in_dim: int, **pyramid: Any) -> None:
        """`pyramid`: arguments of Pyramid."""
        of = Pyramid(**pyramid)
        base, sides, widths = of.shape()
        sides, widths = sides[::-1], widths[::-1]
        stem = [nn.Linear(in_dim, widths[0] * base**2, bias=biased(of.norm)), nn.Unflatten(1, (widths[0], base, base))]
        stages = of.stages(widths)
        head = [of.norm(of.width), of.activation(), nn.Conv2d(of.width, channels, 3, padding=1)]
        of.attend(stages, sides, widths)
        upsampled = (layer for stage in stages for layer in (nn.Upsample(scale_factor=2), *stage))
        super().__init__(*stem, *upsampled, *head)
        self.sides = sides
        self.to(memory_format=torch.channels_last)
