"""Factories of layers that networks are given, and what initializes a network."""

from collections.abc import Callable
from typing import Protocol

from torch import nn

Activation = Callable[[], nn.Module]
Norm = Callable[[int], nn.Module]
"""Of a number of channels or features."""
Init = Callable[[nn.Module], None]
"""Initializes the weights of a finished network in place."""


class Upsample(Protocol):
    def __call__(self, c_in: int, c_out: int, bias: bool, *, flat: bool = False) -> nn.Module:
        """A layer (B, c_in, H, W) -> (B, c_out, 2 H, 2 W), or where `flat`, of signals, (B, c_out, 1, 2 W)."""
        ...
