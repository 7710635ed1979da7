"""Distances between an image and its reconstruction, summed over pixels and channels, one number per image."""

from torch import Tensor


def squared_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """|x - x'|^2. (B, ...) x (B, ...) -> (B,)."""
    return (x.float() - reconstruction.float()).square().flatten(1).sum(1)


def absolute_error(x: Tensor, reconstruction: Tensor) -> Tensor:
    """|x - x'|_1. (B, ...) x (B, ...) -> (B,)."""
    return (x.float() - reconstruction.float()).abs().flatten(1).sum(1)
