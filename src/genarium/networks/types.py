"""Factories of layers that networks are given, and what initializes a network."""

from collections.abc import Callable

from torch import nn

Activation = Callable[[], nn.Module]
Norm = Callable[[int], nn.Module]
"""Of a number of channels or features."""
Upsample = Callable[[int, int, bool], nn.Module]
"""(c_in, c_out, bias) -> a layer (B, c_in, H, W) -> (B, c_out, 2 H, 2 W)."""
Init = Callable[[nn.Module], None]
"""Initializes the weights of a finished network in place."""
