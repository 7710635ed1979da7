"""8-bit images for feature extractors, and warnings about values that 8 bits cannot hold."""

from torch import Tensor

from genarium.metrics.checks import check_images
from genarium.pixels import to_bytes


def to_uint8(images: Tensor) -> Tensor:
    """8-bit images: [-1, 1] -> 0..255 by rounding and clamping. (B, C, H, W) -> (B, C, H, W) uint8

    UserError on NaN, other channel counts than 1 and 3, and images that are evidently on another scale.
    """
    check_images(given=images)
    return to_bytes(images)


def pixel_range(images: Tensor) -> tuple[float, float]:
    """Fraction of values outside [-1, 1], and the lowest value. (B, C, H, W) -> two numbers"""
    return (images.abs() > 1 + 1 / 255).double().mean().item(), images.amin().item()


def range_warnings(outside: float, lowest: float) -> tuple[str, ...]:
    """Warnings about the `pixel_range` of a whole set: clamped values, or images in [0, 1] by mistake."""
    warnings = []
    if outside:
        warnings.append(f"{outside:.2%} of the pixel values lie outside [-1, 1] and were clamped.")
    if lowest >= 0:
        warnings.append("no pixel value is below 0: images in [0, 1] would look like this; here they lie in [-1, 1].")
    return tuple(warnings)
