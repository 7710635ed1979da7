"""Colorization by classification."""

from typing import Any

from torch import Tensor

from genarium.losses.color_bins import annealed_mean
from genarium.luma import with_chroma
from genarium.models.image_regression import ImageRegression


class ColorClassification(ImageRegression):
    """Colorization by classification: a network tells the bin of each pixel's chroma, and their annealed mean is shown
    with the luma of the gray source (Zhang et al., arXiv:1603.08511)."""

    def __init__(self, bins: int, temperature: float, **regression: Any) -> None:
        """`generator` (B, 3, R, R) -> logits (B, bins^2, R, R); `temperature` of the annealed mean; the rest is
        ImageRegression's, whose `distance` is one of images and logits."""
        super().__init__(**regression)
        self.bins, self.temperature = bins, temperature

    def translate(self, sources: Tensor) -> Tensor:
        colors = annealed_mean(self.generator(sources), self.bins, self.temperature)
        return with_chroma(sources[:, :1].float(), colors).clamp(-1, 1)
