"""Likelihoods p(x | decoder output): log probability in nats per image and mean image, in single precision.

Images are in [-1, 1]. Each likelihood is a module, so that one with a parameter of its own trains with its player.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genarium.distributions.scale import FixedScale, LearnedScale
from genarium.errors import UserError
from genarium.pixels import GRAY_LEVEL

EIGHT_BITS = math.log(GRAY_LEVEL)
"""Log width of one gray level: density x width = the probability of an 8-bit value."""


def gaussian_log_prob(x: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """Gaussian log density, summed over all but the batch, constants kept. (B, ...) x (B, ...) -> (B,)."""
    squared = ((x.float() - mean.float()) * (-log_scale).exp()).square()
    return -0.5 * (squared + 2 * log_scale + math.log(2 * math.pi)).flatten(1).sum(1)


def laplace_log_prob(x: Tensor, median: Tensor, log_scale: Tensor) -> Tensor:
    """Laplace log density log Laplace(x; median, scale), summed likewise. (B, ...) x (B, ...) -> (B,)."""
    distance = (x.float() - median.float()).abs() * (-log_scale).exp()
    return -(distance + log_scale + math.log(2)).flatten(1).sum(1)


class Likelihood(nn.Module):
    """p(x | parameters), the parameters being what the decoder returns."""

    log_bin_width: float
    """Of one pixel value: 0 where log_prob is of a probability, not of a density."""
    levels = 256
    """Values of a pixel, evenly spread over [-1, 1]."""

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """(B, C, H, W) x (B, ...) -> (B,)."""
        raise NotImplementedError

    def mean(self, parameters: Tensor) -> Tensor:
        """The expected image, (B, ...) -> (B, C, H, W)."""
        raise NotImplementedError


class ImageLikelihood(Likelihood):
    """Likelihood of independent pixels around the image that the decoder returns."""

    log_bin_width = EIGHT_BITS
    log_scale: Tensor

    def mean(self, mean: Tensor) -> Tensor:
        return mean.clamp(-1, 1)


class GaussianPixels(ImageLikelihood):
    """Gaussian likelihood of any scale; the decoder returns the mean image."""

    shape = "normal"

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return gaussian_log_prob(x, mean, self.log_scale)


class Gaussian(FixedScale, GaussianPixels):
    """Gaussian likelihood of one fixed scale; the decoder returns the mean image."""


class CalibratedGaussian(LearnedScale, GaussianPixels):
    """Gaussian likelihood of one learned scale (sigma-VAE); the decoder returns the mean image."""


class LaplacePixels(ImageLikelihood):
    """Laplace likelihood of any scale; the decoder returns the median image."""

    shape = "laplace"

    def log_prob(self, x: Tensor, median: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return laplace_log_prob(x, median, self.log_scale)


class Laplace(FixedScale, LaplacePixels):
    """Laplace likelihood of one fixed scale; the decoder returns the median image."""


class CalibratedLaplace(LearnedScale, LaplacePixels):
    """Laplace likelihood of one learned scale; the decoder returns the median image."""


class DiscretizedLogistic(LearnedScale, ImageLikelihood):
    """Discretized logistic likelihood of 8-bit levels (Kingma et al., arXiv:1606.04934), of one learned scale.

    The outermost levels take the tails; the decoder returns the mean image.
    """

    shape = "logistic"
    log_bin_width = 0.0

    def log_prob(self, x: Tensor, mean: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        x, half, inverse = x.float(), GRAY_LEVEL / 2, (-self.log_scale).exp()
        upper, lower = (x + half - mean.float()) * inverse, (x - half - mean.float()) * inverse
        # log(sigmoid(u) - sigmoid(l)), exact where both are near 0 or 1
        inside = F.logsigmoid(upper) + F.logsigmoid(-lower) + torch.log(-torch.expm1(-2 * half * inverse))
        at_ends = torch.where(x > 1 - half, F.logsigmoid(-lower), inside)
        return torch.where(x < half - 1, F.logsigmoid(upper), at_ends).flatten(1).sum(1)


class Bernoulli(Likelihood):
    """Bernoulli likelihood of binary pixels, -1 or 1; the decoder returns logits."""

    log_bin_width, levels = 0.0, 2

    def __init__(self, binary: bool = True) -> None:
        """`binary`: whether the images are; UserError for gray levels, of which this is no likelihood."""
        super().__init__()
        if not binary:
            raise UserError(
                "a Bernoulli likelihood is of black or white pixels, and these images are gray or colored: choose "
                "data=mnist_binary, data.binarize=true or model/likelihood=continuous_bernoulli"
            )

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        return F.logsigmoid(x.float() * logits.float()).flatten(1).sum(1)

    def mean(self, logits: Tensor) -> Tensor:
        return (logits / 2).tanh()  # 2 sigmoid(l) - 1 = tanh(l / 2)


class ContinuousBernoulli(Likelihood):
    """Continuous Bernoulli likelihood on [-1, 1] (Loaiza-Ganem & Cunningham, arXiv:1907.06845); the decoder returns
    logits L.

    In logits the density is exp(L x / 2) (L / 4) / sinh(L / 2) and its mean coth(L / 2) - 2 / L: as probabilities, they
    would saturate where a logit rounds to 0 or 1.
    """

    log_bin_width = EIGHT_BITS

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """(B, C, H, W) x (B, C, H, W) -> (B,)."""
        x, logits = x.float(), logits.float()
        small, size = logits.abs() < SMALL, far(logits).abs()
        # |L| is taken out of the exponents, so that none overflows; near 0, log(t / sinh t) by its series at t = L / 2
        away = (size.log() - torch.log(-torch.expm1(-size)) - size * (1 - x * logits.sign()) / 2) - math.log(2)
        near = logits * x / 2 - logits.square() / 24 + logits.pow(4) / 2880 - math.log(2)
        return torch.where(small, near, away).flatten(1).sum(1)

    def mean(self, logits: Tensor) -> Tensor:
        logits = logits.float()
        near = logits / 6 - logits.pow(3) / 360 + logits.pow(5) / 15120
        return torch.where(logits.abs() < SMALL, near, 1 / (far(logits) / 2).tanh() - 2 / far(logits))


SMALL = 0.3
"""Logits below which series are used, with a truncation error of a ten-millionth."""


def far(logits: Tensor) -> Tensor:
    """Logits, those near 0 replaced by 1: the branch that is not used must not have an infinite gradient."""
    return torch.where(logits.abs() < SMALL, 1.0, logits)
