"""p(x | decoder output): log probability in nats per image, and the image that it expects, in single precision.

Images are in [-1, 1]. Each likelihood is a module, so that one with a parameter of its own trains with its player.
"""

import math

import torch
from torch import Tensor, nn

EIGHT_BITS = math.log(2 / 255)
"""Log width of one of 256 levels in [-1, 1]: density x width = the probability of an 8-bit value."""


def gaussian_log_prob(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """log N(x; mean, scale^2), summed over all but the batch, constants kept. (B, ...) x (B, ...) -> (B,)."""
    squared = ((x.float() - mean.float()) * (-log_scale).exp()).square()
    return -0.5 * (squared + 2 * log_scale + math.log(2 * math.pi)).flatten(1).sum(1)


class Gaussian(nn.Module):
    """Independent pixels of one fixed scale; the decoder returns the mean image."""

    log_bin_width = EIGHT_BITS

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.register_buffer("log_scale", torch.tensor(math.log(scale)))

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return gaussian_log_prob(x, mean, self.log_scale)

    def mean(self, mean: Tensor) -> Tensor:
        return mean.clamp(-1, 1)


class CalibratedGaussian(Gaussian):
    """A Gaussian whose one scale is learned with the decoder (Rybkin et al., arXiv:2006.13202, sec. 3.1)."""

    def __init__(self, scale: float, smallest: float) -> None:
        """`scale` to start from; never below `smallest`, where the density of 8-bit images has no maximum."""
        super().__init__(scale)
        del self.log_scale
        self.free_log_scale = nn.Parameter(torch.tensor(math.log(scale - smallest)))
        self.smallest = smallest

    @property
    def log_scale(self) -> Tensor:
        return (self.free_log_scale.exp() + self.smallest).log()


class Bernoulli(nn.Module):
    """Independent binary pixels, -1 or 1; the decoder returns logits. For binary images only: on grey ones it is no
    likelihood."""

    log_bin_width = 0.0

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return nn.functional.logsigmoid(x.float() * logits.float()).flatten(1).sum(1)

    def mean(self, logits: Tensor) -> Tensor:
        return (logits / 2).tanh()  # 2 sigmoid(l) - 1 = tanh(l / 2)
