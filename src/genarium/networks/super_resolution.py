"""Residual network for super-resolution, without normalization."""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from genarium.errors import UserError
from genarium.networks.conv import same_size
from genarium.networks.sides import sides
from genarium.networks.types import Upsample


class SmallResidual(nn.Module):
    """Residual block without normalization, (B, c, H, W) -> (B, c, H, W); its weights start at a tenth (Wang et al.,
    arXiv:1809.00219, sec. 3.1)."""

    def __init__(self, channels: int, flat: bool = False) -> None:
        super().__init__()
        conv = lambda: same_size(channels, channels, True, flat)
        self.branch = nn.Sequential(conv(), nn.ReLU(), conv())
        with torch.no_grad():
            for parameter in self.branch.parameters():
                parameter.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.branch(x)


class SRResNet(nn.Module):
    """Super-resolution by residual blocks at the low resolution, then upsamplings to twice the size (Ledig et al.,
    arXiv:1609.04802, sec. 2.1; without BatchNorm, and added to the bilinear upsampling: Wang et al., arXiv:1809.00219).

    The source is the small image with its pixels repeated to the size of the result, as `Downsample` gives it, whose
    every `factor`-th pixel is read. (B, C, H, W) -> (B, C, H, W), unbounded.
    """

    def __init__(
        self, channels: int, factor: int, width: int, blocks: int, upsample: Upsample, height: int | None = None
    ) -> None:
        """Signals have a `height` of 1."""
        super().__init__()
        if factor not in (2, 4, 8):
            raise UserError(
                f"factor={factor}: this network doubles the size, so choose model.degradation.factor=2 or 4"
            )
        flat = height == 1
        self.factors = sides(factor, flat)
        conv = lambda c_in, c_out: same_size(c_in, c_out, True, flat)
        self.stem = conv(channels, width)
        self.body = nn.Sequential(*(SmallResidual(width, flat) for _ in range(blocks)), conv(width, width))
        double = lambda: nn.Sequential(upsample(width, width, True, flat=flat), nn.LeakyReLU(0.2))
        self.up = nn.Sequential(*(double() for _ in range(factor.bit_length() - 1)))
        self.out = conv(width, channels)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor:
        small = x[:, :, :: self.factors[0], :: self.factors[1]]
        features = self.stem(small)
        detail = self.out(self.up(features + self.body(features)))
        return detail + interpolate(small, scale_factor=self.factors, mode="bilinear", align_corners=False)
