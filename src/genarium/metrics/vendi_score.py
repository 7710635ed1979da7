"""Vendi score of the images of one set."""

import torch
from torch import Tensor

from genarium.metrics.checks import check_features
from genarium.metrics.result import Result


def vendi_score(*, generated: Tensor) -> Result:
    """Vendi score (Friedman & Dieng, arXiv:2210.02410, def. 3.1), 1 to N: the effective number of different images.

    exp of the entropy of the eigenvalues of K / N, K the cosine similarities of the (N, F) features; compare it with
    that of as many real images.

    >>> round(vendi_score(generated=torch.eye(4))["vendi_score"], 6)  # four orthogonal directions
    4.0
    """
    check_features(generated=generated)
    length = generated.double().norm(dim=1, keepdim=True)
    # features of length zero have no direction: they are alike, and unlike all others
    unit = torch.cat([generated.double() / length.clamp_min(torch.finfo(torch.float64).tiny), length == 0], 1)
    # K / N and its smaller twin have the same non-zero eigenvalues
    kernel = unit @ unit.T if len(unit) <= unit.shape[1] else unit.T @ unit
    values = torch.linalg.eigvalsh(kernel / len(unit)).clamp_min(0)
    return Result({"vendi_score": torch.special.entr(values / values.sum()).sum().exp().item()})
