"""Fréchet distance of two feature sets through their means and covariances, in float64 on the features' device."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.checks import check_features
from genarium.metrics.result import Result


class Statistics(NamedTuple):
    """All that the distance needs of a set, mergeable across batches and processes."""

    count: int
    mean: Tensor  # (F,) float64
    scatter: Tensor  # (F, F) float64: sum over the set of (x - mean)(x - mean)^T

    @property
    def covariance(self) -> Tensor:
        """Unbiased, (F, F)."""
        return self.scatter / (self.count - 1)


def statistics(features: Tensor, chunk: int = 4096) -> Statistics:
    """Mean and scatter of (N, F), `chunk` rows at a time; the result does not depend on `chunk` beyond rounding."""
    check_features(measured=features, least=1)
    parts = [_statistics(part) for part in features.split(chunk)]
    total = parts[0]
    for part in parts[1:]:
        total = merge(total, part)
    return total


def _statistics(features: Tensor) -> Statistics:
    features = _double(features)
    mean = features.mean(0)
    centered = features - mean
    return Statistics(len(features), mean, centered.T @ centered)


def merge(a: Statistics, b: Statistics) -> Statistics:
    """Statistics of the union (Chan, Golub & LeVeque, 1979: pairwise update, no cancellation)."""
    count = a.count + b.count
    gap = b.mean - a.mean
    scatter = a.scatter + b.scatter + torch.outer(gap, gap) * (a.count * b.count / count)
    return Statistics(count, a.mean + gap * (b.count / count), scatter)


def frechet_distance(*, generated: Statistics, real: Statistics) -> Result:
    """|m_g - m_r|^2 + tr(S_g + S_r - 2 (S_g S_r)^1/2) (Heusel et al., arXiv:1706.08500, eq. 6), as `frechet`.

    It is FID only on Inception's features. tr (S_g S_r)^1/2 is the sum of the roots of the eigenvalues of the symmetric
    L^T S_g L, where S_r = L L^T: those are the eigenvalues of S_g S_r, without a nonsymmetric or complex problem.

    >>> generated, real = statistics(torch.tensor([[0.0], [2.0]])), statistics(torch.tensor([[0.0], [4.0]]))
    >>> round(frechet_distance(generated=generated, real=real)["frechet"], 6)  # (2 - 1)^2 + 2 + 8 - 2 sqrt(2 * 8)
    3.0
    """
    _check_counts(generated=generated.count, real=real.count)
    factor = _factor(real.covariance)
    roots = torch.linalg.eigvalsh(factor.T @ generated.covariance @ factor).clamp_min(0).sqrt()
    traces = generated.covariance.trace() + real.covariance.trace()
    value = (generated.mean - real.mean).square().sum() + traces - 2 * roots.sum()
    return _result(value, {"generated": generated.count, "real": real.count}, len(real.mean))


def frechet_distance_of_features(*, generated: Tensor, real: Tensor) -> Result:
    """Fréchet distance of features (N, F) and (M, F), cheap where N, M << F, as for the images of one class; ->
    `frechet`.

    With centered A (N, F) and B (M, F), tr (S_g S_r)^1/2 is the sum of the singular values of A B^T over
    sqrt((N - 1)(M - 1)).
    """
    check_features(generated=generated, real=real)
    a, b = (_double(side) for side in (generated, real))
    gap = a.mean(0) - b.mean(0)
    a, b = ((side - side.mean(0)) / math.sqrt(len(side) - 1) for side in (a, b))
    value = gap.square().sum() + a.square().sum() + b.square().sum() - 2 * torch.linalg.svdvals(a @ b.T).sum()
    return _result(value, {"generated": len(a), "real": len(b)}, a.shape[1])


def _result(value: Tensor, counts: dict[str, int], width: int) -> Result:
    """The distance, not below zero by rounding, and a warning for each side with too few images for its width."""
    warnings = tuple(_too_few(side, count, width) for side, count in counts.items() if count <= width)
    return Result({"frechet": max(value.item(), 0.0)}, warnings)


def _check_counts(**counts: int) -> None:
    for side, count in counts.items():
        if count < 2:
            raise UserError(f"{count} {side} images have no covariance; use 2 or more.")


def _too_few(side: str, count: int, width: int) -> str:
    return (
        f"the covariance of {count:,} {side} images in {width:,} feature dimensions is rank-deficient, so that the "
        f"Fréchet distance depends on the number of images; use more than {width:,}, or read kernel distance, "
        "precision and recall beside it."
    )


def _factor(covariance: Tensor) -> Tensor:
    """L with L L^T = covariance: Cholesky where it is positive definite, else from its eigenvectors."""
    factor, failed = torch.linalg.cholesky_ex(covariance)
    if not failed:
        return factor
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(0).sqrt()


def _double(x: Tensor) -> Tensor:
    """float64 on the device of `x`, or on the CPU where the device has no float64 (Apple's)."""
    return (x.cpu() if x.device.type == "mps" else x).double()
