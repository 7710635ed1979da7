"""Averaged weights: an exponential moving average that counts images, not steps."""

import torch
from torch import Tensor, nn

RAMP = 0.05
"""Early on, the half-life is this share of the images seen, so that the first weights are soon forgotten
(the ramp-up of StyleGAN2's code, Karras et al., arXiv:1912.04958)."""


def places(network: nn.Module) -> dict[str, tuple[dict, str]]:
    """Where each parameter and buffer of a network stands, by its full name: a module's own dict, and the key in it."""
    found = {}
    for name in dict(network.named_parameters()) | dict(network.named_buffers()):
        path, _, key = name.rpartition(".")
        module = network.get_submodule(path)
        found[name] = (module._parameters if key in module._parameters else module._buffers, key)
    return found


class EMA(nn.Module):
    """Moving average of the parameters and buffers of a network, kept as buffers: it lives in the checkpoint."""

    def __init__(self, network: nn.Module, half_life: float) -> None:
        """`half_life` in images: after so many, an old weight counts half."""
        super().__init__()
        self.half_life = half_life
        self.places = {name.replace(".", "/"): place for name, place in places(network).items()}
        for name, (own, key) in self.places.items():
            self.register_buffer(name, own[key].detach().clone())
        self.floats = [name for name, average in self._buffers.items() if average.is_floating_point()]
        self.counters = [name for name in self._buffers if name not in self.floats]

    def pairs(self, names: list[str] | None = None) -> list[tuple[Tensor, Tensor]]:
        """(average, current) of every parameter and buffer, or of those of `names`."""
        found = self.places if names is None else {name: self.places[name] for name in names}
        return [(self._buffers[name], own[key]) for name, (own, key) in found.items()]

    @torch.no_grad()
    def update(self, batch: int, images_seen: int) -> None:
        """Move towards the network by one step of `batch` images; whole numbers (counters) are copied."""
        weight = 1 - 0.5 ** (batch / min(self.half_life, max(RAMP * images_seen, 1e-9)))
        averages, currents = zip(*self.pairs(self.floats), strict=True)
        torch._foreach_lerp_(averages, currents, weight)
        for average, current in self.pairs(self.counters):
            average.copy_(current)

    def swap(self) -> None:
        """Exchange the averaged and the current weights, in place; a second call undoes it."""
        for average, current in self.pairs():
            average.data, current.data = current.data, average.data
