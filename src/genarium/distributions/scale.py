"""The one scale of a density of pixels, given or learned, and how narrow it may be."""

import math

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.pixels import GREY_LEVEL

NARROWEST = {"normal": GREY_LEVEL / math.sqrt(2 * math.pi), "laplace": GREY_LEVEL / 2, "logistic": GREY_LEVEL / 100}
"""Least scale of a density of 8-bit images: its peak gives a grey level the probability 1, below it more, and images
of one colour would drive it to 0 without end. A probability of levels has no such bound; its least scale is a step."""


class FixedScale(nn.Module):
    """One scale for all pixels."""

    shape: str  # of its density, a key of NARROWEST

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.register_buffer("log_scale", torch.tensor(math.log(wide_enough("scale", scale, self.shape))))


class LearnedScale(nn.Module):
    """One scale for all pixels, learned with the decoder (Rybkin et al., arXiv:2006.13202)."""

    shape: str  # of its density, a key of NARROWEST

    def __init__(self, scale: float, smallest: float) -> None:
        """`scale` to start from; never below `smallest`, where the density of 8-bit images has no maximum."""
        super().__init__()
        wide_enough("smallest", smallest, self.shape)
        if not scale > smallest:
            raise UserError(
                f"scale={scale}: a learned scale starts above smallest={smallest}: "
                f"set model.likelihood.scale={2 * smallest}"
            )
        self.free_log_scale = nn.Parameter(torch.tensor(math.log(scale - smallest)))
        self.smallest = smallest

    @property
    def log_scale(self) -> Tensor:
        return (self.free_log_scale.exp() + self.smallest).log()


def wide_enough(name: str, scale: float, shape: str) -> float:
    """`scale`; UserError below the least one of a density of this `shape`."""
    least = NARROWEST[shape]
    if not scale >= least:
        raise UserError(
            f"{name}={scale} is narrower than a grey level of 8-bit images allows, {least:.2g} for a {shape} density: "
            f"set model.likelihood.{name}={2 * least:.1g}"
        )
    return scale
