"""Initialization of the weights of a finished network."""

from torch import nn


def torch_default(network: nn.Module) -> None:
    """PyTorch's initialization: the weights stay as their layers drew them."""


def initialize_as_dcgan(network: nn.Module) -> None:
    """DCGAN's initialization: weights from N(0, 0.02^2), BatchNorm's scale from N(1, 0.02^2), biases 0
    (Radford et al., arXiv:1511.06434, sec. 4 and its code)."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
