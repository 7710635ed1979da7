"""The one way from images in [-1, 1] to bytes."""

import torch
from torch import Tensor


def to_bytes(images: Tensor) -> Tensor:
    """[-1, 1] -> 0…255 by rounding and clamping, any shape -> the same, uint8; the input is left as it is."""
    return images.float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
