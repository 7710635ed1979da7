"""Mean pairwise distance of the images of one set."""

from torch import Tensor

from genarium.metrics.checks import check_features
from genarium.metrics.neighbors import distances
from genarium.metrics.result import Result


def mean_pairwise_distance(*, generated: Tensor) -> Result:
    """Mean Euclidean distance over the N(N - 1) / 2 pairs of (N, F) features; compare it with that of real images.

    >>> import torch
    >>> corners = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    >>> mean_pairwise_distance(generated=corners)["mean_pairwise_distance"]  # (3 + 4 + 5) / 3
    4.0
    """
    check_features(generated=generated)
    count = len(generated)
    # the distance of a row to itself is rounding noise of the matrix product, hence the diagonal is left out exactly
    total, start = 0.0, 0
    for part in distances(generated, generated):
        total += (part.double().sum() - part.diagonal(start).double().sum()).item()
        start += len(part)
    return Result({"mean_pairwise_distance": total / (count * (count - 1))})
