"""Residual network from images to images."""

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.networks.conv import biased
from genarium.networks.types import Norm, Upsample


class ReflectedResidual(nn.Module):
    """Residual block that reflects images at their border, (B, c, H, W) -> (B, c, H, W) (Johnson et al.,
    arXiv:1603.08155)."""

    def __init__(self, channels: int, norm: Norm) -> None:
        super().__init__()
        conv = lambda: nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect", bias=biased(norm))
        self.branch = nn.Sequential(conv(), norm(channels), nn.ReLU(), conv(), norm(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.branch(x)


class ResnetTranslator(nn.Module):
    """Residual generator, (B, C, H, W) -> (B, out_channels, H, W), unbounded (Zhu et al., arXiv:1703.10593, app. 7.2):
    a convolution of 7 px, two downsamplings, `blocks` residual blocks, two upsamplings, a convolution of 7 px. Any
    height and width that 4 divides."""

    def __init__(
        self, channels: int, out_channels: int, width: int, blocks: int, norm: Norm, upsample: Upsample
    ) -> None:
        super().__init__()
        bias = biased(norm)
        wide = lambda c_in, c_out, bias: nn.Conv2d(c_in, c_out, 7, padding=3, padding_mode="reflect", bias=bias)
        halved = lambda c_in, c_out: nn.Conv2d(c_in, c_out, 3, stride=2, padding=1, bias=bias)
        layers = lambda conv, c_out: nn.Sequential(conv, norm(c_out), nn.ReLU())
        self.stem = layers(wide(channels, width, bias), width)
        self.down = nn.ModuleList(layers(halved(c, 2 * c), 2 * c) for c in (width, 2 * width))
        self.blocks = nn.ModuleList(ReflectedResidual(4 * width, norm) for _ in range(blocks))
        self.up = nn.Sequential(*(layers(upsample(2 * c, c, bias), c) for c in (2 * width, width)))
        self.out = wide(width, out_channels, True)
        self.to(memory_format=torch.channels_last)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.up(self.maps(x)[-1]))

    def maps(self, x: Tensor) -> list[Tensor]:
        """The image, the maps after each downsampling, and after each residual block."""
        if x.shape[-1] % 4 or x.shape[-2] % 4:
            raise UserError(f"images of {x.shape[-2]} x {x.shape[-1]} px are not divided by 4: choose a multiple of 4")
        found, x = [x], self.stem(x)
        for layer in [*self.down, *self.blocks]:
            x = layer(x)
            found.append(x)
        return found
