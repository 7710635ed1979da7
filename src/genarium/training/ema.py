"""Exponential moving average (EMA) of weights, with a half-life in images."""

import torch
from torch import Tensor, nn

RAMP = 0.05
"""Ramp-up: the half-life is at most this fraction of the images seen, so that the first weights are soon forgotten
(StyleGAN2's code, Karras et al., arXiv:1912.04958)."""


def slots(network: nn.Module) -> dict[str, tuple[dict, str]]:
    """Slots of a network's parameters and buffers by full name: a module's own dict, and the key in it."""
    slots_by_name = {}
    for name in dict(network.named_parameters()) | dict(network.named_buffers()):
        path, _, key = name.rpartition(".")
        module = network.get_submodule(path)
        slots_by_name[name] = (module._parameters if key in module._parameters else module._buffers, key)
    return slots_by_name


class EMA(nn.Module):
    """EMA of a network's parameters and buffers, kept as buffers, so that checkpoints hold it."""

    def __init__(self, network: nn.Module, half_life: float) -> None:
        """`half_life` in images: after so many, an old weight counts half."""
        super().__init__()
        self.half_life = half_life
        self.slots = {name.replace(".", "/"): slot for name, slot in slots(network).items()}
        for name, (own, key) in self.slots.items():
            self.register_buffer(name, own[key].detach().clone())
        self.floats = [name for name in self._buffers if self.get_buffer(name).is_floating_point()]
        self.counters = [name for name in self._buffers if name not in self.floats]

    def pairs(self, names: list[str] | None = None) -> list[tuple[Tensor, Tensor]]:
        """Pairs (average, current) of every parameter and buffer, or of those of `names`."""
        selected = self.slots if names is None else {name: self.slots[name] for name in names}
        return [(self.get_buffer(name), own[key]) for name, (own, key) in selected.items()]

    @torch.no_grad()
    def update(self, batch: int, images_seen: int) -> None:
        """Update the average by one step of `batch` images; whole numbers (counters) are copied."""
        weight = 1 - 0.5 ** (batch / min(self.half_life, max(RAMP * images_seen, 1e-9)))
        averages, currents = zip(*self.pairs(self.floats), strict=True)
        torch._foreach_lerp_(averages, currents, weight)  # pyright: ignore[reportPrivateImportUsage] -- typed as private
        for average, current in self.pairs(self.counters):
            average.copy_(current)

    def swap(self) -> None:
        """Exchange the averaged and the current weights, in place; a second call undoes it."""
        for average, current in self.pairs():
            average.data, current.data = current.data, average.data
