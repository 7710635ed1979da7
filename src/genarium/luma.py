"""Luma and chroma of colors, ITU-R BT.601."""

import torch
from torch import Tensor

RED, GREEN, BLUE = 0.299, 0.587, 0.114
"""Weights of luma."""


def luma(x: Tensor) -> Tensor:
    """Luma Y of colors in [-1, 1], (B, 3, H, W) -> (B, 1, H, W)."""
    return (x * x.new_tensor([RED, GREEN, BLUE]).view(1, 3, 1, 1)).sum(1, keepdim=True)


def chroma(x: Tensor) -> Tensor:
    """Chroma Cb and Cr in [-1, 1] of colors in [-1, 1], (B, 3, H, W) -> (B, 2, H, W)

    >>> chroma(torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)).flatten()  # red
    tensor([-0.3374,  1.0000])
    """
    y = luma(x)
    return torch.cat([(x[:, 2:] - y) / (2 * (1 - BLUE)), (x[:, :1] - y) / (2 * (1 - RED))], 1)


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
