"""p(x | decoder output): log probability in nats per image, and the image that it expects, in single precision.

Images are in [-1, 1]. Each likelihood is a module, so that one with a parameter of its own trains with its player.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import ContinuousBernoulli as Continuous

from genarium.errors import UserError

EIGHT_BITS = math.log(2 / 255)
"""Log width of one of 256 levels in [-1, 1]: density x width = the probability of an 8-bit value."""


class FixedScale(nn.Module):
    """One scale for all pixels."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.register_buffer("log_scale", torch.tensor(math.log(scale)))


class LearnedScale(nn.Module):
    """One scale for all pixels, learned with the decoder (Rybkin et al., arXiv:2006.13202)."""

    def __init__(self, scale: float, smallest: float) -> None:
        """`scale` to start from; never below `smallest`, where the density of 8-bit images has no maximum."""
        super().__init__()
        self.free_log_scale = nn.Parameter(torch.tensor(math.log(scale - smallest)))
        self.smallest = smallest

    @property
    def log_scale(self) -> Tensor:
        return (self.free_log_scale.exp() + self.smallest).log()


def gaussian_log_prob(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """log N(x; mean, scale^2), summed over all but the batch, constants kept. (B, ...) x (B, ...) -> (B,)."""
    squared = ((x.float() - mean.float()) * (-log_scale).exp()).square()
    return -0.5 * (squared + 2 * log_scale + math.log(2 * math.pi)).flatten(1).sum(1)


def laplace_log_prob(x: Tensor, median: Tensor, log_scale: Tensor) -> Tensor:
    """log Laplace(x; median, scale), summed likewise. (B, ...) x (B, ...) -> (B,)."""
    distance = (x.float() - median.float()).abs() * (-log_scale).exp()
    return -(distance + log_scale + math.log(2)).flatten(1).sum(1)


class OfMean(nn.Module):
    """Independent pixels around the image that the decoder returns."""

    log_bin_width = EIGHT_BITS
    log_scale: Tensor

    def mean(self, mean: Tensor) -> Tensor:
        return mean.clamp(-1, 1)


class Gaussian(FixedScale, OfMean):
    """Independent pixels of one fixed scale; the decoder returns the mean image."""

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return gaussian_log_prob(x, mean, self.log_scale)


class CalibratedGaussian(LearnedScale, OfMean):
    """A Gaussian whose one scale is learned; the decoder returns the mean image."""

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return gaussian_log_prob(x, mean, self.log_scale)


class Laplace(FixedScale, OfMean):
    """Independent pixels of one fixed scale; the decoder returns the median image."""

    def log_prob(self, x: Tensor, median: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return laplace_log_prob(x, median, self.log_scale)


class CalibratedLaplace(LearnedScale, OfMean):
    """A Laplace density whose one scale is learned; the decoder returns the median image."""

    def log_prob(self, x: Tensor, median: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return laplace_log_prob(x, median, self.log_scale)


class DiscretisedLogistic(LearnedScale, OfMean):
    """The probability of each pixel's 8-bit level under a logistic density of one learned scale, the outermost levels
    taking the tails (Kingma et al., arXiv:1606.04934). The decoder returns the mean image."""

    log_bin_width = 0.0

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        x, half, inverse = x.float(), 1 / 255, (-self.log_scale).exp()
        upper, lower = (x + half - mean.float()) * inverse, (x - half - mean.float()) * inverse
        # log(sigmoid(u) - sigmoid(l)), exact where both are near 0 or 1
        inside = F.logsigmoid(upper) + F.logsigmoid(-lower) + torch.log(-torch.expm1(-2 * half * inverse))
        at_ends = torch.where(x > 1 - half, F.logsigmoid(-lower), inside)
        return torch.where(x < half - 1, F.logsigmoid(upper), at_ends).flatten(1).sum(1)


class Bernoulli(nn.Module):
    """Independent binary pixels, -1 or 1; the decoder returns logits."""

    log_bin_width = 0.0

    def __init__(self, binary: bool = True) -> None:
        """`binary`: whether the images are; on grey ones this is no likelihood, so that they are refused."""
        super().__init__()
        if not binary:
            raise UserError(
                "a Bernoulli likelihood is of black or white pixels, and these images are grey or coloured: choose "
                "data=mnist_binary, data.binarise=true or model/likelihood=continuous_bernoulli"
            )

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return F.logsigmoid(x.float() * logits.float()).flatten(1).sum(1)

    def mean(self, logits: Tensor) -> Tensor:
        return (logits / 2).tanh()  # 2 sigmoid(l) - 1 = tanh(l / 2)


class ContinuousBernoulli(nn.Module):
    """Independent grey pixels with a density that is the Bernoulli's formula, normalised (Loaiza-Ganem & Cunningham,
    arXiv:1907.06845), on [-1, 1]; the decoder returns logits."""

    log_bin_width = EIGHT_BITS

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        on_unit_interval = density(logits).log_prob((x.float() + 1) / 2)
        return (on_unit_interval - math.log(2)).flatten(1).sum(1)

    def mean(self, logits: Tensor) -> Tensor:
        return 2 * density(logits).mean - 1


def density(logits: Tensor) -> Continuous:
    return Continuous(logits=logits.float(), validate_args=False)
