"""Running means of named terms between two lines of the log."""

import torch
import torch.distributed as dist
from torch import Tensor

from genarium.distributed.world import rank_and_world_size


class Meter:
    """Running means of named terms, summed on the device without synchronization; `means` reads and resets them.

    Terms that come together and are equally long are summed together: `sums` and `counts` stand under all their names.
    """

    def __init__(self) -> None:
        self.sums: dict[str, Tensor] = {}  # names, with commas between -> (T,)
        self.counts: dict[str, int] = {}

    def add(self, prefix: str, terms: dict[str, Tensor]) -> None:
        """Add every term, (B,), under `prefix/term`."""
        for length in {len(values): None for values in terms.values()}:
            equal = {f"{prefix}/{name}": values for name, values in terms.items() if len(values) == length}
            key = ",".join(equal)
            total = torch.stack([values.detach().float() for values in equal.values()]).sum(1)
            self.sums[key] = self.sums[key].to(total.device) + total if key in self.sums else total
            self.counts[key] = self.counts.get(key, 0) + length

    def means(self) -> dict[str, float]:
        """Mean of every term since the last call, over all processes; starts anew."""
        if not self.sums:
            return {}
        counts = [torch.full_like(total, self.counts[key]) for key, total in self.sums.items()]
        table = torch.stack([torch.cat(list(self.sums.values())), torch.cat(counts)])
        if rank_and_world_size()[1] > 1:
            dist.all_reduce(table)
        totals: dict[str, Tensor] = {}  # name -> sum and count, which stand under several keys where terms come and go
        for name, column in zip(",".join(self.sums).split(","), table.cpu().double().T, strict=True):
            totals[name] = totals.get(name, 0) + column
        self.sums, self.counts = {}, {}
        return {name: (total / count).item() for name, (total, count) in totals.items()}

    def state(self) -> dict[str, list]:
        """State for a checkpoint, as plain values and tensors."""
        return {key: [total.detach().clone(), self.counts[key]] for key, total in self.sums.items()}

    def load(self, state: dict[str, list]) -> None:
        """Restore what `state` returned."""
        self.sums = {key: total for key, (total, _) in state.items()}
        self.counts = {key: count for key, (_, count) in state.items()}
