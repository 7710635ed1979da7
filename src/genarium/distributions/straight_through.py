"""Straight-through gradient estimator."""

from torch import Tensor


def straight_through(z: Tensor, quantized: Tensor) -> Tensor:
    """`quantized`, with the gradient passed to `z` unchanged (van den Oord et al., arXiv:1711.00937, sec. 3.2)."""
    return z + (quantized - z).detach()
