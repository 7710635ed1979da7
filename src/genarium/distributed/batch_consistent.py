"""Batch-consistent random numbers: independent of the number of processes that share a batch.

Every process draws for the whole batch, from the same state, and keeps its own rows: two processes of B/2 then see
what one process of B sees, one saved state resumes them all, and random numbers stay in step.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.distributions import Normal

from genarium.distributed.world import local_rows, rank_and_world_size

Sample = Callable[[Sequence[int]], Tensor]


def draw(sample: Sample, shape: tuple[int, ...], dim: int = 0) -> Tensor:
    """Batch-consistent draw: this process's rows, of `shape`, of a sample for all processes along `dim`."""
    return local_rows(sample([*shape[:dim], shape[dim] * rank_and_world_size()[1], *shape[dim + 1 :]]), dim)


def normal(*shape: int, device: torch.device, generator: torch.Generator | None = None) -> Tensor:
    """Standard normal numbers of `shape`, the batch first."""
    if generator is not None:
        return torch.randn(*shape, generator=generator, device=generator.device).to(device)
    return draw(lambda whole: torch.randn(whole, device=device), shape)


def uniform(*shape: int, device: torch.device) -> Tensor:
    """Numbers uniform on [0, 1) of `shape`, the batch first."""
    return draw(lambda whole: torch.rand(whole, device=device), shape)


class RowwiseNormal(Normal):
    """Normal distribution over (B, ...) with batch-consistent samples."""

    def rsample(self, sample_shape: torch.Size = torch.Size()) -> Tensor:  # noqa: B008 (torch's own signature)
        shape = self._extended_shape(sample_shape)
        sample = lambda whole: torch.randn(whole, dtype=self.loc.dtype, device=self.loc.device)
        return self.loc + draw(sample, tuple(shape), dim=len(sample_shape)) * self.scale
