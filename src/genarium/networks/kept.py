"""Generators that keep what their source shows: known pixels, or luma."""

import torch
from torch import Tensor, nn

from genarium.luma import with_chroma


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
