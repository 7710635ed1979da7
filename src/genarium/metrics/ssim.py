"""Structural similarity of images in [-1, 1]: SSIM and MS-SSIM."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d

from genarium.errors import UserError
from genarium.metrics.checks import check_images

WINDOW, SIGMA = 11, 1.5  # of the Gaussian of SSIM, pixels
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang, Simoncelli & Bovik (2003), sec. 3.2


def ssim(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Structural similarity (Wang et al., 2004, eq. 13), at most 1. (B, C, H, W) twice -> (B,)

    Of intensities in [0, 1], on which its luminance term is defined, with a Gaussian window of 11 pixels (sd 1.5) and
    population covariances; averaged over the windows that lie inside the image, and over channels.

    >>> flat = torch.full((1, 1, 16, 16), 0.5)
    >>> ssim(reconstruction=flat, original=flat).round(decimals=6)
    tensor([1.], dtype=torch.float64)
    """
    _check_size(reconstruction, original)
    return _similarity(_intensity(reconstruction), _intensity(original))[0]


def ms_ssim(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Multi-scale SSIM (Wang, Simoncelli & Bovik, 2003, eq. 7), 0 to 1. (B, C, H, W) twice -> (B,)

    Scales are halved by averaging 2 x 2 pixels; the luminance is the last one's; a negative factor counts as 0. Five
    scales need 176 pixels; below, the first `ms_ssim_scales` of them, their weights scaled to the same sum: so values
    at different resolutions are different measures.
    """
    _check_size(reconstruction, original)
    weights = SCALE_WEIGHTS[: ms_ssim_scales(min(original.shape[2:]))]
    x, y = _intensity(reconstruction), _intensity(original)
    product = x.new_ones(len(x))
    for scale, weight in enumerate(weights, 1):
        whole, contrast = _similarity(x, y)
        factor = whole if scale == len(weights) else contrast
        product = product * factor.clamp_min(0) ** (weight * sum(SCALE_WEIGHTS) / sum(weights))
        x, y = avg_pool2d(x, 2), avg_pool2d(y, 2)
    return product


def ms_ssim_scales(resolution: int) -> int:
    """Number of the five scales that hold a window at this resolution."""
    return sum(resolution >> scale >= WINDOW for scale in range(len(SCALE_WEIGHTS)))


def _intensity(images: Tensor) -> Tensor:
    """[-1, 1] -> [0, 1], in float64 (on the CPU where the device has none): small variances cancel in float32."""
    return ((images.cpu() if images.device.type == "mps" else images).double() + 1) / 2


def _similarity(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Means over windows of SSIM and of its contrast-structure factor. (B, C, H, W) in [0, 1] twice -> (B,) twice"""
    c1, c2 = 0.01**2, 0.03**2
    mean_x, mean_y, xx, yy, xy = (_windowed(part) for part in (x, y, x * x, y * y, x * y))
    variances = (xx - mean_x**2).clamp_min(0) + (yy - mean_y**2).clamp_min(0)
    contrast = (2 * (xy - mean_x * mean_y) + c2) / (variances + c2)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return (luminance * contrast).flatten(1).mean(1), contrast.flatten(1).mean(1)


def _windowed(x: Tensor) -> Tensor:
    """Gaussian means over every window inside the image, (B, C, H, W) -> (B, C, H - 10, W - 10)."""
    line = torch.arange(WINDOW, device=x.device, dtype=x.dtype) - WINDOW // 2
    weights = torch.softmax(-(line**2) / (2 * SIGMA**2), 0)
    gray = x.flatten(0, 1)[:, None]
    return conv2d(conv2d(gray, weights[None, None, :, None]), weights[None, None, None]).reshape(
        *x.shape[:2], x.shape[2] - WINDOW + 1, x.shape[3] - WINDOW + 1
    )


def _check_size(reconstruction: Tensor, original: Tensor) -> None:
    check_images(reconstructed=reconstruction, original=original)
    if min(original.shape[2:]) < WINDOW:
        raise UserError(
            f"images of {original.shape[2]}x{original.shape[3]} pixels are smaller than SSIM's window of {WINDOW}; "
            "leave SSIM and MS-SSIM out."
        )
