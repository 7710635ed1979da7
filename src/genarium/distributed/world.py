"""Rank, world size and rows of the processes that share a batch; each holds equally many rows, in order."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.nn.functional import all_gather

_apart = False


def rank_and_world_size() -> tuple[int, int]:
    """Rank of this process and number of processes."""
    together = dist.is_available() and dist.is_initialized() and not _apart
    return (dist.get_rank(), dist.get_world_size()) if together else (0, 1)


@contextmanager
def single_process() -> Iterator[None]:
    """Reports world size 1 inside the block, so that rank 0 can run the model alone, such as for a picture."""
    global _apart
    _apart = True
    try:
        yield
    finally:
        _apart = False


def all_gather_batch(x: Tensor, dim: int = 0) -> Tensor:
    """Gathered rows of all processes along `dim`, in order, (B, …) -> (B · processes, …).

    Gradients flow back to the rows' own process, so that a loss averaged over processes has the gradient that one
    process would have computed.
    """
    return torch.cat(all_gather(x.contiguous()), dim) if rank_and_world_size()[1] > 1 else x


def local_rows(whole: Tensor, dim: int = 0) -> Tensor:
    """This process's rows of the whole batch along `dim`, (B · processes, …) -> (B, …)."""
    rank, size = rank_and_world_size()
    rows = whole.shape[dim] // size
    return whole.narrow(dim, rank * rows, rows)
