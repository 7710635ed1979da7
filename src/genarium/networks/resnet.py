"""Residual encoder and decoder (He et al., arXiv:1603.05027, pre-activation)."""

from collections.abc import Sequence
from itertools import pairwise

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


def with_attention(stages: list[Stage], sides: Sequence[int], widths: Sequence[int], size: int | None) -> list[Stage]:
    """`stages` with self-attention at the end of that with the largest maps of at most `size` px a side: its cost grows
    with the fourth power of the side. UserError where no maps are so small; unchanged where `size` is None."""
    if size is None:
        return stages
    fitting = [side for side in sides if side <= size]
    if not fitting:
        raise UserError(f"no maps of at most {size} px to attend to: choose at least {min(sides)}")
    at = sides.index(max(fitting))
    return [*stages[:at], [*stages[at], SelfAttention(widths[at])], *stages[at + 1 :]]


def residual_stage(c_in: int, c_out: int, blocks: int, norm: Norm, activation: Activation) -> Stage:
    """`blocks` residual blocks at one size, (B, c_in, H, W) -> (B, c_out, H, W)."""
    return [Residual(c_in if i == 0 else c_out, c_out, norm, activation) for i in range(blocks)]


class ResnetEncoder(nn.Sequential):
    """Residual encoder, (B, C, R, R) -> (B, out_dim), `blocks` residual blocks at each size.

    sides: of each size's maps, in px.
    """

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        blocks: int,
        out_dim: int,
        norm: Norm,
        activation: Activation,
        attention_size: int | None = None,
    ) -> None:
        base, levels = base_and_levels(resolution)
        widths = [width * 2**i for i in range(levels + 1)]
        stem = nn.Conv2d(channels, width, 3, padding=1, bias=biased(norm))
        stages = [residual_stage(c_in, c_out, blocks, norm, activation) for c_in, c_out in pairwise(widths)]
        head = [norm(widths[-1]), activation(), nn.Flatten(), nn.Linear(widths[-1] * base**2, out_dim)]
        sides = [resolution // 2**level for level in range(levels)]
        stages = with_attention(stages, sides, widths[1:], attention_size)
        super().__init__(stem, *(layer for stage in stages for layer in (*stage, nn.AvgPool2d(2))), *head)
        self.sides = sides
        self.to(memory_format=torch.channels_last)


class ResnetDecoder(nn.Sequential):
    """Residual decoder, (B, in_dim) -> (B, C, R, R), unbounded, `blocks` residual blocks at each size.

    sides: of each size's maps, in px.
    """

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        blocks: int,
        in_dim: int,
        norm: Norm,
        activation: Activation,
        attention_size: int | None = None,
    ) -> None:
        base, levels = base_and_levels(resolution)
        widths = [width * 2**i for i in reversed(range(levels + 1))]
        stem = [nn.Linear(in_dim, widths[0] * base**2, bias=biased(norm)), nn.Unflatten(1, (widths[0], base, base))]
        stages = [residual_stage(c_in, c_out, blocks, norm, activation) for c_in, c_out in pairwise(widths)]
        head = [norm(width), activation(), nn.Conv2d(width, channels, 3, padding=1)]
        sides = [base * 2**level for level in range(1, levels + 1)]
        stages = with_attention(stages, sides, widths[1:], attention_size)
        upsampled = (layer for stage in stages for layer in (nn.Upsample(scale_factor=2), *stage))
        super().__init__(*stem, *upsampled, *head)
        self.sides = sides
        self.to(memory_format=torch.channels_last)
