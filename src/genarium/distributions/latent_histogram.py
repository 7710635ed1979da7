"""Histograms of latents, and sampling of rare codes (DB-VAE)."""

import torch
from torch import Tensor


def bins_of(z: Tensor, bins: int, reach: float) -> Tensor:
    """Bin of every latent, `bins` of equal width over [-reach, reach], the outer ones open. (B, Z) -> (B, Z) int64."""
    return ((z + reach) * (bins / (2 * reach))).long().clamp(0, bins - 1)


def histogram(z: Tensor, bins: int, reach: float) -> Tensor:
    """Histogram of each latent: frequency of each bin, (B, Z) -> (Z, bins); each row sums to 1."""
    return torch.nn.functional.one_hot(bins_of(z, bins, reach), bins).float().mean(0)


def sampling_chance(z: Tensor, histograms: Tensor, reach: float, alpha: float) -> Tensor:
    """Sampling probability of rare codes (DB-VAE: Amini et al., AIES 2019), (B, Z) x (Z, bins) -> (B,).

    W(z) ∝ prod_j 1 / (Q_j(z_j) + alpha), Q_j the histogram of latent j, normalized over the codes at hand.
    """
    place = bins_of(z, histograms.shape[1], reach)
    share = histograms.gather(1, place.T).T  # (B, Z)
    return (-(share + alpha).log().sum(1)).softmax(0)


def drawn(chance: Tensor, uniform: Tensor) -> Tensor:
    """Rows sampled with replacement with the probabilities `chance` (N,), one per uniform number. (B,) -> (B,)."""
    return torch.searchsorted(chance.cumsum(0), uniform).clamp(max=len(chance) - 1)
