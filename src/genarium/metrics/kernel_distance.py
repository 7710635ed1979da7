"""Kernel distance (KID) of two feature sets: the squared MMD under a cubic kernel, over seeded random subsets."""

from functools import reduce
from operator import add

import numpy as np
import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.checks import DoesNotFit, check_features
from genarium.metrics.result import Result


def kernel_distance(*, generated: Tensor, real: Tensor, subsets: int, subset_size: int, seed: int) -> Result:
    """Unbiased MMD^2 with k(x, y) = (x.y / F + 1)^3 (Bińkowski et al., arXiv:1801.01401, eq. 4); may be below 0.

    `kernel` and `kernel_std` are the mean and the (population) standard deviation over `subsets` random subsets of
    `subset_size` images of each side. The subsets are those that torch-fidelity draws from the same seed.
    generated: (N, F); real: (M, F). UserError where a side has fewer images than a subset.

    >>> sides = {"generated": torch.zeros(2, 1), "real": torch.ones(2, 1)}
    >>> kernel_distance(**sides, subsets=1, subset_size=2, seed=0)["kernel"]  # k = 1, 8, and 1 across: 1 + 8 - 2
    7.0
    """
    check_features(generated=generated, real=real)
    _check_subset_size(subsets, subset_size, generated=len(generated), real=len(real))
    drawn = _draw(len(generated), len(real), subsets, subset_size, seed)
    picks_g, picks_r = (torch.from_numpy(picks).to(real.device) for picks in drawn)
    within = subset_size * (subset_size - 1)
    values = (
        (_pair_sums(generated, generated, picks_g, picks_g) - _diagonal(generated)[picks_g].sum(1)) / within
        + (_pair_sums(real, real, picks_r, picks_r) - _diagonal(real)[picks_r].sum(1)) / within
        - 2 * _pair_sums(generated, real, picks_g, picks_r) / subset_size**2
    )
    return Result({"kernel": values.mean().item(), "kernel_std": values.std(correction=0).item()})


def _check_subset_size(subsets: int, subset_size: int, **counts: int) -> None:
    if subsets < 1 or subset_size < 2:
        raise UserError(f"the kernel distance needs a subset of 2 images or more, not {subsets} of {subset_size}")
    for side, count in counts.items():
        if subset_size > count:
            why = f"the kernel distance draws subsets of {subset_size:,} images, but there are {count:,} {side} images"
            raise DoesNotFit(why, "subset_size", count)


def _draw(generated: int, real: int, subsets: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the subsets, (subsets, size) for each side, in torch-fidelity's order of draws."""
    rng = np.random.RandomState(seed)
    picks = [
        (rng.choice(generated, size, replace=False), rng.choice(real, size, replace=False)) for _ in range(subsets)
    ]
    return np.stack([pair[0] for pair in picks]), np.stack([pair[1] for pair in picks])


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    """(N, F), (M, F) -> (N, M)."""
    base = x @ y.T / x.shape[1] + 1
    return base * base * base


def _diagonal(x: Tensor) -> Tensor:
    """k(x, x) of each row, (N, F) -> (N,) float64."""
    return (x.double().square().sum(1) / x.shape[1] + 1) ** 3


def _pair_sums(x: Tensor, y: Tensor, picks_x: Tensor, picks_y: Tensor) -> Tensor:
    """Sum of k over all pairs of each subset, (subsets,) float64.

    Each pair's kernel is computed once for all subsets, unless the subsets together have fewer pairs than the sets.
    """
    subsets, size = picks_x.shape
    if len(x) * len(y) <= subsets * size**2:
        return _sums_of_one_matrix(x, y, picks_x, picks_y)
    return torch.stack([_kernel(x[i], y[j]).double().sum() for i, j in zip(picks_x, picks_y, strict=True)])


def _sums_of_one_matrix(x: Tensor, y: Tensor, picks_x: Tensor, picks_y: Tensor, chunk: int = 1024) -> Tensor:
    """The sums as quadratic forms s_x^T K s_y of the subsets' 0/1 indicators, `chunk` rows of K at a time."""
    in_x, in_y = (_indicator(picks, len(side)) for picks, side in ((picks_x, x), (picks_y, y)))
    parts = zip(x.split(chunk), in_x.split(chunk, dim=1), strict=True)
    return reduce(add, (((chosen @ _kernel(rows, y).double()) * in_y).sum(1) for rows, chosen in parts))


def _indicator(picks: Tensor, count: int) -> Tensor:
    """(subsets, size) indices -> (subsets, count) of 0 and 1, float64."""
    return torch.zeros(len(picks), count, dtype=torch.float64, device=picks.device).scatter_(1, picks, 1.0)
