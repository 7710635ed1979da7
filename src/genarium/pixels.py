"""The one way from images in [-1, 1] to bytes."""

import torch
from torch import Tensor

GRAY_LEVEL = 2 / 255
"""Width of one of the 256 levels of an 8-bit image in [-1, 1], whose outermost are centered on -1 and 1."""


def to_bytes(images: Tensor) -> Tensor:
    """[-1, 1] -> 0…255 by rounding and clamping, any shape -> the same, uint8; the input is left as it is."""
    return images.float().add(1).div(GRAY_LEVEL).round().clamp(0, 255).to(torch.uint8)
