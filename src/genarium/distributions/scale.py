"""Scale of a pixel density, fixed or learned, and its lower bound."""

import math

import torch
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.pixels import GRAY_LEVEL

NARROWEST = {"normal": GRAY_LEVEL / math.sqrt(2 * math.pi), "laplace": GRAY_LEVEL / 2, "logistic": GRAY_LEVEL / 100}
"""Least scale of a density of 8-bit images: its peak gives a gray level the probability 1, below it more, and images
of one color would drive it to 0 without end. A probability of levels has no such bound; its least scale is a step."""


class FixedScale(nn.Module):
    """Fixed scale, one for all pixels."""

    shape: str  # of its density, a key of NARROWEST

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.register_buffer("log_scale", torch.tensor(math.log(wide_enough("scale", scale, self.shape))))


class LearnedScale(nn.Module):
    """Learned scale, one for all pixels, trained with the decoder (Rybkin et al., arXiv:2006.13202)."""

    shape: str  # of its density, a key of NARROWEST

    def __init__(self, scale: float, min_scale: float) -> None:
        """`scale` to start from; never below `min_scale`, where the density of 8-bit images has no maximum."""
        super().__init__()
        wide_enough("min_scale", min_scale, self.shape)
        if not scale > min_scale:
            raise UserError(
                f"scale={scale}: a learned scale starts above min_scale={min_scale}: "
                f"set model.likelihood.scale={2 * min_scale}"
            )
        self.free_log_scale = nn.Parameter(torch.tensor(math.log(scale - min_scale)))
        self.min_scale = min_scale

    @property
    def log_scale(self) -> Tensor:
        return (self.free_log_scale.exp() + self.min_scale).log()


def wide_enough(name: str, scale: float, shape: str) -> float:
    """Check a scale against the lower bound of its density; UserError below it."""
    least = NARROWEST[shape]
    if not scale >= least:
        raise UserError(
            f"{name}={scale} is narrower than a gray level of 8-bit images allows, {least:.2g} for a {shape} density: "
            f"set model.likelihood.{name}={2 * least:.1g}"
        )
    return scale
