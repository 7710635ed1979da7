"""Perceptual distance: that of features of a network which was trained for something else."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize

from genarium.losses.reconstruction import mean_absolute_error


class FeatureMaps(Protocol):
    """A frozen network's maps of images."""

    name: str

    def __call__(self, x: Tensor) -> list[Tensor]:
        """(B, C, H, W) in [-1, 1] -> maps (B, c, h, w)."""
        ...


def feature_distance(maps: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """Squared distance of features of unit length, mean over the places of a map, summed over maps (Johnson et al.,
    arXiv:1603.08155; scaled as Zhang et al., arXiv:1801.03924, eq. 1, without their learned weights). (B, c, h, w)
    twice, for each map -> (B,)

    >>> feature_distance([torch.tensor([1.0, 0.0]).view(1, 2, 1, 1)], [torch.tensor([0.0, 5.0]).view(1, 2, 1, 1)])
    tensor([2.])
    """
    parts = [
        (normalize(one.float(), dim=1) - normalize(other.float(), dim=1)).square().sum(1).flatten(1).mean(1)
        for one, other in zip(maps, others, strict=True)
    ]
    return torch.stack(parts).sum(0)


class PerceptualDistance:
    """Perceptual distance and so much of the mean absolute error of pixels (Wang et al., arXiv:1809.00219, sec. 3.2,
    whose features are VGG's). Who trains by it is judged by another network: `trained_on` is the one that it reads."""

    def __init__(self, maps: FeatureMaps, pixel_weight: float) -> None:
        self.maps, self.pixel_weight, self.trained_on = maps, pixel_weight, maps.name

    def __call__(self, x: Tensor, reconstruction: Tensor) -> Tensor:
        """Targets and images, (B, C, H, W) in [-1, 1] twice -> (B,)."""
        with torch.no_grad():
            target = self.maps(x)
        return feature_distance(target, self.maps(reconstruction)) + self.pixel_weight * mean_absolute_error(
            x, reconstruction
        )
