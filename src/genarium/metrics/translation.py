"""Measures of translated images beside their true counterparts."""

import torch
from torch import Tensor

from genarium.metrics.checks import check_images
from genarium.metrics.psnr import DATA_RANGE, MAX_PSNR
from genarium.metrics.result import Result


def hole_psnr(*, translation: Tensor, target: Tensor, missing: Tensor) -> Result:
    """PSNR of the missing pixels alone, in dB, mean over images that have some, each 100 dB at most.

    (B, C, H, W) twice, (B, 1, H, W) bool

    >>> hole = torch.tensor([True, False]).view(1, 1, 1, 2)
    >>> made, true = torch.full((1, 1, 1, 2), 0.5), torch.zeros(1, 1, 1, 2)
    >>> round(hole_psnr(translation=made, target=true, missing=hole)["hole_psnr"], 2)  # 10 log10(2^2 / 0.5^2)
    12.04
    """
    check_images(translation=translation, target=target)
    error = ((translation.double() - target.double()).square() * missing).flatten(1).sum(1)
    count = missing.expand_as(target).flatten(1).sum(1)
    error = error[count > 0] / count[count > 0]
    return Result({"hole_psnr": (10 * torch.log10(DATA_RANGE**2 / error)).clamp_max(MAX_PSNR).mean().item()})


def retrieval_at_1(*, translation: Tensor, target: Tensor) -> Result:
    """Content retrieval: the share of images whose translation lies nearer to its own counterpart than to any other
    image's, by pixels. (B, C, H, W) twice

    >>> retrieval_at_1(translation=torch.eye(3)[:, None, None], target=torch.eye(3)[:, None, None])["retrieval_at_1"]
    1.0
    """
    check_images(translation=translation, target=target)
    distances = torch.cdist(translation.double().flatten(1), target.double().flatten(1))
    own = torch.arange(len(target), device=distances.device)
    return Result({"retrieval_at_1": (distances.argmin(1) == own).double().mean().item()})


def mean_absolute(a: Tensor, b: Tensor) -> float:
    """Mean absolute difference of images in [-1, 1]."""
    return (a.double() - b.double()).abs().mean().item()
