"""Generators that keep what their source shows: known pixels, or luma."""

import torch
from torch import Tensor, nn

RED, GREEN, BLUE = 0.299, 0.587, 0.114
"""Weights of luma, ITU-R BT.601."""


class KeepKnown(nn.Module):
    """Composite of an inpainter: known pixels are the source's, bit for bit, missing ones the network's.

    (B, C + 1, H, W) -> (B, C, H, W): the source's last channel is the mask, 1 where a pixel is missing, else -1.
    """

    def __init__(self, network: nn.Module) -> None:
        """`network` (B, C + 1, H, W) -> (B, C, H, W)."""
        super().__init__()
        self.network = network

    def forward(self, source: Tensor) -> Tensor:
        return torch.where(source[:, -1:] > 0, self.network(source).float(), source[:, :-1])


class KeepLuma(nn.Module):
    """Colorization that predicts chroma and keeps luma, (B, 3, H, W) gray -> (B, 3, H, W) (Zhang et al.,
    arXiv:1603.08511, whose space is Lab; here it is YCbCr, in which luma is a weighted sum)."""

    def __init__(self, network: nn.Module) -> None:
        """`network` (B, 3, H, W) -> chroma (B, 2, H, W) in [-1, 1]."""
        super().__init__()
        self.network = network

    def forward(self, source: Tensor) -> Tensor:
        return with_chroma(source[:, :1], self.network(source).float())


def with_chroma(luma: Tensor, chroma: Tensor) -> Tensor:
    """Colors of a luma and a chroma (Cb, Cr), all in [-1, 1]. (B, 1, H, W), (B, 2, H, W) -> (B, 3, H, W)

    A color that cannot be shown is paled until it can, so that its luma is kept.

    >>> with_chroma(torch.zeros(1, 1, 1, 1), torch.tensor([0.0, 0.5]).view(1, 2, 1, 1)).flatten()
    tensor([ 0.7010, -0.3571,  0.0000])
    """
    blue, red = 2 * (1 - BLUE) * chroma[:, :1], 2 * (1 - RED) * chroma[:, 1:]
    offset = torch.cat([red, -(RED * red + BLUE * blue) / GREEN, blue], 1)
    room = (1 - offset.sign() * luma) / offset.abs().clamp_min(1e-6)
    return luma + offset * room.amin(1, keepdim=True).clamp(0, 1)
