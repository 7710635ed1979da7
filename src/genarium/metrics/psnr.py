"""Mean squared error and peak signal-to-noise ratio of images in [-1, 1]."""

import math

from torch import Tensor
from torchmetrics.functional.image import peak_signal_noise_ratio

from genarium.metrics.checks import check_images
from genarium.metrics.result import Result

DATA_RANGE = 2.0  # of images in [-1, 1]
MAX_PSNR = 100.0  # dB that an image counts as in a mean, at most


def mse(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Mean squared error over pixels and channels, on the [-1, 1] scale. (B, C, H, W) twice -> (B,)

    >>> import torch
    >>> mse(reconstruction=torch.zeros(1, 1, 2, 2), original=torch.full((1, 1, 2, 2), 0.5))
    tensor([0.2500])
    """
    check_images(reconstructed=reconstruction, original=original)
    return (reconstruction.float() - original.float()).square().flatten(1).mean(1)


def psnr(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Peak signal-to-noise ratio, 10 log10(2^2 / MSE) in dB, infinite for equal images. (B, C, H, W) twice -> (B,)

    >>> import torch
    >>> psnr(reconstruction=torch.full((1, 1, 2, 2), 0.2), original=torch.zeros(1, 1, 2, 2))  # MSE 0.04, 4 / 0.04 = 100
    tensor([20.])
    """
    check_images(reconstructed=reconstruction, original=original)
    return peak_signal_noise_ratio(
        reconstruction.float(), original.float(), data_range=DATA_RANGE, reduction="none", dim=(1, 2, 3)
    )


def mean_psnr(values: Tensor) -> Result:
    """Mean PSNR, (B,) in dB -> `psnr`, each image 100 dB at most.

    An exact copy, whose own PSNR is infinite, thus leaves the mean finite, and a warning counts such copies. Infinite
    where all are exact copies.
    """
    exact = int(values.isinf().sum())
    note = f"{exact} of {len(values)} reconstructions are exact copies (infinite PSNR): each counts as {MAX_PSNR:g} dB."
    mean = values.double().clamp_max(MAX_PSNR).mean().item() if exact < len(values) else math.inf
    return Result({"psnr": mean}, (note,) if exact and mean < math.inf else ())
