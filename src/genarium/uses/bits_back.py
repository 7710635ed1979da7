"""Lossless compression of images by a VAE with bits back (BB-ANS: Townsend et al., arXiv:1901.04866).

A code is drawn from q(z|x) by decoding bits that the stack holds already, those of the images before; the image is
pushed under p(x|z), the code under p(z), and whoever decodes gets the drawn bits back. An image takes its negative
ELBO, and the first one the bits of its code, too. Numbers that distributions are made of are computed image by image
and rounded to GRID, so that a machine that adds in another order arrives at the same ones.
"""

import copy

import numpy as np
import torch
from constriction import stream  # pyright: ignore[reportAttributeAccessIssue] (its types lie in a compiled module)
from torch import Tensor, nn

from genarium.errors import UserError
from genarium.protocols import DecodesPixels, require
from genarium.uses.compression import (
    HEADER,
    Header,
    checksum,
    fingerprint,
    read_header,
    refuse_damaged,
    refuse_other_weights,
)

MAGIC = b"GBB1"
STEP, REACH = 2.0**-6, 16
"""Width of the bins of a code, and how far they reach, in standard deviations of the prior."""
GRID = 2.0**-16
CODES = stream.model.QuantizedGaussian(-int(REACH / STEP), int(REACH / STEP))
PIXELS = stream.model.Categorical(perfect=False)


class BitsBack:
    """Coder of images, one at a time, by a VAE with the prior N(0, I) and a likelihood of pixel levels."""

    def __init__(self, model: object) -> None:
        """UserError where p(x|z) is a density, or the prior another one."""
        vae = require(model, DecodesPixels)
        if vae.likelihood.log_bin_width or not vae.aggregates:
            raise UserError(
                "writes no file without loss: that takes the prior N(0, I) and a likelihood of levels, "
                "train with model=vae model/likelihood=discretized_logistic"
            )
        self.vae = require(copy.deepcopy(require(model, nn.Module)).double().cpu().eval(), DecodesPixels)

    def posterior(self, levels: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of q(z|x), in bins, (Z,) each, of an image's levels, (C, R, R)."""
        q = self.vae.posterior(image_of(levels, self.vae.likelihood.levels)[None].double())
        return rounded(q.mean[0]) / STEP, np.maximum(rounded(q.stddev[0]), GRID) / STEP

    def pixels(self, z: np.ndarray) -> tuple[np.ndarray, torch.Size]:
        """Probability of each level of each pixel given a code in bins, (P, L), and the image's shape."""
        density = self.vae.likelihood
        made = self.vae.decoder(torch.from_numpy(z * STEP)[None].double())
        parameters = torch.from_numpy(rounded(made.flatten()))
        every = image_of(torch.arange(density.levels), density.levels).repeat(len(parameters))
        log_p = density.log_prob(every[:, None], parameters.repeat_interleave(density.levels)[:, None])
        return log_p.double().exp().view(-1, density.levels).clamp_min(1e-9).numpy(), made.shape[1:]

    def push(self, stack, levels: Tensor) -> None:
        """An image's levels onto the stack."""
        z = stack.decode(CODES, *self.posterior(levels))
        stack.encode_reverse(levels.flatten().numpy().astype(np.int32), PIXELS, self.pixels(z)[0])
        stack.encode_reverse(z, CODES, *prior(len(z)))

    def pop(self, stack, latent_dim: int) -> Tensor:
        """The last image's levels from the stack, (C, R, R) int64, which gets back the bits that its code was of."""
        z = stack.decode(CODES, *prior(latent_dim))
        probabilities, shape = self.pixels(z)
        levels = torch.from_numpy(stack.decode(PIXELS, probabilities).astype(np.int64)).view(shape)
        stack.encode_reverse(z, CODES, *self.posterior(levels))
        return levels

    def begun(self, levels: Tensor):
        """A stack with as many words, drawn at random, as the first image's code takes."""
        mean, deviation = self.posterior(levels)
        words = np.random.default_rng(0).integers(1, 2**32, len(mean) + 2, np.uint32)
        tried = stream.stack.AnsCoder(words)
        tried.decode(CODES, mean, deviation)
        return stream.stack.AnsCoder(words[max(0, tried.num_words() - 2) :])


def compress(model: object, x: Tensor) -> bytes:
    """File of images (B, C, R, R) in [-1, 1], of 8 bits or of two levels, that decodes to the same."""
    coder = BitsBack(model)
    levels = levels_of(x, coder.vae.likelihood.levels)
    stack = coder.begun(levels[0])
    for image in levels:
        coder.push(stack, image)
    head = Header(MAGIC, fingerprint(model), len(levels), x.shape[-1], checksum(levels))
    return HEADER.pack(*head) + stack.get_compressed().astype("<u4").tobytes()


def decompress(model: object, file: bytes) -> Tensor:
    """Images of a file, (B, C, R, R); UserError for a file that is none, or of other weights, or is damaged."""
    head, coder = read_header(file, MAGIC), BitsBack(model)
    refuse_other_weights(model, head)
    stack = stream.stack.AnsCoder(np.frombuffer(file[HEADER.size :], "<u4").astype(np.uint32))
    latent_dim = require(model, DecodesPixels).latent_dim
    levels = torch.stack([coder.pop(stack, latent_dim) for _ in range(head.count)][::-1])
    refuse_damaged(levels, head)
    return image_of(levels, coder.vae.likelihood.levels)


def prior(latent_dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of N(0, I), in bins."""
    return np.zeros(latent_dim), np.full(latent_dim, 1 / STEP)


def levels_of(x: Tensor, levels: int) -> Tensor:
    """[-1, 1] -> 0…levels - 1, int64."""
    return x.float().add(1).mul((levels - 1) / 2).round().clamp(0, levels - 1).long()


def image_of(levels: Tensor, count: int) -> Tensor:
    """0…count - 1 -> [-1, 1]."""
    return levels.float().mul(2 / (count - 1)).sub(1)


def rounded(numbers: Tensor) -> np.ndarray:
    return ((numbers.double() / GRID).round() * GRID).detach().cpu().numpy()
