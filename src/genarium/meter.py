"""Running means of named terms between two lines of the log."""

import torch
import torch.distributed as dist
from torch import Tensor

from genarium.processes import world


class Meter:
    """Sums on the device, so that counting never waits for it; read and emptied by `means`."""

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}
        self.counts: dict[str, int] = {}

    def add(self, prefix: str, terms: dict[str, Tensor]) -> None:
        """Count every term, (B,), under `prefix/term`."""
        for name, values in terms.items():
            key = f"{prefix}/{name}"
            total = values.detach().float().sum()
            self.sums[key] = self.sums[key].to(total.device) + total if key in self.sums else total
            self.counts[key] = self.counts.get(key, 0) + len(values)

    def means(self) -> dict[str, float]:
        """Mean of every term since the last call, over all processes; starts anew."""
        if not self.sums:
            return {}
        names = list(self.sums)
        counts = [torch.full_like(self.sums[name], self.counts[name]) for name in names]
        table = torch.stack([torch.stack([self.sums[name] for name in names]), torch.stack(counts)])
        if world()[1] > 1:
            dist.all_reduce(table)
        sums, counts = table.double().cpu()
        self.sums, self.counts = {}, {}
        return dict(zip(names, (sums / counts).tolist(), strict=True))

    def state(self) -> dict[str, list]:
        """What `load` needs; plain values and tensors."""
        return {name: [total.detach().clone(), self.counts[name]] for name, total in self.sums.items()}

    def load(self, state: dict[str, list]) -> None:
        self.sums = {name: total for name, (total, _) in state.items()}
        self.counts = {name: count for name, (_, count) in state.items()}
