"""Input checks of metrics: shape, kind of number, no NaN, enough examples."""

import torch
from torch import Tensor

from genarium.errors import UserError


class DoesNotFit(UserError):
    """Error for a metric's setting that the images cannot meet: its name, and a value that they can."""

    def __init__(self, why: str, name: str, value: int) -> None:
        super().__init__(f"{why}; choose {name}={value}")
        self.why, self.name, self.value = why, name, value


def check_features(*, least: int = 2, **sides: Tensor) -> None:
    """Each side is a finite floating (N, F) with N >= `least` and one F; UserError that names the side otherwise.

    >>> check_features(real=torch.zeros(1, 8))
    Traceback (most recent call last):
    genarium.errors.UserError: 1 real images are too few for this metric; use 2 or more
    """
    for side, features in sides.items():
        if features.ndim != 2 or not features.is_floating_point():
            raise UserError(
                f"the {side} features are {_kind(features)}; pass floating (N, F), one row per image, "
                "as a feature extractor gives them."
            )
        if len(features) < least:
            raise UserError(f"{len(features)} {side} images are too few for this metric; use {least} or more")
        if not torch.isfinite(features).all():
            raise UserError(
                f"the {side} features contain NaN or infinity; check the {side} images, or the model that made them"
            )
    widths = {side: features.shape[1] for side, features in sides.items()}
    if len(set(widths.values())) > 1:
        raise UserError(f"the two sides have features of different width ({widths}); use one extractor for both.")


def check_images(**sides: Tensor) -> None:
    """Each side is a finite floating (B, C, H, W), 1 or 3 channels, all of one shape; UserError otherwise."""
    for side, images in sides.items():
        if images.ndim != 4 or not images.is_floating_point():
            raise UserError(f"the {side} images are {_kind(images)}; pass floating (B, C, H, W) in [-1, 1].")
        if images.shape[1] not in (1, 3):
            raise UserError(
                f"the {side} images have {images.shape[1]} channels; only gray (1) and RGB (3) are measured."
            )
        if not torch.isfinite(images).all():
            raise UserError(f"the {side} images contain NaN or infinity; check the model that made them.")
        reach = images.abs().amax().item() if images.numel() else 0.0
        if reach > 2:
            raise UserError(
                f"the {side} images reach {reach:.4g}, but images here lie in [-1, 1]; "
                "scale 0..255 by x / 127.5 - 1, and undo any standardization."
            )
    shapes = {side: tuple(images.shape) for side, images in sides.items()}
    if len(set(shapes.values())) > 1:
        raise UserError(f"the images to compare have different shapes ({shapes}); pass them in pairs of one size.")


def check_signals(**sides: Tensor) -> None:
    """Each side is a finite floating (B, C, 1, L), in whatever units, all of one shape; UserError otherwise."""
    for side, signals in sides.items():
        if signals.ndim != 4 or signals.shape[2] != 1 or not signals.is_floating_point():
            raise UserError(f"the {side} signals are {_kind(signals)}; pass floating (B, C, 1, L).")
        if not torch.isfinite(signals).all():
            raise UserError(f"the {side} signals contain NaN or infinity; check the model that made them.")
    if len(shapes := {tuple(signals.shape) for signals in sides.values()}) > 1:
        raise UserError(f"the signals to compare have different shapes, {shapes}; pass them in pairs of one length.")


def check_codes(*codes: Tensor) -> None:
    """Each is a finite (N, Z), N >= 2; UserError otherwise."""
    for code in codes:
        if code.ndim != 2 or len(code) < 2 or not torch.isfinite(code).all():
            raise UserError(f"codes of shape {tuple(code.shape)} must be finite (N, Z) of two or more images.")


def _kind(x: Tensor) -> str:
    return f"{str(x.dtype).removeprefix('torch.')} of shape {tuple(x.shape)}"
