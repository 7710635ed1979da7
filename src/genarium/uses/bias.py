"""Which images have rare codes, by the density of training codes (Amini et al., AIES 2019)."""

import torch
from torch import Tensor

from genarium.distributions.latent_histogram import bins_of, histogram
from genarium.errors import UserError
from genarium.protocols import Encodes

BINS, REACH = 20, 3.0
"""Of each latent's histogram, over so many standard deviations to either side; the outer bins are open."""
CHUNK = 250
"""Images encoded at a time."""


def codes_of(model: Encodes, images: Tensor) -> Tensor:
    """Point codes of any number of images, (N, C, R, R) -> (N, Z)."""
    return torch.cat([model.encode(part) for part in images.split(CHUNK)])


def log_density(codes: Tensor, *, reference: Tensor) -> Tensor:
    """Sum over latents of the log frequency of a code's bin among reference codes, log prod_j Q_j(z_j), each latent in
    its standard deviations there and each bin counted once more: DB-VAE's density of codes. (N, Z), (M, Z) -> (N,)

    UserError where there is but one reference code.

    >>> reference = torch.tensor([[-1.0], [1.0], [1.0], [1.0]])
    >>> rare, common = log_density(torch.tensor([[-1.0], [1.0]]), reference=reference)
    >>> (common - rare).exp()  # (3 + 1) / (1 + 1)
    tensor(2.)
    """
    if len(reference) < 2:
        raise UserError("the density of codes is of two training images or more, and here is one: train on more")
    mean, deviation = reference.mean(0), reference.std(0).clamp_min(torch.finfo(reference.dtype).tiny)
    frequency = histogram((reference - mean) / deviation, BINS, REACH)
    smooth = (frequency * len(reference) + 1) / (len(reference) + BINS)
    place = bins_of((codes - mean) / deviation, BINS, REACH)
    return smooth.log().gather(1, place.T).sum(0)
