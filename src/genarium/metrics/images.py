"""Image against image, one number per image; and the one way from images in [-1, 1] to bytes."""

from torch import Tensor
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure,
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)

from genarium.errors import UserError
from genarium.metrics.checks import check_images
from genarium.pixels import to_bytes

RANGE = 2.0  # of images in [-1, 1]
WINDOW = 11  # of the Gaussian of SSIM, pixels
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang, Simoncelli & Bovik (2003), sec. 3.2


def to_uint8(images: Tensor) -> Tensor:
    """[-1, 1] -> 0..255 by rounding and clamping, (B, C, H, W) -> (B, C, H, W) uint8; the input is left as it was.

    UserError on NaN, other channel counts than 1 and 3, and images that are evidently on another scale.
    """
    check_images(given=images)
    return to_bytes(images)


def reach(images: Tensor) -> tuple[float, float]:
    """Share of the values that bytes cut off, and the lowest value. (B, C, H, W) -> two numbers"""
    return (images.abs() > 1 + 1 / 255).double().mean().item(), images.amin().item()


def range_warnings(outside: float, lowest: float) -> tuple[str, ...]:
    """What to record about the `reach` of a whole set: values that bytes cut off, or [0, 1] by mistake."""
    warnings = []
    if outside:
        warnings.append(f"{outside:.2%} of the pixel values lie outside [-1, 1] and were clamped.")
    if lowest >= 0:
        warnings.append("no pixel value is below 0: images in [0, 1] would look like this; here they lie in [-1, 1].")
    return tuple(warnings)


def mse(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Squared error averaged over pixels and channels, on the [-1, 1] scale. (B, C, H, W) twice -> (B,)"""
    check_images(reconstructed=reconstruction, original=original)
    return (reconstruction.float() - original.float()).square().flatten(1).mean(1)


def psnr(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """10 log10(2^2 / MSE) in dB, infinite for equal images. (B, C, H, W) twice -> (B,)"""
    check_images(reconstructed=reconstruction, original=original)
    return peak_signal_noise_ratio(
        reconstruction.float(), original.float(), data_range=RANGE, reduction="none", dim=(1, 2, 3)
    )


def ssim(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Structural similarity (Wang et al., 2004), at most 1. (B, C, H, W) twice -> (B,)"""
    _check_size(reconstruction, original)
    found = structural_similarity_index_measure(
        reconstruction.float(), original.float(), data_range=RANGE, reduction="none"
    )
    return found.reshape(len(original))


def ms_ssim(*, reconstruction: Tensor, original: Tensor) -> Tensor:
    """Multi-scale SSIM (Wang, Simoncelli & Bovik, 2003), at most 1. (B, C, H, W) twice -> (B,)

    Five scales need 176 pixels; below, the first `ms_ssim_scales` of them, their weights scaled to the same sum: so
    values at different resolutions are different measures.
    """
    _check_size(reconstruction, original)
    weights = SCALE_WEIGHTS[: ms_ssim_scales(min(original.shape[2:]))]
    found = multiscale_structural_similarity_index_measure(
        reconstruction.float(),
        original.float(),
        data_range=RANGE,
        reduction="none",
        betas=tuple(weight * sum(SCALE_WEIGHTS) / sum(weights) for weight in weights),
    )
    return found.reshape(len(original))


def ms_ssim_scales(resolution: int) -> int:
    """How many of the five scales are larger than the window (and than torchmetrics' bound) at this resolution."""
    scales = range(1, len(SCALE_WEIGHTS) + 1)
    return sum(min(resolution >> (m - 1), resolution // max(1, m - 1) ** 2) >= WINDOW for m in scales)


def _check_size(reconstruction: Tensor, original: Tensor) -> None:
    check_images(reconstructed=reconstruction, original=original)
    if min(original.shape[2:]) < WINDOW:
        raise UserError(
            f"images of {original.shape[2]}x{original.shape[3]} pixels are smaller than SSIM's window of {WINDOW}; "
            "leave SSIM and MS-SSIM out."
        )
