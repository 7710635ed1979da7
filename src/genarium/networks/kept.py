"""Generators that keep what their source shows: known pixels, or luma."""

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

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
        return torch.where(self.drawn(source[:, -1:] > 0), self.network(source).float(), source[:, :-1])

    def drawn(self, missing: Tensor) -> Tensor:
        """Where the network's pixels show, (B, 1, H, W) bool."""
        return missing


class Overlap(KeepKnown):
    """Composite whose network, while it trains, also predicts a band of known pixels around what is missing, so that
    both meet without a seam; afterwards all known pixels are kept (Pathak et al., arXiv:1604.07379, sec. 3.2)."""

    def __init__(self, network: nn.Module, width: int) -> None:
        """`width` of the band, in pixels, 0 or more."""
        super().__init__(network)
        self.width = width

    def drawn(self, missing: Tensor) -> Tensor:
        if not self.training:
            return missing
        return max_pool2d(missing.float(), 2 * self.width + 1, stride=1, padding=self.width) > 0


class KeepLuma(nn.Module):
    """Colorization that predicts chroma and keeps luma, (B, 3, H, W) gray -> (B, 3, H, W) (Zhang et al.,
    arXiv:1603.08511, whose space is Lab; here it is YCbCr, in which luma is a weighted sum)."""

    def __init__(self, network: nn.Module) -> None:
        """`network` (B, 3, H, W) -> chroma (B, 2, H, W) in [-1, 1]."""
        super().__init__()
        self.network = network

    def forward(self, source: Tensor) -> Tensor:
        return with_chroma(source[:, :1], self.network(source).float())
