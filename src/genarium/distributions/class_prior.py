"""Prior over classes: the labels of unconditional samples of a class-conditional model."""

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from genarium.distributed import batch_consistent


class ClassPrior(nn.Module):
    """Class prior p(y): the class frequencies of the training set, uniform until they are set.

    A buffer, so that a checkpoint samples as its training set would.
    """

    share: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.register_buffer("share", torch.full((classes,), 1 / classes))

    def set(self, counts: Sequence[int]) -> None:
        """Set the frequencies from the number of training images of each class, (K,)."""
        whole = torch.as_tensor(counts, dtype=torch.float64)
        self.share.copy_(whole / whole.sum())

    def log_prob(self, labels: Tensor) -> Tensor:
        """Log probability log p(y), (B,) -> (B,); -inf where the training set has no such image."""
        return self.share.log()[labels]

    def sample(self, count: int, device: torch.device, generator: Generator | None = None) -> Tensor:
        """Random labels, (count,)."""
        draw = lambda share, whole: torch.multinomial(share, math.prod(whole), replacement=True, generator=generator)
        if generator is not None:
            return draw(self.share.to(generator.device), (count,)).to(device)
        return batch_consistent.draw(lambda whole: draw(self.share.to(device), whole), (count,))
