"""Averaged weights: an exponential moving average that counts images, not steps."""

import torch
from torch import Tensor, nn

RAMP = 0.05
"""Early on, the half-life is this share of the images seen, so that the first weights are soon forgotten
(the ramp-up of StyleGAN2's code, Karras et al., arXiv:1912.04958)."""


def state(network: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by name."""
    return dict(network.named_parameters()) | dict(network.named_buffers())


class Average(nn.Module):
    """Moving average of the parameters and buffers of a network, kept as buffers: it lives in the checkpoint."""

    def __init__(self, network: nn.Module, half_life: float) -> None:
        """`half_life` in images: after so many, an old weight counts half."""
        super().__init__()
        self.half_life = half_life
        for name, tensor in state(network).items():
            self.register_buffer(name.replace(".", "/"), tensor.detach().clone())

    def pairs(self, network: nn.Module) -> list[tuple[Tensor, Tensor]]:
        """(average, current) of every parameter and buffer."""
        return [(self.get_buffer(name.replace(".", "/")), tensor) for name, tensor in state(network).items()]

    @torch.no_grad()
    def update(self, network: nn.Module, batch: int, images_seen: int) -> None:
        """Move towards the network by one step of `batch` images; whole numbers (counters) are copied."""
        weight = 1 - 0.5 ** (batch / min(self.half_life, max(RAMP * images_seen, 1e-9)))
        floats = [pair for pair in self.pairs(network) if pair[0].is_floating_point()]
        torch._foreach_lerp_([average for average, _ in floats], [current for _, current in floats], weight)
        for average, current in self.pairs(network):
            if not average.is_floating_point():
                average.copy_(current)

    def swap(self, network: nn.Module) -> None:
        """Exchange the averaged and the current weights, in place; a second call undoes it."""
        for average, current in self.pairs(network):
            average.data, current.data = current.data, average.data
