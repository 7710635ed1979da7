"""Prior over classes: how often a model that is told the class makes each, where nobody says which."""

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from genarium.distributed import batch_consistent


class ClassPrior(nn.Module):
    """p(y), each class as often as the training set has it; equally often until that is known. It is a buffer, so that
    a checkpoint samples as its training set would; in checkpoints that have none, all classes are equally frequent."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.register_buffer("share", torch.full((classes,), 1 / classes))

    def set(self, counts: Sequence[int]) -> None:
        """Images of each class, (K,)."""
        whole = torch.as_tensor(counts, dtype=torch.float64)
        self.share.copy_(whole / whole.sum())

    def log_prob(self, labels: Tensor) -> Tensor:
        """log p(y), (B,) -> (B,); -inf where the training set has no such image."""
        return self.share.log()[labels]

    def sample(self, count: int, device: torch.device, generator: Generator | None = None) -> Tensor:
        """(count,) labels."""
        draw = lambda share, whole: torch.multinomial(share, math.prod(whole), replacement=True, generator=generator)
        if generator is not None:
            return draw(self.share.to(generator.device), (count,)).to(device)
        return batch_consistent.draw(lambda whole: draw(self.share.to(device), whole), (count,))

    def _load_from_state_dict(self, state: dict, prefix: str, *others: object) -> None:
        state.setdefault(f"{prefix}share", self.share)
        super()._load_from_state_dict(state, prefix, *others)
