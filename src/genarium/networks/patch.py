"""Discriminator of patches."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.conv import biased
from genarium.networks.initialization import torch_default
from genarium.networks.types import Activation, Init, Norm

LARGEST = 8
"""Times the first width that maps are wide, at most."""


class PatchDiscriminator(nn.Module):
    """PatchGAN: one logit for each patch of an image, (B, C, R, R) -> (B, h, w) (Isola et al., arXiv:1611.07004, app.
    6.1.2). `layers` convolutions of stride 2 and two of stride 1 see patches of 16, 34, 70, 142 or 286 px for 1 to 5;
    0 is the paper's PixelGAN, which sees one pixel. The first and the last convolution are never normalized."""

    def __init__(
        self,
        channels: int,
        resolution: int,
        width: int,
        layers: int,
        norm: Norm,
        activation: Activation,
        init: Init = torch_default,
    ) -> None:
        super().__init__()
        if layers and resolution >> layers < 3:
            raise UserError(
                f"{layers} layers leave nothing of {resolution} px to judge: set"
                f" model.discriminator.layers={max(0, (resolution // 3).bit_length() - 1)} or fewer"
            )
        last = 1 if layers else 0  # further layer of stride 1
        widths = [channels, *(width * min(2**i, LARGEST) for i in range(max(layers, 1) + 1))]
        kernel, padding = (4, 1) if layers else (1, 0)
        maps: list[nn.Module] = []
        for level, (c_in, c_out) in enumerate(pairwise(widths)):
            stride = 2 if layers and level < len(widths) - 1 - last else 1
            maps += [nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=not level or biased(norm))]
            maps += [norm(c_out) if level else nn.Identity(), activation()]
        self.maps = nn.Sequential(*maps, nn.Conv2d(widths[-1], 1, kernel, padding=padding))
        init(self)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor:
        return self.maps(x).squeeze(1)
