"""Image domains: functions of an image that make a second domain of a data set, (B, C, H, W) -> (B, C, H, W)."""

import torch
from torch import Tensor


def negative(x: Tensor) -> Tensor:
    """Light for dark."""
    return -x


def edges(x: Tensor) -> Tensor:
    """How fast the image changes at each pixel, along rows and columns together: -1 not at all, 1 by half its range or
    more (for the edge images of Liu & Tuzel, sec. 4). (B, C, H, W) -> (B, C, H, W)."""
    down = torch.zeros_like(x)
    right = torch.zeros_like(x)
    down[:, :, 1:] = x.diff(dim=2).abs()
    right[:, :, :, 1:] = x.diff(dim=3).abs()
    return 2 * (down + right).clamp(max=1) - 1
