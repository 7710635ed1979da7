"""U-Net."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from genarium.networks.conv import base_and_levels, biased, halving
from genarium.networks.sides import is_flat
from genarium.networks.types import Activation, Norm, Upsample

LARGEST = 8
"""Times the first width that maps are wide, at most."""


class UNet(nn.Module):
    """U-Net: an encoder and a decoder whose maps of each size are joined (Ronneberger et al., arXiv:1505.04597; Isola
    et al., arXiv:1611.07004, app. 6.1.1), (B, C, R, R) -> (B, out_channels, R, R), unbounded.

    The first and the innermost maps of the encoder are never normalized. It halves down to 4…7 px, so that instance
    normalization never meets a map of one pixel, which it would make zero.
    """

    def __init__(
        self,
        channels: int,
        out_channels: int,
        resolution: int,
        width: int,
        norm: Norm,
        activation: Activation,
        out_activation: Activation,
        upsample: Upsample,
        height: int | None = None,
    ) -> None:
        """`activation` of the encoder, `out_activation` of the decoder; signals have a `height` of 1."""
        super().__init__()
        flat, (_, levels) = is_flat(height, resolution), base_and_levels(resolution)
        widths = [channels, *(width * min(2**i, LARGEST) for i in range(levels))]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, (c_in, c_out) in enumerate(pairwise(widths)):
            plain = level in (0, levels - 1)
            layers = [nn.Identity() if level == 0 else activation()]
            layers += [halving(c_in, c_out, plain or biased(norm), flat)]
            self.down.append(nn.Sequential(*layers, nn.Identity() if plain else norm(c_out)))
            below = c_out if level == levels - 1 else 2 * c_out
            outermost = level == 0
            larger = upsample(below, out_channels if outermost else c_in, outermost or biased(norm), flat=flat)
            last = nn.Identity() if outermost else norm(c_in)
            self.up.insert(0, nn.Sequential(out_activation(), larger, last))
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        x = skips.pop()
        for layer in self.up:
            x = layer(x)
            x = torch.cat([skips.pop(), x], 1) if skips else x
        return x
