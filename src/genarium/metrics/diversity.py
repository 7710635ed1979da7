"""How different the images of one set are from one another, without a reference set."""

import torch
from torch import Tensor

from genarium.metrics.checks import check_features
from genarium.metrics.neighbors import distances
from genarium.metrics.result import Result


def diversity(*, generated: Tensor) -> Result:
    """Two measures of (N, F) features; compare each with the same measure of as many real images.

    `mean_pairwise_distance`: Euclidean distance averaged over the N(N - 1) / 2 pairs.
    `vendi_score`: exp of the entropy of the eigenvalues of K / N, K the cosine similarities (Friedman & Dieng,
    arXiv:2210.02410, def. 3.1): the effective number of different images, between 1 and N.
    """
    check_features(generated=generated)
    count = len(generated)
    # the distance of a row to itself is rounding noise of the matrix product, hence the diagonal is left out exactly
    total, start = 0.0, 0
    for part in distances(generated, generated):
        total += (part.double().sum() - part.diagonal(start).double().sum()).item()
        start += len(part)
    return Result({"mean_pairwise_distance": total / (count * (count - 1)), "vendi_score": _vendi(generated)})


def _vendi(features: Tensor) -> float:
    length = features.double().norm(dim=1, keepdim=True)
    # features of length zero have no direction: they are alike, and unlike all others
    unit = torch.cat([features.double() / length.clamp_min(torch.finfo(torch.float64).tiny), length == 0], 1)
    # K / N and its smaller twin have the same non-zero eigenvalues
    kernel = unit @ unit.T if len(unit) <= unit.shape[1] else unit.T @ unit
    values = torch.linalg.eigvalsh(kernel / len(unit)).clamp_min(0)
    return torch.special.entr(values / values.sum()).sum().exp().item()
