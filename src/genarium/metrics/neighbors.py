"""Nearest-neighbor searches in feature space, a few rows at a time so that memory stays bounded."""

from collections.abc import Iterator

import torch
from torch import Tensor

ELEMENTS = 1 << 25  # of a distance matrix that are held at once


def distances(rows: Tensor, columns: Tensor) -> Iterator[Tensor]:
    """Euclidean distances (some, M) of consecutive rows (N, F) to all columns (M, F).

    They come from a matrix product, whose rounding grows with the length of the features: hence both sides are moved
    by the columns' mean.
    """
    center = columns.mean(0)
    columns = columns - center
    for part in rows.split(max(1, ELEMENTS // len(columns))):
        yield torch.cdist(part - center, columns)


def neighbor_radii(features: Tensor, *ks: int) -> list[Tensor]:
    """Distance of each row to its k-th nearest other row, 1 <= k < N. (N, F) -> (N,) for each k"""
    # the nearest is the row itself
    found = [part.topk(max(ks) + 1, largest=False).values for part in distances(features, features)]
    return [torch.cat([part[:, k] for part in found]) for k in ks]


def nearest(*, queries: Tensor, references: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to, and index of, the nearest reference of each query: (N, F), (M, F) -> (N,), (N,).

    The search is a matrix product, which rounds small distances; the distance found is then computed directly, so that
    a copy is at distance 0.

    >>> nearest(queries=torch.tensor([[3.0, 4.0]]), references=torch.tensor([[9.0, 9.0], [0.0, 0.0]]))
    (tensor([5.]), tensor([1]))
    """
    index = torch.cat([part.argmin(1) for part in distances(queries, references)])
    return (queries - references[index]).norm(dim=1), index


def nearest_other(rows: Tensor, features: Tensor) -> Tensor:
    """Distance of `rows` (K,) of (N, F) to the nearest other row, -> (K,); 0 where the set holds a row twice."""
    found, start = [], 0
    for part in distances(features[rows], features):
        own = rows[start : start + len(part)]
        found.append(part.scatter(1, own[:, None], torch.inf).argmin(1))
        start += len(part)
    return (features[rows] - features[torch.cat(found)]).norm(dim=1)
