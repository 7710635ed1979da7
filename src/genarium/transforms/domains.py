"""Image domains: functions of an image that make a second domain of a data set, (B, C, H, W) -> (B, C, H, W)."""

import torch
from torch import Tensor


def negative(x: Tensor) -> Tensor:
    """Negative image."""
    return -x


def edges(x: Tensor) -> Tensor:
    """Edge image: the absolute change along rows and columns, from -1 for none to 1 for half the range or
    more (for the edge images of Liu & Tuzel, sec. 4). (B, C, H, W) -> (B, C, H, W)."""
    down = torch.zeros_like(x)
    right = torch.zeros_like(x)
    down[:, :, 1:] = x.diff(dim=2).abs()
    right[:, :, :, 1:] = x.diff(dim=3).abs()
    return 2 * (down + right).clamp(max=1) - 1
