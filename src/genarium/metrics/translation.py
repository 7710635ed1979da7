"""Measures of translated images beside their true counterparts."""

import torch
from torch import Tensor

from genarium.luma import luma
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
    return Result({"hole_psnr": mean_decibels(error, DATA_RANGE)})


def seam_ratio(*, translation: Tensor, target: Tensor, missing: Tensor) -> Result:
    """Mean absolute difference of neighbors of which one is missing and one known, over that of the true images: 1
    where nothing shows the border of a hole, above it where a seam does.

    (B, C, H, W) twice, (B, 1, H, W) bool; NaN where the true images are flat there, or nothing is missing.

    >>> hole = torch.tensor([True, False, False]).view(1, 1, 1, 3)
    >>> made, true = (torch.tensor([at, 0.0, 9.0]).view(1, 1, 1, 3) / 9 for at in (3.0, 1.0))
    >>> round(seam_ratio(translation=made, target=true, missing=hole)["seam_ratio"], 4)
    3.0
    """
    check_images(translation=translation, target=target)
    steps = [
        [(x.double().diff(dim=dim).abs() * (missing.double().diff(dim=dim) != 0)).sum().item() for dim in (2, 3)]
        for x in (translation, target)
    ]
    made, true = map(sum, steps)
    return Result({"seam_ratio": made / true if true else float("nan")})


def luma_psnr(*, translation: Tensor, target: Tensor, border: int) -> Result:
    """PSNR of luma, in dB, as papers on super-resolution give it: of Y of BT.601, from 16 to 235 of 255 levels, without
    `border` pixels at each edge; mean over images, each 100 dB at most. (B, 3, H, W) twice

    >>> white = torch.ones(1, 3, 4, 4)
    >>> round(luma_psnr(translation=-white, target=white, border=1)["luma_psnr"], 3)  # 20 log10(255 / (235 - 16))
    1.322
    """
    check_images(translation=translation, target=target)
    inside = slice(border, -border or None)
    difference = luma(translation.double() - target.double())[:, :, inside, inside] * (235 - 16) / DATA_RANGE
    error = difference.square().flatten(1).mean(1)
    return Result({"luma_psnr": mean_decibels(error, 255)})


def inversion_rate(*, translation: Tensor, target: Tensor) -> Result:
    """Share of translations whose negative lies nearer to their counterpart than they do. (B, C, H, W) twice

    >>> true = torch.tensor([0.5, -0.2]).view(2, 1, 1, 1)
    >>> inversion_rate(translation=torch.tensor([-0.5, -0.1]).view(2, 1, 1, 1), target=true)["inversion_rate"]
    0.5
    """
    check_images(translation=translation, target=target)
    error = lambda x: (x.double() - target.double()).square().flatten(1).mean(1)
    return Result({"inversion_rate": (error(-translation) < error(translation)).double().mean().item()})


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


def mean_decibels(error: Tensor, peak: float) -> float:
    """Mean of 10 log10(peak^2 / error), each 100 dB at most, of mean squared errors (B,)."""
    return (10 * torch.log10(peak**2 / error)).clamp_max(MAX_PSNR).mean().item()


def mean_absolute(a: Tensor, b: Tensor) -> float:
    """Mean absolute difference of images in [-1, 1]."""
    return (a.double() - b.double()).abs().mean().item()
