"""The one way from images in [-1, 1] to bytes, and which images are none."""

import torch
from torch import Tensor

GRAY_LEVEL = 2 / 255
"""Width of one of the 256 levels of an 8-bit image in [-1, 1], whose outermost are centered on -1 and 1."""


def to_bytes(images: Tensor) -> Tensor:
    """[-1, 1] -> 0…255 by rounding and clamping, any shape -> the same, uint8; the input is left as it is."""
    return images.float().add(1).div(GRAY_LEVEL).round().clamp(0, 255).to(torch.uint8)


def are_signals(images: Tensor) -> bool:
    """Whether images, (…, C, H, W), are signals: of one row of several samples, which have no 8-bit levels."""
    return images.shape[-2] == 1 and images.shape[-1] > 1
