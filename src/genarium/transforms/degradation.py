"""Degradations: the source that a translator is given of an image, (B, C, H, W) -> (B, S, H, W).

Those of training are drawn of whole images; `of_given` makes the same of an image that a user has, which is small,
gray, a drawing or full of holes already.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from genarium.errors import UserError
from genarium.transforms.corruption import decimate, downsample, grayscale
from genarium.transforms.domains import edges


class Degradation:
    """Degradation of images; none: sources are the data's own."""

    gives_way: bool = True
    """Whether sources of the data, where they have some, take its place."""

    def __init__(self, channels: int) -> None:
        """`channels` of a source."""
        self.channels = channels

    def __call__(self, x: Tensor) -> Tensor:
        """The source of each image, drawn anew."""
        raise UserError(
            "this model needs two domains: choose data=garden_pairs, data=pairs or data=two_folders, or give the data a"
            " second one by data/domains=…"
        )

    def of_given(self, x: Tensor, missing: Tensor) -> Tensor:
        """The source that an image is as it comes; pixels are `missing`, (B, 1, H, W) bool, where it is transparent."""
        return x

    def settings(self) -> dict[str, object]:
        """What sources depend on: plain values, and functions; part of the protocol of their translations."""
        return {"degradation": type(self).__name__}


class Edges(Degradation):
    """Edges of an image, as a drawing of it (Isola et al., arXiv:1611.07004, edges to photo)."""

    def __call__(self, x: Tensor) -> Tensor:
        return edges(x)


class Grayscale(Degradation):
    """The gray image, in as many channels (Zhang et al., arXiv:1603.08511)."""

    gives_way = False

    def __call__(self, x: Tensor) -> Tensor:
        if x.shape[1] != 3:
            raise UserError("a gray image has no colors to predict: set data.channels=3")
        return grayscale(x)

    def of_given(self, x: Tensor, missing: Tensor) -> Tensor:
        return self(x)


class Downsample(Degradation):
    """The image of `factor` times fewer pixels in both directions, means of squares, its pixels repeated to the old
    size."""

    gives_way = False

    def __init__(self, channels: int, factor: int) -> None:
        super().__init__(channels)
        self.factor = factor

    def __call__(self, x: Tensor) -> Tensor:
        return downsample(x, self.factor)

    def settings(self) -> dict[str, object]:
        return super().settings() | {"factor": self.factor}

    def of_given(self, x: Tensor, missing: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=self.factor, mode="nearest")


class Decimate(Downsample):
    """The first pixel of every block of `factor` times `factor`, or of `factor` samples of a signal, repeated to the
    old size: not their mean, so that it is aliased."""

    def __call__(self, x: Tensor) -> Tensor:
        return decimate(x, self.factor)


class Missing(Degradation):
    """The image with pixels missing, filled with `fill`, and the mask as one more channel, 1 where they are, else -1
    (Pathak et al., arXiv:1604.07379): what is known could not be told from the fill alone."""

    gives_way = False

    def __init__(self, channels: int, mask: Callable[[Tensor], Tensor], fill: float) -> None:
        """`mask` (B, C, H, W) -> (B, 1, H, W) bool, True where missing."""
        super().__init__(channels)
        self.mask, self.fill = mask, fill

    def __call__(self, x: Tensor) -> Tensor:
        return self.of_given(x, self.mask(x))

    def of_given(self, x: Tensor, missing: Tensor) -> Tensor:
        return torch.cat([torch.where(missing, self.fill, x), torch.where(missing, 1.0, -1.0)], 1)

    def settings(self) -> dict[str, object]:
        return super().settings() | {"mask": self.mask, "fill": self.fill}
